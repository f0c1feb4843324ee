//! A range of days, and the parts that it is cut into.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::operation::Operation;
use crate::ops::export::EVENTS;

/// Days that follow one another, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last; never before the first.
    pub to: Date,
}

impl Days {
    /// Returns how many there are.
    pub fn count(&self) -> usize {
        let days = self.to.duration_since(self.from).as_hours() / 24;
        usize::try_from(days).unwrap_or(0) + 1
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{} to {}", self.from, self.to) }
    }
}

/// Adds what an export means when it is not said: events up to yesterday, for today has only begun.
pub fn complete(operation: &Operation, arguments: &mut Map<String, Value>) {
    let is_given = |name: &str| arguments.get(name).is_some_and(|value| !value.is_null());
    if operation.id == EVENTS.id && is_given("from") && !is_given("to") {
        arguments.insert("to".to_owned(), "yesterday".into());
    }
}

/// Most parts of an export: more would be too short to be worth a request each.
const MOST: usize = 30;

/// Returns the most parts that an export is cut into when nobody says how many: at most half of the requests that are left in this
/// hour, so that others can export, too.
pub fn most_parts(left_in_hour: usize) -> usize {
    (left_in_hour / 2).clamp(1, MOST)
}

/// Cuts days into at most so many parts, the longer ones first; their lengths differ by a day at most.
pub fn split(days: Days, parts: usize) -> Vec<Days> {
    let count = days.count();
    let parts = parts.clamp(1, count);
    let (least, longer) = (count / parts, count % parts);
    let mut from = days.from;
    let length = |part: usize| least + usize::from(part < longer);
    (0..parts)
        .map(|part| {
            let to = after(from, length(part) - 1);
            let cut = Days { from, to };
            from = after(to, 1);
            cut
        })
        .collect()
}

/// Returns a later day. What lies behind the last day that can be written is never used.
fn after(day: Date, days: usize) -> Date {
    let span = jiff::Span::new().try_days(i64::try_from(days).unwrap_or(i64::MAX));
    span.ok().and_then(|span| day.checked_add(span).ok()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn days(from: &str, to: &str) -> Days {
        Days { from: from.parse().expect("a day"), to: to.parse().expect("a day") }
    }

    #[test]
    fn a_range_is_cut_into_whole_days() {
        let shown = |from, to, parts| split(days(from, to), parts).iter().map(Days::to_string).collect::<Vec<_>>();
        assert_eq!(shown("2025-01-01", "2025-01-01", 30), ["2025-01-01"]);
        assert_eq!(shown("2024-02-28", "2024-03-01", 2), ["2024-02-28 to 2024-02-29", "2024-03-01"]);
        assert_eq!(shown("2025-01-01", "2025-12-31", 1), ["2025-01-01 to 2025-12-31"]);
        assert_eq!(shown("2025-01-01", "2025-01-03", 0), ["2025-01-01 to 2025-01-03"]);
        assert_eq!(shown("9999-12-30", "9999-12-31", 2), ["9999-12-30", "9999-12-31"]);
    }

    #[test]
    fn half_of_what_is_left_is_used_and_never_nothing() {
        assert_eq!([60, 40, 3, 1, 0, 4000].map(most_parts), [30, 20, 1, 1, 1, 30]);
    }

    proptest! {
        #[test]
        fn parts_cover_the_range_and_differ_by_a_day_at_most(start in 0_i64..100_000, count in 1_usize..2000, parts in 0_usize..100) {
            let from = after(jiff::civil::date(1900, 1, 1), usize::try_from(start).expect("positive"));
            let range = Days { from, to: after(from, count - 1) };
            prop_assert_eq!(range.count(), count);
            let cut = split(range, parts);
            prop_assert_eq!(cut.len(), parts.clamp(1, count));
            prop_assert_eq!((cut[0].from, cut[cut.len() - 1].to), (range.from, range.to));
            for pair in cut.windows(2) {
                prop_assert_eq!(pair[1].from, after(pair[0].to, 1));
            }
            let lengths: Vec<usize> = cut.iter().map(Days::count).collect();
            prop_assert_eq!(lengths.iter().sum::<usize>(), count);
            prop_assert!(lengths.iter().max().expect("one") - lengths.iter().min().expect("one") <= 1);
        }
    }
}
