//! Questions, schemas, prompts, completion and resources: what a model and its user ask for.

use serde_json::{Value, json};

use super::Agent;
use crate::configured;
use crate::grants::World;

#[test]
fn a_question_is_asked_in_plain_types_and_mended_by_what_it_is_told() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &[]);
    let days = json!({"from_date": "2025-01-01", "to_date": "2025-01-02"});
    let asked = |more: Value| {
        let mut all = days.clone();
        all.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        all
    };
    let answer =
        agent.good("ask_insights", &asked(json!({"events": ["Sign Up"], "where": "plan = \"pro\" and age > 30"})));
    assert!(answer["params"].to_string().contains("\"plan\""), "{answer}");
    let funnel = agent.good("ask_funnel", &asked(json!({"steps": ["Sign Up", "Login"], "dry_run": true})));
    assert!(funnel["params"].is_object() && funnel.get("result").is_none(), "{funnel}");
    let wrong =
        agent.bad("ask_insights", &asked(json!({"events": ["Sign Up"], "unit": "fortnight", "more": {"rollin": 3}})));
    let errors = wrong["errors"].to_string();
    assert!(errors.contains("\"code\"") && errors.contains("unit") && errors.contains("rollin"), "{wrong}");
    let caret = agent.bad("ask_users", &json!({"where": "plan = "}))["errors"][0].clone();
    assert_eq!(caret["at"], "where");
    assert!(caret["detail"].as_str().is_some_and(|detail| detail.contains('^')), "{caret}");
    let schema = agent.good("get_ask_schema", &json!({"family": "insights"}));
    for example in schema["examples"].as_array().expect("examples") {
        let mut dry = example["arguments"].clone();
        dry["dry_run"] = true.into();
        agent.good("ask_insights", &dry);
    }
    let part = agent.good("get_ask_schema", &json!({"family": "insights", "part": "PropertyFilter"}));
    assert!(part["schema"]["properties"]["op"].is_object(), "{part}");
    let (all, _) = agent.call("get_ask_schema", &json!({"family": "insights", "part": "all"}));
    assert!(all.len() > 25_000 && all.contains("$defs"));
}

#[test]
fn tools_of_former_versions_name_those_in_their_place() {
    let home = configured();
    let mut agent = Agent::start(&home, &["--read-only"]);
    for (former, now) in [("call_operation", "read_operation"), ("read_more", "read_answer")] {
        let error = agent.bad(former, &json!({"id": "dashboards.list"}));
        assert!(error["detail"].as_str().is_some_and(|detail| detail.contains(now)), "{error}");
    }
}

#[test]
fn prompts_are_filled_and_their_arguments_completed_from_what_is_known() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &[]);
    let prompts = agent.ask("prompts/list", &json!({}))["result"]["prompts"].clone();
    assert!(prompts.as_array().is_some_and(|list| list.len() >= 6 && list.iter().all(|one| one["title"].is_string())));
    let prompt = json!({"name": "trend", "arguments": {"event": "Sign Up"}});
    let text = agent.ask("prompts/get", &prompt)["result"]["messages"][0]["content"]["text"].clone();
    assert!(text.as_str().is_some_and(|text| text.contains("\"Sign Up\"")), "{text}");
    assert_eq!(agent.ask("prompts/get", &json!({"name": "trend"}))["error"]["code"], -32602);
    let mut complete = |reference: Value, name: &str, typed: &str, context: Value| {
        let asked =
            json!({"ref": reference, "argument": {"name": name, "value": typed}, "context": {"arguments": context}});
        agent.ask("completion/complete", &asked)["result"]["completion"]["values"].clone()
    };
    let trend = || json!({"type": "ref/prompt", "name": "trend"});
    let events = complete(trend(), "event", "sign", json!({}));
    assert!(events.as_array().is_some_and(|values| values.contains(&json!("Sign Up"))), "{events}");
    let properties = complete(trend(), "property", "", json!({"event": "Sign Up"}));
    assert!(properties.as_array().is_some_and(|values| !values.is_empty()), "{properties}");
    assert_eq!(complete(trend(), "property", "", json!({})), json!([]), "of no event");
    assert_eq!(complete(trend(), "nonsense", "", json!({})), json!([]));
    let template = json!({"type": "ref/resource", "uri": "mixpanel://lexicon/{event}"});
    assert!(complete(template, "event", "", json!({})).as_array().is_some_and(|values| values.len() > 1));
}

#[test]
fn resources_are_read_and_their_changes_told_to_who_watches() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start_as(&world.home, &[], "2025-11-25", &json!({}));
    let read = |agent: &mut Agent, uri: &str| {
        let answer = agent.ask("resources/read", &json!({"uri": uri}));
        let text =
            answer["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{uri}: {answer}")).to_owned();
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    assert_eq!(read(&mut agent, "mixpanel://session")["account"]["name"], "ada");
    assert!(read(&mut agent, "mixpanel://reports").is_array());
    assert!(read(&mut agent, "mixpanel://lexicon").is_array());
    for odd in ["mixpanel://nothing", "mixpanel://reports/x", "file:///etc/passwd", "mixpanel://lexicon/", ""] {
        assert!(agent.ask("resources/read", &json!({"uri": odd}))["error"].is_object(), "{odd}");
    }
    assert!(agent.ask("resources/subscribe", &json!({"uri": "file:///etc/passwd"}))["error"].is_object());
    assert!(agent.ask("resources/subscribe", &json!({"uri": "mixpanel://session"}))["result"].is_object());
    let is_update = |message: &Value| message["method"] == "notifications/resources/updated";
    // By this conversation, and by a terminal.
    agent.good("use_session", &json!({"project": "3187655"}));
    let update = agent.said("update", is_update);
    assert_eq!(update["params"]["uri"], "mixpanel://session");
    agent.said("new list", |message| message["method"] == "notifications/resources/list_changed");
    let before = agent.messages().into_iter().filter(|message| is_update(message)).count();
    world.home.mp(["project", "use", "3187655"]).ok();
    mp_sandbox::wait::eventually(crate::SOON, "the change is told", || {
        agent.messages().into_iter().filter(|message| is_update(message)).count() > before
    });
    agent.ask("resources/unsubscribe", &json!({"uri": "mixpanel://session"}));
    let templates = agent.ask("resources/templates/list", &json!({}))["result"]["resourceTemplates"].clone();
    assert_eq!(templates.as_array().map(Vec::len), Some(3));
}
