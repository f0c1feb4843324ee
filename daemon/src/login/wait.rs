//! Waiting for a person, by the wall clock: a timer stops while a laptop sleeps, and a person's patience does not.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::clock::Clock;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Waits until somebody answers or a time has come.
pub(super) async fn until<T>(clock: &dyn Clock, end: Timestamp, mut answer: oneshot::Receiver<T>) -> Option<T> {
    let known = clock.moment();
    while clock.moment().left_until(end, &known) > SignedDuration::ZERO {
        if let Ok(answered) = tokio::time::timeout(LOOK, &mut answer).await {
            return answered.ok();
        }
    }
    None
}

/// Returns the time so much later. A clock near the end of time does not stop a login.
pub(super) fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
