//! What is made from the command tree and kept in `packaging/generated`: the reference and manual pages. Tests keep the files equal to it.

use std::fs;
use std::path::Path;

use crate::commands::tree;
use crate::pages::pages;

/// Checks that a file in `packaging/generated` has a text, and writes it if not.
pub(crate) fn check(name: &str, should: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/generated").join(name);
    if fs::read_to_string(&path).unwrap_or_default() == should {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("the repository is writable");
    fs::write(&path, should).expect("the repository is writable");
    panic!("{} was stale and is rewritten: read it, and run this again", path.display());
}

#[test]
fn the_manual_pages_are_the_trees() {
    for (name, page) in pages(tree()) {
        check(&format!("man/{name}"), &page);
    }
}
