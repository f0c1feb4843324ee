//! When a request is repeated, and after how long. Pure, save for the dice.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// How often a request is repeated after a 429.
pub(crate) const LIMITED: u32 = 3;

/// How often a request is repeated after a fault at Mixpanel.
pub(crate) const FAULTS: u32 = 4;

/// Longest wait that Mixpanel may ask for, in seconds; a caller gives up at that age anyway.
const LONGEST_S: u64 = 60;

/// Longest wait that is passed on to a caller, in seconds: the limits are per hour.
const LONGEST_TOLD_S: u64 = 3600;

/// Reads `Retry-After`. Only whole seconds count: so the Python tool reads it, and so Mixpanel writes it.
pub(crate) fn told(header: Option<&str>) -> Option<u64> {
    let text = header?.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX).min(LONGEST_TOLD_S))
}

/// Returns how long to wait before repetition number `attempt`, counted from 0: as told, else 1, 2, 4 s and up to a tenth more,
/// so that those who were refused together do not come back together. `dice` is in 0..1.
pub(crate) fn wait(attempt: u32, told: Option<u64>, dice: f64) -> Duration {
    match told {
        Some(seconds) => Duration::from_secs(seconds.min(LONGEST_S)),
        None => Duration::from_secs(1 << attempt.min(6)).mul_f64(1.0 + dice / 10.0),
    }
}

/// Returns how long to wait after fault number `fault`, counted from 0: as told, else some part of 1, 2, 4, 8 s, so that those who failed
/// together do not come back together. `dice` is in 0..1.
pub(crate) fn bear(fault: u32, told: Option<u64>, dice: f64) -> Duration {
    told.map_or_else(|| Duration::from_secs(1 << fault.min(6)).mul_f64(dice), Duration::from_secs)
}

/// Returns a number in 0..1. The seeds of hash maps are random, which is good enough for this and needs no crate.
pub(crate) fn dice() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_seconds_are_told() {
        assert_eq!(told(Some("0")), Some(0));
        assert_eq!(told(Some(" 7 ")), Some(7));
        assert_eq!(told(Some("99999999999999999999")), Some(3600));
        for odd in ["", "soon", "-1", "1.5", "+1", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert_eq!(told(Some(odd)), None, "{odd}");
        }
        assert_eq!(told(None), None);
    }

    #[test]
    fn waits_double_and_are_capped() {
        let seconds = |attempt, told, dice| wait(attempt, told, dice).as_secs_f64();
        assert_eq!([0, 1, 2].map(|attempt| seconds(attempt, None, 0.0)), [1.0, 2.0, 4.0]);
        assert!((seconds(2, None, 1.0) - 4.4).abs() < 1e-9);
        assert_eq!(seconds(0, Some(0), 1.0), 0.0);
        assert_eq!(seconds(0, Some(600), 1.0), 60.0);
    }

    #[test]
    fn after_a_fault_pauses_are_some_part_of_what_doubles() {
        assert_eq!([0, 1, 2].map(|fault| bear(fault, None, 0.5).as_millis()), [500, 1000, 2000]);
        assert_eq!(bear(0, Some(90), 0.5), Duration::from_secs(90));
    }

    #[test]
    fn dice_stay_in_range() {
        assert!((0..100).all(|_| (0.0..1.0).contains(&dice())));
    }
}
