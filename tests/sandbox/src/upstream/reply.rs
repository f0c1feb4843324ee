//! What a handler wants sent, and how the wire is to fail while it is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::gate::Gate;

/// An answer, or what happens instead of one.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers. `Content-Length` and `Date` are added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What the answer waits for. The handler has run by then, so whatever it did is done.
    pub pause: Option<Pause>,
    pub(crate) wire: Wire,
}

/// What something waits for.
#[derive(Debug, Clone)]
pub enum Pause {
    /// Until so much time has passed.
    For(Duration),
    /// Until the test opens the gate.
    Until(Gate),
}

/// How the wire treats an answer.
#[derive(Clone)]
pub(crate) enum Wire {
    /// As it should.
    Sound,
    /// So many bytes of the body are sent, though all were announced; then the connection is closed.
    Truncated(usize),
    /// The connection is closed without an answer.
    Closed,
    /// The connection is reset without an answer.
    Reset,
    /// The answer is not known yet: it is made after the pause.
    Deferred(Arc<dyn Fn() -> Reply + Send + Sync>),
}

impl Reply {
    /// Returns an empty answer.
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), pause: None, wire: Wire::Sound }
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
    pub fn deferred(pause: Pause, make: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self { pause: Some(pause), wire: Wire::Deferred(Arc::new(make)), ..Self::new(0) }
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

    /// Sends the answer only after this time.
    #[must_use]
    pub fn delay(mut self, time: Duration) -> Self {
        self.pause = Some(Pause::For(time));
        self
    }

    /// Sends the answer only when the gate is open.
    #[must_use]
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.pause = Some(Pause::Until(gate.clone()));
        self
    }

    /// Announces the whole body, sends so many bytes of it, and closes the connection.
    #[must_use]
    pub fn truncated(mut self, after_bytes: usize) -> Self {
        self.wire = Wire::Truncated(after_bytes);
        self
    }

    /// Returns the status that the other side sees; none where it sees no answer, or where it is not known yet.
    pub fn answered(&self) -> Option<u16> {
        match self.wire {
            Wire::Sound | Wire::Truncated(_) => Some(self.status),
            Wire::Closed | Wire::Reset | Wire::Deferred(_) => None,
        }
    }
}

impl Pause {
    pub(crate) async fn pass(&self) {
        match self {
            Self::For(time) => tokio::time::sleep(*time).await,
            Self::Until(gate) => gate.pass().await,
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound => f.write_str("Sound"),
            Self::Truncated(after) => write!(f, "Truncated({after})"),
            Self::Closed => f.write_str("Closed"),
            Self::Reset => f.write_str("Reset"),
            Self::Deferred(_) => f.write_str("Deferred"),
        }
    }
}
