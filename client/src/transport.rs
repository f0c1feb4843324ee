//! HTTP over a connection to the daemon: one request at a time, kept alive between them.
//!
//! hyper's own client connection is used, not hyperlocal's connector: the peer of exactly this connection must have been checked
//! before a byte is sent on it, and hyperlocal's stream hides its descriptor.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Connection, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use mp_proto::routes::{CLIENT_HEADER, CONTEXT_HEADER, HOST as DAEMON, PROTOCOL_HEADER};
use mp_proto::version::ProtocolRange;
use tokio::net::UnixStream;

/// Largest answer that is read into memory.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Why an exchange did not happen.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
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
pub struct Outgoing {
    /// GET, POST, …
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The header `Mp-Context`, if there is anything to say.
    pub context: Option<String>,
    /// A body: JSON, unless the headers say otherwise.
    pub body: Option<Vec<u8>>,
    /// More headers.
    pub headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub struct Received {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An answer whose body is still to come.
pub struct Streaming {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    body: Incoming,
    channel: Channel,
}

/// A part of a streamed body.
#[derive(Debug)]
pub enum Part {
    /// Bytes of the body.
    Bytes(Bytes),
    /// What came after the body: why it ended early, if it did.
    Trailers(HeaderMap),
}

impl Streaming {
    /// Returns the next part; none at the end of the body, which is known to be the end.
    ///
    /// # Errors
    /// When the connection ends before the body does.
    pub async fn next(&mut self) -> Result<Option<Part>, TransportError> {
        let frame = self.channel.drive(self.body.frame()).await.ok_or(TransportError::Broken)?;
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|_| TransportError::Broken)?;
        Ok(Some(match frame.into_data() {
            Ok(bytes) => Part::Bytes(bytes),
            Err(frame) => Part::Trailers(frame.into_trailers().unwrap_or_default()),
        }))
    }

    /// Reads the rest of a short body.
    ///
    /// # Errors
    /// As [`Self::next`], and when it is not short.
    pub async fn rest(&mut self) -> Result<Bytes, TransportError> {
        let body = Limited::new(&mut self.body, MAX_ANSWER).collect();
        let body = self.channel.drive(body).await.ok_or(TransportError::Broken)?;
        body.map(|body| body.to_bytes()).map_err(|error| of_body(&*error))
    }
}

fn of_body(error: &(dyn std::error::Error + Send + Sync + 'static)) -> TransportError {
    if error.is::<http_body_util::LengthLimitError>() { TransportError::TooLarge } else { TransportError::Broken }
}

/// A connection to the daemon.
pub struct Channel {
    sender: SendRequest<Full<Bytes>>,
    connection: Pin<Box<Connection<TokioIo<UnixStream>, Full<Bytes>>>>,
    /// A connection that has ended must not be polled again.
    has_ended: bool,
}

impl Channel {
    /// Starts HTTP on a connected stream whose peer was checked.
    ///
    /// # Errors
    /// When the connection is closed already.
    pub async fn open(stream: UnixStream) -> Result<Self, TransportError> {
        let opened = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|_| TransportError::NotSent)?;
        Ok(Self { sender, connection: Box::pin(connection), has_ended: false })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Says whether the request may have been carried out.
    pub async fn exchange(&mut self, outgoing: &Outgoing, deadline: Duration) -> Result<Received, TransportError> {
        let work = async {
            let response = self.send(outgoing).await?;
            let (parts, body) = response.into_parts();
            let body = self.drive(Limited::new(body, MAX_ANSWER).collect()).await.ok_or(TransportError::Broken)?;
            let body = body.map_err(|error| of_body(&*error))?;
            Ok(Received { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(deadline, work).await.map_err(|_| TransportError::Timeout(deadline))?
    }

    /// Sends a request and returns the head of the answer. The deadline is that of the head.
    ///
    /// # Errors
    /// Says whether the request may have been carried out.
    pub async fn stream(mut self, outgoing: &Outgoing, deadline: Duration) -> Result<Streaming, TransportError> {
        let opened = tokio::time::timeout(deadline, self.send(outgoing)).await;
        let (parts, body) = opened.map_err(|_| TransportError::Timeout(deadline))??.into_parts();
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

fn request(outgoing: &Outgoing) -> Result<Request<Full<Bytes>>, TransportError> {
    let mut request = Request::builder()
        .method(&outgoing.method)
        .uri(&outgoing.path)
        .header(HOST, DAEMON)
        .header(CLIENT_HEADER, concat!("mp/", env!("CARGO_PKG_VERSION")))
        .header(PROTOCOL_HEADER, ProtocolRange::OURS.to_string());
    if let Some(context) = &outgoing.context {
        request = request.header(CONTEXT_HEADER, context);
    }
    if outgoing.body.is_some() && !outgoing.headers.contains_key(CONTENT_TYPE) {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    let body = outgoing.body.clone().map(Bytes::from).unwrap_or_default();
    Ok(request.body(Full::new(body))?)
}
