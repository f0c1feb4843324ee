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

/// Checks that files have texts that are made of something else, and writes those that have not.
fn check(files: &[(&str, String)]) {
    let is_stale =
        |(path, should): &&(&str, String)| fs::read_to_string(root().join(path)).ok().as_ref() != Some(should);
    let stale: Vec<_> = files.iter().filter(is_stale).collect();
    for (path, should) in &stale {
        let file: PathBuf = root().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the repository is writable");
        fs::write(&file, should).expect("the repository is writable");
    }
    let paths: Vec<&str> = stale.iter().map(|(path, _)| *path).collect();
    assert!(paths.is_empty(), "{paths:?} were stale and are rewritten: read them, and run this again");
}
