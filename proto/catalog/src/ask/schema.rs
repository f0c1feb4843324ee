//! The declarations as JSON Schema (2020-12).

use serde_json::{Map, Value, json};

use super::kind::{Choice, Field, Kind, Preset, Shape};

/// Returns the schema of an object of arguments, with the kinds of objects in it under `$defs`.
pub(in crate::ask) fn schema(shape: &'static Shape) -> Value {
    let mut defs = Map::new();
    let mut schema = object(shape, &mut defs);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$defs"] = defs.into();
    schema
}

fn object(shape: &'static Shape, defs: &mut Map<String, Value>) -> Value {
    let properties: Map<String, Value> = shape
        .fields()
        .filter(|field| !matches!(field.kind, Kind::Refused))
        .map(|field| (field.name.to_owned(), property(field, defs)))
        .collect();
    let required: Vec<&str> = shape.fields().filter(|field| field.is_needed).map(|field| field.name).collect();
    let mut schema = json!({
        "type": "object", "description": shape.about, "properties": properties, "additionalProperties": false,
    });
    let has_params = shape.field("params").is_some();
    if has_params && !required.is_empty() {
        // A whole body stands for what is needed.
        schema["anyOf"] = json!([{"required": ["params"]}, {"required": required}]);
    } else if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(field: &Field, defs: &mut Map<String, Value>) -> Value {
    // What is null is left out.
    let mut schema = json!({"anyOf": [of(field.kind, defs), {"type": "null"}]});
    if field.is_needed {
        schema = of(field.kind, defs);
    }
    let default = match field.preset {
        Preset::None => None,
        Preset::Text(text) => Some(Value::from(text)),
        Preset::Int(number) => Some(number.into()),
        Preset::Bool(is_set) => Some(is_set.into()),
    };
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema["description"] = field.about.into();
    schema
}

fn of(kind: Kind, defs: &mut Map<String, Value>) -> Value {
    match kind {
        Kind::Plain => {
            let one = ["string", "number", "boolean"];
            json!({"type": ["string", "number", "boolean", "array"], "items": {"type": one}})
        }
        Kind::Text => json!({"type": "string"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Moment => json!({"type": ["string", "integer"]}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Int => json!({"type": "integer"}),
        Kind::Number => json!({"type": "number"}),
        Kind::Word(words) => json!({"type": "string", "enum": words}),
        Kind::List(kind) => json!({"type": "array", "items": of(*kind, defs)}),
        Kind::Many(kind) => {
            let one = of(*kind, defs);
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Kind::Object(shape) => defined(shape, defs),
        Kind::Map(shape) => json!({"type": "object", "additionalProperties": defined(shape, defs)}),
        Kind::Free => json!({"type": "object"}),
        Kind::Choice(choice) => chosen(choice, defs),
        Kind::Refused => Value::Bool(false),
    }
}

/// Puts a definition under its name, once; what refers to itself finds its name taken.
fn define(
    name: &'static str,
    defs: &mut Map<String, Value>,
    make: impl FnOnce(&mut Map<String, Value>) -> Value,
) -> Value {
    if !defs.contains_key(name) {
        defs.insert(name.to_owned(), Value::Null);
        let schema = make(defs);
        defs.insert(name.to_owned(), schema);
    }
    json!({"$ref": format!("#/$defs/{name}")})
}

fn defined(shape: &'static Shape, defs: &mut Map<String, Value>) -> Value {
    define(shape.name, defs, |defs| object(shape, defs))
}

fn chosen(choice: &'static Choice, defs: &mut Map<String, Value>) -> Value {
    define(choice.name, defs, |defs| {
        let mut plain: Vec<Value> = choice.plain.iter().map(|kind| of(*kind, defs)).collect();
        plain.extend(choice.shapes.iter().map(|shape| defined(shape, defs)));
        json!({"description": choice.about, "anyOf": plain})
    })
}
