//! A sign of life beside a call that takes long, on a terminal that wants one.

use std::pin::pin;
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::time::timeout;

use super::screen;

/// Nobody notices less.
const UNNOTICED: Duration = Duration::from_secs(1);

/// Between two turns.
const TURN: Duration = Duration::from_millis(100);

/// Waits for some work, and shows after a while that it goes on.
pub(crate) async fn beside<T>(is_quiet: bool, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if is_quiet || !screen::is_stderr_watched() {
        return work.await;
    }
    if let Ok(done) = timeout(UNNOTICED, &mut work).await {
        return done;
    }
    let bar = ProgressBar::new_spinner().with_message("waiting for Mixpanel");
    bar.enable_steady_tick(TURN);
    let done = work.await;
    bar.finish_and_clear();
    done
}
