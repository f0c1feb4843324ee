//! The schema of arguments.

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
fn schemas_are_valid_and_their_references_lead_somewhere() {
    for family in Family::ALL {
        let schema = arguments_schema(family);
        assert!(jsonschema::meta::is_valid(&schema), "{}", family.as_str());
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
