//! Every operation of which an answer was recorded, as a person sees it: at a terminal of 80 columns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mp_catalog::{Effect, Operation, Shape, all};

use super::case::{self, Case};
use super::{AT_A_TIME, dir};

/// What is for machines, and shown nevertheless: the operation, what its table has, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("replays.fetch", "wraps: fetched 0192f3c4", "it is a sentence, and its id is whole"),
    ("replays.for-user", "an empty line", "it is a text of paragraphs, one for each recording"),
];

/// Returns what in a text at a terminal is not for people.
fn machine_parts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        if line.chars().count() > 80 {
            found.push(format!("wraps: {line}"));
        }
        if ["{\"", "[{", "[\"", "\": ", "['", "{'", "None,"].iter().any(|part| line.contains(part)) {
            found.push(format!("JSON: {line}"));
        }
        let runs = line.split(|c: char| !c.is_ascii_digit());
        if runs.into_iter().any(|run| [10, 13].contains(&run.len()) && run.starts_with("17")) {
            found.push(format!("a time as a number: {line}"));
        }
        if line.is_empty() {
            found.push("an empty line".to_owned());
        }
    }
    found
}

/// Returns the operations with a call that was answered, and the call.
fn recorded(cases: &[Case]) -> Vec<(&'static Operation, &Case)> {
    let of = |row: &'static Operation| {
        let command = row.command.join(" ");
        Some((row, cases.iter().find(|case| case.is_answered(&command))?))
    };
    // A file of somebody's is nobody's table.
    all().filter(|row| row.reply.shape != Shape::Bytes).filter_map(of).collect()
}

/// Returns what a terminal shows of what was recorded, and the exit code: lists as nobody asks for them, single objects as tables.
fn shown(cases: &[Case]) -> BTreeMap<&'static str, (i32, String)> {
    let (entries, recorded) = (Arc::new(case::entries(cases)), recorded(cases));
    let (results, next) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((row, case)) = recorded.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let is_list = row.reply.rows.is_some()
                        || matches!(row.reply.shape, Shape::List | Shape::Words | Shape::Values);
                    let format: &[&str] = if is_list && row.reply.word.is_none() { &[] } else { &["-f", "table"] };
                    // What would ask is told not to.
                    let yes: &[&str] = if row.worst_effect() == Effect::Destroy { &["--yes"] } else { &[] };
                    let seen = case.shown(&entries, &[format, yes].concat());
                    let text = format!("{}{}", seen.shown(), String::from_utf8_lossy(&seen.pipe));
                    results.lock().expect("no panic").insert(row.id, (seen.code, text));
                }
            });
        }
    });
    results.into_inner().expect("no panic")
}

#[test]
fn nothing_in_a_table_at_a_terminal_is_for_machines() {
    let cases = case::all(&dir());
    let shown = shown(&cases);
    assert!(shown.len() > 100, "{} operations have a recorded answer", shown.len());
    let mut wrong = Vec::new();
    for (id, (code, text)) in &shown {
        if *code != 0 {
            wrong.push(format!("{id}: exit code {code}: {text}"));
        }
        let is_known = |part: &String| EXCEPTIONS.iter().any(|(of, has, _)| of == id && part.contains(has));
        let parts = machine_parts(text).into_iter().filter(|part| !is_known(part));
        wrong.extend(parts.map(|part| format!("{id}: {part}")));
    }
    for (id, has, why) in EXCEPTIONS {
        let has_it = |text: &String| machine_parts(text).iter().any(|part| part.contains(has));
        let is_needed = shown.iter().any(|(of, (_, text))| of == id && has_it(text));
        assert!(is_needed && !why.is_empty(), "{id} does not show {has}: the exception is not needed");
    }
    for (id, (_, text)) in &shown {
        println!("== {id}\n{text}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
