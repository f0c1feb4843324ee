//! `mp account add` and `update`: what an account is made of, and where its secret comes from.

use std::io::IsTerminal;

use clap::{Arg, Command};
use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind, Problems};
use mp_proto::ids::{AccountType, Region};
use mp_proto::routes::{ACCOUNTS, SESSION_PERSISTED};
use mp_proto::secret::Secret;
use mp_proto::wire::{AccountAdd, AccountBody, AccountUpdate, ActiveBody};

use crate::arg::{option, positional, switch};
use crate::call::Call;
use crate::input;

fn settings(region: &'static str) -> [Arg; 5] {
    [
        option("region", "REGION", region),
        option("project", "ID", "Default project of the account [env of add: MP_PROJECT_ID]").short('p'),
        option("username", "USER", "User name of a service account"),
        switch("secret-stdin", "Read the service account's secret from stdin"),
        option("token-env", "NAME", "Variable that holds the bearer token whenever it is used"),
    ]
}

/// Adds the arguments of `add`.
pub(super) fn arguments(command: Command) -> Command {
    command
        .arg(positional("name", "NAME", "a-z, A-Z, 0-9, _ and - [default: made of the organisation's]").required(false))
        .arg(option("type", "TYPE", "service_account, oauth_browser or oauth_token").required(true))
        .args(settings("us, eu or in [default: us in a browser, else the one that accepts it]"))
}

/// Adds the arguments of `update`.
pub(super) fn arguments_of_update(command: Command) -> Command {
    command.arg(positional("name", "NAME", "Name of the account")).args(settings("us, eu or in"))
}

/// Runs `mp account add`.
///
/// # Errors
/// When the arguments do not make an account, or the daemon refuses it.
pub(super) async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let account = read_add(call).await?;
    call.allow(IDENTITY);
    let before = call.daemon.get::<ActiveBody>(SESSION_PERSISTED).await?.body.account;
    let answer = call.daemon.call::<AccountBody>(Method::POST, ACCOUNTS, Some(&account)).await?;
    let added = call.body(answer).account;
    call.output.line(&format!("Added account '{}' ({}, {})", added.name, added.r#type, added.region))?;
    if added.is_active && before.as_deref() != Some(added.name.as_str()) {
        call.output.line("(promoted to active)")?;
    }
    Ok(())
}

async fn read_add(call: &Call<'_>) -> Result<AccountAdd, Failure> {
    let mut problems = Problems::default();
    let kind = problems.take("--type", AccountType::parse(&call.required("type")));
    let name = call.text("name");
    if name.is_none() && kind == Some(AccountType::OauthBrowser) {
        problems.add("NAME", "a browser account needs one: who it belongs to is known only after its login");
    }
    let region = region(call, &mut problems);
    let mut account = AccountAdd {
        name,
        r#type: call.required("type"),
        region,
        default_project: call.text("project").or_else(|| call.environment.get("MP_PROJECT_ID").map(str::to_owned)),
        ..AccountAdd::default()
    };
    match kind {
        Some(AccountType::ServiceAccount) => service_account(call, &mut account, &mut problems).await?,
        Some(AccountType::OauthToken) => token(call, &mut account, &mut problems),
        Some(AccountType::OauthBrowser) | None => {}
    }
    problems.fail(FailureKind::InvalidArgument, "the account cannot be added like this")?;
    Ok(account)
}

fn region(call: &Call<'_>, problems: &mut Problems) -> Option<String> {
    let region = call.text("region");
    if let Some(text) = &region {
        problems.take("--region", Region::parse(text));
    }
    region
}

async fn service_account(call: &Call<'_>, account: &mut AccountAdd, problems: &mut Problems) -> Result<(), Failure> {
    account.username = call.text("username").filter(|name| !name.is_empty());
    if account.username.is_none() {
        problems.add("--username", "a service account needs its user name");
    }
    let piped = call.arguments.get_flag("secret-stdin");
    let variable = call.environment.get("MP_SECRET");
    if !piped && variable.is_none() && !std::io::stdin().is_terminal() {
        problems.add("--secret-stdin", "no secret: pipe it in with --secret-stdin, or set MP_SECRET");
    }
    // Nothing is read or asked for a command that will be refused anyway.
    if problems.is_empty() {
        account.secret = Some(match variable {
            _ if piped => input::secret()?,
            Some(secret) => Secret::new(secret),
            None => input::prompted_secret().await?,
        });
    }
    Ok(())
}

fn token(call: &Call<'_>, account: &mut AccountAdd, problems: &mut Problems) {
    account.token_env = call.text("token-env");
    let Some(name) = &account.token_env else {
        account.token = call.environment.get("MP_OAUTH_TOKEN").map(Secret::new);
        if account.token.is_none() {
            problems
                .add("--token-env", "no token: name a variable with --token-env, or set MP_OAUTH_TOKEN to store it");
        }
        return;
    };
    // A pointer may be stored before its variable exists, unless Mixpanel has to be asked with what it holds.
    let asks = account.region.is_none() || account.name.is_none();
    if asks && call.environment.get(name).is_none() {
        let detail = format!("the variable {} is not set: set it, or give NAME and --region", name.escape_debug());
        problems.add("--token-env", detail);
    }
}

/// Reads the arguments of `update`.
///
/// # Errors
/// When a value is wrong in itself; whether it fits the account, the daemon tells.
pub(super) fn read_update(call: &Call<'_>) -> Result<AccountUpdate, Failure> {
    let mut problems = Problems::default();
    let region = region(call, &mut problems);
    problems.fail(FailureKind::InvalidArgument, "the account cannot be changed like this")?;
    let secret = if call.arguments.get_flag("secret-stdin") { Some(input::secret()?) } else { None };
    Ok(AccountUpdate {
        region,
        default_project: call.text("project"),
        username: call.text("username"),
        secret,
        token: None,
        token_env: call.text("token-env"),
    })
}
