//! The server: accepts, checks who calls, and hands requests to the routes. Handlers below are thin; decisions are elsewhere.
//!
//! `axum::serve` has no time-out for a head, no limit on connections, and waits for ever for open streams at stop; so the loop is ours.

mod accounts;
pub mod app;
mod bridge;
mod call;
mod control;
mod events;
mod failures;
mod gate;
mod heads;
mod logins;
mod me;
#[cfg(debug_assertions)]
mod observed;
mod openapi;
mod operations;
mod peer;
mod proxy;
mod reply;
mod route;
mod session;
mod table;
mod targets;

use std::convert::Infallible;
use std::os::unix::net::UnixListener as StdListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::API_HEAD;
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;
use tower::ServiceExt;
use tracing::{Instrument, debug, debug_span, info, warn};

use crate::server::app::App;
use crate::server::heads::Explained;
use crate::server::peer::Peer;

/// Connections served at once: far more than one person's tools, far fewer than the descriptors of a process.
const MAX_CONNECTIONS: u64 = 512;

/// A new connection must have sent its first head by then.
const FIRST_HEAD: Duration = Duration::from_secs(10);

/// A kept connection on which nothing happened in two looks this far apart is closed. hyper's own limit would arm a timer for each
/// request, which costs as much as the answer.
const LOOK: Duration = Duration::from_secs(30);

/// How long running calls may take to finish at stop.
const GRACE: Duration = Duration::from_secs(10);

/// Accepts connections until the daemon stops, then lets running calls finish.
pub async fn serve(app: Arc<App>, listener: StdListener, mut rebound: tokio::sync::mpsc::Receiver<StdListener>) {
    let router = table::router(&app);
    let graceful = GracefulShutdown::new();
    let Some(mut listener) = adopt(listener) else { return app.life.request_stop("the socket could not be served") };
    loop {
        tokio::select! {
            biased;
            () = app.life.stopping() => break,
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
                    let _ = timeout(Duration::from_millis(50), app.life.stopping()).await;
                }
            },
        }
    }
    drop(listener);
    app.life.say_farewell(&app.hub);
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
    app.life.spawn(async move {
        let connection = Connection { app: Arc::clone(&open.0), router, peer, activity: Arc::default() };
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
    activity: Arc<Activity>,
}

/// Whether a connection is of use to anybody.
#[derive(Default)]
struct Activity {
    /// A head has arrived since the last look.
    spoken: AtomicBool,
    /// Requests that are being answered; those whose answer is a stream count until it ends.
    open: Arc<AtomicU32>,
}

impl Activity {
    /// Returns whether nothing has happened since the last look.
    fn was_quiet(&self) -> bool {
        !self.spoken.swap(false, Ordering::Relaxed) && self.open.load(Ordering::Relaxed) == 0
    }
}

/// A request that is being answered.
struct OpenRequest {
    app: Arc<App>,
    activity: Arc<Activity>,
}

impl OpenRequest {
    fn of(app: &Arc<App>, activity: &Arc<Activity>) -> Self {
        activity.spoken.store(true, Ordering::Relaxed);
        activity.open.fetch_add(1, Ordering::Relaxed);
        app.counters.open.fetch_add(1, Ordering::Relaxed);
        Self { app: Arc::clone(app), activity: Arc::clone(activity) }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.activity.open.fetch_sub(1, Ordering::Relaxed);
        self.app.counters.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connection {
    async fn run(self, stream: UnixStream, watcher: hyper_util::server::graceful::Watcher) {
        let stream = Explained::new(stream, Arc::clone(&self.activity.open));
        let connection = http1::Builder::new()
            .header_read_timeout(None)
            .max_buf_size(gate::MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service_fn(|request| self.answer(request)));
        let mut served = std::pin::pin!(watcher.watch(connection));
        if let Ok(ended) = timeout(FIRST_HEAD, &mut served).await {
            return log_end(ended);
        }
        let mut quiet = u32::from(self.activity.was_quiet()) * 2;
        while quiet < 2 {
            if let Ok(ended) = timeout(LOOK, &mut served).await {
                return log_end(ended);
            }
            quiet = if self.activity.was_quiet() { quiet + 1 } else { 0 };
        }
        debug!("a connection that said nothing was closed");
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let open = OpenRequest::of(&self.app, &self.activity);
        let number = self.app.counters.calls.fetch_add(1, Ordering::Relaxed);
        #[cfg(debug_assertions)]
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let span = debug_span!("call", method = %request.method(), path = request.uri().path(), number);
        let answered = std::panic::AssertUnwindSafe(self.route(request)).catch_unwind().instrument(span).await;
        let mut response = answered.unwrap_or_else(|_| {
            reply::failure(&Failure::new(FailureKind::Internal, "the daemon made an error; its log says more"))
        });
        reply::finish(&self.app, number, &mut response);
        #[cfg(debug_assertions)]
        let response = observed::note(method.as_str(), &path, response).await;
        Ok(if response.body().size_hint().exact().is_some() { response } else { response.map(|body| held(body, open)) })
    }

    async fn route(&self, request: Request<Incoming>) -> Response<Body> {
        if let Err(failure) = gate::check(&request) {
            return table::refused(request.method(), request.uri().path(), &failure);
        }
        let mut request = request.map(Body::new);
        if request.method() != Method::GET || request.uri().path().starts_with(API_HEAD) {
            // Who changes something or asks for a token is logged, and who asks Mixpanel takes turns; nobody else is asked who it is,
            // for it costs an allocation.
            request.extensions_mut().insert(self.peer);
        }
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// A stream that keeps its request open for as long as it lasts.
fn held(body: Body, open: OpenRequest) -> Body {
    Body::new(body.map_frame(move |frame| {
        let _open = &open;
        frame
    }))
}

fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}
