//! The server: accepts, checks who calls, and hands requests to the routes. Handlers below are thin; decisions are elsewhere.
//!
//! `axum::serve` has no time-out for a head, no limit on connections, and waits for ever for open streams at stop; so the loop is ours.

mod accounts;
mod bridge;
mod call;
mod control;
mod events;
mod gate;
mod openapi;
mod peer;
mod reply;
mod session;
mod table;
mod targets;

use std::convert::Infallible;
use std::os::unix::net::UnixListener as StdListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use mp_proto::failure::{Failure, FailureKind};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;
use tower::ServiceExt;
use tracing::{Instrument, debug, debug_span, info, warn};

use crate::app::App;
use crate::server::peer::Peer;
use crate::stop::farewell;

/// Connections served at once: far more than one person's tools, far fewer than the descriptors of a process.
const MAX_CONNECTIONS: u64 = 512;

/// A new connection must have sent its first head by then.
const FIRST_HEAD: Duration = Duration::from_secs(10);

/// hyper applies one limit to the time a head takes and to the pause between two requests; this is the pause.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// How long running calls may take to finish at stop.
const GRACE: Duration = Duration::from_secs(10);

/// Accepts connections until the daemon stops, then lets running calls finish.
pub async fn serve(app: Arc<App>, listener: StdListener, mut rebound: tokio::sync::mpsc::Receiver<StdListener>) {
    let router = table::router(&app);
    let graceful = GracefulShutdown::new();
    let Some(mut listener) = adopt(listener) else { return app.request_stop("the socket could not be served") };
    loop {
        tokio::select! {
            biased;
            () = app.stop.cancelled() => break,
            Some(fresh) = rebound.recv() => {
                if let Some(fresh) = adopt(fresh) {
                    listener = fresh;
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => welcome(&app, stream, &router, &graceful),
                Err(error) => {
                    // Out of descriptors, most likely: the next accept would fail at once, so let some be closed first.
                    warn!(%error, "a connection was not accepted");
                    tokio::task::yield_now().await;
                    let _ = timeout(Duration::from_millis(50), app.stop.cancelled()).await;
                }
            },
        }
    }
    drop(listener);
    farewell(&app);
    match timeout(GRACE, graceful.shutdown()).await {
        Ok(()) => info!("calls were finished"),
        Err(_) => warn!(grace_s = GRACE.as_secs(), "calls were cut off"),
    }
}

fn adopt(listener: StdListener) -> Option<UnixListener> {
    match listener.set_nonblocking(true).and_then(|()| UnixListener::from_std(listener)) {
        Ok(listener) => Some(listener),
        Err(error) => {
            warn!(%error, "a listener could not be used");
            None
        }
    }
}

/// Decides about a new connection before a byte of it is read.
fn welcome(app: &Arc<App>, stream: UnixStream, router: &Router, graceful: &GracefulShutdown) {
    let counters = &app.counters;
    let Some(peer) = Peer::of(&stream) else {
        counters.foreign.fetch_add(1, Ordering::Relaxed);
        warn!("a connection of another user was closed");
        return;
    };
    if counters.connections.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
        counters.crowded.fetch_add(1, Ordering::Relaxed);
        return reply::refuse_crowded(&stream);
    }
    counters.accepted.fetch_add(1, Ordering::Relaxed);
    counters.connections.fetch_add(1, Ordering::Relaxed);
    let watcher = graceful.watcher();
    let open = OpenConnection(Arc::clone(app));
    let router = router.clone();
    app.tasks.spawn(async move {
        let connection = Connection { app: Arc::clone(&open.0), router, peer, spoken: AtomicBool::new(false) };
        connection.run(stream, watcher).await;
        drop(open);
    });
}

/// Counts a connection for as long as its task lives.
struct OpenConnection(Arc<App>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.counters.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Connection {
    app: Arc<App>,
    router: Router,
    peer: Peer,
    /// Whether a whole head has arrived: from then on the longer keep-alive pause counts.
    spoken: AtomicBool,
}

impl Connection {
    async fn run(self, stream: UnixStream, watcher: hyper_util::server::graceful::Watcher) {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(KEEP_ALIVE)
            .max_buf_size(gate::MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service_fn(|request| self.answer(request)));
        let mut served = std::pin::pin!(watcher.watch(connection));
        if let Ok(ended) = timeout(FIRST_HEAD, &mut served).await {
            return log_end(ended);
        }
        if self.spoken.load(Ordering::Relaxed) {
            log_end(served.await);
        } else {
            debug!("a connection that said nothing was closed");
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        self.spoken.store(true, Ordering::Relaxed);
        let number = self.app.counters.calls.fetch_add(1, Ordering::Relaxed);
        let span = debug_span!("call", method = %request.method(), path = request.uri().path(), number);
        let answered = std::panic::AssertUnwindSafe(self.route(request)).catch_unwind().instrument(span).await;
        let mut response = answered.unwrap_or_else(|_| {
            reply::failure(&Failure::new(FailureKind::Internal, "the daemon made an error; its log says more"))
        });
        reply::finish(&self.app, number, &mut response);
        Ok(response)
    }

    async fn route(&self, request: Request<Incoming>) -> Response<Body> {
        if let Err(failure) = gate::check(&request) {
            return reply::failure(&failure);
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}
