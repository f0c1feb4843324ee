//! Secrets show up where they are meant to, and nowhere else.
//!
//! Every secret that goes in holds the word [`CANARY`]; everything that comes out is searched for it. A positive control shows that
//! the search finds it where it belongs.

use std::fs;

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::upstream::{Fault, Upstream, visit};
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::{Value, json};

use crate::grants::{self, FILE, TOKEN, ask_token};
use crate::login::{Stage, says, sent_back, started};
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

    fn process(&mut self, name: &str, pid: u32) {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            self.add(format!("{file} of {name}"), String::from_utf8_lossy(&bytes));
        }
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
        // The address of a web hook is a secret, too.
        + &format!("[settings.notify]\non_error = \"curl https://hook/{}\"\n", secret("hook"))
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
        &["account", "allow-bridge"],
        &["account", "allow-bridge", "--list", "-f", "json"],
        &["session", "--bridge", "-f", "json"],
        &["account", "export-bridge", "--account", "personal", "--to", "p.json", "--yes"],
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
    seen.ask(home, &Ask::get(routes::METRICS).header("Accept", "application/openmetrics-text"));
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    seen.ask(
        home,
        &Ask::get(routes::SESSION).header("traceparent", trace).header("tracestate", format!("v={}", secret("state"))),
    );
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
fn no_secret_leaves_but_through_the_routes_that_reveal_it() {
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
    seen.process("mpd", daemon.pid());

    // The control: the two routes that reveal a secret do so, and the search sees it.
    let credential = home.ask(&Ask::change("POST", routes::SESSION_CREDENTIAL, &json!({})));
    assert_eq!(credential.ok()["secret"], secret("service"));
    assert_eq!(home.mp(["exec", "sh", "-c", "echo $MP_SECRET"]).ok(), format!("{}\n", secret("service")));
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
    seen.mp(&home, &service, &[("MP_SECRET", &secret("start")), ("MPD_LOG", "trace"), ("MPD_LOG_FORMAT", "json")], "");
    assert!(home.read(".mp/config.toml").contains(&secret("start")), "the secret was taken from the variable");
    seen.mp(&home, &["session", "-f", "json"], &[("MP_OAUTH_TOKEN", &secret("later"))], "");
    let (pid, _) = home.daemon().expect("it was started");
    seen.process("mpd", pid);
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

/// What has to stay secret in a login and after it, by what it is.
#[derive(Default)]
struct Kept(Vec<(String, String)>);

impl Kept {
    fn add(&mut self, what: &str, text: &str) {
        assert!(text.len() >= 10, "{what} is too short to be looked for");
        self.0.push((what.to_owned(), text.to_owned()));
    }

    /// Adds the credentials of all that was sent so far.
    fn add_sent(&mut self, upstream: &Upstream) {
        for request in upstream.requests() {
            for name in ["code", "code_verifier", "refresh_token"] {
                if let Some(text) = request.form().get(name) {
                    self.add(name, text);
                }
            }
            if let Some((_, credential)) = request.authorization().and_then(|header| header.split_once(' ')) {
                self.add("credential", credential);
            }
        }
    }

    /// Adds the tokens in the file, and returns them: access token first.
    fn add_stored(&mut self, home: &Home) -> [String; 2] {
        let stored: Value = serde_json::from_str(&home.read(FILE)).expect("JSON");
        ["access_token", "refresh_token"].map(|name| {
            let text = stored[name].as_str().expect("a text").to_owned();
            self.add(name, &text);
            text
        })
    }

    /// Returns what is in a text, by what it is and not by its value.
    fn found_in(&self, text: &str) -> Vec<&str> {
        self.0.iter().filter(|(_, secret)| text.contains(secret)).map(|(what, _)| what.as_str()).collect()
    }

    #[track_caller]
    fn is_in_none_of(&self, seen: &Seen) {
        for (from, text) in &seen.0 {
            let found = self.found_in(text);
            assert!(found.is_empty(), "{found:?} in {from}: {text}");
        }
    }
}

/// Logs in by the callback, after wrong pastes that look as if they held a code.
fn log_in(stage: &Stage, seen: &mut Seen, kept: &mut Kept) {
    let mut events = EventStream::open(&stage.home.socket(), None);
    let (mut client, invitation) = stage.open(&["login", "--name", "ada", "--project", "3187654"]);
    let id = started(&mut events);
    kept.add("state", &invitation.state);
    kept.add("pasted code", &secret("pasted"));
    let other_login = format!("{}?code={}&state=another-login", invitation.callback, secret("pasted"));
    let no_state = format!("code={}", secret("pasted"));
    client.write(&format!("{other_login}\n")).expect("it reads");
    says(&mut client, "belongs to another login");
    // By itself: lines that come together are an address that was broken into lines.
    client.write(&format!("{no_state}\n")).expect("it reads");
    says(&mut client, "no `code` and `state`");
    let other_refusal = other_login.replace("code=", "error=x&error_description=");
    for paste in [other_login, no_state, other_refusal, secret("pasted")] {
        let ask = Ask::change("POST", routes::fill(routes::LOGIN_CALLBACK, &id), &json!({"url": paste}));
        seen.ask(&stage.home, &ask);
    }
    seen.process("mp", client.pid());
    let location = sent_back(&invitation);
    let page = visit::get(&location).expect("the login listens");
    assert_eq!(page.status, 200);
    seen.add("page", format!("{:?} {}", page.headers, page.text()));
    let done = client.finish();
    assert_eq!(done.code, 0, "{}", done.stderr);
    // The address is shown on purpose, and its state is part of it.
    assert!(done.stderr.contains(&invitation.url));
    seen.add("mp login", format!("{}{}", done.stdout, done.stderr.replace(&invitation.url, "")));
    seen.ask(&stage.home, &Ask::get(routes::fill(routes::LOGIN, &id)));
    let late = Ask::change("POST", routes::fill(routes::LOGIN_CALLBACK, &id), &json!({"url": location}));
    seen.ask(&stage.home, &late);
}

/// Logs in again, and the provider answers the code with the code.
fn fail_to_log_in(stage: &Stage, seen: &mut Seen, kept: &mut Kept) {
    let (client, invitation) = stage.open(&["account", "login", "ada"]);
    kept.add("state", &invitation.state);
    let location = sent_back(&invitation);
    let echo = json!({"error": "invalid_grant", "error_description": location, "error_uri": location});
    stage.upstream.fault("POST", TOKEN, Fault::Status(400, echo));
    let page = visit::get(&location).expect("the login listens");
    let done = client.finish();
    assert_eq!((page.status, done.code), (400, 2), "{}", done.stderr);
    seen.add("page", format!("{:?} {}", page.headers, page.text()));
    seen.add("mp account login", format!("{}{}", done.stdout, done.stderr.replace(&invitation.url, "")));
}

/// Makes an answer of the token that was sent.
type Echo = fn(&str) -> Value;

/// Refreshes while the provider answers with what it was sent, and in the end refuses for good.
fn refresh_with_echoes(stage: &Stage, seen: &mut Seen, kept: &mut Kept) {
    let echoes: [(u16, Echo); 5] = [
        (400, |token| json!({"error": "invalid_request", "error_description": token})),
        (400, |token| json!({"error": token})),
        (200, |token| json!({"access_token": [token], "token_type": token})),
        (500, |token| json!({"message": token})),
        (400, |token| json!({"error": "invalid_grant", "error_description": token})),
    ];
    let last = echoes.len() - 1;
    for (number, (status, echo)) in echoes.into_iter().enumerate() {
        let [access, refresh] = kept.add_stored(&stage.home);
        stage.upstream.fault("POST", TOKEN, Fault::Status(status, echo(&refresh)));
        stage.home.replace(FILE, &grants::tokens(&access, &refresh, 0));
        let done = stage.home.mp(["-v", "dashboards", "list"]).run();
        assert_eq!(done.code, 2, "{status}: {}", done.stderr);
        seen.add("mp dashboards list", format!("{}{}", done.stdout, done.stderr));
        seen.ask(&stage.home, &ask_token());
        seen.mp(&stage.home, &["daemon", "status"], &[], "");
        seen.mp(&stage.home, &["account", "test", "ada"], &[], "");
        seen.ask(&stage.home, &Ask::get(routes::STATUS));
        let heals = || stage.home.ask(&ask_token()).status == 200;
        if number < last {
            mp_sandbox::wait::eventually(SOON, "the next refresh works", heals);
        }
    }
}

/// Calls that Mixpanel refuses with the credential in its answer.
fn refused_with_echoes(stage: &Stage, seen: &mut Seen, kept: &mut Kept) {
    let [access, _] = kept.add_stored(&stage.home);
    let echo = json!({"status": "error", "error": format!("the token {access} may not see this")});
    stage.upstream.fault("GET", "/us/app/projects/", Fault::Status(403, echo));
    let told = stage.home.mp(["dashboards", "list"]).fails(3);
    assert!(told.contains("the token *** may not see this"), "{told}");
    seen.add("mp dashboards list", told);
    let days = ["--from", "2025-01-01", "--to", "2025-01-01"];
    let report = [&["query", "segmentation", "-e", "Sign Up"][..], &days].concat();
    stage.upstream.fault("GET", "/us/query/", Fault::Status(200, json!({"error": format!("{access} is tired")})));
    let told = stage.home.mp(&report).fails(3);
    assert!(told.contains("*** is tired"), "{told}");
    seen.add("mp query", told);
    let export = [&["export", "events"][..], &days].concat();
    stage.upstream.fault("GET", "/us/export/", Fault::Status(400, json!({"error": format!("not with {access}")})));
    let told = stage.home.mp(&export).fails(3);
    assert!(told.contains("not with ***"), "{told}");
    seen.add("mp export", told);
    stage.upstream.data(|data| data.last_line = Some(json!({"error": format!("ended for {access}")}).to_string()));
    let done = stage.home.mp(&export).run();
    assert!(done.code == 1 && done.stderr.contains("ended for ***"), "{}", done.stderr);
    seen.add("mp export", done.stderr);
    stage.upstream.data(|data| data.last_line = None);
    let wrong = secret("service");
    kept.add("service account's secret", &wrong);
    let add = ["account", "add", "team", "--type", "service_account", "--region", "us", "--username", "sa.ada"];
    seen.mp(&stage.home, &[&add[..], &["--secret-stdin"]].concat(), &[], &wrong);
    let echo = json!({"status": "error", "error": format!("{wrong} is wrong"), "message": wrong});
    stage.upstream.fault("GET", "/us/app/me", Fault::Status(401, echo));
    let done = stage.home.mp(["account", "test", "team"]).run();
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    seen.add("mp account test", format!("{}{}", done.stdout, done.stderr));
}

#[test]
fn nothing_of_a_login_and_its_tokens_is_told() {
    let stage = Stage::with(&["--log-level", "trace"]);
    let (mut seen, mut kept) = (Seen::default(), Kept::default());
    let mut stream = EventStream::open(&stage.home.socket(), None);
    log_in(&stage, &mut seen, &mut kept);
    fail_to_log_in(&stage, &mut seen, &mut kept);
    refused_with_echoes(&stage, &mut seen, &mut kept);
    refresh_with_echoes(&stage, &mut seen, &mut kept);
    assert_eq!(stage.upstream.faults_left(), 0, "every echo was sent");
    kept.add_sent(&stage.upstream);
    seen.ask(&stage.home, &Ask::get(routes::METRICS));
    seen.process("mpd", stage.daemon.pid());
    loop {
        let event = stream.receive().expect("events come").expect("the stream is open");
        seen.add("event", event.data.to_string());
        if event.event == "login.required" {
            break;
        }
    }
    let log = stage.daemon.log();
    assert!(log.lines().count() > 100, "the log at TRACE says something: {log}");
    seen.add("log", log);

    // The control: each kind of secret is known, and the search finds those that are where they belong.
    let has = |what: &str| kept.0.iter().any(|(known, _)| known == what);
    let all = ["state", "code", "code_verifier", "access_token", "refresh_token", "credential", "pasted code"];
    assert_eq!(all.map(has), [true; 7]);
    let stored = kept.found_in(&stage.home.read(FILE));
    assert!(stored.contains(&"access_token") && stored.contains(&"refresh_token"), "{stored:?}");
    assert!(!kept.found_in(&stage.home.read(".mp/config.toml")).is_empty());
    kept.is_in_none_of(&seen);
}
