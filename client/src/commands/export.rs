//! `mp export`: streams of events and profiles, as JSON Lines.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use mp_catalog::{Kind, Operation, Param, find};
use mp_proto::deadline::EXPORT;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use crate::arg::{duration, option, switch};
use crate::command::{Command, Invocation, Run, Section};
use crate::export;
use crate::export::codec::WORDS;
use crate::operation::arguments::{long, read};
use crate::operation::source::Stdin;
use crate::output::{Format, Usual};

/// The row of `mp export`.
pub(super) const COMMAND: Command = Command {
    name: "export",
    section: Section::Ask,
    place: 1,
    about: "Export raw events and profiles as JSON Lines",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

/// The parameter that says what becomes of lines that are none.
const ON_BAD_LINE: &str = "on_bad_line";

/// The catalog has the lines about them.
const COMMANDS: &[Command] = &[
    Command {
        name: "events",
        arguments: |command| {
            let parts = option("parts", "N", "Fetch the days in N parts, side by side")
                .value_parser(value_parser!(u64).range(1..))
                .conflicts_with("limit");
            arguments(command).arg(parts).args(of_sync())
        },
        run: Run::Custom(|at| Box::pin(run(at))),
        ..Command::ROW
    },
    Command { name: "profiles", arguments, run: Run::Custom(|at| Box::pin(run(at))), ..Command::ROW },
];

fn arguments(command: clap::Command) -> clap::Command {
    let operation = operation(command.get_name());
    let own = [
        option("output", "FILE", "Write into FILE, complete or not at all; - is stdout; .gz and .zst are compressed")
            .short('o'),
        switch("force", "Replace FILE, and what another export has left of it"),
        option(
            "columns",
            "NAMES",
            "With -f csv: these fields and properties, with commas or as a JSON list; a.b is b inside of a",
        ),
        option("names", "HOW", "With -f csv: names of columns as they are, or as databases like them [default: kept]")
            .value_parser(["kept", "snake"]),
        option("retry-for", "TIME", "Try again for so long what fails on the way [default: 10m]")
            .value_parser(duration),
        switch("wait", "Wait for free slots of Mixpanel's hour [default with --output FILE]"),
        switch("no-wait", "End with exit code 5 when the hour has no free slot")
            .conflicts_with_all(["wait", "max-wait"]),
        option("max-wait", "TIME", "Wait for so long at most, all waits together; implies --wait")
            .value_parser(duration),
    ];
    let command = if operation.detail.is_empty() { command } else { command.after_help(operation.detail) };
    // That is an option of every command.
    let params = operation.params.iter().filter(|param| param.name != "strict");
    command.about(operation.summary).args(params.map(argument)).args(own)
}

/// What a directory of days is kept with.
fn of_sync() -> [Arg; 5] {
    [
        option(
            "sync",
            "DIR",
            "Keep DIR up to date: one file a day, and manifest.json; again and again, also from cron",
        )
        .conflicts_with_all(["output", "parts", "limit", "columns", "names"]),
        option("look_back", "N", "With --sync: look again at the N days before the last, for late events [default: 5]")
            .long("look-back")
            .requires("sync")
            .value_parser(value_parser!(u32).range(..=3650)),
        option("compress", "HOW", "With --sync: how files are compressed [default: gzip]")
            .requires("sync")
            .value_parser(WORDS),
        switch("dedupe", "With --sync: events with the same event, distinct_id, time and $insert_id once a day")
            .requires("sync"),
        option("exec", "COMMAND", "With --sync: run COMMAND for each file that is new or changed; {} is the file")
            .requires("sync"),
    ]
}

fn operation(leaf: &str) -> &'static Operation {
    find(&format!("export.{leaf}")).expect("every export is in the catalog")
}

fn argument(param: &'static Param) -> Arg {
    let long = long(param);
    if param.kind == Kind::Flag {
        return switch(param.name, param.help).long(long);
    }
    if param.name == ON_BAD_LINE {
        let help = "What to do with lines that are no events or profiles: fail (default), skip, or add them to FILE";
        return option(param.name, "fail|skip|FILE", help).long(long);
    }
    let value = match param.kind {
        Kind::Int => "N",
        Kind::Date => "DAY",
        Kind::List => "NAME",
        _ => "TEXT",
    };
    let action = if param.repeats { ArgAction::Append } else { ArgAction::Set };
    option(param.name, value, param.help)
        .long(long)
        .required(param.required)
        .action(action)
        .allow_negative_numbers(param.kind == Kind::Int)
        // `-7d` is a day.
        .allow_hyphen_values(param.kind == Kind::Date)
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let (operation, matches) = (operation(at.row.name), at.arguments);
    lines_only(matches)?;
    let mut typed = read(operation, matches, Stdin::of_this_process());
    if matches.get_flag("strict") {
        typed.arguments.insert("strict".to_owned(), true.into());
    }
    pass_bad_lines(&mut typed.arguments);
    export::check(operation, &typed)?;
    let mut call = at.call_showing(Usual::Only(Format::Jsonl))?;
    call.allow(EXPORT);
    export::run(&mut call, operation, typed.arguments).await
}

/// The daemon passes on what is to go into a file, which only this side knows.
fn pass_bad_lines(arguments: &mut Map<String, Value>) {
    if let Some(Value::String(word)) = arguments.get_mut(ON_BAD_LINE)
        && !matches!(word.as_str(), "fail" | "skip")
    {
        "pass".clone_into(word);
    }
}

/// Exports are lines, and may be larger than anything that has to be held as a whole.
fn lines_only(arguments: &ArgMatches) -> Result<(), Failure> {
    let refuse = |detail: &str| Err(Failure::new(FailureKind::InvalidArgument, detail));
    // What a sync prints is JSON, on one line.
    let is_sync = arguments.try_get_one::<String>("sync").ok().flatten().is_some();
    let is_good = |format: &String| format == "jsonl" || format == if is_sync { "json" } else { "csv" };
    if arguments.get_one::<String>("format").is_some_and(|format| !is_good(format)) {
        return refuse("exports are JSON Lines: leave --format out, or say -f jsonl, or -f csv for rows in one file");
    }
    if arguments.get_one::<String>("jq").is_some() {
        return refuse("--jq does not apply to exports; pipe them to jq, or to `mp` with what reads lines");
    }
    Ok(())
}
