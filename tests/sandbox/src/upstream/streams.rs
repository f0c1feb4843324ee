//! Bodies on their way out: made piece by piece while they are sent, broken where a test wants it, and noted how they ended.
//!
//! A streamed body is an iterator that is asked for its next piece only when the connection has room for it. Nothing is built in
//! memory, so that a body may be larger than that, or endless.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::TcpStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::gate::Gate;

/// The pieces of a body, in their order.
pub type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// What makes a body, for every answer anew.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) make: Arc<dyn Fn() -> Pieces + Send + Sync>,
    /// The length that is announced; none for a chunked transfer.
    pub(crate) length: Option<u64>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({:?})", self.length)
    }
}

/// What happens in the middle of a body. A break that comes after its end happens at its end.
#[derive(Debug, Clone)]
pub(crate) struct Break {
    /// After so many bytes.
    pub(crate) after: u64,
    pub(crate) how: How,
}

/// How a body breaks.
#[derive(Debug, Clone)]
pub(crate) enum How {
    /// The connection is closed, without the end of the body.
    Close,
    /// The connection is reset.
    Reset,
    /// Nothing comes until the gate opens; then it goes on.
    Stall(Gate),
}

/// What became of a streamed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamEnd {
    /// It is still being sent, or waits.
    Running,
    /// All of it was handed to the connection.
    Whole,
    /// It was cut or reset, as planned.
    Cut,
    /// The other side closed the connection before the end.
    PeerGone,
}

/// A streamed answer, so far.
#[derive(Debug, Clone)]
pub struct Streamed {
    /// The number of its request.
    pub number: usize,
    /// The path of its request.
    pub path: String,
    /// How many bytes of the body were handed to the connection. Of these some may never have arrived.
    pub bytes: u64,
    /// How it ended.
    pub end: StreamEnd,
}

/// All streamed answers since the start, or since they were cleared.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<Vec<Arc<Progress>>>);

impl Streams {
    pub(crate) fn begin(&self, number: usize, path: &str) -> Arc<Progress> {
        let (bytes, end) = (AtomicU64::new(0), Mutex::new(StreamEnd::Running));
        let progress = Arc::new(Progress { number, path: path.to_owned(), bytes, end });
        self.0.lock().expect(UNPOISONED).push(Arc::clone(&progress));
        progress
    }

    pub(crate) fn all(&self) -> Vec<Streamed> {
        self.0.lock().expect(UNPOISONED).iter().map(|progress| progress.now()).collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().expect(UNPOISONED).clear();
    }
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

/// How far one answer has come. Shared between the body and whoever looks.
#[derive(Debug)]
pub(crate) struct Progress {
    number: usize,
    path: String,
    bytes: AtomicU64,
    end: Mutex<StreamEnd>,
}

impl Progress {
    fn now(&self) -> Streamed {
        // The end is read first: the bytes of a finished answer do not change any more.
        let end = *self.end.lock().expect(UNPOISONED);
        Streamed { number: self.number, path: self.path.clone(), bytes: self.bytes.load(Ordering::Relaxed), end }
    }

    fn finish(&self, end: StreamEnd) {
        let mut now = self.end.lock().expect(UNPOISONED);
        if *now == StreamEnd::Running {
            *now = end;
        }
    }
}

/// Something that lasts as long as an answer does.
pub(crate) type Guard = Arc<dyn fmt::Debug + Send + Sync>;

/// What the body of an answer needs to know of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// A second descriptor of the socket, for its options.
    pub(crate) socket: Arc<TcpStream>,
    pub(crate) flushes: Arc<Flushes>,
}

/// A body on its way.
pub(crate) struct Outgoing {
    pub(crate) pieces: Pieces,
    /// What is left of the piece before a break.
    pub(crate) rest: Bytes,
    pub(crate) length: Option<u64>,
    pub(crate) breaks: Vec<Break>,
    pub(crate) sent: u64,
    pub(crate) state: Doing,
    pub(crate) connection: Connection,
    pub(crate) progress: Option<Arc<Progress>>,
    pub(crate) _guard: Option<Guard>,
}

/// What a body does.
pub(crate) enum Doing {
    /// Gives pieces.
    Sending,
    /// Waits before a gate.
    Waiting(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// Lets what is there reach the wire before it breaks: the connection was flushed so often when that began. An error that came
    /// at once would make hyper throw away what it has not yet written.
    Flushing(u64),
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} of {:?})", self.sent, self.length)
    }
}

impl Outgoing {
    fn finish(&self, end: StreamEnd) {
        if let Some(progress) = &self.progress {
            progress.finish(end);
        }
    }

    /// Begins the break that is due, if one is.
    fn begin_break(&mut self) -> bool {
        let Some(Break { how, .. }) = self.breaks.first().filter(|first| first.after <= self.sent) else {
            return false;
        };
        self.state = match how {
            How::Close | How::Reset => Doing::Flushing(self.connection.flushes.count()),
            How::Stall(gate) => {
                let gate = gate.clone();
                self.breaks.remove(0);
                Doing::Waiting(Box::pin(async move { gate.pass().await }))
            }
        };
        true
    }

    /// Returns the error that makes hyper let go of the connection at once.
    fn broken(&self) -> io::Error {
        self.finish(StreamEnd::Cut);
        if let Some(Break { how: How::Reset, .. }) = self.breaks.first() {
            // With a linger time of zero, closing sends a reset. It cannot fail for a socket that is open.
            let _ = rustix::net::sockopt::set_socket_linger(&*self.connection.socket, Some(Duration::ZERO));
        }
        io::Error::other("broken on purpose")
    }

    /// Returns the next bytes, up to a break; none at the end.
    fn next_bytes(&mut self) -> Option<Bytes> {
        while self.rest.is_empty() {
            self.rest = self.pieces.next()?;
        }
        let room = self.breaks.first().map_or(u64::MAX, |first| first.after - self.sent);
        let count = usize::try_from(room).unwrap_or(usize::MAX).min(self.rest.len());
        let bytes = self.rest.split_to(count);
        self.sent += bytes.len() as u64;
        if let Some(progress) = &self.progress {
            progress.bytes.store(self.sent, Ordering::Relaxed);
        }
        Some(bytes)
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            match &mut this.state {
                Doing::Waiting(gate) => {
                    ready!(gate.as_mut().poll(context));
                    this.state = Doing::Sending;
                }
                Doing::Flushing(before) => {
                    if this.connection.flushes.count() == *before {
                        this.connection.flushes.wake_after(context.waker());
                        return Poll::Pending;
                    }
                    return Poll::Ready(Some(Err(this.broken())));
                }
                Doing::Sending => {
                    if this.begin_break() {
                        continue;
                    }
                    if let Some(bytes) = this.next_bytes() {
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                    let Some(first) = this.breaks.first_mut() else {
                        this.finish(StreamEnd::Whole);
                        return Poll::Ready(None);
                    };
                    first.after = this.sent;
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, |length| SizeHint::with_exact(length.saturating_sub(self.sent)))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // hyper does not ask again after the announced length.
        let is_whole = self.length.is_some_and(|length| self.sent >= length);
        self.finish(if is_whole { StreamEnd::Whole } else { StreamEnd::PeerGone });
    }
}

/// Counts how often everything that hyper had written was on the wire.
#[derive(Debug, Default)]
pub(crate) struct Flushes {
    count: AtomicU64,
    waiting: Mutex<Option<Waker>>,
}

impl Flushes {
    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn wake_after(&self, waker: &Waker) {
        *self.waiting.lock().expect(UNPOISONED) = Some(waker.clone());
    }

    fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if let Some(waker) = self.waiting.lock().expect(UNPOISONED).take() {
            waker.wake();
        }
    }
}

/// A socket that counts its flushes. hyper flushes it only when nothing is left in its own buffers.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) stream: tokio::net::TcpStream,
    pub(crate) flushes: Arc<Flushes>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.flushes.add();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
