//! What the book lists, held against what the programs have: commands, variables, codes of errors.

use mp_proto::context::{LOCAL_VARIABLES, VARIABLES};
use mp_proto::failure::FailureKind;

use super::read;
use crate::empty;

const COMMANDS: &str = "packaging/docs/src/commands.md";
const CONFIGURATION: &str = "packaging/docs/src/configuration.md";
const ERRORS: &str = "packaging/docs/src/errors.md";

#[test]
fn every_command_in_the_book_exists() {
    let home = empty();
    let text = read(COMMANDS);
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("| `mp ")?.split('`').next()).collect();
    assert!(commands.len() > 50, "the table was found");
    for command in commands {
        let help = home.mp(command.split(' ').chain(["--help"])).ok();
        assert!(help.contains(&format!("mp {command}")), "mp {command}: {help}");
    }
}

/// A manual page for each group, written from the command tree, tells which groups there are.
#[test]
fn every_group_of_commands_is_in_the_book() {
    let text = read(COMMANDS);
    let pages = std::fs::read_dir(super::root().join("packaging/generated/man")).expect("they are there");
    let names = pages.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some(name.strip_prefix("mp-")?.strip_suffix(".1")?.to_owned())
    });
    let missing: Vec<String> = names
        .filter(|name| !text.contains(&format!("`mp {name}`")) && !text.contains(&format!("`mp {name} ")))
        .collect();
    assert!(missing.is_empty(), "not in {COMMANDS}: {missing:?}");
}

#[test]
fn every_variable_is_in_the_book() {
    let text = read(CONFIGURATION);
    for variable in VARIABLES.iter().chain(LOCAL_VARIABLES) {
        assert!(text.contains(&format!("`{}`", variable.name)), "{} is missing", variable.name);
    }
}

/// Each code has a section: its facts as the table of kinds has them, and what to do.
#[test]
fn every_code_is_in_the_book_with_what_to_do() {
    let text = read(ERRORS);
    let sections: Vec<(&str, &str)> =
        text.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect();
    let mut wrong = Vec::new();
    for kind in FailureKind::ALL {
        let facts = format!("\n*{}* · HTTP {} · exit code {}\n\n", kind.title(), kind.status(), kind.exit_code());
        match sections.iter().find(|(name, _)| *name == kind.code()) {
            None => wrong.push(format!("## {}{facts}is missing", kind.code())),
            Some((_, body)) => match body.strip_prefix(&facts) {
                Some(advice) if advice.trim().len() > 40 => {}
                Some(_) => wrong.push(format!("## {} does not tell what to do", kind.code())),
                None => wrong.push(format!("## {} does not begin with{facts}", kind.code())),
            },
        }
    }
    let codes: Vec<&str> = FailureKind::ALL.iter().map(|kind| kind.code()).collect();
    let unknown = sections.iter().map(|(name, _)| *name).filter(|name| name.contains('_') && !codes.contains(name));
    wrong.extend(unknown.map(|name| format!("## {name} is no code")));
    assert!(wrong.is_empty(), "{ERRORS}:\n{}", wrong.join("\n"));
}
