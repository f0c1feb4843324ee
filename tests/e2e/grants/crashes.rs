//! What a crash, a stop and a full disk in the middle of a refresh leave behind.

use std::time::Duration;

use mp_sandbox::process;
use mp_sandbox::upstream::{Fault, Gate, Rotation};
use mp_sandbox::wait::{eventually, poll};

use super::{LONG, TOKEN, World, ask_token};

/// The steps of a refresh, in their order.
const STEPS: [&str; 5] = ["asked", "granted", "written", "synced", "renamed"];

/// Kills the daemon at a step of its refresh, and starts another one. Returns the answer to the next request for a token, and
/// the state of the account after it.
fn killed_at(step: &str, rotation: Rotation) -> (World, mp_sandbox::wire::Answer, String) {
    let world = World::with_grant(0);
    world.upstream.policy(|policy| {
        policy.rotation = rotation;
        policy.reuse_kills_family = false;
    });
    let daemon = world.start_with(|mpd| mpd.env("MPD_FAULTS", format!("tokens.json:{step}=kill")));
    let mut connection = world.home.connect();
    assert!(connection.send(&ask_token()).is_err(), "{step}: it answered");
    assert_eq!(daemon.wait(LONG), -9, "{step}");
    world.on_disk();
    let _again = world.start();
    let answer = world.ask_token();
    // A grant that was found beside the file is put in place behind the call.
    let state = poll(LONG, || Some(world.state()).filter(|state| state != "refreshing")).expect("it ends");
    world.on_disk();
    (world, answer, state)
}

#[test]
fn a_kill_at_any_step_leaves_a_usable_grant_where_the_provider_gives_grace() {
    for step in STEPS {
        let (world, answer, state) = killed_at(step, Rotation::Grace(Duration::from_secs(60)));
        assert_eq!(answer.status, 200, "{step}: {}", answer.text());
        assert!(world.has_usable_grant_on_disk(), "{step}");
        assert_eq!(state, "ok", "{step}");
    }
}

#[test]
fn without_grace_only_a_grant_that_never_reached_the_disk_is_lost() {
    for step in STEPS {
        let (world, answer, state) = killed_at(step, Rotation::Always);
        if step == "granted" {
            assert_eq!(answer.problem().1, "login_required", "{step}");
            assert_eq!(answer.json()["next"][0]["command"], "mp account login ada");
            assert_eq!(state, "login_required");
        } else {
            assert_eq!(answer.status, 200, "{step}: {}", answer.text());
            assert!(world.has_usable_grant_on_disk(), "{step}");
        }
    }
}

#[test]
fn a_stop_during_a_refresh_saves_the_new_grant_first() {
    let world = World::with_grant(0);
    let daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let mut caller = world.home.connect();
    caller.write(&ask_token().to_bytes()).expect("it listens");
    gate.wait_for_arrival(1);
    process::terminate(daemon.pid());
    eventually(LONG, "the stop is noticed", || daemon.log().contains("stop was requested"));
    gate.release();
    assert_eq!(caller.read_answer().expect("calls are finished").status, 200);
    assert_eq!(daemon.wait(LONG), 0);
    assert!(world.has_usable_grant_on_disk());
    assert_eq!(world.posts(), 1);
}

#[test]
fn a_full_disk_is_told_and_healed() {
    let world = World::with_grant(0);
    let full = world.home.at("disk-is-full");
    std::fs::write(&full, "").expect("writable");
    let plan = format!("tokens.json:written=full-while:{}", full.display());
    let _daemon = world.start_with(|mpd| mpd.env("MPD_FAULTS", plan));
    let before = world.home.read(super::FILE);
    for _ in 0..5 {
        let answer = world.ask_token();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let status = world.status();
    assert_eq!((status["state"].as_str(), world.posts()), (Some("degraded"), 1));
    assert!(status["detail"].as_str().is_some_and(|detail| detail.contains("tokens.json")), "{status}");
    assert_eq!(world.home.read(super::FILE), before);
    std::fs::remove_file(&full).expect("there");
    // Calls bring the keeper to try again; without any, its own tick does.
    eventually(LONG, "the grant is saved", || {
        world.ask_token();
        world.state() == "ok"
    });
    assert!(world.has_usable_grant_on_disk());
    assert_eq!(world.posts(), 1);
}

#[test]
fn a_stop_saves_what_a_full_disk_has_kept_in_memory() {
    let world = World::with_grant(0);
    let full = world.home.at("disk-is-full");
    std::fs::write(&full, "").expect("writable");
    let plan = format!("tokens.json:written=full-while:{}", full.display());
    let daemon = world.start_with(|mpd| mpd.env("MPD_FAULTS", plan));
    assert_eq!(world.ask_token().status, 200);
    assert_eq!(world.state(), "degraded");
    std::fs::remove_file(&full).expect("there");
    assert_eq!(daemon.stop(), 0);
    assert!(world.has_usable_grant_on_disk());
}
