//! The client of `mpd`, the daemon that owns the Mixpanel login of a user: this library for tools in Rust, and the program `mp`.
//!
//! Whoever uses it never sees a token, a config file or a login page: the daemon resolves account, project and workspace, keeps tokens
//! fresh, and shares one budget and one cache between all tools. The first call starts it if none runs.
//!
//! # A tour
//!
//! [`Workspace`] is where most programs begin: a choice of account, project and workspace, as a value.
//!
//! ```no_run
#![doc = include_str!("../packaged/overview.rs")]
//! ```
//!
//! Every operation of the catalog is a method of it: what must be given comes first, what may be is added, `.await` asks. Answers are the
//! types of [`typed`], and keep what these do not know. [`Workspace::run`] takes an operation by its id.
//!
//! ```no_run
#![doc = include_str!("../packaged/typed.rs")]
//! ```
//!
//! Switching makes another value; what is not chosen is found by the daemon, and [`Workspace::resolve`] tells who decided. For work that
//! goes on in parallel, [`Workspace::pin`] holds the ids, so that nobody's `mp account use` moves it half-way:
//!
//! ```no_run
#![doc = include_str!("../packaged/parallel.rs")]
//! ```
//!
//! [`Client`] has the rest: [accounts](Client::accounts), [targets](Client::targets), the persisted [session](Client::session),
//! [logins](Client::logins), [events](Client::events). It is cheap to clone and can be used from many tasks at once.
//!
//! ```no_run
#![doc = include_str!("../packaged/watch.rs")]
//! ```
//!
//! # What can go wrong
//!
//! Every error is a [`Failure`]: its [`kind`](Failure::kind) is for programs, its text and [`next`](Failure::next) (what to run) are for
//! people. All problems of one input come together in [`errors`](Failure::errors). A call that needs a person is
//! [`FailureKind::LoginRequired`].
//!
//! # The environment
//!
//! `MP_*` variables count as they do for `mp`, as they were when the client was made. [`ClientBuilder`] replaces them, the storage root,
//! the socket, and the name under which the daemon knows this program.
//!
//! A client needs a tokio runtime with I/O and time, of either kind.

// Its example compiles, too.
#[cfg(doctest)]
#[doc = include_str!("../packaged/from-rust.md")]
struct FromRust;

// The storeys, from the bottom up: a file knows those below its own, and neighbours that do not know it.

// What this process is, what it reads and what it prints; what commands are made of.
mod arg;
mod browser;
mod caller;
mod input;
mod lock;
mod offer;
mod output;
mod peer;
mod rename;
mod report;
mod uri;

// Reaching the daemon.
mod transport;

mod connect;
mod place;
mod program;
mod spawn;
mod upgrade;

// Asking it.
mod api;
mod events;

// What a command has at hand.
mod call;

// What is larger than a command: the Rust API, the operations of the catalog, exports, the server for agents.
mod export;
mod install;
mod mcp;
mod namespaces;
mod operation;
mod sdk;
mod setup;

// The operations as methods: for other programs alone.
pub mod typed;

// What a command is, and who reads that.
mod ask;
mod command;
mod completion;
mod extension;
mod line;
mod old_names;
mod pages;
mod suggestion;
mod tree;

mod commands;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod hints;

pub use sdk::{
    Accounts, ApiCall, ByteStream, Client, ClientBuilder, Events, Happened, Lines, Login, Logins, NewAccount, Numbered,
    Operations, Response, Sessions, Switch, Targets, Workspace,
};

pub use api::Answer;
pub use hyper::header::{HeaderMap, HeaderName, HeaderValue};
pub use hyper::{Method, StatusCode};
pub use mp_catalog::OperationRow;
pub use mp_proto::event::Event;
pub use mp_proto::failure::{Failure, FailureKind, Next, Problem};
pub use mp_proto::ids::{AccountName, AccountType, ProjectId, Region, TargetName, WorkspaceId};
pub use mp_proto::plane::Plane;
pub use mp_proto::secret::Secret;
pub use sdk::names::*;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::ErrorKind;

use mp_proto::visible::{self, Spelling};

use commands::COMMANDS;
use line::Line;

/// Exit code of a command line that cannot be understood.
const USAGE: u8 = 3;

/// Prints a failure as `mp` does, and returns its exit code: for the other programs of this repository.
#[doc(hidden)]
pub fn print_failure(failure: &Failure) -> ExitCode {
    report::failure(failure)
}

/// Prints a note as `mp` does.
#[doc(hidden)]
pub fn print_note(text: &str) {
    report::note(text);
}

/// Prints a text to stdout, where a terminal shows what is in it and does nothing else.
///
/// # Errors
/// When nobody reads.
#[doc(hidden)]
pub fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = output::screen::stdout(Spelling::Plain);
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Runs the program `mp`.
#[doc(hidden)]
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    // What is not UTF-8 is no word of ours; clap says so, unless it is an argument of another program.
    let words: Vec<String> = given.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some((completion::WORD, rest)) = words.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return completion::run(COMMANDS, rest);
    }
    let line = Line::new(COMMANDS, &words);
    if let Some(failure) = old_names::refuse(&line) {
        return report::failure(&failure);
    }
    if let Some(code) = extension::run(COMMANDS, &line, &given) {
        return code;
    }
    if line.own_words().iter().any(|word| word == "--version") {
        // Nobody reading is the only thing that can go wrong here.
        let _ = writeln!(output::screen::stdout(Spelling::Plain), "mp version {}", api::VERSION);
        return ExitCode::SUCCESS;
    }
    let tree = tree::tree_to_run(COMMANDS, line.first_word(), &words, || extension::others(COMMANDS));
    match tree.try_get_matches_from(std::iter::once(OsString::from("mp")).chain(given)) {
        Ok(matches) => match run(&matches) {
            Ok(code) => code,
            Err(failure) => report::failure(&failure),
        },
        Err(mut error) => {
            suggestion::sort(&mut error);
            usage(&error)
        }
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    match visible::lines(&text) {
        // A closed pipe is the only thing that can go wrong here.
        Cow::Borrowed(_) => drop(error.print()),
        // What was typed is in it, and was not all typed by the one who reads it.
        Cow::Owned(text) => report::say(&text),
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(USAGE),
    }
}

fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime
        .map_err(|error| Failure::new(FailureKind::Internal, format!("the runtime could not be started: {error}")))?;
    runtime.block_on(command::run(COMMANDS, matches))
}
