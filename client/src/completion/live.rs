//! Values that the daemon knows: accounts, targets, projects and workspaces. They come from its files and caches; Mixpanel is not asked,
//! no browser is opened, and a slow daemon is not waited for.

use std::path::Path;
use std::time::Duration;

use hyper::Method;
use mp_proto::routes::{ACCOUNTS, OPERATION, PROJECTS, TARGETS, WORKSPACES, fill};
use mp_proto::wire::{AccountsBody, ProjectsBody, TargetsBody, WorkspacesBody};
use serde_json::{Value, json};

use crate::api::{Connection, Options};
use crate::caller::{Environment, SessionFlags, context, directory};
use crate::command::Values;
use crate::place::Place;

/// Somebody has pressed Tab and waits. An answer takes a few milliseconds; one that takes longer than this is not waited for.
const PATIENCE: Duration = Duration::from_millis(250);

/// A word, and what it means.
pub(super) type Word = (String, String);

/// Asks the daemon; no values when it cannot tell.
pub(super) fn ask(values: Values, before: &[String]) -> Vec<Word> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    let known = runtime.block_on(async { tokio::time::timeout(PATIENCE, known(values, before)).await });
    known.ok().flatten().unwrap_or_default()
}

async fn known(values: Values, before: &[String]) -> Option<Vec<Word>> {
    let mut daemon = connection(values, before)?;
    Some(match values {
        Values::Accounts => {
            let body = daemon.get::<AccountsBody>(ACCOUNTS).await.ok()?.body;
            let help = |active| if active { ", active" } else { "" };
            let word = |account: mp_proto::wire::AccountSummary| {
                (account.name.to_string(), format!("{}, {}{}", account.r#type, account.region, help(account.is_active)))
            };
            body.accounts.into_iter().map(word).collect()
        }
        Values::Targets => {
            let body = daemon.get::<TargetsBody>(TARGETS).await.ok()?.body;
            let word = |target: mp_proto::wire::TargetBody| {
                (target.name.to_string(), format!("{}, project {}", target.account, target.project))
            };
            body.targets.into_iter().map(word).collect()
        }
        Values::Projects => {
            let body = daemon.get::<ProjectsBody>(&format!("{PROJECTS}?cached=true")).await.ok()?.body;
            body.projects.into_iter().map(|project| (project.id.to_string(), project.name)).collect()
        }
        Values::Groups => return None,
        Values::Events => names(&mut daemon, "inspect.events", json!({})).await?,
        Values::Properties => names(&mut daemon, "inspect.properties", json!({"event": event(before)?})).await?,
        Values::Workspaces => {
            let body = daemon.get::<WorkspacesBody>(&format!("{WORKSPACES}?cached=true")).await.ok()?.body;
            body.workspaces.into_iter().map(|workspace| (workspace.id.to_string(), workspace.name)).collect()
        }
    })
}

/// Returns the names that an operation has answered with, if its answer is kept.
async fn names(daemon: &mut Connection, id: &str, arguments: Value) -> Option<Vec<Word>> {
    let asked = json!({"arguments": arguments, "cached": true});
    let answer = daemon.call::<Vec<Value>>(Method::POST, &fill(OPERATION, id), Some(&asked)).await.ok()?.body;
    let name = |entry: &Value| Some(entry.as_str().or_else(|| entry.get("name")?.as_str())?.to_owned());
    Some(answer.iter().filter_map(name).map(|name| (name, String::new())).collect())
}

/// Returns the event that a command line is about: the first that was typed.
fn event(before: &[String]) -> Option<&str> {
    let given = before.iter().position(|word| word == "-e" || word == "--event");
    let first = given.map(|at| at + 1).or_else(|| Some(before.iter().position(|word| word == "ask")? + 2));
    let event = before.get(first?)?.as_str();
    // It may have its own measure behind it.
    let measured = event.rsplit_once(':').filter(|(_, behind)| !behind.starts_with(' '));
    Some(measured.map_or(event, |(event, _)| event)).filter(|event| !event.starts_with('-'))
}

/// Returns a connection with those flags of the command line that decide what the values belong to.
fn connection(values: Values, before: &[String]) -> Option<Connection> {
    let environment = Environment::of_this_process();
    let given = |long: &str, short: &str| {
        let at = before.iter().rposition(|word| word == long || word == short);
        let attached = before.iter().rev().find_map(|word| word.strip_prefix(long)?.strip_prefix('='));
        attached.map(str::to_owned).or_else(|| before.get(at? + 1).cloned())
    };
    let about_names = matches!(values, Values::Events | Values::Properties);
    let about_projects = about_names || matches!(values, Values::Projects | Values::Workspaces);
    let flags = SessionFlags {
        account: given("--account", "-a").filter(|_| about_projects),
        project: given("--project", "-p").filter(|_| about_names || values == Values::Workspaces),
        ..SessionFlags::default()
    };
    let socket = given("--socket", "--socket");
    let place = Place::find(socket.as_deref().map(Path::new), true, &environment).ok()?;
    let context = context(&flags, &environment, directory().as_deref()).ok()?;
    Some(Connection::new(Options {
        place,
        context,
        environment,
        deadline: PATIENCE,
        observer: None,
        build: None,
        told: None,
        waits: None,
        call: None,
        preference: None,
        tool: None,
    }))
}
