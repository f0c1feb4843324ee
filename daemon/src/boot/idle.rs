//! The end of a daemon that nobody needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tracing::info;

use crate::server::app::App;

/// Stops a daemon that nobody has called for a while. It looks often and compares with the clock, for laptops sleep.
pub(super) async fn leave_when_idle(app: Arc<App>, after: Duration) {
    let period = (after / 4).clamp(Duration::from_millis(100), Duration::from_secs(30));
    let mut tick = tokio::time::interval(period);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut quiet = Quiet { calls: 0, since: app.clock.now() };
    loop {
        tokio::select! {
            biased;
            () = app.life.stopping() => return,
            _ = tick.tick() => {}
        }
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let (calls, open) = (load(&app.counters.calls), load(&app.counters.open));
        // A query takes minutes and an export hours: whoever waits for one still needs the daemon, also where it waits by itself.
        let is_waited_for = open > 0 || app.hub.streams() > 0 || app.gates.is_expecting();
        let is_of_use = is_waited_for || app.keeper.is_busy() || app.logins.open() > 0;
        if quiet.look(app.clock.now(), calls, is_of_use) >= after {
            info!(after_s = after.as_secs(), "left for being idle");
            return app.life.request_stop("idle");
        }
    }
}

/// How long it has been quiet. Calls are not timed one by one: whether their number grew since the last look is enough.
struct Quiet {
    calls: u64,
    since: Timestamp,
}

impl Quiet {
    /// Looks at the numbers and returns how long they have been as they are.
    fn look(&mut self, now: Timestamp, calls: u64, is_of_use: bool) -> Duration {
        // A clock that was set back counts from here, or the daemon would stay for as long as the jump was.
        if calls != self.calls || is_of_use || now < self.since {
            *self = Self { calls, since: now };
        }
        Duration::try_from(now.duration_since(self.since)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_streams_and_a_clock_that_is_set_back_begin_the_wait_anew() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let mut quiet = Quiet { calls: 0, since: at(100) };
        let seconds = |duration: Duration| duration.as_secs();
        assert_eq!(seconds(quiet.look(at(130), 0, false)), 30);
        assert_eq!(seconds(quiet.look(at(140), 1, false)), 0, "a call");
        assert_eq!(seconds(quiet.look(at(150), 1, true)), 0, "of use to somebody");
        assert_eq!(seconds(quiet.look(at(160), 1, false)), 10);
        assert_eq!(seconds(quiet.look(at(50), 1, false)), 0, "the clock was set back");
        assert_eq!(seconds(quiet.look(at(90), 1, false)), 40);
    }
}
