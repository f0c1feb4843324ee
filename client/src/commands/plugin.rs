//! `mp plugin`: what the plug-in of an editor asks, each answered by one JSON object in the form that the Python tool's helper had
//! (`packaging/plugin/schema`). Whatever happens is in the object, and the exit code is 0: only a command line that makes no sense, and
//! Ctrl-C, end otherwise. Everything for people goes to stderr.

mod answer;
mod new_account;
mod object;
#[cfg(test)]
mod package;

use std::process::ExitCode;

use clap::ArgMatches;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use super::{login, target, workspace};
use crate::arg::{positional, switch};
use crate::call::{Call, INTERRUPTED};
use crate::caller::Environment;
use crate::command::{Command, Flags, Invocation, Run, Section};
use crate::output::{Format, Output, Usual};
use crate::report;

/// Exit code of `account add` without the word that says where the account comes from.
const NOTHING_TO_READ: u8 = 1;

/// The row of `mp plugin`.
pub(super) const COMMAND: Command = Command {
    name: "plugin",
    section: Section::Itself,
    about: "Answer the plug-in of an editor, in JSON",
    arguments: |command| {
        command.after_help(
            "Each command prints one JSON object: schema_version, state (ok, needs_account, needs_project or error), and what \
             belongs to the state. The exit code is 0 for each of them.",
        )
    },
    checks_flags: true,
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

const COMMANDS: &[Command] = &[
    Command {
        name: "session",
        about: "Show the resolved session",
        run: Run::Custom(|at| Box::pin(show(at, answer::session))),
        ..Command::ROW
    },
    Command {
        name: "account",
        about: "List, add, choose, log in and test accounts",
        run: Run::Group(ACCOUNT),
        ..Command::ROW
    },
    Command { name: "project", about: "List and choose projects", run: Run::Group(PROJECT), ..Command::ROW },
    Command { name: "workspace", about: "List and choose workspaces", run: Run::Group(WORKSPACE), ..Command::ROW },
    Command { name: "target", about: "List, save and choose targets", run: Run::Group(TARGET), ..Command::ROW },
    Command { name: "bridge", about: "Show the bridge file", run: Run::Group(BRIDGE), ..Command::ROW },
];

const ACCOUNT: &[Command] = &[
    Command {
        name: "list",
        about: "List accounts",
        run: Run::Custom(|at| Box::pin(show(at, answer::accounts))),
        ..Command::ROW
    },
    Command {
        name: "add",
        about: "Add an account",
        arguments: |command| command.arg(switch("from-stdin", "Read the account as a JSON object from stdin")),
        own: &["project"],
        flags: Flags::None,
        run: Run::Custom(|at| Box::pin(add_account(at))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make an account the active one",
        arguments: |command| command.arg(positional("name", "NAME", "Name of the account")),
        run: Run::Custom(|at| Box::pin(show(at, answer::use_account))),
        ..Command::ROW
    },
    Command {
        name: "login",
        about: "Log a browser account in again",
        arguments: login::arguments_again,
        flags: Flags::None,
        run: Run::Custom(|at| Box::pin(show(at, answer::log_in))),
        ..Command::ROW
    },
    Command {
        name: "test",
        about: "Ask Mixpanel whether the credential is good",
        arguments: |command| command.arg(positional("name", "NAME", "Name of the account")),
        run: Run::Custom(|at| Box::pin(show(at, answer::test))),
        ..Command::ROW
    },
];

const PROJECT: &[Command] = &[
    Command {
        name: "list",
        about: "List the projects that the account can see",
        run: Run::Custom(|at| Box::pin(show(at, answer::projects))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make a project the account's default",
        arguments: |command| command.arg(positional("id", "PROJECT_ID", "Digits")),
        flags: Flags::WithoutProject,
        run: Run::Custom(|at| Box::pin(show(at, answer::use_project))),
        ..Command::ROW
    },
];

const WORKSPACE: &[Command] = &[
    Command {
        name: "list",
        about: "List the workspaces of the project",
        run: Run::Custom(|at| Box::pin(show(at, answer::workspaces))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Pin a workspace",
        arguments: |command| command.arg(workspace::workspace_id()),
        flags: Flags::WithoutProject,
        run: Run::Custom(|at| Box::pin(show(at, answer::use_workspace))),
        ..Command::ROW
    },
];

const TARGET: &[Command] = &[
    Command {
        name: "list",
        about: "List targets",
        run: Run::Custom(|at| Box::pin(show(at, answer::targets))),
        ..Command::ROW
    },
    Command {
        name: "add",
        about: "Save a target",
        arguments: target::arguments_of_add,
        own: &["account", "project", "workspace"],
        flags: Flags::None,
        run: Run::Custom(|at| Box::pin(show(at, answer::add_target))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make a target the persisted session",
        arguments: |command| command.arg(positional("name", "NAME", "Name of the target")),
        run: Run::Custom(|at| Box::pin(show(at, answer::use_target))),
        ..Command::ROW
    },
];

const BRIDGE: &[Command] = &[Command {
    name: "status",
    about: "Show the bridge file that is found from here",
    run: Run::Custom(|at| Box::pin(show(at, answer::bridge))),
    ..Command::ROW
}];

/// What a command comes to, if it is no failure: an object, or none when the user has interrupted it.
struct Outcome(Option<Value>);

impl From<Value> for Outcome {
    fn from(object: Value) -> Self {
        Self(Some(object))
    }
}

impl From<Option<Value>> for Outcome {
    fn from(object: Option<Value>) -> Self {
        Self(object)
    }
}

/// Prints the object that a command answers with. Only a command line that makes no sense is a failure: all others are in the object.
async fn show<T: Into<Outcome>>(
    at: Invocation<'_>,
    answer: impl AsyncFnOnce(&mut Call<'_>) -> Result<T, Failure>,
) -> Result<ExitCode, Failure> {
    object_only(at.arguments)?;
    let (object, code) = match outcome(at, answer).await {
        Ok(Outcome(Some(object))) => (object, ExitCode::SUCCESS),
        Ok(Outcome(None)) => (object::interrupted(), INTERRUPTED.into()),
        Err(failure) => (object::error(&failure, &Environment::of_this_process()), ExitCode::SUCCESS),
    };
    Output::only(Format::Json).line(&object::text(&object))?;
    Ok(code)
}

fn object_only(arguments: &ArgMatches) -> Result<(), Failure> {
    let text = |id: &str| arguments.get_one::<String>(id).map(String::as_str);
    if text("jq").is_some() || text("format").is_some_and(|format| format != "json") {
        let detail = "mp plugin prints its object and nothing else: leave --format and --jq out";
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    Ok(())
}

async fn outcome<T: Into<Outcome>>(
    at: Invocation<'_>,
    answer: impl AsyncFnOnce(&mut Call<'_>) -> Result<T, Failure>,
) -> Result<Outcome, Failure> {
    at.check()?;
    let mut call = at.call_showing(Usual::Only(Format::Json))?;
    call.ignore_build();
    answer(&mut call).await.map(Into::into)
}

async fn add_account(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    object_only(at.arguments)?;
    if !at.arguments.get_flag("from-stdin") {
        report::say("error: mp plugin account add reads the account from stdin: add --from-stdin");
        return Ok(NOTHING_TO_READ.into());
    }
    show(at, answer::add_account).await
}
