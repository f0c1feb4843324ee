//! How often our programs wake while they wait.
//!
//! A process that wakes every few milliseconds costs a battery, and it can keep another process of its session from a busy processor: a
//! daemon that was waited for like that got none. So nothing of ours, tests included, waits for less than [`LEAST`] at a time. What is to
//! be had sooner is blocked on: a lock, a channel, the end of a process.

use std::fs;

use super::{files, root};

/// The shortest wait, in milliseconds: twenty times a second.
const LEAST: f64 = 50.0;

/// Shorter times that are no waits, or wait for nothing: the file, a piece of the line, why.
const EXCEPTIONS: [(&str, &str, &str); 11] = [
    ("daemon/src/me/cache.rs", "const LOOK", "an age: names that were read so recently are not read again"),
    ("daemon/src/call/gate/tests.rs", "world.pass(", "the clock of the test, which nobody waits for"),
    ("daemon/src/keeper/tests.rs", "timeout(Duration::from_millis(1)", "gives up at once, and once"),
    ("daemon/src/login/tests.rs", "Duration::from_millis(1))", "gives up at once, and once"),
    ("tests/bench/main.rs", "cold <=", "a limit for a figure"),
    ("tests/bench/table.rs", "if time <", "a limit for a figure"),
    ("tests/bench/upstream.rs", "const ADDED", "how far away the fake Mixpanel seems to be"),
    ("tests/e2e/grants/rivals.rs", "dice.below(", "a moment of its own in each round of a race, between two requests"),
    ("tests/busy/main.rs", "begun.elapsed() <", "the busy part of the task that comes and goes"),
    (
        "tests/busy/main.rs",
        "pause(Duration::from_millis(5));",
        "the very thing that must not keep the daemon from running",
    ),
    ("tests/e2e/layout/waits.rs", "", "the examples below"),
];

/// What a time stands behind, and how many milliseconds one of its units has.
const TIMES: [(&str, f64); 8] = [
    ("from_millis(", 1.0),
    ("from_micros(", 0.001),
    ("from_nanos(", 0.000_001),
    ("sleep(", 1000.0),
    (".wait(", 1000.0),
    ("pause(", 1.0),
    ("setTimeout(", 1.0),
    ("setInterval(", 1.0),
];

/// Returns the times of a line that are shorter than [`LEAST`]; one that is computed counts as short where its unit is.
fn short_times(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or(line);
    let mut found = Vec::new();
    for (name, unit) in TIMES {
        for (at, _) in code.match_indices(name) {
            let argument = code[at + name.len()..].split([',', ')']).next().unwrap_or("").trim();
            let number: Option<f64> = argument.replace('_', "").parse().ok();
            let is_short = match number {
                Some(number) => number * unit < LEAST && number > 0.0,
                // Nobody computes a long time in microseconds.
                None => unit < 1.0 && !argument.is_empty() && !is_reading(argument),
            };
            if is_short {
                found.push(&code[at..at + name.len() + argument.len()]);
            }
        }
    }
    found
}

/// A number that came from elsewhere is no wait of ours.
fn is_reading(argument: &str) -> bool {
    argument.split(['.', '(']).all(|word| !word.starts_with(|first: char| first.is_ascii_digit()))
}

#[test]
fn nothing_wakes_more_than_twenty_times_a_second_while_it_waits() {
    let mut problems = Vec::new();
    let mut used = [false; EXCEPTIONS.len()];
    for path in files() {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let is_source = ["rs", "py", "js", "mjs", "ts", "sh"].iter().any(|end| name.ends_with(&format!(".{end}")));
        if !is_source && !text.starts_with("#!") {
            continue;
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !short_times(line).is_empty()) {
            match EXCEPTIONS.iter().position(|(file, piece, _)| *file == name && line.contains(piece)) {
                Some(at) => used[at] = true,
                None => problems.push(format!("{name}:{}: {}", number + 1, line.trim())),
            }
        }
    }
    let unused =
        EXCEPTIONS.iter().zip(used).filter(|(_, used)| !used).map(|((file, ..), _)| format!("{file} is no exception"));
    problems.extend(unused);
    assert!(problems.is_empty(), "waits of less than {LEAST} ms: {problems:#?}");
}

#[test]
fn a_short_wait_is_seen_in_each_language() {
    for line in [
        "sleep(Duration::from_millis(20))",
        "pause(Duration::from_micros(dice.below(30_000)));",
        "time.sleep(0.01)",
        "event.wait(0.02)",
        "await pause(5);",
        "setTimeout(5)",
    ] {
        assert_eq!(short_times(line).len(), 1, "{line}");
    }
    for line in
        ["Duration::from_millis(50)", "time.sleep(0.25)", "await pause(250);", "sleep(PAUSE)", "// from_millis(5)"]
    {
        assert_eq!(short_times(line), [""; 0], "{line}");
    }
}
