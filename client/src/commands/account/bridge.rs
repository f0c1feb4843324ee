//! The bridge file, which carries an account elsewhere.

use clap::{Command, value_parser};
use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountType;
use mp_proto::routes::{ACCOUNT, BRIDGE, BRIDGE_ALLOWED, STATUS, encode_segment, fill};
use mp_proto::wire::{
    AccountBody, AccountStatus, AllowedBridge, BridgeAllow, BridgeAllowed, BridgeExport, BridgeExported, BridgeRemoved,
    BridgesAllowed, CredentialState, StatusBody,
};

use crate::arg::{option, positional, switch};
use crate::call::Call;
use crate::output::{self, View, fitted};
use crate::{input, report};

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
        .arg(switch("yes", "Do not ask whether a browser login may be in two places").short('y'))
}

/// Adds the arguments of `remove-bridge`.
pub(super) fn arguments_of_remove(command: Command) -> Command {
    command.arg(option("at", "PATH", "File to remove [default: the one that is found from here]"))
}

/// Adds the arguments of `allow-bridge`.
pub(super) fn arguments_of_allow(command: Command) -> Command {
    command
        .arg(positional("path", "PATH", "The file, or its directory [default: the one here]").required(false))
        .arg(switch("list", "List the files that were allowed").conflicts_with_all(["path", "revoke"]))
        .arg(switch("revoke", "Take it back"))
        .after_help(
            "A bridge file in a working directory may have come with a checkout. Where an account is configured, or one comes from \
             the environment, it is used only after it was allowed, and not any more when it was changed. MP_AUTH_FILE and \
             ~/.claude/mixpanel/auth.json need no leave.",
        )
}

/// Runs `mp account export-bridge`.
///
/// # Errors
/// Those of the route, and when it is not wanted any more.
pub(super) async fn export(call: &mut Call<'_>) -> Result<(), Failure> {
    if !call.arguments.get_flag("yes") {
        ask_about_two_places(call).await?;
    }
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

/// A browser login that is in two places is in danger: Mixpanel may take a refresh token once only, and who comes second is logged out.
async fn ask_about_two_places(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = match call.text("account") {
        Some(name) => Some(name),
        None => call.persisted().await?.account,
    };
    // Whatever is wrong with the name, the export tells.
    let Some(name) = name else { return Ok(()) };
    let account = call.get::<AccountBody>(&fill(ACCOUNT, &name)).await?.account;
    let status = call.get::<StatusBody>(STATUS).await?;
    let is_lost = |known: &AccountStatus| known.name == account.name && known.state == CredentialState::LoginRequired;
    // Without a login there is nothing to carry, and the export says so.
    if account.r#type != AccountType::OauthBrowser || status.accounts.iter().any(is_lost) {
        return Ok(());
    }
    report::say(&format!(
        "The file will carry the browser login of '{name}', which is then in two places. When Mixpanel replaces its refresh token, the \
         place that comes second is logged out, and this machine with it, perhaps for good. A service account can be in many places: \
         `mp login -S`."
    ));
    let typed = input::answer("Write it all the same? [y/N]: ");
    if input::is_yes(&typed) {
        return Ok(());
    }
    if !typed.ends_with('\n') {
        report::say("");
    }
    Err(Failure::new(FailureKind::Declined, "no bridge file was written: the answer was not yes")
        .next("mp account export-bridge --yes", "do not ask"))
}

/// Runs `mp account allow-bridge`.
///
/// # Errors
/// Those of the routes.
pub(super) async fn allow(call: &mut Call<'_>) -> Result<(), Failure> {
    if call.arguments.get_flag("list") {
        return list(call).await;
    }
    let path = call.text("path");
    if call.arguments.get_flag("revoke") {
        let query = path.map(|at| format!("?at={}", encode_segment(&at))).unwrap_or_default();
        let route = format!("{BRIDGE_ALLOWED}{query}");
        let removed = call.daemon.call::<BridgeRemoved>(Method::DELETE, &route, None::<&()>).await?.body;
        let what = if removed.removed { "The bridge file is not allowed any more." } else { "It was not allowed." };
        return call.output.line(what);
    }
    let body = BridgeAllow { path };
    let allowed = call.daemon.call::<BridgeAllowed>(Method::POST, BRIDGE_ALLOWED, Some(&body)).await?.body;
    let account = &allowed.account;
    call.output.line(&format!(
        "Allowed {}: account '{}' ({}, {})",
        allowed.path, account.name, account.r#type, account.region
    ))?;
    if let Some(variable) = &allowed.token_env {
        call.output.line(&format!("It takes its token from the variable {variable}."))?;
    }
    if !allowed.headers.is_empty() {
        call.output.line(&format!("It adds the headers {}.", allowed.headers.join(", ")))?;
    }
    Ok(())
}

async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    let allowed = call.get::<BridgesAllowed>(BRIDGE_ALLOWED).await?.bridges;
    call.output.show(&output::json(&allowed), || {
        let row = |file: &AllowedBridge| {
            let state = if file.in_force { "" } else { "changed or gone since" };
            vec![file.path.clone(), file.sha256.chars().take(12).collect(), state.to_owned()]
        };
        let rows: Vec<_> = allowed.iter().map(row).collect();
        if rows.is_empty() {
            "(no bridge file was allowed)".to_owned()
        } else {
            fitted(&["PATH", "SHA-256", ""], &rows, View::of_stdout().width)
        }
    })
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
