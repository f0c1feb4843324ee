//! Saved metrics, and what is changed of them.

use serde_json::{Map, Value, json};

use super::codes as c;
use super::declared::words::NOT_PER_USER;
use super::fault::{Rank, Report};
use super::measure::{property, takes_property};
use super::names::is_blank;
use super::object::Object;

/// What changes the measurement, and its name on the wire.
const MEASUREMENT: [(&str, &str); 7] = [
    ("math", "math"),
    ("property", "property"),
    ("per_user", "perUserAggregation"),
    ("percentile_value", "percentile"),
    ("segment_method", "segmentMethod"),
    ("step_index", "stepIndex"),
    ("bucket_index", "retentionBucketIndex"),
];

/// Returns the clause of a saved metric.
pub(in crate::ask) fn clause(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    check(given, report);
    let mut clause = json!({"type": given.text("type")?, "id": given.get("metric")?});
    let overrides = overrides(given, report);
    if !overrides.is_empty() {
        clause["overrides"] = overrides.into();
    }
    Some(clause)
}

/// Tells whether a saved metric is of a kind.
pub(in crate::ask) fn is_of(given: Object<'_, '_>, kind: &str) -> bool {
    given.text("type") == Some(kind)
}

fn check(given: Object<'_, '_>, report: &mut Report) {
    if given.int("metric").is_some_and(|id| id <= 0) {
        report.add(given.at("metric"), c::MR4_INVALID_ID);
    }
    if !is_of(given, "metric") {
        let kind = given.text("type").unwrap_or_default();
        let measures = MEASUREMENT.iter().map(|(key, _)| *key).chain(["funnel_order"]);
        for key in measures.filter(|key| given.has(key)) {
            report.add(given.at(key), c::MR6_OVERRIDE_NOT_APPLICABLE.with("x", key).with("kind", kind));
        }
    }
    check_values(given, report);
    if let Some(math) = given.text("math") {
        if given.has("per_user") && NOT_PER_USER.contains(&math) {
            report.add_as(Rank::Value, given.at("per_user"), c::V3_PER_USER_INCOMPATIBLE.with("x", math));
        }
        if given.has("property") && !takes_property(math) {
            report.add_as(Rank::Value, given.at("property"), c::V14_METRIC_REJECTS_PROPERTY.with("x", math));
        }
    }
    if given.get("overrides").is_some_and(has_filters) {
        report.add(given.at("overrides"), c::MR1_FILTER_OVERRIDE);
    }
}

fn check_values(given: Object<'_, '_>, report: &mut Report) {
    let is_infinite = given.number("percentile_value").is_some_and(|number| number.as_f64().is_none());
    let is_before = |key: &str| given.int(key).is_some_and(|index| index < 0);
    let wrong = [
        ("label", "a blank text", given.text("label").is_some_and(is_blank)),
        ("percentile_value", "a number without end", is_infinite),
        ("step_index", "a number below 0", is_before("step_index")),
        ("bucket_index", "a number below 0", is_before("bucket_index")),
    ];
    for (key, what, _) in wrong.into_iter().filter(|(_, _, is_wrong)| *is_wrong) {
        report.add(given.at(key), c::MR7_INVALID_OVERRIDE.with("field", key).with("x", what));
    }
}

/// Tells whether an object holds filters anywhere. What the parser takes is not deep.
fn has_filters(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            map.iter().any(|(key, value)| ["filter", "filters"].contains(&key.as_str()) || has_filters(value))
        }
        Value::Array(list) => list.iter().any(has_filters),
        _ => false,
    }
}

/// Returns what is changed of a saved metric.
fn overrides(given: Object<'_, '_>, report: &mut Report) -> Map<String, Value> {
    let mut overrides = Map::new();
    if let Some(label) = given.get("label") {
        overrides.insert("name".to_owned(), label.clone());
    }
    if let Some(order) = given.get("funnel_order") {
        overrides.insert("behavior".to_owned(), json!({"funnelOrder": order}));
    }
    let measurement: Map<String, Value> = MEASUREMENT
        .into_iter()
        .filter_map(|(key, wire)| Some((wire.to_owned(), measured(given, key, report)?)))
        .collect();
    if !measurement.is_empty() {
        overrides.insert("measurement".to_owned(), measurement.into());
    }
    if let Some(is_hidden) = given.get("hidden") {
        overrides.insert("isHidden".to_owned(), is_hidden.clone());
    }
    if let Some(Value::Object(more)) = given.get("overrides") {
        merge(&mut overrides, more);
    }
    overrides
}

fn measured(given: Object<'_, '_>, key: &str, report: &mut Report) -> Option<Value> {
    match key {
        "property" => property(given, key, report).map(|property| property.measured()),
        "math" if given.text(key) == Some("percentile") => Some("custom_percentile".into()),
        _ => given.get(key).cloned(),
    }
}

/// Merges objects deeply; all else is replaced.
fn merge(into: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (into.get_mut(key), value) {
            (Some(Value::Object(into)), Value::Object(more)) => merge(into, more),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
