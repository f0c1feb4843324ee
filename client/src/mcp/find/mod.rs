//! The tool that finds operations: by plain questions, by group, by effect, or one by its id.

mod rank;
mod words;

use mp_catalog::{Effect, Operation, all, find};
use mp_proto::failure::{Failure, FailureKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::policy::{Policy, command, obstacle};
use super::rows::tool_of;

/// So many operations are listed at once.
const ROWS: usize = 40;

/// So many of those that a question is about.
const BEST: usize = 8;

/// Arguments of `find_operations`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Query {
    words: Option<String>,
    group: Option<String>,
    effect: Option<Effect>,
    id: Option<String>,
}

/// Looks operations up.
///
/// # Errors
/// When there is none of the wanted id.
pub(super) fn look(query: &Query, policy: Policy) -> Result<Value, Failure> {
    if let Some(id) = &query.id {
        return known(id).map(|operation| whole(operation, policy));
    }
    let is_meant = |operation: &&'static Operation| {
        query.group.as_ref().is_none_or(|group| operation.command[0] == group)
            && query.effect.is_none_or(|effect| [operation.effect, operation.worst_effect()].contains(&effect))
    };
    let words = query.words.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let (found, most): (Vec<&'static Operation>, usize) = match words {
        Some(words) => (rank::ranked(words).into_iter().filter(is_meant).collect(), BEST),
        None => (all().filter(is_meant).collect(), ROWS),
    };
    let rows: Vec<Value> = found.iter().take(most).map(|operation| brief(operation)).collect();
    let mut shown = json!({"operations": rows});
    if found.len() > most {
        shown["more"] = (found.len() - most).into();
        shown["next"] =
            "other words, or a group; with `id` one of them is shown with the schema of its arguments".into();
    }
    if found.is_empty() {
        shown["groups"] = crate::offer::callable_groups().into();
    }
    Ok(shown)
}

/// Returns the operation of an id.
///
/// # Errors
/// When there is none; those whose names are near are told.
pub(super) fn known(id: &str) -> Result<&'static Operation, Failure> {
    find(id).ok_or_else(|| {
        let near: Vec<&str> = rank::ranked(id).iter().take(3).map(|operation| operation.id).collect();
        let near = if near.is_empty() { String::new() } else { format!(" (is it {}?)", near.join(", ")) };
        let id = id[..id.floor_char_boundary(100)].escape_debug();
        let detail = format!("there is no operation '{id}'{near}; find_operations lists them");
        Failure::new(FailureKind::InvalidArgument, detail)
    })
}

fn brief(operation: &Operation) -> Value {
    let schema = operation.input_schema();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|known| known == name));
    let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
    let arguments: Vec<String> =
        names.map(|name| if is_required(name) { name.clone() } else { format!("{name}?") }).collect();
    let shown = json!({
        "id": operation.id, "summary": operation.summary, "effect": operation.effect, "tool": tool_of(operation.effect),
        "arguments": arguments.join(" "),
    });
    with_how(shown, operation)
}

/// Adds how a call destroys, where arguments decide that.
fn with_how(mut shown: Value, operation: &Operation) -> Value {
    if let Some(how) = operation.destroys_if() {
        shown["destroys_if"] = how.into();
    }
    shown
}

fn whole(operation: &Operation, policy: Policy) -> Value {
    let arguments = match operation.asks {
        Some(_) => json!({"type": "object", "description": "get_ask_schema tells them"}),
        None => Value::Object(operation.input_schema()),
    };
    let shown = json!({
        "id": operation.id, "summary": operation.summary, "detail": operation.detail, "effect": operation.effect,
        "tool": tool_of(operation.effect), "arguments": arguments,
    });
    let mut shown = with_how(shown, operation);
    if let Some(reason) = policy.refusal(operation.effect).or_else(|| obstacle(operation)) {
        shown["refused"] = reason.into();
        shown["instead"] = command(operation).into();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { read_only: false, allow_destructive: false };

    fn ids(query: Query) -> Vec<String> {
        let found = look(&query, POLICY).expect("a good query");
        let rows = found["operations"].as_array().expect("a list").iter();
        rows.filter_map(|row| row["id"].as_str()).map(str::to_owned).collect()
    }

    #[test]
    fn operations_are_found_by_words_group_and_effect() {
        assert_eq!(
            ids(Query { words: Some("bulk delete DASHBOARDS".into()), ..Query::default() })[0],
            "dashboards.bulk-delete"
        );
        let group = Query { group: Some("webhooks".into()), effect: Some(Effect::Destroy), ..Query::default() };
        assert_eq!(ids(group), ["webhooks.delete"]);
        let none = look(&Query { words: Some("zebra".into()), ..Query::default() }, POLICY).expect("good");
        assert!(none["groups"].as_array().is_some_and(|groups| groups.len() > 10));
        let all = look(&Query::default(), POLICY).expect("good");
        assert_eq!(all["operations"].as_array().map(Vec::len), Some(ROWS));
        assert!(all["more"].as_u64().is_some_and(|more| more > 100));
        let found =
            look(&Query { effect: Some(Effect::Destroy), group: Some("schemas".into()), ..Query::default() }, POLICY);
        let found = found.expect("good")["operations"].to_string();
        assert!(found.contains("schemas.create-bulk") && found.contains("destroys_if"), "{found}");
    }

    #[test]
    fn one_is_shown_whole_with_what_stands_in_its_way() {
        let one = |id: &str, policy| look(&Query { id: Some(id.into()), ..Query::default() }, policy);
        let shown = one("dashboards.delete", POLICY).expect("a row");
        assert!(shown["refused"].as_str().is_some_and(|why| why.contains("--allow-destructive")), "{shown}");
        assert_eq!(shown["arguments"]["required"], json!(["dashboard_id"]));
        assert_eq!(shown["tool"], "destroy_operation");
        let allowed_now = one("dashboards.delete", Policy { allow_destructive: true, ..POLICY }).expect("a row");
        assert_eq!(allowed_now["refused"], Value::Null);
        assert!(one("lookup-tables.upload", POLICY).expect("a row")["refused"].is_string());
        let unknown = one("dashboard.list", POLICY).expect_err("no such id");
        assert!(unknown.detail.contains("dashboards.list"), "{unknown}");
        for family in ["insights", "funnel", "retention", "flow", "users"] {
            let shown = one(&format!("ask.{family}"), POLICY).expect("a row").to_string();
            assert!(shown.len() < 2_000 && shown.contains("get_ask_schema"), "{shown}");
        }
    }
}
