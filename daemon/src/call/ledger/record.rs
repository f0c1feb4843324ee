//! What stands in the ledger of a project's queries, as newer releases of the Python tool keep it, and what follows from it. Pure: times
//! are seconds since 1970, and stay as exact as they were written, for entries are found again by their value.

use serde_json::{Map, Value, json};

use crate::call::quota::{Hit, Quota};

/// An entry counts for so long: an hour and 10 s.
const WINDOW: f64 = 3610.0;

/// Entries further ahead than a day are nobody's.
const AHEAD: f64 = 86_400.0;

/// What the server has said of its limit counts for a week.
const LEARNED: f64 = 7.0 * 86_400.0;

/// What Mixpanel allows in an hour where nobody knows better.
const DEFAULT: u64 = 60;

/// The ledger of a project.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// What the server has said that it allows in an hour; none where it has not.
    learned: Option<(u64, f64)>,
    /// Nobody asks before.
    blocked_until: f64,
    /// When that was found out.
    blocked_at: f64,
    /// How often in a row.
    blocked_streak: u64,
    /// When queries go or went out, in order.
    sent: Vec<f64>,
}

impl Record {
    /// Reads a ledger as it counts now. What is not one in every detail is an empty one.
    pub(super) fn read(text: &[u8], now: f64) -> Self {
        let empty = Self { learned: None, blocked_until: 0.0, blocked_at: 0.0, blocked_streak: 0, sent: Vec::new() };
        let value = serde_json::from_slice::<Value>(text).ok();
        value.and_then(|value| Self::sound(value.as_object()?)).map_or(empty, |record| record.now(now))
    }

    fn sound(members: &Map<String, Value>) -> Option<Self> {
        if members.get("v").and_then(whole)? != 1 {
            return None;
        }
        let limit = members.get("limit").and_then(whole).filter(|limit| *limit > 0)?;
        let source = members.get("limit_source")?.as_str()?;
        let learned_at = members.get("learned_at").and_then(number)?;
        let learned = match source {
            "server" => Some((limit, learned_at)),
            "default" | "configured" => None,
            _ => return None,
        };
        let blocked_until = members.get("blocked_until").and_then(number)?;
        let blocked_at = members.get("blocked_at").map_or(Some(0.0), number)?;
        let blocked_streak = members.get("blocked_streak").map_or(Some(0), whole)?;
        let mut sent = members.get("sent")?.as_array()?.iter().map(number).collect::<Option<Vec<_>>>()?;
        sent.sort_by(f64::total_cmp);
        Some(Self { learned, blocked_until, blocked_at, blocked_streak, sent })
    }

    fn now(mut self, now: f64) -> Self {
        self.sent.retain(|at| *at > now - WINDOW && *at <= now + AHEAD);
        self.learned = self.learned.map(|(limit, at)| (limit, at.min(now))).filter(|(_, at)| *at > now - LEARNED);
        self.blocked_until = self.blocked_until.min(now + WINDOW);
        self
    }

    /// Returns its text.
    pub(super) fn text(&self) -> Vec<u8> {
        let (limit, source, at) = self.learned.map_or((DEFAULT, "default", 0.0), |(limit, at)| (limit, "server", at));
        let value = json!({
            "v": 1, "limit": limit, "limit_source": source, "learned_at": at, "blocked_until": self.blocked_until,
            "blocked_at": self.blocked_at, "blocked_streak": self.blocked_streak, "sent": self.sent,
        });
        value.to_string().into_bytes()
    }

    /// Returns when the next query may go. A full ledger whose limit nobody has confirmed holds nobody back: the query finds out.
    pub(super) fn slot(&self, now: f64) -> f64 {
        let earliest = self.learned.and_then(|(limit, _)| {
            let over = self.sent.len().checked_sub(usize::try_from(limit).ok()?)?;
            Some(self.sent.get(over)? + WINDOW)
        });
        now.max(earliest.unwrap_or(now)).max(self.blocked_until)
    }

    /// Returns when a query may go that leaves so many of an hour to others, whoever has confirmed the limit.
    pub(super) fn slot_with_reserve(&self, now: f64, reserve: u64) -> f64 {
        let limit = self.learned.map_or(DEFAULT, |(limit, _)| limit);
        let free = usize::try_from(limit.saturating_sub(reserve)).unwrap_or(usize::MAX).max(1);
        let earliest = self.sent.len().checked_sub(free).and_then(|over| self.sent.get(over)).map(|at| at + WINDOW);
        self.slot(now).max(earliest.unwrap_or(now))
    }

    /// Enters a query.
    pub(super) fn enter(&mut self, slot: f64) {
        let at = self.sent.partition_point(|one| *one <= slot);
        self.sent.insert(at, slot);
    }

    /// Takes a query out again that the server does not count.
    pub(super) fn refund(&mut self, slot: f64) {
        if let Some(at) = self.sent.iter().position(|one| one.to_bits() == slot.to_bits()) {
            self.sent.remove(at);
        }
    }

    /// Notes a refusal: what it teaches of the limit, and if the entries do not explain that the hour is full, that others fill it.
    pub(super) fn refused(&mut self, quota: Quota, now: f64) {
        // One that names no limit is one of those that are about the load of the server.
        let Some(hit) = quota.hit else { return };
        let was_known = self.learned.is_some();
        if let Some(limit) = quota.hourly {
            self.learned = Some((limit, now));
        }
        let limit = self.learned.map_or(DEFAULT, |(limit, _)| limit);
        let counted = self.sent.iter().filter(|at| **at > now - WINDOW && **at <= now).count() as u64;
        if hit == Hit::Hour && (!was_known && quota.hourly.is_none() || counted < limit) {
            let factor = 2_f64.powi(i32::try_from(self.blocked_streak.min(30)).unwrap_or(30));
            let pause = (3600.0 / limit as f64 * factor).min(3600.0);
            (self.blocked_until, self.blocked_at) = (self.blocked_until.max(now + pause), now);
            self.blocked_streak += 1;
        }
    }

    /// Returns whether it says that others fill the hour.
    pub(super) fn is_blocked(&self) -> bool {
        self.blocked_until > 0.0 || self.blocked_streak > 0
    }

    /// Notes that a query was answered which went out at this time. Returns whether that changes anything.
    pub(super) fn answered(&mut self, slot: f64) -> bool {
        let clears = self.is_blocked() && slot >= self.blocked_at;
        if clears {
            (self.blocked_until, self.blocked_at, self.blocked_streak) = (0.0, 0.0, 0);
        }
        clears
    }
}

/// Returns a number as exactly as it is written.
fn number(value: &Value) -> Option<f64> {
    let Value::Number(number) = value else { return None };
    number.to_string().parse().ok().filter(|number: &f64| number.is_finite())
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_764_500_000.25;

    fn record(limit: u64, source: &str, sent: &[f64]) -> Value {
        json!({"v": 1, "limit": limit, "limit_source": source, "learned_at": NOW - 5.0, "blocked_until": 0, "blocked_at": 0.0,
            "blocked_streak": 0, "sent": sent})
    }

    fn read(value: &Value) -> Record {
        Record::read(value.to_string().as_bytes(), NOW)
    }

    #[test]
    fn times_stay_as_exact_as_they_were_written() {
        // Each is a neighbour of what a reader that is off by one would make of it.
        let written = "[1764499000.1234567,1764499000.123457,1764499999.9999998]";
        let text = format!(
            r#"{{"v":1,"limit":60,"limit_source":"server","learned_at":1764499000.1,"blocked_until":0,"sent":{written}}}"#
        );
        let mut record = Record::read(text.as_bytes(), NOW);
        let again = String::from_utf8(record.text()).expect("text");
        assert!(again.contains(written) && again.contains(r#""learned_at":1764499000.1,"#), "{again}");
        record.refund("1764499000.123457".parse().expect("a number"));
        assert_eq!(record.sent.len(), 2);
        record.refund(5.0);
        assert_eq!(record.sent.len(), 2, "only what is there");
    }

    #[test]
    fn what_is_wrong_in_any_detail_is_an_empty_ledger() {
        let good = record(7, "server", &[NOW - 1.0]);
        assert_eq!(read(&good).sent, [NOW - 1.0]);
        for (name, value) in [
            ("v", json!(2)),
            ("v", json!(true)),
            ("limit", json!(0)),
            ("limit", json!(true)),
            ("limit", json!(1.5)),
            ("limit_source", json!("guess")),
            ("learned_at", json!("x")),
            ("learned_at", json!(false)),
            ("blocked_until", json!(null)),
            ("blocked_at", json!("x")),
            ("blocked_streak", json!(-1)),
            ("sent", json!([true])),
            ("sent", json!({})),
        ] {
            let mut odd = good.clone();
            odd[name] = value;
            assert!(read(&odd).sent.is_empty(), "{odd}");
        }
        for name in ["v", "limit", "limit_source", "learned_at", "blocked_until", "sent"] {
            let mut odd = good.clone();
            odd.as_object_mut().expect("an object").remove(name);
            assert!(read(&odd).sent.is_empty(), "without {name}");
        }
        for name in ["blocked_at", "blocked_streak"] {
            let mut old = good.clone();
            old.as_object_mut().expect("an object").remove(name);
            assert_eq!(read(&old).sent.len(), 1, "older releases have no {name}");
        }
        let nan = good.to_string().replace(&format!("[{:?}]", NOW - 1.0), "[NaN]");
        assert!(nan.contains("NaN") && Record::read(nan.as_bytes(), NOW).sent.is_empty());
        assert!(Record::read(b"", NOW).sent.is_empty());
    }

    #[test]
    fn what_is_too_old_or_too_far_ahead_counts_no_more() {
        let sent = [NOW - 3610.0, NOW - 3609.0, NOW + 86_400.0, NOW + 86_401.0];
        assert_eq!(read(&record(60, "server", &sent)).sent, [NOW - 3609.0, NOW + 86_400.0]);
        let mut odd = record(7, "server", &[]);
        (odd["learned_at"], odd["blocked_until"]) = (json!(NOW + 99.0), json!(NOW + 99_999.0));
        let read_odd = read(&odd);
        assert_eq!((read_odd.learned, read_odd.blocked_until), (Some((7, NOW)), NOW + 3610.0));
        odd["learned_at"] = json!(NOW - 7.0 * 86_400.0 - 1.0);
        assert_eq!(read(&odd).learned, None);
        assert_eq!(read(&record(7, "configured", &[])).learned, None, "what others have configured is theirs");
    }

    #[test]
    fn a_slot_is_free_when_enough_entries_are_over_and_nobody_is_blocked() {
        let sent = [NOW - 100.0, NOW - 50.0, NOW - 10.0];
        assert_eq!(read(&record(3, "server", &sent)).slot(NOW), NOW - 100.0 + 3610.0);
        assert_eq!(read(&record(2, "server", &sent)).slot(NOW), NOW - 50.0 + 3610.0);
        assert_eq!(read(&record(4, "server", &sent)).slot(NOW), NOW);
        let full: Vec<f64> = (0..60).map(|at| NOW - 60.0 + f64::from(at)).collect();
        assert_eq!(read(&record(60, "default", &full)).slot(NOW), NOW, "the next query finds out");
        assert_eq!(read(&record(60, "default", &full)).slot_with_reserve(NOW, 6), NOW - 54.0 + 3610.0);
        let mut blocked = record(60, "default", &[]);
        blocked["blocked_until"] = json!(NOW + 30.0);
        assert_eq!(read(&blocked).slot(NOW), NOW + 30.0);
    }

    #[test]
    fn a_refusal_teaches_the_limit_and_one_that_is_not_explained_blocks() {
        let hour = |hourly| Quota { hourly, hit: Some(Hit::Hour) };
        let mut explained = read(&record(60, "default", &[NOW - 2.0, NOW - 1.0]));
        explained.refused(hour(Some(2)), NOW);
        assert_eq!((explained.learned, explained.is_blocked()), (Some((2, NOW)), false));
        let mut others = read(&record(60, "server", &[NOW - 1.0]));
        for pause in [60.0, 120.0, 240.0] {
            others.refused(hour(Some(60)), NOW);
            assert_eq!(others.blocked_until, NOW + pause);
        }
        assert!(!others.answered(NOW - 1.0) && others.is_blocked(), "it went out before");
        assert!(others.answered(NOW) && !others.is_blocked());
        for other in [Quota { hourly: Some(60), hit: Some(Hit::AtOnce) }, Quota::default()] {
            let mut record = read(&record(60, "server", &[]));
            record.refused(other, NOW);
            assert!(!record.is_blocked(), "{other:?}");
        }
    }

    #[test]
    fn entries_stay_in_order() {
        let mut record = read(&record(60, "server", &[NOW - 3.0, NOW - 1.0]));
        record.enter(NOW - 2.0);
        assert_eq!(record.sent, [NOW - 3.0, NOW - 2.0, NOW - 1.0]);
    }
}
