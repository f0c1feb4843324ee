//! What all tools share: Mixpanel's limits, and the daemon that must live for as long as one of them waits.

mod ledger;

use std::time::{Duration, Instant};

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::home::{Call, Daemon, Home, Running, keeps_running};
use mp_sandbox::upstream::{ADA, Fault, Gate, Meter, Upstream};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::{Value, json};

use crate::{SOON, empty};

const DASHBOARDS: &str = "/us/app/projects/3187654/dashboards";
const ENGAGE: &str = "/us/engage";
const PROJECT: u64 = 3_187_654;

const CONFIG: &str = r#"[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "sa.ada"
secret = "s3cret"

[active]
account = "team"
"#;

/// A home whose account is good at a fake Mixpanel that has the limits of the real one.
struct World {
    home: Home,
    upstream: Upstream,
}

impl World {
    fn new() -> Self {
        let (mut home, upstream) = (empty(), Upstream::start());
        home.set("MPD_UPSTREAM", &upstream.url());
        upstream.add_service_account(Region::Us, "sa.ada", "s3cret", ADA);
        home.write(".mp/config.toml", CONFIG);
        Self { home, upstream }
    }

    fn start(&self, arguments: &[&str]) -> Daemon {
        self.home.start_with(|mpd| mpd.args(arguments))
    }

    /// Returns a call that counts as a query.
    fn query(&self) -> Call {
        self.home.mp(["export", "profiles"])
    }

    fn queries(&self, count: usize) -> Vec<Running> {
        (0..count).map(|_| self.query().start()).collect()
    }

    /// Holds the next queries back.
    fn hold(&self, count: usize) -> Gate {
        let gate = Gate::new();
        self.upstream.fault("POST", ENGAGE, Fault::Hold(gate.clone()).times(count));
        gate
    }

    /// Returns what is used of the one budget that is used at all.
    fn budget(&self) -> Value {
        self.home.ask(&Ask::get(routes::STATUS)).ok()["limits"][0].clone()
    }

    fn until(&self, running: u64, waiting: u64) {
        let what = format!("{running} run and {waiting} wait");
        eventually(SOON, &what, || {
            let budget = self.budget();
            (budget["running"].as_u64(), budget["waiting"].as_u64()) == (Some(running), Some(waiting))
        });
    }

    fn peak(&self) -> usize {
        self.upstream.peak(Meter::Query, Region::Us, PROJECT)
    }

    /// Returns when each query came.
    fn times(&self) -> Vec<Instant> {
        let requests = self.upstream.requests();
        requests.iter().filter(|one| one.path.starts_with(ENGAGE)).map(|one| one.at).collect()
    }
}

#[track_caller]
fn all_succeed(calls: Vec<Running>) {
    for call in calls {
        let done = call.finish();
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
}

#[test]
fn twenty_tools_share_what_mixpanel_allows_and_see_how_it_is_used() {
    let world = World::new();
    let _daemon = world.start(&[]);
    let gate = world.hold(5);
    let calls = world.queries(20);
    world.until(5, 15);
    let shown = world.home.mp(["daemon", "status"]).ok();
    let row: Vec<&str> = shown.lines().last().expect("a row").split_whitespace().collect();
    assert_eq!(row.join(" "), "3187654 us query 5 of 5 5 of 60 15 wait", "{shown}");
    let metrics = world.home.ask(&Ask::get(routes::METRICS)).text();
    assert!(
        metrics.contains("mpd_budget_waiting{region=\"us\",project=\"3187654\",family=\"query\"} 15\n"),
        "{metrics}"
    );
    gate.release();
    all_succeed(calls);
    assert_eq!((world.peak(), world.times().len()), (5, 20), "none was refused");
    let budget = world.budget();
    assert_eq!((&budget["running"], &budget["used"], &budget["closed_for_s"]), (&json!(0), &json!(20), &Value::Null));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_person_with_one_query_is_not_behind_a_tool_with_thirty() {
    let world = World::new();
    let _daemon = world.start(&[]);
    let gate = world.hold(5);
    let path = routes::fill(routes::OPERATION, "export.profiles");
    let ask = Ask::change("POST", path, &json!({"arguments": {}}));
    std::thread::scope(|scope| {
        // One process, so one tool.
        let tool: Vec<_> = (0..30).map(|_| scope.spawn(|| world.home.ask(&ask))).collect();
        world.until(5, 25);
        let person = world.home.mp(["export", "profiles", "--where", "user[\"me\"] == 1"]).start();
        world.until(5, 26);
        gate.release();
        assert_eq!(person.finish().code, 0);
        let answers: Vec<_> = tool.into_iter().map(|call| call.join().expect("no panic")).collect();
        let told = |name| answers.iter().filter(|answer| answer.header(name).is_some()).count();
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert!((25..=30).contains(&told(routes::WAITED_HEADER)), "{}", told(routes::WAITED_HEADER));
    });
    let requests = world.upstream.requests();
    let at = requests.iter().position(|request| !request.json()["where"].is_null()).expect("it was sent");
    // Five ran before it came, and as many may be on their way when the first of them ends.
    assert!(at < 11, "it was number {at}");
    assert_eq!(world.peak(), 5);
}

#[test]
fn a_429_closes_the_gate_for_all_tools_until_mixpanel_wants_more() {
    let world = World::new();
    let _daemon = world.start(&[]);
    world.upstream.fault("POST", ENGAGE, Fault::RetryAfter(429, "2".to_owned()));
    let first = world.query().start();
    eventually(SOON, "the gate is closed", || world.budget()["closed_for_s"].is_u64());
    all_succeed(world.queries(8).into_iter().chain([first]).collect());
    let times = world.times();
    assert_eq!(times.len(), 10, "only the first was refused");
    assert!(times[1] - times[0] >= Duration::from_secs(2), "{times:?}");
    assert!(world.peak() <= 5);
}

#[test]
fn a_gate_that_stays_closed_refuses_at_once_and_says_until_when() {
    let world = World::new();
    let _daemon = world.start(&[]);
    world.upstream.fault("POST", ENGAGE, Fault::RetryAfter(429, "3600".to_owned()));
    world.query().fails(5);
    let told = world.query().fails(5);
    for part in ["a query of project 3187654 (us) is refused by Mixpanel until 20", "mp daemon status"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(world.times().len(), 1, "nobody asked in vain");
    let answer = world.home.ask(&Ask::change("POST", "/v1/operations/export.profiles", &json!({})));
    let seconds: u64 = answer.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!(answer.status == 429 && (3500..=3600).contains(&seconds), "{seconds}");
    assert_eq!(answer.header("mp-origin"), Some("daemon"));
    assert_eq!(world.home.mp(["dashboards", "list", "--jq", "length"]).ok(), "3\n", "the App API has no such limit");
}

#[test]
fn limits_of_the_config_apply_at_once_and_wrong_ones_are_told_with_their_place() {
    let world = World::new();
    let limit = |value: &str| {
        world.home.replace(".mp/config.toml", &format!("{CONFIG}\n[settings.limits]\nquery_concurrent = {value}\n"));
    };
    limit("1");
    let _daemon = world.start(&[]);
    let gate = world.hold(3);
    let calls = world.queries(4);
    world.until(1, 3);
    limit("3");
    world.until(3, 1);
    limit("0");
    let status = world.home.mp(["daemon", "status", "-f", "json"]).json();
    let problem = &status["config"]["problems"][0];
    assert!(problem["at"].as_str().is_some_and(|at| at.ends_with("config.toml:12:20")), "{problem}");
    assert_eq!(problem["detail"], "query_concurrent is 0: expected a positive integer");
    gate.release();
    all_succeed(calls);
}

#[test]
fn a_caller_that_leaves_the_queue_costs_nobody_a_turn() {
    let world = World::new();
    let _daemon = world.start(&[]);
    let gate = world.hold(5);
    let running = world.queries(5);
    world.until(5, 0);
    let mut leaving = world.queries(6);
    world.until(5, 6);
    leaving.iter_mut().for_each(Running::kill);
    world.until(5, 0);
    let last = world.query().start();
    world.until(5, 1);
    gate.release();
    all_succeed(running.into_iter().chain([last]).collect());
    assert_eq!((world.times().len(), &world.budget()["used"]), (6, &json!(6)));
}

#[test]
fn a_call_that_runs_keeps_an_idle_daemon() {
    let world = World::new();
    let mut daemon = world.start(&["--started-by", "client", "--idle-exit", "1"]);
    let gate = Gate::new();
    world.upstream.fault("GET", DASHBOARDS, Fault::Hold(gate.clone()));
    let call = world.home.mp(["dashboards", "list", "--jq", "length"]).start();
    gate.wait_for_arrival(1);
    keeps_running(&mut daemon, Duration::from_secs(3));
    gate.release();
    assert_eq!(call.finish().stdout, "3\n");
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn who_waits_is_told_why_while_it_waits() {
    let world = World::new();
    let _daemon = world.start(&[]);
    let mut listener = EventStream::open(&world.home.socket(), None);
    world.upstream.fault("POST", ENGAGE, Fault::RetryAfter(429, "6".to_owned()));
    let mut waiting = world.query().start();
    let told = "note: a query of project 3187654 (us) waits for ";
    waiting.pick_line(SOON, |line| line.contains(told).then_some(())).expect("it is told");
    assert!(world.times().len() == 1, "it still waits");
    let event = listener.until("call.waiting").pop().expect("it is published").data;
    assert!(event.to_string().contains("Mixpanel has refused more") && event["until"].is_string(), "{event}");
    let done = waiting.finish();
    assert_eq!((done.code, done.stderr.matches(told).count()), (0, 1), "{}", done.stderr);
    world.upstream.fault("POST", ENGAGE, Fault::RetryAfter(429, "3".to_owned()));
    assert_eq!(world.home.mp(["export", "profiles", "-q"]).run().stderr, "");
    // What is no export says so, too.
    world.upstream.fault("GET", "/us/query/events/names", Fault::RetryAfter(429, "4".to_owned()));
    let done = world.home.mp(["inspect", "events"]).run();
    assert!(done.code == 0 && done.stderr.contains("waits for "), "{}", done.stderr);
    // The App API has no gate, but pauses as well.
    world.upstream.fault("GET", DASHBOARDS, Fault::RetryAfter(429, "4".to_owned()));
    let done = world.home.mp(["dashboards", "list", "--jq", "length"]).run();
    assert!(done.stderr.contains("Mixpanel has refused more requests (429); trying again in 4 s"), "{}", done.stderr);
}

#[test]
fn a_turn_that_takes_long_is_told() {
    let world = World::new();
    let _daemon = world.start(&[]);
    let gate = world.hold(5);
    let running = world.queries(5);
    world.until(5, 0);
    let mut waiting = world.query().start();
    let told = "waits for its turn: 5 of 5 run, and 0 more wait";
    waiting.pick_line(SOON, |line| line.contains(told).then_some(())).expect("it is told");
    gate.release();
    let done = waiting.finish();
    assert_eq!((done.code, done.stderr.matches(told).count()), (0, 1), "{}", done.stderr);
    all_succeed(running);
}
