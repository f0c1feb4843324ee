//! Bodies of flows.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::anchor;
use super::breakdown::{self, Rules};
use super::codes as c;
use super::declared::families::ANCHOR;
use super::declared::filters::FLOW_FILTER;
use super::declared::words::FLOW_WINDOWS;
use super::fault::{At, Report};
use super::filter::{CohortFilter, Filter, filters};
use super::frame::{self, Span};
use super::names;
use super::object::Object;
use super::test::Test;

/// Most steps to either side of an anchor.
const MOST_STEPS: i128 = 5;
/// Most nodes of a step.
const MOST_NODES: i128 = 50;

/// The modes, with their chart and the way in which flows are merged.
const MODES: [(&str, &str, &str); 3] =
    [("sankey", "sankey", "graph"), ("paths", "top-paths", "list"), ("tree", "sankey", "tree")];

/// Builds a body.
pub(in crate::ask) fn build(given: Object<'_, '_>, today: Date, report: &mut Report) -> Value {
    frame::check_data_group(given, report);
    let steps = steps(given, report);
    check_settings(given, report);
    let range = match frame::span(given, today, report) {
        Span::Between(from, to) => json!({"type": "between", "from_date": from, "to_date": to}),
        Span::Last(days) => {
            json!({"type": "in the last", "from_date": {"unit": "day", "value": days}, "to_date": "$now"})
        }
    };
    let mode = given.text("mode").unwrap_or_default();
    let (_, chart, merge) = MODES.into_iter().find(|(name, ..)| *name == mode).unwrap_or(MODES[0]);
    let names = |key: &str| given.get(key).cloned().unwrap_or_else(|| json!([]));
    let mut body = json!({
        "steps": steps, "date_range": range, "chartType": chart, "flows_merge_type": merge,
        "count_type": given.wire("count_type"), "cardinality_threshold": given.wire("cardinality"), "version": 2,
        "conversion_window": {"unit": given.wire("conversion_window_unit"), "value": given.wire("conversion_window")},
        "anchor_position": 1, "collapse_repeated": given.bool("collapse_repeated"), "show_custom_events": true,
        "hidden_events": names("hidden_events"), "exclusions": names("exclusions"),
    });
    filter(given, &mut body, report);
    if let Some(id) = given.get("data_group_id") {
        body["data_group_id"] = id.clone();
    }
    let rules = Rules { blank: c::GB1_EMPTY_PROPERTY, has_group: false };
    let (segments, _) = breakdown::entries(given, "segments", rules, report);
    if given.has("segments") {
        body["segments"] = segments.into();
    }
    body
}

fn check_settings(given: Object<'_, '_>, report: &mut Report) {
    if given.int("cardinality").is_some_and(|nodes| !(1..=MOST_NODES).contains(&nodes)) {
        report.add(given.at("cardinality"), c::FL6_CARDINALITY_RANGE);
    }
    let at = given.at("conversion_window");
    let unit = given.text("conversion_window_unit").unwrap_or_default();
    if let Some(window) = given.int("conversion_window") {
        if window < 1 {
            report.add(at, c::FL7_CONVERSION_WINDOW_POSITIVE);
        }
        if let Some((unit, most)) = FLOW_WINDOWS.iter().find(|(name, most)| *name == unit && window > *most) {
            report.add(at, c::FL7_CONVERSION_WINDOW_MAX.with("n", most).with("unit", format_args!("{unit}s")));
        }
        if unit == "session" && window != 1 {
            report.add(at, c::FL10_SESSION_WINDOW_REQUIRES_ONE);
        }
    }
    if given.text("count_type") == Some("session") && unit != "session" {
        report.add(given.at("count_type"), c::FL9_SESSION_REQUIRES_SESSION_WINDOW);
    }
}

/// Returns the anchors, and reports when they lead nowhere.
fn steps(given: Object<'_, '_>, report: &mut Report) -> Vec<Value> {
    let Some(events) = given.get("event") else { return Vec::new() };
    let (above, is_list) = (given.at("event"), events.is_array());
    let anchors = given.many("event");
    if anchors.is_empty() {
        report.add(above, c::FL1_EMPTY_STEPS);
    }
    check_direction(given, report);
    let mut farthest = 0;
    let mut steps = Vec::with_capacity(anchors.len());
    for (index, value) in anchors.iter().enumerate() {
        if report.is_full() {
            break;
        }
        let at = if is_list { At::Item(&above, index) } else { above };
        steps.extend(step(given, value, at, &mut farthest, report));
    }
    if farthest == 0 && steps.len() == anchors.len() && !steps.is_empty() {
        report.add(given.at("forward"), c::FL5_NO_DIRECTION);
    }
    steps
}

/// Reports numbers of steps that no flow has.
fn check_direction(given: Object<'_, '_>, report: &mut Report) {
    for (key, code) in [("forward", c::FL3_FORWARD_RANGE), ("reverse", c::FL4_REVERSE_RANGE)] {
        if given.int(key).is_some_and(|steps| !(0..=MOST_STEPS).contains(&steps)) {
            report.add(given.at(key), code);
        }
    }
}

/// Returns one anchor, and how far it leads.
fn step(query: Object<'_, '_>, value: &Value, at: At<'_>, farthest: &mut i128, report: &mut Report) -> Option<Value> {
    let mut reach = |own: Option<Object<'_, '_>>, key: &str| {
        let of = own.filter(|own| own.has(key)).unwrap_or(query);
        *farthest = (*farthest).max(of.int(key).unwrap_or(MOST_STEPS));
        of.wire(key)
    };
    if let Value::String(name) = value {
        names::check(name, names::ANCHOR, at, report);
        return Some(json!({
            "event": name, "step_label": name, "forward": reach(None, "forward"), "reverse": reach(None, "reverse"),
            "bool_op": "and", "property_filter_params_list": [],
        }));
    }
    let given = Object::new(value.as_object()?, &ANCHOR, at);
    let name = given.text("event")?;
    names::check(name, names::ANCHOR, given.at("event"), report);
    check_direction(given, report);
    let label = given.text("label").filter(|label| !label.is_empty()).unwrap_or(name);
    let mut step = json!({
        "event": name, "step_label": label, "forward": reach(Some(given), "forward"),
        "reverse": reach(Some(given), "reverse"),
        "bool_op": if given.text("filters_combinator") == Some("any") { "or" } else { "and" },
        "property_filter_params_list": anchor::filters(given, report),
    });
    if let Some(session) = given.text("session_event") {
        let expected = format!("$session_{session}");
        if name != expected {
            report.add(given.at("event"), c::FS1_SESSION_EVENT_MISMATCH.with("x", session).with("y", expected));
        }
        step["session_event"] = session.into();
    }
    Some(step)
}

/// Adds the filters of the whole flow: those of properties, and one cohort.
fn filter(given: Object<'_, '_>, body: &mut Value, report: &mut Report) {
    let mut children = Vec::new();
    for filter in filters(given, "where", &FLOW_FILTER, report) {
        match filter {
            Filter::Test(test) => children.push(child(&test, report)),
            Filter::Cohort(cohort) => {
                if body.get("filter_by_cohort").is_some() {
                    report.add(given.at("where"), c::BB5_FLOW_MULTIPLE_COHORT_FILTERS);
                }
                body["filter_by_cohort"] = by_cohort(&cohort);
            }
            // The declaration has no place for it.
            Filter::Frequency(_) => {}
        }
    }
    if !children.is_empty() {
        body["filter_by_event"] = json!({"operator": "and", "children": children});
    }
}

fn by_cohort(filter: &CohortFilter<'_>) -> Value {
    let mut entry = json!({"name": filter.name, "negated": filter.is_negated});
    filter.cohort.put(&mut entry);
    entry
}

/// Returns an entry with the property's name in another place, and without its default type.
fn child(test: &Test<'_>, report: &mut Report) -> Value {
    let Some(name) = test.property.name() else {
        report.add(format_args!("{}.property", test.at), c::BB3_FLOW_PROPERTY_FILTER_TYPE);
        return Value::Null;
    };
    let mut entry = test.entry(report);
    if let Some(entry) = entry.as_object_mut() {
        entry.shift_remove("value");
        entry.shift_remove("defaultType");
        entry.insert("propertyName".to_owned(), name.into());
    }
    entry
}
