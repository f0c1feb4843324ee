//! Names of releases before 0.4 that are gone: each is refused with the name of what replaced it.

use mp_catalog::{Operation, Param, all};
use mp_proto::failure::{Failure, FailureKind};

use crate::line::Line;

/// Commands by their first words. Longer ones stand before their beginnings.
const COMMANDS: &[(&str, &str)] = &[
    ("auth migrate", "an old config is not converted: remove it and log in again (`mp login`)"),
    ("auth cowork-setup", "mp account export-bridge --to PATH"),
    ("auth cowork-status", "mp session --bridge"),
    ("auth cowork-teardown", "mp account remove-bridge [--at PATH]"),
    ("auth switch", "mp account use NAME"),
    ("auth list", "mp account list"),
    ("auth add", "mp account add NAME"),
    ("auth remove", "mp account remove NAME"),
    ("auth show", "mp account show [NAME]"),
    ("auth test", "mp account test [NAME]"),
    ("auth login", "mp login, or mp account login NAME"),
    ("auth logout", "mp account logout NAME"),
    ("auth", "mp account"),
    ("projects", "mp project"),
    ("workspaces", "mp workspace"),
    ("context", "mp session"),
    ("config convert", "an old config is not converted: remove it and log in again (`mp login`)"),
    ("config", "mp account, mp project, mp workspace"),
];

/// Options, wherever they stand.
const OPTIONS: &[(&str, &str)] = &[("--credential", "--account (-a)"), ("--workspace-id", "--workspace (-w)")];

/// Options that would put a secret on the command line, where every process can read it.
const SECRETS: &[(&str, &str)] = &[
    ("--secret", "--secret-stdin, the variable MP_SECRET, or the prompt"),
    ("--token", "--token-env NAME, or the variable MP_OAUTH_TOKEN"),
];

/// Returns the failure of a command line that uses a name which is gone.
pub(crate) fn refuse(line: &Line<'_>) -> Option<Failure> {
    let words = line.words();
    for word in line.own_words() {
        let name = word.split('=').next().unwrap_or(word);
        if let Some((old, new)) = OPTIONS.iter().find(|(old, _)| *old == name && !is_of_its_own(words, old)) {
            return Some(gone(old, new));
        }
        if let Some((old, new)) = SECRETS.iter().find(|(old, _)| *old == name) {
            let detail = format!("{old} does not exist: other processes could read the secret. Use {new}");
            return Some(Failure::new(FailureKind::InvalidArgument, detail));
        }
    }
    let first = line.first_word()?;
    let at = words.iter().position(|word| word == first)?;
    let typed: Vec<&str> = words[at..].iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let typed = typed.join(" ");
    let is_start = |old: &str| typed == old || typed.strip_prefix(old).is_some_and(|rest| rest.starts_with(' '));
    COMMANDS.iter().find(|(old, _)| is_start(old)).map(|(old, new)| gone(&format!("mp {old}"), new))
}

/// Whether a command has an option of that name that means something else.
fn is_of_its_own(words: &[String], option: &str) -> bool {
    let names: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let is_named = |row: &Operation| names.windows(row.command.len()).any(|at| at == row.command);
    let has = |param: &Param| option.strip_prefix("--") == Some(&param.name.replace('_', "-"));
    all().any(|row| row.params.iter().any(has) && is_named(row))
}

fn gone(old: &str, new: &str) -> Failure {
    Failure::new(FailureKind::InvalidArgument, format!("{old} was removed in 0.4.0. Instead: {new}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    fn refusal(line: &str) -> Option<String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        refuse(&Line::new(COMMANDS, &words)).map(|failure| failure.detail)
    }

    #[test]
    fn every_removed_name_names_its_replacement() {
        let cases = [
            ("auth list", "mp account list"),
            ("auth switch team", "mp account use NAME"),
            ("auth cowork-setup --dir x", "mp account export-bridge"),
            ("auth", "mp account"),
            ("auth login", "mp login"),
            ("projects list", "mp project"),
            ("workspaces use 5", "mp workspace"),
            ("context show", "mp session"),
            ("config convert", "not converted"),
            ("--credential x session", "--account"),
            ("session --workspace-id=5", "--workspace"),
            ("account add x --secret hunter2", "--secret-stdin"),
        ];
        for (line, replacement) in cases {
            assert!(refusal(line).is_some_and(|detail| detail.contains(replacement)), "{line}");
        }
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        assert!(!refusal("account add x --secret=hunter2").expect("refused").contains("hunter2"));
    }

    #[test]
    fn present_names_are_left_alone() {
        for line in [
            "session",
            "account list",
            "-a auth account list",
            "account use auth",
            "account add x --secret-stdin --token-env V",
            "exec tool --secret x --credential y",
        ] {
            assert_eq!(refusal(line), None, "{line}");
        }
    }
}
