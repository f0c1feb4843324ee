//! What a handler wants sent, and how the wire is to fail while it is sent.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::gate::Gate;
use super::streams::{Break, Guard, How, Pieces, Source};

/// An answer, or what happens instead of one.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers. `Content-Length` and `Date` are added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The gate that the answer waits for. The handler has run by then, so whatever it did is done.
    pub gate: Option<Gate>,
    pub(crate) wire: Wire,
    /// What makes the body instead, piece by piece.
    pub(crate) source: Option<Source>,
    pub(crate) breaks: Vec<Break>,
    /// What lasts until the answer is sent, or nobody waits for it any more.
    pub(crate) guard: Option<Guard>,
}

/// How the wire treats an answer.
#[derive(Clone)]
pub(crate) enum Wire {
    /// As it should.
    Sound,
    /// The connection is closed without an answer.
    Closed,
    /// The connection is reset without an answer.
    Reset,
    /// The answer is not known yet: it is made when the gate is open.
    Deferred(Arc<dyn Fn() -> Reply + Send + Sync>),
}

impl Reply {
    /// Returns an empty answer.
    pub fn new(status: u16) -> Self {
        let (headers, body, breaks) = (Vec::new(), Vec::new(), Vec::new());
        Self { status, headers, body, gate: None, wire: Wire::Sound, source: None, breaks, guard: None }
    }

    /// Returns an answer whose body is made while it is sent: the next piece only when the connection has room for it. It comes in
    /// chunks unless its length is [announced](Self::announced). Large pieces are fast; clones of one piece cost nothing.
    pub fn stream<I>(status: u16, make: impl Fn() -> I + Send + Sync + 'static) -> Self
    where
        I: Iterator<Item = Bytes> + Send + 'static,
    {
        let make = Arc::new(move || -> Pieces { Box::new(make()) });
        Self { source: Some(Source { make, length: None }), ..Self::new(status) }
    }

    /// Announces the length of a streamed body, and sends it without chunks.
    #[must_use]
    pub fn announced(mut self, length: u64) -> Self {
        if let Some(source) = &mut self.source {
            source.length = Some(length);
        }
        self
    }

    /// Returns a JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status).header("Content-Type", "application/json").body(body.to_string())
    }

    /// Returns an HTML page.
    pub fn html(status: u16, page: impl Into<String>) -> Self {
        Self::new(status).header("Content-Type", "text/html; charset=utf-8").body(page.into())
    }

    /// Returns a plain text.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status).header("Content-Type", "text/plain; charset=utf-8").body(text.into())
    }

    /// Returns a redirect with status 302.
    pub fn redirect(location: &str) -> Self {
        Self::new(302).header("Location", location)
    }

    /// Resets the connection (a TCP RST) instead of answering.
    pub fn reset() -> Self {
        Self { wire: Wire::Reset, ..Self::new(0) }
    }

    /// Closes the connection instead of answering.
    pub fn close() -> Self {
        Self { wire: Wire::Closed, ..Self::new(0) }
    }

    /// Waits first and makes the answer then: what `make` does has not happened before.
    pub fn deferred(gate: Gate, make: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self { gate: Some(gate), wire: Wire::Deferred(Arc::new(make)), ..Self::new(0) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the answer only when the gate is open.
    #[must_use]
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Announces the whole body, sends so many bytes of it, and closes the connection.
    #[must_use]
    pub fn truncated(self, after_bytes: usize) -> Self {
        self.cut_after(after_bytes as u64)
    }

    /// Closes the connection after so many bytes of the body, whatever was announced; a chunked body comes without its end.
    #[must_use]
    pub fn cut_after(self, bytes: u64) -> Self {
        self.broken(bytes, How::Close)
    }

    /// Resets the connection (a TCP RST) after so many bytes of the body. What the other side has not yet taken may be lost.
    #[must_use]
    pub fn reset_after(self, bytes: u64) -> Self {
        self.broken(bytes, How::Reset)
    }

    /// Sends so many bytes of the body, and the rest only when the gate is open. Then another break may come.
    #[must_use]
    pub fn stall_after(self, bytes: u64, gate: &Gate) -> Self {
        self.broken(bytes, How::Stall(gate.clone()))
    }

    fn broken(mut self, after: u64, how: How) -> Self {
        self.breaks.push(Break { after, how });
        self.breaks.sort_by_key(|one| one.after);
        self
    }

    /// Returns the status that the other side sees; none where it sees no answer, or where it is not known yet.
    pub fn answered(&self) -> Option<u16> {
        match self.wire {
            Wire::Sound => Some(self.status),
            Wire::Closed | Wire::Reset | Wire::Deferred(_) => None,
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound => f.write_str("Sound"),
            Self::Closed => f.write_str("Closed"),
            Self::Reset => f.write_str("Reset"),
            Self::Deferred(_) => f.write_str("Deferred"),
        }
    }
}
