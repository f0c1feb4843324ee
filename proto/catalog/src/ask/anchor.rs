//! Filters of a flow's anchors, which have an older form.

use serde_json::{Value, json};

use super::codes as c;
use super::declared::metrics::EVENT_FILTER;
use super::fault::{Code, Rank, Report};
use super::filter::{self, Filter};
use super::names::has_control;
use super::object::Object;
use super::operators::Takes;
use super::test::Test;

/// Operators by the type of the property: those of the wire, and those of this form.
const TEXTS: &[(&str, &str)] = &[
    ("equals", "=="),
    ("does not equal", "!="),
    ("contains", "in"),
    ("does not contain", "not in"),
    ("is set", "set"),
    ("is not set", "not set"),
];
const NUMBERS: &[(&str, &str)] = &[
    ("is greater than", ">"),
    ("is less than", "<"),
    ("equals", "=="),
    ("does not equal", "!="),
    ("is at least", ">="),
    ("is at most", "<="),
    ("is between", "><"),
    ("not between", "!><"),
    ("is set", "is set"),
    ("is not set", "is not set"),
];
/// The server's meaning of the last two is not known to differ, which is told as a warning.
const DAYS: &[(&str, &str)] = &[
    ("was on", "=="),
    ("was not on", "!="),
    ("was before", ">"),
    ("was since", "<"),
    ("was between", "><"),
    ("was not between", "!><"),
    ("was in the", ">"),
    ("was not in the", ">"),
];

/// Returns the filters of an anchor.
pub(in crate::ask) fn filters(given: Object<'_, '_>, report: &mut Report) -> Vec<Value> {
    let filters = filter::filters(given, "filters", &EVENT_FILTER, report);
    let mut entries = Vec::with_capacity(filters.len());
    for filter in filters {
        match filter {
            Filter::Test(test) => entries.extend(entry(&test, report)),
            Filter::Cohort(cohort) => report.add(&cohort.at, unsupported("a cohort")),
            // The declaration has no place for it.
            Filter::Frequency(_) => {}
        }
    }
    entries
}

fn unsupported(what: &str) -> super::fault::Said {
    c::SG4_UNSUPPORTED_PROPERTY_TYPE.with("x", what)
}

fn entry(test: &Test<'_>, report: &mut Report) -> Option<Value> {
    let name = test.property.name();
    if name.is_none() {
        report.add(&test.at, unsupported("a custom property"));
    }
    if name.is_some_and(has_control) {
        report.add(format_args!("{}.property", test.at), c::FL_FILTER_CONTROL_CHAR);
    }
    let source = if test.resource == "people" { "user" } else { "properties" };
    let filter = match test.kind {
        "string" => of_text(test, report),
        "number" => of_number(test, report),
        "boolean" => Some(json!({"operand": test.operator.wire})),
        "datetime" => of_days(test, report),
        other => {
            report.add(&test.at, unsupported(if other == "object" { "items of a list" } else { "a list" }));
            None
        }
    };
    Some(json!({
        "property": {"name": name, "source": source, "type": test.kind}, "type": test.kind,
        "selected_property_type": test.kind, "filter": filter?,
    }))
}

/// Returns the operator of this form.
fn operator(
    test: &Test<'_>,
    known: &[(&'static str, &'static str)],
    code: Code,
    report: &mut Report,
) -> Option<&'static str> {
    let found = known.iter().find(|(wire, _)| *wire == test.operator.wire);
    if found.is_none() {
        let list: Vec<&str> = known.iter().map(|(wire, _)| *wire).collect();
        report.add(format_args!("{}.op", test.at), code.with("x", test.operator.name).with("list", list.join(", ")));
    }
    found.map(|(_, operator)| *operator)
}

fn of_text(test: &Test<'_>, report: &mut Report) -> Option<Value> {
    let operator = operator(test, TEXTS, c::SG1_UNKNOWN_STRING_OPERATOR, report)?;
    let operand: Value = if test.operator.takes == Takes::Nothing { "".into() } else { test.value.clone() };
    Some(json!({"operator": operator, "operand": operand}))
}

/// Numbers are written as texts.
fn of_number(test: &Test<'_>, report: &mut Report) -> Option<Value> {
    let operator = operator(test, NUMBERS, c::SG2_UNKNOWN_NUMBER_OPERATOR, report)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let operand: Value = match (&test.value, test.operator.takes) {
        (_, Takes::Nothing) => "".into(),
        (Value::Array(list), Takes::Numbers) => list.iter().map(|value| Value::from(text(value))).collect(),
        (Value::Array(list), _) if list.len() != 1 => {
            let said = c::ASK_TYPE.with("x", "value").with("type", "one number, at an anchor");
            report.add(format_args!("{}.value", test.at), said);
            return None;
        }
        (Value::Array(list), _) => text(&list[0]).into(),
        (one, _) => text(one).into(),
    };
    Some(json!({"operator": operator, "operand": operand}))
}

fn of_days(test: &Test<'_>, report: &mut Report) -> Option<Value> {
    let operator = operator(test, DAYS, c::SG3_UNKNOWN_DATETIME_OPERATOR, report)?;
    let day = |value: &Value| match value.as_str().map(|day| day.split('-').collect::<Vec<_>>()).as_deref() {
        Some([year, month, day]) => Value::from(format!("{month}/{day}/{year}")),
        _ => value.clone(),
    };
    if test.operator.takes == Takes::Span {
        let said =
            "a flow may not tell in_the_last from not_in_the_last at an anchor; both go to the server as the same";
        report.add_as(Rank::Warning, format_args!("{}.op", test.at), c::SG3_UNKNOWN_DATETIME_OPERATOR.saying(said));
        let unit = test.unit.map(|unit| format!("{unit}s"));
        return Some(json!({"operator": operator, "operand": test.value, "unit": unit}));
    }
    let operand: Value = match &test.value {
        Value::Array(list) => list.iter().map(day).collect(),
        one => day(one),
    };
    Some(json!({"operator": operator, "operand": operand}))
}
