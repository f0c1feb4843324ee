//! A sign of life beside a call that takes long, on a terminal that wants one.

use std::pin::pin;
use std::time::Duration;

use indicatif::ProgressBar;
use parking_lot::Mutex;
use tokio::time::timeout;

use super::screen;

/// Nobody notices less.
const UNNOTICED: Duration = Duration::from_secs(1);

/// Between two turns.
const TURN: Duration = Duration::from_millis(100);

/// What moves on the last line.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Prints something above what moves, if anything does.
pub(crate) fn above(print: impl FnOnce()) {
    let shown = SHOWN.lock().clone();
    match shown {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Notes what moves from now on, or that nothing does.
pub(crate) fn moves(bar: Option<&ProgressBar>) {
    *SHOWN.lock() = bar.cloned();
}

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
    moves(Some(&bar));
    let done = work.await;
    moves(None);
    bar.finish_and_clear();
    done
}
