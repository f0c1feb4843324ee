//! An answer of Mixpanel whose body is still to come, and what a connection that fails has to say.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};

use crate::upstream::gate::Permit;
use crate::upstream::request::{Identity, Outgoing};

/// An answer whose body is still to come. Dropping it ends the request.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// What went out as a credential: it must not be repeated to anybody.
    pub(crate) credential: Secret,
    /// How long it waited for its turn.
    pub(crate) waited: Duration,
    response: Response,
    idle: Duration,
    /// `GET /export of account 'x'`.
    subject: String,
    account: String,
    permit: Option<Permit>,
}

impl Opened {
    /// Returns an answer whose head has come. The permit is given back when the body is at its end, or dropped.
    pub(super) fn new(
        (identity, request): (&Identity, &Outgoing),
        response: Response,
        credential: Secret,
        waited: Duration,
        permit: Option<Permit>,
    ) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            credential,
            waited,
            idle: request.plane.patience(),
            subject: format!("{} {} of account '{}'", request.method, request.path, identity.name),
            account: identity.name.clone(),
            response,
            permit,
        }
    }

    /// Returns the next part of the body; none at its end, which is known to be the end: a body that is cut off is an error.
    ///
    /// # Errors
    /// When the body is cut off, or nothing comes for too long.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let next = tokio::time::timeout(self.idle, self.response.chunk()).await;
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
        Err(Failure::new(kind, format!("{} {said}", self.subject)).account(&self.account))
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

/// Returns the errors below one. reqwest's own text repeats the URL, whose query may hold what nobody else should read.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

/// Returns whether the connection ended before a byte of the answer.
pub(super) fn is_reset(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind as Io;
    let ended = [Io::ConnectionReset, Io::ConnectionAborted, Io::BrokenPipe, Io::UnexpectedEof];
    !error.is_connect()
        && !error.is_timeout()
        && causes(error).any(|cause| {
            match (cause.downcast_ref::<hyper::Error>(), cause.downcast_ref::<std::io::Error>()) {
                (Some(hyper), _) => hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed(),
                (_, Some(io)) => ended.contains(&io.kind()),
                _ => false,
            }
        })
}

/// Returns the last cause of an error.
pub(super) fn reason(error: &reqwest::Error) -> String {
    match causes(error).last() {
        _ if error.is_timeout() => "it did not answer in time".to_owned(),
        Some(cause) => cause.to_string(),
        None => "the request could not be made".to_owned(),
    }
}
