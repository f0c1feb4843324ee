//! `mp export`: streams of events and profiles, as JSON Lines.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use mp_catalog::{Kind, Operation, Param, find};
use mp_proto::deadline::EXPORT;
use mp_proto::failure::{Failure, FailureKind};

use crate::arg::{duration, option, switch};
use crate::command::{Command, Invocation, Run, Section};
use crate::export;
use crate::operation::arguments::{long, read};
use crate::operation::source::Stdin;
use crate::output::Format;

/// The row of `mp export`.
pub(super) const COMMAND: Command = Command {
    name: "export",
    section: Section::Ask,
    place: 1,
    about: "Export raw events and profiles as JSON Lines",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

/// The catalog has the lines about them.
const COMMANDS: &[Command] = &[
    Command {
        name: "events",
        arguments: |command| {
            let parts = option("parts", "N", "Fetch the days in N parts, side by side")
                .value_parser(value_parser!(u64).range(1..))
                .conflicts_with("limit");
            arguments(command).arg(parts)
        },
        run: Run::Custom(|at| Box::pin(run(at))),
        ..Command::ROW
    },
    Command { name: "profiles", arguments, run: Run::Custom(|at| Box::pin(run(at))), ..Command::ROW },
];

fn arguments(command: clap::Command) -> clap::Command {
    let operation = operation(command.get_name());
    let own = [
        option("output", "FILE", "Write into FILE, complete or not at all; - is stdout").short('o'),
        switch("force", "Replace FILE, and what another export has left of it"),
        option("retry-for", "TIME", "Try again for so long what fails on the way [default: 10m]")
            .value_parser(duration),
        switch("wait", "Wait for free slots of Mixpanel's hour [default with --output FILE]"),
        switch("no-wait", "End with exit code 5 when the hour has no free slot")
            .conflicts_with_all(["wait", "max-wait"]),
        option("max-wait", "TIME", "Wait for so long at most, all waits together; implies --wait")
            .value_parser(duration),
    ];
    command.about(operation.summary).args(operation.params.iter().map(argument)).args(own)
}

fn operation(leaf: &str) -> &'static Operation {
    find(&format!("export.{leaf}")).expect("every export is in the catalog")
}

fn argument(param: &'static Param) -> Arg {
    let long = long(param);
    if param.kind == Kind::Flag {
        return switch(param.name, param.help).long(long);
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
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let (operation, matches) = (operation(at.row.name), at.arguments);
    lines_only(matches)?;
    let typed = read(operation, matches, Stdin::of_this_process());
    export::check(operation, &typed)?;
    let mut call = at.call_showing(Format::Jsonl)?;
    call.allow(EXPORT);
    export::run(&mut call, operation, typed.arguments).await
}

/// Exports are lines, and may be larger than anything that has to be held as a whole.
fn lines_only(arguments: &ArgMatches) -> Result<(), Failure> {
    let refuse = |detail: &str| Err(Failure::new(FailureKind::InvalidArgument, detail));
    if arguments.get_one::<String>("format").is_some_and(|format| format != "jsonl") {
        return refuse("exports are JSON Lines: leave --format out, or say -f jsonl");
    }
    if arguments.get_one::<String>("jq").is_some() {
        return refuse("--jq does not apply to exports; pipe them to jq, or to `mp` with what reads lines");
    }
    Ok(())
}
