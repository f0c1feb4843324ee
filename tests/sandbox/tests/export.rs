//! The export plane: what is refused, what comes, and that any split and any coding of it is the same.

use std::collections::BTreeSet;
use std::io::Read;
use std::thread;
use std::time::Duration;

use flate2::read::GzDecoder;
use mp_proto::ids::Region;
use mp_sandbox::upstream::{ADA, Fault, Gate, Meter, StreamEnd, Upstream, Volume, visit};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Answer;
use serde_json::{Value, json};

const PATH: &str = "/us/export/export";
const DAY: &str = "project_id=3187654&from_date=2025-01-01&to_date=2025-01-01";

fn start() -> Upstream {
    let upstream = Upstream::start();
    upstream.add_bearer(Region::Us, "ada", ADA);
    upstream
}

fn ask(upstream: &Upstream, query: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("Authorization", "Bearer ada")], headers].concat();
    visit::send("GET", &format!("{}{PATH}?{query}", upstream.url()), &headers, b"").expect("an answer")
}

fn export(upstream: &Upstream, query: &str) -> String {
    let answer = ask(upstream, query, &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain")), "{}", answer.text());
    String::from_utf8(answer.body).expect("text")
}

fn range(from: &str, to: &str) -> String {
    format!("project_id=3187654&from_date={from}&to_date={to}")
}

#[track_caller]
fn refused(upstream: &Upstream, query: &str, status: u16, piece: &str, problem: bool) {
    let answer = ask(upstream, query, &[]);
    let error = answer.json()["error"].as_str().expect("a text").to_owned();
    assert!(answer.status == status && error.contains(piece), "{query}: {} {error}", answer.status);
    assert_eq!(!upstream.problems().is_empty(), problem, "{query}: {:?}", upstream.problems());
    upstream.clear();
}

fn unzip(bytes: &[u8]) -> Vec<u8> {
    // One member, and nothing after it.
    let (mut decoder, mut plain) = (GzDecoder::new(bytes), Vec::new());
    decoder.read_to_end(&mut plain).expect("a whole member with the right sum");
    assert!(decoder.into_inner().is_empty());
    plain
}

#[test]
fn each_line_is_an_event_of_its_day() {
    let upstream = start();
    let lines = export(&upstream, &range("2025-01-01", "2025-01-02"));
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((events.len(), lines.ends_with("}\n")), (100, true));
    let day = |event: &Value| event["properties"]["time"].as_u64().expect("a time") / 86_400;
    assert!(
        events[..50].iter().all(|event| day(event) == 20_089) && events[50..].iter().all(|event| day(event) == 20_090)
    );
    let ids: BTreeSet<_> =
        events.iter().map(|event| event["properties"]["$insert_id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), 100);
    assert!(events.iter().all(|event| event["event"].is_string() && event["properties"]["distinct_id"].is_string()));
    let other = export(&upstream, "project_id=3187655&from_date=2025-01-01&to_date=2025-01-02");
    assert_ne!(lines, other);
    assert_eq!(upstream.problems(), Vec::<String>::new());
    assert_eq!(upstream.wait_for_ends(PATH, 2)[0].bytes, lines.len() as u64);
}

#[test]
fn any_split_of_the_days_gives_the_same_lines() {
    let upstream = start();
    for volume in [Volume::Events(50), Volume::Events(2500), Volume::Bytes(3_000_000), Volume::Bytes(0)] {
        upstream.data(|data| data.volume = volume);
        let whole = export(&upstream, &range("2025-02-27", "2025-03-02"));
        for middle in ["2025-02-27", "2025-02-28", "2025-03-01"] {
            let next = ["2025-02-28", "2025-03-01", "2025-03-02"]
                [usize::from(middle > "2025-02-27") + usize::from(middle > "2025-02-28")];
            let split =
                export(&upstream, &range("2025-02-27", middle)) + &export(&upstream, &range(next, "2025-03-02"));
            assert!(split == whole, "{volume:?} {middle}");
        }
        assert!(volume == Volume::Bytes(0) || whole.lines().count() >= 200);
    }
}

#[test]
fn a_day_is_as_large_as_it_is_told() {
    let upstream = start();
    for bytes in [1, 1000, 3_500_000] {
        upstream.data(|data| data.volume = Volume::Bytes(bytes));
        let lines = export(&upstream, DAY);
        let longest = lines.lines().map(str::len).max().expect("a line") as u64 + 1;
        let length = lines.len() as u64;
        assert!((bytes..bytes + longest).contains(&length) && lines.ends_with('\n'), "{bytes}: {length}");
    }
    upstream.data(|data| data.volume = Volume::Events(3001));
    assert_eq!(export(&upstream, DAY).lines().count(), 3001);
}

#[test]
fn events_and_limit_select_lines() {
    let upstream = start();
    for volume in [Volume::Events(2500), Volume::Bytes(2_000_000)] {
        upstream.data(|data| data.volume = volume);
        let all = export(&upstream, DAY);
        let wanted: Vec<&str> = all.lines().filter(|line| line.contains(r#""event":"Sign Up""#)).collect();
        let signed = export(&upstream, &format!("{DAY}&event=%5B%22Sign+Up%22%5D"));
        assert!(signed.lines().collect::<Vec<_>>() == wanted && wanted.len() > 100, "{volume:?}");
        assert_eq!(export(&upstream, &format!("{DAY}&event=%5B%22Nothing%22%5D")), "");
        for limit in [1, 1000, 1001] {
            let some = export(&upstream, &format!("{DAY}&limit={limit}"));
            assert!(all.starts_with(&some) && some.lines().count() == limit, "{volume:?} {limit}");
        }
        assert_eq!(export(&upstream, &format!("{DAY}&limit=100000&where=anything")), all);
    }
}

#[test]
fn what_mixpanel_refuses_is_refused() {
    let upstream = start();
    refused(&upstream, "from_date=2025-01-01&to_date=2025-01-01", 400, "project_id", true);
    refused(&upstream, "project_id=x&from_date=2025-01-01&to_date=2025-01-01", 400, "project_id", true);
    refused(&upstream, "project_id=4100001&from_date=2025-01-01&to_date=2025-01-01", 403, "permission", false);
    refused(&upstream, "project_id=3187654&to_date=2025-01-01", 400, "from_date", true);
    refused(&upstream, "project_id=3187654&from_date=2025-01-01", 400, "to_date", true);
    refused(&upstream, &range("2025-1-1", "2025-01-02"), 400, "from_date", false);
    refused(&upstream, &range("2025-01-01", "2025-02-30"), 400, "to_date", false);
    refused(&upstream, &range("2025-01-02", "2025-01-01"), 400, "later than to_date", false);
    refused(&upstream, &range("2025-01-01", "9000-01-01"), 400, "later than today", false);
    refused(&upstream, &format!("{DAY}&limit=0"), 400, "limit", false);
    refused(&upstream, &format!("{DAY}&limit=100001"), 400, "limit", false);
    refused(&upstream, &format!("{DAY}&limit=-1"), 400, "limit", false);
    refused(&upstream, &format!("{DAY}&limit=many"), 400, "limit", true);
    refused(&upstream, &format!("{DAY}&event=Sign+Up"), 400, "event", true);
    assert_eq!(ask(&upstream, DAY, &[("Authorization", "Bearer other")]).status, 401);
}

#[test]
fn what_no_faultless_client_sends_is_noted() {
    let upstream = start();
    for (more, piece) in [
        ("workspace_id=880101", "no parameter workspace_id"),
        ("query_origin=x", "no parameter query_origin"),
        ("to_date=2025-01-01", "twice"),
    ] {
        assert_eq!(ask(&upstream, &format!("{DAY}&{more}"), &[]).status, 200);
        assert!(upstream.problems().len() == 1 && upstream.problems()[0].contains(piece), "{:?}", upstream.problems());
        upstream.clear();
    }
    let url = format!("{}{PATH}?{DAY}", upstream.url());
    let answer = visit::send("POST", &url, &[("Authorization", "Bearer ada")], b"").expect("an answer");
    assert_eq!((answer.status, upstream.problems().len()), (405, 1));
}

#[test]
fn a_compressed_body_is_the_same_in_one_member() {
    let upstream = start();
    for volume in [Volume::Events(7), Volume::Events(3500), Volume::Bytes(5_000_000)] {
        upstream.data(|data| data.volume = volume);
        for query in [range("2025-01-01", "2025-01-02"), format!("{DAY}&event=%5B%22Purchase%22%5D&limit=900")] {
            let plain = ask(&upstream, &query, &[]);
            let packed = ask(&upstream, &query, &[("Accept-Encoding", "gzip")]);
            if plain.body.len() <= 1400 {
                assert_eq!((packed.header("content-encoding"), &packed.body), (None, &plain.body));
                continue;
            }
            assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), (None, Some("gzip")));
            assert!(packed.body.len() < plain.body.len() / 2);
            assert!(unzip(&packed.body) == plain.body, "{volume:?}");
        }
    }
    for refused in ["identity", "gzip;q=0", "br"] {
        assert_eq!(ask(&upstream, DAY, &[("Accept-Encoding", refused)]).header("content-encoding"), None);
    }
    upstream.data(|data| data.gzip = false);
    assert_eq!(ask(&upstream, DAY, &[("Accept-Encoding", "gzip")]).header("content-encoding"), None);
}

#[test]
fn small_bodies_are_not_compressed() {
    let upstream = start();
    upstream.data(|data| data.volume = Volume::Events(1));
    assert_eq!(ask(&upstream, DAY, &[("Accept-Encoding", "gzip")]).header("content-encoding"), None);
}

#[test]
fn an_error_can_come_as_the_last_line() {
    let upstream = start();
    let whole = export(&upstream, DAY);
    upstream.data(|data| data.last_line = Some(r#"{"error": "terminated early"}"#.to_owned()));
    let lines = export(&upstream, DAY);
    assert_eq!(lines, whole + "{\"error\": \"terminated early\"}\n");
    let packed = ask(&upstream, DAY, &[("Accept-Encoding", "gzip")]);
    assert_eq!(unzip(&packed.body), lines.into_bytes());
}

#[test]
fn a_cut_export_is_shorter_and_without_an_end() {
    let upstream = start();
    upstream.data(|data| data.volume = Volume::Bytes(4_000_000));
    upstream.fault("GET", PATH, Fault::CutAfter(2_000_000));
    let url = format!("{}{PATH}?{DAY}", upstream.url());
    visit::send("GET", &url, &[("Authorization", "Bearer ada")], b"").expect_err("no end");
    let end = &upstream.wait_for_ends(PATH, 1)[0];
    assert_eq!((end.bytes, end.end), (2_000_000, StreamEnd::Cut));
}

#[test]
fn a_project_exports_so_much_at_once_and_in_an_hour() {
    let upstream = start();
    upstream.limits(Meter::Export, |limits| (limits.concurrent, limits.retry_after) = (2, Some(17)));
    let gate = Gate::new();
    upstream.fault("GET", PATH, Fault::StallAfter(10, gate.clone()));
    upstream.fault("GET", PATH, Fault::Hold(gate.clone()));
    let count = || upstream.running(Meter::Export, Region::Us, 3_187_654);
    thread::scope(|scope| {
        let held: Vec<_> = (0..2).map(|_| scope.spawn(|| export(&upstream, DAY))).collect();
        gate.wait_for_arrival(2);
        assert_eq!(count(), 2);
        let answer = ask(&upstream, DAY, &[]);
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("17")));
        let error = answer.json()["error"].as_str().expect("a text").to_owned();
        assert!(error.contains("2/2 queries running concurrently"), "{error}");
        export(&upstream, "project_id=3187655&from_date=2025-01-01&to_date=2025-01-01");
        gate.release();
        held.into_iter().for_each(|one| drop(one.join().expect("no panic")));
    });
    eventually(Duration::from_secs(20), "all have left", || count() == 0);
    assert_eq!(upstream.peak(Meter::Export, Region::Us, 3_187_654), 3);
    upstream.limits(Meter::Export, |limits| (limits.hourly, limits.retry_after) = (Some(3), None));
    export(&upstream, DAY);
    let answer = ask(&upstream, DAY, &[]);
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    assert_eq!(
        answer.json()["request"],
        json!("/api/export/export?project_id=3187654&from_date=2025-01-01&to_date=2025-01-01")
    );
    upstream.advance(Duration::from_secs(3601));
    upstream.add_bearer(Region::Us, "ada", ADA);
    export(&upstream, DAY);
    assert_eq!(upstream.problems(), Vec::<String>::new());
}
