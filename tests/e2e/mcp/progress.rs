//! Progress: who waits is told, and nobody else.

use mp_sandbox::upstream::{Fault, Gate, Meter};
use serde_json::{Value, json};

use super::Agent;
use crate::grants::World;

const SEGMENTATION: &str = "/us/query/segmentation";

fn asked(token: Value) -> Value {
    let arguments = json!({"event": "a", "from": "2025-01-01", "to": "2025-01-03"});
    json!({"name": "query_segmentation", "arguments": arguments, "_meta": {"progressToken": token}})
}

fn notes(agent: &Agent) -> Vec<Value> {
    let all = agent.messages().into_iter();
    all.filter(|message| message["method"] == "notifications/progress")
        .map(|message| message["params"].clone())
        .collect()
}

#[test]
fn a_long_query_tells_that_it_goes_on_and_nothing_after_its_end() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", SEGMENTATION, Fault::Hold(gate.clone()));
    let mut agent = Agent::start(&world.home, &[]);
    let id = agent.begin("tools/call", &asked(json!("mine")));
    let is_second = |message: &Value| {
        message["method"] == "notifications/progress" && message["params"]["progress"].as_f64() > Some(2.0)
    };
    agent.said("second note", is_second);
    gate.release();
    assert_ne!(agent.answer(id)["result"]["isError"], true);
    let told = notes(&agent);
    let values: Vec<f64> = told.iter().filter_map(|note| note["progress"].as_f64()).collect();
    assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "they rise: {values:?}");
    for note in &told {
        assert_eq!(note["progressToken"], "mine");
        assert!(note["message"].as_str().is_some_and(|text| text.contains("query.segmentation")), "{note}");
    }
    let last = agent.messages().iter().rposition(|message| message["id"] == id);
    assert_eq!(last, Some(agent.messages().len() - 1), "the result is the last word");
}

#[test]
fn who_does_not_ask_is_told_nothing() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", SEGMENTATION, Fault::Hold(gate.clone()).times(2));
    let (mut silent, mut told) = (Agent::start(&world.home, &[]), Agent::start(&world.home, &[]));
    let mut without = asked(Value::Null);
    without.as_object_mut().expect("an object").remove("_meta");
    let id = silent.begin("tools/call", &without);
    gate.wait_for_arrival(1);
    // When the other one, which began later, has been told, this one would have been.
    let other = told.begin("tools/call", &asked(json!(7)));
    told.said("note", |message| message["method"] == "notifications/progress");
    assert_eq!(notes(&silent), Vec::<Value>::new());
    gate.release();
    silent.answer(id);
    told.answer(other);
}

#[test]
fn a_call_that_waits_for_its_turn_says_for_what_and_can_be_cancelled() {
    let world = World::with_grant(3600);
    let config = world.home.read(".mp/config.toml") + "\n[settings.limits]\nquery_concurrent = 1\n";
    world.home.replace(".mp/config.toml", &config);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", SEGMENTATION, Fault::Hold(gate.clone()));
    let mut agent = Agent::start(&world.home, &[]);
    let first = agent.begin("tools/call", &asked(json!("first")));
    gate.wait_for_arrival(1);
    let mut other = asked(json!("second"));
    other["arguments"]["event"] = "b".into();
    let second = agent.begin("tools/call", &other);
    let waits = agent.said("wait", |message| {
        message["params"]["progressToken"] == "second"
            && message["params"]["message"].as_str().is_some_and(|text| text.contains("turn"))
    });
    let text = waits["params"]["message"].as_str().expect("a text").to_owned();
    assert!(text.contains("of 1 run at once") && text.contains("of the hour"), "{text}");
    agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": second}}));
    gate.release();
    assert_ne!(agent.answer(first)["result"]["isError"], true);
    assert_eq!(world.upstream.peak(Meter::Query, mp_proto::ids::Region::Us, 3_187_654), 1);
    agent.good("session", &json!({}));
}
