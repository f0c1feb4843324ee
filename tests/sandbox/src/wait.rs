//! Waiting for something to become true. The only place with a sleep.

use std::time::{Duration, Instant};

/// Between two looks. A process that wakes more often can keep another one of its session from the processor altogether, and that may
/// be the one it waits for. Where there is something to block on, block on it.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until `condition` returns something, and returns it; none when the deadline has passed.
pub fn poll<T>(deadline: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        pause(PAUSE.min(left));
    }
}

/// Waits until `condition` holds.
///
/// # Panics
/// When it does not within the deadline.
#[track_caller]
pub fn eventually(deadline: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    assert!(poll(deadline, || condition().then_some(())).is_some(), "not within {deadline:?}: {what}");
}

/// Watches for the whole time that `condition` holds: for things that must not happen.
///
/// # Panics
/// When it stops holding.
#[track_caller]
pub fn stays(time: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    assert!(poll(time, || (!condition()).then_some(())).is_none(), "did not last {time:?}: {what}");
}

/// Sleeps. Not for waiting until something has happened: for a moment that is meant to be arbitrary, and for slow peers.
#[expect(clippy::disallowed_methods, reason = "the one place that sleeps, on behalf of everything above")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A small generator of numbers for random moments (SplitMix64). Print the seed, and a failure can be repeated.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts from the clock and prints the seed.
    pub fn seeded() -> Self {
        let since = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970");
        let seed = u64::from(since.subsec_nanos()) ^ since.as_secs();
        println!("seed {seed}");
        Self::new(seed)
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_ends_with_the_condition_or_the_deadline() {
        let mut looks = 0;
        assert_eq!(
            poll(Duration::from_secs(5), || {
                looks += 1;
                (looks == 3).then_some(looks)
            }),
            Some(3)
        );
        assert_eq!(poll(Duration::from_millis(60), || None::<()>), None);
    }
}
