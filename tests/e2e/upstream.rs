//! Calls that reach Mixpanel: what is asked once and kept, what goes wrong on the way, and whose answer it is.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use mp_proto::ids::Region;
use mp_proto::routes;
use mp_sandbox::home::{Call, Done, Home};
use mp_sandbox::upstream::server::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate, Plan, SOL, Upstream};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::{Value, json};

use crate::grants::{FILE, TOKEN, World};
use crate::login::files_below;
use crate::{SOON, empty};

const ME: &str = "/us/app/me";
const DASHBOARDS: &str = "/us/app/projects/3187654/dashboards";
const LIST: [&str; 5] = ["dashboards", "list", "--jq", "length", "-f"];

/// Nothing that fails here has a reason to take longer: no fault asks for a wait.
const PROMPT: Duration = Duration::from_secs(10);

fn count_dashboards(home: &Home) -> Call {
    home.mp([&LIST[..], &["json"]].concat())
}

/// Runs a call that must not hang.
#[track_caller]
fn promptly(what: &str, call: Call) -> Done {
    let begun = Instant::now();
    let done = call.run();
    assert!(begun.elapsed() < PROMPT, "{what} took {:?}", begun.elapsed());
    done
}

fn ids(projects: &Value) -> Vec<&str> {
    projects.as_array().expect("a list").iter().map(|project| project["id"].as_str().expect("a text")).collect()
}

#[test]
fn ten_lists_at_once_ask_who_am_i_once() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", ME, Fault::Hold(gate.clone()).after_effect());
    let connections = || world.home.ask(&Ask::get(routes::STATUS)).ok()["connections"].as_u64().expect("a number");
    let list = || world.home.mp(["project", "list", "-f", "json"]);
    let lists: Vec<Value> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..10).map(|_| scope.spawn(|| list().json())).collect();
        gate.wait_for_arrival(1);
        // The ten, and the one that asks.
        eventually(SOON, "all ten wait", || connections() >= 11);
        gate.release();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!(lists.iter().all(|list| ids(list) == ["3187655", "3187654"]), "{lists:?}");
    assert_eq!(world.upstream.count("GET", ME), 1);
    list().ok();
    assert_eq!(world.upstream.count("GET", ME), 1);
    world.home.mp(["project", "list", "--refresh"]).ok();
    assert_eq!(world.upstream.count("GET", ME), 2);
    let kept = std::fs::metadata(world.home.at(".mp/accounts/ada/me.json")).expect("it is kept");
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn credentials_of_the_environment_share_nothing_and_leave_no_file() {
    let (home, upstream) = (empty(), Upstream::start());
    let people = [("sa.ada", "s3cret", ADA, "3187654"), ("sa.sol", "s3cret", SOL, "4100001")];
    for (name, secret, user, _) in people {
        upstream.add_service_account(Region::Us, name, secret, user);
    }
    let _daemon = home.start_with(|mpd| mpd.env("MPD_UPSTREAM", upstream.url()));
    let list = |(name, secret, _, project): (&str, &str, _, &str)| {
        let call = home.mp(["project", "list", "-f", "json"]).env("MP_USERNAME", name).env("MP_SECRET", secret);
        call.env("MP_PROJECT_ID", project).env("MP_REGION", "us")
    };
    for _ in 0..3 {
        assert_eq!(ids(&list(people[0]).json()), ["3187655", "3187654"]);
        assert_eq!(ids(&list(people[1]).json()), ["4100001"]);
    }
    let asked: Vec<_> = upstream.requests().iter().map(|request| request.authorization().map(str::to_owned)).collect();
    assert!(asked.len() == 2 && asked[0] != asked[1], "{} requests", asked.len());
    // A wrong secret gets nothing of what the right one has brought.
    list(("sa.ada", "guessed", ADA, "3187654")).fails(2);
    let kept: Vec<_> = files_below(&home.root()).into_iter().filter(|path| path.ends_with("me.json")).collect();
    assert_eq!(kept, Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_call_over_an_expired_grant_refreshes_once_and_answers() {
    let world = World::with_grant(0);
    let _daemon = world.start();
    assert_eq!(count_dashboards(&world.home).ok(), "3\n");
    assert_eq!((world.posts(), world.upstream.count("GET", DASHBOARDS)), (1, 1));
    assert_eq!(count_dashboards(&world.home).ok(), "3\n");
    assert_eq!((world.posts(), world.upstream.count("GET", DASHBOARDS)), (1, 2));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

/// Tests an account and returns the exit code and what was printed.
#[track_caller]
fn test_account(home: &Home, name: &str) -> (i32, Value) {
    let done = promptly("account test", home.mp(["account", "test", name]));
    let printed = serde_json::from_str(&done.stdout);
    (done.code, printed.unwrap_or_else(|error| panic!("{error} in {}{}", done.stdout, done.stderr)))
}

#[test]
fn an_account_is_tested_by_its_exit_code() {
    let world = World::with_grant(3600);
    world.upstream.add_service_account(Region::Us, "sa.ada", "right", ADA);
    let _daemon = world.start();
    let add = ["account", "add", "team", "--type", "service_account", "--region", "us", "--username", "sa.ada"];
    world.home.mp([&add[..], &["--secret-stdin"]].concat()).stdin("wrong\n").ok();
    let (code, told) = test_account(&world.home, "team");
    assert_eq!((code, &told["ok"], &told["error_code"]), (2, &json!(false), &json!("AUTH_FAILED")), "{told}");
    assert_eq!(told["error_details"]["status_code"], 401);
    world.home.mp(["account", "update", "team", "--secret-stdin"]).stdin("right\n").ok();
    for name in ["team", "ada"] {
        let (code, told) = test_account(&world.home, name);
        assert_eq!((code, &told["ok"], &told["user"]["email"]), (0, &json!(true), &json!("ada@example.com")), "{told}");
    }
    let World { home, upstream, .. } = world;
    drop(upstream);
    let (code, told) = test_account(&home, "team");
    assert_eq!((code, &told["ok"], &told["error_code"]), (1, &json!(false), &json!("HTTP_ERROR")), "{told}");
    let cause = told["error"].as_str().expect("a text");
    assert!(cause.contains("could not reach Mixpanel: ") && cause.to_lowercase().contains("refused"), "{cause}");
}

#[test]
fn each_fault_of_mixpanel_has_its_exit_code_and_the_next_call_works() {
    let json_error = |status: u16| Fault::Status(status, json!({"status": "error", "error": "not today"}));
    // Reads are repeated once after a reset or a break, and once with a newer token after a 401.
    let faults: [(&str, Plan, i32, &str); 11] = [
        ("reset", Fault::Reset.times(2), 1, "could not reach Mixpanel"),
        ("close", Fault::Close.times(2), 1, "could not reach Mixpanel"),
        ("cut off", Fault::CutOff.times(2), 1, "cut off in the middle"),
        ("html", Fault::Html200.into(), 1, "without JSON"),
        ("redirect", Fault::Redirect.into(), 1, "redirect"),
        ("truncated", Fault::TruncatedJson.into(), 1, "without JSON"),
        ("500", json_error(500).into(), 1, "500"),
        ("403", json_error(403).into(), 3, "not today"),
        ("404", json_error(404).into(), 4, "not today"),
        ("401", json_error(401).times(2), 2, "hint: mp account login ada"),
        ("429", Fault::RetryAfter(429, "0".to_owned()).times(4), 5, "429"),
    ];
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for (what, fault, code, text) in faults {
        world.upstream.fault("GET", DASHBOARDS, fault);
        let done = promptly(what, count_dashboards(&world.home));
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{what}: {}", done.stderr);
        assert!(done.stderr.contains("'ada'") && done.stderr.contains(text), "{what}: {}", done.stderr);
        assert!(!done.stderr.contains("doctype"), "{what}: {}", done.stderr);
        assert_eq!(world.upstream.faults_left(), 0, "{what}: it was repeated more or less often");
        assert_eq!(count_dashboards(&world.home).ok(), "3\n", "{what}");
    }
    assert_eq!(world.upstream.count("GET", "/elsewhere"), 0);
}

#[test]
fn a_rate_limit_with_a_time_is_waited_for() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.fault("GET", DASHBOARDS, Fault::RetryAfter(429, "1".to_owned()));
    assert_eq!(count_dashboards(&world.home).ok(), "3\n");
    let requests = world.upstream.requests();
    let at: Vec<Instant> = requests.iter().filter(|one| one.path == DASHBOARDS).map(|one| one.at).collect();
    assert_eq!(at.len(), 2);
    assert!(at[1] - at[0] >= Duration::from_secs(1), "it came again after {:?}", at[1] - at[0]);
}

#[test]
fn all_who_listen_hear_of_a_new_token_and_of_new_names() {
    let world = World::with_grant(0);
    let _daemon = world.start();
    let mut streams = [0; 2].map(|_| EventStream::open(&world.home.socket(), None));
    world.home.mp(["project", "list"]).ok();
    for stream in &mut streams {
        let refreshed = stream.until("token.refreshed").pop().expect("the last one");
        assert_eq!((&refreshed.data["account"], &refreshed.data["cause"]), (&json!("ada"), &json!("refreshed")));
        let changed = stream.until("me.changed");
        assert!(!changed.iter().any(|event| event.event == "token.refreshed"), "one refresh is told once");
        assert_eq!(changed.last().expect("the last one").data["account"], "ada");
    }
    assert_eq!(world.posts(), 1);
}

#[test]
fn the_status_tells_what_stands_in_for_mixpanel_and_how_accounts_are() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let status = || world.home.mp(["daemon", "status", "-f", "json"]).json();
    let before = status();
    assert_eq!(before["upstream"], world.upstream.url());
    let account = &before["accounts"][0];
    assert_eq!(
        (&account["name"], &account["type"], &account["state"]),
        (&json!("ada"), &json!("oauth_browser"), &json!("ok"))
    );
    let shown = world.home.mp(["daemon", "status"]).ok();
    assert!(shown.contains("IN PLACE OF MIXPANEL") && shown.contains(&world.upstream.url()), "{shown}");
    world.home.mp(["account", "logout", "ada"]).ok();
    let account = &status()["accounts"][0];
    assert_eq!(account["state"], "login_required", "{account}");
    assert_eq!(account["next"][0]["command"], "mp account login ada");
}

/// Sets the end of the tokens in a bridge's text to a time in the past, and leaves the rest as it is.
fn expired(bridge: &str) -> String {
    let mut value: Value = serde_json::from_str(bridge).expect("JSON");
    value["tokens"]["expires_at"] = json!("2020-01-01T00:00:00Z");
    serde_json::to_string_pretty(&value).expect("it was JSON")
}

#[test]
fn a_bridge_carries_a_grant_that_is_refreshed_in_memory_only() {
    let world = World::with_grant(0);
    let here = world.start();
    // Where a grant was refreshed by the daemon, it is known which client it belongs to.
    count_dashboards(&world.home).ok();
    world.home.mp(["account", "export-bridge", "--account", "ada", "--to", "b.json"]).ok();
    let exported: Value = serde_json::from_str(&world.home.read("work/b.json")).expect("JSON");
    assert_eq!(exported["tokens"]["refresh_token"], world.on_disk()["refresh_token"]);
    let client = world
        .upstream
        .requests()
        .iter()
        .find(|one| one.path == TOKEN)
        .and_then(|one| one.form().get("client_id").cloned());
    assert_eq!(exported["tokens"]["client_id"].as_str(), client.as_deref());
    drop(here);
    world.upstream.expire_access_tokens();
    world.upstream.clear();

    let there = empty();
    let text = expired(&exported.to_string());
    there.write("bridge.json", &text);
    let call = || {
        count_dashboards(&there).env("MP_AUTH_FILE", there.at("bridge.json")).env("MPD_UPSTREAM", world.upstream.url())
    };
    for _ in 0..2 {
        assert_eq!(call().ok(), "3\n");
    }
    assert_eq!((world.posts(), world.upstream.count("GET", DASHBOARDS)), (1, 2));
    assert_eq!(there.read("bridge.json"), text);
    assert!(!there.at(FILE).exists() && files_below(&there.root()).iter().all(|path| !path.ends_with("tokens.json")));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_bridge_names_the_client_of_a_grant_that_the_python_tool_made() {
    let world = World::with_grant(3600);
    let _here = world.start();
    world.home.mp(["account", "export-bridge", "--account", "ada", "--to", "b.json"]).ok();
    let registration: Value = serde_json::from_str(&world.home.read(".mp/oauth/client_us.json")).expect("JSON");
    let exported = world.home.read("work/b.json");
    let carried: Value = serde_json::from_str(&exported).expect("JSON");
    assert_eq!(carried["tokens"]["client_id"], registration["client_id"]);
    let there = empty();
    there.write("bridge.json", &expired(&exported));
    let call = count_dashboards(&there).env("MP_AUTH_FILE", there.at("bridge.json"));
    assert_eq!(call.env("MPD_UPSTREAM", world.upstream.url()).ok(), "3\n");
}

#[test]
fn no_proxy_sees_a_credential_that_goes_to_this_machine() {
    use mp_sandbox::upstream::reply::Reply;
    use mp_sandbox::upstream::server::Server;
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&seen);
    let proxy = Server::start(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Reply::new(502)
    });
    let me = json!({"results": {"user_id": 1, "organizations": {"1": {"id": 1, "name": "Acme"}},
        "projects": {"7": {"name": "Web", "organization_id": 1}}}});
    let base = Server::start(move |request| {
        assert_eq!(
            (request.path.as_str(), request.header("authorization")),
            ("/api/app/me", Some("Bearer s3cret-token"))
        );
        Reply::json(200, &me)
    });
    let home = empty();
    let _daemon = home.start_with(|mpd| mpd.env("HTTP_PROXY", proxy.url()).env("http_proxy", proxy.url()));
    // Without a region the credential is first tried, then used: both on the way to the caller's own base.
    let login = home.mp(["login"]).env("MP_OAUTH_TOKEN", "s3cret-token").env("MP_API_BASE_URL", base.url());
    assert!(login.ok().contains("Web"));
    assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), 0);
}

/// A status that ends no request, or that nobody knows, must not come out of the daemon as its own.
#[test]
fn a_status_that_is_none_is_an_invalid_answer() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for status in [600, 777, 999] {
        world.upstream.on("GET", DASHBOARDS, move |_| Reply::json(status, &json!({"error": "odd"})));
        let told = format!("was answered {status}, which is no status");
        let done = count_dashboards(&world.home).run();
        assert!(done.code == 1 && done.stderr.contains(&told), "{status}: {}", done.stderr);
        let run = Ask::change("POST", "/v1/operations/dashboards.list", &json!({}));
        let passed = Ask::get("/v1/api/app/projects/3187654/dashboards/");
        for ask in [run, passed] {
            assert_eq!(world.home.ask(&ask).problem(), (502, "upstream_invalid".to_owned()), "{status}");
        }
    }
}

/// Short as a text, such an answer would take a hundred times as much memory.
#[test]
fn an_answer_of_too_many_values_is_refused_by_the_name_of_the_setting() {
    let world = World::with_grant(3600);
    let config = world.home.read(".mp/config.toml");
    let limits =
        |lines: &str| world.home.replace(".mp/config.toml", &format!("{config}\n[settings.limits]\n{lines}\n"));
    let _daemon = world.start();
    let body = format!("{{\"status\":\"ok\",\"results\":[{}{{\"id\":1}}]}}", "{\"id\":1},".repeat(200_000));
    world
        .upstream
        .on("GET", DASHBOARDS, move |_| Reply::new(200).header("Content-Type", "application/json").body(body.clone()));
    for (setting, limit) in [("answer_values", 1000), ("answer_values", 400_000), ("answer_bytes", 500_000)] {
        limits(&format!("{setting} = {limit}"));
        let said = count_dashboards(&world.home).fails(1);
        assert!(said.contains(&format!("more than {limit} ")) && said.contains(setting), "{said}");
    }
    limits("answer_values = 500000");
    assert_eq!(count_dashboards(&world.home).ok(), "200001\n");
}
