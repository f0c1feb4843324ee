//! `mp __complete`: what may follow on a command line, for the scripts in `packaging/completions`. Those stay a few lines long, and what they
//! offer is always what this program understands.

use clap::{Arg, Command};
use mp_proto::catalog::all;

use crate::tree::tree;

/// The first word that asks for it.
pub(crate) const WORD: &str = "__complete";

/// Returns a line for each word that may take the place of the last one, with a tab and what it means behind it.
pub(crate) fn complete(words: &[String]) -> String {
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let mut root = tree(before);
    root.build();
    let (mut command, mut path, mut waiting): (&Command, Vec<&str>, Option<&Arg>) = (&root, Vec::new(), None);
    for word in before {
        waiting = match waiting {
            Some(_) => None,
            None if word.starts_with('-') => option(command, word).filter(|arg| arg.get_action().takes_values()),
            None => {
                match command.find_subcommand(word) {
                    Some(inner) => (command, _) = (inner, path.push(inner.get_name())),
                    None if command.has_subcommands() => return String::new(),
                    None => {}
                }
                None
            }
        };
    }
    let found = match waiting {
        Some(arg) => values(arg, &path),
        None if last.starts_with('-') => options(command),
        None => command.get_subcommands().map(|inner| (inner.get_name().to_owned(), about(inner))).collect(),
    };
    let fitting = found.into_iter().filter(|(word, _)| word.starts_with(last));
    fitting.map(|(word, help)| format!("{word}\t{help}\n")).collect()
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Returns the option that a word names, if its value is the next word.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let is_named = |arg: &&Arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|all| all.contains(&long)),
        None => arg.get_short().is_some_and(|letter| word.ends_with(letter)),
    };
    command.get_arguments().find(is_named)
}

fn options(command: &Command) -> Vec<(String, String)> {
    let line = |arg: &Arg| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        Some((format!("--{}", arg.get_long()?), help))
    };
    command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(line).collect()
}

/// Returns the words that an option takes; none where they are not limited, so that the shell offers files.
fn values(arg: &Arg, path: &[&str]) -> Vec<(String, String)> {
    let of_clap = arg.get_possible_values().into_iter().map(|value| value.get_name().to_owned());
    let row = all().find(|row| row.command == path);
    let param = row.and_then(|row| row.params.iter().find(|param| param.name == arg.get_id().as_str()));
    let of_row = param.map(|param| param.kind.choices()).unwrap_or_default().iter().map(|word| (*word).to_owned());
    of_clap.chain(of_row).map(|word| (word, String::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(line: &str) -> Vec<String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        complete(&words).lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn what_may_follow_is_offered() {
        assert_eq!(after("das"), ["dashboards"]);
        assert!(after("").len() > 25 && after("").contains(&"help".to_owned()));
        assert_eq!(after("-a x lexicon ta"), ["tags"]);
        assert_eq!(after("lexicon tags "), ["create", "delete", "list", "update"]);
        assert_eq!(after("cohorts bulk-delete --d"), ["--dry-run"]);
        assert!(after("dashboards get --").contains(&"--jq".to_owned()));
        assert_eq!(after("inspect top-events --type u"), ["unique"]);
        assert_eq!(after("inspect top-events -t "), ["general", "unique", "average"]);
        assert_eq!(after("-f "), ["json", "jsonl", "table", "csv", "plain"]);
        assert_eq!(after("lookup-tables upload --file "), [""; 0], "the shell offers files");
        assert_eq!(after("nonsense "), [""; 0]);
        assert!(complete(&[]).contains("dashboards\tManage dashboards\n"));
    }
}
