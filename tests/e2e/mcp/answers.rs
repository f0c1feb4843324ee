//! Results: long ones as digests whose rows can be had, and all of them as their schemas say.

use std::collections::BTreeMap;

use mp_sandbox::upstream::reply::Reply;
use serde_json::{Value, json};

use super::{Agent, DASHBOARDS, operation};
use crate::grants::World;

#[test]
fn a_long_answer_is_a_digest_and_its_rows_are_read_from_here() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.on("GET", DASHBOARDS, |_| {
        let rows: Vec<Value> = (0..2000).map(|id| json!({"id": id, "title": format!("Dashboard {id}")})).collect();
        Reply::json(200, &json!({"status": "ok", "results": rows}))
    });
    let mut agent = Agent::start(&world.home, &[]);
    let call = json!({"name": "read_operation", "arguments": operation("dashboards.list", &json!({}))});
    let result = agent.ask("tools/call", &call)["result"].clone();
    assert!(result.to_string().len() < 15_000, "{}", result.to_string().len());
    let digest = &result["structuredContent"]["answer"];
    assert_eq!((&digest["rows"], &digest["of"]), (&json!(2000), &json!("dashboards.list")), "{digest}");
    let uri = result["content"][1]["uri"].as_str().expect("a link").to_owned();
    assert_eq!(digest["uri"], uri);
    let (mut seen, mut from, mut parts) = (Vec::new(), Some(0), 0);
    while let Some(begin) = from {
        let part = agent.good("read_answer", &json!({"id": digest["id"], "from": begin, "columns": ["id", "title"]}));
        seen.extend(part["rows"].as_array().cloned().unwrap_or_default());
        (from, parts) = (part["next_from"].as_u64(), parts + 1);
    }
    assert_eq!((seen.len(), parts > 3), (2000, true));
    assert_eq!(seen[1999]["title"], "Dashboard 1999");
    let found =
        agent.good("read_answer", &json!({"id": digest["id"], "contains": "dashboard 1234", "columns": ["id"]}));
    assert_eq!(found["rows"], json!([{"id": 1234}]));
    let read = agent.ask("resources/read", &json!({"uri": format!("{uri}?from=5&count=1")}))["result"].clone();
    assert!(read["contents"][0]["text"].as_str().is_some_and(|text| text.contains("Dashboard 5")), "{read}");
    let listed = agent.ask("resources/list", &json!({}))["result"]["resources"].to_string();
    assert!(listed.contains(&uri), "{listed}");
    assert_eq!(world.upstream.count("GET", DASHBOARDS), 1, "Mixpanel was asked once");
    let gone = agent.bad("read_answer", &json!({"id": "a99"}));
    assert!(gone["detail"].as_str().is_some_and(|detail| detail.contains("repeat the call")), "{gone}");
    assert!(agent.ask("resources/read", &json!({"uri": "mixpanel://answers/a99"}))["error"].is_object());
}

/// Reads of all kinds.
fn reads() -> Vec<(&'static str, Value)> {
    let with = |more: Value| {
        let mut all = json!({"from": "2025-01-01", "to": "2025-01-03", "event": "Sign Up"});
        all.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        all
    };
    let plain = "session list_accounts list_targets list_projects list_workspaces use_session events inspect_events inspect_funnels \
                 inspect_cohorts inspect_top_events inspect_bookmarks inspect_lexicon_schemas dashboards_list cohorts_list reports_list";
    let mut calls: Vec<(&str, Value)> = plain.split_whitespace().map(|tool| (tool, json!({}))).collect();
    calls.extend([
        ("inspect_properties", json!({"event": "Sign Up"})),
        ("inspect_values", json!({"property": "country"})),
        ("query_segmentation", with(json!({}))),
        ("query_segmentation", with(json!({"on": "country"}))),
        ("query_frequency", with(json!({}))),
        ("query_property_counts", with(json!({"property": "country"}))),
        ("ask_insights", json!({"events": ["Sign Up"], "from_date": "2025-01-01", "to_date": "2025-01-02"})),
        ("ask_users", json!({"where": "plan = \"pro\""})),
    ]);
    calls
}

/// Returns the schemas of answers, by the names of tools.
fn schemas(agent: &mut Agent) -> BTreeMap<String, Value> {
    let list = agent.ask("tools/list", &json!({}))["result"]["tools"].clone();
    let schema = |tool: &Value| Some((tool["name"].as_str()?.to_owned(), tool.get("outputSchema")?.clone()));
    list.as_array().expect("a list").iter().filter_map(schema).collect()
}

#[test]
fn results_are_as_their_schemas_say_and_what_is_left_is_told() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &["--groups", "inspect,query,dashboards,reports,cohorts,alerts,lexicon"]);
    let schemas = schemas(&mut agent);
    assert!(schemas.len() > 30, "{}", schemas.len());
    let mut good = 0;
    for (tool, arguments) in reads() {
        let result = agent.ask("tools/call", &json!({"name": tool, "arguments": arguments}))["result"].clone();
        if result["isError"] == true {
            assert_eq!(result.get("structuredContent"), None, "{tool}: a failure has no structure");
            continue;
        }
        good += 1;
        let structured = result.get("structuredContent").unwrap_or_else(|| panic!("{tool}: {result}"));
        if let Some(schema) = schemas.get(tool) {
            let wrong = jsonschema::validate(schema, structured).err().map(|error| error.to_string());
            assert_eq!(wrong, None, "{tool}: {structured}");
        }
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().expect("a text")).expect("JSON");
        assert!(text == *structured || text == structured["result"], "{tool}: the text says the same");
        if tool.starts_with("query") || tool.starts_with("ask") {
            let limits = &result["_meta"]["mp/limits"];
            assert_eq!(limits["project"], "3187654", "{tool}: {result}");
            let number =
                |key: &str| limits["limits"]["query"][key].as_u64().unwrap_or_else(|| panic!("{tool}: {limits}"));
            assert!(number("used") > 0 && number("left") == number("hourly") - number("used"), "{limits}");
        }
    }
    assert!(good > 18, "{good} were answered");
}

#[test]
fn what_mixpanel_answers_otherwise_is_passed_on() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &["--groups", "dashboards"]);
    for odd in [json!([{"id": 1, "title": "t", "brand_new": [1, {"x": "\u{202e}"}]}]), json!([])] {
        let answered = odd.clone();
        world.upstream.on("GET", DASHBOARDS, move |_| Reply::json(200, &json!({"status": "ok", "results": answered})));
        let result = agent.ask("tools/call", &json!({"name": "dashboards_list", "arguments": {}}))["result"].clone();
        assert_ne!(result["isError"], true, "{result}");
        assert!(result["structuredContent"]["result"].is_array(), "{result}");
        assert!(!result.to_string().contains('\u{202e}'), "nothing is unseen: {result}");
    }
}
