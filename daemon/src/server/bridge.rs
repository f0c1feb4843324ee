//! The routes of the bridge: a file that carries an account to another machine or container.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use hyper::StatusCode;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::wire::{BridgeBody, BridgeExport, BridgeExported, BridgeRemoved};

use crate::config::snapshot::Snapshot;
use crate::config::{Account, Credential};
use crate::files::replace;
use crate::identity::Holder;
use crate::identity::bridge::{self, Pins};
use crate::identity::registration::Registration;
use crate::identity::removal;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Parameters};
use crate::server::reply::{self, Answer};
use crate::session::needs_account;

/// Where an export goes when nobody says where.
const DEFAULT_NAME: &str = "mixpanel_auth.json";

/// Which file to remove.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Removal {
    at: Option<String>,
}

/// `GET /v1/bridge`.
pub(crate) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let found = app.sessions.bridge(&caller.0)?;
    let notes: Vec<String> = found.passed_over.iter().map(|why| why.escape_default().to_string()).collect();
    reply::ok_with_notes(&BridgeBody { bridge: found.bridge.map(|bridge| bridge.status()) }, &notes)
}

/// `POST /v1/bridge`.
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<BridgeExport>,
) -> Answer {
    let shown = body.to.clone().unwrap_or_else(|| DEFAULT_NAME.to_owned());
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
        _ => None,
    };
    let headers = snapshot.config.custom_header.as_ref().map(|header| header.value.clone());
    let text = bridge::export(account, tokens.as_ref(), &pins, headers.as_ref());
    let paths = app.paths.clone();
    app.life.blocking(move || Ok(replace::replace(&paths, &path, text.expose().as_bytes())?)).await?;
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
    refuse_directory(&path)?;
    let gone: PathBuf = path.clone();
    let removed = app.life.blocking(move || Ok(removal::tokens(&gone)?)).await?;
    reply::ok(&BridgeRemoved { removed, path: removed.then(|| path.display().to_string()) })
}

fn refuse_directory(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        let detail = format!("{} is a directory, not a bridge file", path.display());
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    Ok(())
}
