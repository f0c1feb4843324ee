//! `GET /v1/session` resolves, `PATCH /v1/session` persists.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, ProjectId};
use mp_proto::wire::{
    ActiveBody, SessionAccount, SessionBody, SessionHeader, SessionPatch, SessionProject, SessionState, SessionUser,
    SessionWorkspace,
};

use crate::config::edit::Change;
use crate::config::snapshot::Snapshot;
use crate::config::steps;
use crate::identity::bridge::{Bridge, FoundBridge};
use crate::me::cache::Me;
use crate::memo::{self, Ingredients, Rendered};
use crate::resolve::{Origin, Resolved, account_flag, resolve};
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody};
use crate::server::reply::{self, Answer};
use crate::store::ConfigFile;

/// `GET /v1/session`.
pub(crate) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let snapshot = pin(&app, &caller)?;
    let context = &caller.0;
    let found = find_bridge(&app, context)?;
    // A file that was passed over is named in each answer, so such an answer is made each time.
    let plain = found.passed_over.is_none() && memo::is_plain(context);
    let me = if plain { me_of_plain(&app, &snapshot, found.bridge.as_deref()) } else { None };
    let ingredients = Ingredients { snapshot, bridge: found.bridge, me };
    if plain && let Some(known) = app.sessions.get(context, &ingredients) {
        return Ok(reply::rendered(known.body, &known.notes));
    }
    let (snapshot, bridge) = (&ingredients.snapshot, ingredients.bridge.as_deref());
    let mut resolved = resolve(&snapshot.config, &snapshot.path, bridge, context)?;
    resolved.notes.extend(found.passed_over.map(|why| why.escape_default().to_string()));
    let me = if plain { ingredients.me.clone() } else { me_of(&app, &resolved) };
    let body = describe(me.as_deref(), snapshot.revision, resolved);
    let rendered = Rendered { body: reply::to_json(&body)?.into(), notes: body.notes };
    if plain {
        app.sessions.keep(context, ingredients, rendered.clone());
    }
    Ok(reply::rendered(rendered.body, &rendered.notes))
}

/// Returns the cached `/me` of the account that a plain context resolves to: the bridge's, else the active one.
fn me_of_plain(app: &App, snapshot: &Snapshot, bridge: Option<&Bridge>) -> Option<Arc<Me>> {
    let active = || {
        let name = &snapshot.config.active.account.as_ref()?.value;
        snapshot.config.accounts.get(name.as_str()).map(|account| &account.name)
    };
    let name = bridge.map(|bridge| &bridge.account.name).or_else(active)?;
    app.me.load(&app.paths, name, &*app.clock)
}

/// A cache is kept by the name in the config; an account of the environment is whoever it is today.
fn me_of(app: &App, resolved: &Resolved) -> Option<Arc<Me>> {
    let account =
        resolved.account.as_ref().filter(|account| matches!(account.origin, Origin::Config | Origin::Bridge))?;
    let name = AccountName::parse(&account.name).ok()?;
    app.me.load(&app.paths, &name, &*app.clock)
}

/// `GET /v1/session/persisted`.
pub(crate) async fn persisted(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    reply::ok(&active_body(&*pin(&app, &caller)?))
}

/// Returns the config file that a caller means.
///
/// # Errors
/// When `MP_CONFIG_PATH` is relative and the caller did not tell its directory.
pub(crate) fn config_file(app: &App, caller: &Caller) -> Result<Arc<ConfigFile>, Failure> {
    let named = match caller.0.env.get("MP_CONFIG_PATH") {
        Some(path) => Some(caller.path(path, "MP_CONFIG_PATH")?),
        None => None,
    };
    Ok(app.store.file(named.as_deref()))
}

/// Pins the snapshot of a caller's config.
///
/// # Errors
/// When the file cannot be used at all.
pub(crate) fn pin(app: &App, caller: &Caller) -> Result<Arc<Snapshot>, Failure> {
    let file = config_file(app, caller)?;
    let snapshot = app.store.look(&file);
    snapshot.check()?;
    Ok(snapshot)
}

/// Returns the bridge that a context finds.
///
/// # Errors
/// When the first one that exists cannot be used.
pub(crate) fn find_bridge(app: &App, context: &Context) -> Result<FoundBridge, Failure> {
    Ok(app.bridges.find(&app.paths, context, &*app.clock)?)
}

fn describe(me: Option<&Me>, revision: u64, resolved: Resolved) -> SessionBody {
    let state = match (&resolved.account, &resolved.project) {
        (Some(account), _) if account.r#type.is_none() => SessionState::NeedsAccount,
        (None, _) => SessionState::NeedsAccount,
        (Some(_), None) => SessionState::NeedsProject,
        (Some(_), Some(_)) => SessionState::Ok,
    };
    let next = match state {
        SessionState::Ok => Vec::new(),
        SessionState::NeedsAccount => steps::add_account(),
        SessionState::NeedsProject => steps::choose_project(),
    };
    SessionBody {
        state,
        user: me.map(|me| SessionUser { id: me.user_id, email: me.user_email.clone() }),
        me_cached: me.is_some(),
        project: resolved.project.map(|axis| project(axis.value, axis.source, me)),
        workspace: resolved.workspace.map(|axis| SessionWorkspace {
            id: axis.value,
            name: me.and_then(|me| me.workspace_name(axis.value)),
            source: axis.source,
        }),
        account: resolved.account.map(|account| SessionAccount {
            name: account.name,
            r#type: account.r#type,
            region: account.region,
            source: account.source,
        }),
        headers: resolved
            .headers
            .into_iter()
            .map(|header| SessionHeader { name: header.name, source: header.source })
            .collect(),
        notes: resolved.notes,
        next,
        revision,
    }
}

fn project(id: ProjectId, source: mp_proto::wire::Source, me: Option<&Me>) -> SessionProject {
    SessionProject {
        name: me.and_then(|me| me.project_name(&id)),
        organization: me.and_then(|me| me.organization_name(&id)),
        id,
        source,
    }
}

/// `PATCH /v1/session`.
pub(crate) async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(patch): JsonBody<SessionPatch>,
) -> Answer {
    let account = account_flag(&caller.0).map(|(name, _)| name.to_owned());
    apply(&app, &caller, Change::of_patch(patch, account)?).await
}

/// Applies a change to the caller's config file and answers with what is persisted now.
pub(crate) async fn apply(app: &Arc<App>, caller: &Caller, change: Change) -> Answer {
    let file = config_file(app, caller)?;
    let (snapshot, _) = edit(app, file, change).await?;
    reply::ok(&active_body(&snapshot))
}

/// Edits a config file in a task of its own: a caller that leaves does not stop an edit half-way.
///
/// # Errors
/// Those of the edit.
pub(crate) async fn edit(
    app: &Arc<App>,
    file: Arc<ConfigFile>,
    change: Change,
) -> Result<(Arc<Snapshot>, crate::config::edit::Edited), Failure> {
    let owner = Arc::clone(app);
    blocking(app, move || owner.store.edit(&file, &change)).await
}

/// Runs what waits for the disk on a thread of its own, to its end.
///
/// # Errors
/// Those of the work.
pub(crate) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = app.tasks.spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::new(FailureKind::Internal, "the daemon made an error; its log says more")))
}

/// Returns what a snapshot persists.
pub(crate) fn active_body(snapshot: &Snapshot) -> ActiveBody {
    let active = snapshot.persisted();
    ActiveBody {
        account: active.account,
        project: active.project,
        workspace: active.workspace,
        revision: snapshot.revision,
    }
}
