//! Cohorts: saved ones by id, and those defined in place, which become a raw cohort.

use serde_json::{Map, Value, json};

use super::codes as c;
use super::days;
use super::declared::cohorts::{
    ALL_OF, ANY_OF, COHORT, CRITERION, DID, DID_NOT, HAS_PROPERTY, IN_COHORT, NOT_IN_COHORT,
};
use super::declared::words::COHORT_TESTS;
use super::fault::{At, Code, Report};
use super::names::is_blank;
use super::object::{Object, int};
use super::test::tests;

/// A cohort.
#[derive(Debug, Clone)]
pub(in crate::ask) enum Cohort<'a> {
    /// By its id.
    Saved(&'a Value),
    /// As a raw cohort.
    Defined(Value),
}

impl<'a> Cohort<'a> {
    /// Reads a cohort; an id that is not above 0 has a code of each place.
    pub(in crate::ask) fn read(value: &'a Value, at: At<'_>, no_id: Code, report: &mut Report) -> Option<Self> {
        if let Some(id) = int(value) {
            if id <= 0 {
                report.add(at, no_id);
            }
            return Some(Self::Saved(value));
        }
        let given = Object::of(value, &COHORT, at)?;
        let mut behaviors = Map::new();
        let selector = group(given, &mut behaviors, report)?;
        Some(Self::Defined(json!({"selector": selector, "behaviors": behaviors})))
    }

    /// Puts the id or the raw cohort into an object.
    pub(in crate::ask) fn put(&self, object: &mut Value) {
        match self {
            Self::Saved(id) => object["id"] = (*id).clone(),
            Self::Defined(raw) => object["raw_cohort"] = raw.clone(),
        }
    }
}

/// Reads criteria that are joined, which may hold others.
fn group(given: Object<'_, '_>, behaviors: &mut Map<String, Value>, report: &mut Report) -> Option<Value> {
    let (shape, operator) = if given.is(&ALL_OF) { (&ALL_OF, "and") } else { (&ANY_OF, "or") };
    let list = given.get(shape.key)?.as_array()?;
    let above = given.at(shape.key);
    if list.is_empty() {
        report.add(above, c::CD9_EMPTY_CRITERIA);
    }
    let mut children = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        if report.is_full() {
            return None;
        }
        let criterion = Object::of(value, &CRITERION, At::Item(&above, index));
        children.extend(criterion.and_then(|given| self::criterion(given, behaviors, report)));
    }
    Some(json!({"operator": operator, "children": children}))
}

fn criterion(given: Object<'_, '_>, behaviors: &mut Map<String, Value>, report: &mut Report) -> Option<Value> {
    if given.is(&ALL_OF) || given.is(&ANY_OF) {
        group(given, behaviors, report)
    } else if given.is(&HAS_PROPERTY) {
        has_property(given, report)
    } else if given.is(&IN_COHORT) {
        member(given, "in", report)
    } else if given.is(&NOT_IN_COHORT) {
        member(given, "not in", report)
    } else {
        did(given, behaviors, report)
    }
}

/// Reads a criterion of an event that was done, or not.
fn did(given: Object<'_, '_>, behaviors: &mut Map<String, Value>, report: &mut Report) -> Option<Value> {
    let event = given.text(given.shape.key)?;
    if is_blank(event) {
        report.add(given.at(given.shape.key), c::CD4_EMPTY_EVENT);
    }
    let mut count = json!({"event_selector": {"event": event}, "type": "absolute"});
    let (operator, times) = if given.is(&DID_NOT) { ("==", Some(0.into())) } else { times(given, report) };
    if given.is(&DID) {
        filter(given, &mut count, report);
        aggregate(given, &mut count, report);
    }
    let mut behavior = json!({"count": count});
    window(given, &mut behavior, report);
    let name = format!("bhvr_{}", behaviors.len());
    behaviors.insert(name.clone(), behavior);
    Some(json!({"property": "behaviors", "value": name, "operator": operator, "operand": times?}))
}

/// Returns the operator and the number of how often an event was done.
fn times(given: Object<'_, '_>, report: &mut Report) -> (&'static str, Option<Value>) {
    const TIMES: [(&str, &str); 3] = [("at_least", ">="), ("at_most", "<="), ("exactly", "==")];
    let mut told = TIMES.into_iter().filter(|(key, _)| given.has(key));
    let (Some((key, operator)), None) = (told.next(), told.next()) else {
        report.add(given.at, c::CD1_FREQUENCY_PARAM_REQUIRED);
        return ("", None);
    };
    if given.int(key).is_some_and(|times| times < 0) {
        report.add(given.at(key), c::CD2_FREQUENCY_NEGATIVE);
    }
    (operator, given.get(key).cloned())
}

/// Adds which of the events count.
fn filter(given: Object<'_, '_>, count: &mut Value, report: &mut Report) {
    let tests = tests(given, "where", report);
    let mut children = Vec::with_capacity(tests.len());
    for test in tests {
        if !COHORT_TESTS.contains(&test.operator.name) {
            let said = c::CD10_UNSUPPORTED_FILTER_OPERATOR.with("x", test.operator.name);
            report.add(format_args!("{}.op", test.at), said.with("list", COHORT_TESTS.join(", ")));
            continue;
        }
        let mut child = test.entry(report);
        if child["filterValue"].is_null()
            && let Some(child) = child.as_object_mut()
        {
            child.shift_remove("filterValue");
        }
        children.push(child);
    }
    if !children.is_empty() {
        count["event_selector"]["selector"] = json!({"operator": "and", "children": children});
    }
}

/// Adds the aggregate of a property.
fn aggregate(given: Object<'_, '_>, count: &mut Value, report: &mut Report) {
    if given.has("aggregation") != given.has("aggregation_property") {
        report.add(given.at("aggregation"), c::CA1_AGGREGATION_PAIR);
    }
    if given.text("aggregation_property").is_some_and(is_blank) {
        report.add(given.at("aggregation_property"), c::CA2_EMPTY_AGGREGATION_PROPERTY);
    }
    if given.has("aggregation") {
        count["aggregationOperator"] = given.wire("aggregation");
        count["property"] = given.wire("aggregation_property");
    }
}

/// The codes for days of a window.
const DAYS: days::Codes = days::Codes { form: c::CD6_DATE_FORMAT, none: c::CD6_DATE_INVALID, order: c::CD6_DATE_ORDER };

/// Adds when an event was done.
fn window(given: Object<'_, '_>, behavior: &mut Value, report: &mut Report) {
    const WINDOWS: [(&str, &str); 3] = [("within_days", "day"), ("within_weeks", "week"), ("within_months", "month")];
    let told: Vec<_> = WINDOWS.into_iter().filter(|(key, _)| given.has(key)).collect();
    let has_days = given.has("from_date") || given.has("to_date");
    if told.len() + usize::from(has_days) != 1 {
        report.add(given.at, c::CD3_TIME_CONSTRAINT_REQUIRED);
    }
    for (key, unit) in told {
        if given.int(key).is_some_and(|length| length <= 0) {
            report.add(given.at(key), c::CD3_WINDOW_NOT_POSITIVE);
        }
        behavior["window"] = json!({"unit": unit, "value": given.get(key)});
    }
    match (given.has("from_date"), given.has("to_date")) {
        (true, false) => report.add(given.at("from_date"), c::CD5_FROM_REQUIRES_TO),
        (false, true) => report.add(given.at("to_date"), c::CD5_TO_REQUIRES_FROM),
        _ => {}
    }
    let (from, to) = (given.text("from_date"), given.text("to_date"));
    if let (Some(from), Some(to)) = (from, to) {
        days::range((from, &given.at("from_date")), (to, &given.at("to_date")), DAYS, report);
        behavior["from_date"] = from.into();
        behavior["to_date"] = to.into();
    } else {
        for (key, text) in [("from_date", from), ("to_date", to)] {
            if let Some(text) = text {
                days::one(text, DAYS, given.at(key), report);
            }
        }
    }
}

/// Reads a criterion of a profile property.
fn has_property(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let name = given.text("has_property")?;
    if is_blank(name) {
        report.add(given.at("has_property"), c::CD7_EMPTY_PROPERTY);
    }
    let operator = match given.text("op")? {
        "not_equals" => "!=",
        "contains" => "in",
        "not_contains" => "not in",
        "greater_than" => ">",
        "less_than" => "<",
        "is_set" => "defined",
        "is_not_set" => "not defined",
        _ => "==",
    };
    let operand = if operator.ends_with("defined") { Some(&Value::Null) } else { given.get("value") };
    let Some(operand) = operand else {
        report.add(given.at("value"), c::ASK_MISSING.with("x", "value"));
        return None;
    };
    let operand = if operand.is_null() { Value::from("") } else { operand.clone() };
    Some(
        json!({"property": "user", "value": name, "operator": operator, "operand": operand, "type": given.text("type")}),
    )
}

/// Reads a criterion of a saved cohort.
fn member(given: Object<'_, '_>, operator: &str, report: &mut Report) -> Option<Value> {
    let id = given.get(given.shape.key)?;
    if int(id).is_some_and(|id| id <= 0) {
        report.add(given.at(given.shape.key), c::CD8_COHORT_ID_NOT_POSITIVE);
    }
    Some(json!({"property": "cohort", "value": id, "operator": operator}))
}
