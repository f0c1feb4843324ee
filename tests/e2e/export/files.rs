//! What goes into a file: all of it or nothing, and nothing twice.

use std::fs;

use mp_sandbox::process;
use mp_sandbox::upstream::Gate;
use mp_sandbox::wait::eventually;
use serde_json::Value;

use super::{Events, Trouble, all, days};
use crate::SOON;

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
    serde_json::from_slice::<Value>(&text).ok().and_then(|journal| journal["complete"].as_u64()).unwrap_or(0)
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
    assert!(events.export(&days[..2], &["-o", "f"]).fails(3).contains("another export has left"));
    assert_eq!(events.world.home.read("work/f.partial"), left);
    events.export(&days[..2], &["-o", "f", "--force"]).ok();
    assert_eq!((files(&events), events.world.home.read("work/f") == all(&days[..2])), (vec!["f".to_owned()], true));
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
