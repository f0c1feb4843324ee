//! `mp ask`: ad-hoc queries of five families. What each takes is a table in [`crate::ask::form`].

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};

use crate::arg::{option, switch};
use crate::ask;
use crate::ask::flag::{Flag, Takes};
use crate::ask::form::{FORMS, Form, LANGUAGE};
use crate::command::{Command, Run, Section};
use crate::output::Format;

/// The row of `mp ask`.
pub(super) const COMMAND: Command = Command {
    name: "ask",
    section: Section::Ask,
    about: "Ask live questions, without saving a report",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

const COMMANDS: &[Command] = &[family(0), family(1), family(2), family(3), family(4)];

const fn family(at: usize) -> Command {
    Command {
        name: FORMS[at].name,
        about: FORMS[at].about,
        arguments,
        own: &["format"],
        run: Run::Custom(|at| Box::pin(ask::run(form(at.row.name), at))),
        ..Command::ROW
    }
}

fn form(name: &str) -> &'static Form {
    FORMS.into_iter().find(|form| form.name == name).expect("each row has a form")
}

fn arguments(command: clap::Command) -> clap::Command {
    let form = form(command.get_name());
    let words = form.words.iter().map(word);
    let flags = form.flags.iter().copied().flatten().map(flag);
    command.after_help(format!("{}\n\n{LANGUAGE}", form.more)).args(words).args(flags).args(common(form))
}

/// Returns an argument without a flag. Whether one that is needed is there is the daemon's to say, with all other problems.
fn word(flag: &'static Flag) -> Arg {
    let arg = Arg::new(flag.name).value_name(flag.value).help(flag.help);
    if flag.repeats() { arg.action(ArgAction::Append).num_args(0..) } else { arg }
}

fn flag(flag: &'static Flag) -> Arg {
    let arg = if flag.is_switch() { switch(flag.name, flag.help) } else { option(flag.name, flag.value, flag.help) };
    let arg = if flag.repeats() { arg.action(ArgAction::Append) } else { arg };
    let arg = match flag.letter {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    match flag.takes {
        Takes::Word(words) => arg.value_parser(PossibleValuesParser::new(words)),
        Takes::Pair(_) => arg.num_args(2).value_names(["N", "PROPERTY"]),
        Takes::Maybe(_) => arg.num_args(0..=1).require_equals(true).default_missing_value(""),
        // `-7d` is a day, and `-ltv` an order.
        Takes::Day(_) | Takes::Made(_) => arg.allow_hyphen_values(true),
        _ if flag.is_switch() => arg,
        _ => arg.allow_negative_numbers(true),
    }
}

/// Returns what all families take.
fn common(form: &Form) -> Vec<Arg> {
    let words = Format::WORDS.into_iter().chain(["chart"]);
    let mut all = vec![
        option("params", "JSON", "The whole body of the query, sent as it is: JSON, @FILE or -"),
        option("args", "@FILE", "Arguments as the socket takes them; flags come on top"),
        switch("show-params", "Show the body that would be sent, and send nothing"),
        option("format", "FORMAT", "table, chart, json (the whole answer), jsonl, csv (its rows) or plain")
            .short('f')
            .value_parser(PossibleValuesParser::new(words))
            .hide_possible_values(true),
    ];
    if form.has_link {
        all.push(switch("link", "Make a link to the report, and show it"));
        all.push(switch("open", "Open the report in the browser"));
    }
    all
}
