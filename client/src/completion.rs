//! `mp __complete`: what may follow on a command line, for the scripts in `packaging/completions`. Those stay a few lines long, and what
//! they offer is always what this program understands.

mod live;

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction};
use mp_catalog::all;
use mp_proto::visible::{self, Spelling};

use crate::ask;
use crate::command::{Command, Values};
use crate::extension;
use crate::line::Line;
use crate::offer;
use crate::output::screen;
use crate::tree::tree;
use live::Word;

/// The first word that asks for it.
pub(crate) const WORD: &str = "__complete";

/// Exit code that tells a shell to offer files.
const FILES: u8 = 1;

/// Runs `mp __complete`: prints a line for each word that may take the place of the last one, with a tab and what it means behind it.
pub(crate) fn run(rows: &'static [Command], words: &[String]) -> ExitCode {
    let Some(found) = found(rows, words, live::ask) else { return ExitCode::from(FILES) };
    let lines: String = found.iter().map(|(word, help)| format!("{}\t{}\n", line(word), line(help))).collect();
    // A closed pipe is the only thing that can go wrong here.
    let _ = screen::stdout(Spelling::Plain).write_all(lines.as_bytes());
    ExitCode::SUCCESS
}

/// A name from the network must not become a second line, and the shell shows it on a terminal, though this goes into a pipe.
fn line(help: &str) -> String {
    visible::line(&help.replace(char::is_control, " ")).into_owned()
}

/// Where a command line has got to.
struct At<'a> {
    command: &'a clap::Command,
    rows: &'static [Command],
    path: Vec<&'a str>,
    /// The option whose value comes next.
    waiting: Option<&'a Arg>,
    /// So many arguments without a flag were given.
    positionals: usize,
    /// Whether `--` has come.
    is_over: bool,
}

/// Returns what may take the place of the last word; none where a file may, or anything.
fn found(
    rows: &'static [Command],
    words: &[String],
    ask: impl Fn(Values, &[String]) -> Vec<Word>,
) -> Option<Vec<Word>> {
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let mut root = tree(rows, Line::new(rows, before).first_word());
    root.build();
    let mut at = At { command: &root, rows, path: Vec::new(), waiting: None, positionals: 0, is_over: false };
    for word in before {
        at.step(word);
    }
    // A shell for which `=` ends a word hands it over as one.
    let last = if last == "=" && at.waiting.is_some() { "" } else { last };
    let (head, typed) = match last.split_once('=') {
        Some((name, typed)) if name.starts_with("--") && !at.is_over => {
            at.waiting = option(at.command, name);
            (format!("{name}="), typed)
        }
        _ => (String::new(), last),
    };
    let candidates = at.candidates(typed, before, ask)?;
    let fitting = candidates.into_iter().filter(|(word, _)| word.starts_with(typed));
    Some(fitting.map(|(word, help)| (format!("{head}{word}"), help)).collect())
}

impl<'a> At<'a> {
    fn step(&mut self, word: &str) {
        if self.waiting.is_some() {
            if word != "=" {
                self.waiting = None;
            }
        } else if word == "--" {
            self.is_over = true;
        } else if word.starts_with('-') && !self.is_over {
            self.waiting = option(self.command, word).filter(|arg| arg.get_action().takes_values());
        } else if let Some(inner) = self.command.find_subcommand(word) {
            self.command = inner;
            self.path.push(inner.get_name());
        } else {
            self.positionals += 1;
        }
    }

    fn candidates(
        &self,
        typed: &str,
        before: &[String],
        ask: impl Fn(Values, &[String]) -> Vec<Word>,
    ) -> Option<Vec<Word>> {
        if self.waiting.is_none() && typed.starts_with('-') && !self.is_over {
            return Some(options(self.command));
        }
        if self.waiting.is_none() && self.command.has_subcommands() {
            // After a word that is no command nothing makes sense.
            let inner = self.command.get_subcommands().filter(|_| self.positionals == 0);
            let mut words: Vec<Word> = inner.map(|inner| (inner.get_name().to_owned(), about(inner))).collect();
            if self.path.is_empty() && self.positionals == 0 {
                let others = extension::others(self.rows).into_iter();
                words.extend(others.map(|word| (word.clone(), format!("mp-{word}, a program on this machine"))));
            }
            return Some(words);
        }
        let Some(arg) = self.waiting.or_else(|| self.positional()) else { return Some(Vec::new()) };
        match self.values_of(arg) {
            Some(Values::Groups) => return Some(listed(arg, typed, groups())),
            Some(values) => return Some(ask(values, before)),
            None => {}
        }
        let words = values(arg, &self.path);
        if words.is_empty() { None } else { Some(listed(arg, typed, words)) }
    }

    /// Returns what the daemon or the catalog knows of values for an argument: as the row says, or what its name says everywhere.
    fn values_of(&self, arg: &Arg) -> Option<Values> {
        let id = arg.get_id().as_str();
        let row = row_of(self.rows, &self.path);
        let own = row.and_then(|row| row.values.iter().find(|(name, _)| *name == id)).map(|(_, values)| *values);
        own.or_else(|| ask::form::names(&self.path, id)).or(match id {
            "account" => Some(Values::Accounts),
            "target" => Some(Values::Targets),
            "project" => Some(Values::Projects),
            "workspace" => Some(Values::Workspaces),
            _ => None,
        })
    }

    /// Returns the argument without a flag that comes next. The last one may take many.
    fn positional(&self) -> Option<&'a Arg> {
        let all: Vec<&Arg> = self.command.get_positionals().collect();
        let last = all.last().filter(|arg| matches!(arg.get_action(), ArgAction::Append));
        all.get(self.positionals).or(last).copied()
    }
}

/// Returns the row that some words lead to.
fn row_of(rows: &'static [Command], path: &[&str]) -> Option<&'static Command> {
    let (word, rest) = path.split_first()?;
    let row = rows.iter().find(|row| row.name == *word)?;
    if rest.is_empty() || row.below().is_empty() { Some(row) } else { row_of(row.below(), rest) }
}

fn groups() -> Vec<Word> {
    offer::callable_groups().into_iter().map(|group| (group.to_owned(), mp_catalog::about(group).to_owned())).collect()
}

/// Returns words for a list with commas: what is typed already stays in front.
fn listed(arg: &Arg, typed: &str, words: Vec<Word>) -> Vec<Word> {
    match (arg.get_value_delimiter(), typed.rsplit_once(',')) {
        (Some(','), Some((head, _))) => {
            words.into_iter().map(|(word, help)| (format!("{head},{word}"), help)).collect()
        }
        _ => words,
    }
}

fn about(command: &clap::Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Returns the option that a word names, if its value is the next word.
fn option<'a>(command: &'a clap::Command, word: &str) -> Option<&'a Arg> {
    let is_named = |arg: &&Arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|all| all.contains(&long)),
        None => arg.get_short().is_some_and(|letter| word.ends_with(letter)),
    };
    command.get_arguments().find(is_named)
}

fn options(command: &clap::Command) -> Vec<Word> {
    let line = |arg: &Arg| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        Some((format!("--{}", arg.get_long()?), help))
    };
    command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(line).collect()
}

/// Returns the words that an option takes; none where they are not limited, so that the shell offers files.
fn values(arg: &Arg, path: &[&str]) -> Vec<Word> {
    let of_clap = arg.get_possible_values().into_iter().map(|value| value.get_name().to_owned());
    let row = all().find(|row| row.command == path);
    let param = row.and_then(|row| row.params.iter().find(|param| param.name == arg.get_id().as_str()));
    let of_row = param.map(|param| param.kind.choices()).unwrap_or_default().iter().map(|word| (*word).to_owned());
    of_clap.chain(of_row).map(|word| (word, String::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    fn complete(line: &str) -> Option<Vec<String>> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let ask = |values: Values, _: &[String]| vec![(format!("{values:?}").to_lowercase(), "help".to_owned())];
        found(COMMANDS, &words, ask).map(|found| found.into_iter().map(|(word, _)| word).collect())
    }

    fn after(line: &str) -> Vec<String> {
        complete(line).expect("words are offered, and no files")
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
        assert_eq!(after("--format=js"), ["--format=json", "--format=jsonl"]);
        assert_eq!(after("--format = js"), ["json", "jsonl"]);
        assert_eq!(after("--format ="), ["json", "jsonl", "table", "csv", "plain"]);
        assert_eq!(
            after("events --types token.refreshed,log"),
            ["login.required", "login.started", "login.completed"].map(|word| format!("token.refreshed,{word}"))
        );
        assert_eq!(after("mcp --groups fl"), ["flags"]);
        assert_eq!(after("mcp he"), ["header"]);
        assert_eq!(after("nonsense "), [""; 0]);
    }

    #[test]
    fn files_are_offered_where_anything_may_stand() {
        for line in [
            "lookup-tables upload --file ",
            "exec ",
            "exec -- ",
            "export events -o ",
            "api ",
            "--socket ",
            "account add ",
        ] {
            assert_eq!(complete(line), None, "{line}");
        }
        assert_eq!(after("session "), [""; 0], "nothing may stand there");
    }

    #[test]
    fn live_values_stand_where_their_names_do() {
        for (line, offered) in [
            ("account use ", "accounts"),
            ("account use --no-autostart acc", "accounts"),
            ("account test ", "accounts"),
            ("account export-bridge -a ", "accounts"),
            ("login --name ", "accounts"),
            ("-a ", "accounts"),
            ("inspect events --account ", "accounts"),
            ("target use ", "targets"),
            ("-t ", "targets"),
            ("project use ", "projects"),
            ("target add x -p ", "projects"),
            ("inspect values --project ", "projects"),
            ("workspace use ", "workspaces"),
            ("-w ", "workspaces"),
        ] {
            assert_eq!(after(line), [offered], "{line}");
        }
        for (line, offered) in [
            ("ask insights -e ", "events"),
            ("ask funnel ", "events"),
            ("ask funnel A B ", "events"),
            ("ask retention A ", "events"),
            ("ask insights -e A --by ", "properties"),
            ("ask users --show ", "properties"),
        ] {
            assert_eq!(after(line), [offered], "{line}");
        }
        assert_eq!(after("ask insights -f ch"), ["chart"]);
        assert_eq!(after("--account=a"), ["--account=accounts"]);
        assert_eq!(after("account use x "), [""; 0]);
        assert_ne!(complete("inspect values -p "), Some(vec!["projects".to_owned()]), "that is the property");
    }
}
