//! `mp export`: streams of events and profiles to stdout or into a file that is never half-written.
//!
//! Read in this order: [`plan`] (what is asked for, in which parts), [`crew`] (fetches parts side by side), [`order`] (puts them one
//! after the other), [`writer`] (a thread that writes), [`file`] and [`journal`] (what lets a run go on where another one ended).

mod crew;
mod file;
mod journal;
mod order;
mod plan;
mod progress;
mod words;
mod writer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use mp_catalog::{Kind, Operation, Param, find};
use mp_proto::deadline::EXPORT;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::api::Options;
use crate::arg::{group, option, switch};
use crate::call::{Call, INTERRUPTED, session_flags};
use crate::output::Format;
use crate::report;
use crew::{Crew, Stop};
use file::Claim;
use order::Order;
use plan::Plan;
use progress::Progress;
use writer::{Out, Tally};

/// How long an export that was interrupted may take to write what it has: enough for a disk, and nobody waits longer for a pipe.
const LAST: Duration = Duration::from_millis(300);

/// Adds the commands.
pub(crate) fn build(command: Command) -> Command {
    let leaf = |name: &'static str| {
        let operation = operation(name);
        let own = [
            option("output", "FILE", "Write into FILE, complete or not at all; - is stdout").short('o'),
            switch("force", "Replace FILE, and what another export has left of it"),
        ];
        Command::new(name).about(operation.summary).args(operation.params.iter().map(argument)).args(own)
    };
    let parts = option("parts", "N", "Fetch the days in N parts, side by side")
        .value_parser(value_parser!(u64).range(1..))
        .conflicts_with("limit");
    group(command).subcommand(leaf("events").arg(parts)).subcommand(leaf("profiles"))
}

fn operation(leaf: &str) -> &'static Operation {
    find(&format!("export.{leaf}")).expect("every export is in the catalog")
}

fn argument(param: &'static Param) -> Arg {
    let long = words::long(param);
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

/// Runs `mp export`.
///
/// # Errors
/// When the arguments are wrong, the file may not be written, or the export does not come to its end.
pub(crate) async fn run(leaf: &str, arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    let operation = operation(leaf);
    lines_only(arguments)?;
    let given = given(operation, arguments);
    plan::check(operation, &given)?;
    let mut call = Call::prepare_showing(arguments, &session_flags(arguments), Format::Jsonl)?;
    call.allow(EXPORT);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| {
        Failure::new(FailureKind::Internal, format!("the signal for Ctrl-C could not be had: {error}"))
    })?;
    let target = call.text("output").filter(|path| path != "-").map(|path| file::real(Path::new(&path))).transpose()?;
    let may_replace = arguments.get_flag("force");
    if let Some(target) = &target {
        file::check(target, may_replace)?;
    }
    let prepared = tokio::select! {
        biased;
        _ = interrupt.recv() => return Ok(interrupted("nothing was exported")),
        prepared = prepare(&mut call, operation, given, target, may_replace) => prepared?,
    };
    let (plan, out) = prepared;
    export(&call, plan, out, interrupt).await
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

/// Returns the arguments of the operation.
fn given(operation: &Operation, arguments: &ArgMatches) -> Map<String, Value> {
    let one = |param: &Param| {
        let value = match (param.kind, param.repeats) {
            (Kind::Flag, _) => arguments.get_flag(param.name).then_some(Value::Bool(true))?,
            (_, true) => arguments.get_many::<String>(param.name)?.map(String::as_str).collect(),
            _ => arguments.get_one::<String>(param.name)?.as_str().into(),
        };
        Some((param.name.to_owned(), value))
    };
    operation.params.iter().filter_map(one).collect()
}

/// Decides what is fetched and where it goes.
async fn prepare(
    call: &mut Call<'_>,
    operation: &'static Operation,
    given: Map<String, Value>,
    target: Option<PathBuf>,
    may_replace: bool,
) -> Result<(Plan, Out), Failure> {
    let session = plan::session(call).await?;
    let request = plan::request(operation, &session, &given);
    let claim = target.map(|target| Claim::of(target, &request, may_replace)).transpose()?;
    let parts = match claim.as_ref().and_then(Claim::journal) {
        Some(journal) => journal.parts.clone(),
        None => plan::parts(call, operation, &session, &given).await?,
    };
    let first = claim.as_ref().and_then(Claim::journal).map_or(0, |journal| journal.complete);
    let plan = Plan { operation, arguments: given, parts, first };
    let out = match claim {
        None => Out::stdout()?,
        Some(claim) => {
            if first > 0 && !call.quiet {
                report::note(&words::resumed(&claim, &plan));
            }
            Out::File(Box::new(claim.begin(request, &plan.parts)?))
        }
    };
    Ok((plan, out))
}

/// Fetches and writes, until all is there or something ends it.
async fn export(call: &Call<'_>, plan: Plan, out: Out, mut interrupt: Signal) -> Result<ExitCode, Failure> {
    let target = out.target();
    let tally = Arc::new(Tally::starting_at(plan.first));
    let progress = Progress::new(&plan, Arc::clone(&tally), call.quiet);
    let ended = tokio::select! {
        biased;
        ended = fetch(call.daemon.options(), &plan, out, &tally, &mut interrupt) => ended,
        () = progress.show() => Ok(()),
    };
    progress.clear();
    let report = words::Report { plan: &plan, tally: &tally, target: target.as_deref() };
    match ended {
        Ok(()) => {
            if !call.quiet {
                report::say(&progress.summary());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(Stop::Interrupted) => Ok(interrupted(&report.so_far())),
        // Whoever read us has seen enough.
        Err(Stop::NobodyReads) => Ok(ExitCode::SUCCESS),
        Err(Stop::Failed(failure)) => Err(report.failure(failure)),
    }
}

/// Fetches all parts into the output.
async fn fetch(
    options: &Options,
    plan: &Plan,
    out: Out,
    tally: &Arc<Tally>,
    interrupt: &mut Signal,
) -> Result<(), Stop> {
    let dir = out.target().and_then(|target| target.parent().map(Path::to_owned));
    let (sender, mut writer) = writer::start(out, Arc::clone(tally));
    let order = Order::new(plan.first, dir, sender);
    let crew = Crew { options, plan, order: &order };
    let fetched = tokio::select! {
        biased;
        _ = interrupt.recv() => Err(Stop::Interrupted),
        // The writer ends first only when it cannot write.
        written = &mut writer => return written,
        fetched = async {
            crew.run().await?;
            order.finish().await;
            Ok(())
        } => fetched,
    };
    // What is there already is written to the end; but nobody waits for a pipe that is not read.
    drop(order);
    let written = if matches!(fetched, Err(Stop::Interrupted)) {
        timeout(LAST, writer).await.unwrap_or(Ok(()))
    } else {
        tokio::select! {
            biased;
            _ = interrupt.recv() => Err(Stop::Interrupted),
            written = writer => written,
        }
    };
    fetched.and(written)
}

fn interrupted(so_far: &str) -> ExitCode {
    report::say(&format!("Interrupted: {so_far}"));
    ExitCode::from(INTERRUPTED)
}
