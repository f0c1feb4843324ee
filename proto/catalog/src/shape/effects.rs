//! Which arguments make a change destroy: they delete what is not named, leave nothing of what an object is there for, or make data
//! disappear before it is kept.

use serde_json::Value;

use super::Fields;

/// The rules of enforcement that keep what fits no schema. Mixpanel has others, and may have more: those drop it.
const KEEPING: [&str; 2] = ["warn and accept", "warn and hide"];

fn is_true(arguments: &Fields, name: &str) -> bool {
    arguments.get(name) == Some(&Value::Bool(true))
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// All schemas that are not among the new ones go first.
pub(crate) fn truncates(arguments: &Fields) -> bool {
    is_true(arguments, "truncate")
}

/// No text of the context is left.
pub(crate) fn leaves_no_context(arguments: &Fields) -> bool {
    ["content", "file"].iter().any(|name| arguments.get(*name).is_some_and(is_blank))
}

/// No text of a card is left.
pub(crate) fn leaves_no_markdown(arguments: &Fields) -> bool {
    arguments.get("markdown").is_some_and(is_blank)
}

/// No test user is left.
pub(crate) fn leaves_no_users(arguments: &Fields) -> bool {
    arguments.get("users").and_then(Value::as_object).is_some_and(Fields::is_empty)
}

/// The rows of a table that is there are replaced.
pub(crate) fn replaces_a_table(arguments: &Fields) -> bool {
    arguments.contains_key("data_group_id")
}

/// A filter goes on dropping events, or begins to.
pub(crate) fn filters(arguments: &Fields) -> bool {
    arguments.get("active") != Some(&Value::Bool(false))
}

/// A definition says that its data is dropped.
pub(crate) fn drops(arguments: &Fields) -> bool {
    is_true(arguments, "dropped")
}

/// One of several definitions says so.
pub(crate) fn drops_one(arguments: &Fields) -> bool {
    let lists = arguments.get("data").and_then(Value::as_object).into_iter().flat_map(Fields::values);
    lists.filter_map(Value::as_array).flatten().any(|one| one.get("dropped") == Some(&Value::Bool(true)))
}

/// Data that fits no schema may be dropped from now on.
pub(crate) fn enforces(arguments: &Fields) -> bool {
    let body = arguments.get("body").and_then(Value::as_object).unwrap_or(arguments);
    let rule = body.get("rule_event").or_else(|| body.get("ruleEvent")).and_then(Value::as_str);
    match rule {
        Some(rule) => !KEEPING.contains(&rule.trim().to_lowercase().as_str()),
        // Which rule is in force is not known here: what is added may fall under one that drops.
        None => body.contains_key("events") || body.contains_key("properties"),
    }
}
