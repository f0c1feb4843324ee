//! Words for days: `today`, `-7d`, `2025-W05`, `last-month`. A day may be said in words wherever an operation takes one; what goes to
//! Mixpanel is always a date. Pure: which day it is, is for the caller to say.

use jiff::Span;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use mp_proto::failure::Problem;
use serde_json::{Map, Value};

use crate::binding::bind;
use crate::operation::{Bound, Kind, Operation, Param};

/// Which end of a range a day is: a word for many days means the first of them, or the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first day.
    From,
    /// The last day.
    To,
}

/// Returns the day that a word means; none for what is no word, such as a date, or for a day that no calendar has.
pub fn day(word: &str, end: End, today: Date) -> Option<Date> {
    let (from, to) = days(word.trim().to_ascii_lowercase().as_str(), today)?;
    Some(match end {
        End::From => from,
        End::To => to,
    })
}

/// Returns the first and the last day that a word means.
fn days(word: &str, today: Date) -> Option<(Date, Date)> {
    let one = |day: Date| Some((day, day));
    match word {
        "today" => return one(today),
        "yesterday" => return one(today.yesterday().ok()?),
        _ => {}
    }
    if let Some(ago) = word.strip_prefix('-').or_else(|| word.strip_prefix('\u{2212}')) {
        return one(today.checked_sub(span(ago)?).ok()?);
    }
    if let Some((which, unit)) = word.split_once('-').filter(|(which, _)| ["this", "last"].contains(which)) {
        return period(unit, today, which == "last");
    }
    written(word)
}

/// Returns a span of whole days, weeks, months or years: `7d`, `2w`, `3m`, `1y`.
fn span(text: &str) -> Option<Span> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    let count: i64 = digits.parse().ok().filter(|count| !digits.starts_with('+') && (0..=100_000).contains(count))?;
    let span = Span::new();
    match unit {
        'd' => span.try_days(count).ok(),
        'w' => span.try_weeks(count).ok(),
        'm' => span.try_months(count).ok(),
        'y' => span.try_years(count).ok(),
        _ => None,
    }
}

/// Returns the whole week, month, quarter or year that a day is in, or the one before. Weeks begin on Mondays.
fn period(unit: &str, today: Date, before: bool) -> Option<(Date, Date)> {
    let (length, from) = match unit {
        "week" => (
            Span::new().days(7),
            today.checked_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset()))).ok()?,
        ),
        "month" => (Span::new().months(1), today.first_of_month()),
        "quarter" => (Span::new().months(3), Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok()?),
        "year" => (Span::new().years(1), today.first_of_year()),
        _ => return None,
    };
    let from = if before { from.checked_sub(length).ok()? } else { from };
    Some((from, from.checked_add(length).ok()?.yesterday().ok()?))
}

/// Returns the days of a year, a quarter, a month or a week that is written so: `2025`, `2025-q1`, `2025-01`, `2025-w05`.
fn written(word: &str) -> Option<(Date, Date)> {
    let number = |text: &str, digits: usize| -> Option<i8> {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (year, rest) = word.split_at_checked(4)?;
    let year: i16 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let year = Some(year).filter(|year| *year > 0)?;
    if rest.is_empty() {
        let from = Date::new(year, 1, 1).ok()?;
        return Some((from, from.last_of_year()));
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(week) = rest.strip_prefix('w') {
        let monday = ISOWeekDate::new(year, number(week, 2)?, Weekday::Monday).ok()?.date();
        return Some((monday, monday.checked_add(Span::new().days(6)).ok()?));
    }
    if let Some(quarter) = rest.strip_prefix('q') {
        let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
        return period("quarter", Date::new(year, quarter * 3, 1).ok()?, false);
    }
    let from = Date::new(year, number(rest, 2)?, 1).ok()?;
    Some((from, from.last_of_month()))
}

/// Returns which end of a range a parameter is.
fn end_of(param: &Param) -> End {
    let is_to = param.name == "to" || param.name.starts_with("to_");
    if is_to { End::To } else { End::From }
}

/// Returns the parameters that are given as words.
fn words<'a>(
    operation: &Operation,
    arguments: &'a Map<String, Value>,
    today: Date,
) -> impl Iterator<Item = (&'static str, &'a str, Date)> {
    let dates = operation.params.iter().filter(|param| param.kind == Kind::Date);
    dates.filter_map(move |param| {
        let word = arguments.get(param.name)?.as_str()?;
        Some((param.name, word, day(word, end_of(param), today)?))
    })
}

/// Whether a day is said in words.
pub fn has_words(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    words(operation, arguments, Date::constant(2025, 1, 1)).next().is_some()
}

/// Puts dates in the places of words. Returns what became of them: the name, the word, the day.
pub fn resolve(
    operation: &Operation,
    arguments: &mut Map<String, Value>,
    today: Date,
) -> Vec<(&'static str, String, Date)> {
    let found: Vec<_> =
        words(operation, arguments, today).map(|(name, word, day)| (name, word.to_owned(), day)).collect();
    for (name, _, day) in &found {
        arguments.insert((*name).to_owned(), day.to_string().into());
    }
    found
}

/// Binds arguments whose words for days are for another to resolve, who knows which day it is: good if they are on one of these days.
///
/// # Errors
/// With all problems at once.
pub fn bind_on(operation: &Operation, arguments: &Map<String, Value>, days: [Date; 2]) -> Result<Bound, Vec<Problem>> {
    if !has_words(operation, arguments) {
        return bind(operation, arguments);
    }
    let on = |today: Date| {
        let mut arguments = arguments.clone();
        resolve(operation, &mut arguments, today);
        bind(operation, &arguments)
    };
    on(days[0]).or_else(|_| on(days[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nouns::{all, find};
    use serde_json::json;

    #[test]
    fn a_word_means_days() {
        // A Monday.
        let today = jiff::civil::date(2025, 3, 3);
        for (word, from, to) in [
            ("today", "2025-03-03", "2025-03-03"),
            (" Yesterday ", "2025-03-02", "2025-03-02"),
            ("-0d", "2025-03-03", "2025-03-03"),
            ("-7d", "2025-02-24", "2025-02-24"),
            ("-2w", "2025-02-17", "2025-02-17"),
            ("-1m", "2025-02-03", "2025-02-03"),
            ("-1Y", "2024-03-03", "2024-03-03"),
            ("this-week", "2025-03-03", "2025-03-09"),
            ("last-week", "2025-02-24", "2025-03-02"),
            ("this-month", "2025-03-01", "2025-03-31"),
            ("last-month", "2025-02-01", "2025-02-28"),
            ("last-quarter", "2024-10-01", "2024-12-31"),
            ("last-year", "2024-01-01", "2024-12-31"),
            ("2025-W01", "2024-12-30", "2025-01-05"),
            ("2020-w53", "2020-12-28", "2021-01-03"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2025-Q4", "2025-10-01", "2025-12-31"),
            ("2024", "2024-01-01", "2024-12-31"),
        ] {
            let shown = |end| day(word, end, today).map(|day| day.to_string());
            assert_eq!((shown(End::From).as_deref(), shown(End::To).as_deref()), (Some(from), Some(to)), "{word}");
        }
        for odd in [
            "2025-01-31",
            "20250131",
            "2025-1",
            "2025-13",
            "2025-W54",
            "2021-W53",
            "2025-q5",
            "-d",
            "-7",
            "7d",
            "--7d",
            "-7h",
            "-+7d",
            "next-week",
            "last-day",
            "last",
            "",
            "2025-",
            "0000-w01",
            "-99999y",
            "-100001d",
            "ten",
            "2025-01-",
            "\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(day(odd, End::From, today), None, "{odd}");
        }
        assert_eq!(day("-1m", End::To, jiff::civil::date(2025, 3, 31)), Some(jiff::civil::date(2025, 2, 28)));
    }

    #[test]
    fn every_operation_takes_words_for_its_days() {
        let mut seen = 0;
        for operation in all().filter(|operation| operation.params.iter().any(|param| param.kind == Kind::Date)) {
            let mut arguments = Map::new();
            for param in operation.params.iter().filter(|param| param.kind == Kind::Date) {
                arguments.insert(param.name.to_owned(), json!("last-month"));
            }
            assert!(has_words(operation, &arguments), "{}", operation.id);
            for (name, _, day) in resolve(operation, &mut arguments, jiff::civil::date(2025, 3, 3)) {
                let expected = if name.starts_with("to") { "2025-02-28" } else { "2025-02-01" };
                assert_eq!(day.to_string(), expected, "{} {name}", operation.id);
                seen += 1;
            }
            assert!(!has_words(operation, &arguments), "{}", operation.id);
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn words_are_good_if_they_are_on_some_day_that_it_may_be() {
        let events = find("export.events").expect("a row");
        let days = [jiff::civil::date(2025, 3, 3), jiff::civil::date(2025, 3, 4)];
        let bound = |from: &str, to: &str| {
            bind_on(events, json!({"from": from, "to": to}).as_object().expect("an object"), days).is_ok()
        };
        assert!(bound("last-month", "last-month") && bound("2025-03-04", "today") && bound("2025-01-01", "2025-01-02"));
        assert!(!bound("2025-03-05", "today") && !bound("soon", "today"));
    }
}
