//! What a row answers as JSON Schema (2020-12), for those who write types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::operation::{Field, Model, Names, Of, Operation, Shape};

impl Operation {
    /// Returns the schema of what it answers; none where that is no JSON. Objects are referred to by their names below `at`, and their
    /// schemas are added to the models.
    pub fn output_schema(&self, at: &str, models: &mut BTreeMap<String, Value>) -> Option<Value> {
        let mut schemas = Schemas { at, models };
        let object = match self.reply.object() {
            Some((model, names)) => schemas.of_model(model, names),
            None => json!({"type": "object"}),
        };
        Some(match self.reply.shape {
            Shape::One => object,
            Shape::List => json!({"type": "array", "items": object}),
            Shape::Words => json!({"type": "array", "items": {"type": "string"}}),
            Shape::Values => json!({"type": "array", "items": {}}),
            Shape::Any => json!({}),
            Shape::Empty => json!({"type": "null"}),
            Shape::Bytes | Shape::Lines => return None,
        })
    }
}

struct Schemas<'a> {
    at: &'a str,
    models: &'a mut BTreeMap<String, Value>,
}

impl Schemas<'_> {
    /// Returns a reference to a model.
    fn of_model(&mut self, model: &Model, names: Names) -> Value {
        let name = model.name;
        if !self.models.contains_key(name) {
            // It stands there before its fields are looked at: they may lead back to it.
            self.models.insert(name.to_owned(), Value::Null);
            let described = self.described(model, names);
            self.models.insert(name.to_owned(), described);
        }
        json!({"$ref": format!("{}{name}", self.at)})
    }

    fn described(&mut self, model: &Model, names: Names) -> Value {
        let mut properties = Map::new();
        for field in model.fields {
            properties.insert(field.shown(names).to_owned(), self.of_field(field, names));
        }
        let required: Vec<&str> =
            model.fields.iter().filter(|field| field.required).map(|field| field.shown(names)).collect();
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema["additionalProperties"] = (!model.closed).into();
        schema
    }

    fn of_field(&mut self, field: &Field, names: Names) -> Value {
        let schema = self.of_value(field.of, names);
        if field.required { schema } else { or_null(schema) }
    }

    fn of_value(&mut self, of: Of, names: Names) -> Value {
        let list = |items: Value| json!({"type": "array", "items": items});
        let by_name = |values: Value| json!({"type": "object", "additionalProperties": values});
        match of {
            Of::Any => json!({}),
            // Mixpanel adds words, and what was written by others is shown as it is.
            Of::Text | Of::Time | Of::Word(_) => json!({"type": "string"}),
            Of::Int => json!({"type": "integer"}),
            Of::Number => json!({"type": "number"}),
            Of::Bool => json!({"type": "boolean"}),
            Of::Object => json!({"type": "object"}),
            Of::Values => list(json!({})),
            Of::Texts => list(json!({"type": "string"})),
            Of::Ints => list(json!({"type": "integer"})),
            Of::Objects => list(json!({"type": "object"})),
            Of::TextsByName => by_name(json!({"type": "string"})),
            Of::ListsByName => by_name(list(json!({"type": "string"}))),
            Of::One(model) => self.of_model(model, names),
            Of::List(model) => list(self.of_model(model, names)),
            Of::Map(model) => by_name(self.of_model(model, names)),
        }
    }
}

fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    } else if schema.get("$ref").is_some() {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nouns::{all, find};

    fn schema(id: &str) -> (Value, BTreeMap<String, Value>) {
        let mut models = BTreeMap::new();
        let schema = find(id).expect("a row").output_schema("#/", &mut models).expect("JSON");
        (schema, models)
    }

    #[test]
    fn an_answer_refers_to_its_objects() {
        let (list, models) = schema("cohorts.list");
        assert_eq!(list, json!({"type": "array", "items": {"$ref": "#/Cohort"}}));
        let creator = &models["Cohort"]["properties"]["created_by"];
        assert_eq!(*creator, json!({"anyOf": [{"$ref": "#/CohortCreator"}, {"type": "null"}]}));
        assert_eq!(models["Cohort"]["required"], json!(["id", "name"]));
        assert_eq!(models["Cohort"]["additionalProperties"], true);
        assert_eq!(schema("cohorts.delete").0, json!({"type": "null"}));
        assert_eq!(schema("query.segmentation").1["SegmentationResult"]["additionalProperties"], false);
    }

    #[test]
    fn a_name_stands_for_one_kind_of_object() {
        let mut seen: BTreeMap<String, Value> = BTreeMap::new();
        for operation in all() {
            let mut models = BTreeMap::new();
            operation.output_schema("#/", &mut models);
            for (name, schema) in models {
                let known = seen.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*known, schema, "{name}, as {} has it, is another {name}", operation.id);
            }
        }
        assert!(seen.len() > 80, "{}", seen.len());
    }

    #[test]
    fn answers_are_described_down_to_their_fields() {
        let vague: Vec<&str> = all()
            .filter(|row| matches!(row.reply.shape, Shape::One | Shape::List) && row.reply.object().is_none())
            // What a question is answered with depends on its family.
            .filter(|row| !row.id.starts_with("ask."))
            .map(|row| row.id)
            .collect();
        assert!(vague.is_empty(), "{vague:?} answer objects: add a model, or describe what code makes");
    }
}
