//! How soon the provider is asked again after a failure: 1 s, doubling to 5 min, with jitter, and never before it wants to be.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// First pause.
const FIRST: Duration = Duration::from_secs(1);

/// Longest pause of our own; a `Retry-After` may be longer.
const LONGEST: Duration = Duration::from_secs(300);

/// The pauses after one failure after another.
#[derive(Debug)]
pub(super) struct Pace(Option<ExponentialBackoff>);

impl Pace {
    /// Returns the pace of a grant that has not failed.
    pub(super) const fn calm() -> Self {
        Self(None)
    }

    /// Returns how long to pause after one more failure.
    pub(super) fn next(&mut self, retry_after: Option<Duration>) -> Duration {
        let backoff = self.0.get_or_insert_with(|| {
            ExponentialBuilder::default()
                .with_min_delay(FIRST)
                .with_max_delay(LONGEST)
                .with_factor(2.0)
                .with_jitter()
                .without_max_times()
                .build()
        });
        let pause = backoff.next().unwrap_or(LONGEST);
        pause.max(retry_after.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes_and_obey_the_provider() {
        let mut pace = Pace::calm();
        let pauses: Vec<Duration> = (0..40).map(|_| pace.next(None)).collect();
        assert!((FIRST..FIRST * 3).contains(&pauses[0]), "{pauses:?}");
        assert!(pauses.iter().all(|pause| (FIRST..=LONGEST * 2).contains(pause)), "{pauses:?}");
        assert!(pauses[8..].iter().all(|pause| *pause >= LONGEST / 2), "{pauses:?}");
        assert_eq!(Pace::calm().next(Some(LONGEST * 3)), LONGEST * 3);
    }
}
