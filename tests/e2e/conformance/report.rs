//! Reads the table of on-purpose differences, and keeps the status file up to date.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Outcome;
use super::case::{Case, Part};

/// How a case differs from its recording on purpose.
pub(super) struct Difference {
    pub(super) parts: Vec<Part>,
    /// The command is offered, but not yet what this case does with it.
    pub(super) is_later: bool,
    pub(super) reason: String,
}

/// Groups that are told case by case, also while their commands are not offered.
const IN_FULL: [&str; 9] =
    ["account", "auth", "login", "project", "workspace", "session", "target", "resolve", "header"];

/// Reads the rows ``| `case` | what | reason |`` of a Markdown file. What: `exit N`, `stdout`, `requests`, `files`, joined by
/// commas; or `later`.
pub(super) fn differences(path: &Path) -> BTreeMap<String, Difference> {
    let text = fs::read_to_string(path).expect("it is there");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').splitn(3, '|').map(str::trim);
        let mut cell = || cells.next().unwrap_or_else(|| panic!("three cells in {row}"));
        let (id, what, reason) = (cell().trim_matches('`').to_owned(), cell(), cell().to_owned());
        let part = |part: &str| match part.trim() {
            "stdout" => Part::Stdout,
            "requests" => Part::Requests,
            "files" => Part::Files,
            part => {
                let code = part.strip_prefix("exit ").and_then(|code| code.parse().ok());
                Part::Exit(code.unwrap_or_else(|| panic!("not a difference: {part} in {row}")))
            }
        };
        let is_later = what == "later";
        let parts = if is_later { Vec::new() } else { what.split(',').map(part).collect() };
        (id, Difference { parts, is_later, reason })
    })
    .collect()
}

/// Returns the text of the status file.
pub(super) fn status(cases: &[Case], results: &BTreeMap<String, Outcome>) -> String {
    let requests: BTreeMap<&str, bool> = cases.iter().map(|case| (case.id.as_str(), case.has_exchanges())).collect();
    let row = |name: &str, is: fn(&Outcome) -> bool| {
        let counted = results.iter().filter(|(_, outcome)| is(outcome));
        let (with, without): (Vec<_>, Vec<_>) = counted.partition(|(id, _)| requests[id.as_str()]);
        format!("| {name} | {} | {} | {} |\n", without.len(), with.len(), without.len() + with.len())
    };
    let mut text = [
        "# Recorded cases: status\n\nWritten by the test `recorded_cases_pass`; do not edit.\n\n\
         | | without requests | with requests | cases |\n|---|---:|---:|---:|\n"
            .to_owned(),
        row("recorded", |_| true),
        row("as recorded", |outcome| *outcome == Outcome::Passed),
        row("as recorded but for an on-purpose difference", |outcome| matches!(outcome, Outcome::Differs(_))),
        row("not offered yet", |outcome| matches!(outcome, Outcome::NotOffered(_))),
        row("failed", |outcome| matches!(outcome, Outcome::Failed(_))),
        "\n## Case by case\n\nAll that are offered, and all of the groups about accounts and what follows from them.\n\n\
         | case | outcome | reason |\n|---|---|---|\n"
            .to_owned(),
    ]
    .concat();
    let mut rest: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let row = match &results[&case.id] {
            Outcome::Passed => "as recorded | ".to_owned(),
            Outcome::Differs(reason) => format!("differs on purpose | {reason}"),
            Outcome::NotOffered(reason) if IN_FULL.contains(&case.group.as_str()) => {
                format!("not offered yet | {reason}")
            }
            Outcome::NotOffered(_) => {
                *rest.entry(&case.group).or_default() += 1;
                continue;
            }
            Outcome::Failed(problems) => format!("**failed** | {}", problems.join("; ").replace('|', "\\|")),
        };
        text.push_str(&format!("| `{}` | {row} |\n", case.id));
    }
    text.push_str("\n## Not offered yet, by group\n\n| group | cases |\n|---|---:|\n");
    for (group, count) in rest {
        text.push_str(&format!("| {group} | {count} |\n"));
    }
    text
}

/// Compares a generated file with the one in the repository; rewrites it and fails when it is stale.
#[track_caller]
pub(super) fn keep(path: &Path, text: &str) {
    if fs::read_to_string(path).unwrap_or_default() != text {
        fs::write(path, text).expect("the repository is writable");
        panic!("{} was stale and has been rewritten: look at the difference and keep it", path.display());
    }
}
