//! Runs the recorded cases of `tests/conformance/` against the real programs.
//!
//! This release runs the cases that record no request to Mixpanel. A case whose command is not offered yet does not count as
//! passed, whatever it exits with. The outcome of all cases is kept in `tests/conformance/STATUS.md`; on-purpose differences are
//! data, in the table of `tests/conformance/DIFFERENCES.md`.

mod case;
mod compare;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use case::Case;
use report::Difference;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// As recorded.
    Passed,
    /// As recorded, but for an on-purpose difference.
    Differs(String),
    /// Not as recorded.
    Failed(Vec<String>),
    /// Its command comes with a later release.
    NotOffered,
    /// It talks to Mixpanel, which comes with a later release.
    Upstream,
}

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// Returns which command paths `mp` has, of those in the recordings: the ones whose help it prints.
fn offered(cases: &[Case]) -> BTreeMap<String, bool> {
    let home = crate::empty();
    let paths: BTreeSet<String> =
        cases.iter().filter(|case| !case.has_exchanges()).map(|case| case.offer(cases)).collect();
    paths
        .into_iter()
        .map(|path| {
            let done = home.mp(path.split_whitespace().chain(["--help"])).run();
            let named = path.split_whitespace().next_back().is_none_or(|word| done.stdout.contains(word));
            (path, done.code == 0 && named)
        })
        .collect()
}

/// Applies the on-purpose difference of a case, if it has one: it must be needed, and it must suffice.
fn judge(case: &Case, difference: Option<&Difference>) -> Outcome {
    let plain = case.run(None);
    match (plain.is_empty(), difference) {
        (true, None) => Outcome::Passed,
        (true, Some(_)) => Outcome::Failed(vec!["listed in DIFFERENCES.md, but it is as recorded".to_owned()]),
        (false, None) => Outcome::Failed(plain),
        (false, Some(difference)) => match case.run(Some(difference)) {
            problems if problems.is_empty() => Outcome::Differs(difference.reason.clone()),
            problems => Outcome::Failed(problems),
        },
    }
}

#[test]
fn recorded_cases_without_requests_pass() {
    let cases = case::all(&dir());
    let differences = report::differences(&dir().join("DIFFERENCES.md"));
    for id in differences.keys() {
        assert!(cases.iter().any(|case| case.id == *id), "DIFFERENCES.md names {id}, which is no case");
    }
    let offered = offered(&cases);
    let results: Mutex<BTreeMap<String, Outcome>> = Mutex::new(BTreeMap::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let outcome = if case.has_exchanges() {
                        Outcome::Upstream
                    } else if !offered[&case.offer(&cases)] {
                        Outcome::NotOffered
                    } else {
                        judge(case, differences.get(&case.id))
                    };
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
    let unused: Vec<_> = differences
        .keys()
        .filter(|id| !matches!(results[*id], Outcome::Differs(_) | Outcome::NotOffered | Outcome::Upstream))
        .collect();
    report::keep(&dir().join("STATUS.md"), &report::status(&cases, &results));
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(unused.is_empty(), "{unused:?}");
}
