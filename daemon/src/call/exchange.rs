//! Sends a request to Mixpanel and reads its JSON.

use std::time::Duration;

use mp_proto::deadline::CALL;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::mend::Mended;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::call::answer::OpenAnswer;
use crate::call::calls::Calls;
use crate::call::decoding::{Asked, Content, Incoming, json};
use crate::call::large::Excess;
use crate::call::request::Outgoing;
use crate::identity::Identity;
use crate::notes;

/// Largest answer to a refused request that is searched for Mixpanel's own words.
const MAX_REFUSAL: usize = 64 * 1024;

/// The JSON of an answer.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The JSON.
    pub(crate) value: Value,
    /// How long its text was.
    pub(crate) bytes: usize,
    /// What had to be mended of it.
    pub(crate) mended: Mended,
}

impl Calls {
    /// Sends a request and returns the JSON of a 2xx answer.
    ///
    /// # Errors
    /// When there is no credential, Mixpanel cannot be reached, or answers anything else.
    pub(crate) async fn send(&self, as_whom: &Identity, request: &Outgoing) -> Result<Value, Failure> {
        self.send_within(as_whom, request, CALL.daemon).await
    }

    /// As [`Self::send`], with a deadline of its own.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn send_within(
        &self,
        as_whom: &Identity,
        request: &Outgoing,
        within: Duration,
    ) -> Result<Value, Failure> {
        let fetched = self.fetch(as_whom, request, within).await?;
        notes::mended(&fetched.mended);
        Ok(fetched.value)
    }

    /// As [`Self::send_within`]. What may be repeated is, once, when its answer breaks in the middle.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn fetch(
        &self,
        as_whom: &Identity,
        request: &Outgoing,
        within: Duration,
    ) -> Result<Fetched, Failure> {
        let deadline = Instant::now() + within;
        let most = self.large().limits().answer_bytes;
        let mut may_repeat = request.repeatable && request.is_resendable();
        loop {
            let mut opened = self.open(as_whom, request, deadline).await?;
            let is_good = opened.status.is_success();
            let limit = if is_good { usize::try_from(most).unwrap_or(usize::MAX) } else { MAX_REFUSAL };
            let body = match timeout_at(deadline, opened.rest(limit)).await {
                Ok(Ok(body)) => body,
                Ok(Err(failure)) if may_repeat && failure.kind == FailureKind::UpstreamUnreachable => {
                    may_repeat = false;
                    continue;
                }
                Ok(Err(failure)) => return Err(failure),
                Err(_) => {
                    let said = format!("had no whole answer within {} s", within.as_secs());
                    return Err(Asked::about(as_whom, request, "").failure(FailureKind::Timeout, &said));
                }
            };
            let header = |name: &str| opened.header(name).map(str::to_owned);
            let (retry_after, request_id) = (header("retry-after"), header("x-request-id"));
            let bytes = body.as_ref().map_or(0, Vec::len);
            let mut mended = Mended::default();
            let body = match body {
                None => Content::TooLarge(Excess::bytes(most)),
                Some(text) if !is_good => Content::Text(text),
                Some(text) => match self.large().read(text, |text| json(&text)).await? {
                    Ok(read) => Content::Read(read.map(|(value, odd)| {
                        mended = odd;
                        value
                    })),
                    Err(excess) => Content::TooLarge(excess),
                },
            };
            let answer = Incoming { status: opened.status.as_u16(), retry_after, request_id, body };
            let value = answer.decode(&Asked::about(as_whom, request, opened.credential.expose()))?;
            return Ok(Fetched { value, bytes, mended });
        }
    }

    /// Sends a request and returns its answer if it is a success.
    ///
    /// # Errors
    /// When it is none, or cannot be sent.
    pub(crate) async fn open_good(&self, as_whom: &Identity, request: &Outgoing) -> Result<OpenAnswer, Failure> {
        let mut opened = self.open(as_whom, request, Instant::now() + request.host.patience()).await?;
        if opened.status.is_success() {
            return Ok(opened);
        }
        let header = |name: &str| opened.header(name).map(str::to_owned);
        let (retry_after, request_id) = (header("retry-after"), header("x-request-id"));
        let body = opened.rest(MAX_REFUSAL).await?.map_or(Content::Read(None), Content::Text);
        let answer = Incoming { status: opened.status.as_u16(), retry_after, request_id, body };
        let asked = Asked::about(as_whom, request, opened.credential.expose());
        match answer.decode(&asked) {
            Err(failure) => Err(failure),
            Ok(_) => Err(asked.failure(FailureKind::Internal, "was answered in a way that cannot be")),
        }
    }
}
