//! What an export tries again, how often and after which pause. Pure, save for the dice.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};

/// How often a part is asked for at most: what fails five times in a row will not come with the sixth.
pub(super) const TRIES: u32 = 5;

/// The longest first pause. Each further one may be twice as long.
const FIRST: Duration = Duration::from_secs(1);

/// What has happened to a part so far.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// How often it has failed.
    failed: u32,
    /// How long that has taken since the first time, without waits for the hour.
    lasted: Duration,
}

/// What comes after a failure.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// It is tried again after a pause, for the time with this number.
    Again(Duration, u32),
    /// It is not tried again, for this reason if there is one beside the failure itself.
    Over(Option<String>),
}

impl Trouble {
    /// Adds what another try or the pause before it has taken.
    pub(super) fn goes_on(&mut self, time: Duration) {
        if self.failed > 0 {
            self.lasted += time;
        }
    }

    /// Decides what comes after a failure. `dice` is in 0..1: those who failed together do not come back together.
    pub(super) fn after(&mut self, failure: &Failure, within: Duration, dice: f64) -> Next {
        if !passes(failure.kind) || within.is_zero() {
            return Next::Over(None);
        }
        self.failed += 1;
        if self.failed >= TRIES {
            return Next::Over(Some(format!("it was tried {TRIES} times")));
        }
        let pause = match failure.retry_after_s {
            Some(seconds) => Duration::from_secs(seconds),
            None => (FIRST * 2_u32.pow(self.failed - 1)).mul_f64(dice),
        };
        if self.lasted + pause > within {
            let told = failure.retry_after_s.map(|seconds| format!("Mixpanel wants {seconds} s of patience, and "));
            let so_far = told.unwrap_or_default();
            return Next::Over(Some(format!("{so_far}--retry-for {} s are over", within.as_secs())));
        }
        Next::Again(pause, self.failed + 1)
    }
}

/// Whether a failure may pass by itself.
fn passes(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::UpstreamFault
            | FailureKind::UpstreamUnreachable
            | FailureKind::Timeout
            | FailureKind::TokenUnavailable
            | FailureKind::Unreachable
            | FailureKind::Stopping
    )
}

/// Returns a number in 0..1. The seeds of hash maps are random, which is good enough for this.
pub(super) fn dice() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn fault(retry_after_s: Option<u64>) -> Failure {
        let mut failure = Failure::new(FailureKind::UpstreamFault, "503");
        failure.retry_after_s = retry_after_s;
        failure
    }

    #[test]
    fn pauses_grow_and_the_fifth_failure_is_the_last() {
        let mut trouble = Trouble::default();
        let pauses: Vec<Next> = (0..5).map(|_| trouble.after(&fault(None), LONG, 1.0)).collect();
        let again = |seconds, number| Next::Again(Duration::from_secs(seconds), number);
        let over = Next::Over(Some("it was tried 5 times".to_owned()));
        assert_eq!(pauses, [again(1, 2), again(2, 3), again(4, 4), again(8, 5), over]);
        let Next::Again(pause, _) = Trouble::default().after(&fault(None), LONG, dice()) else { panic!("again") };
        assert!(pause <= FIRST);
    }

    #[test]
    fn what_mixpanel_asks_for_is_kept_as_long_as_there_is_patience() {
        let after = |seconds, lasted, within| {
            let mut trouble = Trouble { failed: 1, lasted: Duration::from_secs(lasted) };
            trouble.after(&fault(Some(seconds)), Duration::from_secs(within), 0.5)
        };
        assert_eq!(after(30, 0, 600), Next::Again(Duration::from_secs(30), 3));
        let told = "Mixpanel wants 700 s of patience, and --retry-for 600 s are over";
        assert_eq!(after(700, 0, 600), Next::Over(Some(told.to_owned())));
        assert!(matches!(after(30, 580, 600), Next::Over(Some(_))));
        assert_eq!(after(30, 0, 0), Next::Over(None), "nobody wants it again");
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        for kind in FailureKind::ALL {
            let next = Trouble::default().after(&Failure::new(*kind, ""), LONG, 0.5);
            let is_again = matches!(next, Next::Again(..));
            let is_weather = ["fault", "unreach", "timeout", "unavailable", "stopping"];
            assert_eq!(
                is_again,
                is_weather.iter().any(|word| kind.code().contains(word)) && *kind != FailureKind::BodyTimeout,
                "{kind:?}"
            );
        }
    }
}
