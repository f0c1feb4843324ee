//! `mp target`: saved sessions.

use clap::{Arg, value_parser};
use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::{TARGET, TARGET_USE, TARGETS, fill};
use mp_proto::wire::{ActiveBody, TargetAdd, TargetBody, TargetRemoved, TargetsBody};
use serde_json::{Value, json};

use crate::arg::{option, positional, switch};
use crate::call::Call;
use crate::command::{Command, Flags, Run, Section, Values};
use crate::output::{View, listed};
use crate::{input, report};

/// The row of `mp target`.
pub(super) const COMMAND: Command = Command {
    name: "target",
    section: Section::Login,
    about: "Manage saved sessions",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

/// What its arguments name.
const TARGETS_BY_NAME: &[(&str, Values)] = &[("name", Values::Targets)];

const COMMANDS: &[Command] = &[
    Command { name: "list", about: "List targets", run: Run::Call(|call| Box::pin(list(call))), ..Command::ROW },
    Command {
        name: "add",
        about: "Save an account, a project and perhaps a workspace under a name",
        arguments: arguments_of_add,
        own: &["account", "project", "workspace"],
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(add(call))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make a target the persisted session",
        arguments: |command| command.arg(name()),
        values: TARGETS_BY_NAME,
        run: Run::Call(|call| Box::pin(make_active(call))),
        ..Command::ROW
    },
    Command {
        name: "show",
        about: "Show a target",
        arguments: |command| command.arg(name()),
        values: TARGETS_BY_NAME,
        run: Run::Call(|call| Box::pin(show(call))),
        ..Command::ROW
    },
    Command {
        name: "remove",
        about: "Remove a target",
        arguments: |command| command.arg(name()).arg(switch("yes", "Do not ask").short('y')),
        values: TARGETS_BY_NAME,
        run: Run::Call(|call| Box::pin(remove(call))),
        ..Command::ROW
    },
];

fn name() -> Arg {
    positional("name", "NAME", "Name of the target")
}

/// Adds the arguments of `add`.
pub(super) fn arguments_of_add(command: clap::Command) -> clap::Command {
    let own = |id, value, help, short| option(id, value, help).short(short);
    command
        .arg(name())
        .arg(own("account", "NAME", "Account of the target", 'a').required(true))
        .arg(own("project", "ID", "Project of the target", 'p').required(true))
        .arg(
            own("workspace", "ID", "Workspace of the target", 'w')
                .value_parser(value_parser!(i64))
                .allow_negative_numbers(true),
        )
}

/// The record that the Python tool prints.
pub(super) fn record(target: &TargetBody) -> Value {
    json!({"name": target.name, "account": target.account, "project": target.project, "workspace": target.workspace})
}

fn dash(workspace: Option<mp_proto::ids::WorkspaceId>) -> String {
    workspace.map_or_else(|| "-".to_owned(), |id| id.to_string())
}

async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    let targets = call.get::<TargetsBody>(TARGETS).await?.targets;
    let records = targets.iter().map(record).collect();
    call.output.show(&Value::Array(records), || {
        if targets.is_empty() {
            return "(no targets configured)".to_owned();
        }
        let row = |target: &TargetBody| {
            let (name, account, project) =
                (target.name.to_string(), target.account.clone(), target.project.to_string());
            vec![name, account, project, dash(target.workspace)]
        };
        let rows: Vec<Vec<String>> = targets.iter().map(row).collect();
        listed(&["NAME", "ACCOUNT", "PROJECT", "WORKSPACE"], &[15, 15, 12], &rows, &View::of_stdout())
    })
}

/// Reads the arguments of `add`.
pub(super) fn read_add(call: &Call<'_>) -> TargetAdd {
    TargetAdd {
        name: call.required("name"),
        account: call.required("account"),
        project: call.required("project"),
        workspace: call.number("workspace"),
    }
}

async fn add(call: &mut Call<'_>) -> Result<(), Failure> {
    let target = read_add(call);
    let answer = call.daemon.call::<TargetBody>(Method::POST, TARGETS, Some(&target)).await?;
    let added = call.body(answer);
    call.output.line(&format!("Added target: {}", added.name))
}

async fn make_active(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = call.required("name");
    let answer = call.daemon.call::<ActiveBody>(Method::POST, &fill(TARGET_USE, &name), None::<&()>).await?;
    call.body(answer);
    call.output.line(&format!("Active target: {name}"))
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let target = call.get::<TargetBody>(&fill(TARGET, &call.required("name"))).await?;
    call.output.show(&record(&target), || {
        format!(
            "name:      {}\naccount:   {}\nproject:   {}\nworkspace: {}\n",
            target.name,
            target.account,
            target.project,
            dash(target.workspace)
        )
    })
}

async fn remove(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = call.required("name");
    if !call.arguments.get_flag("yes")
        && !input::is_yes(&input::answer(&format!("Remove target '{}'? [y/N]: ", name.escape_debug())))
    {
        report::say("Aborted.");
        return Ok(());
    }
    let answer = call.daemon.call::<TargetRemoved>(Method::DELETE, &fill(TARGET, &name), None::<&()>).await?;
    let removed = call.body(answer).removed;
    call.output.line(&format!("Removed target: {removed}"))
}
