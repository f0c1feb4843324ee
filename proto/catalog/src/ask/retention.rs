//! Bodies of retention.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::behavior;
use super::codes as c;
use super::declared::families::BORN;
use super::declared::metrics::{BEHAVIOR, RETENTION_SETTINGS};
use super::fault::{Rank, Report};
use super::frame::{self, Family};
use super::measure::needs_property;
use super::names;
use super::object::Object;

const FAMILY: Family = Family {
    blank: c::R12_EMPTY_GROUP_BY,
    is_behavior: true,
    charts: &[("curve", "retention-curve"), ("trends", "line"), ("table", "table")],
};

/// Builds a body.
pub(in crate::ask) fn build(given: Object<'_, '_>, today: Date, report: &mut Report) -> Value {
    let math = given.text("math").unwrap_or_default();
    let mut measurement = json!({"math": math});
    if given.bool("retention_cumulative") {
        measurement["retentionCumulative"] = true.into();
    }
    if needs_property(math) {
        report.add(given.at("math"), c::B10_MATH_MISSING_PROPERTY.with("x", math));
    }
    let clause = json!({"type": "metric", "behavior": behavior(given, report), "measurement": measurement});
    let (mut body, kinds) = frame::body(given, vec![clause], &FAMILY, today, report);
    if kinds.has_cohort && kinds.has_property {
        report.add(given.at("group_by"), c::CB3_RETENTION_MIXED_BREAKDOWN);
    }
    body["sorting"] = json!({
        "bar": {"colSortAttrs": [], "sortBy": "column"},
        "line": {
            "sortBy": "column",
            "colSortAttrs": [{"sortBy": "value", "sortOrder": "desc", "valueField": "averageValue"}],
        },
        "table": {
            "sortBy": "column",
            "colSortAttrs": [{"sortBy": "value", "sortOrder": "desc", "valueField": "size", "viewNLimit": 12}],
        },
    });
    body["columnWidths"] = json!({"bar": {}});
    body
}

/// Returns the retention, saved or described.
fn behavior(given: Object<'_, '_>, report: &mut Report) -> Value {
    let at = given.at("born_event");
    let born = given.get("born_event").and_then(|value| Object::of(value, &BORN, at));
    if let Some(born) = born.filter(|born| born.is(&BEHAVIOR)) {
        let settings = RETENTION_SETTINGS.iter().map(|field| field.name).chain(["return_event"]);
        for key in settings.filter(|key| given.differs(key)) {
            report.replace(given.at(key), c::R15_BEHAVIOR_REF_SETTINGS.with("x", key));
        }
        return behavior::saved(born, "retention", c::R14_BEHAVIOR_REF_TYPE, at, report);
    }
    if !given.has("return_event") {
        report.add(given.at("return_event"), c::R2_EMPTY_RETURN_EVENT);
    }
    let several = [("born_event", c::R1_EMPTY_BORN_EVENT), ("return_event", c::R2_EMPTY_RETURN_EVENT)];
    for (key, code) in several {
        let is_one = |value: &Value| value.is_string() || value.get("event").is_some();
        if given.get(key).is_some_and(|value| !is_one(value)) {
            // Of several events, nothing else can be said.
            report.add_as(Rank::First, given.at(key), code);
        }
    }
    behavior::retention(given, [names::BORN, names::RETURN], report)
}
