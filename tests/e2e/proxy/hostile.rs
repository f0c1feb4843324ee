//! Paths, targets and headers that try to lead a credential elsewhere, or to bring something of the caller's along.

use mp_sandbox::upstream::Upstream;
use mp_sandbox::upstream::server::Reply;
use mp_sandbox::wire::Ask;
use serde_json::json;

use super::exchange;
use crate::grants::World;

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// The sandbox sees it at this path.
    Passed(&'static str),
    /// The daemon answers with a problem of this status and code.
    Refused(u16, &'static str),
    /// It is no HTTP, so it never becomes a request: the connection ends with a problem of this status.
    NoHttp(u16),
}

use Outcome::{NoHttp, Passed, Refused};

const BAD: Outcome = Refused(400, "invalid_argument");
const UNKNOWN: Outcome = Refused(404, "route_not_found");
const FORBIDDEN: Outcome = Refused(403, "forbidden");

/// Targets of plain GETs.
const TARGETS: &[(&str, Outcome)] = &[
    // Good ones, so that the others are not refused for something else.
    ("/v1/api/app/me", Passed("/us/app/me")),
    ("/v1/api/app/projects/3187654/dashboards/", Passed("/us/app/projects/3187654/dashboards/")),
    ("/v1/api/app/{project_id}/x", Passed("/us/app/3187654/x")),
    ("/v1/api/app/%7Bproject_id%7D/x", Passed("/us/app/3187654/x")),
    ("/v1/api/app/{project_id}%20/x", Passed("/us/app/%7Bproject_id%7D%20/x")),
    ("/v1/api/app/{workspace_id}/x", BAD),
    ("/v1/api/query/insights", Passed("/us/query/insights")),
    ("/v1/api/export/export", Passed("/us/export/export")),
    ("/v1/api/engage", Passed("/us/engage")),
    ("/v1/api/engage/", Passed("/us/engage")),
    ("/v1/api/engage/revenue", Passed("/us/engage/revenue")),
    // Out of the plane.
    ("/v1/api/app/..", BAD),
    ("/v1/api/app/../oauth/token", BAD),
    ("/v1/api/app/me/../../oauth/token", BAD),
    ("/v1/api/app/./me", BAD),
    ("/v1/api/app/me/.", BAD),
    ("/v1/api/app/%2e%2e/oauth", BAD),
    ("/v1/api/app/%2E./oauth", BAD),
    ("/v1/api/app/.%2e", BAD),
    ("/v1/api/app/%2e", BAD),
    ("/v1/api/app/%252e%252e/oauth", BAD),
    ("/v1/api/app/%25252e%25252e/oauth", BAD),
    ("/v1/api/app/%25%32%65", BAD),
    ("/v1/api/app/..%2foauth", BAD),
    ("/v1/api/app/..%2Foauth", BAD),
    ("/v1/api/app/a%2fb", BAD),
    ("/v1/api/app/a%252fb", BAD),
    ("/v1/api/app/..%5coauth", BAD),
    ("/v1/api/app/..\\oauth", BAD),
    ("/v1/api/app/\\\\evil.example", BAD),
    ("/v1/api/app/%c0%ae%c0%ae/oauth", BAD),
    ("/v1/api/app/%e0%80%ae/oauth", BAD),
    ("/v1/api/app/..%00/oauth", BAD),
    ("/v1/api/app/..;/oauth", Passed("/us/app/..%3B/oauth")),
    ("/v1/api/app/.../oauth", Passed("/us/app/.../oauth")),
    ("/v1/api/app/..%20/oauth", Passed("/us/app/..%20/oauth")),
    ("/v1/api/app/%EF%BC%8E%EF%BC%8E/x", Passed("/us/app/%EF%BC%8E%EF%BC%8E/x")),
    // Empty segments, and other hosts by way of them.
    ("/v1/api/app", BAD),
    ("/v1/api/app/", BAD),
    ("/v1/api/app//", BAD),
    ("/v1/api/app//me", BAD),
    ("/v1/api/app/me//", BAD),
    ("/v1/api/app//evil.example/x", BAD),
    ("/v1/api/app///evil.example", BAD),
    ("/v1/api/engage//", BAD),
    ("/v1/api/app/http://evil.example/", BAD),
    ("/v1/api/app/http:%2f%2fevil.example", BAD),
    ("/v1/api/app/@evil.example", Passed("/us/app/%40evil.example")),
    ("/v1/api/app/:80@evil.example", Passed("/us/app/%3A80%40evil.example")),
    ("/v1/api/app/x:y", Passed("/us/app/x%3Ay")),
    // Bytes.
    ("/v1/api/app/a%00", BAD),
    ("/v1/api/app/a%0d%0aHost:evil.example", BAD),
    ("/v1/api/app/a%0aX-Canary:1", BAD),
    ("/v1/api/app/a%09b", BAD),
    ("/v1/api/app/a%7f", BAD),
    ("/v1/api/app/a%C2%85b", BAD),
    ("/v1/api/app/%ff%fe", BAD),
    ("/v1/api/app/%", BAD),
    ("/v1/api/app/%2", BAD),
    ("/v1/api/app/%zz", BAD),
    ("/v1/api/app/%u002e", BAD),
    ("/v1/api/app/a%3Fb", BAD),
    ("/v1/api/app/a%23b", BAD),
    ("/v1/api/app/%25", Passed("/us/app/%25")),
    ("/v1/api/app/\u{e4}", Passed("/us/app/%C3%A4")),
    ("/v1/api/app/a b", NoHttp(400)),
    ("/v1/api/app/a\tb", NoHttp(400)),
    ("/v1/api/app/a\0b", NoHttp(400)),
    ("/v1/api/app/a\x7fb", NoHttp(400)),
    // A fragment never leaves the caller; what comes before it is the path.
    ("/v1/api/app/me#/../../oauth", Passed("/us/app/me")),
    ("/v1/api/app/me?x=../../oauth#y", Passed("/us/app/me")),
    // Planes that are none, and other spellings of the route.
    ("/v1/api/", UNKNOWN),
    ("/v1/api", UNKNOWN),
    ("/v1/api//app/me", UNKNOWN),
    ("/v1/api/App/me", UNKNOWN),
    ("/v1/api/%61pp/me", UNKNOWN),
    ("/v1/api/app%2fme", UNKNOWN),
    ("/v1/api/../api/app/me", UNKNOWN),
    ("/v1/api/oauth/token", UNKNOWN),
    ("/v1/api/web/x", UNKNOWN),
    ("/v1/api/{project_id}/x", UNKNOWN),
    ("/v1//api/app/me", UNKNOWN),
    ("/V1/api/app/me", UNKNOWN),
    ("/v1/%61pi/app/me", UNKNOWN),
    ("//v1/api/app/me", UNKNOWN),
    ("http://mpd/v1/api/app/me", FORBIDDEN),
    ("http://evil.example/v1/api/app/me", FORBIDDEN),
    ("*", UNKNOWN),
    ("v1/api/app/me", NoHttp(400)),
];

/// Header lines of a GET of `/v1/api/app/me` without `Host`. Wherever `canary` stands, it must not go out.
const HEADERS: &[(&str, Outcome)] = &[
    ("Host: mpd\r\nAuthorization: Bearer canary", ME),
    ("Host: mpd\r\nauthorization: Basic canary\r\nAUTHORIZATION: Bearer canary2", ME),
    ("Host: mpd\r\nCookie: session=canary", ME),
    ("Host: mpd\r\nProxy-Authorization: Basic canary\r\nProxy-Connection: canary", ME),
    (
        "Host: mpd\r\nX-Forwarded-For: canary\r\nX-Forwarded-Host: canary\r\nX-Forwarded-Proto: canary\r\nX-Real-Ip: canary",
        ME,
    ),
    ("Host: mpd\r\nForwarded: for=canary\r\nVia: 1.1 canary", ME),
    ("Host: mpd\r\nUser-Agent: canary", ME),
    (
        "Host: mpd\r\nX-Http-Method-Override: canary\r\nX-Method-Override: canary\r\nX-Original-Url: /canary\r\nX-Rewrite-Url: /canary",
        ME,
    ),
    ("Host: mpd\r\nConnection: X-Canary\r\nX-Canary: canary", ME),
    ("Host: mpd\r\nConnection: Accept, Range\r\nAccept: canary\r\nRange: canary", ME),
    ("Host: mpd\r\nConnection: Authorization, Host, User-Agent", ME),
    ("Host: mpd\r\nTE: canary, trailers\r\nTrailer: canary\r\nKeep-Alive: canary", ME),
    ("Host: mpd\r\nUpgrade: canary\r\nConnection: upgrade", ME),
    ("Host: mpd\r\nExpect: canary", ME),
    ("Host: mpd\r\nAccept-Encoding: canary, br, deflate", ME),
    ("Host: mpd\r\nAccept-Language: canary\r\nDnt: canary\r\nDate: canary\r\nFrom: canary\r\nMax-Forwards: 0", ME),
    ("Host: mpd\r\nMp-Client: canary/1\r\nMp-Anything: canary\r\nMp-Protocol: 1", ME),
    ("Host: mpd\r\nMp-Context: {\"env\":{\"MP_CANARY\":\"canary\"}}", ME),
    ("Host: mpd\r\nX-Long: canaryLONG", ME),
    ("Host: localhost", ME),
    ("Host: mpd\r\nContent-Length: 0", ME),
    ("Host: mpd\r\nContent-Type: a/b\r\ncontent-type: c/canary", BAD),
    ("Host: mpd\r\nRange: bytes=0-1\r\nRange: canary", BAD),
    ("Host: mpd\r\nMp-Context: canary", Refused(400, "invalid_context")),
    ("Host: mpd\r\nMp-Context: {}\r\nMp-Context: {}", Refused(400, "invalid_context")),
    ("Host: mpd\r\nMp-Protocol: 99", Refused(426, "protocol_mismatch")),
    ("Host: mpd\r\nOrigin: http://canary", FORBIDDEN),
    ("Host: mpd\r\nReferer: http://canary", FORBIDDEN),
    ("Host: mpd\r\nSec-Fetch-Mode: canary", FORBIDDEN),
    ("Host: canary.example", FORBIDDEN),
    ("Host: mpd\r\nHost: canary.example", FORBIDDEN),
    ("Host: mpd\r\nX-Long: canaryTOOLONG", Refused(431, "head_too_large")),
    ("Host: mpd\r\nX Canary: canary", NoHttp(400)),
    ("Host: mpd\r\nX-Canary : canary", NoHttp(400)),
    ("Host: mpd\r\nAccept: a\r\n canary", NoHttp(400)),
    ("Host: mpd\r\nContent-Length: 1\r\nContent-Length: 2", NoHttp(400)),
    ("Host: mpd\r\nContent-Length: +1", NoHttp(400)),
    ("Host: mpd\r\nTransfer-Encoding: canary", NoHttp(400)),
    ("Host: mpd\r\nTransfer-Encoding: chunked, canary", NoHttp(400)),
];

const ME: Outcome = Passed("/us/app/me");

/// What may stand in a request to Mixpanel.
const KNOWN: [&str; 12] = [
    "host",
    "user-agent",
    "authorization",
    "accept",
    "accept-encoding",
    "content-type",
    "content-length",
    "range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-range",
];

fn head(text: &str) -> String {
    let long = |count: usize| format!("canary{}", "x".repeat(count));
    text.replace("canaryTOOLONG", &long(66 * 1024)).replace("canaryLONG", &long(32 * 1024))
}

/// Sends a request and says what was wrong about its outcome; empty when nothing was.
fn objection(world: &World, head: &str, outcome: Outcome) -> Option<String> {
    let upstream = &world.upstream;
    let before = upstream.requests().len();
    let answer = exchange(&world.home, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes());
    let seen: Vec<String> = upstream.requests()[before..].iter().map(|one| one.path.clone()).collect();
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    let (origin, kind) = (answer.header("mp-origin"), answer.header("content-type"));
    let is_ours = kind == Some("application/problem+json") && origin == Some("daemon");
    let is_right = match outcome {
        Passed(path) => answer.status == 200 && origin == Some("upstream") && seen == [path],
        Refused(status, expected) => (answer.status, code.as_str()) == (status, expected) && is_ours && seen.is_empty(),
        NoHttp(status) => answer.status == status && answer.json()["code"] == "invalid_argument" && seen.is_empty(),
    };
    let shown: String = head.chars().take(200).collect();
    (!is_right).then(|| {
        format!("{shown:?}: expected {outcome:?}, got {} {code:?} of {origin:?}, seen {seen:?}", answer.status)
    })
}

fn check_everything_that_was_sent(upstream: &Upstream, authorization: &str) {
    for one in upstream.requests() {
        let line = format!("{} {}", one.method, one.path);
        let planes = ["/us/app/", "/us/query/", "/us/engage", "/us/export/"];
        assert!(planes.iter().any(|plane| one.path.starts_with(plane)), "{line}");
        let count = one.headers.iter().filter(|(name, _)| name == "authorization").count();
        assert_eq!((one.authorization(), count), (Some(authorization), 1), "{line}");
        assert_eq!(one.header("host"), upstream.url().strip_prefix("http://"), "{line}");
        assert!(one.header("user-agent").is_some_and(|agent| agent.starts_with("mp/")), "{line}");
        for (name, value) in &one.headers {
            assert!(KNOWN.contains(&name.as_str()), "{line}: {name}: {value}");
            assert!(!value.to_lowercase().contains("canary"), "{line}: {name}: {value}");
        }
    }
}

#[test]
fn nothing_leads_a_credential_elsewhere_or_brings_a_callers_own_along() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    for prefix in ["/us/app/", "/us/query/", "/us/engage", "/us/export/"] {
        world.upstream.on("*", prefix, |_| Reply::json(200, &json!({"ok": true})));
    }
    let targets = TARGETS.iter().map(|(target, outcome)| (format!("GET {target} HTTP/1.1\r\nHost: mpd"), *outcome));
    let of_headers =
        |(lines, outcome): &(&str, Outcome)| (format!("GET /v1/api/app/me HTTP/1.1\r\n{}", head(lines)), *outcome);
    let rows: Vec<_> = targets.chain(HEADERS.iter().map(of_headers)).collect();
    let wrong: Vec<_> = rows.iter().filter_map(|(head, outcome)| objection(&world, head, *outcome)).collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    let token = world.on_disk()["access_token"].as_str().expect("a text").to_owned();
    check_everything_that_was_sent(&world.upstream, &format!("Bearer {token}"));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn the_session_of_the_context_fills_the_path_and_its_notes_come_back() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.on("*", "/us/", |_| Reply::json(200, &json!({"ok": true})));
    let context = json!({"project": "9", "workspace": "5", "env": {"MP_PROJECT_ID": "7"}});
    let target = "/v1/api/app/projects/{project_id}/workspaces/{workspace_id}/x";
    let answer = world.home.ask(&Ask::get(target).context(&context));
    assert_eq!((answer.status, answer.header("mp-origin")), (200, Some("upstream")), "{}", answer.text());
    assert_eq!(answer.header("mp-note"), Some("MP_PROJECT_ID=7 wins over --project 9"));
    let seen: Vec<_> = world.upstream.requests().into_iter().map(|one| one.request.path).collect();
    assert_eq!(seen, ["/us/app/projects/7/workspaces/5/x"]);
    let unpinned = world.home.ask(&Ask::get(target));
    assert_eq!(unpinned.problem(), (400, "invalid_argument".to_owned()));
    assert!(unpinned.text().contains("-w WORKSPACE"), "{}", unpinned.text());
}
