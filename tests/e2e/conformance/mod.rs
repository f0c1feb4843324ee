//! Runs the recorded cases of `tests/conformance/` against the real programs, with a server that plays the recorded answers.
//!
//! A case whose command is not offered yet does not count as passed, whatever it exits with. The outcome of all cases is kept in
//! `tests/conformance/STATUS.md`; on-purpose differences are data, in the table of `tests/conformance/DIFFERENCES.md`.

mod ask;
mod case;
mod compare;
mod files;
pub(crate) mod login;
mod player;
mod report;
mod requests;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use case::{Case, Part, Problem};
use report::Difference;

/// How many cases run at a time. Each is two short-lived programs that mostly wait.
const AT_A_TIME: usize = 4;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// As recorded.
    Passed,
    /// As recorded, but for an on-purpose difference.
    Differs(String),
    /// Not as recorded.
    Failed(Vec<String>),
    /// What it needs comes with a later release.
    NotOffered(String),
}

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// Returns which command paths `mp` has, of those in the recordings: the ones whose help it prints.
fn offered(cases: &[Case]) -> BTreeMap<String, bool> {
    let home = crate::empty();
    let paths: BTreeSet<String> = cases.iter().map(|case| case.offer(cases)).collect();
    paths
        .into_iter()
        .map(|path| {
            let done = home.mp(path.split_whitespace().chain(["--help"])).run();
            let named = path.split_whitespace().next_back().is_none_or(|word| done.stdout.contains(word));
            (path, done.code == 0 && named)
        })
        .collect()
}

/// Applies the on-purpose difference of a case, if it has one: all of it must be needed, and it must suffice.
fn judge(problems: Vec<Problem>, difference: Option<&Difference>) -> Outcome {
    if let Some(difference) = difference.filter(|difference| difference.is_later && !problems.is_empty()) {
        return Outcome::NotOffered(difference.reason.clone());
    }
    let parts = difference.map_or(&[][..], |difference| &difference.parts);
    let unused = parts.iter().filter(|part| problems.iter().all(|problem| problem.part != **part));
    let unused = unused.map(|part| format!("DIFFERENCES.md has {part:?}, but that is as recorded"));
    let failed = problems.iter().filter(|problem| !parts.contains(&problem.part)).map(|problem| problem.text.clone());
    let failed: Vec<String> = failed.chain(unused).collect();
    match difference {
        Some(difference) if difference.is_later => {
            Outcome::Failed(vec!["listed as later, but it is as recorded".to_owned()])
        }
        _ if !failed.is_empty() => Outcome::Failed(failed),
        Some(difference) => Outcome::Differs(difference.reason.clone()),
        None => Outcome::Passed,
    }
}

/// Runs a case. One that panics, as when a program hangs, has failed; the others go on.
fn run(case: &Case, entries: &Arc<player::Entries>, difference: Option<&Difference>) -> Outcome {
    match catch_unwind(AssertUnwindSafe(|| case.run(entries))) {
        Ok(problems) => judge(problems, difference),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panicked".to_owned());
            Outcome::Failed(vec![text])
        }
    }
}

#[test]
fn recorded_cases_pass() {
    let cases = case::all(&dir());
    let differences = report::differences(&dir().join("DIFFERENCES.md"));
    for id in differences.keys() {
        assert!(cases.iter().any(|case| case.id == *id), "DIFFERENCES.md names {id}, which is no case");
    }
    let (offered, entries) = (offered(&cases), Arc::new(case::entries(&cases)));
    let outcome = |case: &Case| {
        let command = case.offer(&cases);
        if !offered[&command] {
            Outcome::NotOffered(format!("`mp {command}` comes with a later release"))
        } else {
            run(case, &entries, differences.get(&case.id))
        }
    };
    let (results, next) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = outcome(case);
                    results.lock().expect("no case panics").insert(case.id.clone(), outcome);
                }
            });
        }
    });
    let results = results.into_inner().expect("no case panics");
    for (id, outcome) in &results {
        println!("{id}: {outcome:?}");
    }
    let failed: Vec<_> = results.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_))).collect();
    // Said first: a status file that is stale because of a failure is not the news.
    assert!(failed.is_empty(), "{failed:#?}");
    report::keep(&dir().join("STATUS.md"), &report::status(&cases, &results));
}

#[test]
fn a_difference_covers_what_it_names_and_must_be_needed() {
    let problem = |part| Problem { part, text: format!("{part:?}") };
    let difference = |parts: &[Part]| Difference { parts: parts.to_vec(), is_later: false, reason: "why".to_owned() };
    let failed = |outcome| matches!(outcome, Outcome::Failed(_));
    assert_eq!(judge(vec![], None), Outcome::Passed);
    assert!(failed(judge(vec![problem(Part::Exit(1))], None)));
    let exit = difference(&[Part::Exit(4)]);
    assert_eq!(judge(vec![problem(Part::Exit(4))], Some(&exit)), Outcome::Differs("why".to_owned()));
    assert!(failed(judge(vec![problem(Part::Exit(5))], Some(&exit))));
    assert!(failed(judge(vec![problem(Part::Exit(4)), problem(Part::Files)], Some(&exit))));
    assert!(failed(judge(vec![], Some(&exit))));
    assert!(failed(judge(vec![problem(Part::Files)], Some(&difference(&[Part::Files, Part::Stdout])))));
    let later = Difference { is_later: true, ..difference(&[]) };
    assert_eq!(judge(vec![problem(Part::Files)], Some(&later)), Outcome::NotOffered("why".to_owned()));
    assert!(failed(judge(vec![], Some(&later))));
}
