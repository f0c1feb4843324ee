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
    /// A stream of JSON Lines: one object a line, however many.
    Lines,
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
    /// The fields of each object that hold a time: they are shown with `+00:00`, however Mixpanel spells them.
    pub times: &'static [&'static str],
}

impl Reply {
    /// Returns an answer without its envelope as callers get it; none when it is something else than was expected.
    pub fn take(&self, answer: Value) -> Option<Value> {
        let mut taken = self.shape.take(answer)?;
        let objects = match &mut taken {
            Value::Array(rows) => rows.as_mut_slice(),
            other => std::slice::from_mut(other),
        };
        for object in objects.iter_mut().filter_map(Value::as_object_mut) {
            for name in self.times {
                if let Some(Value::String(text)) = object.get_mut(*name) {
                    spell(text);
                }
            }
        }
        Some(taken)
    }
}

/// Spells a time in UTC as the Python tool does; a text that is no time with an offset stays as it is.
fn spell(text: &mut String) {
    let Ok(time) = text.parse::<jiff::Timestamp>() else { return };
    let has_fraction = time.subsec_nanosecond() != 0;
    let format = if has_fraction { "%Y-%m-%dT%H:%M:%S.%6f+00:00" } else { "%Y-%m-%dT%H:%M:%S+00:00" };
    *text = time.strftime(format).to_string();
}

impl Shape {
    /// Returns an answer without its envelope as callers get it; none when it is something else than was expected.
    fn take(self, answer: Value) -> Option<Value> {
        let fits = match (self, &answer) {
            (Self::One, Value::Object(_)) => true,
            (Self::List, Value::Array(rows)) => rows.iter().all(Value::is_object),
            (Self::Empty, _) => return Some(Value::Null),
            // Lines are never taken as a whole.
            (Self::Lines, _) => false,
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
    fn times_are_spelled_alike() {
        let reply = Reply { shape: Shape::List, columns: &[], times: &["created", "modified", "missing"] };
        let answer = json!([{"created": "2025-01-10T12:30:00Z", "modified": "2025-02-11T08:15:30.25Z", "pinned": "2025-01-01T00:00:00Z"},
            {"created": null, "modified": "2025-02-01T00:00:00"}]);
        let expected = json!([{"created": "2025-01-10T12:30:00+00:00", "modified": "2025-02-11T08:15:30.250000+00:00",
            "pinned": "2025-01-01T00:00:00Z"}, {"created": null, "modified": "2025-02-01T00:00:00"}]);
        assert_eq!(reply.take(answer), Some(expected));
    }

    #[test]
    fn an_answer_must_have_its_shape() {
        assert_eq!(Shape::List.take(json!([{"id": 1}])), Some(json!([{"id": 1}])));
        assert_eq!(Shape::List.take(json!([])), Some(json!([])));
        assert_eq!((Shape::List.take(json!({})), Shape::List.take(json!([1]))), (None, None));
        assert_eq!((Shape::One.take(json!({})), Shape::One.take(json!([]))), (Some(json!({})), None));
        assert_eq!(Shape::Empty.take(json!({"status": "ok"})), Some(Value::Null));
    }
}
