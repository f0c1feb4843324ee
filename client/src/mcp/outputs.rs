//! What tools answer, as short JSON Schema. What Mixpanel may change is left open: an answer that has more or less is no error of the
//! caller's. A type is told only of what the daemon itself makes of an answer, or has looked at.

use std::collections::BTreeMap;

use mp_catalog::{Operation, Shape};
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

/// The name under which an answer stands that is no object: structured content must be one.
pub(super) const RESULT: &str = "result";

/// So many fields of an object are told: a list of tools is read in every conversation.
const FIELDS: usize = 3;

/// Returns an answer as structured content.
pub(super) fn structured(value: Value) -> Value {
    if value.is_object() { value } else { json!({RESULT: value}) }
}

/// Returns the schema of an object with some properties, given as JSON text.
pub(super) fn of_text(properties: &str) -> JsonObject {
    object(serde_json::from_str(properties).unwrap_or_default())
}

/// Returns the schema of the structured content of an operation; none where it is not known before.
pub(super) fn of_operation(operation: &Operation) -> Option<JsonObject> {
    match operation.reply.shape {
        Shape::Words | Shape::List | Shape::Values => Some(of_text(r#"{"result": {"type": "array"}}"#)),
        Shape::One => Some(object(fields(operation))),
        Shape::Any | Shape::Bytes | Shape::Lines | Shape::Empty => None,
    }
}

/// Returns the fields that an object always has and that are lists, objects or texts of their own: what a reader goes for.
fn fields(operation: &Operation) -> Map<String, Value> {
    let mut models = BTreeMap::new();
    let Some(schema) = operation.output_schema("", &mut models) else { return Map::new() };
    let Some(model) = schema.get("$ref").and_then(Value::as_str).and_then(|name| models.get(name)) else {
        return Map::new();
    };
    let required: Vec<&str> = model["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let known = model["properties"].as_object().into_iter().flatten();
    known
        .filter(|(name, _)| required.contains(&name.as_str()))
        .filter_map(|(name, field)| match field.get("type") {
            Some(Value::String(kind)) => Some((name.clone(), json!({"type": kind}))),
            _ => None,
        })
        .take(FIELDS)
        .collect()
}

fn object(properties: Map<String, Value>) -> JsonObject {
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::find;

    fn schema(id: &str) -> Option<Value> {
        of_operation(find(id).expect("a row")).map(Value::Object)
    }

    #[test]
    fn answers_are_objects_and_their_schemas_open() {
        let list = json!({"type": "object", "properties": {"result": {"type": "array"}}});
        assert_eq!(schema("inspect.events"), Some(list));
        let report = schema("query.segmentation").expect("it is known");
        assert_eq!(report["properties"]["event"], json!({"type": "string"}), "{report}");
        assert_eq!(schema("dashboards.delete"), None);
        assert_eq!(structured(json!([1])), json!({"result": [1]}));
        assert_eq!(structured(json!(null)), json!({"result": null}));
        assert_eq!(structured(json!({"a": 1})), json!({"a": 1}));
    }
}
