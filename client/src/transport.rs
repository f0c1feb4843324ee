//! HTTP over a connection to the daemon: one request at a time, kept alive between them.
//!
//! hyper's own client connection is used, not hyperlocal's connector: the peer of exactly this connection must have been checked
//! before a byte is sent on it, and hyperlocal's stream hides its descriptor.

use std::fs::File;
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{Connection, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use mp_proto::routes::{CLIENT_HEADER, CONTEXT_HEADER, HOST as DAEMON, PROTOCOL_HEADER};
use mp_proto::version::ProtocolRange;
use rustix::net::RecvFlags;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;

use crate::peer::Peer;

/// Largest answer that is read into memory.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Why an exchange did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// The connection broke before anything of the request was sent.
    #[error("the connection was closed before the request was sent")]
    NotSent,
    /// The connection broke after (a part of) the request was sent: it may have been carried out.
    #[error("the connection broke after the request was sent")]
    Broken,
    /// The answer is larger than anything the daemon says.
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// What was to be sent is no HTTP request.
    #[error("the request could not be made")]
    Request(#[from] hyper::http::Error),
}

/// What to send.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// GET, POST, …
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The header `Mp-Context`, if there is anything to say.
    pub context: Option<String>,
    /// A body: JSON, unless the headers say otherwise.
    pub body: Option<Content>,
    /// More headers.
    pub headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Received {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An answer whose body is still to come.
pub(crate) struct Streaming {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    body: Incoming,
    channel: Channel,
}

/// A piece of a streamed body.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Bytes of the body.
    Bytes(Bytes),
    /// What came after the body: why it ended early, if it did.
    Trailers(HeaderMap),
}

impl Streaming {
    /// Returns the next piece; none at the end of the body, which is known to be the end.
    ///
    /// # Errors
    /// When the connection ends before the body does.
    pub(crate) async fn next(&mut self) -> Result<Option<Piece>, TransportError> {
        let frame = self.channel.drive(self.body.frame()).await.ok_or(TransportError::Broken)?;
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|_| TransportError::Broken)?;
        Ok(Some(match frame.into_data() {
            Ok(bytes) => Piece::Bytes(bytes),
            Err(frame) => Piece::Trailers(frame.into_trailers().unwrap_or_default()),
        }))
    }

    /// Reads the rest of a short body.
    ///
    /// # Errors
    /// As [`Self::next`], and when it is not short.
    pub(crate) async fn rest(&mut self) -> Result<Bytes, TransportError> {
        let body = Limited::new(&mut self.body, MAX_ANSWER).collect();
        let body = self.channel.drive(body).await.ok_or(TransportError::Broken)?;
        body.map(|body| body.to_bytes()).map_err(|error| of_body(&*error))
    }
}

fn of_body(error: &(dyn std::error::Error + Send + Sync + 'static)) -> TransportError {
    if error.is::<http_body_util::LengthLimitError>() { TransportError::TooLarge } else { TransportError::Broken }
}

/// What a request carries. It can be sent more than once.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Bytes.
    Bytes(Bytes),
    /// So many bytes of a file, from its beginning.
    File(Arc<File>, u64),
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

/// A content on its way.
struct Body {
    content: Content,
    /// So much has gone.
    at: u64,
}

/// So much of a file is read at once.
const READ: u64 = 256 * 1024;

impl Body {
    fn left(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64 - self.at,
            Content::File(_, length) => length - self.at,
        }
    }

    fn read(&self) -> io::Result<Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Ok(bytes.clone()),
            Content::File(file, _) => {
                let mut part = vec![0; usize::try_from(self.left().min(READ)).unwrap_or(0)];
                // A file that has become shorter is an error: half of it must not look like all.
                file.read_exact_at(&mut part, self.at)?;
                Ok(part.into())
            }
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left() == 0 {
            return Poll::Ready(None);
        }
        let part = self.read();
        if let Ok(part) = &part {
            self.at += part.len() as u64;
        }
        Poll::Ready(Some(part.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

/// A stream that counts what has gone out. A daemon that wants nothing more on a connection closes its end of it for good, so what was not
/// taken then will never be carried out.
struct Counted {
    stream: UnixStream,
    sent: Arc<AtomicU64>,
}

impl Counted {
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(count)) = written {
            self.sent.fetch_add(count as u64, Ordering::Relaxed);
        }
        written
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A connection to the daemon.
pub(crate) struct Channel {
    sender: SendRequest<Body>,
    connection: Pin<Box<Connection<TokioIo<Counted>, Body>>>,
    /// How much has gone out on it.
    sent: Arc<AtomicU64>,
    /// A connection that has ended must not be polled again.
    has_ended: bool,
    /// The same socket, to look at it while hyper has it.
    socket: OwnedFd,
    /// Who is to answer.
    peer: Peer,
}

impl Channel {
    /// Starts HTTP on a connected stream whose peer was checked.
    ///
    /// # Errors
    /// When the connection is closed already.
    pub(crate) async fn open((stream, peer): (UnixStream, Peer)) -> Result<Self, TransportError> {
        let socket = stream.as_fd().try_clone_to_owned().map_err(|_| TransportError::NotSent)?;
        let sent = Arc::new(AtomicU64::new(0));
        let stream = Counted { stream, sent: Arc::clone(&sent) };
        let opened = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|_| TransportError::NotSent)?;
        Ok(Self { sender, connection: Box::pin(connection), sent, has_ended: false, socket, peer })
    }

    /// Returns whether the daemon has kept the connection, as far as this side can know. Nothing is read between two requests, so that
    /// hyper would find the end only after it has sent the next one. The socket never blocks.
    pub(crate) fn is_open(&self) -> bool {
        let looked = rustix::net::recv(&self.socket, &mut [0], RecvFlags::PEEK);
        !self.has_ended && matches!(looked, Err(rustix::io::Errno::AGAIN))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Says whether the request may have been carried out.
    pub(crate) async fn exchange(
        &mut self,
        outgoing: &Outgoing,
        deadline: Duration,
    ) -> Result<Received, TransportError> {
        let (peer, sent, before) = (self.peer.clone(), Arc::clone(&self.sent), self.sent());
        let work = async {
            let response = self.send(outgoing).await?;
            let (parts, body) = response.into_parts();
            let body = self.drive(Limited::new(body, MAX_ANSWER).collect()).await.ok_or(TransportError::Broken)?;
            let body = body.map_err(|error| of_body(&*error))?;
            Ok(Received { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        let done = within(deadline, &peer, work).await;
        done.map_err(|error| if sent.load(Ordering::Relaxed) == before { unsent(error) } else { error })
    }

    fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends a request and returns the head of the answer. The deadline is that of the head.
    ///
    /// # Errors
    /// Says whether the request may have been carried out.
    pub(crate) async fn stream(mut self, outgoing: &Outgoing, deadline: Duration) -> Result<Streaming, TransportError> {
        let (peer, before) = (self.peer.clone(), self.sent());
        let opened = within(deadline, &peer, self.send(outgoing)).await;
        let (parts, body) = match opened {
            Ok(response) => response.into_parts(),
            Err(error) => return Err(if self.sent() == before { unsent(error) } else { error }),
        };
        Ok(Streaming { status: parts.status, headers: parts.headers, body, channel: self })
    }

    async fn send(&mut self, outgoing: &Outgoing) -> Result<Response<Incoming>, TransportError> {
        let request = request(outgoing)?;
        let answer = self.sender.send_request(request);
        match self.drive(answer).await {
            None => Err(TransportError::Broken),
            Some(Ok(response)) => Ok(response),
            // hyper cancels what it never began to write.
            Some(Err(error)) if error.is_canceled() => Err(TransportError::NotSent),
            Some(Err(_)) => Err(TransportError::Broken),
        }
    }

    /// Waits for something while keeping the connection going, which nobody else does. None when the connection ended first.
    async fn drive<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            if self.has_ended || self.connection.as_mut().poll(context).is_pending() {
                return if self.has_ended { Poll::Ready(None) } else { Poll::Pending };
            }
            self.has_ended = true;
            // It may have ended because all was delivered: then the work is done now, or never.
            match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending => Poll::Ready(None),
            }
        })
        .await
    }
}

/// What broke before a byte had gone out was never asked for.
fn unsent(error: TransportError) -> TransportError {
    if matches!(error, TransportError::Broken) { TransportError::NotSent } else { error }
}

/// Waits for an answer for so long, and for as long as the peer lives.
async fn within<T>(
    deadline: Duration,
    peer: &Peer,
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    tokio::select! {
        // What has arrived counts, whatever became of who sent it.
        biased;
        done = tokio::time::timeout(deadline, work) => done.map_err(|_| TransportError::Timeout(deadline))?,
        () = peer.ended() => Err(TransportError::Broken),
    }
}

fn request(outgoing: &Outgoing) -> Result<Request<Body>, TransportError> {
    let mut request = Request::builder()
        .method(&outgoing.method)
        .uri(&outgoing.path)
        .header(HOST, DAEMON)
        .header(PROTOCOL_HEADER, ProtocolRange::OURS.to_string());
    if !outgoing.headers.contains_key(CLIENT_HEADER) {
        request = request.header(CLIENT_HEADER, concat!("mp/", env!("CARGO_PKG_VERSION")));
    }
    if let Some(context) = &outgoing.context {
        request = request.header(CONTEXT_HEADER, context);
    }
    if outgoing.body.is_some() && !outgoing.headers.contains_key(CONTENT_TYPE) {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    let body = Body { content: outgoing.body.clone().unwrap_or(Content::Bytes(Bytes::new())), at: 0 };
    Ok(request.body(body)?)
}
