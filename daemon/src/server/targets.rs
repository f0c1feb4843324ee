//! The routes of targets.

use std::sync::Arc;

use axum::extract::State;
use hyper::StatusCode;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::TargetName;
use mp_proto::wire::{TargetAdd, TargetBody, TargetRemoved, TargetsBody};

use crate::app::App;
use crate::config::edit::Change;
use crate::config::snapshot::Snapshot;
use crate::config::{Lookup, Target};
use crate::failure::{all_problems, target_not_found};
use crate::server::call::{Caller, JsonBody, Name};
use crate::server::reply::{self, Answer};
use crate::server::session::{apply, config_file, edit, pin};

/// `GET /v1/targets`.
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let snapshot = pin(&app, &caller)?;
    if let Some(failure) = all_problems(&snapshot) {
        return Err(failure.into());
    }
    let targets = snapshot.config.targets.values().map(body).collect();
    reply::ok(&TargetsBody { targets, revision: snapshot.revision })
}

/// `GET /v1/targets/{name}`.
pub(crate) async fn show(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let snapshot = pin(&app, &caller)?;
    reply::ok(&body(find(&snapshot, &name)?))
}

/// `POST /v1/targets`.
pub(crate) async fn add(State(app): State<Arc<App>>, caller: Caller, JsonBody(target): JsonBody<TargetAdd>) -> Answer {
    let name = target.name.clone();
    let (snapshot, _) = edit(&app, config_file(&app, &caller)?, Change::AddTarget(target)).await?;
    reply::with_status(StatusCode::CREATED, &body(find(&snapshot, &name)?))
}

/// `DELETE /v1/targets/{name}`.
pub(crate) async fn remove(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let change = Change::RemoveTarget { name: name.clone() };
    let (snapshot, _) = edit(&app, config_file(&app, &caller)?, change).await?;
    let removed = TargetName::parse(&name).map_err(|_| target_not_found(&name, &snapshot))?;
    reply::ok(&TargetRemoved { removed, revision: snapshot.revision })
}

/// `POST /v1/targets/{name}/use`.
pub(crate) async fn apply_target(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    apply(&app, &caller, Change::UseTarget { name }).await
}

fn find<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a Target, Failure> {
    match snapshot.config.target(name) {
        Lookup::Found(target) => Ok(target),
        Lookup::Invalid(problems) => {
            let detail = format!("target '{name}' is not usable as it stands in {}", snapshot.path.display());
            Err(Failure::new(FailureKind::ConfigInvalid, detail)
                .errors(snapshot.config.tell(&problems, &snapshot.path)))
        }
        Lookup::Missing => Err(target_not_found(name, snapshot)),
    }
}

fn body(target: &Target) -> TargetBody {
    TargetBody {
        name: target.name.clone(),
        account: target.account.clone(),
        project: target.project.clone(),
        workspace: target.workspace,
    }
}
