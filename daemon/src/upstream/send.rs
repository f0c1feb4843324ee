//! Sends a request to Mixpanel and reads its JSON.

use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::upstream::decode::{Asked, Incoming};
use crate::upstream::open::open;
use crate::upstream::request::{Identity, Outgoing};

/// Longest time for a call about accounts, with all its waits and repetitions. A client gives up at 60 s; it should hear why.
pub const DEADLINE: Duration = Duration::from_secs(55);

/// Largest JSON answer. Larger ones are exports, which stream.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Largest answer to a refused request that is searched for Mixpanel's own words.
const MAX_REFUSAL: usize = 64 * 1024;

/// Sends a request and returns the JSON of a 2xx answer.
///
/// # Errors
/// When there is no credential, Mixpanel cannot be reached, or answers anything else.
pub async fn send(app: &Arc<App>, as_whom: &Identity, request: &Outgoing) -> Result<Value, Failure> {
    send_within(app, as_whom, request, DEADLINE).await
}

/// As [`send`], with a deadline of its own.
///
/// # Errors
/// As [`send`].
pub async fn send_within(
    app: &Arc<App>,
    as_whom: &Identity,
    request: &Outgoing,
    within: Duration,
) -> Result<Value, Failure> {
    let deadline = Instant::now() + within;
    let read = async {
        let mut opened = open(app, as_whom, request, deadline).await?;
        let limit = if opened.status.is_success() { MAX_ANSWER } else { MAX_REFUSAL };
        let body = opened.rest(limit).await?;
        let header = |name: &str| opened.header(name).map(str::to_owned);
        let (retry_after, request_id) = (header("retry-after"), header("x-request-id"));
        let answer = Incoming { status: opened.status.as_u16(), retry_after, request_id, body };
        answer.decode(&Asked::about(as_whom, request, opened.credential.expose()))
    };
    timeout_at(deadline, read).await.unwrap_or_else(|_| {
        let said = format!("had no answer within {} s", within.as_secs());
        Err(Asked::about(as_whom, request, "").failure(FailureKind::Timeout, &said))
    })
}
