//! What all families have in common: what callers get, and how parts of an answer are taken.

use serde_json::{Map, Value};

/// What callers get of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The parts of the answer, under settled names.
    pub result: Value,
    /// The same as a table: `columns` and `rows`.
    pub table: Value,
    /// The ways between the nodes of a flow that is drawn as steps.
    pub edges: Option<Value>,
}

/// Returns what every report tells: when it was computed, and of which days.
pub(super) fn head(answer: &mut Map<String, Value>) -> Map<String, Value> {
    let date = |name: &str| answer.get("date_range").and_then(|range| range.get(name)).cloned();
    let days = [("from_date", date("from_date")), ("to_date", date("to_date"))];
    let mut head = Map::new();
    head.insert("computed_at".to_owned(), taken(answer, "computed_at", || "".into()));
    head.extend(days.map(|(name, day)| (name.to_owned(), day.unwrap_or_else(|| "".into()))));
    head
}

/// Takes a field of an answer; where it has none, or null, another value.
pub(super) fn taken(answer: &mut Map<String, Value>, name: &str, default: impl FnOnce() -> Value) -> Value {
    answer.shift_remove(name).filter(|value| !value.is_null()).unwrap_or_else(default)
}

/// Takes the series of an answer.
pub(super) fn series(answer: &mut Map<String, Value>) -> Result<Value, String> {
    answer.shift_remove("series").ok_or_else(|| "an answer without 'series'".to_owned())
}

/// Returns the fields of an object; none of anything else.
pub(super) fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns the entries of a list; none of anything else.
pub(super) fn entries(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Returns a text; the empty one of anything else.
pub(super) fn text(value: &Value) -> Value {
    value.as_str().unwrap_or_default().into()
}

/// Returns the rows of the table of a whole answer to a question.
pub(crate) fn rows(answer: &Value) -> Vec<Map<String, Value>> {
    entries(&answer["table"]["rows"]).iter().filter_map(|row| row.as_object().cloned()).collect()
}

/// Stands for the whole beside its segments.
pub(super) const OVERALL: &str = "$overall";
