//! Bridge files of browser logins: an export asks before it puts a login into two places, and what is refreshed goes back to its file.

use mp_proto::routes;
use mp_sandbox::home::{Call, Home};
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::empty;
use crate::grants::{FILE, World};

const EXPORT: [&str; 6] = ["account", "export-bridge", "--account", "ada", "--to", "b.json"];

#[test]
fn an_export_of_a_browser_login_names_the_risk_and_asks() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for answer in ["", "n\n", "\n", "yes please\n"] {
        let told = world.home.mp(EXPORT).stdin(answer).fails(1);
        for words in ["in two places", "logged out", "[y/N]", "--yes"] {
            assert!(told.contains(words), "{answer:?}: {words} is missing in {told}");
        }
        assert!(!world.home.at("work/b.json").exists(), "{answer:?}");
    }
    for (words, answer) in
        [(&EXPORT[..], "y\n"), (&[&EXPORT[..], &["--yes"]].concat(), ""), (&[&EXPORT[..], &["-y"]].concat(), "")]
    {
        let done = world.home.mp(words).stdin(answer).run();
        assert_eq!((done.code, done.stdout.as_str()), (0, "Wrote bridge file to b.json\n"), "{}", done.stderr);
        assert!(done.stderr.contains("note: the browser login of 'ada' is in two places now"), "{}", done.stderr);
        std::fs::remove_file(world.home.at("work/b.json")).expect("it is there");
    }
    world.home.mp(["account", "logout", "ada"]).ok();
    world.home.mp(EXPORT).fails(2);
}

#[test]
fn an_export_of_a_service_account_does_not_ask() {
    let home = crate::configured();
    assert_eq!(home.mp(["account", "export-bridge", "--to", "b.json"]).ok(), "Wrote bridge file to b.json\n");
}

/// Returns what another machine gets: the bridge file of a login whose access token has ended.
fn exported(world: &World) -> String {
    let daemon = world.start();
    world.home.mp(["dashboards", "list"]).ok();
    world.home.mp([&EXPORT[..], &["-y"]].concat()).ok();
    drop(daemon);
    let mut bridge: Value = serde_json::from_str(&world.home.read("work/b.json")).expect("JSON");
    bridge["tokens"]["expires_at"] = json!("2020-01-01T00:00:00Z");
    world.upstream.expire_access_tokens();
    world.upstream.clear();
    serde_json::to_string_pretty(&bridge).expect("it was JSON")
}

fn dashboards(there: &Home, world: &World) -> Call {
    let call = there.mp(["dashboards", "list", "--jq", "length", "-f", "json"]);
    call.env("MPD_UPSTREAM", world.upstream.url())
}

fn refresh_token(text: &str) -> String {
    let bridge: Value = serde_json::from_str(text).expect("JSON");
    bridge["tokens"]["refresh_token"].as_str().expect("a text").to_owned()
}

/// Checks that no file but the bridge has tokens.
#[track_caller]
fn nothing_else_has_tokens(there: &Home) {
    assert!(!there.at(FILE).exists() && !there.at(".mp/accounts").exists());
}

#[test]
fn a_refreshed_grant_goes_back_to_its_bridge_file_and_outlives_the_daemon() {
    let world = World::with_grant(0);
    let text = exported(&world);
    let there = empty();
    there.write("bridge.json", &text);
    let call = || dashboards(&there, &world).env("MP_AUTH_FILE", there.at("bridge.json"));
    for round in 1..=3 {
        assert_eq!(call().ok(), "3\n");
        assert_eq!(world.posts(), round);
        let now = there.read("bridge.json");
        assert!(world.upstream.is_usable_refresh(&refresh_token(&now)), "the file has the newest of them");
        let rest = |text: &str| {
            let mut bridge: Value = serde_json::from_str(text).expect("JSON");
            bridge.as_object_mut().expect("an object").remove("tokens");
            bridge
        };
        assert_eq!(rest(&now), rest(&text));
        assert_eq!(call().ok(), "3\n");
        there.mp(["daemon", "stop"]).ok();
        world.upstream.expire_access_tokens();
        let mut ended: Value = serde_json::from_str(&now).expect("JSON");
        ended["tokens"]["expires_at"] = json!("2020-01-01T00:00:00Z");
        there.write("bridge.json", &ended.to_string());
    }
    nothing_else_has_tokens(&there);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn an_allowed_bridge_file_stays_allowed_when_its_grant_is_refreshed() {
    let world = World::with_grant(0);
    let text = exported(&world);
    let there = crate::configured();
    there.write("work/mixpanel_auth.json", &text);
    there.mp(["account", "allow-bridge"]).env("MPD_UPSTREAM", world.upstream.url()).ok();
    for _ in 0..3 {
        assert_eq!(dashboards(&there, &world).ok(), "3\n");
    }
    assert_ne!(there.read("work/mixpanel_auth.json"), text);
    let list = there.mp(["account", "allow-bridge", "--list", "-f", "json"]).json();
    assert_eq!((list.as_array().map(Vec::len), &list[0]["in_force"]), (Some(1), &json!(true)));
    assert_eq!(world.posts(), 1);
}

#[test]
fn a_bridge_file_that_is_not_ours_to_write_is_left_alone_and_served_from_memory() {
    let world = World::with_grant(0);
    let text = exported(&world);
    let there = empty();
    there.write_mode("bridge.json", &text, 0o400);
    let call = || dashboards(&there, &world).env("MP_AUTH_FILE", there.at("bridge.json"));
    for _ in 0..2 {
        assert_eq!(call().ok(), "3\n");
    }
    assert_eq!((world.posts(), there.read("bridge.json")), (1, text));
    assert!(!there.at(FILE).exists());
}

#[test]
fn copies_of_a_bridge_file_get_the_newest_tokens_when_they_are_used() {
    let world = World::with_grant(0);
    let text = exported(&world);
    let there = empty();
    for copy in ["one.json", "two.json"] {
        there.write(copy, &text);
    }
    for copy in ["one.json", "two.json", "one.json"] {
        assert_eq!(dashboards(&there, &world).env("MP_AUTH_FILE", there.at(copy)).ok(), "3\n");
    }
    assert_eq!((world.posts(), there.read("one.json")), (1, there.read("two.json")));
    // One that has another login by now keeps it.
    let other = text.replace(&refresh_token(&text), "rt-of-another-login");
    there.write("two.json", &other);
    assert_eq!(dashboards(&there, &world).env("MP_AUTH_FILE", there.at("one.json")).ok(), "3\n");
    assert_eq!(there.read("two.json"), other);
}

#[test]
fn the_accounts_own_machine_keeps_its_bridge_file_in_step() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.mp([&EXPORT[..], &["-y"]].concat()).ok();
    let bridged =
        || world.home.mp(["dashboards", "list", "-f", "json"]).env("MP_AUTH_FILE", world.home.at("work/b.json"));
    bridged().ok();
    world.home.mp(["account", "refresh", "ada"]).ok();
    bridged().ok();
    let kept = world.on_disk()["refresh_token"].as_str().map(str::to_owned);
    assert_eq!(Some(refresh_token(&world.home.read("work/b.json"))), kept);
    world.home.ask(&Ask::get(routes::HEALTH)).ok();
}
