//! `mp api`: calls of Mixpanel's own API, passed on as they are typed, and answers passed back as they come.

use std::process::{Output, Stdio};

use mp_sandbox::home::Call;
use mp_sandbox::process;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::server::Received;
use mp_sandbox::upstream::{Fault, Gate};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::grants::World;

const THINGS: &str = "/us/app/projects/3187654/things";
const TYPED: &str = "projects/{project_id}/things";

fn api<'a>(world: &World, words: impl IntoIterator<Item = &'a str>) -> Call {
    world.home.mp(std::iter::once("api").chain(words))
}

/// Runs it for the bytes on its standard output, which need not be text.
fn bytes(world: &World, words: &[&str]) -> Output {
    let mut command = world.home.command(&world.home.programs().mp);
    command.arg("api").args(words).stdin(Stdio::null()).output().expect("mp runs")
}

/// Answers with what was asked for.
fn echo(asked: &Received) -> Reply {
    let query: Vec<String> = asked.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Reply::json(
        200,
        &json!({
            "method": asked.method, "path": asked.path, "query": query, "type": asked.header("content-type"),
            "body": String::from_utf8_lossy(&asked.body), "match": asked.header("if-match"),
        }),
    )
}

fn echoing() -> World {
    let world = World::with_grant(3600);
    world.upstream.on("*", "/us/", echo);
    world
}

#[test]
fn an_answer_comes_byte_for_byte() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let text = "{\"b\":  1.50,\r\n \"a\": \"\\u00e9\u{1b}\"}";
    world.upstream.on("GET", THINGS, move |_| Reply::text(200, text).header("ETag", "\"7\""));
    for words in [&[TYPED][..], &["get", "/projects/3187654/things"], &["-q", TYPED]] {
        let output = bytes(&world, words);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), text.as_bytes()), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
    let told = api(&world, [TYPED, "-i"]).ok();
    assert!(told.starts_with("HTTP/1.1 200 OK\r\n") && told.ends_with(&format!("\r\n\r\n{text}")), "{told}");
    assert!(told.contains("etag: \"7\"\r\n") && told.contains("mp-origin: upstream\r\n"), "{told}");
    assert!(!told.contains("transfer-encoding"), "{told}");
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn an_answer_need_not_be_text() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let image: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let sent = image.clone();
    world.upstream.on("*", THINGS, move |_| Reply::new(200).body(sent.clone()));
    let output = bytes(&world, &[TYPED]);
    assert!(output.status.success() && output.stdout == image, "{} bytes", output.stdout.len());
    let told = api(&world, [TYPED, "--jq", "."]).fails(1);
    assert!(told.contains("the answer is not JSON"), "{told}");
    let head = api(&world, ["HEAD", TYPED, "--jq", "."]).ok();
    assert_eq!(head, "");
}

#[test]
fn json_is_filtered_and_shown_as_wanted() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let things = json!({"status": "ok", "results": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}]});
    world.upstream.on("GET", THINGS, move |_| Reply::json(200, &things));
    assert_eq!(api(&world, [TYPED, "--jq", ".results[].title", "-f", "jsonl"]).ok(), "\"A\"\n\"B\"\n");
    assert_eq!(api(&world, [TYPED, "-f", "table"]).ok(), "ID  TITLE\n1   A\n2   B\n");
    assert!(api(&world, [TYPED, "-f", "json"]).ok().starts_with("{\n  \"status\": \"ok\","));
    let refused = api(&world, ["projects/1/none", "--jq", ".error"]).run();
    assert_ne!((refused.code, refused.stdout.as_str()), (0, ""), "the body of a refusal comes as it is");
}

#[test]
fn a_call_is_passed_on_as_it_is_typed() {
    let world = echoing();
    let _daemon = world.start();
    world.home.write("body.json", "{ \"from\": \"a file\" }");
    let sent = |words: &[&str], stdin: &str| api(&world, words.iter().copied()).stdin(stdin).json();
    let file = format!("@{}", world.home.at("body.json").display());

    let plain = sent(&["a b/ü?x=1", "--query", "y=c d&e", "--query", "z=ü"], "");
    assert_eq!((&plain["method"], &plain["path"]), (&json!("GET"), &json!("/us/app/a%20b/%C3%BC")));
    assert_eq!(plain["query"], json!(["x=1", "y=c d&e", "z=ü"]));

    let posted = sent(&["x", "-d", "{\"a\":  1.0}"], "");
    assert_eq!((&posted["method"], &posted["body"]), (&json!("POST"), &json!("{\"a\":  1.0}")));
    assert_eq!(posted["type"], "application/json");
    let patched = sent(&["patch", "x", "-d", &file, "-H", "If-Match: \"7\""], "");
    assert_eq!((&patched["method"], &patched["body"]), (&json!("PATCH"), &json!("{ \"from\": \"a file\" }")));
    assert_eq!(patched["match"], "\"7\"");
    let form =
        sent(&["--plane", "query", "x", "-d", "-", "-H", "Content-Type: application/x-www-form-urlencoded"], "a=1");
    assert_eq!((&form["body"], &form["type"]), (&json!("a=1"), &json!("application/x-www-form-urlencoded")));
    assert_eq!(form["query"], json!(["project_id=3187654"]));
    assert_eq!(sent(&["DELETE", "x"], "")["method"], "DELETE");
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_sent() {
    let world = echoing();
    let _daemon = world.start();
    let cases: [(&[&str], &str); 9] = [
        (&["https://mixpanel.com/api/app/me"], "--plane"),
        (&["x", "-d", "{a: 1}"], "--data is not JSON"),
        (&["x", "-d", "@/no/such/file"], "/no/such/file"),
        (&["x", "-H", "Authorization: Bearer s3cret"], "'Authorization'"),
        (&["TRACE", "x"], "TRACE"),
        (&["x", "--plane", "web"], "web"),
        (&["x", "--paginate", "--plane", "export"], "only app and engage"),
        (&["x", "--paginate", "-i"], "--include"),
        (&["../oauth/token"], "leads to another directory"),
    ];
    for (words, text) in cases {
        let done = api(&world, words.iter().copied()).run();
        assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{words:?}: {}", done.stderr);
        assert!(done.stderr.contains(text) && !done.stderr.contains("s3cret"), "{words:?}: {}", done.stderr);
    }
    assert_eq!(world.upstream.requests().len(), 0);
}

#[test]
fn a_refusal_is_printed_and_its_status_is_the_exit_code() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for (status, code) in [(201, 0), (302, 1), (400, 3), (401, 2), (403, 3), (404, 4), (422, 3), (429, 5), (500, 1)] {
        let body = format!("{{\"error\":  \"it is {status}\"}}");
        let answer = body.clone();
        world.upstream.on("PUT", THINGS, move |_| {
            Reply::text(status, answer.clone()).header("Retry-After", "0").header("Location", "/elsewhere")
        });
        let done = api(&world, ["PUT", TYPED, "-d", "{}", "-q"]).run();
        assert_eq!((done.code, &done.stdout), (code, &body), "{status}: {}", done.stderr);
        assert_eq!(done.stderr.lines().count(), usize::from(code > 0), "{}", done.stderr);
        assert!(
            code == 0 || done.stderr.starts_with(&format!("error: Mixpanel answered {status} ")),
            "{}",
            done.stderr
        );
    }
    assert_eq!(world.upstream.count("GET", "/elsewhere"), 0);
}

#[test]
fn an_answer_that_breaks_is_no_success() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let text = "x".repeat(50_000);
    world.upstream.on("GET", THINGS, move |_| Reply::text(200, text.clone()).truncated(20_000));
    for words in [&[TYPED][..], &[TYPED, "-f", "json"]] {
        let done = api(&world, words.iter().copied()).run();
        assert!(done.code == 1 && done.stdout.len() <= 20_000, "{words:?}: {} {}", done.code, done.stderr);
        assert!(done.stderr.starts_with("error: the answer ended early, so what came"), "{words:?}: {}", done.stderr);
    }
    let World { home, upstream, .. } = world;
    drop(upstream);
    let told = home.mp(["api", TYPED]).fails(1);
    assert!(told.contains("could not reach Mixpanel"), "{told}");
}

/// Answers with pages of two, of which so many there are.
fn page_of(asked: &Received, count: usize) -> Reply {
    let cursor = asked.query.iter().find_map(|(name, value)| (name == "cursor").then_some(value.as_str()));
    let number: usize = cursor.map_or(0, |cursor| cursor.trim_start_matches("page ").parse().expect("a cursor"));
    let next = (number + 1 < count).then(|| format!("page {}", number + 1));
    let results = json!([{"id": 2 * number}, {"id": 2 * number + 1}]);
    Reply::json(200, &json!({"status": "ok", "results": results, "pagination": {"next_cursor": next}}))
}

#[test]
fn all_pages_become_one_list() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.on("GET", THINGS, |asked| page_of(asked, 3));
    let list = api(&world, [TYPED, "--paginate", "--query", "size=2"]).json();
    assert_eq!(list, json!([{"id": 0}, {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}, {"id": 5}]));
    assert_eq!(world.upstream.count("GET", THINGS), 3);
    assert!(world.upstream.requests().iter().filter(|one| one.path == THINGS).all(|one| one.query[0].0 == "size"));
    assert_eq!(api(&world, [TYPED, "--paginate", "--jq", "length"]).ok(), "6\n");
    assert_eq!(api(&world, [TYPED, "--paginate", "-f", "csv"]).ok(), "id\n0\n1\n2\n3\n4\n5\n");

    let profiles = |asked: &Received| {
        let body: Value = serde_json::from_slice(&asked.body).expect("JSON");
        let page = body["page"].as_u64().unwrap_or(0);
        assert!(page == 0 || body["session_id"] == "s-1", "{body}");
        let results: Vec<u64> = (0..if page < 2 { 2 } else { 1 }).map(|n| 2 * page + n).collect();
        Reply::json(200, &json!({"page": page, "page_size": 2, "session_id": "s-1", "results": results}))
    };
    world.upstream.on("POST", "/us/engage", profiles);
    let list = api(&world, ["--plane", "engage", "/", "--paginate", "-d", "{\"where\": \"x\"}", "-f", "jsonl"]).ok();
    assert_eq!(list, "0\n1\n2\n3\n4\n");
}

#[test]
fn half_a_list_is_never_printed() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let fails = |code: i32, text: &str| {
        let done = api(&world, [TYPED, "--paginate"]).run();
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{}", done.stderr);
        assert!(done.stderr.contains(text), "{text}: {}", done.stderr);
    };
    world.upstream.on("GET", THINGS, |_| Reply::json(200, &json!({"results": [], "pagination": {"next_cursor": "x"}})));
    fails(1, "page 2: the cursor of the next page was there before");
    world.upstream.on("GET", THINGS, |asked| {
        if asked.query.is_empty() { page_of(asked, 2) } else { Reply::json(404, &json!({"error": "it is gone"})) }
    });
    fails(4, "page 2: Mixpanel answered 404 Not Found: it is gone");
    world.upstream.on("GET", THINGS, |_| Reply::json(200, &json!({"results": {"id": 1}})));
    fails(1, "no list `results`");
    world.upstream.on("GET", THINGS, |asked| page_of(asked, 2));
    world.upstream.fault("GET", THINGS, Fault::Html200);
    fails(1, "is not JSON");
}

#[test]
fn ctrl_c_ends_a_call_that_waits() {
    process::heed_interrupts();
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let gate = Gate::new();
    world.upstream.fault("GET", THINGS, Fault::Hold(gate.clone()));
    let running = api(&world, [TYPED]).start();
    gate.wait_for_arrival(1);
    process::interrupt(running.pid());
    let done = running.finish();
    // The signal itself ends it, which a shell tells as 130.
    assert_eq!((done.code, done.stdout.as_str()), (-Signal::INT.as_raw(), ""), "{}", done.stderr);
    gate.release();
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.on("GET", THINGS, |_| Reply::new(200).body(vec![b'x'; 4 * 1024 * 1024]));
    let (reader, writer) = std::io::pipe().expect("a descriptor is free");
    drop(reader);
    let mut command = world.home.command(&world.home.programs().mp);
    let output = command.args(["api", TYPED]).stdin(Stdio::null()).stdout(writer).output().expect("mp runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_large_body_that_names_its_project_gets_no_other() {
    let world = echoing();
    let _daemon = world.start();
    let send = |body: &Value| {
        world.home.write("work/big.json", &body.to_string());
        api(&world, ["POST", "/", "--plane", "engage", "-d", "@big.json"]).json()["query"].clone()
    };
    let text = "x".repeat(2_000_000);
    assert_eq!(send(&json!({"project_id": "9", "where": text})), json!([]));
    assert_eq!(send(&json!({"where": text})), json!(["project_id=3187654"]));
}
