//! Behaviors: funnels and retention, as queries of their own and as metrics of insights.

use serde_json::{Value, json};

use super::codes as c;
use super::declared::metrics::{EVENT_FILTER, EXCLUSION, HELD_PROPERTY, RETENTION_EVENT, STEP};
use super::declared::words::{SESSION_MATH, WINDOWS};
use super::fault::{At, Code, Report};
use super::filter::entries;
use super::names::{self, is_blank};
use super::object::{Object, int, members};

/// Most steps of a funnel.
const MOST_STEPS: usize = 100;
/// Most properties that are held constant.
const MOST_HELD: usize = 3;
/// Most buckets of retention.
const MOST_BUCKETS: usize = 730;

/// Returns a saved behavior, which must be of a kind.
pub(in crate::ask) fn saved(
    given: Object<'_, '_>,
    kind: &str,
    other_kind: Code,
    at: At<'_>,
    report: &mut Report,
) -> Value {
    if given.int("behavior").is_some_and(|id| id <= 0) {
        report.add(given.at("behavior"), c::BR1_INVALID_ID);
    }
    if let Some(told) = given.text("type").filter(|told| *told != kind) {
        let id = given.number("behavior").map(ToString::to_string).unwrap_or_default();
        report.add(at, other_kind.with("n", id).with("x", told));
    }
    json!({"type": given.get("type"), "id": given.get("behavior")})
}

/// Returns an event of a list of events: by its name, or with filters and a label.
pub(in crate::ask) fn listed(name: &str, filters: Vec<Value>, combinator: &str) -> Value {
    json!({"type": "event", "id": null, "name": name, "filters": filters, "filtersDeterminer": combinator})
}

/// What differs between a funnel as a query and as a metric.
#[derive(Clone, Copy)]
pub(in crate::ask) struct FunnelRules {
    /// The code for less than two steps.
    pub(in crate::ask) few: Code,
    /// The codes for steps that are given by name.
    pub(in crate::ask) names: names::Codes,
}

/// Returns a funnel that is described in place. Its math decides on the window.
pub(in crate::ask) fn funnel(given: Object<'_, '_>, math: &str, rules: FunnelRules, report: &mut Report) -> Value {
    let steps = given.many("steps");
    if steps.len() < 2 {
        report.add(given.at("steps"), rules.few.with("n", steps.len()));
    }
    if steps.len() > MOST_STEPS {
        report.add(given.at("steps"), c::F1_MAX_STEPS);
    }
    let order = given.text("order").unwrap_or_default();
    let above = given.at("steps");
    let read = |(index, value): (usize, &Value)| step(value, At::Item(&above, index), order, rules.names, report);
    // What is past the longest funnel is refused, whatever it is.
    let behaviors: Vec<Value> = steps.iter().take(MOST_STEPS).enumerate().filter_map(read).collect();
    check_window(given, math, report);
    let mut behavior = json!({
        "type": "funnel", "resourceType": "events", "behaviors": behaviors,
        "conversionWindowDuration": given.wire("conversion_window"),
        "conversionWindowUnit": given.wire("conversion_window_unit"), "funnelOrder": order,
        "exclusions": exclusions(given, steps.len(), report), "aggregateBy": held(given, report), "filter": [],
    });
    if let Some(mode) = given.get("reentry_mode") {
        behavior["funnelReentryMode"] = mode.clone();
    }
    behavior
}

fn step(value: &Value, at: At<'_>, order: &str, codes: names::Codes, report: &mut Report) -> Option<Value> {
    if let Value::String(name) = value {
        names::check(name, codes, at, report);
        let mut step = listed(name, Vec::new(), "all");
        step["funnelOrder"] = order.into();
        return Some(step);
    }
    let given = Object::new(value.as_object()?, &STEP, at);
    let mut step = labelled(given, names::STEP, report)?;
    step["funnelOrder"] = given.text("order").unwrap_or(order).into();
    Some(step)
}

/// Returns an event with filters and a label.
pub(in crate::ask) fn labelled(given: Object<'_, '_>, codes: names::Codes, report: &mut Report) -> Option<Value> {
    let mut event = filtered(given, codes, report)?;
    if let Some(label) = given.get("label") {
        event["renamed"] = label.clone();
    }
    Some(event)
}

/// Returns an event with filters.
fn filtered(given: Object<'_, '_>, codes: names::Codes, report: &mut Report) -> Option<Value> {
    let name = given.text("event")?;
    names::check(name, codes, given.at("event"), report);
    let filters = entries(given, "filters", &EVENT_FILTER, report);
    Some(listed(name, filters, given.text("filters_combinator")?))
}

fn check_window(given: Object<'_, '_>, math: &str, report: &mut Report) {
    let (Some(window), Some(unit)) = (given.int("conversion_window"), given.text("conversion_window_unit")) else {
        return;
    };
    let at = given.at("conversion_window");
    if window < 1 {
        report.add(at, c::F3_CONVERSION_WINDOW_POSITIVE);
    }
    if let Some((unit, most)) = WINDOWS.iter().find(|(name, most)| *name == unit && window > *most) {
        report.add(at, c::F3_CONVERSION_WINDOW_MAX.with("n", most).with("unit", format_args!("{unit}s")));
    }
    if unit == "second" && window == 1 {
        report.add(at, c::F7_SECOND_MIN_WINDOW.saying(c::F7_SECOND_MIN_WINDOW.words).suggesting(vec!["2".to_owned()]));
    }
    let is_session = unit == "session";
    if math == SESSION_MATH && !is_session {
        report.add(given.at("math"), c::F9_SESSION_MATH_REQUIRES_SESSION_WINDOW.with("x", math));
    }
    if math != SESSION_MATH && is_session && window != 1 {
        report.add(at, c::F9_SESSION_WINDOW_REQUIRES_ONE);
    }
}

/// Returns the exclusions, whose steps count from 1 on the wire.
fn exclusions(given: Object<'_, '_>, steps: usize, report: &mut Report) -> Vec<Value> {
    let above = given.at("exclusions");
    let read = |(index, value): (usize, &Value)| {
        let at = At::Item(&above, index);
        if let Value::String(name) = value {
            names::check(name, names::STEP, at, report);
            if steps == 0 {
                report.add(at, c::F4_EXCLUSION_STEP_BOUNDS);
            }
            return Some(json!({"event": name, "steps": {"from": 1, "to": steps}}));
        }
        exclusion(Object::new(value.as_object()?, &EXCLUSION, at), steps, report)
    };
    given.many("exclusions").iter().enumerate().filter_map(read).collect()
}

fn exclusion(given: Object<'_, '_>, steps: usize, report: &mut Report) -> Option<Value> {
    let name = given.text("event")?;
    names::check(name, names::STEP, given.at("event"), report);
    let from = given.int("from_step")?;
    if from < 0 {
        report.add(given.at("from_step"), c::EX1_FROM_STEP_NEGATIVE);
    }
    let to = given.int("to_step");
    if to.is_some_and(|to| to < from) {
        report.add(given.at, c::EX2_STEP_ORDER);
    }
    if to == Some(from) {
        report.add(given.at, c::F4_EXCLUSION_STEP_ORDER);
    }
    let is_out = |step: i128| usize::try_from(step).is_ok_and(|step| step >= steps);
    if is_out(from) || to.is_some_and(is_out) {
        report.add(given.at, c::F4_EXCLUSION_STEP_BOUNDS);
    }
    let wire = |step: i128| i64::try_from(step).unwrap_or(i64::MAX - 1) + 1;
    let to = to.map_or_else(|| Value::from(steps), |to| wire(to).into());
    Some(json!({"event": name, "steps": {"from": wire(from), "to": to}}))
}

/// Returns the properties that must stay the same.
fn held(given: Object<'_, '_>, report: &mut Report) -> Vec<Value> {
    let list = given.get("holding_constant").map_or(&[][..], members);
    if list.len() > MOST_HELD {
        report.add(given.at("holding_constant"), c::F8_MAX_HOLDING_CONSTANT);
    }
    let above = given.at("holding_constant");
    let read = |(index, value): (usize, &Value)| {
        let at = At::Item(&above, index);
        let (name, resource) = match value {
            Value::String(name) => (name.as_str(), "events"),
            other => {
                let given = Object::new(other.as_object()?, &HELD_PROPERTY, at);
                (given.text("property")?, given.text("resource_type")?)
            }
        };
        if is_blank(name) {
            report.add(at, c::HC1_EMPTY_PROPERTY);
        }
        Some(json!({"value": name, "resourceType": resource}))
    };
    list.iter().enumerate().filter_map(read).collect()
}

/// Returns what a funnel is measured by.
pub(in crate::ask) fn funnel_measurement(math: &str, property: Value, step: Value) -> Value {
    json!({"math": math, "property": property, "stepIndex": step})
}

/// Returns a property by name, as a funnel measures it.
pub(in crate::ask) fn of_funnel(name: &str) -> Value {
    json!({"name": name, "type": "number", "resourceType": "events"})
}

/// Returns retention that is described in place.
pub(in crate::ask) fn retention(given: Object<'_, '_>, codes: [names::Codes; 2], report: &mut Report) -> Value {
    let events: Vec<Value> = ["born_event", "return_event"]
        .into_iter()
        .zip(codes)
        .filter_map(|(key, codes)| retained(given.get(key)?, given.at(key), codes, report))
        .collect();
    check_buckets(given, report);
    let mut behavior = json!({
        "type": "retention", "resourceType": "events", "behaviors": events,
        "retentionUnit": given.wire("retention_unit"), "retentionAlignmentType": given.wire("alignment"),
        "retentionCustomBucketSizes": given.get("bucket_sizes").cloned().unwrap_or_else(|| json!([])), "filter": [],
    });
    if let Some(mode) = given.get("unbounded_mode") {
        behavior["retentionUnboundedMode"] = mode.clone();
    }
    behavior
}

fn retained(value: &Value, at: At<'_>, codes: names::Codes, report: &mut Report) -> Option<Value> {
    if let Value::String(name) = value {
        names::check(name, codes, at, report);
        return Some(listed(name, Vec::new(), "all"));
    }
    let codes = names::Codes { blank: c::EV1_EMPTY_EVENT, ..codes };
    filtered(Object::new(value.as_object()?, &RETENTION_EVENT, at), codes, report)
}

fn check_buckets(given: Object<'_, '_>, report: &mut Report) {
    let Some(Value::Array(list)) = given.get("bucket_sizes") else { return };
    let at = given.at("bucket_sizes");
    let sizes: Vec<Option<i128>> = list.iter().map(int).collect();
    let is_low = |size: &Option<i128>| size.is_some_and(|size| size <= 0);
    if sizes.iter().any(is_low) {
        report.add(at, c::R5_BUCKET_SIZES_POSITIVE);
    }
    if list.len() > MOST_BUCKETS {
        report.add(at, c::R5_BUCKET_SIZES_TOO_MANY.with("n", list.len()));
    }
    let is_right = sizes.iter().all(|size| size.is_some_and(|size| size > 0));
    if is_right && sizes.windows(2).any(|pair| pair[0] >= pair[1]) {
        report.add(at, c::R6_BUCKET_SIZES_ASCENDING);
    }
}
