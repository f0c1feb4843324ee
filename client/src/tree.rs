//! The command line, as clap sees it. Only the branch that is named is built: building everything costs more than the whole call.

use clap::{Arg, ArgAction, Command, value_parser};

use crate::control::{account, daemon, project, session, target, workspace};
use crate::output::Format;

/// A first word of the command line.
pub struct Group {
    /// The word.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// Adds its commands and arguments.
    pub build: fn(Command) -> Command,
}

/// All first words, in the order of the help.
pub const GROUPS: &[Group] = &[
    Group { name: "session", about: "Show the resolved account, project and workspace", build: session::build },
    Group { name: "account", about: "Manage accounts and their credentials", build: account::build },
    Group { name: "project", about: "Show or choose the project", build: project::build },
    Group { name: "workspace", about: "Show or choose the workspace", build: workspace::build },
    Group { name: "target", about: "Manage saved sessions", build: target::build },
    Group { name: "daemon", about: "Control the daemon mpd", build: daemon::build },
];

/// Builds the tree for a command line: the one branch it names, or all when it names none.
pub fn tree(words: &[String]) -> Command {
    let named = first_word(words).and_then(|word| GROUPS.iter().find(|group| group.name == word));
    let groups: Vec<&Group> = named.map_or_else(|| GROUPS.iter().collect(), |group| vec![group]);
    let root = Command::new("mp")
        .about("One Mixpanel login for every tool on this machine")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .max_term_width(100)
        .args(globals());
    groups
        .into_iter()
        .fold(root, |root, group| root.subcommand((group.build)(Command::new(group.name).about(group.about))))
}

/// Returns a subcommand group: with nothing after it, it shows its help.
pub fn group(command: Command) -> Command {
    command.subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// Global options that take a value, as they are written.
const WITH_VALUE: [&str; 14] = [
    "-a",
    "--account",
    "-p",
    "--project",
    "-w",
    "--workspace",
    "-t",
    "--target",
    "-f",
    "--format",
    "--jq",
    "--socket",
    "--timeout",
    "--types",
];

/// Returns the first word that is neither an option nor the value of one.
pub fn first_word(words: &[String]) -> Option<&str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

fn globals() -> [Arg; 12] {
    let text = |id: &'static str, short, value, help| option(id, value, help).short(short).global(true);
    let flag = |id: &'static str, short, help| switch(id, help).short(short).global(true);
    [
        text("account", 'a', "NAME", "Account to use for this call [env: MP_ACCOUNT]"),
        text("project", 'p', "ID", "Project to use for this call [env: MP_PROJECT_ID wins]"),
        text("workspace", 'w', "ID", "Workspace to use for this call [env: MP_WORKSPACE_ID wins]")
            .value_parser(value_parser!(i64))
            .allow_negative_numbers(true),
        text("target", 't', "NAME", "Saved target to use in place of the three [env: MP_TARGET]"),
        text("format", 'f', "FORMAT", "json, jsonl, table, csv or plain")
            .value_parser(Format::WORDS)
            .hide_possible_values(true),
        option("jq", "FILTER", "Filter JSON output, in the language of jq").global(true),
        flag("quiet", 'q', "Print no notes and no progress"),
        flag("verbose", 'v', "Print more about what happens"),
        option("socket", "PATH", "Socket of the daemon [env: MPD_SOCKET]").global(true),
        switch("no-autostart", "Never start a daemon [env: MPD_AUTOSTART=0]").global(true),
        option("timeout", "SECONDS", "Give up after so long [default: 60]")
            .value_parser(value_parser!(u64).range(1..=86_400))
            .global(true),
        switch("version", "Print the version"),
    ]
}

/// An option `--id VALUE`.
pub fn option(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).value_name(value).help(help).action(ArgAction::Set)
}

/// A switch `--id`.
pub fn switch(id: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).help(help).action(ArgAction::SetTrue)
}

/// A required argument without a flag.
pub fn positional(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).value_name(value).help(help).required(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn help(line: &str) -> String {
        let words = words(line);
        let command = tree(&words).term_width(80);
        let error = command.try_get_matches_from(std::iter::once("mp".to_owned()).chain(words)).expect_err("help");
        error.to_string()
    }

    #[test]
    fn every_branch_is_sound() {
        tree(&[]).debug_assert();
    }

    #[test]
    fn only_the_named_branch_is_built() {
        assert_eq!(tree(&words("-a session account list")).get_subcommands().count(), 1);
        assert_eq!(tree(&words("--help")).get_subcommands().count(), GROUPS.len());
        assert_eq!(tree(&words("frobnicate")).get_subcommands().count(), GROUPS.len());
    }

    #[test]
    fn the_first_word_is_not_the_value_of_an_option() {
        assert_eq!(first_word(&words("-a session -q account list")), Some("account"));
        assert_eq!(first_word(&words("--account=session target list")), Some("target"));
        assert_eq!(first_word(&words("-q --version")), None);
    }

    #[test]
    fn help_is_short_and_aligned() {
        insta::assert_snapshot!("help", help("--help"));
        insta::assert_snapshot!("help_account", help("account --help"));
        insta::assert_snapshot!("help_account_add", help("account add --help"));
    }

    #[test]
    fn options_with_a_value_are_all_known_to_the_first_look() {
        for option in globals().iter().filter(|option| option.get_action().takes_values()) {
            let long = option.get_long().map(|long| format!("--{long}"));
            assert!(long.is_some_and(|long| WITH_VALUE.contains(&long.as_str())), "{}", option.get_id());
        }
    }
}
