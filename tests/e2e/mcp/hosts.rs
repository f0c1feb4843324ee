//! What hosts do: they let reads pass alone, speak one revision or the other, and close the pipe whenever they like.

use serde_json::{Value, json};

use super::{Agent, operation};
use crate::configured;
use crate::grants::World;

#[test]
fn a_host_that_lets_pass_what_only_reads_changes_nothing() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &["--allow-destructive"]);
    let list = agent.ask("tools/list", &json!({}))["result"]["tools"].clone();
    let reads: Vec<String> = list
        .as_array()
        .expect("a list")
        .iter()
        .filter(|tool| tool["annotations"]["readOnlyHint"] == true)
        .map(|tool| tool["name"].as_str().expect("a name").to_owned())
        .collect();
    assert!(
        reads.len() > 30
            && !reads
                .iter()
                .any(|name| ["login", "use_session", "write_operation", "destroy_operation"].contains(&name.as_str()))
    );
    let config = world.home.read(".mp/config.toml");
    let changing = [
        operation("dashboards.create", &json!({"title": "t"})),
        operation("dashboards.delete", &json!({"dashboard_id": 1})),
        operation("schemas.create-bulk", &json!({"entries": [], "truncate": true})),
        json!({"id": "ask.insights", "arguments": {"events": ["Sign Up"]}, "link": true}),
    ];
    for call in &changing {
        let refused = agent.bad("read_operation", call);
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("_operation")), "{refused}");
    }
    for name in &reads {
        for arguments in [json!({}), json!({"persist": true, "id": "dashboards.create", "link": true})] {
            agent.ask("tools/call", &json!({"name": name, "arguments": arguments}));
        }
    }
    let changed =
        world.upstream.requests().into_iter().filter(|request| {
            request.path.contains("/app/") && request.method != "GET" && !request.path.contains("query")
        });
    assert_eq!(
        changed.map(|request| format!("{} {}", request.method, request.path)).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert_eq!(world.home.read(".mp/config.toml"), config);
}

#[test]
fn every_revision_is_spoken() {
    let home = configured();
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut agent = Agent::start_as(&home, &[], revision, &json!({}));
        assert!(agent.ask("tools/list", &json!({}))["result"]["tools"].is_array(), "{revision}");
        let hello = agent.messages()[0]["result"].clone();
        assert_eq!(hello["protocolVersion"], revision);
        assert!(hello["instructions"].as_str().is_some_and(|text| text.len() < 2_000));
        assert_eq!(hello["serverInfo"]["title"], "Mixpanel (mp)");
    }
}

#[test]
fn odd_arguments_are_answered() {
    let home = configured();
    let mut agent = Agent::start(&home, &[]);
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let huge = "x".repeat(1_000_000);
    for arguments in [
        json!({"id": huge}),
        json!({"id": "\u{202e}\u{0}"}),
        json!({"id": "dashboards.list", "arguments": deep}),
        json!({"id": ["dashboards.list"]}),
        json!({"id": "dashboards.list", "workspace": 1.5}),
    ] {
        let error = agent.bad("read_operation", &arguments);
        let text = error.to_string();
        assert!(error["code"] == "invalid_argument" && !text.contains('\u{202e}'), "{}", &text[..text.len().min(300)]);
    }
    for (tool, arguments) in
        [("find_operations", json!({"words": huge})), ("find_operations", json!({"words": "\r\n漢字 🦀"}))]
    {
        assert!(agent.good(tool, &arguments)["operations"].is_array());
    }
    for arguments in [json!({"events": 7, "where": {}, "more": null}), json!({"more": {"events": deep}}), Value::Null] {
        agent.ask("tools/call", &json!({"name": "ask_insights", "arguments": arguments}));
    }
    agent.good("session", &json!({}));
}
