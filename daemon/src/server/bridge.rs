//! The routes of the bridge: a file that carries an account to another machine or container.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use hyper::StatusCode;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::wire::{
    AllowedBridge, BridgeAllow, BridgeAllowed, BridgeBody, BridgeExport, BridgeExported, BridgeRemoved, BridgesAllowed,
};
use tracing::info;

use crate::config::problem::unusable;
use crate::config::snapshot::Snapshot;
use crate::config::{Account, Credential, Scope};
use crate::files::read::read_credential;
use crate::files::replace;
use crate::identity::Holder;
use crate::identity::bridge::allowed::{AllowedFile, digest};
use crate::identity::bridge::{self, BridgeError, IN_CWD, Pins};
use crate::identity::registration::Registration;
use crate::identity::removal;
use crate::notes;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Parameters};
use crate::server::reply::{self, Answer};
use crate::session::needs_account;

/// Which file to remove.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Removal {
    at: Option<String>,
}

/// `GET /v1/bridge`.
pub(crate) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let pinned = app.sessions.pin(&caller.0)?;
    let found = app.sessions.bridge(&pinned.snapshot.config, &caller.0)?;
    reply::ok(&BridgeBody { bridge: found.bridge.map(|bridge| bridge.status()) })
}

/// `POST /v1/bridge`.
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<BridgeExport>,
) -> Answer {
    let shown = body.to.clone().unwrap_or_else(|| IN_CWD.to_owned());
    let path = caller.path(&shown, "--to")?;
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let account = chosen(&snapshot, body.account.as_deref())?;
    let pins = pins(&body)?;
    let tokens = match account.credential {
        Credential::OauthBrowser => {
            let tokens = app.keeper.tokens(&Holder::Account(account.name.clone(), account.region))?;
            let mut tokens = (*tokens).clone();
            if tokens.client_id.is_none() {
                // The other machine has no such file, and could not refresh.
                tokens.client_id = Registration::read(&app.paths, account.region).map(|known| known.client_id);
            }
            Some(tokens)
        }
        // What stands in the file in its place must not be carried away for a secret.
        Credential::Kept(ref kept) => return Err(kept.failure(account.name.as_str()).into()),
        _ => None,
    };
    let wrong = snapshot.config.problems_for(&Scope::Header);
    if let Some(failure) = unusable(&snapshot.path, &wrong) {
        return Err(failure.into());
    }
    let headers = snapshot.config.custom_header.as_ref().map(|header| header.value.clone());
    let text = bridge::export(account, tokens.as_ref(), &pins, headers.as_ref());
    let paths = app.paths.clone();
    app.life.blocking(move || Ok(replace::replace(&paths, &path, text.expose().as_bytes())?)).await?;
    if tokens.is_some() {
        notes::add(&format!(
            "the browser login of '{}' is in two places now: when Mixpanel replaces its refresh token, the place that comes second is \
             logged out, and the other one with it",
            account.name
        ));
    }
    reply::with_status(StatusCode::CREATED, &BridgeExported { path: shown })
}

fn chosen<'a>(snapshot: &'a Snapshot, name: Option<&str>) -> Result<&'a Arc<Account>, Failure> {
    match name.map(str::to_owned).or_else(|| snapshot.persisted().account) {
        Some(name) => snapshot.account(&name),
        None => Err(needs_account()),
    }
}

fn pins(body: &BridgeExport) -> Result<Pins, Failure> {
    let mut problems = Vec::new();
    let project = body.project.as_deref().and_then(|text| match ProjectId::parse(text) {
        Ok(id) => Some(id),
        Err(error) => {
            problems.push(Problem::new("--project", error.to_string()));
            None
        }
    });
    let workspace = body.workspace.and_then(|number| {
        let id = WorkspaceId::new(number);
        if id.is_none() {
            problems.push(Problem::new("--workspace", format!("{number} is not a positive integer")));
        }
        id
    });
    if problems.is_empty() {
        return Ok(Pins { project, workspace });
    }
    Err(Failure::new(FailureKind::InvalidValue, "the bridge was not written").errors(problems))
}

/// `DELETE /v1/bridge`.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Parameters(removal): Parameters<Removal>,
    caller: Caller,
) -> Answer {
    let path = match &removal.at {
        Some(at) => Some(caller.path(at, "--at")?),
        None => bridge::locate(&app.paths, &caller.0),
    };
    let Some(path) = path else { return reply::ok(&BridgeRemoved { removed: false, path: None }) };
    let (gone, paths) = (path.clone(), app.paths.clone());
    let remove = move || {
        let removed = removal::bridge(&gone)?;
        // Whatever will have this name next is not what was allowed.
        bridge::allowed::forbid(&paths, &gone)?;
        Ok(removed)
    };
    let removed = app.life.blocking(remove).await?;
    reply::ok(&BridgeRemoved { removed, path: removed.then(|| path.display().to_string()) })
}

/// `GET /v1/bridge/allowed`.
pub(crate) async fn list_allowed(State(app): State<Arc<App>>, _: Caller) -> Answer {
    let paths = app.paths.clone();
    let list = move || {
        let row = |file: AllowedFile| {
            let holds = read_credential(&file.path, paths.home()).ok().flatten().map(|(bytes, _)| digest(&bytes));
            let in_force = holds.as_ref() == Some(&file.sha256);
            AllowedBridge { path: file.path.display().to_string(), sha256: file.sha256, in_force }
        };
        Ok(bridge::allowed::allowed(&paths)?.into_iter().map(row).collect())
    };
    reply::ok(&BridgesAllowed { bridges: app.life.blocking(list).await? })
}

/// `POST /v1/bridge/allowed`.
pub(crate) async fn allow(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<BridgeAllow>,
) -> Answer {
    let (path, paths) = (beside(&caller, body.path.as_deref())?, app.paths.clone());
    let allow = move || {
        let missing = || {
            let detail = format!("there is no bridge file at {}", path.display());
            Failure::new(FailureKind::BridgeInvalid, detail)
        };
        let (bytes, _) = read_credential(&path, paths.home()).map_err(BridgeError::from)?.ok_or_else(missing)?;
        let bridge = bridge::parse(&path, &bytes)?;
        bridge::allowed::allow(&paths, &path, &digest(&bytes))?;
        Ok(bridge)
    };
    let bridge = app.life.blocking(allow).await?;
    info!(path = %bridge.path.display(), "a bridge file was allowed");
    let token_env = bridge.account.credential.token_env().map(str::to_owned);
    let headers = bridge.headers.keys().cloned().collect();
    let shown = bridge.status();
    reply::ok(&BridgeAllowed { path: shown.path, account: shown.account, token_env, headers })
}

/// `DELETE /v1/bridge/allowed`.
pub(crate) async fn forbid(
    State(app): State<Arc<App>>,
    Parameters(removal): Parameters<Removal>,
    caller: Caller,
) -> Answer {
    let (path, paths) = (beside(&caller, removal.at.as_deref())?, app.paths.clone());
    let shown = path.display().to_string();
    let removed = app.life.blocking(move || Ok(bridge::allowed::forbid(&paths, &path)?)).await?;
    reply::ok(&BridgeRemoved { removed, path: removed.then_some(shown) })
}

/// Returns the bridge file that a caller means, who may name its directory.
fn beside(caller: &Caller, given: Option<&str>) -> Result<PathBuf, Failure> {
    // Without the `.` of a directory that is not named.
    let mut path: PathBuf = caller.path(given.unwrap_or("."), "PATH")?.components().collect();
    if path.is_dir() {
        path = path.join(IN_CWD);
    }
    if path.file_name().is_some_and(|name| name == IN_CWD) {
        return Ok(path);
    }
    let detail = format!(
        "{} is not looked for: in a working directory, that is only {IN_CWD}; others are named by MP_AUTH_FILE",
        path.display()
    );
    Err(Failure::new(FailureKind::InvalidArgument, detail)
        .next("mp account allow-bridge", "allow the one in this directory"))
}
