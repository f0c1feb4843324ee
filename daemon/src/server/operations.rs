//! The catalog: its list, and one route that runs any of its rows.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use hyper::HeaderMap;
use mp_proto::catalog::{OperationCall, OperationRow, OperationsBody, all, bind, find};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::OPERATIONS;

use crate::app::App;
use crate::server::call::{Caller, JsonBody, Name};
use crate::server::me::session;
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};
use crate::upstream::run::{self, Ran, Run};
use crate::upstream::waited::measured;

/// `GET /v1/operations`.
pub(crate) async fn list() -> Answer {
    reply::ok(&OperationsBody { operations: all().map(OperationRow::from).collect() })
}

/// `POST /v1/operations/{name}`.
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    Name(id): Name,
    caller: Caller,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
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
    let run = Run {
        app: &app,
        session: &session,
        operation,
        arguments: &call.arguments,
        bound,
        refresh: false,
        tool: peer.tool(),
    };
    let (ran, waited) = measured(run::run(run)).await;
    let mut response = match ran? {
        Ran::Value(value) => reply::ok_with_notes(&value, &session.notes)?,
        Ran::Lines(lines) => {
            reply::streamed("application/jsonl", lines, reply::takes_trailers(&headers), &session.notes)
        }
    };
    reply::tell_wait(&mut response, waited, session.project.as_ref());
    Ok(response)
}
