//! Saved metrics and behaviors, which come as objects by their ids.

use serde_json::{Map, Value, json};

use super::{Fields, given};
use crate::operation::Bound;
use mp_proto::failure::Problems;

/// Returns the one entry of an object.
pub(crate) fn only(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let Value::Object(entries) = answer else { return Err("something else than an object".to_owned()) };
    let count = entries.len();
    let mut values = entries.into_iter().map(|(_, value)| value);
    match (values.next(), count) {
        (Some(one), 1) => Ok(one),
        _ => Err(format!("{count} entries instead of one")),
    }
}

fn values(answer: Value) -> Result<Vec<Value>, String> {
    match answer {
        Value::Object(entries) => Ok(entries.into_iter().map(|(_, value)| value).collect()),
        Value::Array(entries) => Ok(entries),
        _ => Err("something else than an object".to_owned()),
    }
}

/// Returns the entries that are wanted.
pub(crate) fn list(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let is = |entry: &Value, argument: &str, field: &str| {
        arguments.get(argument).is_none_or(|wanted| entry.get(field).unwrap_or(&Value::Null) == wanted)
    };
    let part = given(arguments, "name_contains").as_str().unwrap_or_default().to_lowercase();
    let is_wanted = |entry: &Value| {
        let name = entry["name"].as_str().unwrap_or_default().to_lowercase();
        let is_verified = arguments
            .get("verified")
            .is_none_or(|wanted| wanted.as_bool() == Some(entry["verified"].as_bool().unwrap_or(false)));
        let can_be_seen = !arguments.contains_key("viewable_only") || entry["can_view"] != Value::Bool(false);
        is(entry, "type", "type") && is_verified && name.contains(&part) && can_be_seen
    };
    Ok(values(answer)?.into_iter().filter(is_wanted).collect())
}

/// Returns the metrics that were marked, and notes those that Mixpanel left out.
pub(crate) fn verified(arguments: &Fields, answer: Value, notes: &mut Vec<String>) -> Result<Value, String> {
    let values = values(answer)?;
    let is_missing = |id: &&Value| !values.iter().any(|entry| entry["id"] == **id);
    let wanted = given(arguments, "metric_ids");
    let missing: Vec<String> =
        wanted.as_array().into_iter().flatten().filter(is_missing).map(ToString::to_string).collect();
    if !missing.is_empty() {
        notes.push(format!("Mixpanel did not change {}", missing.join(", ")));
    }
    Ok(values.into())
}

fn body(bound: &mut Bound) -> &mut Map<String, Value> {
    bound.body.get_or_insert_default()
}

fn each_id(arguments: &Fields, entry: impl Fn(&Value) -> Value) -> Value {
    let ids = ["metric_ids", "behavior_ids"].iter().find_map(|name| arguments.get(*name));
    ids.and_then(Value::as_array).into_iter().flatten().map(entry).collect()
}

/// Marks metrics as verified, or not.
pub(crate) fn verify(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    let is_verified = !arguments.contains_key("unverify");
    let metrics = each_id(arguments, |id| json!({"id": id, "verified": is_verified}));
    body(bound).insert("metrics".to_owned(), metrics);
}

/// Names what is deleted.
pub(crate) fn ids(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    let name = if arguments.contains_key("metric_ids") { "metrics" } else { "behaviors" };
    let ids = each_id(arguments, |id| json!({"id": id}));
    body(bound).insert(name.to_owned(), ids);
}

fn at_least_one(arguments: &Fields, problems: &mut Problems, of: &[&str]) {
    if !of.iter().any(|name| arguments.contains_key(*name)) {
        problems.add(of[0], "or another change must be given");
    }
}

/// Checks a new behavior, and puts its type beside its definition.
pub(crate) fn behavior(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    let definition = given(arguments, "definition_file");
    match definition["behavior"]["type"].as_str() {
        Some(kind) => drop(body(bound).insert("type".to_owned(), kind.into())),
        None => problems.add("definition_file", "must have a text as 'behavior.type'"),
    }
}

/// Checks that something of a behavior changes.
pub(crate) fn changed_behavior(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    at_least_one(arguments, problems, &["name", "description", "definition_file", "verified"]);
}

/// Returns the kind of a metric: as given, else as its definition shows.
pub fn metric_kind(arguments: &Fields) -> &'static str {
    const KINDS: [&str; 3] = ["metric", "formula", "warehouse"];
    let definition = given(arguments, "definition_file");
    match arguments.get("kind").and_then(Value::as_str) {
        Some(given) => KINDS.into_iter().find(|kind| *kind == given).unwrap_or(KINDS[0]),
        None if definition.get("formula").is_some() => "formula",
        None if definition.get("query").is_some() || arguments.contains_key("warehouse_source_id") => "warehouse",
        None => "metric",
    }
}

/// Most days back from today that a query may ask for.
const MOST_DAYS: i64 = 3650;

/// Days back from today that a query asks for when nothing is said.
const USUAL_DAYS: i64 = 30;

/// Checks the range of days of a query: dates, or days back from today.
pub(crate) fn range(arguments: &Fields, problems: &mut Problems) {
    let day = |name: &str| arguments.get(name).and_then(Value::as_str);
    let last = arguments.get("last").and_then(Value::as_i64).unwrap_or(USUAL_DAYS);
    match last {
        ..1 => problems.add("last", "must be at least 1"),
        1..=MOST_DAYS => {}
        _ => problems.add("last", format!("must be at most {MOST_DAYS}")),
    }
    match (day("from"), day("to")) {
        (None, Some(_)) if !problems.has("from") => problems.add("from", "must be given with to"),
        // A day is spelled in one way, so its text is in the order of the calendar.
        (Some(from), Some(to)) if from > to => problems.add("to", format!("must not be before {from}")),
        _ => {}
    }
    if last != USUAL_DAYS && (day("from").is_some() || day("to").is_some()) {
        problems.add("last", "cannot go with dates");
    }
}

/// Checks that a definition has what the kind of its metric needs.
fn definition_of_metric(arguments: &Fields, problems: &mut Problems) {
    let definition = given(arguments, "definition_file");
    let mut needs = |name: &str, is_there: bool| {
        if !is_there {
            problems.add("definition_file", format!("must have '{name}': it is of a {}", metric_kind(arguments)));
        }
    };
    if !arguments.contains_key("no_validate") {
        match metric_kind(arguments) {
            "formula" => {
                needs("formula.definition", definition["formula"]["definition"].is_string());
                needs("formula.referencedMetrics", definition["formula"]["referencedMetrics"].is_array());
            }
            "warehouse" => needs("query", definition.get("query").is_some()),
            _ => {
                needs("behavior", definition["behavior"].is_object());
                needs("measurement", definition["measurement"].is_object());
            }
        }
    }
}

/// Checks a new metric, and puts its kind beside its definition.
pub(crate) fn metric(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    definition_of_metric(arguments, problems);
    let kind = metric_kind(arguments);
    if kind == "warehouse" && !arguments.contains_key("warehouse_source_id") {
        problems.add("warehouse_source_id", "must be given for a warehouse metric");
    }
    let body = body(bound);
    body.insert("type".to_owned(), kind.into());
    if kind == "warehouse"
        && let Some(source) = arguments.get("warehouse_source_id")
    {
        body.insert("warehouse_source_id".to_owned(), source.clone());
    }
}

/// Checks that something of a metric changes; its kind and source come with a definition only.
pub(crate) fn changed_metric(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    at_least_one(arguments, problems, &["name", "description", "definition_file", "owner_id", "verified"]);
    if arguments.contains_key("definition_file") {
        definition_of_metric(arguments, problems);
    } else {
        for name in ["kind", "warehouse_source_id"] {
            if arguments.contains_key(name) {
                problems.add(name, "needs definition_file");
            }
        }
    }
    if let Some(owner) = arguments.get("owner_id") {
        body(bound).insert("owned_by".to_owned(), json!({"id": owner}));
    }
}
