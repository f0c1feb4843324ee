//! What a row cannot say: pure functions that check and arrange arguments, that make what callers get of what Mixpanel sends, and the rows
//! of tables. One file for each kind of request or answer.

pub(super) mod activity;
pub(super) mod bodies;
mod bookmark;
pub(super) mod bundle;
pub(super) mod business_context;
pub(super) mod dashboards;
pub(super) mod definitions;
pub(super) mod discovery;
pub(super) mod effects;
pub(super) mod exports;
mod flows;
pub(super) mod funnel;
pub(super) mod lexicon;
mod number;
pub(super) mod pages;
pub(super) mod recordings;
pub(super) mod results;
pub(super) mod retention;
pub(super) mod rrweb;
pub(super) mod saved_definitions;
pub(super) mod saved_reports;
pub(super) mod series;
pub(super) mod subproperties;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

/// The fields of an object.
type Fields = Map<String, Value>;

/// Returns an argument as it was given; null when it was not.
fn given(arguments: &Fields, name: &str) -> Value {
    arguments.get(name).cloned().unwrap_or_default()
}

/// Takes a field out of an object.
fn take(answer: &mut Value, name: &str) -> Result<Value, String> {
    let taken = answer.as_object_mut().and_then(|fields| fields.swap_remove(name));
    taken.ok_or_else(|| format!("an answer without '{name}'"))
}

/// Takes a field that is an object out of an object.
fn take_object(answer: &mut Value, name: &str) -> Result<Fields, String> {
    match take(answer, name)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(format!("a '{name}' that is no object")),
    }
}

/// Takes a list that may be missing.
fn take_list(answer: &mut Value, name: &str) -> Value {
    take(answer, name).ok().filter(Value::is_array).unwrap_or_else(|| Value::Array(Vec::new()))
}

/// Returns an object of its fields.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns the fields of an object; none of anything else.
fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns the entries of a list; none of anything else.
fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
