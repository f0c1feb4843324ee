//! `mp plugin`: what the plug-in of an editor asks, each answered by one JSON object in the form that the Python tool's helper had
//! (`packaging/plugin/schema`). Whatever happens is in the object, and the exit code is 0: only a command line that makes no sense, and
//! Ctrl-C, end otherwise. Everything for people goes to stderr.

mod added;
mod object;
#[cfg(test)]
mod package;

use std::process::ExitCode;

use clap::{ArgMatches, Command, value_parser};
use hyper::Method;
use jiff::Timestamp;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{
    ACCOUNT_TEST, ACCOUNT_USE, ACCOUNTS, BRIDGE, PROJECTS, SESSION, TARGET_USE, TARGETS, WORKSPACES, fill,
};
use mp_proto::wire::{
    AccountBody, AccountsBody, ActiveBody, BridgeBody, LoginBody, LoginResult, ProjectsBody, SessionBody, SessionPatch,
    SessionState, Source, SourceKind, TargetAdd, TargetBody, TargetsBody, TestBody, WorkspacesBody,
};
use serde_json::{Value, json};

use super::account::test as account_test;
use super::{account, check, login, target};
use crate::arg::{group, positional, switch};
use crate::call::{Call, INTERRUPTED, session_flags};
use crate::caller::{Environment, SessionFlags};
use crate::output::{Format, Output};
use crate::report;

/// Exit code of `account add` without the word that says where the account comes from.
const NOTHING_TO_READ: u8 = 1;

/// Adds the commands.
pub(crate) fn build(command: Command) -> Command {
    let name = |help| positional("name", "NAME", help);
    let list = |about| Command::new("list").about(about);
    let choose = |about| Command::new("use").about(about);
    group(command)
        .after_help(
            "Each command prints one JSON object: schema_version, state (ok, needs_account, needs_project or error), and what \
             belongs to the state. The exit code is 0 for each of them.",
        )
        .subcommand(Command::new("session").about("Show the resolved session"))
        .subcommand(
            group(Command::new("account").about("List, add, choose, log in and test accounts"))
                .subcommand(list("List accounts"))
                .subcommand(
                    Command::new("add")
                        .about("Add an account")
                        .arg(switch("from-stdin", "Read the account as a JSON object from stdin")),
                )
                .subcommand(choose("Make an account the active one").arg(name("Name of the account")))
                .subcommand(login::build_again(Command::new("login").about("Log a browser account in again")))
                .subcommand(
                    Command::new("test")
                        .about("Ask Mixpanel whether the credential is good")
                        .arg(name("Name of the account")),
                ),
        )
        .subcommand(
            group(Command::new("project").about("List and choose projects"))
                .subcommand(list("List the projects that the account can see"))
                .subcommand(
                    choose("Make a project the account's default").arg(positional("id", "PROJECT_ID", "Digits")),
                ),
        )
        .subcommand(
            group(Command::new("workspace").about("List and choose workspaces"))
                .subcommand(list("List the workspaces of the project"))
                .subcommand(
                    choose("Pin a workspace").arg(
                        positional("id", "WORKSPACE_ID", "A positive integer")
                            .value_parser(value_parser!(i64))
                            .allow_negative_numbers(true),
                    ),
                ),
        )
        .subcommand(
            group(Command::new("target").about("List, save and choose targets"))
                .subcommand(list("List targets"))
                .subcommand(target::build_add(Command::new("add").about("Save a target")))
                .subcommand(choose("Make a target the persisted session").arg(name("Name of the target"))),
        )
        .subcommand(
            group(Command::new("bridge").about("Show the bridge file"))
                .subcommand(Command::new("status").about("Show the bridge file that is found from here")),
        )
}

/// What a command comes to, if it is no failure.
enum Outcome {
    Object(Value),
    Interrupted,
}

/// Runs one of them.
///
/// # Errors
/// When the command line makes no sense, or stdout cannot be written to. All other failures are in the object.
pub(crate) async fn run(arguments: &ArgMatches) -> Result<ExitCode, Failure> {
    let (noun, inside) = arguments.subcommand().expect("a command is required");
    let (verb, arguments) = inside.subcommand().unwrap_or(("", inside));
    let given = |id: &str| arguments.get_one::<String>(id).map(String::as_str);
    if given("jq").is_some() || given("format").is_some_and(|format| format != "json") {
        return Err(Failure::new(
            FailureKind::InvalidArgument,
            "mp plugin prints its object and nothing else: leave --format and --jq out",
        ));
    }
    if (noun, verb) == ("account", "add") && !arguments.get_flag("from-stdin") {
        report::say("error: mp plugin account add reads the account from stdin: add --from-stdin");
        return Ok(NOTHING_TO_READ.into());
    }
    let (object, code) = match answer(noun, verb, arguments).await {
        Ok(Outcome::Object(object)) => (object, ExitCode::SUCCESS),
        Ok(Outcome::Interrupted) => (object::interrupted(), INTERRUPTED.into()),
        Err(failure) => (object::error(&failure, &Environment::of_this_process()), ExitCode::SUCCESS),
    };
    Output::new(None, None, Format::Json)?.line(&object::text(&object))?;
    Ok(code)
}

async fn answer(noun: &str, verb: &str, arguments: &ArgMatches) -> Result<Outcome, Failure> {
    check(noun, verb, arguments)?;
    // Where a flag describes what is made or chosen, it is no flag of this call.
    let flags = match (noun, verb) {
        ("account", "add" | "login") | ("target", "add") => SessionFlags::default(),
        ("project" | "workspace", "use") => SessionFlags { project: None, workspace: None, ..session_flags(arguments) },
        _ => session_flags(arguments),
    };
    let mut call = Call::prepare(arguments, &flags)?;
    let call = &mut call;
    match (noun, verb) {
        ("account", "login") => return log_in(call).await,
        ("session", _) => session(call).await,
        ("account", "add") => add_account(call).await,
        ("account", "use") => apply(call, Method::POST, &fill(ACCOUNT_USE, &call.required("name")), None).await,
        ("account", "test") => test(call).await,
        ("account", _) => accounts(call).await,
        ("project", "use") => use_project(call).await,
        ("project", _) => projects(call).await,
        ("workspace", "use") => {
            let patch = SessionPatch { workspace: call.number("id"), ..SessionPatch::default() };
            apply(call, Method::PATCH, SESSION, Some(patch)).await
        }
        ("workspace", _) => workspaces(call).await,
        ("target", "add") => add_target(call).await,
        ("target", "use") => apply(call, Method::POST, &fill(TARGET_USE, &call.required("name")), None).await,
        ("target", _) => targets(call).await,
        _ => bridge(call).await,
    }
    .map(Outcome::Object)
}

async fn session(call: &mut Call<'_>) -> Result<Value, Failure> {
    let session = call.get::<SessionBody>(SESSION).await?;
    let shown = session
        .account
        .as_ref()
        .map(|account| json!({"name": account.name, "type": account.r#type, "region": account.region}));
    Ok(match (session.state, &session.account, shown) {
        (SessionState::NeedsProject, _, Some(shown)) => object::needs_project(&shown),
        (SessionState::Ok, Some(account), Some(shown)) => {
            let of = |source: Option<&Source>| source.map_or("unset", decider);
            let (project, workspace) = (session.project.as_ref(), session.workspace.as_ref());
            object::ok(json!({
                "account": shown,
                "project": project.map(|project| json!({"id": project.id})),
                "workspace": workspace.map(|workspace| json!({"id": workspace.id})),
                "user": session.user.as_ref().map(|user| json!({"id": user.id, "email": user.email})),
                "source": {
                    "account": decider(&account.source),
                    "project": of(project.map(|project| &project.source)),
                    "workspace": of(workspace.map(|workspace| &workspace.source)),
                },
            }))
        }
        _ => {
            if let Some(account) = session.account.filter(|_| !call.quiet) {
                report::say(&format!("The active account '{}' is not configured.", account.name.escape_debug()));
            }
            object::needs_account()
        }
    })
}

/// The contract has three words for who decided. Whatever the caller of this one call said counts as `env`: a variable, or a flag,
/// which the helper of the Python tool did not have.
fn decider(source: &Source) -> &'static str {
    match source.kind {
        SourceKind::Env | SourceKind::Param | SourceKind::Target => "env",
        SourceKind::Bridge => "bridge",
        SourceKind::Config => "config",
    }
}

async fn accounts(call: &mut Call<'_>) -> Result<Value, Failure> {
    let accounts = call.get::<AccountsBody>(ACCOUNTS).await?.accounts;
    let items: Vec<Value> = accounts.iter().map(account::record).collect();
    Ok(object::ok(if items.is_empty() {
        json!({"items": items, "next": object::account_steps()})
    } else {
        json!({"items": items})
    }))
}

async fn add_account(call: &mut Call<'_>) -> Result<Value, Failure> {
    let account = added::from_stdin()?;
    let answer = call.daemon.call::<AccountBody>(Method::POST, ACCOUNTS, Some(&account)).await?;
    Ok(object::ok(json!({"added": account::record(&call.body(answer).account)})))
}

/// Asks for a change of what is persisted, and shows what is now.
async fn apply(call: &mut Call<'_>, method: Method, path: &str, patch: Option<SessionPatch>) -> Result<Value, Failure> {
    let answer = call.daemon.call::<ActiveBody>(method, path, patch.as_ref()).await?;
    Ok(active(&call.body(answer)))
}

fn active(body: &ActiveBody) -> Value {
    object::ok(json!({
        "active": {"account": body.account, "project": body.project, "workspace": body.workspace},
    }))
}

/// The project may become that of another account than the active one: then that account is shown, with nothing pinned.
async fn use_project(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.required("id");
    let patch = SessionPatch { project: Some(id.clone()), ..SessionPatch::default() };
    let answer = call.daemon.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    let body = call.body(answer);
    let told = call.text("account").or_else(|| call.environment.get("MP_ACCOUNT").map(str::to_owned));
    Ok(match told.filter(|told| body.account.as_ref() != Some(told)) {
        Some(account) => object::ok(json!({"active": {"account": account, "project": id, "workspace": null}})),
        None => active(&body),
    })
}

/// A refusal is an answer, and so is an account that does not exist.
async fn test(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let name = call.required("name");
    let result = match call.daemon.call::<TestBody>(Method::POST, &fill(ACCOUNT_TEST, &name), None::<&()>).await {
        Ok(answer) => account_test::record(&call.body(answer)),
        Err(failure) if failure.kind == FailureKind::AccountNotFound => account_test::record(&TestBody {
            account_name: name,
            ok: false,
            user: None,
            accessible_project_count: None,
            problem: Some(failure.to_body()),
        }),
        Err(failure) => return Err(failure),
    };
    Ok(object::ok(json!({"result": result})))
}

async fn log_in(call: &mut Call<'_>) -> Result<Outcome, Failure> {
    let Some((login, result)) = login::follow_again(call).await? else { return Ok(Outcome::Interrupted) };
    Ok(Outcome::Object(object::ok(json!({"logged_in_as": logged_in(&login, &result)}))))
}

fn logged_in(login: &LoginBody, result: &LoginResult) -> Value {
    json!({
        "name": login.account,
        "user": login::user(result),
        "expires_at": result.expires_at.map(offset),
    })
}

/// A time as the helper of the Python tool writes it: with an offset, and with microseconds if there are some.
fn offset(time: Timestamp) -> String {
    let micros = time.subsec_nanosecond() / 1000;
    let text = if micros == 0 { format!("{time:.0}") } else { format!("{time:.6}") };
    format!("{}+00:00", text.trim_end_matches('Z'))
}

/// Works without a project, for it is how one is found.
async fn projects(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let session = call.daemon.get::<SessionBody>(SESSION).await?.body;
    let resolved = session.project.map(|project| project.id);
    let rows = call.get::<ProjectsBody>(PROJECTS).await?.projects;
    let item = |row: &mp_proto::wire::ProjectRow| {
        json!({
            "id": row.id, "name": row.name, "organization_id": row.organization_id,
            "is_active": resolved.as_ref() == Some(&row.id),
        })
    };
    Ok(object::ok(json!({"items": rows.iter().map(item).collect::<Vec<_>>()})))
}

async fn workspaces(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let session = call.daemon.get::<SessionBody>(SESSION).await?.body;
    let resolved = session.workspace.map(|workspace| workspace.id);
    let body = call.get::<WorkspacesBody>(WORKSPACES).await?;
    let item = |row: &mp_proto::wire::WorkspaceRow| {
        json!({
            "id": row.id, "name": row.name, "is_default": row.is_default, "is_active": resolved == Some(row.id),
        })
    };
    Ok(object::ok(json!({
        "project": {"id": body.project, "name": null},
        "items": body.workspaces.iter().map(item).collect::<Vec<_>>(),
    })))
}

async fn targets(call: &mut Call<'_>) -> Result<Value, Failure> {
    let targets = call.get::<TargetsBody>(TARGETS).await?.targets;
    Ok(object::ok(json!({"items": targets.iter().map(target::record).collect::<Vec<_>>()})))
}

async fn add_target(call: &mut Call<'_>) -> Result<Value, Failure> {
    let target: TargetAdd = target::read_add(call);
    let answer = call.daemon.call::<TargetBody>(Method::POST, TARGETS, Some(&target)).await?;
    Ok(object::ok(json!({"added": target::record(&call.body(answer))})))
}

async fn bridge(call: &mut Call<'_>) -> Result<Value, Failure> {
    let body = call.get::<BridgeBody>(BRIDGE).await?;
    Ok(object::ok(json!({"bridge": body.bridge})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_its_offset() {
        let written = |text: &str| offset(text.parse().expect("a time"));
        assert_eq!(written("2026-11-23T04:38:01.567282Z"), "2026-11-23T04:38:01.567282+00:00");
        assert_eq!(written("2026-11-23T04:38:01.5Z"), "2026-11-23T04:38:01.500000+00:00");
        assert_eq!(written("2026-11-23T04:38:01.0000004Z"), "2026-11-23T04:38:01+00:00");
    }

    #[test]
    fn who_decided_has_the_words_of_the_contract() {
        use SourceKind::{Bridge, Config, Env, Param, Target};
        let words = [Env, Param, Target, Bridge, Config].map(|kind| decider(&Source { kind, at: String::new() }));
        assert_eq!(words, ["env", "env", "env", "bridge", "config"]);
    }
}
