//! `mp plugin`: every command in every state it can have, each answer held against the schema and kept as a snapshot.

mod errors;
mod schema;

use std::fmt::Write;
use std::path::Path;

use mp_proto::ids::Region;
use mp_sandbox::home::{Call, Done, Home};
use mp_sandbox::upstream::{ADA, Consent, Fault};
use serde_json::{Value, json};

use crate::grants::World;
use crate::login::{Stage, come_back};
use crate::{CONFIG, configured, empty};
use schema::Schema;

const ME: &str = "/us/app/me";

/// What was run and what came of it, for a snapshot.
struct Transcript<'a> {
    home: &'a Home,
    schema: Schema,
    text: String,
}

impl<'a> Transcript<'a> {
    fn of(home: &'a Home) -> Self {
        Self { home, schema: Schema::read(), text: String::new() }
    }

    /// Runs a line such as `MP_REGION=zz session -p 7`, which stands for `mp plugin session -p 7` with a variable.
    #[track_caller]
    fn run(&mut self, expected: &str, line: &str) -> Value {
        self.feed(expected, line, "")
    }

    /// The same, with something on standard input.
    #[track_caller]
    fn feed(&mut self, expected: &str, line: &str, stdin: &str) -> Value {
        let done = call(self.home, line).stdin(stdin).run();
        assert_eq!(done.code, 0, "{line}: {}{}", done.stdout, done.stderr);
        self.take(expected, line, &done)
    }

    /// Takes in what a call has left. What is expected is a definition of the schema, or the code of an error.
    #[track_caller]
    fn take(&mut self, expected: &str, line: &str, done: &Done) -> Value {
        let text = &done.stdout;
        assert!(text.is_ascii() && text.starts_with("{\n  \"schema_version\": 1,\n  \"state\": "), "{line}: {text}");
        let object: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{line}: {error} in {text}"));
        let is_code = expected.starts_with(|first: char| first.is_ascii_uppercase());
        self.schema.check(if is_code { "error" } else { expected }, &object);
        if is_code {
            assert_eq!(object["error"]["code"], expected, "{line}: {text}");
        }
        writeln!(self.text, "$ {line}\n{text}").expect("memory is writable");
        object
    }

    fn keep(self, name: &str) {
        let path = |path: &Path| path.to_str().expect("a text").to_owned();
        let (home, cwd) = (path(self.home.path()), path(&self.home.at("work")));
        let filters = [
            (cwd.as_str(), "[cwd]"),
            (home.as_str(), "[home]"),
            // The pause before the next refresh grows with what has failed so far.
            (r#""retry_after": \d{1,2}\n"#, "\"retry_after\": [seconds]\n"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00", "[time]"),
            // How a reset shows depends on the moment and on the system.
            (r#"could not reach Mixpanel: [^"]*"#, "could not reach Mixpanel: [why]"),
        ];
        insta::with_settings!({filters => filters, omit_expression => true}, {
            insta::assert_snapshot!(name, self.text);
        });
    }
}

fn call(home: &Home, line: &str) -> Call {
    let words: Vec<&str> = line.split(' ').collect();
    let count = words.iter().take_while(|word| word.starts_with("MP")).count();
    let (variables, words) = words.split_at(count);
    let call = home.mp([&["plugin"][..], words].concat());
    variables.iter().filter_map(|pair| pair.split_once('=')).fold(call, |call, (name, value)| call.env(name, value))
}

#[test]
fn a_session_is_told_with_who_decided() {
    let home = configured();
    let _daemon = home.start();
    let mut told = Transcript::of(&home);
    told.run("session", "session");
    told.run("session", "session -a ci -p 9");
    told.run("session", "MP_WORKSPACE_ID=6 session");
    told.run("session", "session -t ecom");
    told.run("session", "MP_USERNAME=u MP_SECRET=s MP_PROJECT_ID=7 MP_REGION=eu session");
    home.mp(["account", "export-bridge", "--project", "42", "--workspace", "6"]).ok();
    home.mp(["account", "allow-bridge"]).ok();
    told.run("session", "session");
    std::fs::remove_file(home.at("work/mixpanel_auth.json")).expect("it is there");
    told.run("needs_project", "session -a personal");
    home.write(".mp/config.toml", &CONFIG.replace("account = \"team\"\nworkspace", "account = \"gone\"\nworkspace"));
    told.run("needs_account", "session");
    home.write(".mp/config.toml", "");
    told.run("needs_account", "session");
    told.keep("session");
}

#[test]
fn accounts_are_listed_added_and_chosen() {
    let home = empty();
    let _daemon = home.start();
    let mut told = Transcript::of(&home);
    told.run("account_list", "account list");
    for account in [
        json!({"name": "team", "type": "service_account", "region": "us", "default_project": "3018488", "username": "sa",
            "secret": "s3cret", "favourite_colour": {"of": ["no", "interest"]}}),
        json!({"name": "ci", "type": "oauth_token", "region": "eu", "token_env": "MP_CI_TOKEN", "secret": null}),
        json!({"name": "tok", "type": "oauth_token", "region": "in", "token": "b3arer"}),
        json!({"name": "br", "type": "oauth_browser", "region": "us"}),
    ] {
        told.feed("account_add", "account add --from-stdin", &account.to_string());
    }
    let again = json!({"name": "ci", "type": "oauth_browser", "region": "us"}).to_string();
    told.feed("ACCOUNT_EXISTS", "account add --from-stdin", &again);
    let invalid = json!({"name": "a b", "type": "oauth", "region": "zz"}).to_string();
    told.feed("INVALID_ARGUMENT", "account add --from-stdin", &invalid);
    told.feed("INVALID_ARGUMENT", "account add --from-stdin", "{\"type\": 5}");
    told.feed("INVALID_ARGUMENT", "account add --from-stdin", "{\"name\": \"x\",\n");
    told.feed("INVALID_ARGUMENT", "account add --from-stdin", "");
    home.mp(["target", "add", "ecom", "--account", "ci", "--project", "5"]).ok();
    told.run("account_list", "account list");
    told.run("account_use", "account use ci");
    told.run("account_use", "account use team");
    told.run("ACCOUNT_NOT_FOUND", "account use ghost");
    let config = home.read(".mp/config.toml");
    assert!(config.contains("s3cret") && config.contains("b3arer"), "they are stored");
    told.keep("accounts");
}

#[test]
fn a_credential_is_tested_and_every_result_is_ok() {
    let world = World::with_grant(3600);
    world.upstream.add_service_account(Region::Us, "sa.ada", "right", ADA);
    let _daemon = world.start();
    let mut told = Transcript::of(&world.home);
    for (name, secret) in [("team", "right"), ("wrong", "wrong")] {
        let account =
            json!({"name": name, "type": "service_account", "region": "us", "username": "sa.ada", "secret": secret});
        call(&world.home, "account add --from-stdin").stdin(account.to_string()).ok();
    }
    told.run("account_test", "account test ada");
    told.run("account_test", "account test team");
    let refused = told.run("account_test", "account test wrong");
    assert_eq!((&refused["result"]["ok"], &refused["result"]["error_code"]), (&json!(false), &json!("AUTH_FAILED")));
    told.run("account_test", "account test ghost");
    let limited = Fault::RetryAfter(429, "3600".to_owned());
    for (fault, code) in [
        (limited, "RATE_LIMITED"),
        (Fault::Status(403, json!({"error": "no"})), "QUERY_FAILED"),
        (Fault::Html200, "INVALID_RESPONSE"),
    ] {
        world.upstream.fault("GET", ME, fault.forever());
        let object = told.run("account_test", "account test team");
        assert_eq!(object["result"]["error_code"], code, "{object}");
        world.upstream.clear_faults();
    }
    world.home.mp(["account", "logout", "ada"]).ok();
    let lost = told.run("account_test", "account test ada");
    assert_eq!(lost["result"]["error_code"], "OAUTH_REFRESH_REVOKED", "{lost}");
    world.home.write(".mp/config.toml", "[accounts.x]\ntype = \"oauth_brow");
    told.run("CONFIG_ERROR", "account test team");
    told.keep("account_test");
}

#[test]
fn projects_and_workspaces_are_listed_and_chosen() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut told = Transcript::of(&world.home);
    told.run("project_list", "project list");
    told.run("session", "session");
    told.run("project_list", "project list -p 3187655");
    told.run("workspace_list", "workspace list");
    told.run("workspace_use", "workspace use 880102");
    told.run("workspace_list", "workspace list");
    told.run("project_use", "project use 3187655");
    told.run("workspace_list", "workspace list");
    told.run("workspace_list", "MP_PROJECT_ID=3187654 workspace list -w 880101");
    told.run("CONFIG_ERROR", "project use abc");
    told.run("CONFIG_ERROR", "workspace use 0");
    told.run("ACCOUNT_NOT_FOUND", "project use 5 -a ghost");
    let other = json!({"name": "br", "type": "oauth_browser", "region": "us"});
    call(&world.home, "account add --from-stdin").stdin(other.to_string()).ok();
    // Without a project, its list is what is needed next.
    told.run("needs_project", "session -a br");
    told.run("OAUTH_REFRESH_REVOKED", "project list -a br");
    told.run("CONFIG_ERROR", "workspace list -a br");
    told.run("project_use", "project use 77 -a br");
    told.keep("projects");
}

#[test]
fn without_an_account_only_what_needs_none_is_ok() {
    let home = empty();
    let _daemon = home.start();
    let mut told = Transcript::of(&home);
    told.run("workspace_use", "workspace use 7");
    told.run("CONFIG_ERROR", "project list");
    told.run("CONFIG_ERROR", "workspace list");
    told.run("ACCOUNT_NOT_FOUND", "project use 5");
    told.run("target_list", "target list");
    told.run("bridge_status", "bridge status");
    told.keep("without_account");
}

#[test]
fn targets_and_bridges_are_told() {
    let home = configured();
    let _daemon = home.start();
    let mut told = Transcript::of(&home);
    told.run("target_list", "target list");
    told.run("target_add", "target add web --account ci --project 5");
    told.run("target_add", "target add shop --account team --project 6 --workspace 7");
    told.run("CONFIG_ERROR", "target add web --account ci --project 5");
    told.run("ACCOUNT_NOT_FOUND", "target add x --account ghost --project 5");
    told.run("CONFIG_ERROR", "target add x --account team --project abc --workspace 0");
    told.run("target_list", "target list");
    told.run("target_use", "target use web");
    told.run("target_use", "target use shop");
    told.run("CONFIG_ERROR", "target use ghost");
    home.mp(["account", "export-bridge", "--account", "team", "--project", "42"]).ok();
    home.mp(["account", "allow-bridge"]).ok();
    told.run("bridge_status", "bridge status");
    home.write("work/mixpanel_auth.json", "{\"version\": 2, \"account\": \"hunter2\"");
    told.run("CONFIG_ERROR", "MP_AUTH_FILE=mixpanel_auth.json bridge status");
    told.keep("targets_and_bridges");
}

/// A browser account that has never logged in.
const BROWSER: &str = "[accounts.ada]\ntype = \"oauth_browser\"\nregion = \"us\"\ndefault_project = \"3187654\"\n\n\
    [accounts.sa]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\nsecret = \"s\"\n";

#[test]
fn a_login_talks_on_stderr_and_answers_on_stdout() {
    let stage = Stage::with(&[]);
    stage.home.write(".mp/config.toml", BROWSER);
    let mut told = Transcript::of(&stage.home);
    let line = "account login ada";
    let words = ["plugin", "account", "login", "ada"];
    let (client, invitation) = stage.open(&words);
    assert_eq!(client.written(), "", "nothing comes before the end");
    come_back(&invitation);
    let done = client.finish();
    assert!(done.code == 0 && done.stderr.contains(&invitation.url), "{}", done.stderr);
    told.take("account_login", line, &done);
    stage.upstream.set_consent(Consent::Deny);
    let (client, invitation) = stage.open(&words);
    come_back(&invitation);
    told.take("OAUTH_AUTH_DENIED", line, &client.finish());
    stage.upstream.set_consent(Consent::Allow);
    told.run("ACCOUNT_NOT_FOUND", "account login ghost");
    told.run("CONFIG_ERROR", "account login sa");
    let (client, _) = stage.open(&words);
    crate::login::interrupt(&client);
    let done = client.finish();
    assert_eq!(done.code, 130, "{}", done.stderr);
    told.take("INTERRUPTED", line, &done);
    told.keep("login");
}

#[test]
fn a_command_line_that_makes_no_sense_prints_no_object() {
    let home = configured();
    for (line, code) in [
        ("nonsense", 3),
        ("account", 3),
        ("account use", 3),
        ("account remove team", 3),
        ("account test", 3),
        ("project use", 3),
        ("workspace use abc", 3),
        ("target add x --account team", 3),
        ("session -w abc", 3),
        ("session -f csv", 3),
        ("session --jq .state", 3),
        ("account add", 1),
    ] {
        let done = call(&home, line).run();
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{line}: {}", done.stderr);
        assert!(!done.stderr.is_empty(), "{line}");
    }
    let line = call(&home, "account add").fails(1);
    assert!(line.contains("--from-stdin") && line.lines().count() == 1, "{line}");
    assert!(home.daemon().is_none(), "nobody was asked");
    // JSON is what comes anyway.
    assert_eq!(call(&home, "session -f json").ok(), call(&home, "session").ok());
}

#[test]
fn notes_go_to_stderr_and_quiet_ends_them() {
    let home = configured();
    let told = call(&home, "MP_PROJECT_ID=7 session -p 9").run();
    assert!(told.stderr.contains("MP_PROJECT_ID=7 wins"), "{}", told.stderr);
    let quiet = call(&home, "MP_PROJECT_ID=7 session -p 9 -q").run();
    assert_eq!((quiet.stderr.as_str(), &quiet.stdout), ("", &told.stdout));
}

#[test]
fn no_secret_is_in_an_answer() {
    const CANARY: &str = "CaNaRy-5ecret";
    let home = configured();
    let _daemon = home.start();
    let mut seen = Vec::new();
    let mut add = |stdin: String| {
        let done = call(&home, "account add --from-stdin").stdin(stdin).run();
        seen.push(format!("{}{}", done.stdout, done.stderr));
    };
    for account in [
        json!({"name": "a", "type": "service_account", "region": "us", "username": "u", "secret": CANARY}),
        json!({"name": "a", "type": "service_account", "region": "us", "username": "u", "secret": CANARY}),
        json!({"name": "b", "type": "oauth_token", "region": "us", "token": CANARY}),
        json!({"name": "c", "type": "oauth_token", "region": "us", "token": CANARY, "token_env": "V"}),
        json!({"name": "d", "type": "oauth_browser", "region": "us", "secret": CANARY}),
        json!({"name": "e", "type": "service_account", "region": "zz", "secret": [CANARY], "token": {CANARY: 1}}),
        json!([CANARY]),
        json!(CANARY),
    ] {
        add(account.to_string());
    }
    add(format!("{{\"name\": \"x\", \"secret\": \"{CANARY}"));
    add(format!("{{\"secret\": \"{CANARY}\", \"secret\": \"{CANARY}\"}}"));
    assert_eq!(home.read(".mp/config.toml").matches(CANARY).count(), 2, "two of them are stored");
    let quad = format!("MP_USERNAME=u MP_SECRET={CANARY} MP_PROJECT_ID=7 MP_REGION=us session");
    for line in ["account list", "account test a", "account use a", "session", &quad] {
        let done = call(&home, line).run();
        seen.push(format!("{}{}", done.stdout, done.stderr));
    }
    let config = home.read(".mp/config.toml");
    for broken in [
        config.replace(&format!("\"{CANARY}\""), &format!("\"{CANARY}")),
        config.replace(&format!("\"{CANARY}\""), CANARY),
        config.replace(&format!("\"{CANARY}\""), &format!("[\"{CANARY}\"]")),
    ] {
        assert_ne!(broken, config);
        home.write(".mp/config.toml", &broken);
        for line in ["session -a a", "account list", "account use b", "account test b"] {
            let done = call(&home, line).run();
            assert_eq!(done.code, 0, "{}", done.stderr);
            seen.push(format!("{}{}", done.stdout, done.stderr));
        }
    }
    let leaks: Vec<&String> = seen.iter().filter(|text| text.contains(CANARY)).collect();
    assert!(seen.len() > 25 && leaks.is_empty(), "{leaks:#?}");
}
