//! `mp mcp`: an agent's view, message by message.

use mp_proto::ids::Region;
use mp_sandbox::home::{Home, Running};
use mp_sandbox::process::wait;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Fault, Gate, Meter};
use mp_sandbox::wait::{eventually, poll};
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

mod answers;
mod asked;
mod hosts;
mod login;
mod progress;

use crate::grants::World;
use crate::{SOON, configured};

const DASHBOARDS: &str = "/us/app/projects/3187654/dashboards";

/// The other side of the protocol: one JSON object a line.
pub(crate) struct Agent {
    server: Running,
    asked: u64,
}

impl Agent {
    pub(crate) fn start(home: &Home, words: &[&str]) -> Self {
        Self::start_as(home, words, "2025-06-18", &json!({}))
    }

    /// Starts it for a client of a revision, which can do something.
    fn start_as(home: &Home, words: &[&str], revision: &str, capabilities: &Value) -> Self {
        let mut agent = Self::open(home, words);
        let client = json!({"name": "test", "version": "1"});
        let hello = json!({"protocolVersion": revision, "capabilities": capabilities, "clientInfo": client});
        let answer = agent.ask("initialize", &hello);
        assert_eq!(answer["result"]["serverInfo"]["name"], "mp", "{answer}");
        agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        agent
    }

    /// Starts it, and says nothing.
    fn open(home: &Home, words: &[&str]) -> Self {
        Self { server: home.mp([&["mcp"], words].concat()).start_open(), asked: 0 }
    }

    fn send(&mut self, message: &Value) {
        self.server.write(&format!("{message}\n")).expect("it reads");
    }

    /// Sends a request without waiting for its answer.
    fn begin(&mut self, method: &str, params: &Value) -> u64 {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    #[track_caller]
    fn answer(&self, id: u64) -> Value {
        self.said(&format!("answer to {id}"), |message| message["id"] == id && message.get("method").is_none())
    }

    /// Returns all messages that have come.
    fn messages(&self) -> Vec<Value> {
        let written = self.server.written();
        let complete = written.rfind('\n').map_or("", |end| &written[..end]);
        complete.lines().map(|line| serde_json::from_str::<Value>(line).expect("only messages")).collect()
    }

    /// Returns the first message that is meant, when it is there.
    #[track_caller]
    fn said(&self, what: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        let found = poll(SOON, || self.messages().into_iter().find(&is_meant));
        found.unwrap_or_else(|| panic!("no {what} in {}", self.server.written()))
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// Calls a tool, and returns its text and whether it is an error.
    #[track_caller]
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> (String, bool) {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {answer}"));
        (text.to_owned(), result["isError"] == true)
    }

    #[track_caller]
    pub(crate) fn good(&mut self, tool: &str, arguments: &Value) -> Value {
        let (text, is_error) = self.call(tool, arguments);
        assert!(!is_error, "{tool}: {text}");
        serde_json::from_str(text.split("\nnote: ").next().unwrap_or_default()).expect("JSON")
    }

    #[track_caller]
    fn bad(&mut self, tool: &str, arguments: &Value) -> Value {
        let (text, is_error) = self.call(tool, arguments);
        assert!(is_error, "{tool}: {text}");
        serde_json::from_str::<Value>(&text).expect("JSON")["error"].clone()
    }
}

fn operation(id: &str, arguments: &Value) -> Value {
    json!({"id": id, "arguments": arguments})
}

#[test]
fn the_tools_are_listed_and_a_read_is_answered() {
    let world = World::with_grant(-5);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &[]);
    let list = agent.ask("tools/list", &json!({}))["result"].clone();
    assert!(list.to_string().len() <= 25_000);
    let tools = list["tools"].as_array().expect("a list");
    assert!(tools.iter().all(|tool| tool["inputSchema"]["type"] == "object" && tool["annotations"].is_object()));
    let session = agent.good("session", &json!({}));
    assert_eq!((&session["account"]["name"], &session["project"]["id"]), (&json!("ada"), &json!("3187654")));
    let events = agent.good("inspect_events", &json!({}));
    assert!(events.as_array().is_some_and(|names| names.contains(&json!("Sign Up"))), "{events}");
    let dashboards = agent.good("read_operation", &operation("dashboards.list", &json!({})));
    assert_eq!(dashboards.as_array().map(Vec::len), Some(3));
    let accounts = agent.good("list_accounts", &json!({}));
    assert_eq!(accounts[0]["state"], "ok");
    for tool in ["list_projects", "list_workspaces", "list_targets", "find_operations"] {
        agent.good(tool, &json!({}));
    }
    assert_eq!(world.posts(), 1, "one refresh served all of it");
    let done = agent.server.finish();
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "it ends with its input");
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn what_destroys_needs_leave_and_nothing_is_sent_without() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let delete = operation("dashboards.delete", &json!({"dashboard_id": 31_876_541}));
    let create = operation("dashboards.create", &json!({"title": "t"}));
    for method in ["POST", "DELETE"] {
        world
            .upstream
            .on(method, DASHBOARDS, |_| Reply::json(200, &json!({"status": "ok", "results": {"id": 1, "title": "t"}})));
    }
    let mut agent = Agent::start(&world.home, &[]);
    let refused = agent.bad("destroy_operation", &delete);
    assert_eq!(
        (&refused["code"], &refused["next"][0]["command"]),
        (&json!("forbidden"), &json!("mp dashboards delete"))
    );
    let deleted = || world.upstream.requests().iter().filter(|request| request.method == "DELETE").count();
    assert_eq!(deleted(), 0);
    agent.good("write_operation", &create);
    let mut careful = Agent::start(&world.home, &["--read-only"]);
    let refused = careful.bad("write_operation", &create);
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("--read-only")), "{refused}");
    careful.good("read_operation", &operation("dashboards.list", &json!({})));
    let mut bold = Agent::start(&world.home, &["--allow-destructive", "--groups", "none"]);
    assert_eq!(bold.ask("tools/list", &json!({}))["result"]["tools"].as_array().map(Vec::len), Some(20));
    bold.good("destroy_operation", &delete);
    assert_eq!(deleted(), 1);
    world.home.mp(["mcp", "--read-only", "--allow-destructive"]).fails(3);
    assert!(world.home.mp(["mcp", "--groups", "querry"]).fails(3).contains("querry"));
}

#[test]
fn arguments_that_destroy_need_leave_and_nothing_is_sent_without() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let project = "/us/app/projects/3187654";
    world.upstream.on("POST", &format!("{project}/schemas"), |_| {
        Reply::json(200, &json!({"status": "ok", "results": {"added": 0, "deleted": 0}}))
    });
    world.upstream.on("PUT", &format!("{project}/business-context"), |_| {
        Reply::json(200, &json!({"status": "ok", "results": {"content": "x"}}))
    });
    let changed = || {
        world
            .upstream
            .requests()
            .iter()
            .filter(|request| request.method != "GET" && request.path.starts_with(project))
            .count()
    };
    let destroying = [
        operation("schemas.create-bulk", &json!({"entries": [], "truncate": true})),
        operation("business-context.set", &json!({"content": ""})),
        operation("business-context.set", &json!({"file": " "})),
        operation("drop-filters.create", &json!({"event_name": "Sign Up", "filters": []})),
        operation("drop-filters.update", &json!({"id": 1, "active": true})),
        operation("experiments.conclude", &json!({"experiment_id": "x"})),
        operation("lexicon.events.update", &json!({"name": "Sign Up", "dropped": true})),
        operation("lexicon.enforcement.init", &json!({"rule_event": "Warn and Drop"})),
        operation("flags.set-test-users", &json!({"flag_id": "f", "users": {}})),
    ];
    let (mut agent, mut bold) = (Agent::start(&world.home, &[]), Agent::start(&world.home, &["--allow-destructive"]));
    for call in &destroying {
        let refused = agent.bad("write_operation", call);
        assert_eq!(refused["code"], "forbidden", "{call}: {refused}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("--allow-destructive")), "{refused}");
        assert!(refused["next"][0]["command"].as_str().is_some_and(|command| command.starts_with("mp ")), "{refused}");
    }
    assert_eq!(changed(), 0, "nothing was sent");
    agent.good("write_operation", &operation("schemas.create-bulk", &json!({"entries": []})));
    agent.good("write_operation", &operation("business-context.set", &json!({"content": "We sell shoes"})));
    assert_eq!(changed(), 2);
    bold.good("destroy_operation", &destroying[0]);
    bold.good("destroy_operation", &destroying[1]);
    assert_eq!(changed(), 4);
    // The list that everybody can read says so, too.
    let rows = world.home.ask(&Ask::get("/v1/operations")).json()["operations"].clone();
    let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row["id"] == "schemas.create-bulk")).cloned();
    let row = row.expect("a row");
    assert_eq!((&row["effect"], row["destroys_if"].is_string()), (&json!("write"), true), "{row}");
}

#[test]
fn a_server_that_only_reads_stores_nothing_and_logs_nobody_in() {
    let mut home = configured();
    // A browser that would leave a trace.
    let opened = home.at("opened");
    home.write_mode("browser", &format!("#!/bin/sh\necho >{}\n", opened.display()), 0o700);
    home.set("BROWSER", &format!("{} %s", home.at("browser").display()));
    let _daemon = home.start();
    let before = home.read(".mp/config.toml");
    let mut agent = Agent::start(&home, &["--read-only"]);
    let tools = agent.ask("tools/list", &json!({}))["result"]["tools"].clone();
    let tools = tools.as_array().expect("a list");
    assert!(
        tools.iter().all(|tool| tool["name"] != "login" && tool["annotations"]["readOnlyHint"] == true),
        "{tools:?}"
    );
    let session = tools.iter().find(|tool| tool["name"] == "use_session").expect("it is there");
    assert_eq!(session["inputSchema"]["properties"].get("persist"), None);
    for (tool, arguments, command) in [
        ("use_session", json!({"account": "personal", "persist": true}), "mp session"),
        ("use_session", json!({"project": "9", "persist": "yes"}), "mp session"),
        ("login", json!({"region": "us"}), "mp login"),
        ("login", json!({"account": "team"}), "mp login"),
    ] {
        let refused = agent.bad(tool, &arguments);
        assert_eq!(
            (&refused["code"], &refused["next"][0]["command"]),
            (&json!("forbidden"), &json!(command)),
            "{refused}"
        );
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("--read-only")), "{refused}");
    }
    // What this conversation uses is its own, and nobody else's.
    assert_eq!(agent.good("use_session", &json!({"account": "ci"}))["account"]["name"], "ci");
    assert_eq!(agent.good("session", &json!({}))["account"]["name"], "ci");
    assert_eq!(home.read(".mp/config.toml"), before, "nothing of it was stored");
    assert_eq!(home.mp(["session", "-f", "json"]).json()["account"]["name"], "team");
    let happened = agent.good("events", &json!({"types": ["login.started", "login.required"]}));
    assert_eq!((&happened["events"], opened.exists()), (&json!([]), false), "nobody was asked to log in");
}

#[test]
fn a_session_is_chosen_for_one_conversation_and_stored_only_if_wanted() {
    let home = configured();
    let _daemon = home.start();
    let before = home.read(".mp/config.toml");
    let (mut one, mut other) = (Agent::start(&home, &[]), Agent::start(&home, &["-a", "personal"]));
    let shown = |session: &Value| {
        format!("{} {} {}", session["account"]["name"], session["project"]["id"], session["workspace"]["id"])
    };
    assert_eq!(shown(&one.good("session", &json!({}))), r#""team" "3018488" 3448414"#);
    assert_eq!(shown(&one.good("use_session", &json!({"account": "ci"}))), r#""ci" "555" null"#);
    assert_eq!(shown(&one.good("use_session", &json!({"project": "7", "workspace": 8}))), r#""ci" "7" 8"#);
    assert_eq!(shown(&other.good("session", &json!({}))), r#""personal" null null"#);
    let error = one.bad("use_session", &json!({"account": "nobody"}));
    assert_eq!(error["code"], "account_not_found");
    let error = one.bad("use_session", &json!({"target": "ecom", "project": "7"}));
    assert!(error["detail"].as_str().is_some_and(|detail| detail.contains("mutually exclusive")), "{error}");
    assert_eq!(shown(&one.good("session", &json!({}))), r#""ci" "7" 8"#, "a refused choice changes nothing");
    assert_eq!(shown(&one.good("use_session", &json!({"target": "ecom"}))), r#""team" "3018488" 3448414"#);
    assert_eq!(home.read(".mp/config.toml"), before, "nothing of it was stored");
    one.good("use_session", &json!({"account": "personal", "project": "9", "persist": true}));
    assert_eq!(shown(&home.mp(["session", "-f", "json"]).json()), r#""personal" "9" null"#);
}

#[test]
fn what_happened_is_told_from_where_the_last_answer_ended() {
    let world = World::with_grant(-5);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &[]);
    let begin = agent.good("events", &json!({}));
    assert_eq!(begin["events"][0]["type"], "snapshot");
    let types = json!(["token.refreshed"]);
    let waits = json!({"after": begin["after"], "types": types, "wait_s": 20});
    let id = agent.begin("tools/call", &json!({"name": "events", "arguments": waits}));
    agent.good("read_operation", &operation("dashboards.list", &json!({})));
    let told = agent.answer(id)["result"]["content"][0]["text"].as_str().expect("a text").to_owned();
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((&told["events"][0]["type"], &told["events"][0]["account"]), (&json!("token.refreshed"), &json!("ada")));
    let later = agent.good("events", &json!({"after": told["after"], "types": types}));
    assert_eq!(later, json!({"events": [], "after": told["after"]}), "nothing comes twice");
    assert!(agent.bad("events", &json!({"types": ["nonsense"]}))["detail"].is_string());
}

#[test]
fn a_stream_is_read_up_to_a_point_and_then_let_go() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut agent = Agent::start(&world.home, &[]);
    let days = |to: &str| operation("export.events", &json!({"from": "2025-01-01", "to": to}));
    let mut read =
        |days: &Value| agent.ask("tools/call", &json!({"name": "read_operation", "arguments": days}))["result"].clone();
    let few = read(&days("2025-01-01"));
    assert!(few["structuredContent"]["result"].is_array() && !few.to_string().contains("there may be more"), "{few}");
    world.upstream.data(|data| data.volume = mp_sandbox::upstream::Volume::Events(100_000));
    let many = read(&days("2025-01-02"));
    assert_ne!(many["isError"], true, "{many}");
    assert!(many["structuredContent"]["answer"]["rows"].as_u64().is_some_and(|rows| rows > 100), "{many}");
    assert!(many["content"].to_string().contains("mp export events -o FILE"), "{many}");
    world.upstream.fault("GET", "/us/export/export", Fault::CutAfter(2_000).times(10));
    let error = agent.bad("read_operation", &days("2025-01-03"));
    assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "half a stream is no answer: {error}");
}

#[test]
fn a_cancelled_call_ends_at_mixpanel_and_others_go_on() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", "/us/query/segmentation", Fault::Hold(gate.clone()));
    let mut agent = Agent::start(&world.home, &[]);
    let arguments = json!({"event": "a", "from": "2025-01-01", "to": "2025-01-03"});
    let held = json!({"name": "query_segmentation", "arguments": arguments});
    let id = agent.begin("tools/call", &held);
    gate.wait_for_arrival(1);
    agent.good("inspect_events", &json!({}));
    agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    let running = || world.upstream.running(Meter::Query, Region::Us, 3_187_654);
    eventually(SOON, "Mixpanel is not asked any more", || running() == 0);
    agent.good("session", &json!({}));
}

#[test]
fn no_tool_returns_a_secret() {
    let world = World::with_grant(3600);
    let config = world.home.read(".mp/config.toml")
        + "\n[accounts.svc]\ntype = \"service_account\"\nregion = \"us\"\ndefault_project = \"1\"\nusername = \"u\"\nsecret = \"CaNaRy-1\"\n";
    world.home.replace(".mp/config.toml", &config);
    let _daemon = world.start();
    world.upstream.on("GET", "/us/app/projects/3187654/webhooks", |_| {
        Reply::json(
            200,
            &json!({"status": "ok", "results": [{"id": "w", "name": "n", "is_enabled": true, "password": "CaNaRy-2",
            "url": "https://h/hook?X-Amz-Signature=CaNaRy-3"}]}),
        )
    });
    let mut agent = Agent::start(&world.home, &[]);
    let webhooks = agent.good("read_operation", &operation("webhooks.list", &json!({})));
    assert_eq!(webhooks[0]["name"], "n");
    for tool in ["session", "list_accounts", "list_targets", "list_projects", "list_workspaces", "find_operations"] {
        agent.good(tool, &json!({}));
    }
    agent.good("use_session", &json!({"account": "svc"}));
    let refused =
        operation("replays.sign", &json!({"replay_ids": "r", "distinct_id": "d", "reveal_signed_urls": true}));
    agent.call("read_operation", &refused);
    agent.call("read_operation", &json!({"id": "CaNaRy", "token": "x"}));
    let stored = world.on_disk();
    let seen = agent.server.written();
    for secret in [&stored["access_token"], &stored["refresh_token"]] {
        assert!(!seen.contains(secret.as_str().expect("a text")), "{seen}");
    }
    assert!(!seen.contains("CaNaRy-"), "{seen}");
}

#[test]
fn wrong_messages_are_answered_and_nothing_ends() {
    let home = configured();
    let mut agent = Agent::start(&home, &[]);
    agent.server.write("this is no JSON\n\n{\"jsonrpc\": \"2.0\"}\n").expect("it reads");
    let unknown = agent.ask("tools/call", &json!({"name": "no_such_tool", "arguments": {}}));
    assert!(unknown["error"]["message"].as_str().is_some_and(|text| text.contains("no_such_tool")), "{unknown}");
    for (tool, arguments) in [
        ("session", json!({"verbose": true})),
        ("read_operation", json!({})),
        ("read_operation", json!({"id": "dashboards.lst"})),
        ("read_operation", operation("dashboards.list", &json!({"ids": "x"}))),
        ("find_operations", json!({"effect": "explode"})),
        ("use_session", json!({"workspace": "x"})),
        ("query_segmentation", json!({"event": "a", "from": "soon", "to": "2025-01-01"})),
    ] {
        let error = agent.bad(tool, &arguments);
        assert_eq!(error["code"], "invalid_argument", "{tool} {arguments}: {error}");
    }
    home.mp(["daemon", "stop"]).ok();
    agent.good("session", &json!({}));
    // A host that is killed leaves nothing behind: the end of the input is the end.
    let mut child = {
        let mut command = home.command(&home.programs().mp);
        command.arg("mcp").stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        command.spawn().expect("it starts")
    };
    assert_eq!(wait(&mut child, SOON).and_then(|status| status.code()), Some(0));
}
