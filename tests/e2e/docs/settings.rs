//! The keys of `config.toml`: a table in the book, made from the schema that `tests/e2e/schemas.rs` holds against the program.

use std::fmt::Write as _;

use serde_json::Value;

use super::{check, read};

const PAGE: &str = "packaging/docs/src/configuration.md";
const BEGIN: &str = "<!-- made from packaging/schemas/config.schema.json -->\n";
const END: &str = "<!-- end -->\n";

/// Says in a word what a key takes.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    if let Some(only) = schema["const"].as_str() {
        return format!("`{only}`");
    }
    match (schema["type"].as_str(), schema["oneOf"].as_array()) {
        (Some("string"), _) => "text".to_owned(),
        (Some(kind), _) => kind.to_owned(),
        (None, Some(several)) => several.iter().map(kind).collect::<Vec<_>>().join(" or "),
        (None, None) => "text".to_owned(),
    }
}

/// Follows a reference within the document.
fn followed<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    pointer.map_or(schema, |pointer| document.pointer(pointer).expect("what is referred to is there"))
}

/// Writes a row for each key below a table.
fn rows(document: &Value, table: &str, schema: &Value, text: &mut String) {
    let title = schema["title"].as_str();
    for (key, schema) in schema["properties"].as_object().expect("a table has keys") {
        let schema = followed(document, schema);
        if schema["properties"].is_object() {
            rows(document, &format!("{table}.{key}"), schema, text);
            continue;
        }
        // The key that chooses a kind of account is told by the name of the kind.
        let kind_of = title.filter(|_| schema.get("const").is_some());
        let about = schema["description"].as_str().or(kind_of).unwrap_or_default().replace('|', "\\|");
        let default = schema.get("default").map(|value| format!(" [default: {value}]")).unwrap_or_default();
        writeln!(text, "| `[{table}]` | `{key}` | {} | {about}{default} |", kind(schema)).expect("memory is writable");
    }
}

fn table() -> String {
    let document: Value = serde_json::from_str(&read("packaging/schemas/config.schema.json")).expect("JSON");
    let mut text = "| table | key | type | |\n|---|---|---|---|\n".to_owned();
    let mut seen = String::new();
    for one in document["definitions"]["account"]["oneOf"].as_array().expect("types of accounts") {
        let mut of_type = String::new();
        rows(&document, "accounts.NAME", one, &mut of_type);
        // The types share keys; what kind an account is stands in its own row.
        of_type.split_inclusive('\n').filter(|row| !text.contains(row)).for_each(|row| seen.push_str(row));
        text.push_str(&std::mem::take(&mut seen));
    }
    rows(&document, "targets.NAME", &document["properties"]["targets"]["additionalProperties"], &mut text);
    for name in ["active", "settings"] {
        rows(&document, name, &document["properties"][name], &mut text);
    }
    text
}

#[test]
fn the_keys_of_the_config_are_those_of_its_schema() {
    let page = read(PAGE);
    let (before, rest) = page.split_once(BEGIN).expect("the table has a begin");
    let (_, after) = rest.split_once(END).expect("the table has an end");
    check(&[(PAGE, format!("{before}{BEGIN}\n{}\n{END}{after}", table()))]);
}
