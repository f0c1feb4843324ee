//! `mp mcp --hosted`: a client's view of Mixpanel's hosted MCP server through the bridge, while logins, daemons, sessions and
//! connections end.

use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::home::{Home, Running};
use mp_sandbox::process::terminate;
use mp_sandbox::upstream::{ADA, Fault, Gate};
use mp_sandbox::wait::{eventually, poll};
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::{TOKEN, World};

const MCP: &str = "/us/mcp";

/// What a client of the revision without sessions says of each request.
const MODERN: &str = "io.modelcontextprotocol/protocolVersion";

/// A client on stdio.
struct Client {
    bridge: Running,
    asked: u64,
}

impl Client {
    /// Starts a bridge without saying anything.
    fn silent(home: &Home, words: &[&str]) -> Self {
        Self { bridge: home.mp([&["mcp", "--hosted"], words].concat()).start_open(), asked: 0 }
    }

    /// Starts a bridge, and a session.
    #[track_caller]
    fn start(home: &Home, words: &[&str]) -> Self {
        let mut client = Self::silent(home, words);
        let hello = client.ask("initialize", &hello());
        assert_eq!(hello["result"]["serverInfo"]["name"], "hosted", "{hello}");
        client.say("notifications/initialized");
        // Its answer tells that the far side has heard so.
        client.ask("ping", &json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        self.bridge.write(&format!("{message}\n")).expect("it reads");
    }

    fn say(&mut self, method: &str) {
        self.send(&json!({"jsonrpc": "2.0", "method": method}));
    }

    fn begin(&mut self, method: &str, params: &Value) -> u64 {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    fn heard(&self) -> Vec<Value> {
        let written = self.bridge.written();
        let complete = written.rfind('\n').map_or("", |end| &written[..end]);
        complete.lines().map(|line| serde_json::from_str(line).expect("each line is a message")).collect()
    }

    #[track_caller]
    fn answer(&self, id: u64) -> Value {
        let mark = format!("\"id\":{id},");
        let found = poll(SOON, || {
            let written = self.bridge.written();
            let end = written.rfind('\n').map_or(0, |end| end + 1);
            let line = written[..end].lines().rev().find(|line| line.contains(&mark))?;
            Some(serde_json::from_str::<Value>(line).expect("each line is a message"))
        });
        found.unwrap_or_else(|| panic!("no answer to {id} in {}", self.bridge.written()))
    }

    #[track_caller]
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    #[track_caller]
    fn call(&mut self, tool: &str) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": {}}))
    }

    #[track_caller]
    fn good(&mut self, tool: &str) {
        let answer = self.call(tool);
        assert_eq!(answer["result"]["content"][0]["text"], format!("{tool} for ada@example.com"), "{answer}");
    }

    /// Waits until it has heard a notification so often.
    #[track_caller]
    fn wait_for(&self, method: &str, count: usize) {
        eventually(SOON, method, || self.heard().iter().filter(|one| one["method"] == method).count() >= count);
    }

    #[track_caller]
    fn end(self) {
        let done = self.bridge.finish();
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "it ends with its input");
    }
}

fn hello() -> Value {
    json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}})
}

fn no_problems(world: &World) {
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_session_is_bridged_from_its_beginning_to_its_end() {
    for streams in [false, true] {
        let world = World::with_grant(-5);
        let _daemon = world.start();
        world.upstream.hosted(|hosted| hosted.streams = streams);
        let mut client = Client::start(&world.home, &[]);
        let list = client.ask("tools/list", &json!({}));
        assert_eq!(
            (&list["result"]["tools"][0]["name"], &list["result"]["nextCursor"]),
            (&json!("Get-Events"), &json!("2"))
        );
        client.good("Get-Events");
        client.good("Edit-Event");
        assert_eq!(client.ask("nothing/such", &json!({}))["error"]["code"], -32601);
        client.wait_for("notifications/tools/list_changed", 1);
        assert_eq!(world.posts(), 1, "one refresh served all of it");
        client.end();
        assert_eq!(world.upstream.hosted(|hosted| (hosted.begun, hosted.ended, hosted.sessions())), (1, 1, 0));
        no_problems(&world);
    }
}

#[test]
fn the_revision_without_sessions_passes_with_its_headers() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::silent(&world.home, &[]);
    let meta = json!({MODERN: "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}});
    let found = client.ask("server/discover", &json!({"_meta": meta}));
    assert_eq!(found["result"]["supportedVersions"][0], "2026-07-28", "{found}");
    // An argument that a header repeats: which one, a list says, that the bridge asks for when it is told that one is missing.
    let arguments = json!({"region": "Zürich"});
    let answer = client.ask("tools/call", &json!({"name": "Edit-Event", "arguments": {}, "_meta": meta}));
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    let listed = client.ask("tools/list", &json!({"_meta": meta}));
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let answer = client.ask("tools/call", &json!({"name": "Get-Events", "arguments": {"region": "us"}, "_meta": meta}));
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    let told = client.ask("server/discover", &json!({"_meta": {MODERN: "1900-01-01"}}));
    assert_eq!(told["error"]["code"], -32022, "{told}");
    assert!(arguments.is_object() && world.upstream.hosted(|hosted| hosted.begun) == 0);
    client.end();
    no_problems(&world);
}

#[test]
fn a_client_of_both_eras_falls_back_where_the_far_side_has_sessions() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::silent(&world.home, &[]);
    let told = client.ask("server/discover", &json!({}));
    assert_eq!(
        (&told["id"], &told["error"]["code"]),
        (&json!(1), &json!(-32000)),
        "an error of its own request: {told}"
    );
    assert!(client.ask("initialize", &hello())["result"].is_object());
    client.end();
}

#[test]
fn a_session_that_is_forgotten_is_begun_anew_once_for_all() {
    for is_impolite in [false, true] {
        let world = World::with_grant(3600);
        let _daemon = world.start();
        world.upstream.hosted(|hosted| hosted.is_impolite = is_impolite);
        let mut client = Client::start(&world.home, &[]);
        client.ask("resources/subscribe", &json!({"uri": "mixpanel://events"}));
        client.wait_for("notifications/tools/list_changed", 1);
        world.upstream.hosted(mp_sandbox::upstream::Hosted::restart);
        let calls: Vec<u64> = (0..8).map(|_| client.begin("tools/call", &json!({"name": "Edit-Event"}))).collect();
        for id in calls {
            assert_eq!(client.answer(id)["result"]["isError"], false);
        }
        let seen = world.upstream.hosted(|hosted| (hosted.begun, hosted.called.len(), hosted.watched.clone()));
        assert_eq!(seen, (2, 8, vec!["mixpanel://events".to_owned()]), "what was watched is watched again");
        client.wait_for("notifications/resources/list_changed", 1);
        let answered = client.heard().iter().filter(|one| one["result"]["protocolVersion"].is_string()).count();
        assert_eq!(answered, 1, "the client has asked once");
        client.end();
        no_problems(&world);
    }
}

#[test]
fn what_reads_is_sent_again_and_of_all_else_nobody_knows() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    client.ask("tools/list", &json!({}));
    client.ask("tools/list", &json!({"cursor": "2"}));
    for fault in [Fault::Reset, Fault::Close, Fault::Status(502, json!({"error": "bad gateway"}))] {
        world.upstream.fault("POST", MCP, fault.clone());
        client.good("Get-Events");
        world.upstream.fault("POST", MCP, fault);
        let told = client.call("Edit-Event");
        assert_eq!(told["error"]["data"]["code"], "fate_unknown", "{told}");
        assert!(told["error"]["message"].as_str().is_some_and(|text| text.contains("may or may not")), "{told}");
    }
    client.end();
}

#[test]
fn a_daemon_that_is_killed_is_started_again() {
    let world = World::with_grant(3600);
    let daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    let gate = Gate::new();
    world.upstream.fault("POST", MCP, Fault::Hold(gate.clone()));
    let held = client.begin("tools/call", &json!({"name": "Edit-Event"}));
    gate.wait_for_arrival(1);
    daemon.kill();
    let told = client.answer(held);
    assert_eq!(told["error"]["data"]["code"], "fate_unknown", "{told}");
    gate.release();
    client.good("Edit-Event");
    assert_eq!(world.upstream.hosted(|hosted| hosted.begun), 1, "the session is the far side's, and goes on");
    client.end();
}

#[test]
fn a_login_that_ends_is_told_and_the_next_one_goes_on() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    let stored = world.on_disk();
    world.upstream.revoke_family(stored["refresh_token"].as_str().expect("a text"));
    let told = client.call("Edit-Event");
    let message = told["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains("mp ") && message.contains("login") && message.contains("goes on"), "{told}");
    assert!(!world.home.mp(["daemon", "logs"]).run().stdout.contains(stored["access_token"].as_str().expect("a text")));
    let called = world.upstream.hosted(|hosted| hosted.called.len());
    world.put(&world.mint(), 3600);
    eventually(SOON, "the new login counts", || client.call("Edit-Event")["result"].is_object());
    assert_eq!((called, world.upstream.hosted(|hosted| hosted.called.len())), (0, 1));
    client.end();
}

#[test]
fn a_limit_is_waited_for_as_told_or_told() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    world.upstream.fault("POST", MCP, Fault::RetryAfter(429, "2".to_owned()));
    let params = json!({"name": "Edit-Event", "_meta": {"progressToken": "p"}});
    assert_eq!(client.ask("tools/call", &params)["result"]["isError"], false, "nothing was done before");
    let heard = client.heard();
    let progress = heard.iter().find(|one| one["method"] == "notifications/progress").expect("it is told");
    assert!(progress["params"]["message"].as_str().is_some_and(|text| text.contains("600")), "{progress}");
    world.upstream.fault("POST", MCP, Fault::RetryAfter(429, "1800".to_owned()));
    let told = client.call("Edit-Event");
    assert_eq!(told["error"]["data"], json!({"code": "rate_limited", "retryAfterSeconds": 1800}), "{told}");
    client.end();
}

#[test]
fn a_scope_that_is_missing_is_mended_by_another_login() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    let told = client.call("Missing");
    assert!(told.to_string().contains("mp account login ada"), "{told}");
    world.upstream.fault("POST", MCP, Fault::Status(403, json!({"error": "insufficient_scope"})));
    let told = client.call("Edit-Event");
    assert_eq!(told["error"]["data"]["code"], "insufficient_scope", "{told}");
    client.end();
}

#[test]
fn read_only_keeps_from_the_client_what_changes_something() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &["--read-only"]);
    let told = client.call("Edit-Event");
    assert!(told["error"]["message"].as_str().is_some_and(|text| text.contains("--read-only")), "{told}");
    client.good("Get-Events");
    let names = |list: &Value| list["result"]["tools"].as_array().map(Vec::len);
    assert_eq!(names(&client.ask("tools/list", &json!({}))), Some(2));
    assert_eq!(names(&client.ask("tools/list", &json!({"cursor": "2"}))), Some(0));
    assert_eq!(world.upstream.hosted(|hosted| hosted.called.clone()), ["Get-Events"]);
    client.end();
    world.home.mp(["mcp", "--hosted", "--allow-destructive"]).fails(3);
    world.home.mp(["mcp", "--hosted", "header"]).fails(3);
}

#[test]
fn messages_may_be_large_and_lines_stay_whole() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    let size = 8 * 1024 * 1024;
    let large = client.begin("tools/call", &json!({"name": "Large", "arguments": {"bytes": size}}));
    let others: Vec<u64> = (0..20).map(|_| client.begin("tools/call", &json!({"name": "Get-Events"}))).collect();
    for id in others {
        client.answer(id);
    }
    let answer = poll(Duration::from_secs(120), || {
        let written = client.bridge.written();
        (written.len() > size && written.ends_with('\n')).then_some(written)
    });
    let answer = answer.expect("it comes whole");
    assert!(answer.lines().all(|line| line.starts_with('{') && line.ends_with('}')));
    assert!(answer.lines().any(|line| line.contains(&format!("\"id\":{large},")) && line.len() > size));
    let padding = "y".repeat(5 * 1024 * 1024);
    world.upstream.expire_access_tokens();
    let answer = client.ask("tools/call", &json!({"name": "Edit-Event", "arguments": {"padding": padding}}));
    assert!(
        answer["result"]["received"].as_u64().is_some_and(|size| size > 5 * 1024 * 1024),
        "sent again after the 401"
    );
    client.send(&json!("no message"));
    client.bridge.write("[1]\n{\"id\":\r\n").expect("it reads");
    eventually(SOON, "what is no message is refused", || {
        client.heard().iter().filter(|one| one["id"].is_null() && one["error"].is_object()).count() >= 3
    });
    client.good("Get-Events");
    client.end();
}

#[test]
fn a_cancelled_request_ends_and_a_signal_ends_the_session() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut client = Client::start(&world.home, &[]);
    let gate = Gate::new();
    world.upstream.fault("POST", MCP, Fault::Hold(gate.clone()));
    let held = client.begin("tools/call", &json!({"name": "Edit-Event"}));
    gate.wait_for_arrival(1);
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": held}}));
    eventually(SOON, "nobody waits at Mixpanel any more", || gate.waiting() == 0);
    let cancels =
        || world.upstream.requests().iter().filter(|one| one.json()["method"] == "notifications/cancelled").count();
    assert_eq!(cancels(), 1, "the far side was told");
    client.good("Get-Events");
    terminate(client.bridge.pid());
    let done = client.bridge.finish();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(world.upstream.hosted(|hosted| hosted.ended), 1);
}

#[test]
fn the_bridge_stays_with_its_account_and_its_region() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.add_service_account(Region::Eu, "sa.user", "s3cret", ADA);
    world
        .home
        .mp([
            "account",
            "add",
            "robot",
            "--type",
            "service_account",
            "--region",
            "eu",
            "--username",
            "sa.user",
            "--secret-stdin",
            "--project",
            "3187654",
        ])
        .stdin("s3cret\n")
        .ok();
    let mut client = Client::start(&world.home, &[]);
    world.home.mp(["account", "use", "robot"]).ok();
    client.good("Edit-Event");
    let mut other = Client::start(&world.home, &[]);
    other.good("Edit-Event");
    let at =
        |path: &str| world.upstream.requests().iter().filter(|one| one.path == path && one.method == "POST").count();
    assert!(at("/us/mcp") >= 3 && at("/eu/mcp") >= 3, "{} {}", at("/us/mcp"), at("/eu/mcp"));
    let robot = world
        .upstream
        .requests()
        .iter()
        .rev()
        .find(|one| one.path == "/eu/mcp")
        .and_then(|one| one.authorization().map(str::to_owned));
    assert!(robot.is_some_and(|header| header.starts_with("Bearer Basic ")));
    let header = world.home.mp(["mcp", "header", "-a", "robot"]).json();
    assert!(header["Authorization"].as_str().is_some_and(|text| text.starts_with("Bearer Basic ")), "{header}");
    let header = world.home.mp(["mcp", "header", "-a", "ada"]).json();
    let own = world.home.mp(["account", "token", "ada"]).ok();
    assert_eq!(header, json!({"Authorization": format!("Bearer {}", own.trim())}));
    let told = world
        .home
        .mp(["mcp", "header", "-a", "ada"])
        .env("CLAUDE_CODE_MCP_SERVER_URL", "https://evil.example/mcp")
        .fails(1);
    assert!(told.contains("evil.example") && !told.contains(own.trim()), "{told}");
    client.end();
    other.end();
    no_problems(&world);
}

#[test]
fn a_base_of_the_callers_is_on_this_machine_or_nowhere() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let bridge = world.home.mp(["mcp", "--hosted"]).env("MP_MCP_BASE_URL", "https://mcp.evil.example").start_open();
    let mut client = Client { bridge, asked: 0 };
    let told = client.ask("initialize", &hello());
    assert!(told["error"]["message"].as_str().is_some_and(|text| text.contains("MP_MCP_BASE_URL")), "{told}");
    client.end();
}

/// 43 clients for a day of tokens that live five minutes, at a provider that rotates and revokes everything when a token comes back. The
/// daemon is killed each 50th time, and the far side forgets its sessions each 40th.
#[test]
fn a_day_of_43_clients_needs_no_login_and_one_refresh_for_each_token() {
    const CLIENTS: usize = 43;
    const TOKENS: u64 = 24 * 3600 / 300;
    let mut world = World::with_grant(-5);
    world.upstream.policy(|policy| policy.access_life = Duration::from_secs(300));
    let clock = world.home.at("clock");
    world.home.write("clock", "0");
    world.home.set("MPD_CLOCK", &clock.display().to_string());
    let mut daemon = Some(world.start());
    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::start(&world.home, &[])).collect();
    assert_eq!(world.posts(), 1);
    for round in 1..TOKENS {
        world.home.replace("clock", &(round * 300).to_string());
        world.upstream.advance(Duration::from_secs(300));
        if round % 50 == 0 {
            // The one that a client starts would not know which day it is.
            if let Some(killed) = daemon.take() {
                killed.kill();
            }
            daemon = Some(world.start());
        }
        if round % 40 == 0 {
            world.upstream.hosted(mp_sandbox::upstream::Hosted::restart);
        }
        let asked: Vec<u64> =
            clients.iter_mut().map(|one| one.begin("tools/call", &json!({"name": "Edit-Event"}))).collect();
        for (client, id) in clients.iter().zip(asked) {
            let answer = client.answer(id);
            assert_eq!(answer["result"]["isError"], false, "round {round}: {answer}");
        }
        assert_eq!(world.posts() as u64, round + 1, "one refresh for each token, in round {round}");
    }
    assert_eq!(world.posts() as u64, TOKENS);
    let called = world.upstream.hosted(|hosted| hosted.called.len());
    assert_eq!(called as u64, (TOKENS - 1) * CLIENTS as u64, "each call was carried out once");
    assert_eq!(
        world.upstream.count("POST", "/us/oauth/register/") + world.upstream.count("GET", "/us/oauth/authorize/"),
        0
    );
    assert!(world.upstream.count("POST", TOKEN) as u64 == TOKENS && world.upstream.problems().is_empty());
    for client in clients {
        client.end();
    }
}

#[test]
fn who_only_looks_whether_it_starts_leaves_nothing_behind() {
    let world = World::with_grant(3600);
    world.home.mp(["mcp", "--hosted"]).ok();
    assert!(world.home.daemon().is_none(), "nobody has asked anything");
    // A script pipes its questions in: all of them are answered before the end.
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello()});
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let said = world.home.mp(["mcp", "--hosted"]).stdin(format!("{hello}\n{ready}\n{list}\n")).ok();
    assert!(said.lines().any(|line| line.contains("Get-Events")), "{said}");
    assert_eq!(world.upstream.hosted(|hosted| (hosted.begun, hosted.ended)), (1, 1));
}

#[test]
fn without_a_login_the_error_says_what_to_run() {
    let home = crate::empty();
    let mut client = Client::silent(&home, &[]);
    let told = client.ask("initialize", &hello());
    let message = told["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("mp login") && message.contains("goes on"), "{told}");
    client.end();
}
