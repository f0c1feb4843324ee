//! What is made of an answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is left when the envelope is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An object.
    One,
    /// A list of objects.
    List,
    /// Nothing of interest.
    Empty,
}

/// What is made of an answer, and how a table shows it.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    /// What it must be.
    pub shape: Shape,
    /// The columns of a table.
    pub columns: &'static [&'static str],
}

impl Shape {
    /// Returns an answer without its envelope as callers get it; none when it is something else than was expected.
    pub fn take(self, answer: Value) -> Option<Value> {
        let fits = match (self, &answer) {
            (Self::One, Value::Object(_)) => true,
            (Self::List, Value::Array(rows)) => rows.iter().all(Value::is_object),
            (Self::Empty, _) => return Some(Value::Null),
            _ => false,
        };
        fits.then_some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_must_have_its_shape() {
        assert_eq!(Shape::List.take(json!([{"id": 1}])), Some(json!([{"id": 1}])));
        assert_eq!(Shape::List.take(json!([])), Some(json!([])));
        assert_eq!((Shape::List.take(json!({})), Shape::List.take(json!([1]))), (None, None));
        assert_eq!((Shape::One.take(json!({})), Shape::One.take(json!([]))), (Some(json!({})), None));
        assert_eq!(Shape::Empty.take(json!({"status": "ok"})), Some(Value::Null));
    }
}
