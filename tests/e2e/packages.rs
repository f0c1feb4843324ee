//! What packages are made of: one version and one address everywhere, crates that are whole without the rest of the repository, and the
//! scripts that install. `packaging/build/try` installs real packages in fresh systems.

#[cfg(target_os = "linux")]
mod installer;
mod npm;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folders of the crates that are published.
const CRATES: [&str; 5] = ["proto", "proto/catalog", "daemon", "client", "client/lsp"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn toml(path: &str) -> toml::Table {
    read(path).parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns what `packaging/project.env` says of a name.
fn project(name: &str) -> String {
    let text = read("packaging/project.env");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("{name} is not in project.env")).trim_matches('\'').to_owned()
}

#[test]
fn there_is_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    let workspace = toml("Cargo.toml");
    for (name, dependency) in workspace["workspace"]["dependencies"].as_table().expect("a table") {
        if let Some(found) = dependency.get("path").and(dependency.get("version")) {
            assert_eq!(found.as_str(), Some(&*format!("={version}")), "{name} in Cargo.toml");
        }
    }
    let python = toml("packaging/clients/python/pyproject.toml");
    let server = json("packaging/mcp/server.json");
    let found = [
        ("pyproject.toml", python["project"]["version"].as_str()),
        ("clients/node", json("packaging/clients/node/package.json")["version"].as_str()),
        ("editors/vscode", json("packaging/editors/vscode/package.json")["version"].as_str()),
        ("mcp/server.json", server["version"].as_str()),
        ("mcp/server.json, its package", server["packages"][0]["version"].as_str()),
    ]
    .map(|(place, found)| (place, found.map(str::to_owned)));
    for (place, found) in found {
        assert_eq!(found.as_deref(), Some(version), "{place}");
    }
}

#[test]
fn there_is_one_address() {
    let (home, source) = (project("MP_HOMEPAGE"), project("MP_SOURCE"));
    let workspace = toml("Cargo.toml");
    let package = &workspace["workspace"]["package"];
    assert_eq!(package["homepage"].as_str(), Some(&*home));
    assert_eq!(package["repository"].as_str(), Some(&*source));
    for place in ["packaging/clients/node/package.json", "packaging/editors/vscode/package.json"] {
        let manifest = json(place);
        assert_eq!(manifest["homepage"], format!("{home}/"), "{place}");
        assert_eq!(manifest["repository"]["url"], format!("git+{source}"), "{place}");
    }
    let urls = toml("packaging/clients/python/pyproject.toml")["project"]["urls"].clone();
    assert_eq!((urls["Homepage"].as_str(), urls["Source"].as_str()), (Some(&*format!("{home}/")), Some(&*source)));
}

/// Returns the paths that a source includes.
fn included(text: &str) -> Vec<&str> {
    let starts = ["include_str!(\"", "include_bytes!(\"", "include!(\""];
    let after = starts.iter().flat_map(|start| text.split(start).skip(1));
    after.filter_map(|rest| rest.split_once('"').map(|(path, _)| path)).collect()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("readable").map(|entry| entry.expect("readable").path());
    let (dirs, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|end| end == "rs"));
    files.extend(dirs.iter().flat_map(|dir| sources(dir)));
    files
}

/// Whether a path that starts in `from` stays below `within`.
fn stays(from: &Path, path: &str, within: &Path) -> bool {
    let mut at = from.to_owned();
    for part in Path::new(path) {
        if part == ".." {
            at.pop();
        } else {
            at.push(part);
        }
    }
    at.starts_with(within)
}

#[test]
fn a_published_crate_is_whole() {
    for folder in CRATES {
        let within = root().join(folder);
        let read = sources(&within.join("src"));
        assert!(read.len() > 5, "the sources of {folder} were found");
        for source in read {
            let text = fs::read_to_string(&source).expect("UTF-8");
            for path in included(&text) {
                assert!(
                    stays(source.parent().expect("a folder"), path, &within),
                    "{} includes {path}, which is not in the package of {folder}: link to it from {folder}/packaged",
                    source.display()
                );
            }
        }
    }
    assert_eq!(included(r#"a(include_str!("../x"), include_bytes!("y"))"#), ["../x", "y"]);
    let within = Path::new("/r/client");
    assert!(stays(Path::new("/r/client/src/a"), "../../packaged/x", within));
    assert!(!stays(Path::new("/r/client/src"), "../../packaging/x", within));
}

#[test]
fn what_crates_link_to_is_there() {
    let links: Vec<_> = CRATES
        .iter()
        .flat_map(|folder| [root().join(folder).join("packaged"), root().join(folder)])
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_symlink())
        .collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        assert!(link.is_file(), "{} leads nowhere", link.display());
    }
}
