//! `mp workspace`: the pinned workspace.

use clap::{ArgMatches, Command, value_parser};
use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::SESSION;
use mp_proto::wire::{ActiveBody, SessionPatch};
use serde_json::Value;

use super::{Call, session_flags};
use crate::caller::SessionFlags;
use crate::tree::{group, positional};

/// Adds the commands.
pub fn build(command: Command) -> Command {
    group(command)
        .subcommand(
            Command::new("use").about("Pin a workspace until another account is used").arg(
                positional("id", "WORKSPACE_ID", "A positive integer")
                    .value_parser(value_parser!(i64))
                    .allow_negative_numbers(true),
            ),
        )
        .subcommand(Command::new("show").about("Show the pinned workspace; the environment does not count here"))
}

/// Runs one of them.
///
/// # Errors
/// Those of the command.
pub async fn run(name: &str, arguments: &ArgMatches) -> Result<(), Failure> {
    let flags = SessionFlags { workspace: None, project: None, ..session_flags(arguments) };
    let mut call = Call::prepare(arguments, &flags)?;
    match name {
        "use" => set(&mut call).await,
        _ => show(&mut call).await,
    }
}

async fn set(call: &mut Call<'_>) -> Result<(), Failure> {
    let id = call.number("id");
    let patch = SessionPatch { workspace: id, ..SessionPatch::default() };
    let answer = call.client.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    call.body(answer);
    call.output.line(&format!("Active workspace: {}", id.unwrap_or_default()))
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let workspace = super::session::persisted(call).await?.workspace;
    let shown =
        workspace.map_or_else(|| "(workspace will be auto-resolved on first use)".to_owned(), |id| id.to_string());
    call.output.show(&workspace.map_or(Value::Null, |id| Value::from(id.get())), || shown)
}
