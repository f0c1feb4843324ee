//! Links between the Markdown files of the repository: what they point to is there, down to the heading.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};

use super::markdown::{Link, anchors, links};
use super::{pages, root};
use crate::layout;

/// Returns the path in the repository that a link on a page in a folder leads to; none if it leads to the network.
pub(super) fn resolved(folder: &Path, target: &str) -> Option<String> {
    let path = target.split('#').next().unwrap_or_default();
    if target.contains("://") || target.starts_with("mailto:") || path.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let joined = folder.join(path);
    for part in joined.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.push(part.to_str().expect("our names are ASCII")),
            _ => {}
        }
    }
    Some(parts.join("/"))
}

/// A page as others link to it.
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<Link>,
}

impl Page {
    fn of(text: &str) -> Self {
        Self { anchors: anchors(text).into_iter().collect(), links: links(text) }
    }
}

/// Returns the Markdown files of the repository, by their paths in it.
fn files() -> BTreeMap<String, Page> {
    layout::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| {
            let name = path.strip_prefix(root()).expect("it is in the repository").display().to_string();
            (name, Page::of(&fs::read_to_string(&path).expect("UTF-8")))
        })
        .collect()
}

/// Says what is wrong with a link on a page.
fn problem(files: &BTreeMap<String, Page>, page: &str, link: &Link) -> Option<String> {
    let about = |what: &str| Some(format!("{page}:{}: {} {what}", link.line, link.target));
    if link.target.contains("://") || link.target.starts_with("mailto:") {
        return None;
    }
    let folder = Path::new(page).parent().expect("a file is in a folder");
    let path = resolved(folder, &link.target).unwrap_or_else(|| page.to_owned());
    if !root().join(&path).exists() {
        return about("does not exist");
    }
    match (link.target.split_once('#'), files.get(&path)) {
        (Some((_, anchor)), Some(page)) if !page.anchors.contains(anchor) => about("has no such heading"),
        _ => None,
    }
}

#[test]
fn every_link_of_a_markdown_file_leads_somewhere() {
    let files = files();
    let count: usize = files.values().map(|page| page.links.len()).sum();
    assert!(count > 100, "links were found");
    let wrong = files.iter().flat_map(|(name, page)| page.links.iter().filter_map(|link| problem(&files, name, link)));
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let files = BTreeMap::from([("README.md".to_owned(), Page::of("# Here\n"))]);
    let wrong = |target: &str| problem(&files, "README.md", &Link { target: target.to_owned(), line: 1 }).is_some();
    assert!(wrong("nobody.md") && wrong("#there") && wrong("README.md#there") && wrong("client/../nobody"));
    assert!(
        !wrong("#here") && !wrong("client/src/lib.rs") && !wrong("https://mp.example/x") && !wrong("./README.md#here")
    );
}

#[test]
fn every_page_of_the_book_is_in_its_list_once() {
    let listed = pages();
    let mut sorted = listed.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), listed.len(), "a page is listed twice");
    let files = files();
    let mine = files.keys().filter(|path| path.starts_with("packaging/docs/src/") && !path.ends_with("SUMMARY.md"));
    let missing: Vec<&String> = mine.filter(|path| !listed.contains(path)).collect();
    assert!(missing.is_empty(), "not in SUMMARY.md: {missing:?}");
}
