//! `mp events`.

use std::process::Stdio;

use mp_sandbox::home::{Home, Running};
use mp_sandbox::process::wait;
use mp_sandbox::wait::eventually;
use serde_json::Value;

use super::add;
use crate::grants::World;
use crate::{SOON, configured};

fn watch(home: &Home, words: &[&str]) -> Running {
    home.mp([&["events"], words].concat()).start()
}

#[track_caller]
fn shows(running: &Running, text: &str) {
    eventually(SOON, text, || running.written().contains(text));
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON in each line")).collect()
}

#[test]
fn it_shows_what_happens_and_goes_on_with_the_next_daemon() {
    let home = configured();
    let mut watching = watch(&home, &[]);
    shows(&watching, "snapshot revision=1 active_account=team accounts=[\"ci\",\"personal\",\"team\"]");
    add(&home, "first");
    shows(&watching, "account.added name=first account_type=oauth_browser region=us");
    home.mp(["daemon", "stop"]).ok();
    shows(&watching, "daemon.stopping");
    assert!(home.daemon().is_none(), "a daemon that was stopped stays stopped");
    home.mp(["daemon", "start"]).ok();
    shows(&watching, "reset reason=");
    let (pid, _) = home.daemon().expect("it runs");
    mp_sandbox::process::kill(pid);
    home.mp(["daemon", "start"]).ok();
    add(&home, "second");
    // It may be there in time for the event, or else finds the account in the snapshot.
    shows(&watching, "second");
    watching.kill();
    let done = watching.finish();
    assert_eq!(done.stdout.matches(" reset ").count(), 2, "{}", done.stdout);
    assert_eq!(done.stderr.matches("waiting for a daemon").count(), 2, "{}", done.stderr);
}

#[test]
fn a_refresh_is_told_as_json_to_those_who_want_it_and_can_be_resumed_after() {
    let world = World::with_grant(-5);
    let _daemon = world.start();
    let mut watching = watch(&world.home, &["--json", "--types", "token.refreshed,login.required"]);
    eventually(SOON, "it listens", || status(&world.home)["event_streams"] == 1);
    add(&world.home, "other");
    world.ask_token();
    shows(&watching, "token.refreshed");
    watching.kill();
    let seen = lines(&watching.finish().stdout);
    assert_eq!(seen.len(), 1, "{seen:?}");
    for (field, value) in [("type", "token.refreshed"), ("account", "ada"), ("cause", "refreshed")] {
        assert_eq!(seen[0][field], value);
    }
    // Everything that came before it was seen; of all that comes after it nothing is missed.
    let id = seen[0]["id"].as_str().expect("an id");
    add(&world.home, "later");
    let mut resumed = watch(&world.home, &["-f", "json", "--jq", ".type + \" \" + .name", "--after", id]);
    shows(&resumed, "\"account.added later\"");
    resumed.kill();
    assert!(!resumed.finish().stdout.contains("snapshot"));
}

#[test]
fn a_logout_is_told_to_those_who_show_who_is_logged_in() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.ask_token();
    let mut watching = watch(&world.home, &["--json", "--types", "login.required"]);
    eventually(SOON, "it listens", || status(&world.home)["event_streams"] == 1);
    world.home.mp(["account", "logout", "ada"]).ok();
    shows(&watching, "login.required");
    watching.kill();
    let seen = lines(&watching.finish().stdout);
    assert_eq!(seen.len(), 1, "{seen:?}");
    for (field, value) in [("account", "ada"), ("command", "mp account login ada")] {
        assert_eq!(seen[0][field], value);
    }
}

fn status(home: &Home) -> Value {
    home.ask(&mp_sandbox::wire::Ask::get(mp_proto::routes::STATUS)).ok()
}

#[test]
fn it_ends_when_nobody_reads_without_waiting_for_one_more_event() {
    let home = configured();
    let mut command = home.command(&home.programs().mp);
    let mut child = command.args(["events"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let stdout = child.stdout.take().expect("it is piped");
    eventually(SOON, "it listens", || home.daemon().is_some() && status(&home)["event_streams"] == 1);
    drop(stdout);
    let ended = wait(&mut child, SOON).expect("it ends");
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn what_it_cannot_do_is_refused() {
    let home = configured();
    let stderr = home.mp(["events", "--types", "token.refreshd"]).fails(3);
    assert!(stderr.contains("token.refreshed"), "the known ones are named: {stderr}");
    assert!(home.mp(["events", "-f", "csv"]).fails(3).contains("jsonl"));
    home.mp(["events", "--no-autostart"]).fails(6);
    let _daemon = home.start();
    let answer = home.ask(&mp_sandbox::wire::Ask::get("/v1/events?types=snapshot,nonsense"));
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("types=nonsense is not known"), "{}", answer.text());
}
