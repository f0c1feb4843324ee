//! Questions over the socket: against the strict Mixpanel, and where it answers oddly.

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Gate, Meter};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::{Answer, Ask};
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::World;
use crate::mcp::Agent;

const INSIGHTS: &str = "/us/query/insights";

fn ask(world: &World, family: &str, call: &Value) -> Answer {
    world.home.ask(&Ask::change("POST", format!("/v1/operations/ask.{family}"), call))
}

fn params(params: &Value) -> Value {
    json!({"arguments": {"params": params}})
}

/// The parameters of a report with one clause.
fn report(behavior: &Value, chart: &str) -> Value {
    let time = json!([{"dateRangeType": "between", "unit": "day", "value": ["2025-01-01", "2025-01-02"]}]);
    let show = json!([{"type": "metric", "behavior": behavior, "measurement": {"math": "total"}}]);
    json!({"sections": {"show": show, "time": time, "filter": [], "group": []}, "displayOptions": {"chartType": chart}})
}

fn sign_ups() -> Value {
    report(&json!({"type": "event", "name": "Sign Up"}), "line")
}

fn rows(answer: &Value) -> usize {
    answer["table"]["rows"].as_array().map_or(0, Vec::len)
}

#[test]
fn five_families_are_answered_with_a_table() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let funnel = json!({"type": "funnel", "behaviors": [{"name": "A"}, {"name": "B"}], "conversionWindowDuration": 7});
    let retention = json!({"type": "retention", "behaviors": [{"name": "A"}, {"name": "B"}], "retentionUnit": "day"});
    let flow = json!({"steps": [{"event": "Sign Up", "forward": 1}], "flows_merge_type": "graph"});
    for (family, body, expected) in [
        ("insights", sign_ups(), 2),
        ("funnel", report(&funnel, "funnel-steps"), 2),
        ("retention", report(&retention, "retention-curve"), 10),
        ("flow", flow, 4),
        ("users", json!({"action": "count()"}), 1),
        ("users", json!({"sort_key": "properties[\"logins\"]"}), 1),
    ] {
        let answer = ask(&world, family, &params(&body)).ok();
        assert_eq!((&answer["params"], rows(&answer)), (&body, expected), "{family}: {answer}");
        assert!(answer["result"].is_object() && answer.get("link").is_none(), "{family}");
        assert_eq!(answer.get("edges").is_some(), family == "flow", "{family}");
    }
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn reports_that_are_the_same_are_asked_once_and_others_wait_their_turn() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("POST", INSIGHTS, Fault::Hold(gate.clone()).times(20));
    let connections = || world.home.ask(&Ask::get(routes::STATUS)).ok()["connections"].as_u64().expect("a number");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asked = |number: usize| {
            let event = json!({"type": "event", "name": format!("Event {}", number % 10)});
            ask(&world, "insights", &params(&report(&event, "line"))).ok()
        };
        let calls: Vec<_> = (0..20).map(|number| scope.spawn(move || asked(number))).collect();
        gate.wait_for_arrival(5);
        // The twenty, and the one that asks.
        eventually(SOON, "all of them wait", || connections() >= 21);
        gate.release();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!((0..10).all(|at| answers[at] == answers[at + 10]), "{answers:?}");
    assert_eq!(world.upstream.count("POST", INSIGHTS), 10, "each of them once");
    assert_eq!(world.upstream.peak(Meter::Query, Region::Us, 3_187_654), 5);
    // A question is not kept: whoever asks later wants to know it now.
    assert_eq!(ask(&world, "insights", &params(&sign_ups())).header("age"), None);
    assert_eq!(ask(&world, "insights", &params(&sign_ups())).header("age"), None);
    assert_eq!(world.upstream.count("POST", INSIGHTS), 12);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn users_come_page_by_page_or_side_by_side() {
    let world = World::with_grant(3600);
    world.upstream.data(|data| data.page_size = 10);
    let _daemon = world.start();
    let users = |more: Value| {
        let mut arguments = json!({"params": {}});
        arguments.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        ask(&world, "users", &json!({"arguments": arguments})).ok()
    };
    let (one, all) = (users(json!({})), users(json!({"limit": null, "parallel": true, "workers": 2})));
    assert_eq!((rows(&one), rows(&all)), (1, 25));
    let meta = json!({"session_id": all["result"]["meta"]["session_id"], "pages_fetched": 3, "parallel": true, "failed_pages": [], "workers": 2});
    assert_eq!(all["result"]["meta"], meta);
    let in_order = users(json!({"limit": null}));
    assert_eq!(in_order["result"]["profiles"], all["result"]["profiles"]);
    assert_eq!(rows(&users(json!({"limit": 12, "parallel": true}))), 12);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
    // A page that is lost on the way is asked for again; one that stays lost fails the call.
    world.upstream.fault("POST", "/us/engage/", Fault::Reset);
    assert_eq!(rows(&users(json!({"limit": null, "parallel": true}))), 25);
    world.upstream.on("POST", "/us/engage/", |asked| match asked.json()["page"].as_u64() {
        Some(0) => Reply::json(200, &json!({"results": [{}], "session_id": "s", "page_size": 1, "total": 3})),
        Some(1) => Reply::close(),
        _ => Reply::json(200, &json!({"results": [{}], "session_id": "s"})),
    });
    let failed = ask(&world, "users", &json!({"arguments": {"params": {}, "limit": null, "parallel": true}}));
    assert_eq!(failed.problem(), (502, "upstream_unreachable".to_owned()));
    world.upstream.on("POST", "/us/engage/", |_| Reply::json(200, &json!({"results": {"a": 1}})));
    let odd = ask(&world, "users", &params(&json!({})));
    assert_eq!(odd.problem(), (502, "upstream_invalid".to_owned()));
}

#[test]
fn a_dry_run_sends_nothing_and_needs_no_account() {
    let home = crate::empty();
    let _daemon = home.start();
    let dry = |family: &str, arguments: Value| {
        let body = json!({"arguments": arguments, "dry_run": true});
        home.ask(&Ask::change("POST", format!("/v1/operations/ask.{family}"), &body))
    };
    assert_eq!(dry("insights", json!({"params": {"a": 1}})).ok(), json!({"params": {"a": 1}}));
    assert_eq!(dry("insights", json!({})).problem(), (400, "invalid_argument".to_owned()));
    let other =
        home.ask(&Ask::change("POST", "/v1/operations/dashboards.list", &json!({"dry_run": true, "link": true})));
    let at: Vec<Value> =
        other.json()["errors"].as_array().into_iter().flatten().map(|problem| problem["at"].clone()).collect();
    assert_eq!((other.status, at), (400, vec![json!("dry_run"), json!("link")]));
}

#[test]
fn what_was_asked_is_stored_as_a_report_on_request() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut call = params(&sign_ups());
    call["link"] = true.into();
    let answer = ask(&world, "insights", &call).ok();
    let link = answer["link"].as_str().expect("a link");
    let slug = link.split('#').nth(1).expect("a slug");
    assert!(link.starts_with("https://mixpanel.com/project/3187654/view/"), "{link}");
    let stored = world.upstream.requests().into_iter().find(|record| record.path.ends_with("/bookmark-urls/"));
    let stored = stored.expect("it was stored").json();
    assert_eq!((&stored["type"], &stored["params"], &stored["slug"]), (&json!("insights"), &sign_ups(), &json!(slug)));
    // A link that cannot be made takes nothing away from the answer.
    world
        .upstream
        .on("POST", "/us/app/projects/3187654/bookmark-urls/", |_| Reply::json(500, &json!({"error": "full"})));
    let answer = ask(&world, "insights", &call);
    assert!(answer.header("mp-note").is_some_and(|note| note.contains("no link")), "{:?}", answer.header("mp-note"));
    assert_eq!((answer.ok()["link"].clone(), rows(&answer.ok())), (Value::Null, 2));
    call["arguments"] = json!({"params": {"action": "count()"}});
    assert_eq!(ask(&world, "users", &call).problem(), (400, "invalid_argument".to_owned()));
}

#[test]
fn an_error_in_a_good_answer_is_never_a_success() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for path in ["/us/query/insights", "/us/query/arb_funnels", "/us/engage/"] {
        world.upstream.on("POST", path, |asked| match asked.json()["bookmark"]["as"].as_str() {
            Some("object") => Reply::json(200, &json!({"error": {"message": "no such event"}, "series": {}})),
            Some("list") => Reply::json(200, &json!({"error": ["no such event"], "series": {}, "steps": []})),
            Some("nothing") => Reply::json(200, &json!([])),
            _ => Reply::json(200, &json!({"error": "no such event"})),
        });
    }
    for (family, body) in [
        ("insights", json!({})),
        ("funnel", json!({"as": "object"})),
        ("retention", json!({"as": "list"})),
        ("flow", json!({"as": "list"})),
        ("users", json!({})),
        ("users", json!({"action": "count()"})),
    ] {
        let answer = ask(&world, family, &params(&body));
        assert_eq!(answer.problem(), (502, "upstream_refused".to_owned()), "{family}");
        assert!(
            answer.json()["detail"].as_str().is_some_and(|said| said.contains("no such event")),
            "{}",
            answer.text()
        );
    }
    for family in ["insights", "funnel", "retention", "flow"] {
        let answer = ask(&world, family, &params(&json!({"as": "nothing"})));
        assert_eq!(answer.problem(), (502, "upstream_invalid".to_owned()), "{family}");
    }
}

#[test]
fn agents_have_a_tool_for_each_question() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &["--groups", "ask"]);
    let tools = agent.ask("tools/list", &json!({}))["result"]["tools"].clone();
    for family in ["insights", "funnel", "retention", "flow", "users"] {
        let tool = tools.as_array().into_iter().flatten().find(|tool| tool["name"] == format!("ask_{family}"));
        let schema = &tool.unwrap_or_else(|| panic!("no tool for {family}"))["inputSchema"];
        for name in ["more", "dry_run"] {
            assert!(schema["properties"][name].is_object(), "{family} {name}: {schema}");
        }
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{family}: {error}"));
    }
    let answer = agent.good("ask_insights", &json!({"params": sign_ups()}));
    assert_eq!(rows(&answer), 2);
    let dry = agent.good("ask_insights", &json!({"params": sign_ups(), "dry_run": true}));
    assert_eq!(dry, json!({"params": sign_ups()}));
    let more = json!({"more": {"params": sign_ups()}, "dry_run": true});
    assert_eq!(agent.good("ask_insights", &more), dry);
    let called = json!({"id": "ask.insights", "arguments": {"params": sign_ups()}, "dry_run": true});
    assert_eq!(agent.good("read_operation", &called), dry);
    let (text, is_error) = agent.call("ask_insights", &json!({"wrong": 1}));
    assert!(is_error && text.contains("\"code\""), "{text}");
    let listed = world.home.ask(&Ask::get(mp_proto::routes::OPERATIONS)).ok();
    let row = listed["operations"].as_array().into_iter().flatten().find(|row| row["id"] == "ask.flow").cloned();
    assert!(row.is_some_and(|row| row["schema"]["properties"]["params"].is_object() && row["params"] == json!([])));
}
