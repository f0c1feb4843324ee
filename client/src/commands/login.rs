//! `mp login` and `mp account login`: begin a login or join the one that is open, and see it through. The login is the daemon's; this
//! shows it, hands in what a person pastes or chooses, and cancels it when the person who began it gives up. Logins that are open can be
//! listed and cancelled, for whoever began one may be gone.

pub(super) mod course;
mod dialogue;
mod open;
mod picker;

use std::process::ExitCode;

use mp_proto::failure::{Failure, FailureKind, Problems};
use mp_proto::ids::Region;
use mp_proto::wire::{LoginBody, LoginResult, LoginStart};
use serde_json::{Value, json};

use crate::arg::{option, positional, switch};
use crate::call::{Call, INTERRUPTED};
use crate::command::{Command, Flags, Invocation, Run, Section, Values};
use crate::input;
use crate::output::{Usual, View, escaped, fields};

/// The row of `mp login`. Its options describe the account that it makes; no flag of a call is of use here.
pub(super) const COMMAND: Command = Command {
    name: "login",
    section: Section::Login,
    about: "Log in to Mixpanel and make the account the active one",
    arguments,
    own: &["project"],
    flags: Flags::None,
    values: &[("name", Values::Accounts)],
    run: Run::Custom(|at| Box::pin(run(at))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(option(
            "name",
            "NAME",
            "Name of the account to make, or to log in again [default: made of the organisation's]",
        ))
        .arg(option("region", "REGION", "us, eu or in [default: us in a browser, else the one that accepts it]"))
        .arg(option("project", "ID", "Default project of the account [env: MP_PROJECT_ID]").short('p'))
        .arg(
            switch("service-account", "Use a service account: MP_USERNAME, and MP_SECRET or --secret-stdin").short('S'),
        )
        .arg(option("token-env", "NAME", "Use the bearer token in this variable, now and in future"))
        .arg(no_browser())
        .arg(switch("secret-stdin", "Read the service account's secret from stdin"))
        .arg(
            switch("list", "List the logins that are open, and begin none")
                .conflicts_with_all(OF_A_LOGIN)
                .conflicts_with("cancel"),
        )
        .arg(option("cancel", "ID", "Cancel an open login").conflicts_with_all(OF_A_LOGIN))
}

/// What says which login to begin.
const OF_A_LOGIN: [&str; 7] =
    ["name", "region", "project", "service-account", "token-env", "no-browser", "secret-stdin"];

/// Adds the arguments of `mp account login`.
pub(super) fn arguments_again(command: clap::Command) -> clap::Command {
    command.arg(positional("name", "NAME", "Name of a browser account")).arg(no_browser())
}

fn no_browser() -> clap::Arg {
    switch("no-browser", "Only show the URL, and read from stdin what the browser was sent to")
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let mut call = at.call()?;
    if call.arguments.get_flag("list") {
        return open::list(&mut call).await.map(|()| ExitCode::SUCCESS);
    }
    if let Some(id) = call.text("cancel") {
        return open::cancel(&mut call, &id).await.map(|()| ExitCode::SUCCESS);
    }
    let start = read(&call)?;
    let Some((login, result)) = course::follow(&mut call, &start).await? else { return Ok(INTERRUPTED.into()) };
    let value = record(&login, &result);
    call.output.show(&value, || line(&login, &result))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `mp account login`.
///
/// # Errors
/// When the account is none that logs in by a browser, or the login fails.
pub(super) async fn again(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let mut call = at.call_showing(Usual::Data)?;
    let Some((login, result)) = course::follow_again(&mut call).await? else { return Ok(INTERRUPTED.into()) };
    let value = record_again(&login, &result);
    call.output
        .show(&value, || value.as_object().map_or_else(String::new, |value| fields(value, &View::of_stdout())))?;
    Ok(ExitCode::SUCCESS)
}

fn read(call: &Call<'_>) -> Result<LoginStart, Failure> {
    let mut problems = Problems::default();
    let given = |id: &str| call.arguments.get_flag(id);
    let (service_account, piped, no_browser) = (given("service-account"), given("secret-stdin"), given("no-browser"));
    let token_env = call.text("token-env");
    if service_account && token_env.is_some() {
        problems.add("--token-env", "excludes --service-account");
    }
    if piped && token_env.is_some() {
        problems.add("--secret-stdin", "is for a service account, and excludes --token-env");
    }
    if no_browser && (service_account || token_env.is_some()) {
        problems.add("--no-browser", "is for a login in a browser, and excludes --service-account and --token-env");
    }
    let region = call.text("region");
    if let Some(text) = &region {
        problems.take("--region", Region::parse(text));
    }
    if call.text("account").is_some() {
        problems.add("--account", "an account that exists is logged in again by --name");
    }
    problems.fail(FailureKind::InvalidArgument, "mp login cannot be run like this")?;
    Ok(LoginStart {
        account: None,
        name: call.text("name"),
        region,
        project: call.text("project"),
        service_account,
        secret: if piped { Some(input::secret()?) } else { None },
        token_env,
        no_browser,
    })
}

fn line(login: &LoginBody, result: &LoginResult) -> String {
    let id = result.project.as_ref().map(ToString::to_string);
    let project = result.project_name.clone().or(id).unwrap_or_else(|| "(no project)".to_owned());
    let email = result.user_email.as_deref().unwrap_or("(unknown user)");
    let account = login.account.as_ref().map(ToString::to_string).unwrap_or_default();
    escaped(&format!("Logged in as {email} → {account} · {project}"))
}

/// Returns the user of a login, or null.
pub(super) fn user(result: &LoginResult) -> Value {
    let is_known = result.user_id.is_some() || result.user_email.is_some();
    if is_known { json!({"id": result.user_id, "email": result.user_email}) } else { Value::Null }
}

/// What both commands tell. A time has microseconds, as the Python tool writes it.
fn common(login: &LoginBody, result: &LoginResult) -> [(&'static str, Value); 5] {
    [
        ("account_name", json!(login.account)),
        ("user", user(result)),
        ("expires_at", json!(result.expires_at.map(|end| format!("{end:.6}")))),
        ("tokens_path", json!(result.tokens_path)),
        ("client_path", json!(result.client_path)),
    ]
}

fn record_again(login: &LoginBody, result: &LoginResult) -> Value {
    common(login, result).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn record(login: &LoginBody, result: &LoginResult) -> Value {
    let project = result.project.as_ref().map(|id| json!({"id": id, "name": result.project_name}));
    let own = [("type", json!(login.r#type)), ("region", json!(login.region)), ("project", json!(project))];
    common(login, result).into_iter().chain(own).map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(result: &Value) -> (LoginBody, LoginResult) {
        let body = json!({"id": "l1", "state": "done", "revision": 4, "type": "oauth_browser", "account": "br",
            "region": "us", "result": result});
        let login: LoginBody = serde_json::from_value(body).expect("a login");
        let result = login.result.clone().expect("a result");
        (login, result)
    }

    #[test]
    fn a_login_tells_who_where_and_what() {
        let (login, result) =
            done(&json!({"user_id": 42, "user_email": "ada@example.com", "project": "7", "project_name": "AI Demo"}));
        assert_eq!(line(&login, &result), "Logged in as ada@example.com → br · AI Demo");
        let (login, result) = done(&json!({"project": "7"}));
        assert_eq!(line(&login, &result), "Logged in as (unknown user) → br · 7");
        let (login, result) = done(&json!({}));
        assert_eq!(line(&login, &result), "Logged in as (unknown user) → br · (no project)");
    }

    #[test]
    fn the_records_are_those_of_the_python_tool_and_a_little_more() {
        let (login, result) = done(&json!({"user_id": 42, "user_email": "ada@example.com",
            "expires_at": "2026-11-23T04:38:01.5Z", "tokens_path": "/r/t.json", "client_path": "/r/c.json"}));
        let expected = json!({"account_name": "br", "user": {"id": 42, "email": "ada@example.com"},
            "expires_at": "2026-11-23T04:38:01.500000Z", "tokens_path": "/r/t.json", "client_path": "/r/c.json"});
        assert_eq!(record_again(&login, &result).to_string(), expected.to_string());
        assert_eq!(record(&login, &result)["project"], Value::Null);
        let (login, result) = done(&json!({"project": "7"}));
        assert_eq!(record(&login, &result)["project"], json!({"id": "7", "name": null}));
        assert_eq!(record_again(&login, &result)["user"], Value::Null);
    }
}
