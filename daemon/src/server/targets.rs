//! The routes of targets.

use std::sync::Arc;

use axum::extract::State;
use hyper::StatusCode;
use mp_proto::ids::TargetName;
use mp_proto::wire::{TargetAdd, TargetBody, TargetRemoved, TargetsBody};

use crate::config::Target;
use crate::config::edit::Change;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Name};
use crate::server::reply::{self, Answer};
use crate::server::session::apply;

/// `GET /v1/targets`.
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    snapshot.check_all()?;
    let targets = snapshot.config.targets.values().map(body).collect();
    reply::ok(&TargetsBody { targets, revision: snapshot.revision })
}

/// `GET /v1/targets/{name}`.
pub(crate) async fn show(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    reply::ok(&body(snapshot.target(&name)?))
}

/// `POST /v1/targets`.
pub(crate) async fn add(State(app): State<Arc<App>>, caller: Caller, JsonBody(target): JsonBody<TargetAdd>) -> Answer {
    let name = target.name.clone();
    let (snapshot, _) = app.store.change(&app.life, app.sessions.file(&caller.0)?, Change::AddTarget(target)).await?;
    reply::with_status(StatusCode::CREATED, &body(snapshot.target(&name)?))
}

/// `DELETE /v1/targets/{name}`.
pub(crate) async fn remove(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let change = Change::RemoveTarget { name: name.clone() };
    let (snapshot, _) = app.store.change(&app.life, app.sessions.file(&caller.0)?, change).await?;
    let removed = TargetName::parse(&name).map_err(|_| snapshot.no_target(&name))?;
    reply::ok(&TargetRemoved { removed, revision: snapshot.revision })
}

/// `POST /v1/targets/{name}/use`.
pub(crate) async fn apply_target(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    apply(&app, &caller, Change::UseTarget { name }).await
}

fn body(target: &Target) -> TargetBody {
    TargetBody {
        name: target.name.clone(),
        account: target.account.clone(),
        project: target.project.clone(),
        workspace: target.workspace,
    }
}
