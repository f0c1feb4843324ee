//! What a session resolves to, and who decided.

use std::os::unix::fs::OpenOptionsExt;

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::wire::{Ask, Connection};
use serde_json::{Value, json};

use crate::{configured, empty, project, session};

/// Asks with a context, and compares account, project and workspace with their sources.
#[track_caller]
fn check(home: &Home, context: &Value, expected: &str) {
    let body = home.ask(&Ask::get(routes::SESSION).context(context)).ok();
    let axis = |name: &str, field: &str| match &body[name] {
        Value::Null => "-".to_owned(),
        axis => {
            let value = axis[field].as_str().map_or_else(|| axis[field].to_string(), str::to_owned);
            format!("{value}@{}", axis["source"]["kind"].as_str().expect("each axis has its source"))
        }
    };
    let actual = [axis("account", "name"), axis("project", "id"), axis("workspace", "id")].join(" ");
    assert_eq!(actual, expected, "for {context}: {body}");
}

const QUAD: [(&str, &str); 4] = [("MP_USERNAME", "u"), ("MP_SECRET", "s"), ("MP_PROJECT_ID", "7"), ("MP_REGION", "eu")];

#[test]
fn each_axis_comes_from_the_strongest_layer_that_has_it() {
    let home = configured();
    let _daemon = home.start();
    let quad: Value =
        QUAD.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into();
    check(&home, &json!({}), "team@config 3018488@config 3448414@config");
    check(&home, &json!({"account": "ci"}), "ci@param 555@config -");
    // The pinned workspace belongs to the project it was pinned in.
    check(&home, &json!({"project": "9"}), "team@config 9@param -");
    check(&home, &json!({"workspace": "5"}), "team@config 3018488@config 5@param");
    check(&home, &json!({"target": "ecom"}), "team@target 3018488@target 3448414@target");
    check(&home, &json!({"env": {"MP_PROJECT_ID": "7"}}), "team@config 7@env -");
    check(&home, &json!({"env": {"MP_PROJECT_ID": "7"}, "project": "9"}), "team@config 7@env -");
    check(&home, &json!({"env": {"MP_WORKSPACE_ID": "6"}, "workspace": "9"}), "team@config 3018488@config 6@env");
    check(&home, &json!({"project": "3018488"}), "team@config 3018488@param 3448414@config");
    check(&home, &json!({"env": {"MP_PROJECT_ID": ""}}), "team@config 3018488@config 3448414@config");
    check(&home, &json!({"env": quad, "account": "ci"}), "env-service-account@env 7@env -");
}

#[test]
fn a_variable_that_beats_a_flag_is_noted() {
    let home = configured();
    let _daemon = home.start();
    let context = json!({"env": {"MP_PROJECT_ID": "7"}, "project": "9"});
    let body = home.ask(&Ask::get(routes::SESSION).context(&context)).ok();
    let notes = body["notes"].to_string();
    assert!(notes.contains("MP_PROJECT_ID=7") && notes.contains("--project 9"), "{notes}");
}

#[test]
fn the_daemons_own_environment_plays_no_part() {
    let home = configured();
    let _daemon = home.start_with(|mpd| {
        mpd.env("MP_PROJECT_ID", "1").env("MP_ACCOUNT", "ci").env("MP_REGION", "in").env("MP_WORKSPACE_ID", "2")
    });
    check(&home, &json!({}), "team@config 3018488@config 3448414@config");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    assert_eq!(project(&session(&mut home.connect())), "3018488");
}

#[test]
fn two_clients_with_different_environments_never_mix() {
    let home = configured();
    let _daemon = home.start();
    let asks = ["7", "8"].map(|id| (id, Ask::get(routes::SESSION).context(&json!({"env": {"MP_PROJECT_ID": id}}))));
    let mut connections: [Connection; 2] = [home.connect(), home.connect()];
    let mut mixed = 0;
    for round in 0..10_000 {
        let at = round % 2;
        let (id, ask) = &asks[at];
        mixed += u32::from(project(&connections[at].call(ask).ok()) != *id);
    }
    assert_eq!(mixed, 0);
}

#[test]
fn two_clients_at_the_same_time_never_mix() {
    let home = configured();
    let _daemon = home.start();
    std::thread::scope(|scope| {
        for id in ["7", "8", "9", "10"] {
            let home = &home;
            scope.spawn(move || {
                let ask = Ask::get(routes::SESSION).context(&json!({"env": {"MP_PROJECT_ID": id}}));
                let mut connection = home.connect();
                for _ in 0..500 {
                    assert_eq!(project(&connection.call(&ask).ok()), id);
                }
            });
        }
    });
}

#[test]
fn explain_names_the_variable_the_flag_and_the_line() {
    let home = configured();
    let text = home.mp(["-w", "5", "session", "--explain"]).env("MP_PROJECT_ID", "7").ok();
    assert!(text.contains("MP_PROJECT_ID") && text.contains("--workspace"), "{text}");
    let line =
        1 + home.read(".mp/config.toml").lines().position(|line| line == "account = \"team\"").expect("it is there");
    assert!(text.contains(&format!("config.toml:{line}")), "{text}");
}

#[test]
fn flags_reach_the_session() {
    let home = configured();
    let body = home.mp(["-a", "ci", "-p", "9", "-w", "4", "session", "-f", "json"]).json();
    assert_eq!((&body["account"]["name"], project(&body), &body["workspace"]["id"]), (&json!("ci"), "9", &json!(4)));
    let body = home.mp(["-t", "ecom", "session", "-f", "json"]).json();
    assert_eq!((&body["account"]["name"], &body["workspace"]["id"]), (&json!("team"), &json!(3_448_414)));
}

#[test]
fn a_target_excludes_the_other_flags() {
    let home = configured();
    for flag in [["-a", "ci"], ["-p", "9"], ["-w", "4"]] {
        home.mp([&["-t", "ecom"][..], &flag[..], &["session"]].concat()).fails(3);
    }
    home.mp(["-t", "ecom", "session"]).env("MP_ACCOUNT", "ci").fails(3);
}

#[test]
fn unknown_names_and_bad_values_have_their_exit_codes() {
    let home = configured();
    home.mp(["-a", "ghost", "session"]).fails(4);
    home.mp(["-t", "ghost", "session"]).fails(4);
    home.mp(["-p", "abc", "session"]).fails(1);
    home.mp(["-w", "0", "session"]).fails(1);
    let message = home.mp(["session"]).env("MP_REGION", "au").env("MP_PROJECT_ID", "x7").fails(1);
    assert!(message.contains("MP_REGION") && message.contains("MP_PROJECT_ID"), "both are told: {message}");
}

#[test]
fn nothing_configured_is_a_state_with_next_steps() {
    let home = empty();
    let body = home.mp(["session", "-f", "json"]).json();
    assert_eq!(body["account"], Value::Null);
    let body = home.ask(&Ask::get(routes::SESSION)).ok();
    assert_eq!(body["state"], "needs_account");
    assert!(body["next"].as_array().is_some_and(|next| !next.is_empty()), "{body}");
}

const BRIDGE: &str = r#"{"account":{"name":"br","region":"eu","type":"service_account","username":"u","secret":"s"},
"headers":{},"project":"42","version":2,"workspace":7}"#;

#[test]
fn a_bridge_file_is_used_and_named() {
    let home = configured();
    home.write("work/mixpanel_auth.json", BRIDGE);
    let _daemon = home.start();
    home.mp(["account", "allow-bridge"]).ok();
    let cwd = home.at("work");
    let context = json!({"cwd": cwd.to_str()});
    check(&home, &context, "br@bridge 42@bridge 7@bridge");
    check(&home, &json!({}), "team@config 3018488@config 3448414@config");
    let body = home.ask(&Ask::get(routes::SESSION).context(&context)).ok();
    let at = body["account"]["source"]["at"].as_str().expect("it says where");
    assert!(at.contains("mixpanel_auth.json"), "{at}");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "42", "mp sends its directory along");
}

#[test]
fn another_account_does_not_inherit_a_bridges_project() {
    let home = configured();
    home.write("work/mixpanel_auth.json", BRIDGE);
    let _daemon = home.start();
    home.mp(["account", "allow-bridge"]).ok();
    let cwd = home.at("work");
    check(&home, &json!({"cwd": cwd.to_str(), "account": "ci"}), "ci@param 555@config -");
}

#[test]
fn an_unsafe_bridge_file_in_the_directory_is_not_used() {
    let home = configured();
    let path = home.at("work/mixpanel_auth.json");
    let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o644).open(path).expect("writable");
    std::io::Write::write_all(&mut file, BRIDGE.as_bytes()).expect("writable");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
}

#[test]
fn a_token_in_the_callers_environment_is_asked_for_once() {
    let home = configured();
    let token = |variable: Option<&str>| {
        let call = home.mp(["account", "token", "ci"]);
        variable.map_or_else(|| call_without(&home), |value| call.env("MP_CI_TOKEN", value).run())
    };
    assert_eq!(token(Some("tok-one")).stdout, "tok-one\n");
    assert_eq!(token(Some("tok-two")).stdout, "tok-two\n", "nothing is remembered");
    let missing = token(None);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("MP_CI_TOKEN"), "{}", missing.stderr);
    let answer = home.ask(&Ask::change("POST", "/v1/accounts/ci/token", &json!({})));
    assert_eq!(answer.problem(), (428, "context_required".to_owned()));
    assert_eq!(answer.json()["env"], json!(["MP_CI_TOKEN"]));
}

fn call_without(home: &Home) -> mp_sandbox::home::Done {
    home.mp(["account", "token", "ci"]).run()
}
