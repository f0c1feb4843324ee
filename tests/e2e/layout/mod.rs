//! The shape of the code: which crate may know which, which file which ([`storeys`]), how long they may be ([`sizes`]), and what must not
//! be in the repository.

mod code;
mod sizes;
mod storeys;
mod waits;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the direct dependencies of each crate of the workspace, without those of its tests.
fn direct() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = metadata["packages"].as_array().expect("a list").iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("a list").iter();
            let normal = dependencies.filter(|one| one["kind"].is_null()).map(|one| text(&one["name"]));
            (text(&package["name"]), normal.collect())
        })
        .collect()
}

#[test]
fn crates_know_only_those_below_them() {
    let ours = |names: &BTreeSet<String>| -> Vec<String> {
        names.iter().filter(|name| name.starts_with("mp-")).cloned().collect()
    };
    let direct = direct();
    let arrows: BTreeMap<&str, Vec<String>> = direct.iter().map(|(name, below)| (name.as_str(), ours(below))).collect();
    let expected = [
        ("mixpanel-mp", vec!["mp-client", "mp-daemon", "mp-lsp"]),
        ("mp-client", vec!["mp-catalog", "mp-proto"]),
        ("mp-lsp", vec!["mp-client", "mp-proto"]),
        ("mp-catalog", vec!["mp-proto"]),
        ("mp-daemon", vec!["mp-catalog", "mp-proto"]),
        ("mp-proto", vec![]),
        ("mp-sandbox", vec!["mp-proto"]),
        ("mp-demo", vec![]),
    ];
    let expected = expected.into_iter().map(|(name, below)| (name, below.into_iter().map(str::to_owned).collect()));
    assert_eq!(arrows, expected.collect());
}

/// Returns everything below a crate, as the lock file has it: on every platform, with what only tests need.
fn below(name: &str) -> BTreeSet<String> {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock")).expect("it is there").parse().expect("TOML");
    let packages = lock["package"].as_array().expect("a list");
    let next = |name: &str| {
        let of_that_name = packages.iter().filter(|package| package["name"].as_str() == Some(name)).cloned();
        let dependencies =
            of_that_name.filter_map(|package| package.get("dependencies")?.as_array().cloned()).flatten();
        // "name" or "name version".
        dependencies.filter_map(|entry| Some(entry.as_str()?.split(' ').next()?.to_owned())).collect::<Vec<_>>()
    };
    let mut found = BTreeSet::new();
    let mut open = next(name);
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(next(&name));
        }
    }
    found
}

#[test]
fn heavy_crates_stay_on_their_side() {
    let (client, daemon, proto) = (below("mp-client"), below("mp-daemon"), below("mp-proto"));
    assert!(!below("mp-lsp").contains("mp-daemon"), "the daemon is below the language server");
    assert!(client.contains("clap") && daemon.contains("axum") && proto.contains("serde"), "the lock file was read");
    for name in ["axum", "notify", "toml_edit", "reqwest", "oauth2", "mp-daemon"] {
        assert!(!client.contains(name), "{name} is below the client");
    }
    for name in ["clap", "jaq-core", "rpassword", "mp-client"] {
        assert!(!daemon.contains(name), "{name} is below the daemon");
    }
    for name in ["tokio", "hyper", "clap", "axum", "mp-daemon", "mp-client"] {
        assert!(!proto.contains(name), "{name} is below proto");
    }
}

/// Returns the files of the repository, by git where there is git, else what lies there.
pub(crate) fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    match listed {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => String::from_utf8_lossy(&output.stdout)
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(|name| root().join(name))
            .filter(|path| path.is_file())
            .collect(),
        _ => walk(root()),
    }
}

fn walk(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("readable").map(|entry| entry.expect("readable").path());
    let (dirs, mut files): (Vec<_>, Vec<_>) = entries
        .filter(|path| !["target", ".git"].iter().any(|skipped| path.ends_with(skipped)))
        .partition(|path| path.is_dir());
    files.extend(dirs.iter().flat_map(|dir| walk(dir)));
    files
}

fn sources() -> Vec<(PathBuf, String)> {
    let sources: Vec<_> = files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| (path.clone(), fs::read_to_string(path).expect("UTF-8")))
        .collect();
    assert!(sources.len() > 20, "the sources were found");
    sources
}

/// Returns what this machine is called by: paths and hosts that mean nothing anywhere else. Never printed: a host may need a
/// password, which its URL would show.
fn marks_of_this_machine() -> Vec<String> {
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let mut marks: Vec<String> = ["HOME", "CARGO_HOME", "CARGO_TARGET_DIR", "RUSTUP_HOME"]
        .iter()
        .map(|name| format!("{}/", var(name).trim_end_matches('/')))
        .chain([format!("{}/", root().display())])
        .filter(|path| path.len() > 5)
        .collect();
    let cargo_home = if var("CARGO_HOME").is_empty() { format!("{}/.cargo", var("HOME")) } else { var("CARGO_HOME") };
    let mut settings = fs::read_to_string(Path::new(&cargo_home).join("config.toml")).unwrap_or_default();
    for (name, value) in std::env::vars() {
        let name = name.to_ascii_uppercase();
        if ["PROXY", "INDEX_URL", "REGISTRY", "REGISTRIES", "RUSTUP_DIST_SERVER"].iter().any(|part| name.contains(part))
        {
            settings.push_str(&format!("\n{value}"));
        }
    }
    let public = ["github.com", "crates.io", "rust-lang.org", "localhost", "127.0.0.1", "[::1]"];
    marks.extend(
        settings
            .split("://")
            .skip(1)
            .filter_map(|rest| rest.split(['/', '"', '\'', '\n', ' ']).next())
            .filter_map(|authority| authority.rsplit('@').next()?.split(':').next())
            .filter(|host| host.len() > 3 && !public.iter().any(|known| host.ends_with(known)))
            .map(str::to_owned),
    );
    marks
}

#[test]
fn nothing_of_this_machine_is_in_the_repository() {
    let marks = marks_of_this_machine();
    let mut problems = Vec::new();
    for path in files() {
        let text = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                problems.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(problems.is_empty(), "paths or hosts of this machine: {problems:#?}");
}

#[test]
fn dependencies_come_from_the_public_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("it is there");
    let sources: BTreeSet<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert_eq!(sources, BTreeSet::from(["source = \"registry+https://github.com/rust-lang/crates.io-index\""]));
}
