//! The bridge file, which carries an account elsewhere.

use clap::{Command, value_parser};
use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::{BRIDGE, encode_segment};
use mp_proto::wire::{BridgeExport, BridgeExported, BridgeRemoved};

use crate::arg::option;
use crate::call::Call;

/// Adds the arguments of `export-bridge`.
pub(super) fn arguments(command: Command) -> Command {
    command
        .arg(option("to", "PATH", "Where to write [default: mixpanel_auth.json here]"))
        .arg(option("account", "NAME", "Account to export [default: the active one]").short('a'))
        .arg(option("project", "ID", "Project to pin in the file").short('p'))
        .arg(
            option("workspace", "ID", "Workspace to pin in the file")
                .short('w')
                .value_parser(value_parser!(i64))
                .allow_negative_numbers(true),
        )
}

/// Adds the arguments of `remove-bridge`.
pub(super) fn arguments_of_remove(command: Command) -> Command {
    command.arg(option("at", "PATH", "File to remove [default: the one that is found from here]"))
}

/// Runs `mp account export-bridge`.
///
/// # Errors
/// Those of the route.
pub(super) async fn export(call: &mut Call<'_>) -> Result<(), Failure> {
    let body = BridgeExport {
        account: call.text("account"),
        to: call.text("to"),
        project: call.text("project"),
        workspace: call.number("workspace"),
    };
    let answer = call.daemon.call::<BridgeExported>(Method::POST, BRIDGE, Some(&body)).await?;
    let path = call.body(answer).path;
    call.output.line(&format!("Wrote bridge file to {path}"))
}

/// Runs `mp account remove-bridge`.
///
/// # Errors
/// Those of the route.
pub(super) async fn remove(call: &mut Call<'_>) -> Result<(), Failure> {
    let query = call.text("at").map(|at| format!("?at={}", encode_segment(&at))).unwrap_or_default();
    let answer = call.daemon.call::<BridgeRemoved>(Method::DELETE, &format!("{BRIDGE}{query}"), None::<&()>).await?;
    let removed = call.body(answer).removed;
    call.output.line(if removed { "Removed bridge file." } else { "No bridge file to remove." })
}
