//! The catalog: its list, and one route that runs any of its rows.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::catalog::{OperationCall, OperationRow, OperationsBody, all, bind, find};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::OPERATIONS;

use crate::app::App;
use crate::server::call::{Caller, JsonBody, Name};
use crate::server::me::session;
use crate::server::reply::{self, Answer};
use crate::upstream::build::build;
use crate::upstream::decode::results;
use crate::upstream::send::send;

/// `GET /v1/operations`.
pub(crate) async fn list() -> Answer {
    reply::ok(&OperationsBody { operations: all().map(OperationRow::from).collect() })
}

/// `POST /v1/operations/{name}`.
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    Name(id): Name,
    caller: Caller,
    JsonBody(call): JsonBody<OperationCall>,
) -> Answer {
    let operation = find(&id).ok_or_else(|| {
        let detail = format!("there is no operation '{}'; GET {OPERATIONS} lists them", id.escape_debug());
        Failure::new(FailureKind::RouteNotFound, detail)
    })?;
    let bound = bind(operation, &call.arguments).map_err(|problems| {
        Failure::new(FailureKind::InvalidArgument, format!("arguments of {id} are wrong")).errors(problems)
    })?;
    let session = session(&app, &caller)?;
    let request = build(operation, bound, &session)?;
    let answer = results(send(&app, &session.identity, &request).await?);
    let answer = operation.reply.take(answer).ok_or_else(|| {
        let name = &session.identity.name;
        let detail = format!("{id} as account '{name}' was answered with something else than expected");
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    })?;
    reply::ok_with_notes(&answer, &session.notes)
}
