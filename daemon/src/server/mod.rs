//! The server: accepts, checks who calls, and hands requests to the routes. Handlers below are thin; decisions are elsewhere.
//!
//! `axum::serve` has no time-out for a head, no limit on connections, and waits for ever for open streams at stop; so the loop is ours.

mod accounts;
pub mod app;
mod bridge;
mod call;
mod connections;
mod control;
mod days;
mod events;
mod failures;
mod gate;
mod heads;
mod hot;
mod in_force;
pub mod lanes;
mod lines;
mod logins;
mod me;
mod metrics;
mod network;
#[cfg(debug_assertions)]
mod observed;
mod openapi;
mod operations;
mod peer;
mod proxy;
mod reply;
mod route;
mod router;
mod secrets;
mod session;
mod spans;
mod surroundings;
mod table;
mod tally;
mod targets;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{API_HEAD, CALL_HEADER, LOGINS, MCP, NAMESPACES_HEADER};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;
use tracing::{Instrument, debug, info, warn};

use crate::call::waits::Callers;
use crate::files::looks;
use crate::life::AGAIN;
use crate::notes;
use crate::server::app::App;
use crate::server::connections::{Activity, Connections, Doorkeeper, Open, Told};
use crate::server::heads::Explained;
use crate::server::hot::Asked;
use crate::server::peer::Peer;
use crate::server::reply::{Failed, Refused};
use crate::server::tally::{Counters, Row};

/// So many bytes hyper moves for each call, and keeps for each connection.
const LARGEST_ANSWER: usize = 5 * 1024;

/// How long running calls may take to finish at stop.
const GRACE: Duration = Duration::from_secs(10);

/// Returns what counts the calls of all routes.
pub fn counters() -> Counters {
    router::counters()
}

/// How long whoever has connected may take over the first request when another daemon serves.
const FIRST: Duration = Duration::from_secs(10);

/// The same at stop, when others wait for the end. Who is later sees that nothing was read.
const LATE: Duration = Duration::from_secs(1);

/// The same where a service manager starts the next one: nobody shall notice.
const LATE_AGAIN: Duration = Duration::from_secs(5);

/// Accepts connections until the daemon stops, then lets running calls finish.
pub async fn serve(app: Arc<App>, listener: StdListener, mut rebound: tokio::sync::mpsc::Receiver<StdListener>) {
    let router = router::router(&app);
    let (connections, mut door) = (Arc::new(Connections::default()), Doorkeeper::new());
    let mut sweep = pin!(connections.sweep());
    let Some(mut listener) = adopt(listener) else { return app.life.request_stop("the socket could not be served") };
    loop {
        let has_room = app.counters.connections.load(Ordering::Relaxed) < app.limits.connections();
        tokio::select! {
            biased;
            () = app.life.stopping() => break,
            () = &mut sweep => {}
            // Others wait in the queue of the socket.
            () = door.wait(&connections, &app.counters.calls), if !has_room => {
                app.counters.crowded.fetch_add(1, Ordering::Relaxed);
            }
            Some(fresh) = rebound.recv() => {
                if let Some(fresh) = adopt(fresh) {
                    listener = fresh;
                }
            }
            accepted = listener.accept(), if has_room => match accepted {
                Ok((stream, _)) => welcome(&app, &connections, stream, &router),
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
    app.life.close();
    app.life.say_farewell(&app.hub);
    drain(&app, &connections).await;
}

/// Lets calls finish. When another daemon serves they have all the time they need, and so do logins, until somebody wants this one to end.
async fn drain(app: &App, connections: &Connections) {
    if !app.life.is_pressed() {
        let first = async {
            sleep(FIRST).await;
            app.logins.all_over().await;
        };
        let all = async {
            connections.finish(first).await;
            app.logins.all_over().await;
        };
        tokio::select! {
            biased;
            () = all => return info!("calls were finished"),
            _ = app.life.pressed() => {}
        }
    }
    let late = if app.life.reason() == AGAIN { LATE_AGAIN } else { LATE };
    match timeout(GRACE, connections.finish(sleep(late))).await {
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
fn welcome(app: &Arc<App>, connections: &Arc<Connections>, stream: UnixStream, router: &Router) {
    let counters = &app.counters;
    let Some(peer) = Peer::of(&stream) else {
        counters.foreign.fetch_add(1, Ordering::Relaxed);
        warn!("a connection of another user was closed");
        return;
    };
    counters.accepted.fetch_add(1, Ordering::Relaxed);
    counters.connections.fetch_add(1, Ordering::Relaxed);
    let open = OpenConnection { app: Arc::clone(app), open: connections.add(counters.calls.load(Ordering::Relaxed)) };
    let (place, is_elsewhere) = app.lanes.place();
    let Some(stream) = Arriving::of(stream, is_elsewhere) else { return };
    let router = router.clone();
    let runtime = place.runtime().clone();
    app.life.spawn_on(&runtime, async move {
        let _place = place;
        let Some(stream) = stream.arrived() else { return };
        let activity = Arc::clone(&open.open.activity);
        let connection = Connection { app: Arc::clone(&open.app), router, peer, activity };
        connection.run(stream).await;
        drop(open);
    });
}

/// A connection on its way to the thread that serves it.
enum Arriving {
    Here(UnixStream),
    Elsewhere(StdStream),
}

impl Arriving {
    fn of(stream: UnixStream, is_elsewhere: bool) -> Option<Self> {
        if is_elsewhere { stream.into_std().ok().map(Self::Elsewhere) } else { Some(Self::Here(stream)) }
    }

    /// Returns it where it is served.
    fn arrived(self) -> Option<UnixStream> {
        match self {
            Self::Here(stream) => Some(stream),
            Self::Elsewhere(stream) => UnixStream::from_std(stream).ok(),
        }
    }
}

/// Longest id of a call that is kept.
const LONGEST_ID: usize = 64;

/// Counts a connection for as long as its task lives.
struct OpenConnection {
    app: Arc<App>,
    open: Open,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.app.lanes.ended(self.open.activity.calls());
        // Before its place is given free, for who hears of that looks at the number.
        self.app.counters.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Connection {
    app: Arc<App>,
    router: Router,
    peer: Peer,
    activity: Arc<Activity>,
}

/// A request that is being answered.
struct OpenRequest {
    app: Arc<App>,
    activity: Arc<Activity>,
}

impl OpenRequest {
    fn of(app: &Arc<App>, activity: &Arc<Activity>, number: u64) -> Self {
        activity.begin(number);
        app.counters.open.fetch_add(1, Ordering::Relaxed);
        Self { app: Arc::clone(app), activity: Arc::clone(activity) }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.activity.end();
        self.app.counters.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connection {
    /// Serves until the connection ends, or has to leave.
    async fn run(self, stream: UnixStream) {
        let stream = Explained::new(stream, Arc::clone(&self.activity));
        let connection = http1::Builder::new().header_read_timeout(None).max_buf_size(gate::MAX_HEAD).serve_connection(
            TokioIo::new(stream),
            service_fn(|request| {
                // From the very moment at which hyper has it: until then, the end of what is read ends the connection.
                let number = self.app.counters.calls.fetch_add(1, Ordering::Relaxed);
                let answer = self.answer(request, number, OpenRequest::of(&self.app, &self.activity, number));
                debug_assert!(size_of_val(&answer) <= LARGEST_ANSWER, "{} bytes a call", size_of_val(&answer));
                answer
            }),
        );
        let connection = connection.with_upgrades();
        let mut connection = pin!(connection);
        poll_fn(|context| {
            match self.activity.told(context.waker()) {
                // Closed at once, it would take a request along that has just been sent.
                Told::Leave if cfg!(target_os = "linux") => self.activity.shut(),
                // Elsewhere that which has arrived would be lost as well.
                Told::Leave => return Poll::Ready(()),
                Told::Stay => {}
            }
            connection.as_mut().poll(context).map(log_end)
        })
        .await;
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        number: u64,
        open: OpenRequest,
    ) -> Result<Response<Body>, Infallible> {
        let begun = Instant::now();
        #[cfg(debug_assertions)]
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let trace = self.app.spans.begin(request.headers());
        let span = spans::of_log(trace.as_deref(), &request, number);
        let method_of_span = trace.is_some().then(|| request.method().clone());
        let note = surroundings::note(&self.app, request.headers());
        let id = call_id(&request);
        // By reference: each of those around it would have room for a copy of it, and hyper moves all of that once for each call.
        let route = pin!(self.route(request));
        let served = pin!(Callers::serve(id, trace.clone(), looks::serve(route)));
        let served = pin!(std::panic::AssertUnwindSafe(served).catch_unwind().instrument(span));
        let (answered, mut noted) = notes::collect(served).await;
        let (mut response, row) = answered.unwrap_or_else(|_| {
            let failure = Failure::new(FailureKind::Internal, "the daemon made an error; its log says more");
            (reply::failure(&failure), Row::NONE)
        });
        if let Some(Refused(failure)) = response.extensions_mut().remove() {
            reply::say_instead(&mut response, &surroundings::explain(failure, self.peer));
            let told = surroundings::namespaces_for(self.peer);
            response.headers_mut().extend(told.map(|told| (HeaderName::from_static(NAMESPACES_HEADER), told)));
        }
        noted.notes.extend(note);
        reply::finish(&self.app, number, &noted, &mut response);
        reply::add_notes(response.headers_mut(), &self.app.limits_told);
        let failed = self.count(row, &mut response, begun);
        if let (Some(trace), Some(method)) = (trace, method_of_span) {
            spans::end(&self.app, &trace, &method, self.app.counters.template(row), response.status(), failed);
        }
        if self.activity.is_last() {
            // Where the head has gone before, the connection ends as an idle one does.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        #[cfg(debug_assertions)]
        let response = observed::note(method.as_str(), &path, response).await;
        Ok(if response.body().size_hint().exact().is_some() { response } else { response.map(|body| held(body, open)) })
    }

    fn count(&self, row: Row, response: &mut Response<Body>, begun: Instant) -> Option<FailureKind> {
        let status = response.status().as_u16();
        let failed = if status >= 400 { response.extensions_mut().remove::<Failed>() } else { None };
        let failed = failed.map(|failed| failed.0);
        self.app.counters.answered(row, status, failed, begun.elapsed());
        failed
    }

    /// Returns the answer, and the row of the table that has made it.
    async fn route(&self, request: Request<Incoming>) -> (Response<Body>, Row) {
        if let Err(failure) = gate::check(&request) {
            return (router::refused(request.method(), request.uri().path(), &failure), Row::NONE);
        }
        if matches!(*request.method(), Method::GET | Method::HEAD) && request.body().is_end_stream() {
            looks::arrived(self.app.has_company()).await;
        }
        if let Some(asked) = Asked::of(request.method(), request.uri().path()) {
            let row = asked.row();
            return (asked.answer(&self.app, self.peer, request).await, row);
        }
        let mut request = request.map(Body::new);
        let path = request.uri().path();
        let is_of_login = path.starts_with(LOGINS);
        if request.method() != Method::GET || path.starts_with(API_HEAD) || path == MCP || is_of_login {
            // Who changes something or asks for a token is logged, who asks Mixpanel takes turns, and who waits for a login may see another
            // network; nobody else is asked who it is, for it costs an allocation.
            request.extensions_mut().insert(self.peer);
            if is_of_login {
                self.activity.stay_for_login();
            }
        }
        match self.router.clone().oneshot(request).await {
            Ok(mut response) => {
                let row = response.extensions_mut().remove::<Row>().unwrap_or(Row::NONE);
                (response, row)
            }
            Err(never) => match never {},
        }
    }
}

/// Returns the id that the caller has given its call.
fn call_id(request: &Request<Incoming>) -> Option<String> {
    /// A name that is known needs not be taken apart at each call.
    static NAME: HeaderName = HeaderName::from_static(CALL_HEADER);
    let id = request.headers().get(&NAME)?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST_ID).then(|| id.to_owned())
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
