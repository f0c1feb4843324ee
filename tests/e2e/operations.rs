//! Operations of the catalog through the real programs: what is asked once for all, what digits survive, and what is refused.

use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::home::Done;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Gate, Meter};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::World;

const NAMES: &str = "/us/query/events/names";
const SEGMENTATION: &str = "/us/query/segmentation";
const PROJECT: u64 = 3_187_654;
const SEGMENTATION_OF_A: [&str; 8] = ["query", "segmentation", "-e", "a", "--from", "2025-01-01", "--to", "2025-01-03"];

fn world() -> World {
    World::with_grant(3600)
}

fn segmentation(world: &World, event: &str) -> mp_sandbox::home::Call {
    let words = SEGMENTATION_OF_A.map(|word| if word == "a" { event } else { word });
    world.home.mp(words)
}

/// Lets the segmentation be answered with a text.
fn answered(world: &World, body: &'static str) {
    world
        .upstream
        .on("GET", SEGMENTATION, move |_| Reply::new(200).header("Content-Type", "application/json").body(body));
}

#[test]
fn ten_tools_that_want_the_event_names_ask_once() {
    let world = world();
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", NAMES, Fault::Hold(gate.clone()));
    let connections =
        || world.home.ask(&Ask::get(mp_proto::routes::STATUS)).ok()["connections"].as_u64().expect("a number");
    let shown: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..10).map(|_| scope.spawn(|| world.home.mp(["inspect", "events"]).ok())).collect();
        gate.wait_for_arrival(1);
        // The ten, and the one that asks.
        eventually(SOON, "all ten wait", || connections() >= 11);
        gate.release();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!(shown.iter().all(|one| *one == shown[0] && one.contains("Sign Up")), "{shown:?}");
    assert_eq!(world.upstream.count("GET", NAMES), 1);
    // Kept for those who come later, also under another command, until somebody wants it anew.
    world.home.mp(["inspect", "events", "-f", "plain"]).ok();
    assert_eq!(world.upstream.count("GET", NAMES), 1);
    world.home.mp(["inspect", "events", "--refresh"]).ok();
    assert_eq!(world.upstream.count("GET", NAMES), 2);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_kept_answer_says_its_age_and_ends_with_the_login() {
    let world = world();
    let _daemon = world.start();
    let ask = Ask::change("POST", "/v1/operations/inspect.events", &json!({}));
    assert_eq!(world.home.ask(&ask).header("age"), None);
    assert!(world.home.ask(&ask).header("age").is_some());
    assert_eq!(world.upstream.count("GET", NAMES), 1);
    // Whoever has the name of the account next is somebody else.
    world.home.mp(["account", "logout", "ada"]).ok();
    world.put(&world.mint(), 3600);
    assert_eq!(world.home.ask(&ask).header("age"), None);
    assert_eq!(world.upstream.count("GET", NAMES), 2);
}

#[test]
fn twenty_queries_of_one_project_never_meet_a_429() {
    let world = world();
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", SEGMENTATION, Fault::Hold(gate.clone()).times(20));
    let done: Vec<Done> = std::thread::scope(|scope| {
        // Twenty different questions, or they would be one.
        let call = |number: usize| segmentation(&world, &format!("Event {number}"));
        let calls: Vec<_> = (0..20).map(|number| scope.spawn(move || call(number).run())).collect();
        gate.wait_for_arrival(5);
        gate.release();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    for one in &done {
        assert_eq!(one.code, 0, "{}", one.stderr);
    }
    assert_eq!(world.upstream.peak(Meter::Query, Region::Us, PROJECT), 5);
    assert!(world.upstream.requests().iter().all(|request| request.status != Some(429)));
    assert_eq!(world.upstream.count("GET", SEGMENTATION), 20);
}

#[test]
fn every_digit_survives_every_format() {
    let world = world();
    let _daemon = world.start();
    answered(
        &world,
        r#"{"data": {"values": {"a": {"2025-01-01": 12345678901234567890, "2025-01-02": 1.0, "2025-01-03": 1e22}}}}"#,
    );
    let formats = |format: &[&str]| world.home.mp([&SEGMENTATION_OF_A[..], format].concat()).ok();
    for format in ["json", "jsonl", "csv", "table"] {
        let shown = formats(&["-f", format]);
        assert!(shown.contains("12345678901234567890") && shown.contains("1.0"), "{format}: {shown}");
    }
    assert_eq!(formats(&["-f", "plain"]), "a\n");
    assert_eq!(formats(&["--jq", r#".series.a["2025-01-01"]"#]), "12345678901234567890\n");
}

#[test]
fn what_is_no_answer_is_an_error_that_says_why() {
    let world = world();
    let _daemon = world.start();
    let table = [
        (r#"{"error": "Unknown event: 'a'"}"#, 3, "Unknown event: 'a'"),
        (r#"{"data": {}}"#, 1, "without 'values'"),
        ("[]", 1, "without 'data'"),
        ("<html>", 1, "without JSON"),
        ("", 1, "without JSON"),
    ];
    for (body, code, words) in table {
        answered(&world, body);
        let done = segmentation(&world, "a").run();
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{body}: {}", done.stderr);
        assert!(done.stderr.contains(words) && !done.stderr.contains("panicked"), "{body}: {}", done.stderr);
    }
    answered(&world, r#"{"data": {"values": {"a": {"d": NaN}}}, "x": Infinity, "text": "NaN"}"#);
    let shown: Value = serde_json::from_str(&segmentation(&world, "a").ok()).expect("JSON");
    assert_eq!((&shown["total"], &shown["series"]["a"]["d"]), (&json!(0), &Value::Null), "nothing was counted there");
    answered(&world, r#"{"data": {"values": {"a": {"d": "many"}}}}"#);
    assert!(segmentation(&world, "a").fails(1).contains("no number for 'a' at d"));
}

#[test]
fn wrong_arguments_are_told_together_and_reach_nobody() {
    let world = world();
    let _daemon = world.start();
    let message = world.home.mp(["query", "segmentation", "--from", "2025-02-30", "--unit", "hour"]).fails(3);
    for part in ["--event", "--from", "2025-01-31", "--to", "--unit", "day, week, month"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let ask = |arguments: Value| {
        let body = json!({"arguments": arguments});
        world.home.ask(&Ask::change("POST", "/v1/operations/query.segmentation", &body)).json()
    };
    let places = |problem: &Value| -> Vec<String> {
        let errors = problem["errors"].as_array().expect("a list").iter();
        errors.map(|error| error["at"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(places(&ask(json!({"event": 1, "x": 1}))), ["x", "event", "from", "to"]);
    world.home.mp(["query", "segmentation", "--jq", ".["]).fails(3);
    assert_eq!(world.upstream.requests().len(), 0);
}

#[test]
fn a_letter_of_a_command_is_its_own() {
    let world = world();
    let _daemon = world.start();
    world.home.mp(["-p", "3187655", "inspect", "values", "-p", "country", "-e", "Sign Up"]).ok();
    let requests = world.upstream.requests();
    let sent = requests.last().expect("a request");
    let parameter = |name: &str| sent.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((parameter("project_id"), parameter("name")), (Some("3187655"), Some("country")));
}

#[test]
fn a_caller_that_leaves_ends_its_query() {
    let world = world();
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", SEGMENTATION, Fault::Hold(gate.clone()));
    let mut call = segmentation(&world, "a").start();
    gate.wait_for_arrival(1);
    call.kill();
    let running = || world.upstream.running(Meter::Query, Region::Us, PROJECT);
    eventually(Duration::from_secs(5), "Mixpanel is not asked any more", || running() == 0);
}

#[test]
fn a_property_called_error_is_no_error_and_an_error_is_not_kept() {
    let world = world();
    let _daemon = world.start();
    let path = "/us/query/events/properties/top";
    world.upstream.on("GET", path, |_| Reply::json(200, &json!({"error": {"count": 7}, "plan": {"count": 1}})));
    assert_eq!(world.home.mp(["inspect", "properties", "-e", "a", "-f", "plain"]).ok(), "error\nplan\n");
    let (funnels, good) = ("/us/query/funnels/list", json!([{"funnel_id": 1, "name": "x"}]));
    for odd in [json!({"error": "timed out"}), json!({"error": ["a"]}), json!({})] {
        world.upstream.on("GET", funnels, move |_| Reply::json(200, &odd));
        assert_ne!(world.home.mp(["inspect", "funnels"]).run().code, 0);
    }
    world.upstream.on("GET", funnels, move |_| Reply::json(200, &good));
    assert_eq!(world.home.mp(["inspect", "funnels", "-f", "plain"]).ok(), "x\n");
}

#[test]
fn who_reads_after_a_change_sees_it() {
    let world = world();
    let _daemon = world.start();
    let cohorts = "/us/query/cohorts/list";
    let asked = || world.upstream.count("POST", cohorts);
    let list = || world.home.mp(["inspect", "cohorts"]).ok();
    list();
    list();
    assert_eq!(asked(), 1, "it is kept");
    world.upstream.on("DELETE", "/us/app/projects/3187654/cohorts/7", |_| Reply::new(204));
    world.home.mp(["cohorts", "delete", "7"]).ok();
    list();
    assert_eq!(asked(), 2);
    world.home.mp(["api", "DELETE", "projects/{project_id}/cohorts/7"]).ok();
    list();
    assert_eq!(asked(), 3);
    // Who only reads changes nothing.
    world.home.mp(["cohorts", "list"]).run();
    list();
    assert_eq!(asked(), 3);
}

#[test]
fn what_stands_in_for_mixpanel_closes_its_own_gate_only() {
    let (world, mock) = (world(), mp_sandbox::upstream::Upstream::start());
    let _daemon = world.home.start_with(|mpd| mpd.env_remove("MPD_UPSTREAM"));
    mock.on("GET", "/", |_| Reply::new(429).header("Retry-After", "3000"));
    let env = json!({"env": {"MP_API_BASE_URL": mock.url(), "MP_USERNAME": "u", "MP_SECRET": "s", "MP_PROJECT_ID": "7", "MP_REGION": "us"}});
    let answer = world.home.ask(&Ask::get("/v1/api/query/events/names").context(&env));
    assert_eq!(mock.requests().len(), 1, "{}", answer.text());
    let status = world.home.ask(&Ask::get(mp_proto::routes::STATUS)).ok();
    assert_eq!(status["limits"], json!([]), "{status}");
}
