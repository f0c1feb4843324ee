//! What command lines are made of: options, switches, arguments, and the options that every command has.

use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, value_parser};
use jiff::SignedDuration;

use crate::output::Format;

/// Reads a length of time: `90s`, `10m`, `1h30m`, or seconds.
///
/// # Errors
/// When it is none.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let read = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    read.ok_or_else(|| "expected a time such as 90s, 10m or 2h".to_owned())
}

/// Returns a subcommand group: with nothing after it, it shows its help.
pub(crate) fn group(command: Command) -> Command {
    command.subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// The options that every command has. Under a heading of their own: a reader of a command's help looks for what is special about it.
pub(crate) fn globals() -> [Arg; 13] {
    let text = |id: &'static str, short, value, help| option(id, value, help).short(short).global(true);
    let flag = |id: &'static str, short, help| switch(id, help).short(short).global(true);
    [
        text("account", 'a', "NAME", "Account for this call [env: MP_ACCOUNT]"),
        text("project", 'p', "ID", "Project for this call [env: MP_PROJECT_ID wins]"),
        text("workspace", 'w', "ID", "Workspace for this call [env: MP_WORKSPACE_ID wins]")
            .value_parser(value_parser!(i64))
            .allow_negative_numbers(true),
        text("target", 't', "NAME", "Saved target in place of the three [env: MP_TARGET]"),
        text("format", 'f', "FORMAT", "json, jsonl, table, csv or plain [env: MP_FORMAT]")
            .value_parser(PossibleValuesParser::new(Format::WORDS.map(|word| match word {
                // The Python tool calls it so.
                "table" => PossibleValue::new(word).alias("text"),
                _ => PossibleValue::new(word),
            })))
            .hide_possible_values(true),
        option("jq", "FILTER", "Filter JSON output, in the language of jq").global(true),
        flag("quiet", 'q', "Print no notes and no progress"),
        flag("verbose", 'v', "Print more about what happens"),
        switch("strict", "Refuse answers that would have to be mended").global(true),
        option("socket", "PATH", "Socket of the daemon [env: MPD_SOCKET]").global(true),
        switch("no-autostart", "Never start a daemon [env: MPD_AUTOSTART=0]").global(true),
        option("timeout", "SECONDS", "Give up after so long [default: 60 to 630]")
            .value_parser(value_parser!(u64).range(1..=86_400))
            .global(true),
        switch("version", "Print the version"),
    ]
    .map(|option| option.help_heading("Global options"))
}

/// Returns the global options that have one of these letters, without it: a command whose own options have them takes the others by
/// their long names.
pub(crate) fn without_letters(letters: &[char]) -> Vec<Arg> {
    let has_one = |option: &Arg| option.get_short().is_some_and(|letter| letters.contains(&letter));
    globals().into_iter().filter(has_one).map(|option| option.short(None)).collect()
}

/// An option `--id VALUE`.
pub(crate) fn option(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).value_name(value).help(help).action(ArgAction::Set)
}

/// A switch `--id`.
pub(crate) fn switch(id: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).help(help).action(ArgAction::SetTrue)
}

/// A required argument without a flag.
pub(crate) fn positional(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).value_name(value).help(help).required(true)
}
