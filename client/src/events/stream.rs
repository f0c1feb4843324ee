//! A stream that goes on where it broke off: after a lost connection, and after a restart of the daemon.

use std::collections::VecDeque;
use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{EVENTS, encode_segment};
use tokio::time::timeout;

use super::sse::{Parser, RawEvent};
use crate::api::{Connection, Options, Streamed};
use crate::transport::{Piece, Streaming};

/// The daemon sends something every 15 s. When so long nothing came, it is not well, or it is another one by now.
const SILENCE: Duration = Duration::from_secs(60);

/// Pauses between two looks for a daemon: the first, and the longest. A look costs one failed system call.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// What comes next on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// An event.
    Event(RawEvent),
    /// The connection is lost; the next call waits for a daemon and goes on. What happened meanwhile comes then, or else a `reset` and a
    /// `snapshot`.
    Interrupted {
        /// Why, for a person.
        reason: String,
    },
}

/// A stream of events that has no end of its own.
pub(crate) struct Stream {
    options: Options,
    types: Vec<String>,
    last: Option<String>,
    open: Option<(Streaming, Parser)>,
    /// What has come and was not asked for yet.
    waiting: VecDeque<RawEvent>,
    was_open: bool,
}

impl Stream {
    /// Returns a stream that is not connected yet. Without types it has all of them; the signs of a gap (`reset`, `lagged`,
    /// `daemon.stopping`) come whatever the types. It begins after the event `last`, or with a snapshot.
    pub(crate) fn new(options: Options, types: &[String], last: Option<String>) -> Self {
        Self { options, types: types.to_vec(), last, open: None, waiting: VecDeque::new(), was_open: false }
    }

    /// Returns the number of the last event that was seen, to go on after in another process.
    pub(crate) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Waits for what comes next. Only the first connection starts a daemon: one that was stopped was stopped on purpose.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    /// When there is no daemon at first, or it refuses.
    pub(crate) async fn next(&mut self) -> Result<Item, Failure> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                if let Some(id) = &event.id {
                    self.last = Some(id.clone());
                }
                // The state at the beginning counts as wanted only if everything is.
                if event.name != "snapshot" || self.wants("snapshot") {
                    return Ok(Item::Event(event));
                }
                continue;
            }
            if self.open.is_none() {
                self.open = Some(self.connect().await?);
                self.was_open = true;
            }
            if let Some(reason) = self.read().await {
                self.open = None;
                return Ok(Item::Interrupted { reason });
            }
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == name)
    }

    /// Reads a part; returns why there is none.
    async fn read(&mut self) -> Option<String> {
        let (streaming, parser) = self.open.as_mut()?;
        match timeout(SILENCE, streaming.next()).await {
            Err(_) => Some(format!("the daemon was silent for {} s", SILENCE.as_secs())),
            Ok(Err(error)) => Some(error.to_string()),
            Ok(Ok(None)) => Some("the daemon ended the stream".to_owned()),
            Ok(Ok(Some(Piece::Bytes(bytes)))) => {
                parser.take(&bytes, &mut self.waiting);
                None
            }
            Ok(Ok(Some(Piece::Trailers(_)))) => None,
        }
    }

    async fn connect(&self) -> Result<(Streaming, Parser), Failure> {
        let mut options = self.options.clone();
        options.place.autostart &= !self.was_open;
        let mut pause = PAUSES.0;
        loop {
            match Connection::new(options.clone()).stream(self.request()).await {
                Ok(streaming) => return Ok((streaming, Parser::default())),
                Err(failure) if self.was_open && is_passing(failure.kind) => {
                    tokio::time::sleep(pause).await;
                    pause = PAUSES.1.min(pause * 2);
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    fn request(&self) -> Streamed {
        let query = if self.types.is_empty() {
            String::new()
        } else {
            format!("?types={}", encode_segment(&self.types.join(",")))
        };
        let mut headers = HeaderMap::new();
        if let Some(Ok(last)) = self.last.as_deref().map(HeaderValue::from_str) {
            headers.insert(HeaderName::from_static("last-event-id"), last);
        }
        Streamed { method: Method::GET, path: format!("{EVENTS}{query}"), headers, body: None, refusals_fail: true }
    }
}

/// A daemon that ends, or has too much to do, is followed by another moment.
fn is_passing(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Unreachable | FailureKind::Stopping | FailureKind::TooManyConnections | FailureKind::Timeout
    )
}
