//! Wall-clock time, so that tests can set it.

use jiff::Timestamp;

/// Tells the time. Decisions compare wall-clock times at use: timers stop while a laptop sleeps.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current wall-clock time.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
