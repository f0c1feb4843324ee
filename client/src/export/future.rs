//! Days that Mixpanel has nothing of yet, for they have not begun.

use std::cell::Cell;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use mp_catalog::export::Days;
use mp_proto::failure::{Failure, FailureKind};

/// How Mixpanel refuses a range that ends after its today.
const REFUSAL: &str = "to_date cannot be later than today";

/// How many days a range is shortened by, at most: Mixpanel's today is that of the project's time zone or that of UTC.
const MOST: usize = 3;

/// Where days begin last: a day that has ended even there is no matter of the future, whatever a refusal says.
const BEHIND: SignedDuration = SignedDuration::from_hours(12);

/// The last day that Mixpanel has begun, as far as its refusals tell.
#[derive(Debug, Default)]
pub(super) struct Horizon(Cell<Option<Date>>);

impl Horizon {
    /// Returns the last day, if a range has been shortened.
    pub(super) fn day(&self) -> Option<Date> {
        self.0.get()
    }

    /// Returns what of some days may have begun; nothing of them, perhaps.
    pub(super) fn before(&self, days: Days) -> Option<Days> {
        let to = self.0.get().map_or(days.to, |last| last.min(days.to));
        (days.from <= to).then_some(Days { to, ..days })
    }

    /// Takes a refusal of days, after so many others. Returns whether it is one because of the future, so that less is to be asked for.
    pub(super) fn learn(&self, refusal: &Failure, days: Days, others: usize, now: Timestamp) -> bool {
        let oldest = TimeZone::UTC.to_datetime(now.saturating_sub(BEHIND).unwrap_or(now)).date();
        let is_future = refusal.kind == FailureKind::UpstreamRefused && refusal.detail.contains(REFUSAL);
        let is_future = is_future && days.to >= oldest;
        let Some(before) = days.to.yesterday().ok().filter(|_| is_future && others < MOST) else { return false };
        self.0.set(Some(self.0.get().map_or(before, |last| last.min(before))));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_range_is_shortened_day_by_day_and_not_for_ever() {
        let days = |from, to| Days { from: date(2025, 1, from), to: date(2025, 1, to) };
        let refusal = Failure::new(FailureKind::UpstreamRefused, format!("was answered 400: {REFUSAL}"));
        let (horizon, now) = (Horizon::default(), "2025-01-06T11:00:00Z".parse().expect("a time"));
        assert_eq!((horizon.before(days(5, 8)), horizon.day()), (Some(days(5, 8)), None));
        assert!(horizon.learn(&refusal, days(5, 8), 0, now));
        assert_eq!(horizon.before(days(5, 8)), Some(days(5, 7)));
        assert!(horizon.learn(&refusal, days(5, 7), 1, now));
        assert_eq!((horizon.before(days(7, 9)), horizon.day()), (None, Some(date(2025, 1, 6))));
        assert!(!horizon.learn(&refusal, days(5, 6), MOST, now), "what refuses every day is no matter of the future");
        let other = Failure::new(FailureKind::UpstreamRefused, "was answered 400: where is wrong");
        assert!(!horizon.learn(&other, days(5, 6), 0, now));
        assert!(!Horizon::default().learn(&refusal, days(1, 4), 0, now), "that day is over everywhere");
        assert!(Horizon::default().learn(&refusal, days(1, 5), 0, now));
    }
}
