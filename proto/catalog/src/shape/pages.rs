//! Lists that come page by page.

use serde_json::Value;

use super::{Fields, object};

/// Returns a page of a history, with what leads to the next one; a bare list is all there is.
pub(crate) fn history(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    match answer {
        Value::Array(_) => Ok(Value::Object(object([("results", answer), ("pagination", Value::Null)]))),
        Value::Object(fields) if fields.contains_key("results") => Ok(Value::Object(fields)),
        _ => Err("an answer without 'results'".to_owned()),
    }
}
