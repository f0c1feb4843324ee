//! `mp project`: the persisted project of the active account.

use clap::{ArgMatches, Command};
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
            Command::new("use")
                .about("Make a project the default of the active account, or of --account")
                .arg(positional("id", "PROJECT_ID", "Digits")),
        )
        .subcommand(Command::new("show").about("Show the stored default project; the environment does not count here"))
}

/// Runs one of them.
///
/// # Errors
/// Those of the command.
pub async fn run(name: &str, arguments: &ArgMatches) -> Result<(), Failure> {
    let flags = SessionFlags { project: None, workspace: None, ..session_flags(arguments) };
    let mut call = Call::prepare(arguments, &flags)?;
    match name {
        "use" => set(&mut call).await,
        _ => show(&mut call).await,
    }
}

async fn set(call: &mut Call<'_>) -> Result<(), Failure> {
    let id = call.required("id");
    let patch = SessionPatch { project: Some(id.clone()), ..SessionPatch::default() };
    let answer = call.client.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    let active = call.body(answer).account.unwrap_or_default();
    // The daemon prefers what this call was told over the active account, and answers with the latter.
    let told = call.text("account").or_else(|| call.environment.get("MP_ACCOUNT").map(str::to_owned));
    let account = told.unwrap_or(active);
    call.output.line(&format!("Set default_project for account '{account}' to '{id}'"))
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let project = super::session::persisted(call).await?.project.map(|project| project.to_string());
    let shown = project.clone().unwrap_or_else(|| "(no active project)".to_owned());
    call.output.show(&project.map_or(Value::Null, Value::from), || shown)
}
