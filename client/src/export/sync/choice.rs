//! Which days are fetched. Pure, but for the look at the files.

use jiff::Timestamp;
use jiff::civil::Date;
use mp_catalog::export::Days;

use super::manifest::{Entry, Manifest};
use crate::export::zone::Zone;

/// How far back late events are looked for when nobody says: as far as connectors of others look by default.
pub(crate) const LOOK_BACK: u32 = 5;

/// What a choice of days follows from.
pub(super) struct Choice<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) wanted: Days,
    /// So many days before the last one are looked at again.
    pub(super) look_back: u32,
    pub(super) zone: &'a Zone,
}

impl Choice<'_> {
    /// Returns the days to fetch, in their order: those that are not there, had not ended when they were fetched, or may have got late
    /// events.
    pub(super) fn days(&self, is_there: impl Fn(&Entry) -> bool) -> Vec<Date> {
        let is_settled = |day: Date| {
            self.manifest.days.get(&day).is_some_and(|entry| {
                entry.is_final && !entry.replacing && is_there(entry) && !self.may_have_more(day, entry.fetched_at)
            })
        };
        let all = std::iter::successors(Some(self.wanted.from), |day| day.tomorrow().ok());
        all.take_while(|day| *day <= self.wanted.to).filter(|day| !is_settled(*day)).collect()
    }

    /// Whether late events may have come since: the day is one of the last, or was when it was fetched. So a day that nobody looked at
    /// while it was one of the last is looked at once more, however late.
    fn may_have_more(&self, day: Date, fetched: Timestamp) -> bool {
        let back = jiff::Span::new().days(self.look_back);
        let is_recent = self.wanted.to.checked_sub(back).is_ok_and(|first| day >= first);
        is_recent || day.checked_add(back).is_ok_and(|last| !self.zone.is_final(last, fetched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_missing_not_final_or_recent_is_fetched() {
        let entry = |fetched: &str| Entry {
            file: Some("there".to_owned()),
            lines: 1,
            bytes: 1,
            first_time: None,
            last_time: None,
            sha256: None,
            fetched_at: fetched.parse().expect("a time"),
            is_final: true,
            repeated: 0,
            replacing: false,
        };
        let late = entry("2025-03-01T00:00:00Z");
        let mut manifest = Manifest::new(serde_json::Value::Null);
        for day in 1..=20 {
            manifest.days.insert(date(2025, 1, day), late.clone());
        }
        manifest.days.insert(date(2025, 1, 3), Entry { is_final: false, ..late.clone() });
        manifest.days.insert(date(2025, 1, 4), Entry { file: Some("gone".to_owned()), ..late.clone() });
        manifest.days.insert(date(2025, 1, 5), Entry { replacing: true, ..late.clone() });
        // Fetched two days and a bit after its end, and not looked at since; and one just after the look-back.
        manifest.days.insert(date(2025, 1, 7), entry("2025-01-10T09:00:00Z"));
        manifest.days.insert(date(2025, 1, 8), entry("2025-01-12T01:00:00Z"));
        manifest.days.remove(&date(2025, 1, 10));
        let zone = Zone::named(Some("UTC".to_owned()));
        let days = |look_back, to: i8| -> Vec<i8> {
            let wanted = Days { from: date(2025, 1, 2), to: date(2025, 1, to) };
            let choice = Choice { manifest: &manifest, wanted, look_back, zone: &zone };
            choice.days(|entry| entry.file.as_deref() != Some("gone")).iter().map(|day| day.day()).collect()
        };
        assert_eq!(days(3, 20), [3, 4, 5, 7, 10, 17, 18, 19, 20]);
        assert_eq!(days(0, 18), [3, 4, 5, 10, 18]);
        assert_eq!(days(4, 22), [3, 4, 5, 7, 8, 10, 18, 19, 20, 21, 22]);
    }
}
