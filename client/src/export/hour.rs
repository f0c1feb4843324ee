//! The hour: how often Mixpanel may be asked for exports in it is limited, and a long export waits for the next free slot.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::Failure;
use tokio::time::{Instant, sleep};

use super::pauses;
use super::tally::Tally;

/// A wait that a person is told of.
const TOLD: Duration = Duration::from_secs(2);

/// The wait when nobody says how long it is to be: then the daemon knows, and says so when it is asked again.
const UNTOLD: u64 = 1;

/// Between two looks at the clock: timers stop while a laptop sleeps.
const LOOK: Duration = Duration::from_secs(30);

/// Whether an export waits for a free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// It ends when there is none.
    No,
    /// It waits, for so long in all if that is limited.
    For(Option<Duration>),
}

/// What all parts of an export know of the hour. All methods are called from one thread.
pub(super) struct Hour {
    wait: Wait,
    tally: Arc<Tally>,
    /// How many parts there are, and how many of them were there before.
    parts: (usize, usize),
    /// How many pages of the only part are there, of how many, and how many were there before.
    pages: Cell<Option<(usize, usize, usize)>>,
    begun: Instant,
    /// When the next slot is free, on the clock that nobody sets and on the wall.
    until: Cell<Option<(Instant, Timestamp)>>,
    /// How long all waits together have been, those at the same time counted once.
    waited: Cell<Duration>,
}

impl Hour {
    /// Returns an hour of which nothing is known yet.
    pub(super) fn new(wait: Wait, tally: Arc<Tally>, parts: usize, first: usize) -> Self {
        let (until, waited, pages) = (Cell::new(None), Cell::default(), Cell::default());
        Self { wait, tally, parts: (parts, first), pages, begun: Instant::now(), until, waited }
    }

    /// Returns whether a free slot is waited for.
    pub(super) fn is_waited_for(&self) -> bool {
        self.wait != Wait::No
    }

    /// Notes how many pages are there, and of how many if that is known.
    pub(super) fn has_pages(&self, done: u64, all: Option<u64>) {
        let number = |pages: u64| usize::try_from(pages).unwrap_or(usize::MAX);
        let first = self.pages.get().map_or(number(done.saturating_sub(1)), |(_, _, first)| first);
        self.pages.set(Some((number(done), number(all.unwrap_or(done)).max(number(done)), first)));
    }

    /// Waits until there may be a free slot.
    pub(super) async fn open(&self) {
        while let Some(left) = self.left() {
            sleep(left.min(LOOK)).await;
        }
    }

    /// Returns how long it is until then. Either clock can say that it is over: one stands still while a laptop sleeps, the other can
    /// be set.
    fn left(&self) -> Option<Duration> {
        let (until, wall) = self.until.get()?;
        let by_wall = Duration::try_from(wall.duration_since(Timestamp::now())).unwrap_or_default();
        let left = until.saturating_duration_since(Instant::now()).min(by_wall);
        (!left.is_zero()).then_some(left)
    }

    /// Notes that there is no free slot, and says what is to be told of that. A refusal says why this is not waited for.
    pub(super) fn close(&self, failure: &Failure) -> Result<Option<String>, &'static str> {
        let Wait::For(most) = self.wait else { return Err("--wait waits for the next free slot") };
        let now = Instant::now();
        let pause = Duration::from_secs(failure.retry_after_s.unwrap_or(UNTOLD));
        let known = self.until.get().map_or(now, |(until, _)| until.max(now));
        let more = (now + pause).saturating_duration_since(known);
        if most.is_some_and(|most| self.waited.get() + more > most) {
            return Err("that is longer than --max-wait");
        }
        self.waited.set(self.waited.get() + more);
        if more.is_zero() {
            return Ok(None);
        }
        let wall = Timestamp::now() + SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
        self.until.set(Some((now + pause, wall)));
        // Parts that are refused at the same moment are one wait.
        Ok((more >= TOLD).then(|| self.told(&failure.detail, pause, wall)))
    }

    fn told(&self, why: &str, pause: Duration, until: Timestamp) -> String {
        let (done, all, first, what) = match self.pages.get() {
            Some((done, all, first)) => (done, all, first, "pages"),
            None => (self.tally.parts.load(Ordering::Relaxed), self.parts.0, self.parts.1, "parts"),
        };
        let by_then = self.begun.elapsed() + pause;
        let fetched = u32::try_from(done.saturating_sub(first)).unwrap_or(u32::MAX);
        let left = u32::try_from(all.saturating_sub(done)).unwrap_or(u32::MAX);
        // As fast as so far, waits included.
        let rest = by_then.checked_div(fetched).and_then(|each| each.checked_mul(left));
        let end = rest.and_then(|rest| until.checked_add(SignedDuration::try_from(rest).ok()?).ok());
        pauses::waiting(why, pause, until, (done, all, what), end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::failure::FailureKind;

    fn refused(seconds: u64) -> Failure {
        let mut failure = Failure::new(FailureKind::RateLimited, "the hour is full");
        failure.retry_after_s = Some(seconds);
        failure
    }

    fn hour(wait: Wait) -> Hour {
        Hour::new(wait, Arc::new(Tally::starting_at(0)), 10, 0)
    }

    #[tokio::test]
    async fn parts_that_are_refused_together_wait_once_and_are_told_once() {
        let hour = hour(Wait::For(Some(Duration::from_secs(100))));
        let told = hour.close(&refused(60)).expect("it is waited for").expect("it is told");
        assert!(
            told.starts_with("the hour is full; waiting 1 min, until ") && told.contains("0 of 10 parts"),
            "{told}"
        );
        assert_eq!(hour.close(&refused(59)), Ok(None));
        assert_eq!(hour.close(&refused(61)), Ok(None), "a second more is not worth a line");
        assert_eq!(hour.close(&refused(101)), Err("that is longer than --max-wait"));
        assert!((60..62).contains(&hour.waited.get().as_secs()), "{:?}", hour.waited);
    }

    #[tokio::test]
    async fn who_does_not_wait_is_told_how_to() {
        assert_eq!(hour(Wait::No).close(&refused(60)), Err("--wait waits for the next free slot"));
        hour(Wait::No).open().await;
    }
}
