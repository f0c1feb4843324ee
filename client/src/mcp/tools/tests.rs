//! The list of tools: what it says, how long it is, and what hosts would refuse.

use std::collections::HashSet;

use serde_json::Value;

use super::*;
use crate::mcp::GROUPS;
use crate::mcp::does::Does;
use crate::mcp::rows::find;

const POLICY: Policy = Policy { read_only: false, allow_destructive: false };
const BOLD: Policy = Policy { allow_destructive: true, ..POLICY };
const CAREFUL: Policy = Policy { read_only: true, ..POLICY };

fn listed(groups: &[&str], policy: Policy) -> Vec<Value> {
    let list = serde_json::to_string(&list(&direct(groups), policy)).expect("plain data");
    serde_json::from_str(&list).expect("JSON")
}

#[test]
fn what_a_server_that_only_reads_may_not_do_is_told_by_its_arguments() {
    let effect = |does: Does, arguments: Value| does.effect_of(arguments.as_object().expect("an object"));
    for persist in [Value::Bool(true), "true".into(), 1.into()] {
        assert_eq!(effect(Does::UseSession, json!({"persist": persist})), Effect::Write);
    }
    assert_eq!(effect(Does::UseSession, json!({"project": "7", "persist": false})), Effect::Read);
    assert_eq!(effect(Does::Login, json!({})), Effect::Write);
    for tool in TOOLS.iter().filter(|tool| tool.reads) {
        assert_eq!(effect(tool.does, json!({"persist": true})), Effect::Read, "{}", tool.name);
    }
}

#[test]
fn the_list_is_short_and_reviewed() {
    let list = Value::Array(listed(&GROUPS, POLICY));
    let size = list.to_string().len();
    assert!(size <= 25_000, "{size} bytes");
    let bold = Value::Array(listed(&GROUPS, BOLD)).to_string().len();
    assert!(bold <= 25_000, "{bold} bytes");
    insta::assert_json_snapshot!("tools", list);
}

#[test]
fn names_are_unique_and_such_as_every_host_takes() {
    let groups = crate::offer::callable_groups();
    let all = listed(&groups, BOLD);
    let names: HashSet<&str> = all.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names.len(), all.len());
    // Hosts put the name of the server before it: mcp__plugin_mixpanel-data_mixpanel__, and 64 characters are all that some APIs take.
    let is_good = |name: &&str| {
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    assert!(names.iter().all(is_good), "{names:?}");
    for tool in &TOOLS {
        assert_eq!(find(tool.name), Some(tool.does));
    }
    assert!(!names.contains("call_operation"));
}

/// What hosts and the APIs behind them have refused, each with all tools of the server: unions, references, and compositions of schemas
/// (Gemini, Claude at the top level); arrays without a type of items (Gemini, OpenAI, VS Code); objects without properties (OpenAI);
/// formats other than those of numbers (Gemini); null and numbers in enums; booleans as schemas; what is no object at the top.
#[test]
fn schemas_are_such_as_every_host_takes() {
    let groups = crate::offer::callable_groups();
    for policy in [POLICY, BOLD, CAREFUL] {
        for tool in listed(&groups, policy) {
            let name = tool["name"].as_str().expect("a name");
            let input = &tool["inputSchema"];
            assert!(input["type"] == "object" && input["properties"].is_object(), "{name}");
            examine(name, input, true);
            let text = |key: &str| tool[key].as_str().map_or(0, str::len);
            assert!((1..=2_000).contains(&text("description")) && (1..=60).contains(&text("title")), "{name}");
            if let Some(output) = tool.get("outputSchema") {
                assert_eq!(output["type"], "object", "{name}: structured content is an object");
                assert_eq!(output.get("required"), None, "{name}: what Mixpanel leaves out is no error");
                examine(name, output, false);
            }
        }
    }
}

fn examine(tool: &str, schema: &Value, is_input: bool) {
    let Value::Object(fields) = schema else { panic!("{tool}: {schema} is no schema") };
    for word in
        ["$ref", "$defs", "oneOf", "anyOf", "allOf", "not", "if", "const", "patternProperties", "format", "$schema"]
    {
        assert!(!fields.contains_key(word), "{tool}: {word} in {schema}");
    }
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_else(|| panic!("{tool}: no type in {schema}"));
    let known = ["object", "array", "string", "integer", "number", "boolean"];
    assert!(known.contains(&kind), "{tool}: {kind}");
    if let Some(Value::Array(words)) = fields.get("enum") {
        assert!(kind == "string" && !words.is_empty() && words.iter().all(Value::is_string), "{tool}: {schema}");
    }
    if is_input {
        assert!(kind != "array" || fields.contains_key("items"), "{tool}: no items in {schema}");
        assert!(kind != "object" || fields.contains_key("properties"), "{tool}: no properties in {schema}");
    }
    let required = fields.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required {
        let name = name.as_str().expect("a text");
        assert!(fields["properties"].get(name).is_some(), "{tool}: {name} is required, and no property");
    }
    fields.get("items").into_iter().for_each(|items| examine(tool, items, is_input));
    for (_, property) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
        examine(tool, property, is_input);
    }
}

#[test]
fn hints_follow_from_what_a_tool_may_do() {
    let hints = |policy: Policy, name: &str| {
        let all = listed(&[], policy);
        let hints = all.iter().find(|tool| tool["name"] == name).map(|tool| tool["annotations"].clone());
        hints.map(|hints| {
            ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"].map(|key| hints[key].as_bool())
        })
    };
    assert_eq!(hints(POLICY, "read_operation"), Some([Some(true), None, None, Some(true)]));
    assert_eq!(hints(POLICY, "write_operation"), Some([Some(false), Some(false), Some(false), Some(true)]));
    assert_eq!(hints(BOLD, "destroy_operation"), Some([Some(false), Some(true), Some(false), Some(true)]));
    assert_eq!(hints(POLICY, "destroy_operation"), None, "it is listed where it can be used");
    assert_eq!(hints(CAREFUL, "write_operation"), None);
    assert_eq!(hints(POLICY, "use_session"), Some([Some(false), Some(false), Some(true), Some(false)]));
    let read_only = listed(&[], CAREFUL);
    assert_eq!(read_only.len(), TOOLS.len() + ask::QUESTIONS.len() - 3, "no login, no writes, nothing destroyed");
    for tool in &read_only {
        assert!(
            tool["name"] != "login" && tool["inputSchema"]["properties"].get(PERSIST).is_none(),
            "{}",
            tool["name"]
        );
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{}", tool["name"]);
    }
    let groups = crate::offer::groups();
    for tool in listed(&groups, POLICY).iter().skip(TOOLS.len()) {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{}", tool["name"]);
    }
}
