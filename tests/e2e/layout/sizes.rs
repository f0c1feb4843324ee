//! How long files, functions and comments may be: what a reader can take in at once.

use super::code::Code;
use super::{root, sources};

/// Longest function, in lines with its head and its braces. A reader should see all of it at once.
const FUNCTION: usize = 60;

/// Half of the functions of the programs have so many lines at most.
const MEDIAN: usize = 8;

/// Longest file, in lines.
const FILE: usize = 400;

/// Longest file of tests or of catalog rows, which are lists that nobody reads from end to end.
const LIST: usize = 600;

/// Longest line of a comment, in columns.
const COMMENT: usize = 140;

/// The sources of the two programs.
const PROGRAMS: [&str; 5] = ["proto/src/", "proto/catalog/src/", "daemon/src/", "client/src/", "client/lsp/src/"];

/// The rows of the catalog.
const ROWS: [&str; 2] = ["proto/catalog/src/ops/", "proto/catalog/src/models/"];

/// Returns the sources below a folder, by their paths in the repository.
fn below(dir: &str) -> Vec<(String, String)> {
    // What is generated nobody reads from end to end.
    let written = sources().into_iter().filter(|(path, _)| !path.iter().any(|part| part == "generated"));
    let named = written.map(|(path, text)| {
        let path = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        (path, text)
    });
    named.filter(|(path, _)| path.starts_with(dir)).collect()
}

fn is_for_tests(path: &str) -> bool {
    path.starts_with("tests/") || path.split('/').any(|part| part == "tests.rs" || part == "tests")
}

/// Returns what is too long in a file, and whether it does not say what it is for.
fn problems(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let most = if is_for_tests(path) || ROWS.iter().any(|rows| path.starts_with(rows)) { LIST } else { FILE };
    let lines = text.lines().count();
    if lines > most {
        problems.push(format!("{path}: {lines} lines, more than {most}"));
    }
    if !text.starts_with("//!") {
        problems.push(format!("{path}: does not begin with //!"));
    }
    let is_too_long = |line: &str| line.trim_start().starts_with("//") && line.chars().count() > COMMENT;
    for (number, _) in text.lines().enumerate().filter(|(_, line)| is_too_long(line)) {
        problems.push(format!("{path}:{}: a comment of more than {COMMENT} columns", number + 1));
    }
    let code = Code::read(text);
    for function in code.functions.iter().chain(&code.of_tests).filter(|function| function.lines > FUNCTION) {
        problems.push(format!("{path}: {} has {} lines, more than {FUNCTION}", function.name, function.lines));
    }
    problems
}

/// Checks all sources below a folder.
#[track_caller]
fn check(dir: &str) {
    let problems: Vec<String> = below(dir).iter().flat_map(|(path, text)| problems(path, text)).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn proto_stays_short() {
    check("proto/");
}

#[test]
fn the_daemon_stays_short() {
    check("daemon/");
}

#[test]
fn the_client_stays_short() {
    check("client/");
}

#[test]
fn tests_stay_short() {
    check("tests/");
}

#[test]
fn half_of_the_functions_have_eight_lines_at_most() {
    let all = PROGRAMS.iter().flat_map(|dir| below(dir)).filter(|(path, _)| !is_for_tests(path));
    let mut lengths: Vec<usize> =
        all.flat_map(|(_, text)| Code::read(&text).functions).map(|function| function.lines).collect();
    assert!(lengths.len() > 1000, "the functions were found");
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "half of the functions have {median} lines or more");
}

#[test]
fn what_is_too_long_is_found() {
    let long = |lines: usize| format!("fn long() {{{}}}", "\n".repeat(lines - 1));
    let text = |lines| format!("//! A file.\n// {}\n{}", "x".repeat(COMMENT - 3), long(lines));
    assert_eq!(problems("proto/src/x.rs", &text(FUNCTION)), [""; 0]);
    assert_eq!(problems("proto/src/x.rs", &text(FUNCTION + 1)), ["proto/src/x.rs: long has 61 lines, more than 60"]);
    let odd = format!("mod tests;\n    //{}{}", "x".repeat(COMMENT), "\n".repeat(FILE));
    assert_eq!(
        problems("proto/src/x.rs", &odd),
        [
            "proto/src/x.rs: 401 lines, more than 400",
            "proto/src/x.rs: does not begin with //!",
            "proto/src/x.rs:2: a comment of more than 140 columns",
        ]
    );
    assert_eq!(problems("proto/catalog/src/ops/x.rs", &odd).len(), 2, "rows may be more");
}
