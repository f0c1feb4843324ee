//! What was stored and what calls use are two things where variables or a bridge file win: whoever stores something is told.

use mp_proto::ids::Region;
use mp_sandbox::home::Home;
use mp_sandbox::upstream::{ADA, Upstream};
use serde_json::json;

use crate::{configured, empty};

/// What makes an account of the environment.
const SERVICE_ACCOUNT: [(&str, &str); 4] =
    [("MP_USERNAME", "u"), ("MP_SECRET", "s"), ("MP_PROJECT_ID", "7"), ("MP_REGION", "us")];

/// Runs a command under variables and checks that it succeeds and says each of these on stderr; nothing at all where none is given.
#[track_caller]
fn says(home: &Home, words: &[&str], variables: &[(&str, &str)], parts: &[&str]) {
    let call = |more: &[&str]| {
        let call = home.mp(words.iter().chain(more).copied());
        variables.iter().fold(call, |call, (name, value)| call.env(name, value)).run()
    };
    let done = call(&[]);
    assert_eq!(done.code, 0, "{words:?}: {}", done.stderr);
    assert_eq!(done.stderr.is_empty(), parts.is_empty(), "{words:?} under {variables:?}: {}", done.stderr);
    for part in parts {
        assert!(
            done.stderr.starts_with("note: ") && done.stderr.contains(part),
            "{part} is missing in {}",
            done.stderr
        );
    }
    assert_eq!(call(&["-q"]).stderr, "", "{words:?}");
}

#[test]
fn variables_that_win_over_what_was_stored_are_named() {
    let home = configured();
    let account = ["account", "use", "personal"];
    says(&home, &account, &[], &[]);
    says(&home, &account, &[("MP_ACCOUNT", "personal")], &[]);
    says(
        &home,
        &account,
        &[("MP_ACCOUNT", "team")],
        &["'team' because of MP_ACCOUNT, not 'personal'", "unset MP_ACCOUNT"],
    );
    says(&home, &account, &[("MP_TARGET", "ecom")], &["'team' because of MP_TARGET", "target ecom", "unset MP_TARGET"]);
    says(&home, &account, &SERVICE_ACCOUNT, &["'env-service-account' because of MP_USERNAME"]);
    says(
        &home,
        &["account", "use", "team"],
        &[("MP_PROJECT_ID", "7")],
        &["project 7 because of MP_PROJECT_ID, not 3018488"],
    );
    says(&home, &["project", "use", "9"], &[], &[]);
    says(&home, &["project", "use", "9"], &[("MP_PROJECT_ID", "7")], &["project 7 because of MP_PROJECT_ID, not 9"]);
    says(&home, &["project", "use", "9"], &[("MP_ACCOUNT", "team")], &[]);
    let elsewhere = ["project", "use", "8", "--account", "ci"];
    says(&home, &elsewhere, &[], &["calls from here use the project 9", "config.toml", "not 8"]);
    let workspace = ["workspace", "use", "5"];
    says(&home, &workspace, &[], &[]);
    says(&home, &workspace, &[("MP_WORKSPACE_ID", "6")], &["workspace 6 because of MP_WORKSPACE_ID, not 5"]);
    says(&home, &workspace, &[("MP_PROJECT_ID", "7")], &["do not use the workspace 5 because of MP_PROJECT_ID"]);
    let target = ["target", "use", "ecom"];
    says(&home, &target, &[], &[]);
    says(&home, &target, &[("MP_ACCOUNT", "personal")], &["'personal' because of MP_ACCOUNT, not 'team'"]);
    says(&home, &target, &[("MP_WORKSPACE_ID", "6")], &["workspace 6 because of MP_WORKSPACE_ID, not 3448414"]);
    says(&home, &target, &[("MP_PROJECT_ID", "x")], &["calls from here fail", "MP_PROJECT_ID"]);
    says(&home, &target, &[("MP_ACCOUNT", "ghost")], &["calls from here fail", "ghost"]);
}

#[test]
fn a_bridge_file_that_wins_is_named() {
    let home = configured();
    let bridge = json!({"version": 2, "project": "11",
        "account": {"name": "carried", "type": "service_account", "region": "us", "username": "u", "secret": "s"}});
    home.write("work/carried.json", &bridge.to_string());
    let path = home.at("work/carried.json").display().to_string();
    let variables = [("MP_AUTH_FILE", path.as_str())];
    says(
        &home,
        &["account", "use", "team"],
        &variables,
        &["'carried' because of the bridge file", &path, "not 'team'"],
    );
    says(&home, &["project", "use", "9"], &variables, &["project 11 because of the bridge file", &path, "not 9"]);
    says(&home, &["target", "use", "ecom"], &variables, &["'carried' because of the bridge file"]);
}

#[test]
fn a_test_is_of_the_account_that_was_named_and_says_which_one_calls_use() {
    let mut home = configured();
    let upstream = Upstream::start();
    upstream.add_service_account(Region::Us, "sa.user", "hunter2", ADA);
    home.set("MPD_UPSTREAM", &upstream.url());
    let test = |words: &[&str], variables: &[(&str, &str)]| {
        let call = home.mp(["account", "test"].iter().chain(words).copied());
        let done = variables.iter().fold(call, |call, (name, value)| call.env(name, value)).run();
        let body: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
        (body["account_name"].as_str().expect("a text").to_owned(), body["ok"] == true, done.stderr)
    };
    assert_eq!(test(&["team"], &[]), ("team".to_owned(), true, String::new()));
    let (name, ok, notes) = test(&["personal"], &[]);
    assert!(
        (name.as_str(), ok) == ("personal", false) && notes.contains("calls from here use the account 'team'"),
        "{notes}"
    );
    for words in [&["team"][..], &[]] {
        let (name, ok, notes) = test(words, &SERVICE_ACCOUNT);
        assert_eq!((name.as_str(), ok), ("team", true), "not that of the variables, which is wrong");
        assert!(notes.contains("'env-service-account' because of MP_USERNAME"), "{notes}");
    }
}

#[test]
fn a_login_that_is_not_in_force_says_so() {
    let (mut home, upstream) = (empty(), Upstream::start());
    upstream.add_service_account(Region::Us, "u", "s", ADA);
    home.set("MPD_UPSTREAM", &upstream.url());
    let login = |words: &[&str], variables: &[(&str, &str)]| {
        let call = home.mp(["login", "-S", "--name", "new"].iter().chain(words).copied());
        let call = call.env("MP_USERNAME", "u").env("MP_SECRET", "s");
        let done = variables.iter().fold(call, |call, (name, value)| call.env(name, value)).run();
        assert_eq!(done.code, 0, "{}", done.stderr);
        done.stderr
    };
    assert!(!login(&["--region", "us", "--project", "3187654"], &[]).contains("stored, but"));
    let told = login(&[], &[("MP_PROJECT_ID", "7"), ("MP_REGION", "us")]);
    assert!(told.contains("'env-service-account' because of MP_USERNAME, not 'new'"), "{told}");
}
