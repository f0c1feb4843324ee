//! Time, so that tests can set it: the wall clock, and one that nobody sets.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Decisions compare wall-clock times at use: timers stop while a laptop sleeps.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current wall-clock time. People and programs set it, in both directions.
    fn now(&self) -> Timestamp;

    /// Returns the time since some moment in the past. It never jumps, and goes on while the machine sleeps.
    fn elapsed(&self) -> Duration;

    /// Returns both at once.
    fn moment(&self) -> Moment {
        Moment { wall: self.now(), elapsed: self.elapsed() }
    }
}

/// A point in time on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Wall-clock time.
    pub wall: Timestamp,
    /// On the clock that nobody sets.
    pub elapsed: Duration,
}

impl Moment {
    /// Returns how much time really passed since an earlier moment.
    pub fn since(&self, earlier: &Self) -> Duration {
        self.elapsed.saturating_sub(earlier.elapsed)
    }

    /// Returns what is left until a wall-clock time that was known at an earlier moment. Either clock can say that it is over: the
    /// wall clock may have been set back since, and then it would keep alive what is dead.
    pub fn left_until(&self, end: Timestamp, known: &Self) -> SignedDuration {
        let by_wall = end.duration_since(self.wall);
        let passed = SignedDuration::try_from(self.since(known)).unwrap_or(SignedDuration::MAX);
        let by_elapsed = end.duration_since(known.wall).saturating_sub(passed);
        by_wall.min(by_elapsed)
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        // Linux: the one that counts sleep too. macOS: the monotonic clock does so by itself.
        #[cfg(target_os = "linux")]
        let id = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let id = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(id);
        let part = |part: i64| u64::try_from(part).unwrap_or(0);
        Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
    }
}

/// The clock of the machine, set forward by as many seconds as a file says: tests let days pass with it.
#[derive(Debug, Clone)]
pub struct AheadClock(pub std::path::PathBuf);

impl AheadClock {
    fn ahead(&self) -> Duration {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        Duration::from_secs(text.trim().parse().unwrap_or(0))
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.ahead()
    }

    fn elapsed(&self) -> Duration {
        SystemClock.elapsed() + self.ahead()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use parking_lot::Mutex;

    use super::*;

    /// A clock that stands still unless it is moved.
    #[derive(Debug)]
    pub(crate) struct TestClock(Mutex<Moment>);

    impl TestClock {
        pub(crate) fn at(second: i64) -> Self {
            let wall = Timestamp::from_second(second).expect("a time");
            Self(Mutex::new(Moment { wall, elapsed: Duration::from_secs(1_000) }))
        }

        /// Lets time pass on both clocks.
        pub(crate) fn pass(&self, seconds: u64) {
            let mut moment = self.0.lock();
            moment.wall += Duration::from_secs(seconds);
            moment.elapsed += Duration::from_secs(seconds);
        }

        /// Sets the wall clock forward or back.
        pub(crate) fn jump(&self, seconds: i64) {
            let mut moment = self.0.lock();
            moment.wall += SignedDuration::from_secs(seconds);
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            self.moment().wall
        }

        fn elapsed(&self) -> Duration {
            self.moment().elapsed
        }

        fn moment(&self) -> Moment {
            *self.0.lock()
        }
    }

    /// Waits for what the network and other threads do, in real time even where tokio's is paused.
    pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
        let begun = std::time::Instant::now();
        while !condition() {
            assert!(begun.elapsed() < Duration::from_secs(60), "not in time: {what}");
            tokio::task::yield_now().await;
        }
    }

    /// Lets tokio's time, which otherwise goes on by itself, leap forward.
    pub(crate) async fn leap(time: Duration) {
        tokio::time::pause();
        tokio::time::advance(time).await;
        tokio::time::resume();
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing_alive() {
        let clock = TestClock::at(100_000);
        let known = clock.moment();
        let end = known.wall + Duration::from_secs(3600);
        let left = |clock: &TestClock| clock.moment().left_until(end, &known).as_secs();
        assert_eq!(left(&clock), 3600);
        clock.jump(-7200);
        assert_eq!(left(&clock), 3600, "nothing has passed");
        clock.pass(3601);
        assert_eq!(left(&clock), -1, "though the wall clock says there are two hours");
        clock.jump(7200 + 8 * 3600);
        assert!(left(&clock) < -8 * 3600);
    }

    #[test]
    fn the_clock_of_the_machine_goes_forward() {
        let before = SystemClock.elapsed();
        assert!(before > Duration::ZERO && SystemClock.elapsed() >= before);
    }
}
