//! Definitions of events and properties, custom ones included, and lookup tables.

use serde_json::{Value, json};

use super::{Fields, object, take};
use crate::operation::Bound;
use mp_proto::failure::Problems;

/// Asks for the audit of events only.
pub(crate) fn audit(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    if arguments.contains_key("events_only") {
        bound.path = "data-definitions/audit-events-only/".to_owned();
    }
}

/// Returns the findings of an audit and when it was made, which come as a pair.
pub(crate) fn audited(_: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let pair = answer.as_array_mut().ok_or("something else than a pair")?;
    // An audit that was never made has neither.
    let violations = pair.first_mut().map_or_else(|| json!([]), Value::take);
    let computed_at = pair.get(1).and_then(|about| about.get("computed_at")).cloned().unwrap_or_else(|| "".into());
    Ok(Value::Object(object([("violations", violations), ("computed_at", computed_at)])))
}

/// Returns an export, or that it is still being made: then a text says so.
pub(crate) fn exported(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    Ok(match answer {
        Value::String(text) => json!({"status": "pending", "message": text}),
        other => other,
    })
}

/// Returns the anomalies of an answer.
pub(crate) fn anomalies(_: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    take(&mut answer, "anomalies")
}

/// Returns tags; one that is only a name has the id 0.
pub(crate) fn tags(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let tag = |tag| match tag {
        Value::String(name) => json!({"id": 0, "name": name}),
        other => other,
    };
    match answer {
        Value::Array(tags) => Ok(tags.into_iter().map(tag).collect()),
        other => Ok(other),
    }
}

/// Returns a custom event that was made.
pub(crate) fn custom_event(_: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    take(&mut answer, "custom_event")
}

/// Makes the text of a list of events of their names.
pub(crate) fn alternatives(names: Value) -> Result<Value, String> {
    let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some((_, twice)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(format!("must not name an event twice: {twice}"));
    }
    let event = |name: &Value| json!({"event": name});
    Ok(Value::Array(names.iter().map(event).collect()).to_string().into())
}

/// Returns the address of a download; it may come bare.
pub(crate) fn download_url(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let url = match &answer {
        Value::String(_) => Some(answer.clone()),
        other => ["url", "download_url"].iter().find_map(|name| other.get(name)).cloned(),
    };
    Ok(json!({"url": url.ok_or("an answer without 'url'")?}))
}

/// Takes the usual words for what has a property.
pub(crate) fn resource(word: Value) -> Result<Value, String> {
    let text = word.as_str().unwrap_or_default().to_lowercase();
    Ok(match text.as_str() {
        "event" | "events" => "Event".into(),
        "user" | "users" | "people" => "User".into(),
        _ => word,
    })
}

/// A custom property comes from a formula with its inputs, or from a behavior.
pub(crate) fn custom_property(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    let has = |name: &str| arguments.contains_key(name);
    match (has("display_formula"), has("composed_properties"), has("behavior")) {
        (true, true, false) | (false, false, true) => {}
        (true, _, true) => problems.add("behavior", "cannot go with display_formula"),
        (false, true, true) => problems.add("behavior", "cannot go with composed_properties"),
        (true, false, false) => problems.add("composed_properties", "must be given with display_formula"),
        (false, _, false) => problems.add("display_formula", "or behavior must be given"),
    }
}
