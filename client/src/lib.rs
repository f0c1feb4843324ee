//! The client of `mpd`: the program `mp`, and the Rust API for other tools ([`api`]).
//!
//! Read in this order: [`tree`] (the command line), [`control`] (the commands), [`caller`] (what goes along with each request),
//! [`connect`] and [`spawn`] (reaching the daemon), [`transport`], [`input`], [`output`], [`report`] and [`browser`].

pub mod api;
pub mod browser;
pub mod caller;
mod complete;
pub mod connect;
pub mod control;
pub mod events;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod generated;
pub mod input;
pub mod output;
pub mod removed;
pub mod report;
pub mod spawn;
pub mod transport;
pub mod tree;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::ErrorKind;
use mp_proto::failure::{Failure, FailureKind};

/// Exit code of a command line that cannot be understood.
const USAGE: u8 = 3;

/// Runs the program `mp`.
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    // What is not UTF-8 is no word of ours; clap says so, unless it is an argument of another program.
    let words: Vec<String> = given.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some((complete::WORD, rest)) = words.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return complete::run(rest);
    }
    if let Some(failure) = removed::refuse(&words) {
        return report::failure(&failure);
    }
    if tree::own_words(&words).iter().any(|word| word == "--version") {
        // Nobody reading is the only thing that can go wrong here.
        let _ = writeln!(std::io::stdout(), "mp version {}", api::VERSION);
        return ExitCode::SUCCESS;
    }
    match tree::tree(&words).try_get_matches_from(std::iter::once(OsString::from("mp")).chain(given)) {
        Ok(matches) => match run(&matches) {
            Ok(code) => code,
            Err(failure) => report::failure(&failure),
        },
        Err(error) => usage(&error),
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    // A closed pipe is the only thing that can go wrong here.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(USAGE),
    }
}

fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime
        .map_err(|error| Failure::new(FailureKind::Internal, format!("the runtime could not be started: {error}")))?;
    runtime.block_on(dispatch(matches))
}

async fn dispatch(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    use control::{
        account, api, completions, daemon, events, exec, export, help, login, mcp, operation, plugin, project, session,
        target, workspace,
    };
    if let Some((operation, arguments)) = operation::named(matches) {
        control::check("", "", arguments)?;
        operation::run(operation, arguments).await?;
        return Ok(ExitCode::SUCCESS);
    }
    // clap has made sure that there is a command, and below a group one of its own.
    let (group, inside) = matches.subcommand().expect("a command is required");
    if group == "plugin" {
        // What is wrong with its flags is part of its answer.
        return plugin::run(inside).await;
    }
    let (leaf, arguments) = inside.subcommand().unwrap_or(("", inside));
    control::check(group, leaf, arguments)?;
    match group {
        // These end in other ways than with a success or a failure.
        "login" => return login::run(arguments).await,
        "account" => return account::run(leaf, arguments).await,
        "export" => return export::run(leaf, arguments).await,
        "api" => return api::run(arguments).await,
        "mcp" => return mcp::run(arguments).await,
        "events" => return events::run(arguments).await,
        "exec" => return exec::run(arguments).await,
        "help" => return help::run(arguments),
        "completions" => completions::run(arguments),
        "session" => session::run(arguments).await,
        "project" => project::run(leaf, arguments).await,
        "workspace" => workspace::run(leaf, arguments).await,
        "target" => target::run(leaf, arguments).await,
        _ => daemon::run(leaf, arguments).await,
    }?;
    Ok(ExitCode::SUCCESS)
}
