//! Schemas of events and profiles.

use serde_json::{Map, Value, json};

use super::{Fields, fields, given, object};
use crate::operation::Bound;
use mp_proto::failure::Problems;
use mp_proto::routes::encode_segment;

/// Asks for the schemas of one kind only.
pub(crate) fn of_type(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    // The word was checked against a list, so it needs no encoding.
    if let Some(word) = arguments.get("type").and_then(Value::as_str) {
        bound.path = format!("{}/{word}", bound.path);
    }
}

/// Asks for the schemas of a kind only, or for one.
pub(crate) fn below(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let (kind, name) = (text("entity_type"), text("entity_name"));
    if kind.is_none() && name.is_some() {
        return problems.add("entity_type", "must be given with entity_name");
    }
    for segment in kind.into_iter().chain(name) {
        if ["", ".", ".."].contains(&segment) {
            let at = if kind == Some(segment) { "entity_type" } else { "entity_name" };
            return problems.add(at, "must not be empty, . or ..");
        }
        bound.path = format!("{}/{}", bound.path, encode_segment(segment));
    }
}

/// Returns the schemas briefly, sorted by kind and name.
pub(crate) fn list(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let list = answer.as_array().ok_or("something else than a list of schemas")?;
    let mut rows = list.iter().map(brief).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|one, other| {
        let key = |row: &Value| [row["entity_type"].to_string(), row["name"].to_string()];
        key(one).cmp(&key(other))
    });
    Ok(rows.into())
}

fn brief(entry: &Value) -> Result<Value, String> {
    let field = |name: &str| entry.get(name).cloned().ok_or_else(|| format!("a schema without '{name}'"));
    let schema = field("schemaJson")?;
    let properties = schema.get("properties").and_then(Value::as_object).map_or(0, Map::len);
    let description = schema.get("description").cloned().unwrap_or_default();
    Ok(Value::Object(object([
        ("entity_type", field("entityType")?),
        ("name", field("name")?),
        ("property_count", properties.into()),
        ("description", description),
    ])))
}

/// Returns one schema, in snake case.
pub(crate) fn single(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_object() {
        return Err("something else than a schema".to_owned());
    }
    let schema = object([("properties", answer.get("properties").map_or_else(|| json!({}), properties))]);
    let schema = schema.into_iter().chain(described(&answer)).collect::<Fields>();
    Ok(Value::Object(object([
        ("entity_type", given(arguments, "type")),
        ("name", given(arguments, "name")),
        ("schema_json", Value::Object(schema)),
    ])))
}

fn properties(all: &Value) -> Value {
    let one = |(name, property): (&String, &Value)| {
        let kind = property.get("type").cloned().unwrap_or_else(|| "string".into());
        let row: Fields = object([("type", kind)]).into_iter().chain(described(property)).collect();
        (name.clone(), Value::Object(row))
    };
    Value::Object(fields(all).map(one).collect())
}

/// Returns description and metadata, where there are any.
fn described(of: &Value) -> Fields {
    let mut row = Fields::new();
    if let Some(text) = of.get("description").filter(|text| !text.is_null()) {
        row.insert("description".to_owned(), text.clone());
    }
    let ours = of.get("metadata").and_then(|all| all.get("com.mixpanel")).and_then(Value::as_object);
    if let Some(ours) = ours.filter(|ours| !ours.is_empty()) {
        row.insert("metadata".to_owned(), metadata(ours));
    }
    row
}

fn metadata(ours: &Fields) -> Value {
    let value = |name: &str, default: Value| ours.get(name).cloned().unwrap_or(default);
    json!({
        "source": value("$source", Value::Null),
        "display_name": value("displayName", Value::Null),
        "tags": value("tags", json!([])),
        "hidden": value("hidden", false.into()),
        "dropped": value("dropped", false.into()),
        "contacts": value("contacts", json!([])),
        "team_contacts": value("teamContacts", json!([])),
    })
}
