//! `mp target`: saved sessions.

use clap::{ArgMatches, Command, value_parser};
use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::{TARGET, TARGET_USE, TARGETS, fill};
use mp_proto::wire::{ActiveBody, TargetAdd, TargetBody, TargetRemoved, TargetsBody};
use serde_json::{Value, json};

use crate::arg::{group, option, positional, switch};
use crate::call::{Call, session_flags};
use crate::caller::SessionFlags;
use crate::{input, report};

/// Adds the commands.
pub(crate) fn build(command: Command) -> Command {
    let name = || positional("name", "NAME", "Name of the target");
    group(command)
        .subcommand(Command::new("list").about("List targets"))
        .subcommand(build_add(
            Command::new("add").about("Save an account, a project and perhaps a workspace under a name"),
        ))
        .subcommand(Command::new("use").about("Make a target the persisted session").arg(name()))
        .subcommand(Command::new("show").about("Show a target").arg(name()))
        .subcommand(
            Command::new("remove").about("Remove a target").arg(name()).arg(switch("yes", "Do not ask").short('y')),
        )
}

/// Adds the arguments of `add`.
pub(super) fn build_add(command: Command) -> Command {
    let own = |id, value, help, short| option(id, value, help).short(short);
    command
        .arg(positional("name", "NAME", "Name of the target"))
        .arg(own("account", "NAME", "Account of the target", 'a').required(true))
        .arg(own("project", "ID", "Project of the target", 'p').required(true))
        .arg(
            own("workspace", "ID", "Workspace of the target", 'w')
                .value_parser(value_parser!(i64))
                .allow_negative_numbers(true),
        )
}

/// Runs one of them.
///
/// # Errors
/// Those of the command.
pub(crate) async fn run(name: &str, arguments: &ArgMatches) -> Result<(), Failure> {
    // The flags of `target add` describe the target, not this call.
    let flags = if name == "add" { SessionFlags::default() } else { session_flags(arguments) };
    let mut call = Call::prepare(arguments, &flags)?;
    match name {
        "add" => add(&mut call).await,
        "use" => make_active(&mut call).await,
        "show" => show(&mut call).await,
        "remove" => remove(&mut call).await,
        _ => list(&mut call).await,
    }
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
        // Fixed widths, as the Python tool prints them; a longer value pushes its row.
        let row = |name: &str, account: &str, project: &str, workspace: &str| {
            format!("{name:<15} {account:<15} {project:<12} {workspace}\n")
        };
        let rows = targets
            .iter()
            .map(|target| row(target.name.as_str(), &target.account, target.project.as_str(), &dash(target.workspace)));
        std::iter::once(row("NAME", "ACCOUNT", "PROJECT", "WORKSPACE")).chain(rows).collect()
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
