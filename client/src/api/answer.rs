//! What comes back: an answer with what the daemon says beside it, or the failure that it tells.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::HeaderMap;
use mp_proto::failure::{Failure, FailureKind, ProblemBody};
use mp_proto::routes::{
    LINES_TRAILER, NAMESPACES_HEADER, NOTE_HEADER, PROBLEM_TRAILER, PROTOCOL_HEADER, WAITED_HEADER,
};
use mp_proto::surroundings;
use mp_proto::version::ProtocolRange;
use mp_proto::wire::LinesTally;
use serde::de::DeserializeOwned;

use crate::namespaces;
use crate::transport::{Outgoing, Received, TransportError};

/// An answer and what the daemon said beside it.
#[derive(Debug)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// Notes for the user, such as `MP_PROJECT_ID=7 wins over --project 9`.
    pub notes: Vec<String>,
    /// Whether this call made what it answers with (201).
    pub created: bool,
    /// How long it waited for its turn at Mixpanel; none when it did not wait. Of a wait that a person would notice, a note tells.
    pub waited: Option<Duration>,
}

/// Returns what the daemon tells beside an answer.
pub(super) fn noted(headers: &HeaderMap) -> Vec<String> {
    let notes = headers.get_all(NOTE_HEADER).iter();
    notes.filter_map(|note| note.to_str().ok().map(str::to_owned)).collect()
}

/// Returns the failure in the trailers of a streamed answer.
pub(crate) fn trailed(trailers: &HeaderMap) -> Option<Failure> {
    let value = trailers.get(PROBLEM_TRAILER)?;
    let body = serde_json::from_slice::<ProblemBody>(value.as_bytes());
    let odd = |_| Failure::new(FailureKind::Internal, "the stream ended early, and the daemon did not say why");
    Some(body.map_or_else(odd, Failure::from))
}

/// Returns what was mended and left out of streamed lines, as their trailers say.
pub(crate) fn tallied(trailers: &HeaderMap) -> LinesTally {
    let told = trailers.get(LINES_TRAILER).and_then(|value| serde_json::from_slice(value.as_bytes()).ok());
    told.unwrap_or_default()
}

/// Reads a good answer.
pub(super) fn read<T: DeserializeOwned>(path: &str, received: &Received) -> Result<Answer<T>, Failure> {
    let notes = noted(&received.headers);
    let body = serde_json::from_slice(&received.body).map_err(|error| {
        let detail = format!("the daemon's answer to {path} is not as expected: {error}");
        Failure::new(FailureKind::Internal, detail).next("mp daemon restart", "run the daemon that came with mp")
    })?;
    let waited = received.headers.get(WAITED_HEADER).and_then(|millis| millis.to_str().ok()?.parse().ok());
    let created = received.status == StatusCode::CREATED;
    Ok(Answer { body, notes, created, waited: waited.map(Duration::from_millis) })
}

/// Returns whether a daemon that refused a request speaks older protocols than this build.
pub(super) fn is_older(received: &Received) -> bool {
    let theirs = received.headers.get(PROTOCOL_HEADER).and_then(|range| range.to_str().ok());
    theirs.and_then(ProtocolRange::parse).is_some_and(|theirs| ProtocolRange::OURS.is_newer_than(theirs))
}

/// Returns the failure in an answer.
pub(super) fn problem(received: &Received) -> Failure {
    match serde_json::from_slice::<ProblemBody>(&received.body) {
        Ok(body) => from_elsewhere(body.into(), &received.headers),
        Err(_) => {
            let detail = format!("what listens on the socket answered {} without a reason", received.status);
            Failure::new(FailureKind::Internal, detail).next("mp daemon doctor", "look for the cause")
        }
    }
}

/// Adds to a failure of the network that the daemon lives in other namespaces, where it could not find that out itself.
fn from_elsewhere(mut failure: Failure, headers: &HeaderMap) -> Failure {
    let told = headers.get(NAMESPACES_HEADER).and_then(|told| told.to_str().ok());
    let others = told.map(|told| namespaces::differences(&namespaces::read(told))).unwrap_or_default();
    if !others.is_empty() {
        surroundings::elsewhere(&mut failure, "the daemon", &others);
    }
    failure
}

/// Says that the daemon could not be asked.
pub(super) fn unreachable(error: &TransportError) -> Failure {
    let failure = Failure::new(FailureKind::Unreachable, format!("the daemon could not be asked: {error}"))
        .next("mp daemon doctor", "look for the cause");
    Failure { unsent: matches!(error, TransportError::NotSent), ..failure }
}

/// Says what became of a request that has no answer.
pub(super) fn not_delivered(error: &TransportError, outgoing: &Outgoing, is_read: bool) -> Failure {
    match error {
        TransportError::Timeout(after) => {
            let detail = format!("the daemon did not answer within {} s", after.as_secs());
            Failure::new(FailureKind::Timeout, detail).next("mp daemon status", "see whether it is well")
        }
        TransportError::Broken if !is_read => {
            let detail = format!(
                "the daemon went away during {} {}: it may or may not have been carried out",
                outgoing.method, outgoing.path
            );
            Failure::new(FailureKind::Unreachable, detail)
                .next("mp account list", "see what is configured now, before you repeat it")
        }
        _ => unreachable(error),
    }
}
