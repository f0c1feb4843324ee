//! The arguments of a row as JSON Schema (2020-12), which agents read before they call.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::ask::arguments_schema;
use crate::operation::{Kind, Least, Of, Operation, Param};

impl Operation {
    /// Returns the schema of the arguments as one JSON object. What only a command line or an upload has is not in it.
    pub fn input_schema(&self) -> Map<String, Value> {
        if let Some(family) = self.asks
            && let Value::Object(schema) = arguments_schema(family)
        {
            return schema;
        }
        let params = || self.params.iter().filter(|param| !matches!(param.kind, Kind::File | Kind::Output));
        let properties: Map<String, Value> = params().map(|param| (param.name.to_owned(), property(param))).collect();
        let required: Vec<&str> = params().filter(|param| param.required).map(|param| param.name).collect();
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), properties.into());
        if !required.is_empty() {
            schema.insert("required".to_owned(), required.into());
        }
        schema.insert("additionalProperties".to_owned(), false.into());
        schema
    }
}

/// Returns a schema whose own definitions were moved below `at`, each under its name with a prefix: where schemas share one place for
/// what they refer to, such as the components of an OpenAPI document.
pub fn hoisted(schema: Value, at: &str, prefix: &str, moved: &mut BTreeMap<String, Value>) -> Value {
    let Value::Object(mut schema) = schema else { return schema };
    let own = schema.shift_remove("$defs");
    for (name, definition) in own.as_ref().and_then(Value::as_object).into_iter().flatten() {
        moved.entry(format!("{prefix}{name}")).or_insert_with(|| referring(definition, at, prefix));
    }
    referring(&Value::Object(schema), at, prefix)
}

fn referring(schema: &Value, at: &str, prefix: &str) -> Value {
    match schema {
        Value::Array(list) => list.iter().map(|one| referring(one, at, prefix)).collect(),
        Value::Object(fields) => {
            let one = |(key, value): (&String, &Value)| match value.as_str().and_then(|to| to.strip_prefix("#/$defs/"))
            {
                Some(name) if key == "$ref" => (key.clone(), format!("{at}{prefix}{name}").into()),
                _ => (key.clone(), referring(value, at, prefix)),
            };
            Value::Object(fields.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

fn property(param: &Param) -> Value {
    let mut one = of_kind(param.kind);
    if let Some(most) = param.text.most {
        one["maxLength"] = most.into();
    }
    if param.text.least != Least::Nothing {
        one["minLength"] = 1.into();
    }
    let is_list = matches!(param.kind, Kind::Ints | Kind::List | Kind::Names);
    if is_list && !param.empty {
        one["minItems"] = 1.into();
    }
    let mut schema = if param.is_many() { json!({"type": "array", "items": one}) } else { one };
    schema["description"] = param.help.into();
    if let Some(default) = param.default {
        // The text of a number, a boolean or a list is that; that of a list may have commas instead. Every other text is itself.
        schema["default"] = match schema["type"].as_str() {
            Some("string") => default.into(),
            Some("array") => match serde_json::from_str(default) {
                Ok(Value::Array(list)) => list.into(),
                _ => default.split(',').map(str::trim).collect(),
            },
            _ => serde_json::from_str(default).unwrap_or_else(|_| default.into()),
        };
    }
    schema
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Str | Kind::Id | Kind::Secret | Kind::Property | Kind::TextFile | Kind::File | Kind::Output => {
            json!({"type": "string"})
        }
        Kind::Int => json!({"type": "integer"}),
        Kind::Ints => json!({"type": "array", "items": {"type": "integer"}}),
        Kind::List | Kind::Names => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Flag | Kind::Toggle => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::JsonFile => json!({"type": "object"}),
        Kind::OneOf(words) | Kind::AnyCase(words) => json!({"type": "string", "enum": words}),
        Kind::Json(of) => of_json(of),
    }
}

fn of_json(of: Of) -> Value {
    match of {
        Of::Any => json!({}),
        Of::Text | Of::Time => json!({"type": "string"}),
        Of::Int => json!({"type": "integer"}),
        Of::Number => json!({"type": "number"}),
        Of::Bool => json!({"type": "boolean"}),
        Of::Word(words) => json!({"type": "string", "enum": words}),
        Of::Object | Of::One(_) | Of::Map(_) => json!({"type": "object"}),
        Of::TextsByName => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Of::ListsByName => {
            json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
        }
        Of::Values => json!({"type": "array", "items": {}}),
        Of::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Of::Ints => json!({"type": "array", "items": {"type": "integer"}}),
        Of::Objects | Of::List(_) => json!({"type": "array", "items": {"type": "object"}}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::bind;
    use crate::nouns::{all, find};
    use crate::sample;

    #[test]
    fn a_schema_tells_what_a_row_takes() {
        let schema = find("query.segmentation").expect("a row").input_schema();
        assert_eq!(schema["required"], json!(["event", "from", "to"]));
        assert_eq!(schema["properties"]["from"]["format"], "date");
        assert_eq!(schema["properties"]["unit"]["enum"], json!(["day", "week", "month"]));
        assert_eq!(schema["properties"]["unit"]["default"], "day");
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn definitions_move_to_where_others_find_them() {
        let schema = json!({"type": "object", "properties": {"by": {"$ref": "#/$defs/By"}},
            "$defs": {"By": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/By"}]}}});
        let mut moved = BTreeMap::new();
        let schema = hoisted(schema, "#/components/", "Ask", &mut moved);
        assert_eq!(schema, json!({"type": "object", "properties": {"by": {"$ref": "#/components/AskBy"}}}));
        assert_eq!(moved["AskBy"], json!({"anyOf": [{"type": "string"}, {"$ref": "#/components/AskBy"}]}));
    }

    #[test]
    fn what_a_schema_asks_for_is_what_the_row_accepts() {
        for operation in all() {
            let schema = operation.input_schema();
            for (name, property) in schema["properties"].as_object().expect("an object") {
                let Some(default) = property.get("default") else { continue };
                let is_fitting = match property["type"].as_str() {
                    Some("string") => default.is_string(),
                    Some("integer") => default.is_i64(),
                    Some("boolean") => default.is_boolean(),
                    Some("array") => default.is_array(),
                    _ => true,
                };
                assert!(is_fitting, "{}.{name}: {property}", operation.id);
            }
            let arguments = sample::arguments(operation);
            let known = |name: &String| schema["properties"].get(name).is_some();
            assert!(arguments.keys().all(known), "{}", operation.id);
            let problems = bind(operation, &arguments).err();
            assert!(problems.is_none(), "{}: {problems:?}", operation.id);
        }
    }
}
