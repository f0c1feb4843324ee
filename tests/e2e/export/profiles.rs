//! Exports of profiles.

use std::sync::atomic::{AtomicBool, Ordering};

use mp_sandbox::home::{Call, Daemon};
use mp_sandbox::process;
use mp_sandbox::upstream::Gate;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::Received;
use mp_sandbox::wait::eventually;
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::World;

const PATH: &str = "/us/engage/";

/// Starts a world with so many profiles, on pages of three.
fn start(count: u64) -> (Daemon, World) {
    let world = World::with_grant(3600);
    world.upstream.on("POST", PATH, move |request| page_of(count, request));
    (world.start(), world)
}

/// Answers with a page of so many profiles.
fn page_of(count: u64, request: &Received) -> Reply {
    let asked = request.json();
    let page = asked["page"].as_u64().unwrap_or(0);
    let has_session = asked["session_id"] == "s-1";
    if has_session != (page > 0) {
        return Reply::json(400, &json!({"error": "this belongs to page 0"}));
    }
    let results: Vec<Value> = (page * 3..count.min(page * 3 + 3)).map(profile).collect();
    Reply::json(200, &json!({"results": results, "session_id": "s-1", "page": page, "page_size": 3, "total": count}))
}

fn profile(number: u64) -> Value {
    json!({"$distinct_id": format!("u{number}"), "$properties": {"$last_seen": "2025-01-01T00:00:00", "n": number}})
}

fn bodies(world: &World) -> Vec<Value> {
    world.upstream.requests().iter().filter(|request| request.path == PATH).map(|request| request.json()).collect()
}

#[test]
fn pages_are_asked_for_until_one_is_short() {
    for (count, pages) in [(0, 1), (2, 1), (3, 2), (7, 3)] {
        let (_daemon, world) = start(count);
        let raw: String = (0..count).map(|number| format!("{}\n", profile(number))).collect();
        assert_eq!(world.home.mp(["export", "profiles", "--raw"]).ok(), raw);
        assert_eq!(bodies(&world).len(), pages, "{count}");
        assert_eq!(bodies(&world)[0], json!({"project_id": "3187654", "page": 0}));
        let normal = |number: u64| {
            format!(
                "{{\"distinct_id\":\"u{number}\",\"last_seen\":\"2025-01-01T00:00:00\",\"properties\":{{\"n\":{number}}}}}\n"
            )
        };
        assert_eq!(world.home.mp(["export", "profiles"]).ok(), (0..count).map(normal).collect::<String>());
        assert_eq!(world.upstream.problems(), Vec::<String>::new());
    }
}

#[test]
fn what_selects_profiles_goes_along_with_every_page() {
    let (_daemon, world) = start(9);
    let words =
        ["export", "profiles", "--where", "a == 1", "--cohort-id", "12", "--properties", "$name", "--properties"];
    let more = ["n", "--limit", "4", "-w", "880102", "-o", "p"];
    world.home.mp([&words[..], &more[..]].concat()).ok();
    assert_eq!(world.home.read("work/p").lines().count(), 4);
    let bodies = bodies(&world);
    assert_eq!(bodies.len(), 2);
    let selection = json!({"where": "a == 1", "filter_by_cohort": "{\"id\": \"12\"}", "output_properties": "[\"$name\", \"n\"]",
        "include_all_users": false, "limit": 4});
    for (name, value) in selection.as_object().expect("an object") {
        assert!(bodies.iter().all(|body| body[name] == *value), "{name}: {bodies:?}");
    }
    let requests = world.upstream.requests();
    let query = &requests.iter().find(|request| request.path == PATH).expect("one").query;
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["project_id", "workspace_id", "query_origin"]);
}

#[test]
fn a_full_page_that_cannot_be_followed_is_no_end() {
    let (_daemon, world) = start(9);
    let page = |total: u64| json!({"results": [profile(0), profile(1), profile(2)], "page": 0, "page_size": 3, "total": total});
    world.upstream.on("POST", PATH, move |_| Reply::json(200, &page(9)));
    let done = world.home.mp(["export", "profiles", "--raw"]).run();
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("no session"), "{}", done.stderr);
    world.upstream.on("POST", PATH, move |_| Reply::json(200, &page(3)));
    assert_eq!(world.home.mp(["export", "profiles", "--raw"]).ok().lines().count(), 3);
}

#[test]
fn a_page_that_fails_ends_the_export_with_its_reason() {
    let (_daemon, world) = start(9);
    world.upstream.on("POST", PATH, |request| match request.json()["page"].as_u64() {
        Some(0) => Reply::json(200, &json!({"results": [profile(0)], "session_id": "s-1", "page_size": 1})),
        Some(1) => Reply::json(500, &json!({"error": "a bad day"})),
        _ => Reply::json(200, &json!({"error": "unknown session"})),
    });
    let done = world.home.mp(["export", "profiles", "--raw"]).run();
    assert_eq!((done.code, done.stdout), (1, format!("{}\n", profile(0))));
    assert!(done.stderr.contains("a bad day"), "{}", done.stderr);
    world.upstream.on("POST", PATH, |_| Reply::json(200, &json!({"error": "no such cohort"})));
    let said = world.home.mp(["export", "profiles"]).fails(1);
    assert!(said.contains("without profiles. Mixpanel says: no such cohort"), "{said}");
    world.upstream.on("POST", PATH, |_| Reply::json(400, &json!({"error": "bad selector"})));
    assert!(world.home.mp(["export", "profiles"]).fails(3).contains("bad selector"));
}

#[test]
fn selections_that_exclude_each_other_are_refused() {
    let home = crate::empty();
    for (more, code) in [
        (&["--distinct-id", "a", "--distinct-ids", "b"][..], "AC2_DISTINCT_ID_CONFLICT"),
        (&["--behaviors", "[]", "--cohort-id", "1"], "AC3_BEHAVIORS_COHORT_CONFLICT"),
        (&["--include-all-users"], "AC4_INCLUDE_ALL_USERS_REQUIRES_COHORT"),
        (&["--behaviors", "{}"], "AC5_BEHAVIORS_NOT_LIST"),
        (&["--as-of-timestamp", "99999999999"], "AC6_AS_OF_TIMESTAMP_FUTURE"),
    ] {
        let said = home.mp([&["export", "profiles"], more].concat()).env("MPD_AUTOSTART", "0").fails(3);
        assert!(said.contains(code), "{said}");
    }
}

/// Returns `mp export profiles --raw` into a file, which tries nothing again.
fn into_file(world: &World) -> Call {
    world.home.mp(["export", "profiles", "--raw", "-o", "p", "--retry-for", "0"])
}

fn all(count: u64) -> String {
    (0..count).map(|number| format!("{}\n", profile(number))).collect()
}

/// Returns the pages that were asked for.
fn pages(world: &World) -> Vec<u64> {
    bodies(world).iter().map(|body| body["page"].as_u64().expect("a number")).collect()
}

/// Answers page 6 with something else, once.
fn trip(world: &World, answer: impl Fn() -> Reply + Send + Sync + 'static) {
    let is_hit = AtomicBool::new(false);
    world.upstream.on("POST", PATH, move |request| {
        let page = request.json()["page"].as_u64().unwrap_or(0);
        match page == 6 && !is_hit.swap(true, Ordering::SeqCst) {
            true => answer(),
            false => page_of(30, request),
        }
    });
}

#[test]
fn profiles_go_on_with_the_page_and_the_session_where_they_ended() {
    let (_daemon, world) = start(30);
    trip(&world, || Reply::json(500, &json!({"error": "a bad day"})));
    let said = into_file(&world).fails(1);
    assert!(said.contains("a bad day"), "{said}");
    let journal: Value = serde_json::from_str(&world.home.read("work/p.partial.json")).expect("JSON");
    assert_eq!(journal["pages"]["last"]["page"], 5, "{journal}");
    assert_eq!(world.home.read("work/p.partial"), all(18));
    world.upstream.clear();
    let done = into_file(&world).run();
    assert_eq!((done.code, world.home.read("work/p") == all(30)), (0, true), "{}", done.stderr);
    assert_eq!(pages(&world), [6, 7, 8, 9, 10], "what is there is not asked for again");
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_page_that_fails_is_asked_for_again() {
    let (_daemon, world) = start(30);
    for words in [&["-o", "q"][..], &[]] {
        world.upstream.clear();
        trip(&world, || Reply::json(503, &json!({"error": "a bad day"})).header("Retry-After", "0"));
        let done = world.home.mp([&["export", "profiles", "--raw"][..], words].concat()).run();
        let text = if words.is_empty() { done.stdout.clone() } else { world.home.read("work/q") };
        assert_eq!((done.code, text == all(30)), (0, true), "{}", done.stderr);
        assert!(done.stderr.contains("trying again in ") && done.stderr.contains("30 lines, "), "{}", done.stderr);
        assert_eq!(pages(&world), [0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10]);
    }
}

#[test]
fn a_session_that_has_ended_is_begun_anew_and_nobody_comes_twice() {
    let (_daemon, world) = start(30);
    trip(&world, || Reply::json(400, &json!({"error": "session_id is invalid or has expired"})));
    let done = into_file(&world).run();
    assert_eq!((done.code, world.home.read("work/p") == all(30)), (0, true), "{}", done.stderr);
    assert!(done.stderr.contains("beginning anew") && done.stderr.contains("after 6 pages"), "{}", done.stderr);
    assert_eq!(pages(&world)[..8], [0, 1, 2, 3, 4, 5, 6, 0]);

    // A run that dies in the middle of that goes on with it.
    std::fs::remove_file(world.home.at("work/p")).expect("there");
    trip(&world, || Reply::json(500, &json!({"error": "a bad day"})));
    into_file(&world).fails(1);
    let text = world.home.read("work/p.partial.json");
    let mut journal: Value = serde_json::from_str(&text).expect("JSON");
    journal["pages"]["is_anew"] = json!(true);
    journal["pages"]["last"]["page"] = json!(2);
    world.home.write("work/p.partial.json", &journal.to_string());
    into_file(&world).ok();
    assert_eq!(world.home.read("work/p"), all(30));
}

#[test]
fn an_export_that_was_killed_goes_on_with_its_page() {
    let (_daemon, world) = start(30);
    let gate = Gate::new();
    let held = gate.clone();
    trip(&world, move || page_of_hold(&held));
    let running = into_file(&world).start();
    eventually(SOON, "five pages are there", || {
        world.home.at("work/p.partial.json").exists() && world.home.read("work/p.partial.json").contains("\"page\": 5")
    });
    process::kill(running.pid());
    running.finish();
    world.upstream.clear();
    into_file(&world).ok();
    assert_eq!((world.home.read("work/p") == all(30), pages(&world)), (true, vec![6, 7, 8, 9, 10]));
}

fn page_of_hold(gate: &Gate) -> Reply {
    Reply::json(200, &json!({})).hold(gate)
}
