//! What goes into a file: all of it or nothing, and nothing twice.

use std::fs;

use mp_sandbox::process;
use mp_sandbox::upstream::Gate;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::wait::eventually;
use serde_json::Value;

use super::{Events, Trouble, all, days};
use crate::SOON;
use crate::grants::World;

/// Returns the names of the files that an export has made.
fn files(events: &Events) -> Vec<String> {
    let entries = fs::read_dir(events.world.home.at("work")).expect("readable");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// Returns how many parts the journal says are complete.
fn complete(events: &Events) -> u64 {
    let text = fs::read(events.world.home.at("work/f.partial.json")).unwrap_or_default();
    let journal = serde_json::from_slice::<Value>(&text).ok();
    journal.and_then(|journal| Some(journal["done"].as_array()?.len() as u64)).unwrap_or(0)
}

const UNFINISHED: [&str; 2] = ["f.partial", "f.partial.json"];

#[test]
fn a_file_appears_when_it_is_complete_and_is_replaced_only_on_demand() {
    let events = Events::start();
    let days = days(1..=3);
    assert_eq!(events.export(&days, &["-o", "f"]).ok(), "");
    assert_eq!((files(&events), events.world.home.read("work/f") == all(&days)), (vec!["f".to_owned()], true));
    let asked = events.asked().len();
    let refused = events.export(&days, &["-o", "f"]).fails(3);
    assert!(refused.contains("f exists") && refused.contains("--force"), "{refused}");
    assert_eq!((events.asked().len(), files(&events).len()), (asked, 1));
    events.export(&days[..1], &["-o", "f", "--force"]).ok();
    assert_eq!((files(&events).len(), events.world.home.read("work/f") == all(&days[..1])), (1, true));
    assert_eq!(events.export(&days[..1], &["-o", "-"]).ok(), all(&days[..1]));
}

#[test]
fn an_export_that_was_cut_goes_on_where_it_ended() {
    let events = Events::start();
    let days = days(1..=4);
    events.trouble("2025-01-03", Trouble::Cut(5000));
    let said = events.export(&days, &["-o", "f"]).fails(1);
    for piece in ["cut off in the middle", "f.partial is complete up to 2025-01-02", "hint: mp export events --raw"] {
        assert!(said.contains(piece), "{piece}: {said}");
    }
    assert_eq!((files(&events), complete(&events)), (UNFINISHED.map(str::to_owned).to_vec(), 2));
    events.all_is_well();
    events.world.upstream.clear();
    let done = events.export(&days, &["-o", "f"]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("note: going on with f") && done.stderr.contains("2025-01-02"), "{}", done.stderr);
    let mut asked = events.asked();
    asked.sort();
    assert_eq!(asked, days[2..], "only what was missing is asked for again");
    assert_eq!((files(&events), events.world.home.read("work/f") == all(&days)), (vec!["f".to_owned()], true));
}

#[test]
fn an_export_that_was_killed_or_interrupted_goes_on_where_it_ended() {
    let events = Events::start();
    let days = days(1..=3);
    for (signal, code) in [(process::kill as fn(u32), -9), (process::interrupt, 130)] {
        events.trouble("2025-01-02", Trouble::Stall(5000, Gate::new()));
        let running = events.export(&days, &["-o", "f"]).start();
        eventually(SOON, "a part is complete, and some of the next", || {
            let written = fs::metadata(events.world.home.at("work/f.partial")).map_or(0, |there| there.len());
            complete(&events) == 1 && written > all(&days[..1]).len() as u64
        });
        signal(running.pid());
        let done = running.finish();
        assert_eq!((done.code, files(&events)), (code, UNFINISHED.map(str::to_owned).to_vec()), "{}", done.stderr);
        if code == 130 {
            let said = "Interrupted: f.partial is complete up to 2025-01-01; run the same command again to go on\n";
            // A note may stand before it: on a busy machine, parts wait for their turn.
            assert!(done.stderr.ends_with(said), "{}", done.stderr);
        }
        events.all_is_well();
        events.world.upstream.clear();
        events.export(&days, &["-o", "f"]).ok();
        assert_eq!(events.asked().iter().filter(|day| *day == "2025-01-01").count(), 0);
        assert_eq!((files(&events), events.world.home.read("work/f") == all(&days)), (vec!["f".to_owned()], true));
        fs::remove_file(events.world.home.at("work/f")).expect("there");
    }
}

#[test]
fn the_plan_of_an_unfinished_file_stays_whatever_is_wanted_later() {
    let events = Events::start();
    let days = days(1..=4);
    events.trouble("2025-01-02", Trouble::Cut(0));
    events.export(&days, &["-o", "f"]).fails(1);
    events.all_is_well();
    let words = ["export", "events", "--raw", "--from", "2025-01-01", "--to", "2025-01-04", "-o", "f", "--parts", "2"];
    events.world.home.mp(words).ok();
    assert_eq!(events.world.home.read("work/f"), all(&days));
}

#[test]
fn two_exports_do_not_mix_in_one_file() {
    let events = Events::start();
    let day = days(1..=1);
    let gate = Gate::new();
    events.trouble("2025-01-01", Trouble::Stall(1000, gate.clone()));
    let running = events.export(&day, &["-o", "f"]).start();
    eventually(SOON, "it is asked for", || events.asked().len() == 1);
    for force in [None, Some("--force")] {
        let more: Vec<&str> = ["-o", "f"].into_iter().chain(force).collect();
        let refused = events.export(&day, &more).fails(3);
        assert!(refused.contains("another export is writing f.partial"), "{refused}");
    }
    gate.release();
    assert_eq!((running.finish().code, events.asked().len()), (0, 1));
    assert_eq!(events.world.home.read("work/f"), all(&day));
}

#[test]
fn what_another_export_has_left_is_not_gone_on_with() {
    let events = Events::start();
    let days = days(1..=3);
    events.trouble("2025-01-02", Trouble::Cut(0));
    events.export(&days, &["-o", "f"]).fails(1);
    events.all_is_well();
    let left = events.world.home.read("work/f.partial");
    for other in [&["--event", "a"][..], &["--where", "x"], &["-p", "3187655"]] {
        let refused = events.export(&days, &[&["-o", "f"], other].concat()).fails(3);
        assert!(refused.contains("another export has left") && refused.contains("--force"), "{refused}");
    }
    let refused = events.export(&self::days(2..=3), &["-o", "f"]).fails(3);
    assert!(
        refused.contains("f.partial has 2025-01-01 of an unfinished export") && refused.contains("--force"),
        "{refused}"
    );
    assert_eq!(events.world.home.read("work/f.partial"), left);
    events.export(&days[..2], &["-o", "f", "--force"]).ok();
    assert_eq!((files(&events), events.world.home.read("work/f") == all(&days[..2])), (vec!["f".to_owned()], true));
}

/// Leaves an unfinished file of the first four days of January 2025, of which two are complete, and changes its journal.
fn left_of_four(events: &Events, change: impl FnOnce(&mut Value)) {
    events.trouble("2025-01-03", Trouble::Cut(5000));
    events.export(&days(1..=4), &["-o", "f"]).fails(1);
    events.all_is_well();
    events.world.upstream.clear();
    let mut journal: Value = serde_json::from_str(&events.world.home.read("work/f.partial.json")).expect("JSON");
    assert_eq!(journal["done"].as_array().map(Vec::len), Some(2), "{journal}");
    change(&mut journal);
    fs::write(events.world.home.at("work/f.partial.json"), journal.to_string()).expect("writable");
}

/// Goes on with some days, and returns what was asked for, in order of the days, and what was said.
fn gone_on_with(events: &Events, wanted: &[String]) -> (Vec<String>, String) {
    let done = events.export(wanted, &["-o", "f"]).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(events.world.home.read("work/f") == all(wanted), "each day is there once");
    assert_eq!(files(events), ["f"]);
    let mut asked = events.asked();
    asked.sort();
    fs::remove_file(events.world.home.at("work/f")).expect("there");
    (asked, done.stderr)
}

#[test]
fn a_day_that_had_not_ended_when_it_was_fetched_is_fetched_again() {
    let events = Events::start();
    let days = days(1..=4);
    // The zone of the project is that of Los Angeles: its second of January ends at 08:00 UTC of the third.
    for (asked, kept) in [("2025-01-03T08:59:00Z", 1), ("2025-01-03T09:00:00Z", 2), ("2025-01-01T12:00:00Z", 1)] {
        left_of_four(&events, |journal| journal["done"][1]["asked"] = asked.into());
        let (fetched, said) = gone_on_with(&events, &days);
        assert_eq!(fetched, days[kept..], "{asked}: {said}");
        assert_eq!(said.contains("2025-01-02 is fetched again"), kept == 1, "{asked}: {said}");
        assert!(said.contains("going on with f"), "{asked}: {said}");
    }
    left_of_four(&events, |journal| journal["done"][0]["asked"] = "2025-01-01T12:00:00Z".into());
    let (fetched, said) = gone_on_with(&events, &days);
    assert_eq!((fetched, said.contains("2025-01-01 to 2025-01-02 is fetched again")), (days, true), "{said}");
}

#[test]
fn a_longer_and_a_shorter_range_go_on_with_what_fits() {
    let events = Events::start();
    left_of_four(&events, |_| {});
    assert_eq!(gone_on_with(&events, &days(1..=6)).0, days(3..=6));
    left_of_four(&events, |_| {});
    let (fetched, said) = gone_on_with(&events, &days(1..=1));
    assert!(fetched.is_empty() && said.contains("2025-01-02 was fetched for f before, is not asked for now"), "{said}");
    left_of_four(&events, |_| {});
    let (fetched, said) = gone_on_with(&events, &days(2..=5));
    assert_eq!(fetched, days(3..=5));
    assert!(said.contains("2025-01-01 was fetched for f before, is not asked for now"), "{said}");
}

#[test]
fn a_journal_of_the_first_form_is_understood() {
    let events = Events::start();
    let days = days(1..=4);
    let part = |day: &String| serde_json::json!({"from": day, "to": day});
    left_of_four(&events, |journal| {
        let text = all(&days[..2]);
        let mut request = journal["request"].clone();
        (request["arguments"]["from"], request["arguments"]["to"]) = (days[0].clone().into(), days[3].clone().into());
        *journal = serde_json::json!({"format": 1, "request": request, "parts": days.iter().map(part).collect::<Vec<_>>(),
            "complete": 2, "bytes": text.len(), "tail": &text.as_bytes()[text.len() - 256..]});
    });
    // Its days were over long before it was written.
    let (fetched, said) = gone_on_with(&events, &days);
    assert_eq!((fetched, said.contains("was begun by an older version")), (days[2..].to_vec(), true), "{said}");
}

#[test]
fn an_export_ends_with_the_last_day_that_has_begun() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |days: i64| (today + jiff::Span::new().days(days)).to_string();
    let words = |from: i64, to: i64| {
        world.home.mp(["export", "events", "--raw", "--from", &day(from), "--to", &day(to), "-o", "f", "--force"])
    };
    let done = words(-2, 5).run();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("has not begun yet (US/Pacific): the export ends there"), "{}", done.stderr);
    assert!(done.stderr.contains("has not ended yet (US/Pacific)"), "{}", done.stderr);
    assert_eq!(world.home.read("work/f").lines().count(), 3 * 50);
    let refused = words(2, 5).fails(3);
    assert!(refused.contains("has begun yet: today is"), "{refused}");
    // Mixpanel's own today may be an earlier one.
    let last = day(-1);
    world.upstream.on("GET", "/us/export/export", move |request| match request.parameter("to_date") {
        Some(to) if to > last.as_str() => {
            Reply::json(400, &serde_json::json!({"error": "to_date cannot be later than today"}))
        }
        _ => Reply::text(200, "{\"event\":\"a\",\"properties\":{\"time\":1}}\n"),
    });
    for parts in ["1", "3"] {
        let done = words(-2, 0).run();
        assert_eq!(done.code, 0, "{parts}: {}", done.stderr);
        assert!(done.stderr.contains(&format!("what comes after {} has not begun yet", day(-1))), "{}", done.stderr);
    }
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_disk_that_is_full_is_told_and_the_export_goes_on_when_there_is_room() {
    let events = Events::start();
    let days = days(1..=3);
    let limit = all(&days[..2]).len() / 1024;
    let line = format!("ulimit -f {limit}; trap '' XFSZ; exec \"$@\"");
    let mut command = events.world.home.command(std::path::Path::new("/bin/bash"));
    let words = ["--raw", "--from", &days[0], "--to", &days[2], "--parts", "3", "-o", "f"];
    command.args(["-c", &line, "sh"]).arg(&events.world.home.programs().mp).args(["export", "events"]).args(words);
    let output = command.current_dir(events.world.home.at("work")).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("f.partial could not be written: ") && said.contains("complete up to 2025-01-01"), "{said}");
    events.export(&days, &["-o", "f"]).ok();
    assert_eq!(events.world.home.read("work/f"), all(&days));
}
