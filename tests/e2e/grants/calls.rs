//! Many calls at once over one grant.

use std::sync::Mutex;

use mp_proto::routes;
use mp_sandbox::process::raise_file_limit;
use mp_sandbox::upstream::{Fault, Gate};
use mp_sandbox::wire::{Ask, Connection, EventStream};
use serde_json::{Value, json};

use super::{TOKEN, World, ask_token};

fn ask_dashboards() -> Ask {
    Ask::change("POST", routes::fill(routes::OPERATION, "dashboards.list"), &json!({}))
}

/// Sends a request `each` times on every of `connections` connections at once, and returns the answers.
fn at_once(world: &World, connections: usize, each: usize, ask: &Ask) -> Vec<(u16, Value)> {
    let answers = Mutex::new(Vec::new());
    let mut open: Vec<Connection> = (0..connections).map(|_| world.home.connect()).collect();
    for connection in &mut open {
        let requests: Vec<u8> = (0..each).flat_map(|_| ask.to_bytes()).collect();
        connection.write(&requests).expect("the daemon listens");
    }
    for connection in &mut open {
        for _ in 0..each {
            let answer = connection.read_answer().expect("an answer");
            answers.lock().expect("nobody panicked").push((answer.status, answer.json()));
        }
    }
    answers.into_inner().expect("nobody panicked")
}

#[test]
fn a_thousand_callers_over_an_expired_grant_make_one_refresh() {
    raise_file_limit();
    let world = World::with_grant(0);
    let _daemon = world.start();
    let mut events = EventStream::open(&world.home.socket(), None);
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(gate.clone()).after_effect());
    let answers = std::thread::scope(|scope| {
        let calls = scope.spawn(|| at_once(&world, 1000, 1, &ask_token()));
        gate.wait_for_arrival(1);
        gate.release();
        calls.join().expect("no panic")
    });
    assert_eq!(answers.len(), 1000);
    let token = world.on_disk()["access_token"].clone();
    let wrong = answers.iter().filter(|(status, body)| *status != 200 || body["token"] != token).count();
    assert_eq!((wrong, world.posts()), (0, 1));
    let refreshed = events.until("token.refreshed").pop().expect("the event");
    assert_eq!(
        (refreshed.data["account"].as_str(), refreshed.data["cause"].as_str()),
        (Some("ada"), Some("refreshed"))
    );
    assert!(world.upstream.problems().is_empty(), "{:?}", world.upstream.problems());
}

#[test]
fn fifty_calls_with_a_dead_token_make_one_refresh() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.ask(&ask_dashboards()).ok();
    world.upstream.expire_access_tokens();
    world.upstream.clear();
    let answers = at_once(&world, 50, 1, &ask_dashboards());
    let wrong: Vec<_> = answers.iter().filter(|(status, body)| *status != 200 || !body.is_array()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(world.posts(), 1);
    assert!(world.upstream.problems().is_empty(), "{:?}", world.upstream.problems());
}

#[test]
fn an_upstream_that_always_says_401_is_asked_twice_at_most() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let always = Fault::Status(401, json!({"status": "error", "error": "no"})).forever();
    world.upstream.fault("GET", "/us/app/", always);
    for call in 0..3 {
        world.upstream.clear();
        let answer = world.home.ask(&ask_dashboards());
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert_eq!(answer.header("mp-origin"), Some("upstream"));
        let sent = world.upstream.requests().iter().filter(|request| request.path.starts_with("/us/app/")).count();
        assert!(sent <= 2, "{sent} requests in call {call}");
        assert!(world.posts() <= 1, "call {call}");
    }
}

#[test]
fn every_fault_of_the_token_endpoint_leaves_a_usable_account() {
    for (what, fault) in Fault::weather() {
        let world = World::with_grant(0);
        let _daemon = world.start();
        world.upstream.fault("POST", TOKEN, fault);
        let answer = world.ask_token();
        assert_eq!(answer.problem().1, "token_unavailable", "{what}");
        let body = answer.json();
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("token endpoint")), "{what}: {body}");
        assert!(body["next"][0]["command"].is_string() && body["retry_after_s"].is_u64(), "{what}: {body}");
        assert_eq!(world.state(), "backoff", "{what}");
        let healed = || (world.ask_token().status == 200).then_some(());
        assert!(mp_sandbox::wait::poll(super::LONG, healed).is_some(), "{what}");
        assert_eq!((world.state().as_str(), world.upstream.count("GET", "/elsewhere")), ("ok", 0), "{what}");
    }
}

#[test]
fn a_silent_token_endpoint_is_given_up() {
    let world = World::with_grant(0);
    let _daemon = world.start();
    let never = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Hold(never.clone()));
    let mut caller = world.home.connect();
    caller.set_patience(super::LONG);
    let answer = caller.call(&ask_token());
    assert_eq!(answer.problem().1, "token_unavailable");
    assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.contains("within 15 s")));
    let healed = || (world.ask_token().status == 200).then_some(());
    assert!(mp_sandbox::wait::poll(super::LONG, healed).is_some());
    // Not before: the endpoint could carry out the call that was given up, and spend the grant that nobody would hear of.
    never.release();
}
