//! A checkout is not the user: a bridge file that lies in the working directory is used by nobody until it was allowed, and every tool says
//! so once. A fresh container is what such files are for, and there they work as they always did, and say so.

use std::path::Path;
use std::process::Stdio;

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::home::{Call, Done, Home};
use mp_sandbox::upstream::{ADA, Upstream};
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::grants::World;
use crate::mcp::Agent;
use crate::{configured, empty};

const FILE: &str = "work/mixpanel_auth.json";
const ME: &str = ".mp/accounts/ada/me.json";
const KEY: &str = "aws-key-canary";

/// What a hostile checkout may hold. The account has the name of the user's own, to be mistaken for it.
fn hostile() -> [(&'static str, String); 4] {
    let account = |more: &Value| {
        let mut account = json!({"name": "ada", "region": "us", "default_project": "666"});
        account.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        account
    };
    let service = account(&json!({"type": "service_account", "username": "mallory", "secret": "m"}));
    let variable = account(&json!({"type": "oauth_token", "token_env": "AWS_SECRET_ACCESS_KEY"}));
    [
        ("service account", json!({"version": 2, "account": service, "headers": {"X-Evil": "1"}}).to_string()),
        ("variable", json!({"version": 2, "account": variable}).to_string()),
        ("headers", json!({"account": service, "headers": {"Host": "evil.example", "Cookie": "sid=1"}}).to_string()),
        ("damaged", "{\"version\": 2, \"account\": {".to_owned()),
    ]
}

fn dashboards(home: &Home) -> Call {
    home.mp(["dashboards", "list", "--jq", "length", "-f", "json"]).env("AWS_SECRET_ACCESS_KEY", KEY)
}

/// Checks that what was printed on stderr is one note, about the file.
#[track_caller]
fn one_note(what: &str, stderr: &str) {
    let lines: Vec<&str> = stderr.lines().collect();
    let is_one = matches!(lines[..], [line] if line.contains("mixpanel_auth.json") && line.contains("was passed over"));
    assert!(is_one, "{what}: {stderr}");
    assert!(stderr.contains("mp account allow-bridge"), "{what}: {stderr}");
}

/// Checks that Mixpanel was asked as the user, and was told nothing of the checkout's.
#[track_caller]
fn only_the_user_asked(what: &str, world: &World) {
    let requests = world.upstream.requests();
    for request in &requests {
        let said = format!("{request:?}");
        for foreign in ["bWFsbG9y", "x-evil", "evil.example", "sid=1", KEY, "projects/666"] {
            assert!(!said.to_lowercase().contains(&foreign.to_lowercase()), "{what}: {foreign} in {said}");
        }
    }
    assert_eq!(world.upstream.problems(), Vec::<String>::new(), "{what}");
    world.upstream.clear();
}

#[test]
fn a_hostile_checkout_is_passed_over_with_one_note_by_mp_and_exec() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for (what, text) in hostile() {
        world.home.write(FILE, &text);
        let done = dashboards(&world.home).run();
        assert_eq!((done.code, done.stdout.as_str()), (0, "3\n"), "{what}: {}", done.stderr);
        one_note(what, &done.stderr);
        let quiet = world.home.mp(["-q", "dashboards", "list", "-f", "json"]).run();
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""), "{what}");
        let projects = world.home.mp(["project", "list", "--refresh", "-f", "json"]).run();
        assert!(projects.code == 0 && world.home.read(ME).contains("ada@"), "{what}: {}", projects.stderr);
        one_note(what, &projects.stderr);
        let session = world.home.mp(["session", "-f", "json"]).run();
        assert!(session.stdout.contains("\"3187654\""), "{what}: {}", session.stdout);
        one_note(what, &session.stderr);
        let exec = world.home.mp(["exec", "--", "/usr/bin/env"]).env("AWS_SECRET_ACCESS_KEY", KEY).run();
        assert!(exec.code == 0 && exec.stdout.contains("MP_OAUTH_TOKEN=at-"), "{what}: {}", exec.stderr);
        assert!(!exec.stdout.contains("mallory") && !exec.stdout.contains("MP_CUSTOM_HEADER"), "{what}");
        one_note(what, &exec.stderr);
        only_the_user_asked(what, &world);
        std::fs::remove_file(world.home.at(FILE)).expect("it is there");
    }
}

#[test]
fn a_refusal_a_stream_and_a_failure_have_the_note_too() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.write(FILE, &hostile()[0].1);
    let cwd = world.home.at("work");
    let context = json!({"cwd": cwd.to_str()});
    let export = json!({"arguments": {"from": "2025-01-01", "to": "2025-01-01"}});
    let day = "from_date=2025-01-01&to_date=2025-01-01";
    for (ask, status) in [
        (Ask::get(routes::SESSION), 200),
        (Ask::get(routes::ME), 200),
        (Ask::change("POST", "/v1/operations/dashboards.get", &json!({"arguments": {"dashboard_id": 1}})), 404),
        (Ask::change("POST", "/v1/operations/export.events", &export), 200),
        (Ask::get("/v1/api/app/projects/3187654/bookmarks/1?v=2"), 404),
        (Ask::get(format!("/v1/api/export/export?{day}")), 200),
    ] {
        let shown = format!("{ask:?}");
        let answer = world.home.ask(&ask.context(&context));
        let note = answer.header("mp-note").unwrap_or_default();
        assert_eq!((answer.status, note.contains("was passed over")), (status, true), "{shown}: {}", answer.text());
    }
    let done = world.home.mp(["-p", "1", "dashboards", "get", "1"]).run();
    assert_ne!(done.code, 0);
    assert_eq!(done.stderr.matches("was passed over").count(), 1, "{}", done.stderr);
}

#[test]
fn an_agent_in_a_hostile_checkout_is_told_once() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for (what, text) in hostile() {
        world.home.write(FILE, &text);
        let mut agent = Agent::start(&world.home, &[]);
        let mut blocks = Vec::new();
        let wanted = json!({"id": "dashboards.list", "arguments": {}});
        for (tool, arguments) in [("session", json!({})), ("read_operation", wanted), ("list_projects", json!({}))] {
            let answer = agent.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
            assert_ne!(answer["result"]["isError"], true, "{what}: {answer}");
            let content = answer["result"]["content"].as_array().expect("a list").clone();
            blocks.extend(content.into_iter().skip(1).map(|block| block["text"].as_str().expect("a text").to_owned()));
        }
        one_note(what, &blocks.join("\n"));
        drop(agent);
        only_the_user_asked(what, &world);
    }
}

#[test]
fn the_python_client_passes_a_hostile_checkout_over_and_says_so_once() {
    let python = Path::new("/usr/bin/env");
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/clients/python");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let script = "from mixpanel_mpd import Client\nclient = Client()\n\
                  print(client.session()['project']['id'], len(client.operation('dashboards.list')))";
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for (what, text) in hostile() {
        world.home.write(FILE, &text);
        let mut command = world.home.command(python);
        command.args(["python3", "-c", script]).current_dir(world.home.at("work")).stdin(Stdio::null());
        command.env("PATH", &path).env("PYTHONPATH", &clients).env("PYTHONDONTWRITEBYTECODE", "1");
        let done = command.env("AWS_SECRET_ACCESS_KEY", KEY).output().expect("env is everywhere");
        if done.status.code() == Some(127) {
            println!("skipped the Python client: there is no python3");
            return;
        }
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(String::from_utf8_lossy(&done.stdout), "3187654 3\n", "{what}: {stderr}");
        one_note(what, &stderr);
        only_the_user_asked(what, &world);
    }
}

const BRIDGE: &str = r#"{"version": 2, "account": {"name": "team", "region": "us", "type": "service_account", "username": "sa.bridge",
    "secret": "s3cret", "default_project": "3187654"}, "headers": {"X-Team": "bridge"}}"#;

/// Returns what stands for Mixpanel, where the account of [`BRIDGE`] is good.
fn upstream() -> Upstream {
    let upstream = Upstream::start();
    upstream.add_service_account(Region::Us, "sa.bridge", "s3cret", ADA);
    upstream
}

#[track_caller]
fn says_that_it_is_used(done: &Done) {
    let used = "note: account 'team' comes from the bridge file ";
    assert_eq!((done.code, done.stdout.as_str()), (0, "3\n"), "{}", done.stderr);
    assert!(done.stderr.starts_with(used) && done.stderr.lines().count() == 1, "{}", done.stderr);
}

#[test]
fn a_bridge_file_that_was_allowed_is_used_until_it_changes_or_that_is_taken_back() {
    let (mut home, upstream) = (configured(), upstream());
    home.set("MPD_UPSTREAM", &upstream.url());
    let _daemon = home.start();
    home.write(FILE, BRIDGE);
    assert_ne!(dashboards(&home).run().code, 0, "the account of the config is not good there");
    let allowed = home.mp(["account", "allow-bridge"]).ok();
    assert!(allowed.contains("account 'team' (service_account, us)") && allowed.contains("X-Team"), "{allowed}");
    says_that_it_is_used(&dashboards(&home).run());
    assert_eq!(home.mp(["-q", "dashboards", "list", "-f", "json"]).run().stderr, "");
    assert_eq!(
        upstream.requests().last().and_then(|one| one.header("x-team").map(str::to_owned)).as_deref(),
        Some("bridge")
    );
    let list = home.mp(["account", "allow-bridge", "--list", "-f", "json"]).json();
    assert_eq!((&list[0]["in_force"], list.as_array().map(Vec::len)), (&json!(true), Some(1)));
    // Its headers are its account's.
    let other = home.mp(["-a", "ci", "session", "-f", "jsonl"]).ok();
    assert!(!home.mp(["-a", "ci", "session", "--explain"]).ok().contains("X-Team"), "{other}");
    home.write(FILE, &BRIDGE.replace("sa.bridge", "sa.other"));
    one_note("changed", &home.mp(["session", "-f", "json"]).run().stderr);
    home.write(FILE, BRIDGE);
    says_that_it_is_used(&dashboards(&home).run());
    home.mp(["account", "allow-bridge", "--revoke"]).ok();
    one_note("taken back", &home.mp(["session", "-f", "json"]).run().stderr);
    assert_eq!(home.mp(["account", "allow-bridge", "--list", "-f", "json"]).json(), json!([]));
}

#[test]
fn what_cannot_be_a_bridge_file_is_not_allowed() {
    let home = configured();
    let _daemon = home.start();
    home.mp(["account", "allow-bridge"]).fails(1);
    home.write(FILE, "{");
    assert!(home.mp(["account", "allow-bridge"]).fails(1).contains("mixpanel_auth.json:1"));
    home.write("work/other.json", BRIDGE);
    assert!(home.mp(["account", "allow-bridge", "other.json"]).fails(3).contains("MP_AUTH_FILE"));
    home.write(FILE, &BRIDGE.replace("X-Team", "Proxy-Authorization"));
    assert!(home.mp(["account", "allow-bridge", "."]).fails(1).contains("Proxy-Authorization"));
    assert!(!home.at(".mp/allowed_bridges.json").exists());
}

#[test]
fn where_nobody_has_an_account_the_file_is_used_and_says_so() {
    let (mut home, upstream) = (empty(), upstream());
    home.set("MPD_UPSTREAM", &upstream.url());
    let _daemon = home.start();
    home.write(FILE, BRIDGE);
    says_that_it_is_used(&dashboards(&home).run());
    home.mp(["project", "list", "--refresh"]).ok();
    assert!(!home.at(".mp/accounts").exists(), "nothing is kept of an account that is not configured here");
    assert_eq!(
        home.mp(["session", "-f", "json"]).json()["user"]["email"],
        "ada@example.com",
        "but for the daemon's life"
    );
    let with_account = |call: Call| {
        let call = call.env("MP_USERNAME", "u").env("MP_SECRET", "s").env("MP_REGION", "eu");
        call.env("MP_PROJECT_ID", "7").run()
    };
    one_note("an account in the environment", &with_account(home.mp(["session", "-f", "json"])).stderr);
    // A variable is read for nobody who has not named or allowed the file.
    home.write(FILE, &hostile()[1].1);
    let refused = dashboards(&home).run();
    assert!(refused.code != 0 && refused.stderr.contains("allow-bridge"), "{}", refused.stderr);
    home.write(FILE, "{");
    home.mp(["session"]).fails(1);
    home.write(".mp/config.toml", crate::CONFIG);
    one_note("damaged", &home.mp(["session", "-f", "json"]).run().stderr);
}

#[test]
fn headers_that_decide_about_a_request_are_refused_wherever_they_are_set() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let config = world.home.read(".mp/config.toml");
    for name in ["Host", "cookie", "Authorization", "Proxy-Authorization", "Forwarded", "Connection", "TE"] {
        for words in [&["session"][..], &["dashboards", "list"], &["account", "test", "ada"], &["exec", "--", "true"]] {
            let call = world.home.mp(words).env("MP_CUSTOM_HEADER_NAME", name).env("MP_CUSTOM_HEADER_VALUE", "v");
            let done = call.run();
            assert!(done.code != 0 || words[0] == "account", "{name} {words:?}");
            let told = format!("{}{}", done.stdout, done.stderr);
            assert!(told.contains(name) && told.contains("cannot be set"), "{name} {words:?}: {told}");
        }
        let header = format!("\n[settings.custom_header]\nname = \"{name}\"\nvalue = \"s3cr3t\"\n");
        world.home.write(".mp/config.toml", &format!("{config}{header}"));
        let line = config.lines().count() + 3;
        for words in [&["session"][..], &["dashboards", "list"], &["account", "export-bridge", "-y", "--to", "x.json"]]
        {
            let told = world.home.mp(words).fails(1);
            assert!(
                told.contains(&format!("config.toml:{line}:8")) && told.contains("cannot be set"),
                "{words:?}: {told}"
            );
            assert!(!told.contains("s3cr3t"), "{told}");
        }
        world.home.write(".mp/config.toml", &config);
        let bridge = BRIDGE.replace("X-Team", name);
        world.home.write("named.json", &bridge);
        let named = world.home.mp(["session"]).env("MP_AUTH_FILE", world.home.at("named.json")).fails(1);
        assert!(named.contains(&format!("headers.{name}")) && named.contains("cannot be set"), "{named}");
    }
    assert_eq!(world.upstream.requests().len(), 0, "nothing went out");
}
