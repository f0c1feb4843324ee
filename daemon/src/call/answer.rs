//! An answer of Mixpanel whose body is still to come, and what a connection that fails has to say.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use hyper::header::{CONTENT_ENCODING, HeaderMap};
use hyper::{Method, Response, StatusCode};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use reqwest::Body as Sent;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::call::gate::Permit;
use crate::call::packed::{Packed, PackedError};
use crate::call::request::{Coding, Outgoing};
use crate::identity::Identity;
use crate::life::Life;
use crate::mixpanel::client::Fault;
use crate::mixpanel::way::reason;

/// An answer whose body is still to come. Dropping it ends the request.
#[derive(Debug)]
pub(crate) struct OpenAnswer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// What went out as a credential: it must not be repeated to anybody.
    pub(crate) credential: Secret,
    /// How long it waited for its turn.
    pub(crate) waited: Duration,
    sent: Sent,
    body: Body,
    idle: Duration,
    /// `GET`, `/export`, and the account, for messages.
    subject: (Method, String, String),
    permit: Option<Turn>,
}

/// The compression that is asked for, and taken off.
pub(crate) const GZIP: &str = "gzip";

/// How the body comes.
#[derive(Debug)]
enum Body {
    /// As it is passed on.
    Plain,
    /// In compression, which is taken off.
    Packed(Box<Packed>),
    /// In a compression that nobody has asked for.
    Unknown(String),
}

impl Body {
    fn of(headers: &HeaderMap, coding: Coding) -> Self {
        let said = headers.get(CONTENT_ENCODING).map(|coding| String::from_utf8_lossy(coding.as_bytes()).into_owned());
        let said = said.unwrap_or_default().trim().to_ascii_lowercase();
        match (coding, said.as_str()) {
            (Coding::AsSent, _) | (_, "" | "identity") => Self::Plain,
            (_, GZIP | "x-gzip") => Self::Packed(Box::new(Packed::new())),
            _ => Self::Unknown(said),
        }
    }
}

/// How long whoever reads an answer may leave it alone and still keep others from their turns.
const LEFT_ALONE: Duration = Duration::from_secs(120);

/// A permit that is given back when the body is at its end, or dropped, or nobody has read on for a while: a pager that shows the first
/// page of an answer must not hold up all tools.
#[derive(Debug)]
struct Turn {
    shared: Arc<Watched>,
    /// Ends the one who watches.
    _ends: oneshot::Sender<()>,
}

#[derive(Debug)]
struct Watched {
    permit: Mutex<Option<Permit>>,
    read: Mutex<Instant>,
}

impl Turn {
    fn new(life: &Life, permit: Permit) -> Self {
        let shared = Arc::new(Watched { permit: Mutex::new(Some(permit)), read: Mutex::new(Instant::now()) });
        let (ends, mut ended) = oneshot::channel();
        let watched = Arc::clone(&shared);
        life.spawn(async move {
            loop {
                let until = watched.last_read() + LEFT_ALONE;
                if Instant::now() >= until {
                    drop(watched.take());
                    return;
                }
                // Either there is nothing to watch any more, or it is time to look again.
                if timeout_at(until, &mut ended).await.is_ok() {
                    return;
                }
            }
        });
        Self { shared, _ends: ends }
    }
}

impl Watched {
    fn last_read(&self) -> Instant {
        *self.read.lock()
    }

    fn is_read(&self) {
        *self.read.lock() = Instant::now();
    }

    fn take(&self) -> Option<Permit> {
        self.permit.lock().take()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.shared.take());
    }
}

impl OpenAnswer {
    /// Returns an answer whose head has come. The permit is given back when the body is at its end, or dropped.
    pub(crate) fn new(
        (life, identity, request): (&Life, &Identity, &Outgoing),
        response: Response<Sent>,
        credential: Secret,
        waited: Duration,
        permit: Option<Permit>,
    ) -> Self {
        let (head, sent) = response.into_parts();
        Self {
            status: head.status,
            body: Body::of(&head.headers, request.coding),
            headers: head.headers,
            credential,
            waited,
            idle: request.host.patience(),
            subject: (request.method.clone(), request.shown_path(), identity.name.clone()),
            sent,
            permit: permit.map(|permit| Turn::new(life, permit)),
        }
    }

    /// Returns the next part of the body; none at its end, which is known to be the end: a body that is cut off is an error.
    ///
    /// # Errors
    /// When the body is cut off, nothing comes for too long, or its compression is damaged.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            match &mut self.body {
                Body::Plain => return self.sent().await,
                Body::Unknown(coding) => {
                    let said =
                        format!("was answered in the coding '{}', which was not asked for", coding.escape_debug());
                    return Err(self.failure(FailureKind::UpstreamInvalid, &said));
                }
                Body::Packed(packed) => {
                    if let Some(part) = packed.next().map_err(|error| self.damaged(&error))? {
                        return Ok(Some(part));
                    }
                }
            }
            let Some(part) = self.sent().await? else { return self.unpacked() };
            if let Body::Packed(packed) = &mut self.body {
                packed.push(part);
            }
        }
    }

    /// Returns what the compression holds to its end.
    fn unpacked(&mut self) -> Result<Option<Bytes>, Failure> {
        let Body::Packed(packed) = std::mem::replace(&mut self.body, Body::Plain) else { return Ok(None) };
        let rest = packed.end().map_err(|error| self.damaged(&error))?;
        Ok((!rest.is_empty()).then_some(rest))
    }

    fn damaged(&self, error: &PackedError) -> Failure {
        match error {
            PackedError::CutOff => {
                self.failure(FailureKind::UpstreamUnreachable, &format!("was cut off in the middle: {error}"))
            }
            PackedError::Damaged(_) => self.failure(
                FailureKind::UpstreamInvalid,
                &format!("was answered with a body that cannot be read: {error}"),
            ),
        }
    }

    fn failure(&self, kind: FailureKind, said: &str) -> Failure {
        let (method, path, account) = &self.subject;
        Failure::new(kind, format!("{method} {path} of account '{account}' {said}")).account(account)
    }

    /// Returns the next part of the body as it is sent.
    async fn sent(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(turn) = &self.permit {
            turn.shared.is_read();
        }
        let next = tokio::time::timeout(self.idle, part(&mut self.sent)).await;
        if let Some(turn) = &self.permit {
            turn.shared.is_read();
        }
        let (kind, said) = match next {
            Ok(Ok(Some(chunk))) => return Ok(Some(chunk)),
            Ok(Ok(None)) => {
                self.permit = None;
                return Ok(None);
            }
            Ok(Err(error)) => {
                (FailureKind::UpstreamUnreachable, format!("was cut off in the middle: {}", reason(&error)))
            }
            Err(_) => {
                (FailureKind::Timeout, format!("stopped in the middle: nothing came for {} s", self.idle.as_secs()))
            }
        };
        Err(self.failure(kind, &said))
    }

    /// Returns how long the body is, as it comes, where that is announced.
    pub(crate) fn length(&self) -> Option<u64> {
        self.sent.size_hint().exact()
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub(crate) async fn whole(&mut self) -> Result<Bytes, Failure> {
        let first = self.chunk().await?.unwrap_or_default();
        if self.sent.is_end_stream() {
            return Ok(first);
        }
        let mut all = BytesMut::from(first);
        while let Some(part) = self.chunk().await? {
            all.extend_from_slice(&part);
        }
        Ok(all.freeze())
    }

    /// Reads the rest of the body; none when it is larger than the limit.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub(crate) async fn rest(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    /// Returns the text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Returns the next part of a body as it is sent; none at its end.
async fn part(sent: &mut Sent) -> Result<Option<Bytes>, reqwest::Error> {
    while let Some(frame) = sent.frame().await {
        if let Ok(part) = frame?.into_data() {
            return Ok(Some(part));
        }
    }
    Ok(None)
}

/// Returns whether the connection ended before a byte of the answer.
pub(crate) fn is_reset(fault: Fault<'_>) -> bool {
    use std::io::ErrorKind as Io;
    let ended = [Io::ConnectionReset, Io::ConnectionAborted, Io::BrokenPipe, Io::UnexpectedEof];
    !fault.is_connect
        && !fault.is_timeout
        && fault.causes().any(|cause| {
            match (cause.downcast_ref::<hyper::Error>(), cause.downcast_ref::<std::io::Error>()) {
                (Some(hyper), _) => hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed(),
                (_, Some(io)) => ended.contains(&io.kind()),
                _ => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::gate::Gates;
    use crate::call::gate::budget::{Budget, Manner};
    use crate::call::request::Tool;
    use crate::clock::tests::TestClock;
    use mp_proto::ids::{ProjectId, Region};
    use mp_proto::plane::Family;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_permit_goes_back_when_nobody_reads_on() {
        let (gates, life) = (Gates::new(Arc::new(TestClock::at(0))), Life::default());
        let project = ProjectId::parse("7").expect("digits");
        let budget = Budget { region: Region::Us, project, family: Family::Query, base: None };
        let enter = async || {
            let until = Instant::now() + Duration::from_secs(500);
            Turn::new(&life, gates.enter(&budget, Manner::plain(Tool(1), until), |_| ()).await.expect("a turn"))
        };
        let running = || gates.status()[0].running;
        let (read_on, left, done) = (enter().await, enter().await, enter().await);
        drop(done);
        assert_eq!(running(), 2);
        sleep(LEFT_ALONE - Duration::from_secs(1)).await;
        read_on.shared.is_read();
        sleep(Duration::from_secs(2)).await;
        assert_eq!(running(), 1, "the one that was left alone");
        drop((left, read_on));
        assert_eq!(running(), 0);
        life.end(Duration::MAX).await;
    }
}
