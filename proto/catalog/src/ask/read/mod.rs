//! What is made of the answers to ad-hoc queries: a result with the parts of the answer under settled names, and a table of it. Nothing
//! here knows how a question was sent.

mod flow;
mod funnel;
mod insights;
mod retention;
mod table;
mod users;

use serde_json::{Map, Value};

use super::Family;
pub use flow::mode as flow_mode;
pub use users::{Paging, aggregate, profiles};

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

/// Reads the answer to a report; of users, [`aggregate`] and [`profiles`] do. `mode` is that of a flow.
///
/// # Errors
/// When it is the answer to something else: what it is, as the end of a sentence.
pub fn report(family: Family, params: &Value, mode: &str, answer: Value) -> Result<Read, String> {
    let Value::Object(answer) = answer else { return Err("something else than an object".to_owned()) };
    match family {
        Family::Insights => insights::read(params, answer),
        Family::Funnel => funnel::read(answer),
        Family::Retention => retention::read(answer),
        Family::Flow => flow::read(mode, answer),
        Family::Users => Err("a report".to_owned()),
    }
}

/// Returns what every report tells: when it was computed, and of which days.
fn head(answer: &mut Map<String, Value>) -> Map<String, Value> {
    let date = |name: &str| answer.get("date_range").and_then(|range| range.get(name)).cloned();
    let days = [("from_date", date("from_date")), ("to_date", date("to_date"))];
    let mut head = Map::new();
    head.insert("computed_at".to_owned(), taken(answer, "computed_at", || "".into()));
    head.extend(days.map(|(name, day)| (name.to_owned(), day.unwrap_or_else(|| "".into()))));
    head
}

/// Takes a field of an answer; where it has none, or null, another value.
fn taken(answer: &mut Map<String, Value>, name: &str, default: impl FnOnce() -> Value) -> Value {
    answer.shift_remove(name).filter(|value| !value.is_null()).unwrap_or_else(default)
}

/// Takes the series of an answer.
fn series(answer: &mut Map<String, Value>) -> Result<Value, String> {
    answer.shift_remove("series").ok_or_else(|| "an answer without 'series'".to_owned())
}

/// Returns the fields of an object; none of anything else.
fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns the entries of a list; none of anything else.
fn entries(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Returns a text; the empty one of anything else.
fn text(value: &Value) -> Value {
    value.as_str().unwrap_or_default().into()
}

/// Returns the rows of the table of a whole answer to a question.
pub(crate) fn rows(answer: &Value) -> Vec<Map<String, Value>> {
    entries(&answer["table"]["rows"]).iter().filter_map(|row| row.as_object().cloned()).collect()
}

/// Stands for the whole beside its segments.
const OVERALL: &str = "$overall";

#[cfg(test)]
mod tests;
