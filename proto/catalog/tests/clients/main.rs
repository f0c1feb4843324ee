//! Writes the typed clients: methods, arguments and answers of every row of the catalog, for Rust, Python and TypeScript. Each test
//! compares; what is stale is written anew, and the test fails, so that somebody looks at the difference.

mod asks;
mod methods;
mod names;
mod node;
mod python;
mod rust;
mod types;

use std::fs;
use std::path::Path;

/// What the first line of a generated file says.
const MARK: &str = "Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.";

/// Checks that a file of the repository has a text, and writes it if not. Returns whether it was stale.
fn is_stale(path: &str, should: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if fs::read_to_string(&path).unwrap_or_default() == should {
        return false;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("the repository is writable");
    fs::write(&path, should).expect("the repository is writable");
    true
}

/// Checks some files at once, and fails if any was stale.
#[track_caller]
fn check(files: &[(String, String)]) {
    let stale: Vec<&str> =
        files.iter().filter(|(path, text)| is_stale(path, text)).map(|(path, _)| path.as_str()).collect();
    assert!(stale.is_empty(), "{stale:?} were stale and are rewritten: look at them, and run this again");
}

/// Returns a text in lines of a width, each after a margin.
fn wrapped(text: &str, margin: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is one");
        if !last.is_empty() && margin.len() + last.len() + 1 + word.len() > width {
            lines.push(word.to_owned());
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(word);
        }
    }
    lines.iter().map(|line| format!("{margin}{line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
