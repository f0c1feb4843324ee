//! What days are called, and what files are made of.

use std::fs;
use std::process::Command;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::wire::Ask;
use serde_json::{Value, json};

use super::{Events, PATH, Trouble, all, days};
use crate::grants::World;

/// Returns which day it is where the project is.
fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::get("US/Pacific").expect("a zone")).date()
}

/// Returns the ranges that were asked for.
fn ranges(world: &World, path: &str) -> Vec<(String, String)> {
    let requests = world.upstream.requests();
    let asked = requests.iter().filter(|request| request.path == path);
    asked
        .map(|request| {
            let day = |name| request.parameter(name).unwrap_or_default().to_owned();
            (day("from_date"), day("to_date"))
        })
        .collect()
}

#[test]
fn days_may_be_said_in_words_and_are_those_of_the_project() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let before = today();
    let yesterday = |today: Date| today.yesterday().expect("a day");
    let ago = |today: Date, days: i64| today.saturating_sub(days.days());
    for (words, range) in [
        (&["--from", "-3d"][..], (ago(before, 3), yesterday(before))),
        (&["--from", "yesterday", "--to", "today"], (yesterday(before), before)),
        (&["--from=2025-W05", "--to", "2025-W05"], (Date::constant(2025, 1, 27), Date::constant(2025, 2, 2))),
        (&["--from", "2024-02", "--to=2024-02"], (Date::constant(2024, 2, 1), Date::constant(2024, 2, 29))),
    ] {
        world.upstream.clear();
        let done = world.home.mp([&["export", "events", "--parts", "1"], words].concat()).run();
        assert_eq!(done.code, 0, "{words:?}: {}", done.stderr);
        assert!(done.stderr.contains("(US/Pacific)"), "it is told which days they are: {}", done.stderr);
        // A test may run at midnight.
        let told = ranges(&world, PATH);
        assert!(told == [(range.0.to_string(), range.1.to_string())] || today() != before, "{words:?}: {told:?}");
    }
    let refused = world.home.mp(["export", "events", "--from", "soon"]).fails(3);
    assert!(refused.contains("--from must be a date such as 2025-01-31"), "{refused}");
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn every_operation_takes_the_same_words() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.mp(["query", "segmentation", "-e", "Sign Up", "--from", "2025-01", "--to", "2025-01"]).run();
    let arguments = json!({"arguments": {"event": "Sign Up", "from": "2025-W05", "to": "2025-W05"}});
    world.home.ask(&Ask::change("POST", "/v1/operations/query.segmentation", &arguments));
    let told = ranges(&world, "/us/query/segmentation");
    let expected = [("2025-01-01", "2025-01-31"), ("2025-01-27", "2025-02-02")];
    assert_eq!(told, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
}

/// Returns what a program makes of a file.
fn unpacked(program: &str, path: &std::path::Path) -> String {
    let output = Command::new(program).arg("-dc").arg(path).output().expect("it is there");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_file_is_compressed_as_its_name_says_and_goes_on_where_it_ended() {
    let events = Events::start();
    let days = days(1..=4);
    events.trouble("2025-01-03", Trouble::Cut(5000));
    events.export(&days, &["-o", "f.jsonl.gz"]).fails(1);
    events.all_is_well();
    events.world.upstream.clear();
    events.export(&days, &["-o", "f.jsonl.gz"]).ok();
    let mut asked = events.asked();
    asked.sort();
    assert_eq!(asked, days[2..]);
    let path = events.world.home.at("work/f.jsonl.gz");
    assert!(unpacked("gzip", &path) == all(&days));
    assert!(fs::metadata(&path).expect("there").len() < all(&days).len() as u64 / 4);
}

#[test]
fn rows_have_the_columns_that_are_wanted() {
    let events = Events::start();
    let days = days(1..=2);
    let csv = events.export(&days, &["-f", "csv", "--columns", "event,$insert_id,price,city,none"]).ok();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("event,$insert_id,price,city,none"));
    assert_eq!(lines.next(), Some("Page View,2025-01-01-0,1.50,Köln,"));
    assert_eq!(csv.lines().count(), 1 + all(&days).lines().count(), "one head, and a row for each event");
    // In a file that was cut off, too.
    let words = ["-f", "csv", "--columns", "$city,city", "--names", "snake", "-o", "f.csv"];
    events.trouble("2025-01-02", Trouble::Cut(5000));
    events.export(&days, &words).fails(1);
    events.all_is_well();
    let refused = events.export(&days, &["-f", "csv", "--columns", "city", "-o", "f.csv"]).fails(3);
    assert!(refused.contains("another export has left"), "{refused}");
    let done = events.export(&days, &words).run();
    assert!(done.stderr.contains("the column of city is called city_2"), "{}", done.stderr);
    let text = events.world.home.read("work/f.csv");
    assert_eq!((text.lines().next(), text.matches("city").count()), (Some("city,city_2"), 2));
    assert_eq!(text.lines().count(), 1 + all(&days).lines().count());
    assert!(events.export(&days, &["--columns", "a"]).fails(3).contains("say -f csv, too"));
}

#[test]
fn events_that_come_twice_are_there_once() {
    let events = Events::start();
    let days = days(1..=1);
    assert_eq!(events.export(&days, &["--dedupe"]).ok(), all(&days), "they differ");
    events.world.upstream.on("GET", PATH, |_| Reply::text(200, format!("{0}{0}", super::lines("2025-01-01"))));
    assert_eq!(events.export(&days, &["--dedupe"]).ok(), all(&days));
    assert_eq!(events.export(&days, &[]).ok().lines().count(), 2 * all(&days).lines().count());
}

#[test]
fn profiles_are_those_that_were_updated_since_a_day_on_pages_of_a_size() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let words = ["export", "profiles", "--since", "2025-01", "--where", "a == 1", "--page-size", "10"];
    world.home.mp(words).run();
    let requests = world.upstream.requests();
    let body: Vec<Value> =
        requests.iter().filter(|request| request.path == "/us/engage/").map(|request| request.json()).collect();
    assert_eq!(body[0]["where"], "(a == 1) and properties[\"$last_seen\"] >= \"2025-01-01T00:00:00\"");
    assert_eq!(body[0]["page_size"], 10);
}

#[test]
fn times_are_shown_in_the_zone_that_is_wanted() {
    let world = World::with_grant(3600);
    let body = r#"{"event":"a","properties":{"time":1735689600,"distinct_id":"u"}}"#;
    world.upstream.on("GET", PATH, move |_| Reply::text(200, body));
    let _daemon = world.start();
    let export = |more: &[&str]| {
        world.home.mp([&["export", "events", "--from", "2025-01-01", "--to", "2025-01-01"], more].concat())
    };
    for (more, expected) in [
        (&[][..], "2025-01-01T00:00:00+00:00"),
        (&["--timezone", "utc"], "2025-01-01T00:00:00+00:00"),
        (&["--timezone", "Europe/Berlin"], "2025-01-01T01:00:00+01:00"),
        (&["--timezone", "project"], "2024-12-31T16:00:00-08:00"),
        (&["--stored-in", "project"], "2025-01-01T08:00:00+00:00"),
        (&["--stored-in", "project", "--timezone", "project"], "2025-01-01T00:00:00-08:00"),
    ] {
        let line: Value = serde_json::from_str(&export(more).ok()).expect("a line");
        assert_eq!(line["event_time"], expected, "{more:?}");
    }
    let refused = export(&["--timezone", "Middle/Earth"]).fails(3);
    assert!(refused.contains("must be a time zone such as Europe/Berlin, project or utc"), "{refused}");
    assert!(export(&["--timezone", "utc", "--raw"]).fails(3).contains("does not go with --raw"));
}
