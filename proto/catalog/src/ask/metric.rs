//! Metrics: the clauses of the show section.

use serde_json::{Map, Value, json};

use super::behavior::{self, FunnelRules, funnel_measurement, labelled, listed, of_funnel};
use super::codes as c;
use super::cohort::Cohort;
use super::declared::metrics::{
    BEHAVIOR, COHORT_METRIC, CUSTOM_EVENT, EVENT, EVENT_FILTER, EVENT_METRIC, FORMULA, FUNNEL, FUNNEL_METRIC, GROUP,
    GROUPED_EVENT, RETENTION, RETENTION_METRIC, SAVED_METRIC,
};
use super::declared::words::RETENTION_MATHS;
use super::fault::{At, Rank, Report};
use super::filter::entries;
use super::measure::{self, METRIC, needs_property, takes_property};
use super::names::{self, is_blank};
use super::object::{Object, int};
use super::property::Property;
use super::saved_metric;

/// Returns the clause of a metric that is no formula.
pub(in crate::ask) fn clause(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    if given.is(&EVENT_METRIC) {
        event(given, report)
    } else if given.is(&COHORT_METRIC) {
        cohort(given, report)
    } else if given.is(&FUNNEL_METRIC) {
        funnel(given, report)
    } else if given.is(&RETENTION_METRIC) {
        retention(given, report)
    } else if given.is(&SAVED_METRIC) {
        saved_metric::clause(given, report)
    } else {
        debug_assert!(given.is(&FORMULA), "formulas are no clauses of their own");
        None
    }
}

/// Returns the clause of an event that is given by name, which is measured as the query says.
pub(in crate::ask) fn plain(name: &str, measurement: Value) -> Value {
    measured(of_event(name, "all", Vec::new()), measurement)
}

fn measured(behavior: Value, measurement: Value) -> Value {
    json!({"type": "metric", "behavior": behavior, "measurement": measurement})
}

fn of_event(name: &str, combinator: &str, filters: Vec<Value>) -> Value {
    json!({
        "type": "event", "name": name, "resourceType": "events", "filtersDeterminer": combinator, "filters": filters,
    })
}

fn event(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let behavior = counted(given, report);
    measure::check(given, &METRIC, report);
    let measurement = measure::wire(given, &METRIC, report);
    Some(measured(behavior?, measurement))
}

/// Returns what a metric of events counts.
fn counted(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let (value, at) = (given.get("event")?, given.at("event"));
    let combinator = given.text("filters_combinator")?;
    let filters = entries(given, "filters", &EVENT_FILTER, report);
    match value {
        Value::String(name) => {
            names::check(name, names::EVENT, at, report);
            return Some(of_event(name, combinator, filters));
        }
        Value::Array(list) => return any(list, at, combinator, &filters, report),
        _ => {}
    }
    let event = Object::of(value, &EVENT, at)?;
    if event.is(&CUSTOM_EVENT) {
        let (id, name) = custom(event, report)?;
        return Some(json!({
            "type": "custom-event", "id": id, "name": name, "resourceType": "events",
            "filtersDeterminer": combinator, "filters": filters,
        }));
    }
    if !given.many("filters").is_empty() {
        report.add(given.at("filters"), c::MT3_FILTERS_WITH_BEHAVIOR);
    }
    if event.is(&BEHAVIOR) {
        return Some(behavior::saved(event, "simple", c::BH5_BEHAVIOR_REF_TYPE, event.at, report));
    }
    group(event, report)
}

/// Returns the id and the name of a custom event.
fn custom(event: Object<'_, '_>, report: &mut Report) -> Option<(Value, String)> {
    let id = event.get(CUSTOM_EVENT.key)?;
    if int(id).is_some_and(|id| id <= 0) {
        report.add(event.at(CUSTOM_EVENT.key), c::CE1_INVALID_ID);
    }
    Some((id.clone(), format!("$custom_event:{id}")))
}

/// Returns a list of events of which any counts; the filters go into each of them.
fn any(list: &[Value], at: At<'_>, combinator: &str, filters: &[Value], report: &mut Report) -> Option<Value> {
    if list.is_empty() {
        report.add(at, c::BH1_STEP_COUNT.with("n", 0));
    }
    let members = list.iter().enumerate().filter_map(|(index, value)| grouped(value, At::Item(&at, index), report));
    let mut members: Vec<Value> = members.collect();
    for member in &mut members {
        member["filters"] = filters.into();
        member["filtersDeterminer"] = combinator.into();
    }
    match members.as_slice() {
        [one] => {
            let mut event = of_event("", combinator, filters.to_vec());
            for key in ["type", "name"] {
                event[key] = one[key].clone();
            }
            if !one["id"].is_null() {
                event["id"] = one["id"].clone();
            }
            Some(event)
        }
        _ => Some(simple(&joined(&members), &members)),
    }
}

/// Returns a group of events, each with filters of its own.
fn group(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    debug_assert!(given.is(&GROUP), "it is the one kind that is left");
    let (list, at) = (given.get(GROUP.key)?.as_array()?, given.at(GROUP.key));
    if list.is_empty() {
        report.add(at, c::BH1_STEP_COUNT.with("n", 0));
    }
    let members = list.iter().enumerate().filter_map(|(index, value)| grouped(value, At::Item(&at, index), report));
    let members: Vec<Value> = members.collect();
    let name = given.text("name").filter(|name| !name.is_empty());
    Some(simple(&name.map_or_else(|| joined(&members), str::to_owned), &members))
}

/// Returns a member of a list or a group of events.
fn grouped(value: &Value, at: At<'_>, report: &mut Report) -> Option<Value> {
    if report.is_full() {
        return None;
    }
    if let Value::String(name) = value {
        names::check(name, names::LISTED, at, report);
        return Some(listed(name, Vec::new(), "all"));
    }
    let given = Object::of(value, &GROUPED_EVENT, at)?;
    if given.is(&CUSTOM_EVENT) {
        let (id, name) = custom(given, report)?;
        return Some(
            json!({"type": "custom-event", "id": id, "name": name, "filters": [], "filtersDeterminer": "all"}),
        );
    }
    labelled(given, names::EVENT, report)
}

/// Joins the labels or names of events.
fn joined(members: &[Value]) -> String {
    let name = |member: &Value| {
        let label = member["renamed"].as_str().filter(|label| !label.is_empty());
        label.or(member["name"].as_str()).unwrap_or_default().to_owned()
    };
    members.iter().map(name).collect::<Vec<_>>().join(" or ")
}

fn simple(name: &str, members: &[Value]) -> Value {
    json!({
        "type": "simple", "name": name, "resourceType": "events", "filtersDeterminer": "all", "filters": [],
        "behaviors": members,
    })
}

/// Returns the clause of the size of a cohort.
fn cohort(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let cohort = Cohort::read(given.get("cohort")?, given.at("cohort"), c::CM1_COHORT_ID_NOT_POSITIVE, report)?;
    if given.text("name").is_some_and(is_blank) {
        report.add(given.at("name"), c::CM2_COHORT_NAME_EMPTY);
    }
    let Cohort::Saved(id) = cohort else {
        report.add(given.at("cohort"), c::CM5_INLINE_COHORT_METRIC);
        return None;
    };
    let behavior = json!({
        "type": "cohort", "name": given.text("name").unwrap_or_default(), "resourceType": "cohorts",
        "dataGroupId": null, "dataset": "$mixpanel", "filtersDeterminer": "all", "filters": [], "id": id,
    });
    Some(measured(behavior, json!({"math": "unique", "property": null, "perUserAggregation": null})))
}

/// Reads the object that describes a behavior.
fn described<'v, 'p>(
    given: &'p Object<'v, 'p>,
    key: &'p str,
    inline: &'static super::kind::Shape,
) -> Option<Object<'v, 'p>> {
    let map: &Map<String, Value> = given.get(key)?.as_object()?;
    let is_saved = super::object::is_given(map, BEHAVIOR.key);
    Some(Object::new(map, if is_saved { &BEHAVIOR } else { inline }, given.at(key)))
}

fn check_index(given: Object<'_, '_>, key: &str, report: &mut Report) {
    if given.int(key).is_some_and(|index| index < 0) {
        report.add(given.at(key), c::MT4_INVALID_INDEX.with("x", key));
    }
}

/// Adds the label to a clause.
fn named(mut clause: Value, given: Object<'_, '_>) -> Value {
    if let Some(label) = given.text("label").filter(|label| !label.is_empty()) {
        clause["name"] = label.into();
    }
    clause
}

/// Returns the clause of a funnel.
fn funnel(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let math = given.text("math")?;
    let inner = described(&given, "funnel", &FUNNEL)?;
    let behavior = if inner.is(&BEHAVIOR) {
        behavior::saved(inner, "funnel", c::BH5_BEHAVIOR_REF_TYPE, inner.at, report)
    } else {
        let rules = FunnelRules { few: c::BH1_STEP_COUNT, names: names::METRIC_STEP };
        behavior::funnel(inner, math, rules, report)
    };
    check_index(given, "step_index", report);
    let property = measure::property(given, "property", report);
    if needs_property(math) && has_no_name(property.as_ref()) {
        report.add_as(Rank::Value, given.at("property"), c::F10_MATH_MISSING_PROPERTY.with("x", math));
    }
    if !takes_property(math) && property.is_some() {
        report.add_as(Rank::Value, given.at("property"), c::F11_MATH_REJECTS_PROPERTY.with("x", math));
    }
    let property = property.map_or(Value::Null, |property| match property.name() {
        Some(name) => of_funnel(name),
        None => property.measured(),
    });
    let step = given.get("step_index").cloned().unwrap_or_default();
    Some(named(measured(behavior, funnel_measurement(math, property, step)), given))
}

fn has_no_name(property: Option<&Property<'_>>) -> bool {
    property.is_none_or(|property| property.name().is_some_and(is_blank))
}

/// Returns the clause of retention.
fn retention(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let math = given.text("math")?;
    let inner = described(&given, "retention", &RETENTION)?;
    let behavior = if inner.is(&BEHAVIOR) {
        if !RETENTION_MATHS.contains(&math) {
            report.replace(given.at("math"), c::B9_INVALID_MATH.word(math, RETENTION_MATHS));
        }
        behavior::saved(inner, "retention", c::BH5_BEHAVIOR_REF_TYPE, inner.at, report)
    } else {
        behavior::retention(inner, [names::METRIC_BORN, names::METRIC_RETURN], report)
    };
    check_index(given, "bucket_index", report);
    let property = measure::property(given, "property", report);
    let is_missing = needs_property(math) && has_no_name(property.as_ref());
    if is_missing || (!takes_property(math) && property.is_some()) {
        report.add(given.at("property"), c::BH3_PROPERTY_MATH);
    }
    let mut measurement = json!({"math": math});
    if let Some(property) = property {
        measurement["property"] = property.measured();
    }
    if let Some(index) = given.get("bucket_index") {
        measurement["retentionBucketIndex"] = index.clone();
    }
    if given.bool("retention_cumulative") {
        measurement["retentionCumulative"] = true.into();
    }
    Some(named(measured(behavior, measurement), given))
}
