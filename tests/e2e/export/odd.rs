//! Odd answers: what is right of them comes out, whole, and the rest is said. The projects are those of the fake's list.

use mp_sandbox::home::{Daemon, Done};
use mp_sandbox::upstream::oddities::{GOOD, ODDITIES};
use serde_json::Value;

use crate::grants::World;

fn start() -> (Daemon, World) {
    let world = World::with_grant(3600);
    (world.start(), world)
}

fn events(world: &World, project: u64, more: &[&str]) -> Done {
    let project = project.to_string();
    let words = ["-p", &project, "export", "events", "--from", "2025-01-01", "--to", "2025-01-01"];
    world.home.mp([&words[..], more].concat()).run()
}

fn profiles(world: &World, project: u64, more: &[&str]) -> Done {
    let project = project.to_string();
    world.home.mp([&["-p", &project, "export", "profiles"][..], more].concat()).run()
}

/// Returns the lines of an export, each of which a strict reader must take.
fn values(done: &Done) -> Vec<Value> {
    done.stdout.lines().map(|line| serde_json::from_str(line).expect("strict JSON")).collect()
}

#[test]
fn odd_values_of_events_are_mended_counted_and_refused_by_strict() {
    let (_daemon, world) = start();
    for (project, lines, note) in [
        (910_001, 1, "2 values of 1 line were mended (raw control character: 2)"),
        (910_002, 1, "2 values of 1 line were mended (not UTF-8: 2)"),
        (910_003, 1, "3 values of 1 line were mended (half a surrogate pair: 3)"),
        (910_004, 1, "3 values of 1 line were mended (NaN or infinity: 3)"),
        (910_005, 1, "1 value of 1 line was mended (byte order mark: 1)"),
        (910_006, 3, "4 values of 1 line were mended"),
        (910_007, 1, "1 value of 1 line was mended (raw control character: 1)"),
        (910_014, 3, "1 value of 1 line was mended (raw control character: 1)"),
        (910_015, 3, "1 value of 1 line was mended (raw control character: 1)"),
    ] {
        let done = events(&world, project, &[]);
        assert_eq!((done.code, values(&done).len()), (0, lines), "{project}: {}", done.stderr);
        assert!(done.stderr.contains(note) && done.stderr.contains("--strict refuses"), "{project}: {}", done.stderr);
        assert!(done.stderr.contains(&format!("{lines} lines, ")), "{project}: {}", done.stderr);
        let strict = events(&world, project, &["--strict"]);
        assert_eq!(strict.code, 1, "{project}: {}", strict.stderr);
        assert!(
            strict.stderr.contains("of the answer has ") && strict.stderr.contains("--strict refuses"),
            "{}",
            strict.stderr
        );
        let quiet = events(&world, project, &["-q"]);
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""), "{project}");
    }
    let clean = events(&world, 910_021, &["--strict"]);
    assert_eq!((clean.code, clean.stderr.contains("mended")), (0, false), "{}", clean.stderr);
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn raw_lines_are_untouched_to_the_byte() {
    let (_daemon, world) = start();
    for project in [910_001, 910_002, 910_003, 910_004, 910_005, 910_006, 910_007, 910_014, 910_015] {
        let path = format!("raw-{project}");
        let done = events(&world, project, &["--raw", "-o", &path]);
        assert_eq!((done.code, done.stderr.contains("mended")), (0, false), "{project}: {}", done.stderr);
        let written = std::fs::read(world.home.at("work").join(&path)).expect("written");
        let sent = sent(&world, project);
        assert_eq!(written.strip_suffix(b"\n"), Some(sent.strip_suffix(b"\n").unwrap_or(&sent)), "{project}");
    }
}

/// Returns the body of an export as the fake sends it.
fn sent(world: &World, project: u64) -> Vec<u8> {
    world.upstream.add_bearer(mp_proto::ids::Region::Us, "probe", mp_sandbox::upstream::ADA);
    let url =
        format!("{}{}?project_id={project}&from_date=2025-01-01&to_date=2025-01-01", world.upstream.url(), super::PATH);
    mp_sandbox::upstream::visit::send("GET", &url, &[("Authorization", "Bearer probe")], b"").expect("an answer").body
}

#[test]
fn a_line_that_is_no_event_ends_the_export_or_is_left_out_or_kept_in_a_file() {
    let (_daemon, world) = start();
    for (project, line, shown, good, bad) in [
        (910_011, 2, "\\u{1b}[2J<garbage>\\xff", 2, "\u{1b}[2J<garbage>\u{fffd}\n"),
        (910_012, 2, "missing field `properties` at column 15): {\"event\":\"Two\"}", 2, "{\"event\":\"Two\"}\n"),
        (910_013, 2, "): {\"event\":\"Two\",\"prop", 2, "{\"event\":\"Two\",\"prop\n"),
        (910_019, 2, "): [1,2]", 2, "[1,2]\n7\n"),
    ] {
        // Of raw lines only the beginning and the end are looked at.
        let manners: &[&[&str]] = if project == 910_012 { &[&[]] } else { &[&[], &["--raw"]] };
        for raw in manners.iter().copied() {
            let with = |more: &[&str]| events(&world, project, &[raw, more].concat());
            let done = with(&[]);
            assert_eq!((done.code, done.stdout.lines().count()), (1, 1), "{project}: {}", done.stderr);
            let said = format!("line {line} of the answer is no event");
            assert!(done.stderr.contains(&said) && done.stderr.contains(shown), "{project}: {}", done.stderr);
            let done = with(&["--on-bad-line", "skip"]);
            assert_eq!((done.code, values(&done).len()), (0, good), "{project}: {}", done.stderr);
            let count = bad.lines().count();
            assert!(done.stderr.contains(&format!("note: {count} bad line")), "{}", done.stderr);
            assert!(done.stderr.contains("left out"), "{}", done.stderr);
            let name = format!("bad-{project}-{}", raw.len());
            let done = with(&["--on-bad-line", &name]);
            assert_eq!((done.code, values(&done).len()), (0, good), "{project}: {}", done.stderr);
            assert!(done.stderr.contains(&format!("in {name}")), "{}", done.stderr);
            let kept = std::fs::read(world.home.at("work").join(&name)).expect("written");
            assert_eq!(String::from_utf8_lossy(&kept), bad, "{project}");
        }
    }
    let refused = events(&world, 910_011, &["--on-bad-line", "nowhere/bad"]);
    assert!(refused.code != 0 && refused.stderr.contains("nowhere/bad"), "{}", refused.stderr);
}

#[test]
fn an_answer_that_says_it_is_not_whole_is_none_whatever_is_wanted_of_bad_lines() {
    let (_daemon, world) = start();
    for (project, said) in [
        (910_016, "Mixpanel says: terminated early"),
        (910_017, "Mixpanel says: export terminated early: too many events"),
        (910_018, "ends in the middle of line 2"),
    ] {
        for more in [&[][..], &["--on-bad-line", "skip"], &["--raw", "--on-bad-line", "bad"]] {
            let done = events(&world, project, more);
            assert_eq!((done.code, done.stdout.lines().count()), (1, 1), "{project}: {}", done.stderr);
            assert!(done.stderr.contains(said), "{project}: {}", done.stderr);
        }
    }
}

#[test]
fn every_member_of_a_compressed_body_is_read_and_anything_else_is_an_error() {
    let (_daemon, world) = start();
    let all: String = GOOD.iter().map(|line| format!("{line}\n")).collect();
    let packed = ODDITIES.iter().filter(|one| (910_021..920_000).contains(&one.project));
    for (number, oddity) in packed.enumerate() {
        let done = events(&world, oddity.project, &["--raw"]);
        if number < 9 {
            assert_eq!((done.code, &done.stdout), (0, &all), "{oddity:?}: {}", done.stderr);
            assert_eq!(values(&events(&world, oddity.project, &[])).len(), 3, "{oddity:?}");
        } else {
            assert_eq!(done.code, 1, "{oddity:?}: {}", done.stderr);
            assert!(all.starts_with(&done.stdout), "{oddity:?}: {}", done.stdout);
            assert!(done.stderr.contains("compression (gzip)"), "{oddity:?}: {}", done.stderr);
        }
    }
}

#[test]
fn odd_profiles_are_mended_left_out_or_refused() {
    let (_daemon, world) = start();
    let done = profiles(&world, 920_007, &[]);
    assert_eq!((done.code, values(&done).len()), (0, 2), "{}", done.stderr);
    assert!(done.stderr.contains("5 values of 2 lines were mended"), "{}", done.stderr);
    let strict = profiles(&world, 920_007, &["--strict"]);
    assert!(strict.code == 1 && strict.stderr.contains("on page 1, which --strict refuses"), "{}", strict.stderr);
    let raw = profiles(&world, 920_007, &["--raw", "-o", "raw"]);
    assert_eq!(raw.code, 0, "{}", raw.stderr);
    let written = std::fs::read(world.home.at("work").join("raw")).expect("written");
    assert!(written.starts_with(b"{\"$distinct_id\":\"a\tb\",\"$properties\":{\"n\xff\":NaN}}\n"), "{written:?}");
    let done = profiles(&world, 920_008, &[]);
    assert!(done.code == 1 && done.stderr.contains("number 2 of page 1: \"gone\""), "{}", done.stderr);
    let done = profiles(&world, 920_008, &["--on-bad-line", "gone"]);
    assert_eq!(
        (done.code, values(&done).len(), world.home.read("work/gone")),
        (0, 2, "\"gone\"\n".to_owned()),
        "{}",
        done.stderr
    );
    assert_eq!(profiles(&world, 920_009, &[]).stdout.lines().count(), 2, "both members are read");
}

#[test]
fn profiles_that_were_announced_come_or_it_is_said_that_they_do_not() {
    let (_daemon, world) = start();
    let done = profiles(&world, 920_001, &[]);
    assert_eq!((done.code, done.stdout.lines().count()), (0, 7), "a short page is no end: {}", done.stderr);
    for (project, said, most) in [
        (920_002, "the same page twice: page 2 is one of those before", 2),
        (920_003, "has not come to its end after", 20),
        (920_004, "has not come to its end after", 20),
        (920_005, "2 of 7 profiles, and no session", 1),
        (920_006, "3 of 7 profiles, and then with 3 pages without any", 4),
    ] {
        world.upstream.clear();
        let done = profiles(&world, project, &[]);
        assert!(done.code == 1 && done.stderr.contains(said), "{project}: {} {}", done.code, done.stderr);
        let pages = world.upstream.count("POST", "/us/engage/");
        assert!(pages <= most, "{project}: {pages} pages were asked for");
    }
    // Who says how many are wanted has them.
    assert_eq!(profiles(&world, 920_006, &["--limit", "3"]).code, 0);
}

#[test]
fn any_answer_is_mended_and_its_compression_read_to_the_end() {
    let (_daemon, world) = start();
    let list = |project: &str, more: &[&str]| {
        world.home.mp([&["-p", project, "inspect", "events", "-f", "json"][..], more].concat()).run()
    };
    let done = list("930001", &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let names: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert!(names.to_string().contains("Th\u{fffd}ree"), "{names}");
    assert!(done.stderr.contains("note: 3 values were mended ("), "{}", done.stderr);
    // A kept answer says it again.
    assert!(list("930001", &[]).stderr.contains("3 values were mended"));
    let strict = list("930001", &["--strict"]);
    assert!(strict.code == 1 && strict.stderr.contains("--strict refuses: 3 values"), "{}", strict.stderr);
    assert_eq!(list("930002", &[]).code, 0);
    let done = list("930003", &[]);
    assert!(done.code == 1 && done.stderr.contains("compression (gzip)"), "{}", done.stderr);
}
