//! An HTTP/1.1 server on a free port of 127.0.0.1, in a thread of its own. It knows nothing of Mixpanel: a handler answers.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use super::gate::Gate;
pub use super::reply::Reply;
use super::reply::Wire;
use super::streams::{Connection, Doing, How, Outgoing, Pieces, Streamed, Streams, Watched};

/// A request, read to its end.
#[derive(Debug, Clone)]
pub struct Received {
    /// Which one it is, counted from 1 in the order of arrival.
    pub number: usize,
    /// When it was read.
    pub at: Instant,
    /// The method.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// Returns the first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the media type of the body, in lower case and without parameters; empty where none is named.
    pub fn media_type(&self) -> String {
        let named = self.header("content-type").unwrap_or_default();
        named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Returns the fields of a form body in the order they were sent.
    pub fn fields(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Returns the fields of a form body; of a repeated one the last.
    pub fn form(&self) -> BTreeMap<String, String> {
        self.fields().into_iter().collect()
    }

    /// Returns the JSON body; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the first query parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

type Handler = dyn Fn(&Received) -> Reply + Send + Sync;

/// What all connections of a server share.
#[derive(Clone)]
struct Shared {
    handler: Arc<Handler>,
    numbers: Arc<AtomicUsize>,
    streams: Arc<Streams>,
}

/// A server that runs. Dropping it stops it and breaks its connections.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    streams: Arc<Streams>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one. The handler runs on the server's only thread: it must not block. To let an answer wait, return one with
    /// a gate; to let the *effect* wait as well, [`Reply::deferred`].
    ///
    /// # Panics
    /// When the system has no port or no thread to give.
    pub fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has descriptors for a runtime");
        // Bound without the runtime, so that a test that runs in one of its own may start a server.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        listener.set_nonblocking(true).expect("a new listener");
        let address = listener.local_addr().expect("it is bound");
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let streams = Arc::new(Streams::default());
        let shared = Shared { handler: Arc::new(handler), numbers: Arc::default(), streams: Arc::clone(&streams) };
        let thread = thread::Builder::new().name("upstream".to_owned()).spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("it was made for this");
                accept(&listener, &shared, &stopped).await;
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        });
        Self { address, streams, stop, thread: Some(thread.expect("the system has a thread to give")) }
    }

    /// Returns its address as a URL without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns every streamed answer so far, in the order of their beginnings.
    pub fn streams(&self) -> Vec<Streamed> {
        self.streams.all()
    }

    pub(crate) fn clear_streams(&self) {
        self.streams.clear();
    }

    /// Returns its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the thread of the server at {} panicked", self.address);
        }
    }
}

async fn accept(listener: &TcpListener, shared: &Shared, stop: &CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                // A peer that is gone before it was accepted is no fault of ours.
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(serve(stream, shared.clone()));
            }
        }
    }
}

/// Answers the requests of one connection until either side ends it. How it ends is for the other side to notice.
async fn serve(stream: tokio::net::TcpStream, shared: Shared) {
    // Tests wait for small answers: each is sent at once.
    let _ = stream.set_nodelay(true);
    let Some((stream, socket)) = split(stream) else { return };
    let connection = Connection { socket: Arc::new(socket), flushes: Arc::default() };
    let stream = Watched { stream, flushes: Arc::clone(&connection.flushes) };
    let service = service_fn(|request| {
        let (shared, connection) = (&shared, &connection);
        async move {
            let received = receive(request, &shared.numbers).await?;
            let answered = (received.number, received.path.as_str());
            send((shared.handler)(&received), connection, &shared.streams, answered).await
        }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Returns the stream and a second descriptor of its socket, for its options.
fn split(stream: tokio::net::TcpStream) -> Option<(tokio::net::TcpStream, TcpStream)> {
    let stream = stream.into_std().ok()?;
    let socket = stream.try_clone().ok()?;
    Some((tokio::net::TcpStream::from_std(stream).ok()?, socket))
}

async fn receive(request: Request<Incoming>, numbers: &AtomicUsize) -> Result<Received, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let query = head.uri.query().unwrap_or_default();
    Ok(Received {
        number: numbers.fetch_add(1, Ordering::Relaxed) + 1,
        at: Instant::now(),
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body,
    })
}

async fn send(
    mut reply: Reply,
    connection: &Connection,
    streams: &Streams,
    answered: (usize, &str),
) -> Result<Response<Outgoing>, io::Error> {
    loop {
        if let Some(gate) = reply.gate.take() {
            gate.pass().await;
        }
        match reply.wire {
            Wire::Deferred(make) => reply = make(),
            Wire::Sound => return respond(reply, connection.clone(), streams, answered),
            // An error from here makes hyper let go of the connection at once.
            Wire::Closed => return Err(io::Error::other("closed on purpose")),
            Wire::Reset => {
                // With a linger time of zero, closing sends a reset.
                rustix::net::sockopt::set_socket_linger(&*connection.socket, Some(Duration::ZERO))?;
                return Err(io::Error::other("reset on purpose"));
            }
        }
    }
}

fn respond(
    reply: Reply,
    connection: Connection,
    streams: &Streams,
    (number, path): (usize, &str),
) -> Result<Response<Outgoing>, io::Error> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let (pieces, length, progress): (Pieces, _, _) = match reply.source {
        Some(source) => ((source.make)(), source.length, Some(streams.begin(number, path))),
        None => {
            let body = Bytes::from(reply.body);
            // At least one byte is missing after a break, also from an empty body, or there would be no fault.
            let broken =
                reply.breaks.iter().find(|one| !matches!(one.how, How::Stall(_))).map_or(0, |one| one.after + 1);
            let length = broken.max(body.len() as u64);
            (Box::new(std::iter::once(body)), Some(length), None)
        }
    };
    let body = Outgoing {
        pieces,
        rest: Bytes::new(),
        length,
        breaks: reply.breaks,
        sent: 0,
        state: Doing::Sending,
        connection,
        progress,
        _guard: reply.guard,
    };
    response.body(body).map_err(io::Error::other)
}
