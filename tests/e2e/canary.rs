//! Secrets show up where they are meant to, and nowhere else.
//!
//! Every secret that goes in holds the word [`CANARY`]; everything that comes out is searched for it. A positive control shows that
//! the search finds it where it belongs.

use std::fs;

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::json;

use crate::{CONFIG, SOON, configured};

const CANARY: &str = "CaNaRy";

fn secret(of: &str) -> String {
    format!("{CANARY}-{of}")
}

/// All that came out, by where it came from.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn add(&mut self, from: impl Into<String>, text: impl Into<String>) {
        self.0.push((from.into(), text.into()));
    }

    fn mp(&mut self, home: &Home, words: &[&str], env: &[(&str, &str)], stdin: &str) {
        let call = env.iter().fold(home.mp(words).stdin(stdin), |call, (name, value)| call.env(name, value));
        let done = call.run();
        self.add(format!("mp {words:?}"), format!("{}{}", done.stdout, done.stderr));
    }

    fn ask(&mut self, home: &Home, ask: &Ask) {
        let answer = home.ask(ask);
        self.add(format!("{ask:?}").replace(CANARY, "*"), format!("{:?} {}", answer.headers, answer.text()));
    }

    fn leaks(&self) -> Vec<&(String, String)> {
        self.0.iter().filter(|(_, text)| text.contains(CANARY)).collect()
    }
}

fn tokens() -> String {
    json!({"access_token": secret("access"), "expires_at": "2099-01-01T00:00:00+00:00", "token_type": "Bearer",
        "scope": "", "refresh_token": secret("refresh")})
    .to_string()
}

fn config() -> String {
    CONFIG.replace("hunter2", &secret("service"))
        + &format!("\n[accounts.inline]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken = \"{}\"\n", secret("inline"))
}

/// Calls that carry secrets and go well.
fn good_calls(home: &Home, seen: &mut Seen) {
    let service = ["account", "add", "svc", "--type", "service_account", "--region", "us", "--username", "u"];
    seen.mp(home, &[&service[..], &["--secret-stdin"]].concat(), &[], &secret("stdin"));
    seen.mp(home, &["account", "update", "svc", "--secret-stdin"], &[], &secret("update"));
    let token = ["account", "add", "tok", "--type", "oauth_token", "--region", "us"];
    seen.mp(home, &token, &[("MP_OAUTH_TOKEN", &secret("variable"))], "");
    let quad = [("MP_USERNAME", "u"), ("MP_SECRET", &secret("quad")), ("MP_PROJECT_ID", "7"), ("MP_REGION", "us")];
    seen.mp(home, &["session", "--explain"], &quad, "");
    seen.mp(home, &["-v", "session", "-f", "json"], &[("MP_OAUTH_TOKEN", &secret("bearer")), ("MP_REGION", "us")], "");
    let header = [("MP_CUSTOM_HEADER_NAME", "X-A"), ("MP_CUSTOM_HEADER_VALUE", &secret("header"))];
    seen.mp(home, &["session", "-f", "json"], &header, "");
    for words in [
        &["account", "list", "-f", "json"][..],
        &["account", "show", "svc", "-f", "json"],
        &["account", "export-bridge", "--account", "team"],
        &["session", "--bridge", "-f", "json"],
        &["account", "export-bridge", "--account", "personal", "--to", "p.json"],
        &["account", "remove-bridge", "--at", "p.json"],
        &["daemon", "status"],
        &["account", "remove", "tok"],
    ] {
        seen.mp(home, words, &[], "");
    }
    for route in [routes::STATUS, routes::METRICS, routes::SESSION, routes::ACCOUNTS, routes::OPENAPI, routes::VERSION]
    {
        seen.ask(home, &Ask::get(route));
    }
    seen.ask(home, &Ask::get("/v1/accounts/inline"));
    let cwd = home.at("work");
    seen.ask(home, &Ask::get(routes::BRIDGE).context(&json!({"cwd": cwd.to_str()})));
}

/// Requests and files that hold a secret and are wrong: an error must not quote what it could not read.
fn bad_calls(home: &Home, seen: &mut Seen) {
    let raw = |method: &str, route: &str, body: String| Ask::change(method, route, &json!({})).body(body);
    for body in [
        json!({"name": "x", "type": "service_account", "region": "us", "username": "u", "secret": [secret("list")]})
            .to_string(),
        json!({"name": "x", "type": "nonsense", "secret": secret("type")}).to_string(),
        json!({"name": "x", "type": "service_account", "unknown": secret("field")}).to_string(),
        json!({"name": "a b", "type": "oauth_token", "token": secret("name"), "token_env": "V"}).to_string(),
        format!("{{\"name\": \"x\", \"secret\": \"{}", secret("open")),
    ] {
        seen.ask(home, &raw("POST", routes::ACCOUNTS, body));
    }
    seen.ask(home, &raw("PATCH", "/v1/accounts/ci", json!({"secret": secret("wrong-type")}).to_string()));
    for context in [
        format!("{{\"env\": {{\"MP_SECRET\": \"{}\"", secret("context")),
        json!({"env": {"MP_SECRET": {"x": secret("nested")}}}).to_string(),
        json!({"env": {"MP_STORAGE_DIR": "/x", "MP_SECRET": secret("local")}}).to_string(),
    ] {
        seen.ask(home, &Ask::get(routes::SESSION).header(routes::CONTEXT_HEADER, context));
    }
    seen.ask(home, &Ask::get(format!("/v1/nowhere?token={}", secret("query"))));
    seen.ask(home, &Ask::get(routes::SESSION).header("Authorization", secret("authorization")));

    // A logout first: a grant that is known is served even when its file is damaged.
    home.mp(["account", "logout", "personal"]).ok();
    seen.ask(home, &Ask::get(routes::STATUS));
    for text in ["{", "[]", "{\"access_token\": "] {
        let text = format!("{text}\"{}\"", secret("tokens"));
        home.write(".mp/accounts/personal/tokens.json", &text);
        seen.mp(home, &["account", "token", "personal"], &[], "");
        seen.ask(home, &Ask::get(routes::STATUS));
    }
    home.write("work/mixpanel_auth.json", &format!("{{\"version\": 2, \"account\": \"{}\"", secret("bridge")));
    seen.mp(home, &["session"], &[], "");
    fs::remove_file(home.at("work/mixpanel_auth.json")).expect("it is there");
    for (from, to) in [
        (format!("\"{}\"", secret("service")), secret("bare")),
        (format!("\"{}\"", secret("service")), format!("[\"{}\"]", secret("array"))),
        (format!("secret = \"{}\"", secret("service")), format!("secrets = \"{}\"", secret("typo"))),
        (format!("\"{}\"", secret("service")), format!("\"{}", secret("unclosed"))),
        (format!("\"{}\"", secret("inline")), format!("\"{}\"\ntoken_env = \"V\"", secret("both"))),
    ] {
        home.write(".mp/config.toml", &config().replace(&from, &to));
        seen.mp(home, &["session"], &[], "");
        seen.mp(home, &["account", "update", "svc", "--region", "eu"], &[], "");
        seen.ask(home, &Ask::get(routes::SESSION));
        seen.ask(home, &Ask::get(routes::STATUS));
    }
    home.write(".mp/config.toml", &config());
    seen.mp(home, &["account", "list"], &[], "");
}

#[test]
fn no_secret_leaves_but_through_the_token_route() {
    let home = configured();
    home.write(".mp/config.toml", &config());
    home.write(".mp/accounts/personal/tokens.json", &tokens());
    let daemon =
        home.start_with(|mpd| mpd.args(["--log-level", "trace"]).env("MP_SECRET", "x").env("MP_OAUTH_TOKEN", "x"));
    let mut seen = Seen::default();
    let mut stream = EventStream::open(&home.socket(), None);
    good_calls(&home, &mut seen);
    bad_calls(&home, &mut seen);
    home.write(".mp/config.toml", &(config() + "\n[accounts.last]\ntype = \"oauth_browser\"\nregion = \"us\"\n"));
    loop {
        let event = stream.receive().expect("events come").expect("the stream is open");
        let end = event.data["name"] == "last";
        seen.add("event", event.data.to_string());
        if end {
            break;
        }
    }
    for file in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{}/{file}", daemon.pid())).unwrap_or_default();
        seen.add(file, String::from_utf8_lossy(&bytes));
    }

    // The control: the one route that reveals a token does so, and the search sees it.
    let revealed = home.ask(&Ask::change("POST", "/v1/accounts/inline/token", &json!({})));
    assert_eq!(revealed.ok()["token"], secret("inline"));
    home.write(".mp/accounts/personal/tokens.json", &tokens());
    assert_eq!(home.mp(["account", "token", "personal"]).ok(), format!("{}\n", secret("access")));

    let log = daemon.log();
    assert!(log.lines().count() > 50, "the log at TRACE says something: {log}");
    seen.add("log", log);
    assert!(seen.0.len() > 50);
    assert!(seen.leaks().is_empty(), "{:#?}", seen.leaks());
}

#[test]
fn a_daemon_that_mp_started_holds_no_secret_in_its_log_or_process() {
    let home = configured();
    home.write(".mp/config.toml", &config());
    let mut seen = Seen::default();
    let service = ["account", "add", "svc", "--type", "service_account", "--region", "us", "--username", "u"];
    seen.mp(&home, &service, &[("MP_SECRET", &secret("start")), ("MPD_LOG", "trace")], "");
    assert!(home.read(".mp/config.toml").contains(&secret("start")), "the secret was taken from the variable");
    seen.mp(&home, &["session", "-f", "json"], &[("MP_OAUTH_TOKEN", &secret("later"))], "");
    let (pid, _) = home.daemon().expect("it was started");
    for file in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        seen.add(file, String::from_utf8_lossy(&bytes));
    }
    mp_sandbox::wait::eventually(SOON, "something is logged", || !home.read(".mp/run/mpd.log").is_empty());
    seen.add("log", home.read(".mp/run/mpd.log"));
    assert!(seen.leaks().is_empty(), "{:#?}", seen.leaks());
}

#[test]
fn files_with_secrets_are_private_from_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let home = configured();
    let service = ["account", "add", "svc", "--type", "service_account", "--region", "us", "--username", "u"];
    home.mp([&service[..], &["--secret-stdin"]].concat()).stdin(secret("file")).ok();
    home.mp(["account", "export-bridge", "--account", "svc", "--to", "deep/er/b.json"]).ok();
    let mode = |path: &str| fs::metadata(home.at(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(".mp/config.toml"), mode("work/deep/er/b.json"), mode(".mp/run/mpd.log")), (0o600, 0o600, 0o600));
}
