//! `GET /v1/session` resolves, `PATCH /v1/session` persists.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::context::Context;
use mp_proto::ids::ProjectId;
use mp_proto::wire::{
    ActiveBody, SessionAccount, SessionBody, SessionHeader, SessionPatch, SessionProject, SessionState, SessionUser,
    SessionWorkspace,
};

use crate::config::edit::Change;
use crate::config::snapshot::Snapshot;
use crate::config::steps;
use crate::me::user::Me;
use crate::memo::Rendered;
use crate::resolve::{Origin, Resolved, account_flag, account_of, resolve};
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody};
use crate::server::in_force::{self, Stored};
use crate::server::reply::{self, Answer};
use crate::session::memo::{Ingredients, is_plain};
use crate::session::open;

/// `GET /v1/session`.
pub(crate) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    resolved(&app, &caller.0)
}

/// Returns the session of a context.
pub(crate) fn resolved(app: &App, context: &Context) -> Answer {
    let pinned = app.sessions.pin(context)?;
    let found = app.sessions.bridge(&pinned.snapshot.config, context)?;
    // A file that was passed over is named in each answer, so such an answer is made each time.
    let plain = found.passed_over.is_none() && is_plain(context);
    let account = account_of(&pinned.snapshot.config, found.bridge.as_deref(), context);
    let me = account.and_then(|account| match (account.origin, account.definition) {
        (Origin::Config, Some(account)) => app.users.in_file(&account.name),
        (Origin::Bridge, _) => app.users.known(&open(&pinned, found.bridge.as_ref(), context).ok()?),
        // An account of the environment is whoever it is today.
        _ => None,
    });
    let ingredients = Ingredients { snapshot: pinned.snapshot, bridge: found.bridge };
    if plain && let Some(known) = app.memo.get(context, &ingredients, me.as_ref()) {
        return Ok(reply::rendered(known.body, &known.notes));
    }
    let (snapshot, bridge) = (&ingredients.snapshot, ingredients.bridge.as_deref());
    let mut resolved = resolve(&snapshot.config, &snapshot.path, bridge, context)?;
    resolved.notes.extend(found.passed_over);
    let body = describe(me.as_deref(), snapshot.revision, resolved);
    let rendered = Rendered { body: reply::to_json(&body)?.into(), notes: body.notes };
    if plain {
        app.memo.keep(context, ingredients, me, rendered.clone());
    }
    Ok(reply::rendered(rendered.body, &rendered.notes))
}

/// `GET /v1/session/persisted`.
pub(crate) async fn persisted(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    reply::ok(&active_body(&app.sessions.pin(&caller.0)?.snapshot))
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

/// Applies a change to the caller's config file and answers with what is persisted now; beside it, what of the change is not in force.
pub(crate) async fn apply(app: &Arc<App>, caller: &Caller, change: Change) -> Answer {
    let file = app.sessions.file(&caller.0)?;
    let (snapshot, _) = app.store.change(&app.life, file, change.clone()).await?;
    let notes = in_force::notes(app, &caller.0, &Stored::by(&change, &snapshot));
    reply::ok_with_notes(&active_body(&snapshot), &notes)
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
