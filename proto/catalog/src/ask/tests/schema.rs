//! The schema of arguments, and a reader of as much of JSON Schema as it uses.

use serde_json::Value;

use crate::ask::{Family, arguments_schema};

/// Returns all places of a schema that say something of themselves.
fn walk<'a>(schema: &'a Value, see: &mut impl FnMut(&'a Value)) {
    see(schema);
    match schema {
        Value::Object(map) => map.values().for_each(|value| walk(value, see)),
        Value::Array(list) => list.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

#[test]
fn references_lead_somewhere() {
    for family in Family::ALL {
        let schema = arguments_schema(family);
        let defs = schema["$defs"].as_object().expect("definitions");
        let mut count = 0;
        walk(&schema, &mut |place| {
            if let Some(reference) = place.get("$ref").and_then(Value::as_str) {
                let name = reference.strip_prefix("#/$defs/").expect("a reference to a definition");
                assert!(defs.get(name).is_some_and(Value::is_object), "{reference}");
                count += 1;
            }
        });
        assert!(count > 5, "{}: {count}", family.as_str());
    }
}

#[test]
fn arguments_and_definitions_are_described() {
    for family in Family::ALL {
        let schema = arguments_schema(family);
        let defs = schema["$defs"].as_object().expect("definitions").iter();
        for (name, object) in defs.chain([(&family.as_str().to_owned(), &schema)]) {
            assert!(object["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
            for (key, property) in object["properties"].as_object().into_iter().flatten() {
                let text = property["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty() && !text.ends_with('.'), "{name}.{key}: {text:?}");
            }
        }
    }
}

#[test]
fn defaults_and_words_are_those_that_are_checked() {
    let schema = arguments_schema(Family::Retention);
    let unit = &schema["properties"]["retention_unit"];
    assert_eq!(unit["default"], "week");
    assert_eq!(unit["anyOf"][0]["enum"], serde_json::json!(["day", "week", "month"]));
    assert_eq!(arguments_schema(Family::Insights)["properties"]["limit"]["default"], 3000);
}

/// Tells whether a value fits a schema of a document.
pub(super) fn fits(value: &Value, schema: &Value, document: &Value) -> bool {
    let Value::Object(schema) = schema else { return schema != &Value::Bool(false) };
    schema.iter().all(|(key, rule)| match key.as_str() {
        "$ref" => {
            let name = rule.as_str().and_then(|text| text.strip_prefix("#/$defs/")).expect("a definition");
            fits(value, &document["$defs"][name], document)
        }
        "anyOf" => rule.as_array().into_iter().flatten().any(|one| fits(value, one, document)),
        "enum" => rule.as_array().is_some_and(|words| words.contains(value)),
        "type" => match rule {
            Value::Array(kinds) => kinds.iter().any(|kind| is_of(value, kind)),
            kind => is_of(value, kind),
        },
        "items" => value.as_array().into_iter().flatten().all(|item| fits(item, rule, document)),
        "required" => {
            let keys = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
            value.as_object().is_none_or(|object| keys.into_iter().all(|key| object.contains_key(key)))
        }
        "properties" => {
            let of = |key: &str| rule.get(key).unwrap_or(&Value::Bool(true));
            value.as_object().into_iter().flatten().all(|(key, value)| fits(value, of(key), document))
        }
        "additionalProperties" => {
            let known = schema.get("properties").and_then(Value::as_object);
            let is_more = |key: &str| known.is_none_or(|known| !known.contains_key(key));
            let more = value.as_object().into_iter().flatten().filter(|(key, _)| is_more(key));
            more.into_iter().all(|(_, value)| fits(value, rule, document))
        }
        "$schema" | "$defs" | "description" | "default" | "format" => true,
        other => panic!("the schema uses {other}"),
    })
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.as_number().is_some_and(|number| !number.to_string().contains(['.', 'e', 'E'])),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        other => panic!("no type: {other:?}"),
    }
}
