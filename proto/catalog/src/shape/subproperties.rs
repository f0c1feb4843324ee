//! The fields of objects inside a property, inferred from samples of its values.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use super::{Fields, entries};

/// Samples shown of each field.
const SAMPLES: usize = 5;

/// What was seen of a field.
#[derive(Default)]
struct FieldSamples {
    scalars: Vec<Value>,
    has_nested: bool,
}

/// Infers name, type and samples of each field.
pub(crate) fn infer(_: &Fields, answer: Value, notes: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_array() {
        return Err("something else than a list of values".to_owned());
    }
    let mut seen: BTreeMap<String, FieldSamples> = BTreeMap::new();
    for object in entries(&answer).flat_map(objects) {
        for (name, value) in object {
            let field = seen.entry(name).or_default();
            match value {
                Value::Null => {}
                Value::Array(_) | Value::Object(_) => field.has_nested = true,
                scalar => field.scalars.push(scalar),
            }
        }
    }
    Ok(seen.into_iter().filter_map(|(name, field)| row(&name, &field, notes)).collect())
}

/// Returns the objects in a value, which may be the text of one.
fn objects(value: &Value) -> Vec<Fields> {
    let read = match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    match read {
        Value::Object(fields) => vec![fields],
        Value::Array(list) => list
            .into_iter()
            .filter_map(|one| if let Value::Object(fields) = one { Some(fields) } else { None })
            .collect(),
        _ => Vec::new(),
    }
}

fn row(name: &str, field: &FieldSamples, notes: &mut Vec<String>) -> Option<Value> {
    if field.scalars.is_empty() {
        if !field.has_nested {
            notes.push(format!("{name} was left out: every sample of it is null"));
        }
        return None;
    }
    if field.has_nested {
        notes.push(format!("{name} holds both plain and nested values; the plain ones are shown"));
    }
    let mut samples: Vec<&Value> = Vec::new();
    for value in &field.scalars {
        if samples.len() < SAMPLES && !samples.contains(&value) {
            samples.push(value);
        }
    }
    Some(json!({"name": name, "type": kind(name, &field.scalars, notes), "sample_values": samples}))
}

fn kind(name: &str, scalars: &[Value], notes: &mut Vec<String>) -> &'static str {
    if scalars.iter().all(Value::is_boolean) {
        return "boolean";
    }
    if scalars.iter().all(Value::is_number) {
        return "number";
    }
    if !scalars.iter().all(Value::is_string) {
        notes.push(format!("{name} has values of several types; it is shown as string"));
        return "string";
    }
    if scalars.iter().filter_map(Value::as_str).all(is_time) { "datetime" } else { "string" }
}

/// A date, or a date with a time.
fn is_time(text: &str) -> bool {
    let has_head = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let is_moment = || text.parse::<DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok();
    has_head && (text.len() == 10 && text.parse::<Date>().is_ok() || text.len() > 10 && is_moment())
}
