//! Reads the table of on-purpose differences, and keeps the status file up to date.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Outcome;
use super::case::Case;

/// How a case differs from its recording on purpose.
pub(super) struct Difference {
    pub(super) exit_code: Option<i64>,
    pub(super) ignores_stdout: bool,
    pub(super) ignores_files: bool,
    pub(super) reason: String,
}

/// Reads the rows ``| `case` | what | reason |`` of a Markdown file. What: `exit N`, `stdout`, `files`, joined by commas.
pub(super) fn differences(path: &Path) -> BTreeMap<String, Difference> {
    let text = fs::read_to_string(path).expect("it is there");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').splitn(3, '|').map(str::trim);
        let mut cell = || cells.next().unwrap_or_else(|| panic!("three cells in {row}"));
        let (id, what, reason) = (cell().trim_matches('`').to_owned(), cell(), cell().to_owned());
        let mut difference = Difference { exit_code: None, ignores_stdout: false, ignores_files: false, reason };
        for part in what.split(',').map(str::trim) {
            match part {
                "stdout" => difference.ignores_stdout = true,
                "files" => difference.ignores_files = true,
                _ => {
                    let code = part.strip_prefix("exit ").and_then(|code| code.parse().ok());
                    difference.exit_code = Some(code.unwrap_or_else(|| panic!("not a difference: {part} in {row}")));
                }
            }
        }
        (id, difference)
    })
    .collect()
}

/// Returns the text of the status file.
pub(super) fn status(cases: &[Case], results: &BTreeMap<String, Outcome>) -> String {
    let count = |wanted: fn(&Outcome) -> bool| results.values().filter(|outcome| wanted(outcome)).count();
    let upstream = count(|outcome| matches!(outcome, Outcome::Upstream));
    let mut text = format!(
        "# Recorded cases: status\n\n\
         Written by the test `recorded_cases_without_requests_pass`; do not edit.\n\n\
         | | cases |\n|---|---:|\n\
         | recorded | {} |\n\
         | need requests to Mixpanel, not run yet | {upstream} |\n\
         | **need none** | **{}** |\n\
         | as recorded | {} |\n\
         | as recorded but for an on-purpose difference | {} |\n\
         | command not offered yet | {} |\n\
         | failed | {} |\n",
        results.len(),
        results.len() - upstream,
        count(|outcome| matches!(outcome, Outcome::Passed)),
        count(|outcome| matches!(outcome, Outcome::Differs(_))),
        count(|outcome| matches!(outcome, Outcome::NotOffered)),
        count(|outcome| matches!(outcome, Outcome::Failed(_))),
    );
    text.push_str("\n## Cases without requests\n\n| case | outcome | reason |\n|---|---|---|\n");
    for case in cases {
        let row = match &results[&case.id] {
            Outcome::Upstream => continue,
            Outcome::Passed => "as recorded | ".to_owned(),
            Outcome::Differs(reason) => format!("differs on purpose | {reason}"),
            Outcome::NotOffered => format!("not offered yet | `mp {}` comes with a later release", case.offer(cases)),
            Outcome::Failed(problems) => format!("**failed** | {}", problems.join("; ").replace('|', "\\|")),
        };
        text.push_str(&format!("| `{}` | {row} |\n", case.id));
    }
    text.push_str("\n## Cases with requests, by group\n\n| group | cases |\n|---|---:|\n");
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases.iter().filter(|case| results[&case.id] == Outcome::Upstream) {
        *groups.entry(&case.group).or_default() += 1;
    }
    for (group, count) in groups {
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
