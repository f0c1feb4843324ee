//! `mp account`: accounts, their credentials, and the bridge file that carries one elsewhere.

pub(super) mod add;
pub(super) mod test;

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{
    ACCOUNT, ACCOUNT_LOGOUT, ACCOUNT_REFRESH, ACCOUNT_TOKEN, ACCOUNT_USE, ACCOUNTS, BRIDGE, encode_segment, fill,
};
use mp_proto::wire::{
    AccountBody, AccountRemoved, AccountSummary, AccountUpdate, AccountsBody, ActiveBody, BridgeExport, BridgeExported,
    BridgeRemoved, LogoutBody, RefreshBody, RefreshRequest, TokenBody, TokenRequest,
};
use serde_json::{Value, json};

use super::login;
use crate::arg::{group, option, positional, switch};
use crate::call::{Call, session_flags};
use crate::caller::SessionFlags;
use crate::output::fitted;
use crate::report;

/// Adds the commands.
pub(crate) fn build(command: Command) -> Command {
    let name = || positional("name", "NAME", "Name of the account");
    let maybe = || name().required(false).help("Name of the account [default: --account, else the active one]");
    group(command)
        .subcommand(Command::new("list").about("List accounts"))
        .subcommand(add::build(Command::new("add").about("Add an account; the first one becomes active")))
        .subcommand(add::build_update(Command::new("update").about("Change an account")))
        .subcommand(
            Command::new("use").about("Make an account the active one and drop the pinned workspace").arg(name()),
        )
        .subcommand(Command::new("show").about("Show an account").arg(maybe()))
        .subcommand(
            Command::new("remove")
                .about("Remove an account, its tokens and its caches")
                .arg(name())
                .arg(switch("force", "Remove it even if targets use it")),
        )
        .subcommand(login::build_again(Command::new("login").about("Log a browser account in again")))
        .subcommand(Command::new("logout").about("Remove an account's stored tokens").arg(name()))
        .subcommand(Command::new("token").about("Print an account's bearer token").arg(maybe()).arg(min_valid()))
        .subcommand(Command::new("refresh").about("Refresh a browser account's token now").arg(maybe()))
        .subcommand(
            Command::new("test").about("Ask Mixpanel whether an account's credential is good").arg(maybe()).after_help(
                "Exit code: 0 good · 2 refused, or no token · 4 no such account · 5 rate limit · 1 Mixpanel out of reach",
            ),
        )
        .subcommand(export_bridge())
        .subcommand(Command::new("remove-bridge").about("Remove a bridge file").arg(option(
            "at",
            "PATH",
            "File to remove [default: the one that is found from here]",
        )))
}

fn min_valid() -> Arg {
    option("min-valid", "SECONDS", "Shortest time the token must stay valid [default: 30]")
        .value_parser(value_parser!(u64))
}

fn export_bridge() -> Command {
    Command::new("export-bridge")
        .about("Write a file that carries an account and its tokens to another machine")
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

/// Runs one of them.
///
/// # Errors
/// Those of the command.
pub(crate) async fn run(name: &str, arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    // Where a flag describes the account or the file, it is no flag of this call.
    let flags = match name {
        "add" | "update" | "login" | "export-bridge" => SessionFlags::default(),
        _ => session_flags(arguments),
    };
    let mut call = Call::prepare(arguments, &flags)?;
    match name {
        // These two end in other ways than with a success or a failure.
        "login" => return login::again(&mut call).await,
        "test" => return test::run(&mut call).await,
        "add" => add::add(&mut call).await,
        "update" => update(&mut call).await,
        "use" => make_active(&mut call).await,
        "show" => show(&mut call).await,
        "remove" => remove(&mut call).await,
        "logout" => logout(&mut call).await,
        "token" => token(&mut call).await,
        "refresh" => refresh(&mut call).await,
        "export-bridge" => export(&mut call).await,
        "remove-bridge" => remove_bridge(&mut call).await,
        _ => list(&mut call).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The record that the Python tool prints; the socket API tells more.
pub(super) fn record(account: &AccountSummary) -> Value {
    json!({
        "name": account.name, "type": account.r#type, "region": account.region, "status": account.status,
        "is_active": account.is_active, "referenced_by_targets": account.referenced_by_targets,
        "user_email": null, "project_id": null, "project_name": null,
    })
}

fn table(accounts: &[AccountSummary]) -> String {
    let row = |account: &AccountSummary| {
        let active = if account.is_active { "*" } else { "" };
        vec![account.name.to_string(), account.r#type.to_string(), account.region.to_string(), active.to_owned()]
    };
    fitted(&["NAME", "TYPE", "REGION", "ACTIVE"], &accounts.iter().map(row).collect::<Vec<_>>(), None)
}

async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    let accounts = call.get::<AccountsBody>(ACCOUNTS).await?.accounts;
    let records = accounts.iter().map(record).collect();
    call.output.show(&Value::Array(records), || {
        if accounts.is_empty() { "(no accounts configured)".to_owned() } else { table(&accounts) }
    })?;
    if accounts.is_empty() && !call.quiet {
        report::say("Log in with `mp login`, or add one with `mp account add`.");
    }
    Ok(())
}

/// Returns the account that a command means: its argument, else `--account`, else the active one.
///
/// # Errors
/// When there is none.
pub(super) async fn named(call: &mut Call<'_>) -> Result<String, Failure> {
    if let Some(name) = call.text("name").or_else(|| call.text("account")) {
        return Ok(name);
    }
    if let Some(name) = call.environment.get("MP_ACCOUNT") {
        return Ok(name.to_owned());
    }
    let active = super::session::persisted(call).await?.account;
    active.ok_or_else(|| {
        Failure::new(FailureKind::NeedsAccount, "no active account is configured")
            .next("mp login", "log in")
            .next("mp account use NAME", "choose one of `mp account list`")
    })
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = named(call).await?;
    let account = call.get::<AccountBody>(&fill(ACCOUNT, &name)).await?.account;
    call.output.show(&record(&account), || table(std::slice::from_ref(&account)))
}

async fn update(call: &mut Call<'_>) -> Result<(), Failure> {
    let update = add::read_update(call)?;
    let changed = changes(&update);
    let name = call.required("name");
    let answer = call.daemon.call::<AccountBody>(Method::PATCH, &fill(ACCOUNT, &name), Some(&update)).await?;
    call.body(answer);
    let changed = if changed.is_empty() { "no changes".to_owned() } else { changed.join(", ") };
    call.output.line(&format!("Updated account '{name}' ({changed})"))
}

fn changes(update: &AccountUpdate) -> Vec<String> {
    let shown = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}={value}"));
    [
        shown("region", &update.region),
        shown("default_project", &update.default_project),
        update.username.as_ref().map(|_| "username".to_owned()),
        update.secret.as_ref().map(|_| "secret".to_owned()),
        shown("token_env", &update.token_env),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn make_active(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = call.required("name");
    let answer = call.daemon.call::<ActiveBody>(Method::POST, &fill(ACCOUNT_USE, &name), None::<&()>).await?;
    call.body(answer);
    call.output.line(&format!("Active account: {name}"))
}

async fn remove(call: &mut Call<'_>) -> Result<(), Failure> {
    let force = if call.arguments.get_flag("force") { "?force=true" } else { "" };
    let path = format!("{}{force}", fill(ACCOUNT, &call.required("name")));
    let answer = call.daemon.call::<AccountRemoved>(Method::DELETE, &path, None::<&()>).await?;
    let removed = call.body(answer);
    call.output.line(&format!("Removed account '{}'", removed.removed))?;
    if !removed.orphaned_targets.is_empty() {
        call.output.line(&format!("Orphaned targets: {}", removed.orphaned_targets.join(", ")))?;
    }
    Ok(())
}

async fn logout(call: &mut Call<'_>) -> Result<(), Failure> {
    let path = fill(ACCOUNT_LOGOUT, &call.required("name"));
    let answer = call.daemon.call::<LogoutBody>(Method::POST, &path, None::<&()>).await?;
    let account = call.body(answer).account;
    call.output.line(&format!("Removed tokens for '{account}'"))
}

async fn token(call: &mut Call<'_>) -> Result<(), Failure> {
    let path = fill(ACCOUNT_TOKEN, &named(call).await?);
    let request = TokenRequest { min_valid_s: call.arguments.get_one::<u64>("min-valid").copied() };
    let answer = call.daemon.call::<TokenBody>(Method::POST, &path, Some(&request)).await?;
    let body = call.body(answer);
    // The one command whose purpose it is to print a secret.
    call.output.line(body.token.as_ref().map_or("N/A", |token| token.expose()))
}

async fn refresh(call: &mut Call<'_>) -> Result<(), Failure> {
    let path = fill(ACCOUNT_REFRESH, &named(call).await?);
    let answer = call.daemon.call::<RefreshBody>(Method::POST, &path, Some(&RefreshRequest::default())).await?;
    let body = call.body(answer);
    call.output.show(&crate::output::json(&body), || {
        let what = if body.refreshed { "Refreshed the token of" } else { "There is a new token already of" };
        format!("{what} '{}' (valid until {:.0})", body.account, body.expires_at)
    })
}

async fn export(call: &mut Call<'_>) -> Result<(), Failure> {
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

async fn remove_bridge(call: &mut Call<'_>) -> Result<(), Failure> {
    let query = call.text("at").map(|at| format!("?at={}", encode_segment(&at))).unwrap_or_default();
    let answer = call.daemon.call::<BridgeRemoved>(Method::DELETE, &format!("{BRIDGE}{query}"), None::<&()>).await?;
    let removed = call.body(answer).removed;
    call.output.line(if removed { "Removed bridge file." } else { "No bridge file to remove." })
}
