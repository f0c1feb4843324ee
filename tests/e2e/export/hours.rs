//! Exports that take long: what passes by itself is tried again, and the hour is waited for.

use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::upstream::{Fault, Meter, Weather};
use serde_json::json;

use super::{Events, PATH, Trouble, all, days};

const PROJECT: u64 = 3_187_654;

fn fault(status: u16) -> Fault {
    Fault::Status(status, json!({"error": "a bad day"}))
}

/// Returns how many lines of a text have these words.
fn told(text: &str, words: &str) -> usize {
    text.lines().filter(|line| line.contains(words)).count()
}

#[test]
fn what_passes_by_itself_is_tried_again_and_told() {
    let events = Events::start();
    let days = days(1..=3);
    for fault in [fault(500), fault(503), Fault::Reset, Fault::CutAfter(5000)] {
        events.world.upstream.fault("GET", PATH, fault);
    }
    let done = events.export(&days, &["-o", "f", "--retry-for", "60"]).run();
    assert_eq!((done.code, events.world.home.read("work/f") == all(&days)), (0, true), "{}", done.stderr);
    assert_eq!((events.asked().len(), told(&done.stderr, "trying again in ")), (7, 4), "{}", done.stderr);
    assert!(done.stderr.contains("a bad day") && done.stderr.contains("2025-01-0"), "{}", done.stderr);
    assert_eq!(
        done.stderr.lines().last().and_then(|line| line.split(',').next()),
        Some("600 lines"),
        "nothing counts twice"
    );
    events.world.upstream.fault("GET", PATH, fault(503));
    let done = events.export(&days, &["--retry-for", "60", "-q"]).run();
    assert_eq!((done.code, done.stdout == all(&days), done.stderr.as_str()), (0, true, ""));
}

#[test]
fn the_part_whose_turn_it_is_is_cut_back_to_its_beginning() {
    let events = Events::start();
    let days = days(1..=2);
    for _ in 0..3 {
        events.world.upstream.fault("GET", PATH, Fault::CutAfter(9000));
    }
    let done = events.export(&days[..1], &["-o", "f", "--retry-for", "60"]).run();
    assert_eq!((done.code, events.world.home.read("work/f") == all(&days[..1])), (0, true), "{}", done.stderr);
    assert_eq!(events.asked().len(), 4);
    // To stdout it cannot be: some of it has gone.
    events.world.upstream.fault("GET", PATH, Fault::CutAfter(9000));
    let done = events.export(&days[..1], &["--retry-for", "60"]).run();
    assert_eq!((done.code, events.asked().len()), (1, 5), "{}", done.stderr);
    assert!(all(&days[..1]).starts_with(&done.stdout) && !done.stdout.is_empty());
}

#[test]
fn mixpanel_says_how_long_to_wait_and_is_asked_five_times_at_most() {
    let events = Events::start();
    let day = days(1..=1);
    events.world.upstream.fault("GET", PATH, Fault::RetryAfter(503, "2".to_owned()));
    let begun = std::time::Instant::now();
    let done = events.export(&day, &["--retry-for", "60"]).run();
    assert_eq!((done.code, begun.elapsed() >= Duration::from_secs(2)), (0, true), "{}", done.stderr);
    assert!(done.stderr.contains("trying again in 2.0 s (try 2 of 5)"), "{}", done.stderr);
    events.world.upstream.clear();
    events.world.upstream.fault("GET", PATH, Fault::RetryAfter(503, "90".to_owned()));
    let said = events.export(&day, &["--retry-for", "60"]).fails(1);
    assert!(said.contains("Mixpanel wants 90 s of patience, and --retry-for 60 s are over"), "{said}");
    assert_eq!(events.asked().len(), 1);
    events.world.upstream.clear();
    events.world.upstream.fault("GET", PATH, Fault::RetryAfter(503, "0".to_owned()).forever());
    let said = events.export(&day, &["--retry-for", "60", "-o", "f"]).fails(1);
    assert!(said.contains("it was tried 5 times"), "{said}");
    assert_eq!(events.asked().len(), 5);
}

#[test]
fn what_does_not_pass_is_asked_for_once() {
    let events = Events::start();
    for (status, code) in [(400, 3), (401, 2), (402, 3), (403, 3), (404, 4)] {
        events.world.upstream.clear();
        events.trouble("2025-01-01", Trouble::Refusal(status, "not today"));
        events.export(&days(1..=1), &["--retry-for", "60", "-o", "f"]).fails(code);
        // After a 401, once with a newer token.
        assert_eq!(events.asked().len(), if status == 401 { 2 } else { 1 }, "{status}");
    }
}

/// The hour of the daemon, which is longer than that of the fake, as no request is as fast as another.
const HOUR: &str = "10";

fn short_hour(hourly: usize) -> Events {
    let events = Events::start_in(&[("MPD_HOUR", HOUR)]);
    events.world.upstream.limits(Meter::Export, |limits| {
        (limits.hourly, limits.hour) = (Some(hourly), Duration::from_secs(9));
    });
    events
}

#[test]
fn a_long_export_waits_for_the_hour_wastes_nothing_and_leaves_some_of_it_to_others() {
    let events = short_hour(11);
    let config = events.world.home.read(".mp/config.toml");
    events.world.home.replace(".mp/config.toml", &format!("{config}\n[settings.limits]\nexport_reserve = 51\n"));
    let weather = vec![(fault(503), 50), (Fault::Reset, 30)];
    events.world.upstream.set_weather(Some(Weather { path_prefix: PATH.to_owned(), faults: weather, seed: 7 }));
    let days = days(1..=25);
    let done = events.export(&days, &["-o", "f", "--retry-for", "60"]).run();
    assert_eq!((done.code, events.world.home.read("work/f") == all(&days)), (0, true), "{}", done.stderr);
    let struck = events.world.upstream.struck();
    assert!(struck > 0 && events.asked().len() == 25 + struck, "{} for {struck} faults", events.asked().len());
    let (refused, fullest) = events.world.upstream.hours(Meter::Export, Region::Us, PROJECT);
    assert!(refused == 0 && fullest <= 9, "{refused} were refused, {fullest} in an hour");
    let waits = told(&done.stderr, "waiting ");
    assert!((1..=8).contains(&waits), "{}", done.stderr);
    for words in [
        "Mixpanel allows 60 in an hour, of which 51 are kept for other tools",
        "of 25 parts are complete, and all will be about",
    ] {
        assert!(done.stderr.contains(words), "{words}: {}", done.stderr);
    }
}

#[test]
fn what_mixpanel_says_of_its_limits_is_learned() {
    let events = short_hour(5);
    events.world.upstream.limits(Meter::Export, |limits| (limits.tells, limits.retry_after) = (true, None));
    let days = days(1..=8);
    let done = events.export(&days, &["-o", "f"]).run();
    assert_eq!((done.code, events.world.home.read("work/f") == all(&days)), (0, true), "{}", done.stderr);
    let (refused, fullest) = events.world.upstream.hours(Meter::Export, Region::Us, PROJECT);
    assert!(refused <= 4 && fullest <= 5, "{refused} were refused, {fullest} in an hour: {}", done.stderr);
    assert_eq!(events.asked().len(), 8 + refused);
}

#[test]
fn nobody_waits_for_longer_than_was_said() {
    let events = Events::start();
    let days = days(1..=2);
    events.world.upstream.fault("GET", PATH, Fault::RetryAfter(429, "3600".to_owned()).times(2));
    for (more, said) in [
        (&["--no-wait"][..], "--wait waits for the next free slot"),
        (&["--max-wait", "1m"], "that is longer than --max-wait"),
    ] {
        let stderr = events.export(&days, &[&["-o", "f", "--force"], more].concat()).fails(5);
        assert!(stderr.contains(said), "{stderr}");
    }
    let asked = events.asked().len();
    assert!(asked <= 2, "nobody asks in vain: {asked}");
}
