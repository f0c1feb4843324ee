//! The documentation: the README and the book in `packaging/docs`. What it says is tried ([`blocks`]), leads somewhere ([`links`]), and is
//! complete, by the tables and schemas of the programs ([`tables`], [`settings`], [`socket`]).

mod blocks;
mod links;
mod markdown;
mod settings;
mod socket;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

/// The list of the book's pages.
const SUMMARY: &str = "packaging/docs/src/SUMMARY.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the pages of the book, by their paths in the repository; some lie outside of it, where they belong.
fn pages() -> Vec<String> {
    let text = read(SUMMARY);
    let beside = Path::new(SUMMARY).parent().expect("it is in a folder");
    let found: Vec<String> =
        markdown::links(&text).into_iter().filter_map(|link| links::resolved(beside, &link.target)).collect();
    assert!(found.len() > 20, "the pages were found");
    found
}

/// Checks that a file has a text that is made of something else, and writes it if not.
fn check(path: &str, should: &str) {
    let file: PathBuf = root().join(path);
    if fs::read_to_string(&file).unwrap_or_default() == should {
        return;
    }
    fs::create_dir_all(file.parent().expect("a folder")).expect("the repository is writable");
    fs::write(&file, should).expect("the repository is writable");
    panic!("{path} was stale and is rewritten: read it, and run this again");
}
