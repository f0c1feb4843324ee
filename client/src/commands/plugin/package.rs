//! The plug-in in `packaging/plugin`: its manifest, and that it names only commands which exist.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use serde_json::{Value, json};

use crate::commands::tree;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/plugin")
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns what stands in backticks and begins with `mp`, word by word.
fn lines(text: &str) -> Vec<Vec<&str>> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|line| line.starts_with("mp ")).map(|line| line.split_whitespace().skip(1).collect()).collect()
}

/// Walks down the tree with the words of a line, and says which one is not there.
fn unknown<'a>(root: &Command, line: &[&'a str]) -> Option<&'a str> {
    let mut command = root;
    for word in line {
        let word = word.trim_matches(['[', ']']);
        if let Some(long) = word.strip_prefix("--") {
            if !command.get_arguments().any(|arg| arg.get_long() == Some(long)) {
                return Some(word);
            }
        } else if command.has_subcommands() && word != "\u{2026}" {
            match command.find_subcommand(word) {
                Some(inner) => command = inner,
                None => return Some(word),
            }
        }
    }
    None
}

#[test]
fn the_manifest_is_that_of_the_plug_in() {
    let manifest: Value = serde_json::from_str(&text(".claude-plugin/plugin.json")).expect("JSON");
    assert_eq!((&manifest["name"], &manifest["version"]), (&json!("mixpanel-data"), &json!("5.0.0")));
    for member in ["description", "license"] {
        assert!(manifest[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
    }
    assert!(manifest["author"]["name"].is_string());
    // What it is made of stands where it is looked for anyway.
    assert!(manifest["mcpServers"].is_null() && manifest["commands"].is_null());
    assert!(text("README.md").contains(manifest["version"].as_str().expect("a text")));
}

#[test]
fn the_slash_command_has_its_front_matter() {
    let text = text("commands/auth.md");
    let (front, body) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("front matter");
    for (line, name) in front.lines().zip(["description", "argument-hint", "allowed-tools"]) {
        let value = line.strip_prefix(&format!("{name}: ")).unwrap_or_else(|| panic!("{line} is not {name}"));
        // A colon would end a plain text of YAML.
        assert!(!value.contains(": ") && (!value.starts_with('[')), "{line}");
    }
    assert_eq!(front.lines().count(), 3);
    assert!(front.contains("Bash(mp plugin:*)"));
    for word in
        ["$ARGUMENTS", "needs_account", "needs_project", "actionable", "account", "bridge", "Never ask for a secret"]
    {
        assert!(body.contains(word), "{word}");
    }
}

#[test]
fn every_command_that_the_plug_in_names_exists() {
    let mut root = tree();
    root.build();
    let mut named = Vec::new();
    for name in ["commands/auth.md", "README.md", "skills/mixpanel/SKILL.md"] {
        let text = text(name);
        for line in lines(&text) {
            assert_eq!(unknown(&root, &line), None, "{name}: mp {}", line.join(" "));
            named.push(line.join(" "));
        }
    }
    // And the other way round: the table leaves none out.
    let plugin = root.find_subcommand("plugin").expect("it is there");
    for group in plugin.get_subcommands() {
        let leaves: Vec<&str> = group.get_subcommands().map(Command::get_name).collect();
        for leaf in if leaves.is_empty() { vec![""] } else { leaves } {
            let words = format!("plugin {} {leaf}", group.get_name());
            assert!(named.iter().any(|line| line.starts_with(words.trim_end())), "{words} is told nowhere");
        }
    }
    assert_eq!(unknown(&root, &["plugin", "account", "remove"]), Some("remove"), "the search finds what is not there");
    assert_eq!(unknown(&root, &["plugin", "session", "--bridge"]), Some("--bridge"));
}
