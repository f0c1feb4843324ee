//! How long a call has waited for turns at Mixpanel, whatever requests it is made of. Those at the same time count once.

use std::cell::RefCell;
use std::time::Duration;

use tokio::time::Instant;

tokio::task_local! {
    static WAITED: RefCell<Sum>;
}

#[derive(Debug, Default)]
struct Sum {
    total: Duration,
    /// How many wait now, and since when any of them.
    open: usize,
    since: Option<Instant>,
}

/// Returns what comes of a call, and how long it has waited.
pub(crate) async fn measured<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let call = async {
        let done = work.await;
        (done, WAITED.with(|sum| sum.borrow().total))
    };
    WAITED.scope(RefCell::default(), call).await
}

/// Counts a wait for the call that it is a part of, if that is measured. Returns how long it was.
pub(crate) async fn counted<T>(wait: impl Future<Output = T>) -> (T, Duration) {
    let (begun, waiting) = (Instant::now(), Pause::begin());
    let done = wait.await;
    drop(waiting);
    (done, begun.elapsed())
}

/// Adds a wait that somebody else has counted.
pub(crate) fn add(time: Duration) {
    // An error means that nobody measures.
    let _ = WAITED.try_with(|sum| sum.borrow_mut().total += time);
}

/// One wait that goes on.
struct Pause;

impl Pause {
    fn begin() -> Self {
        let _ = WAITED.try_with(|sum| {
            let mut sum = sum.borrow_mut();
            sum.open += 1;
            sum.since.get_or_insert_with(Instant::now);
        });
        Self
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        let _ = WAITED.try_with(|sum| {
            let mut sum = sum.borrow_mut();
            sum.open = sum.open.saturating_sub(1);
            if sum.open == 0
                && let Some(since) = sum.since.take()
            {
                sum.total += since.elapsed();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    #[tokio::test(start_paused = true)]
    async fn waits_add_up_and_those_at_the_same_time_count_once() {
        let second = |seconds| counted(sleep(Duration::from_secs(seconds)));
        let call = async {
            second(2).await;
            sleep(Duration::from_secs(50)).await;
            futures_util::future::join(second(3), second(5)).await;
            // One that is given up counts for as long as it lasted, and one of another call does not.
            assert!(timeout(Duration::from_secs(1), second(9)).await.is_err());
            assert_eq!(measured(second(7)).await.1, Duration::from_secs(7));
            add(Duration::from_secs(10));
        };
        assert_eq!(measured(call).await.1, Duration::from_secs(18));
        assert_eq!(second(4).await.1, Duration::from_secs(4), "also where nobody measures");
    }
}
