//! What the documentation names can be typed: each command in the README and in the book is a command of the tree, down to its flags.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;

/// Commands of others, as examples: the Python tool's `mp-py`.
const OTHERS: [&str; 1] = ["py"];

/// The page of names that are gone.
const GONE: &str = "from-0.3.md";

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|end| end == "md") && !path.ends_with(GONE) {
            found.push(path);
        }
    }
}

/// Returns what stands between back-ticks and begins with `mp`, with its line. Blocks are run by `tests/e2e/docs`.
fn named(page: &str) -> Vec<(usize, String)> {
    let mut is_block = false;
    let mut found = Vec::new();
    for (at, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            let codes = line.split('`').skip(1).step_by(2).filter(|code| code.starts_with("mp "));
            found.extend(codes.map(|code| (at + 1, code.to_owned())));
        }
    }
    found
}

/// Says what of a command line there is not.
fn problem(root: &Command, line: &str) -> Option<String> {
    let line = line.split([';', '|', '>']).next().unwrap_or_default();
    // What is left out, and what is put in quotes, is a value.
    let words: Vec<&str> =
        line.split_whitespace().skip(1).take_while(|word| *word != "--" && !word.starts_with('#')).collect();
    let (mut command, mut may_descend, mut is_value) = (root, true, false);
    for word in words {
        if std::mem::take(&mut is_value) {
            continue;
        }
        if let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) {
            let name = name.trim_start_matches('-').split('=').next().unwrap_or_default().trim_end_matches(',');
            let known = |one: &Command| one.get_arguments().find(|arg| is_named(arg, name)).cloned();
            let Some(arg) = known(command).or_else(|| known(root)) else {
                return Some(format!("{word} does not exist"));
            };
            is_value = arg.get_action().takes_values() && !word.contains('=');
        } else if let Some(next) = command.find_subcommand(word).filter(|_| may_descend) {
            command = next;
        } else if may_descend && command.is_subcommand_required_set() && is_word(word) {
            return Some(format!("{word} does not exist"));
        } else {
            may_descend = false;
        }
    }
    None
}

/// Whether it is a word of a command, and no name that stands for one.
fn is_word(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !OTHERS.contains(&word)
}

fn is_named(arg: &clap::Arg, name: &str) -> bool {
    let is_letter = name.chars().count() == 1 && name.starts_with(|letter| arg.get_short() == Some(letter));
    is_letter || arg.get_long() == Some(name) || ["help", "version", "h", "V"].contains(&name)
}

#[test]
fn every_command_that_the_documentation_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let mut files = vec![root.join("README.md")];
    pages(&root.join("packaging/docs/src"), &mut files);
    let mut tree = crate::commands::tree();
    tree.build();
    let (mut count, mut wrong) = (0, Vec::new());
    for file in &files {
        for (line, code) in named(&fs::read_to_string(file).expect("text")) {
            count += 1;
            wrong
                .extend(problem(&tree, &code).map(|problem| format!("{}:{line}: `{code}`: {problem}", file.display())));
        }
    }
    assert!(count > 100, "they are found: {count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_exist_is_noticed() {
    let tree = crate::commands::tree();
    for line in [
        "mp frobnicate",
        "mp account lits",
        "mp login --no-browsr",
        "mp -x session",
        "mp export events --sync DIR --frm x",
    ] {
        assert!(problem(&tree, line).is_some(), "{line}");
    }
    for line in [
        "mp NAME",
        "mp py account list",
        "mp account use NAME",
        "mp -a team exec -- sh --lie",
        "mp login --region eu",
        "mp help search WORDS",
    ] {
        assert_eq!(problem(&tree, line), None, "{line}");
    }
}
