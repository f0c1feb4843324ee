//! Bodies of funnels.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::behavior::{self, FunnelRules, funnel_measurement, of_funnel};
use super::codes as c;
use super::declared::metrics::{BEHAVIOR, FUNNEL_SETTINGS};
use super::fault::Report;
use super::frame::{self, Family};
use super::measure::{needs_property, takes_property};
use super::names::{self, is_blank};
use super::object::Object;

const FAMILY: Family = Family {
    blank: c::GB1_EMPTY_PROPERTY,
    is_behavior: true,
    charts: &[("steps", "funnel-steps"), ("trends", "line"), ("table", "table")],
};

/// Builds a body.
pub(in crate::ask) fn build(given: Object<'_, '_>, today: Date, report: &mut Report) -> Value {
    let math = given.text("math").unwrap_or_default();
    let behavior = behavior(given, math, report);
    let property = property(given, math, report);
    let clause = json!({
        "type": "metric", "behavior": behavior, "measurement": funnel_measurement(math, property, Value::Null),
    });
    frame::body(given, vec![clause], &FAMILY, today, report).0
}

/// Returns the funnel, saved or described.
fn behavior(given: Object<'_, '_>, math: &str, report: &mut Report) -> Value {
    let Some(Value::Object(map)) = given.get("steps") else {
        if !given.has("steps") {
            return Value::Null;
        }
        let rules = FunnelRules { few: c::F1_MIN_STEPS, names: names::STEP };
        return behavior::funnel(given, math, rules, report);
    };
    for field in FUNNEL_SETTINGS {
        let is_empty_list = given.get(field.name).and_then(Value::as_array).is_some_and(Vec::is_empty);
        if given.differs(field.name) && !is_empty_list {
            report.replace(given.at(field.name), c::F14_BEHAVIOR_REF_SETTINGS.with("x", field.name));
        }
    }
    let at = given.at("steps");
    behavior::saved(Object::new(map, &BEHAVIOR, at), "funnel", c::F13_BEHAVIOR_REF_TYPE, at, report)
}

/// Returns the property that is measured.
fn property(given: Object<'_, '_>, math: &str, report: &mut Report) -> Value {
    let name = given.text("math_property");
    let at = given.at("math_property");
    if needs_property(math) && name.is_none_or(is_blank) {
        report.add(at, c::F10_MATH_MISSING_PROPERTY.with("x", math));
    }
    if !takes_property(math) && name.is_some() {
        report.add(at, c::F11_MATH_REJECTS_PROPERTY.with("x", math));
    }
    name.filter(|name| !name.is_empty()).map_or(Value::Null, of_funnel)
}
