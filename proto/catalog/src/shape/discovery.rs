//! What there is in a project: names of events and properties, values, top events.

use serde_json::Value;

use super::{Fields, entries, object, take};
use crate::operation::results;
use mp_proto::json::spaced;

/// Sorts a list of names.
pub(crate) fn names(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let list = answer.as_array().ok_or("something else than a list of names")?;
    let mut names: Vec<String> = list.iter().map(word).collect();
    names.sort();
    Ok(names.into())
}

/// Sorts the keys of an object.
pub(crate) fn keys(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let fields = answer.as_object().ok_or("something else than an object of properties")?;
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    Ok(names.into_iter().cloned().collect())
}

/// Makes texts of a list of values.
pub(crate) fn words(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let list = answer.as_array().ok_or("something else than a list of values")?;
    Ok(list.iter().map(word).collect())
}

/// Returns a value as a text; one that is no text becomes its JSON.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| spaced(value), str::to_owned)
}

/// Takes the events out of their envelope, and calls the amount what it is: a count.
pub(crate) fn top_events(_: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let list = take(&mut answer, "events")?;
    let one = |entry: &Value| {
        let field = |name: &str| entry.get(name).cloned().ok_or_else(|| format!("an event without '{name}'"));
        let fields =
            [("event", field("event")?), ("count", field("amount")?), ("percent_change", field("percent_change")?)];
        Ok(Value::Object(object(fields)))
    };
    entries(&list).map(one).collect()
}

/// Takes a second envelope off, which some answers have and some have not.
pub(crate) fn inner_results(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    Ok(results(answer))
}
