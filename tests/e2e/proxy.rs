//! The pass-through: what goes out of a caller's request, what comes back, and how either ends.

mod hostile;

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use mp_sandbox::home::Home;
use mp_sandbox::upstream::server::Reply;
use mp_sandbox::upstream::visit::unchunked;
use mp_sandbox::upstream::{Fault, Gate, Record, StreamEnd};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::World;

/// Everything that a connection says until it ends, and how it ends.
fn conversation(home: &Home, request: &[u8]) -> (Vec<u8>, std::io::Result<usize>) {
    let mut connection = home.connect();
    // A daemon that refuses a head may close before all of it was written.
    let _ = connection.write(request);
    let mut bytes = Vec::new();
    let end = connection.stream().read_to_end(&mut bytes);
    (bytes, end)
}

/// Sends a request with `Connection: close` and returns its answer; a body in chunks stays as it is.
#[track_caller]
fn exchange(home: &Home, request: &[u8]) -> Raw {
    let (bytes, end) = conversation(home, request);
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let at = at.unwrap_or_else(|| panic!("no answer: {end:?} after {:?}", String::from_utf8_lossy(&bytes)));
    let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status line");
    Raw { status, head: head.to_lowercase(), body: bytes[at + 4..].to_vec() }
}

/// An answer as it came.
struct Raw {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Raw {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

const ECHO: &str = "/v1/api/app/echo";
const SEEN: &str = "/us/app/echo";

/// A world whose App API answers everything at [`SEEN`] with `reply`.
fn world(reply: Reply) -> World {
    let world = World::with_grant(3600);
    world.upstream.on("*", SEEN, move |_| reply.clone());
    world
}

fn echo() -> World {
    world(Reply::json(200, &json!({"ok": true})))
}

fn named(method: &str, target: &str) -> Ask {
    Ask::new(method, target).header("Mp-Client", "sandbox/1")
}

/// Returns the only request that the sandbox has seen below a path.
#[track_caller]
fn only(world: &World, path: &str) -> Record {
    let mut seen: Vec<_> = world.upstream.requests().into_iter().filter(|one| one.path.starts_with(path)).collect();
    assert_eq!(seen.len(), 1, "{seen:?}");
    seen.remove(0)
}

fn large() -> Vec<u8> {
    (0..5 << 20).map(|at: u32| (at % 251) as u8).collect()
}

fn in_chunks(body: &[u8]) -> Vec<u8> {
    let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    let mut chunks: Vec<u8> = body.chunks(100_000).flat_map(chunk).collect();
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

#[test]
fn every_method_that_mixpanel_has_is_passed_on_and_no_other() {
    let world = echo();
    let _daemon = world.start();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        world.upstream.clear();
        let answer = world.home.ask(&named(method, ECHO).body("{}"));
        assert_eq!((answer.status, answer.header("mp-origin")), (200, Some("upstream")), "{method}: {}", answer.text());
        let seen = only(&world, SEEN);
        assert_eq!((seen.method.as_str(), seen.body.as_slice()), (method, &b"{}"[..]));
    }
    world.upstream.clear();
    for method in ["TRACE", "PROPFIND", "QUERY", "get"] {
        let refused = world.home.ask(&named(method, ECHO));
        assert_eq!(refused.problem(), (405, "method_not_allowed".to_owned()), "{method}");
    }
    let connect = exchange(&world.home, b"CONNECT mixpanel.com:443 HTTP/1.1\r\nHost: mpd\r\nConnection: close\r\n\r\n");
    assert_eq!((connect.status, &connect.json()["code"]), (403, &json!("forbidden")));
    assert_eq!(world.home.ask(&Ask::new("POST", ECHO)).problem(), (403, "forbidden".to_owned()), "without Mp-Client");
    assert_eq!(world.upstream.requests().len(), 0);
}

#[test]
fn answers_without_a_body_have_none() {
    let world = world(Reply::json(200, &json!({"ok": true})));
    world.upstream.on("*", "/us/app/empty", |_| Reply::new(204));
    world.upstream.on("*", "/us/app/same", |_| Reply::new(304).header("ETag", "\"7\""));
    let _daemon = world.start();
    let ask = |method: &str, path: &str| {
        let text = format!("{method} /v1/api/app/{path} HTTP/1.1\r\nHost: mpd\r\nConnection: close\r\n\r\n");
        exchange(&world.home, text.as_bytes())
    };
    let head = ask("HEAD", "echo");
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("11"), 0), "{}", head.head);
    assert_eq!(only(&world, SEEN).method, "HEAD");
    for (path, status) in [("empty", 204), ("same", 304)] {
        let answer = ask("GET", path);
        assert_eq!((answer.status, answer.body.len()), (status, 0), "{}", answer.head);
        assert_eq!((answer.header("transfer-encoding"), answer.header("mp-origin")), (None, Some("upstream")));
    }
    assert_eq!(ask("GET", "same").header("etag"), Some("\"7\""));
}

#[test]
fn bodies_arrive_whole_whatever_their_size_and_framing() {
    let world = echo();
    let _daemon = world.start();
    let head =
        format!("POST {ECHO} HTTP/1.1\r\nHost: mpd\r\nMp-Client: t/1\r\nContent-Type: a/b\r\nConnection: close\r\n");
    for body in [b"small".to_vec(), large()] {
        let sized = format!("Content-Length: {}\r\n\r\n", body.len());
        let both = format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n", body.len() / 2);
        let is_kept = body.len() <= 1 << 20;
        for (what, framing, sent, has_length) in [
            ("sized", sized.as_str(), body.clone(), true),
            ("chunked", "Transfer-Encoding: chunked\r\n\r\n", in_chunks(&body), is_kept),
            ("both", both.as_str(), in_chunks(&body), is_kept),
        ] {
            world.upstream.clear();
            let answer = exchange(&world.home, &[head.as_bytes(), framing.as_bytes(), &sent].concat());
            assert_eq!(answer.status, 200, "{what}: {}", answer.head);
            let seen = only(&world, SEEN);
            assert!(seen.body == body, "{what}: {} bytes of {}", seen.body.len(), body.len());
            let length = has_length.then(|| body.len().to_string());
            assert_eq!(seen.header("content-length"), length.as_deref(), "{what}");
            assert_eq!(seen.header("transfer-encoding").is_some(), !has_length, "{what}");
            assert_eq!(seen.header("content-type"), Some("a/b"), "{what}");
        }
    }
}

#[test]
fn a_body_that_is_cut_off_never_passes_for_a_whole_one() {
    let world = echo();
    let _daemon = world.start();
    for sent in [10, 3 << 20] {
        let mut connection = world.home.connect();
        let head =
            format!("POST {ECHO} HTTP/1.1\r\nHost: mpd\r\nMp-Client: t/1\r\nContent-Length: {}\r\n\r\n", 4 << 20);
        connection.write(head.as_bytes()).expect("it listens");
        connection.write(&large()[..sent]).expect("it reads");
        connection.stream().shutdown(std::net::Shutdown::Write).expect("it is open");
        let end = connection.read_answer();
        assert!(end.as_ref().map_or(true, |answer| answer.status >= 400), "{end:?}");
    }
    assert_eq!(world.upstream.requests().len(), 0, "the sandbox notes whole requests only");
}

#[test]
fn a_refused_token_is_replaced_and_a_kept_body_sent_again() {
    let world = echo();
    let _daemon = world.start();
    assert_eq!(world.home.ask(&Ask::get(ECHO)).status, 200);
    let post = |body: Vec<u8>| world.home.ask(&named("POST", ECHO).body(body));
    world.upstream.expire_access_tokens();
    assert_eq!(post(b"kept".to_vec()).status, 200);
    let requests = world.upstream.requests();
    let seen: Vec<_> = requests.iter().filter(|one| one.method == "POST" && one.path == SEEN).collect();
    assert!(seen.len() == 2 && seen.iter().all(|one| one.body == b"kept"), "{seen:?}");
    assert!(seen[0].authorization() != seen[1].authorization() && world.posts() == 1);
    // A body that flows is gone by then: the refusal is passed on as it is.
    world.upstream.expire_access_tokens();
    let refused = post(large());
    assert_eq!((refused.status, refused.header("mp-origin")), (401, Some("upstream")), "{}", refused.text());
}

#[test]
fn reads_are_repeated_after_a_rate_limit_and_changes_are_not() {
    let world = echo();
    world.upstream.on("*", "/us/query/echo", |_| Reply::json(200, &json!({"ok": true})));
    let _daemon = world.start();
    for (method, target, path, count, status) in [
        ("GET", ECHO, SEEN, 2, 200),
        ("POST", ECHO, SEEN, 1, 429),
        ("POST", "/v1/api/query/echo", "/us/query/echo", 2, 200),
        ("DELETE", "/v1/api/query/echo", "/us/query/echo", 1, 429),
    ] {
        world.upstream.clear();
        world.upstream.fault("*", path, Fault::RetryAfter(429, "0".to_owned()));
        let answer = world.home.ask(&named(method, target).body("{\"a\":1}"));
        assert_eq!((answer.status, answer.header("mp-origin")), (status, Some("upstream")), "{method} {target}");
        let seen = world.upstream.requests();
        assert_eq!(seen.len(), count, "{method} {target}");
        assert!(seen.iter().all(|one| one.body == b"{\"a\":1}"), "{method} {target}");
    }
    world.upstream.fault("POST", SEEN, Fault::RetryAfter(429, "7".to_owned()));
    assert_eq!(world.home.ask(&named("POST", ECHO)).header("retry-after"), Some("7"));
}

/// A GET of [`ECHO`] with more header lines.
fn get(lines: &str) -> Vec<u8> {
    format!("GET {ECHO} HTTP/1.1\r\nHost: mpd\r\nConnection: close\r\n{lines}\r\n").into_bytes()
}

fn pieces() -> impl Iterator<Item = Bytes> {
    (0..100_u8).map(|number| Bytes::from(vec![number; 1000]))
}

#[test]
fn a_cut_stream_is_an_error_or_a_trailer_and_never_an_end() {
    let world = world(Reply::stream(200, pieces).cut_after(54_321));
    let _daemon = world.start();
    let (plain, _) = conversation(&world.home, &get(""));
    let at = plain.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let (body, is_whole) = unchunked(&plain[at..]);
    assert!(!is_whole && body.len() <= 54_321, "{} bytes, whole: {is_whole}", body.len());

    let told = exchange(&world.home, &get("TE: trailers\r\n"));
    assert_eq!((told.status, told.header("trailer")), (200, Some("mp-problem")), "{}", told.head);
    let text = String::from_utf8_lossy(&told.body).into_owned();
    let (_, trailer) = text.rsplit_once("\r\n0\r\nmp-problem: ").expect("a trailer after the last chunk");
    let problem: Value = serde_json::from_str(trailer.trim_end()).expect("JSON");
    assert_eq!(problem["code"], "upstream_unreachable", "{problem}");
    assert!(trailer.ends_with("\r\n\r\n"));

    // With an announced length, the length tells; a trailer would have no place.
    world.upstream.on("*", SEEN, |_| Reply::stream(200, pieces).announced(100_000).cut_after(54_321));
    let short = exchange(&world.home, &get("TE: trailers\r\n"));
    assert_eq!((short.header("content-length"), short.header("trailer")), (Some("100000"), None));
    assert!(short.body.len() <= 54_321);
}

#[test]
fn a_whole_stream_has_its_end_and_its_bytes() {
    let world = world(Reply::stream(200, pieces));
    let _daemon = world.start();
    let expected: Vec<u8> = pieces().flatten().collect();
    for lines in ["", "TE: trailers\r\n"] {
        let answer = exchange(&world.home, &get(lines));
        assert!(unchunked(&answer.body) == (expected.clone(), true), "{lines}: {}", answer.head);
    }
    world.upstream.on("*", SEEN, |_| Reply::stream(200, pieces).announced(100_000));
    let answer = exchange(&world.home, &get(""));
    assert!(answer.header("content-length") == Some("100000") && answer.body == expected, "{}", answer.head);
}

#[test]
fn conditions_ranges_and_codings_are_passed_as_they_are() {
    const PACKED: &[u8] = b"\x1f\x8b no gzip at all, so whoever unpacks it fails";
    let world = world(
        Reply::new(206)
            .header("Content-Encoding", "gzip")
            .header("Content-Range", "bytes 0-9/100")
            .header("ETag", "\"7\"")
            .header("Set-Cookie", "session=canary")
            .header("Mp-Note", "canary")
            .header("Mp-Problem", "canary")
            .header("Connection", "X-Hop")
            .header("X-Hop", "canary")
            .body(PACKED),
    );
    let _daemon = world.start();
    let asked = "Accept-Encoding: br, gzip\r\nRange: bytes=0-9\r\nIf-None-Match: \"7\", \"8\"\r\nIf-Range: \"7\"\r\nAccept: a/b\r\n";
    let answer = exchange(&world.home, &get(asked));
    assert_eq!((answer.status, answer.body.as_slice()), (206, PACKED), "{}", answer.head);
    let header = |name| answer.header(name).map(str::to_owned);
    assert_eq!((header("content-encoding"), header("etag")), (Some("gzip".to_owned()), Some("\"7\"".to_owned())));
    assert_eq!(header("content-range").as_deref(), Some("bytes 0-9/100"));
    assert!(!answer.head.contains("canary") && !answer.head.contains("x-hop"), "{}", answer.head);
    let seen = only(&world, SEEN);
    for (name, value) in [
        ("accept-encoding", "gzip"),
        ("range", "bytes=0-9"),
        ("if-none-match", "\"7\", \"8\""),
        ("if-range", "\"7\""),
        ("accept", "a/b"),
    ] {
        assert_eq!(seen.header(name), Some(value));
    }
    world.upstream.clear();
    exchange(&world.home, &get(""));
    assert_eq!(only(&world, SEEN).header("accept-encoding"), Some("identity"));
}

#[test]
fn a_redirect_and_a_failure_of_mixpanel_are_passed_and_ours_are_ours() {
    let world = world(Reply::new(302).header("Location", "http://127.0.0.1:1/elsewhere"));
    world.upstream.on("*", "/us/app/broken", |_| Reply::json(500, &json!({"error": "a fault of theirs"})));
    let _daemon = world.start();
    let moved = world.home.ask(&Ask::get(ECHO));
    assert_eq!((moved.status, moved.header("location")), (302, Some("http://127.0.0.1:1/elsewhere")));
    let broken = world.home.ask(&Ask::get("/v1/api/app/broken"));
    assert_eq!((broken.status, broken.header("mp-origin")), (500, Some("upstream")));
    assert_eq!(broken.json(), json!({"error": "a fault of theirs"}));
    assert_eq!(world.upstream.requests().len(), 2);
    world.upstream.fault("GET", SEEN, Fault::Reset.times(2));
    let reset = world.home.ask(&Ask::get(ECHO));
    assert_eq!(reset.problem(), (502, "upstream_unreachable".to_owned()));
    assert_eq!(reset.header("mp-origin"), Some("daemon"));
}

#[test]
fn the_project_is_added_where_the_caller_gives_none() {
    let world = World::with_grant(3600);
    for prefix in ["/us/app/", "/us/query/", "/us/engage", "/us/export/"] {
        world.upstream.on("*", prefix, |_| Reply::json(200, &json!({})));
    }
    let _daemon = world.start();
    let form = "application/x-www-form-urlencoded";
    type Pairs = &'static [(&'static str, &'static str)];
    let own: Pairs = &[("project_id", "3187654")];
    let rows: [(&str, &str, &str, Pairs); 11] = [
        ("query/x", "", "", own),
        ("export/x?a=%20b", "", "", &[("a", " b"), ("project_id", "3187654")]),
        ("engage", "", "", own),
        ("engage?", "", "", own),
        ("query/x?project_id=3187655", "", "", &[("project_id", "3187655")]),
        ("query/x?project%5Fid=3187655", "", "", &[("project_id", "3187655")]),
        ("query/x", form, "a=1&project_id=3187655", &[]),
        ("query/x", "application/json", "{\"project_id\":3187655}", &[]),
        ("query/x", "application/json", "{\"a\":{\"project_id\":3187655}}", own),
        ("query/x", form, "a=1", own),
        ("app/x", "application/json", "{}", &[]),
    ];
    for (target, kind, body, query) in rows {
        world.upstream.clear();
        let ask = named("POST", &format!("/v1/api/{target}")).header("Content-Type", kind).body(body);
        assert_eq!(world.home.ask(&ask).status, 200, "{target}");
        let seen = only(&world, "/us/");
        let query: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!((&seen.query, seen.body.as_slice()), (&query, body.as_bytes()), "{target}");
    }
    world.upstream.clear();
    let config = world.home.read(".mp/config.toml").replace("default_project = \"3187654\"\n", "");
    world.home.replace(".mp/config.toml", &config);
    for (target, status) in
        [("query/x", 409), ("query/x?project_id=3187655", 200), ("app/x", 200), ("app/{project_id}", 409)]
    {
        assert_eq!(world.home.ask(&Ask::get(format!("/v1/api/{target}"))).status, status, "{target}");
    }
    assert_eq!(world.upstream.requests().len(), 2);
}

#[test]
fn a_caller_that_leaves_ends_the_request_at_mixpanel() {
    let gate = Gate::new();
    let world = world(Reply::stream(200, pieces).stall_after(4000, &gate));
    let _daemon = world.start();
    let mut connection = world.home.connect();
    connection.write(&get("")).expect("it listens");
    gate.wait_for_arrival(1);
    connection.stream().read_exact(&mut [0; 100]).expect("it has begun");
    drop(connection);
    let over = || world.upstream.streams().first().is_some_and(|one| one.end == StreamEnd::PeerGone);
    eventually(Duration::from_secs(1), "the request upstream ends", over);

    let gate = Gate::new();
    world.upstream.fault("GET", SEEN, Fault::Hold(gate.clone()));
    let mut connection = world.home.connect();
    connection.write(&get("")).expect("it listens");
    gate.wait_for_arrival(1);
    drop(connection);
    eventually(Duration::from_secs(1), "it ends before its answer has begun as well", || gate.waiting() == 0);
}

#[test]
fn a_caller_that_reads_slowly_holds_the_stream_back() {
    let block = Bytes::from(vec![b'x'; 256 * 1024]);
    let world = world(Reply::stream(200, move || std::iter::repeat_n(block.clone(), 4096)));
    let _daemon = world.start();
    let mut connection = world.home.connect();
    connection.write(&get("")).expect("it listens");
    connection.stream().read_exact(&mut [0; 100]).expect("it has begun");
    let sent = || world.upstream.streams().first().map_or(0, |one| one.bytes);
    let mut before = 0;
    eventually(SOON, "it waits for its reader", || {
        let now = sent();
        now > 0 && std::mem::replace(&mut before, now) == now
    });
    assert!(sent() < 200 << 20, "{} bytes were sent to nobody", sent());
    drop(connection);
    assert_eq!(world.upstream.wait_for_ends(SEEN, 1)[0].end, StreamEnd::PeerGone);
}
