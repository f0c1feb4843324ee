//! What the programs tell to run can be run: the hints stand in few places, and each is a command of the tree, down to its flags.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands for a value in a hint.
const VALUES: [(&str, &str); 3] = [("DATE", "2025-01-31"), ("ID", "7"), ("WORKSPACE", "7")];

/// Hints that are made of the words of any command, and one that is answered before the tree is asked.
const MADE: [&str; 6] = [
    "mp {command} --help",
    "mp {} --id {}",
    "mp --version",
    "mp mcp {verb} --client {word}",
    // The line that was given, with one option more.
    "{} --force",
    "{} --name NAME",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the texts that stand first in a call of `next` or of `Next::new`.
fn hints(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for call in [".next(", "Next::new("] {
        for rest in code.split(call).skip(1) {
            let rest = rest.trim_start().trim_start_matches("format!(").trim_start();
            if let Some(text) = rest.strip_prefix('"') {
                found.push(text.split('"').next().unwrap_or_default().to_owned());
            }
        }
    }
    found
}

/// Puts values where a hint has the names of some.
fn filled(hint: &str) -> Vec<String> {
    let (mut text, mut rest) = (String::new(), hint);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push_str(if before.ends_with("--region ") { "eu" } else { "7" });
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let value = |word: &str| VALUES.iter().find(|(name, _)| *name == word).map_or(word, |(_, value)| value).to_owned();
    text.replace('\'', "").split_whitespace().map(value).collect()
}

#[test]
fn every_hint_is_a_command_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let mut files = Vec::new();
    for part in ["client/src", "daemon/src", "proto/src"] {
        sources(&root.join(part), &mut files);
    }
    let all: Vec<String> = files.iter().flat_map(|file| hints(&fs::read_to_string(file).expect("text"))).collect();
    assert!(all.len() > 50, "they are found: {}", all.len());
    let mut wrong = Vec::new();
    for hint in all.iter().filter(|hint| !MADE.contains(&hint.as_str())) {
        let words = filled(hint);
        match words.first().map(String::as_str) {
            Some("mp") => {
                if let Err(error) = crate::commands::tree().try_get_matches_from(&words) {
                    use clap::error::ErrorKind;
                    if !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                        wrong.push(format!("{hint}: {error}"));
                    }
                }
            }
            // The shell's own, and programs of the system.
            Some("export" | "unset" | "ls" | "rm" | "tail" | "sudo" | "journalctl" | "fuser" | "chmod" | "cp") => {}
            _ => wrong.push(format!("{hint}: is no command")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
