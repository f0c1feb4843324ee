//! `mp account`: accounts, their credentials, and the bridge file that carries one elsewhere.

mod add;
mod bridge;
pub(super) mod record;
pub(super) mod test;

use clap::{Arg, value_parser};
use hyper::Method;
use mp_proto::failure::Failure;
use mp_proto::routes::{ACCOUNT, ACCOUNT_LOGOUT, ACCOUNT_REFRESH, ACCOUNT_TOKEN, ACCOUNT_USE, ACCOUNTS, fill};
use mp_proto::wire::{
    AccountBody, AccountRemoved, AccountUpdate, AccountsBody, ActiveBody, LogoutBody, RefreshBody, RefreshRequest,
    TokenBody, TokenRequest,
};
use serde_json::Value;

use super::login;
use crate::arg::{option, positional, switch};
use crate::call::Call;
use crate::command::{Command, Flags, Run, Section, Values};
use crate::{output, report};
use record::{named, record, table};

/// The row of `mp account`.
pub(super) const COMMAND: Command = Command {
    name: "account",
    section: Section::Login,
    about: "Manage accounts and their credentials",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

/// What its arguments name.
const ACCOUNTS_BY_NAME: &[(&str, Values)] = &[("name", Values::Accounts)];

const COMMANDS: &[Command] = &[
    Command { name: "list", about: "List accounts", run: Run::Call(|call| Box::pin(list(call))), ..Command::ROW },
    Command {
        name: "add",
        about: "Add an account; the first one becomes active",
        arguments: add::arguments,
        own: &["project"],
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(add::run(call))),
        ..Command::ROW
    },
    Command {
        name: "update",
        about: "Change an account",
        arguments: add::arguments_of_update,
        own: &["project"],
        flags: Flags::None,
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(update(call))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make an account the active one and drop the pinned workspace",
        arguments: |command| command.arg(name()),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(make_active(call))),
        ..Command::ROW
    },
    Command {
        name: "show",
        about: "Show an account",
        arguments: |command| command.arg(name_or_active()),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(show(call))),
        ..Command::ROW
    },
    Command {
        name: "remove",
        about: "Remove an account, its tokens and its caches",
        arguments: |command| command.arg(name()).arg(switch("force", "Remove it even if targets use it")),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(remove(call))),
        ..Command::ROW
    },
    Command {
        name: "login",
        about: "Log a browser account in again",
        arguments: login::arguments_again,
        flags: Flags::None,
        values: ACCOUNTS_BY_NAME,
        run: Run::Custom(|at| Box::pin(login::again(at))),
        ..Command::ROW
    },
    Command {
        name: "logout",
        about: "Remove an account's stored tokens",
        arguments: |command| command.arg(name()),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(logout(call))),
        ..Command::ROW
    },
    Command {
        name: "token",
        about: "Print an account's bearer token",
        arguments: |command| command.arg(name_or_active()).arg(min_valid()),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(token(call))),
        ..Command::ROW
    },
    Command {
        name: "refresh",
        about: "Refresh a browser account's token now",
        arguments: |command| command.arg(name_or_active()),
        values: ACCOUNTS_BY_NAME,
        run: Run::Call(|call| Box::pin(refresh(call))),
        ..Command::ROW
    },
    Command {
        name: "test",
        about: "Ask Mixpanel whether an account's credential is good",
        arguments: |command| command.arg(name_or_active()).after_help(test::CODES),
        values: ACCOUNTS_BY_NAME,
        run: Run::Custom(|at| Box::pin(test::run(at))),
        ..Command::ROW
    },
    Command {
        name: "export-bridge",
        about: "Write a file that carries an account and its tokens to another machine",
        arguments: bridge::arguments,
        own: &["account", "project", "workspace"],
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(bridge::export(call))),
        ..Command::ROW
    },
    Command {
        name: "remove-bridge",
        about: "Remove a bridge file",
        arguments: bridge::arguments_of_remove,
        run: Run::Call(|call| Box::pin(bridge::remove(call))),
        ..Command::ROW
    },
    Command {
        name: "allow-bridge",
        about: "Let calls use the bridge file in a working directory, as long as it is not changed",
        arguments: bridge::arguments_of_allow,
        run: Run::Call(|call| Box::pin(bridge::allow(call))),
        ..Command::ROW
    },
];

fn name() -> Arg {
    positional("name", "NAME", "Name of the account")
}

fn name_or_active() -> Arg {
    name().required(false).help("Name of the account [default: --account, else the active one]")
}

fn min_valid() -> Arg {
    option("min-valid", "SECONDS", "Shortest time the token must stay valid [default: 30]")
        .value_parser(value_parser!(u64))
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
    if !removed.kept.is_empty() && !call.quiet {
        let kept = removed.kept.join(", ");
        report::note(&format!(
            "not ours, so left in the directory accounts/{} of the storage root: {kept}",
            removed.removed
        ));
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
    call.output.show(&output::json(&body), || {
        let what = if body.refreshed { "Refreshed the token of" } else { "There is a new token already of" };
        let until = output::moment(body.expires_at, output::Reader::of_stdout());
        format!("{what} '{}' (valid until {until})", body.account)
    })
}
