//! The Rust API against the real daemon: what its documents promise, from the programs in `tests/rust-api` down to a lost connection.

mod calls;
mod streams;
mod switching;

// Their `main` is for those who run them.
#[expect(dead_code, reason = "the examples are programs, too")]
#[path = "../rust-api/foreign.rs"]
mod foreign;
#[expect(dead_code, reason = "the examples are programs, too")]
#[path = "../rust-api/overview.rs"]
mod overview;
#[expect(dead_code, reason = "the examples are programs, too")]
#[path = "../rust-api/parallel.rs"]
mod parallel;
#[expect(dead_code, reason = "the examples are programs, too")]
#[path = "../rust-api/typed.rs"]
mod typed;
#[expect(dead_code, reason = "the examples are programs, too")]
#[path = "../rust-api/watch.rs"]
mod watch;

use mp_client::{Client, ClientBuilder, FailureKind};
use mp_sandbox::home::Home;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::grants::World;
use crate::{SOON, configured};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Returns the settings of a client in a home, with its variables.
fn builder(home: &Home, variables: &[(&str, &str)]) -> ClientBuilder {
    let own = home.path().to_str().expect("UTF-8");
    let variables = [("HOME", own)].into_iter().chain(variables.iter().copied());
    Client::builder().variables(variables).directory(home.at("work")).name("test/1.0").autostart(false)
}

fn client(home: &Home) -> Client {
    builder(home, &[]).build().expect("a client")
}

#[test]
fn the_overview_tells_session_and_events() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let text = runtime().block_on(overview::overview(&client(&world.home).workspace())).expect("an answer");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("ada in 3187654", 4), "{text}");
}

#[test]
fn operations_are_methods_with_types() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let text = runtime().block_on(typed::report(&client(&world.home).workspace())).expect("an answer");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with(" of Sign Up, by 4 countries"), "{text}");
    assert!(lines[1].contains(": 3 steps, ") && text.contains(" more fields)\n"), "{text}");
    assert!(text.ends_with("\"Sign Up\"\n\"Sign Up\"\n\"Sign Up\"\n"), "{text}");
}

#[test]
fn a_typed_call_tells_what_is_wrong_as_any_other() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    let failure = runtime().block_on(async { ws.segmentation("Sign Up", "2025-02-31", "soon").await });
    let places: Vec<String> = failure.expect_err("no such days").errors.into_iter().map(|problem| problem.at).collect();
    assert_eq!(places, ["from", "to"]);
    let refused = runtime().block_on(async { ws.get_cohort(7).await }).expect_err("there is none");
    assert_eq!(refused.kind, FailureKind::UpstreamNotFound);
}

#[test]
fn a_foreign_program_needs_nothing_of_ours() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let daemon = foreign::Daemon::at(&world.home.socket());
    let (said, first, next) = runtime().block_on(async {
        let said = daemon.overview().await.expect("an answer");
        let mut happened = daemon.events().await.expect("a stream");
        let first = happened.next().await.expect("well-formed").expect("how things stand");
        client(&world.home).accounts().refresh("ada", None).await.expect("it is renewed");
        let next = timeout(SOON, happened.next()).await.expect("in time").expect("well-formed").expect("an event");
        (said, first, next)
    });
    assert_eq!(said, "\"ada\" in \"3187654\": 3 dashboards");
    assert_eq!(first["type"], "snapshot", "{first}");
    assert!(next["type"].is_string(), "{next}");
}

#[test]
fn several_projects_are_asked_side_by_side() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let ws = client(&world.home).workspace();
    let answers = runtime().block_on(parallel::side_by_side(&ws, &["3187654", "9"]));
    let [(_, seen), (hidden, refused)] = &answers[..] else { panic!("{answers:?}") };
    assert!(seen.as_ref().is_ok_and(|cohorts| cohorts.is_array()), "{seen:?}");
    assert!(hidden == "9" && refused.is_err(), "{refused:?}");
}

#[test]
fn a_watcher_tells_of_a_switch() {
    let home = configured();
    let _daemon = home.start();
    let client = client(&home);
    let told = runtime().block_on(async {
        let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let watcher = client.clone();
        tasks.spawn(async move { watch::watch(&watcher, |line| drop(sender.send(line))).await });
        let mut next = async || timeout(SOON, lines.recv()).await.expect("in time").expect("a line");
        let first = next().await;
        client.accounts().use_("ci").await.expect("it exists");
        (first, next().await)
    });
    assert_eq!(told, ("account Some(\"team\")".to_owned(), "now Some(\"ci\")".to_owned()));
}
