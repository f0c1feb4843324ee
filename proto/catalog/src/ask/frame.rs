//! What the bodies of insights, funnels and retention share: time, filters, breakdowns, display.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::breakdown::{self, Kinds, Rules};
use super::codes as c;
use super::days;
use super::declared::filters::{COMPARISON, FILTER};
use super::fault::{Code, Rank, Report};
use super::filter::filters;
use super::object::Object;

/// Most days to look back.
const MOST_DAYS: i128 = 3650;
/// Most segments of an answer.
const MOST_SEGMENTS: i128 = 50_000;

/// What time a query spans.
#[derive(Debug, Clone)]
pub(in crate::ask) enum Span {
    /// From a day to a day.
    Between(String, String),
    /// The last so many days, which the server counts.
    Last(Value),
}

/// Reads the dates or the number of days of a query, and reports what is wrong with them.
pub(in crate::ask) fn span(given: Object<'_, '_>, today: Date, report: &mut Report) -> Span {
    let (from, to) = (given.text("from_date"), given.text("to_date"));
    let last = given.int("last");
    if last.is_some_and(|last| last < 1) {
        report.add(given.at("last"), c::V7_LAST_POSITIVE);
    }
    if let Some(last) = last.filter(|last| *last > MOST_DAYS) {
        report.add(given.at("last"), c::V20_LAST_TOO_LARGE.with("n", last));
    }
    for (key, text) in [("from_date", from), ("to_date", to)] {
        if let Some(text) = text
            && let Err(code) = days::day(text, c::V8_DATE_FORMAT, c::V8_DATE_INVALID)
        {
            report.add(given.at(key), code.with("x", format_args!("{text:?}")));
        }
    }
    if given.has("to_date") && !given.has("from_date") {
        report.add(given.at("to_date"), c::V9_TO_REQUIRES_FROM);
    }
    if given.has("from_date") && given.has("last") {
        report.add(given.at("last"), c::V10_DATE_LAST_EXCLUSIVE);
    }
    if let (Some(from), Some(to)) = (from, to)
        && days::is_written(from)
        && days::is_written(to)
        && from > to
    {
        report.add(given.at("from_date"), c::V15_DATE_ORDER.with("x", from).with("y", to));
    }
    match from {
        Some(from) => Span::Between(from.to_owned(), to.map_or_else(|| today.to_string(), str::to_owned)),
        None => Span::Last(given.wire("last")),
    }
}

/// Reports a data group that is none.
pub(in crate::ask) fn check_data_group(given: Object<'_, '_>, report: &mut Report) {
    if given.int("data_group_id").is_some_and(|id| id <= 0) {
        report.add(given.at("data_group_id"), c::DG1_INVALID_DATA_GROUP_ID);
    }
}

/// Reports a limit that no query takes.
pub(in crate::ask) fn check_limit(given: Object<'_, '_>, report: &mut Report) {
    if given.int("limit").is_some_and(|limit| !(1..=MOST_SEGMENTS).contains(&limit)) {
        report.add(given.at("limit"), c::QL1_LIMIT_RANGE);
    }
}

/// What differs between the families.
pub(in crate::ask) struct Family {
    /// The code for a breakdown by a name that is blank.
    pub(in crate::ask) blank: Code,
    /// Whether filters by custom properties are told by a null, and there is a section for formulas.
    pub(in crate::ask) is_behavior: bool,
    /// The modes, and the chart of each.
    pub(in crate::ask) charts: &'static [(&'static str, &'static str)],
}

/// Returns a body around clauses, and the kinds of its breakdowns.
pub(in crate::ask) fn body(
    given: Object<'_, '_>,
    show: Vec<Value>,
    family: &Family,
    today: Date,
    report: &mut Report,
) -> (Value, Kinds) {
    check_data_group(given, report);
    let unit = given.wire("unit");
    let time = match span(given, today, report) {
        Span::Between(from, to) => json!({"dateRangeType": "between", "unit": unit, "value": [from, to]}),
        Span::Last(days) => {
            json!({"dateRangeType": "in the last", "unit": unit, "window": {"unit": "day", "value": days}})
        }
    };
    let rules = Rules { blank: family.blank, has_group: true };
    let (group, kinds) = breakdown::entries(given, "group_by", rules, report);
    let members = filters(given, "where", &FILTER, report);
    let entry = |filter: &super::filter::Filter<'_>, report: &mut Report| {
        if family.is_behavior { filter.patched(report) } else { filter.entry(report) }
    };
    let filter: Vec<Value> = members.iter().map(|filter| entry(filter, report)).collect();
    let mut sections = json!({"show": show, "time": [time], "filter": filter, "group": group});
    if family.is_behavior {
        sections["formula"] = json!([]);
    }
    if given.has("data_group_id") {
        sections["globalDataGroupId"] = breakdown::data_group(given);
    }
    let mode = given.text("mode").unwrap_or_default();
    let chart = family.charts.iter().find(|(name, _)| *name == mode).map(|(_, chart)| *chart);
    let mut display = json!({"chartType": chart});
    if let Some(comparison) = comparison(given, report) {
        display["timeComparison"] = comparison;
    }
    check_limit(given, report);
    (json!({"sections": sections, "displayOptions": display}), kinds)
}

/// Returns what to compare with.
fn comparison(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let at = given.at("time_comparison");
    let given = Object::new(given.get("time_comparison")?.as_object()?, &COMPARISON, at);
    let kind = given.text("type")?;
    let (unit, date) = (given.get("unit"), given.get("date"));
    if kind == "relative" {
        if unit.is_none() {
            report.add(given.at("unit"), c::TC1_REQUIRES_UNIT);
        }
        if date.is_some() {
            report.add(given.at("date"), c::TC1_REJECTS_DATE);
        }
        return Some(json!({"type": kind, "value": unit}));
    }
    if date.is_none() {
        report.add(given.at("date"), c::TC2_REQUIRES_DATE);
    }
    if unit.is_some() {
        report.add(given.at("unit"), c::TC2_REJECTS_UNIT);
    }
    if let Some(text) = given.text("date")
        && let Err(code) = days::day(text, c::TC3_DATE_FORMAT, c::TC3B_DATE_INVALID)
    {
        report.add_as(Rank::Value, given.at("date"), code.with("x", format_args!("{text:?}")));
    }
    Some(json!({"type": kind, "value": date}))
}
