//! The catalog: its list, and one route that runs any of its rows.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use hyper::HeaderMap;
use hyper::body::Body as _;
use hyper::header::{AGE, HeaderValue};
use mp_catalog::{Bound, Kind, Operation, OperationCall, OperationRow, OperationsBody, all, bind, find};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::routes::{OPERATION_UPLOAD, OPERATIONS};
use parking_lot::Mutex;
use serde_json::json;
use tokio::time::timeout;

use crate::call::wait::measured;
use crate::notes;
use crate::operation::call::{Ran, Run, Upload};
use crate::operation::dispatch;
use crate::operation::question::Question;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Name, Parameters};
use crate::server::days;
use crate::server::lines;
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};
use crate::session::Session;

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
    answer(&app, &id, &caller, peer, &headers, call, None).await
}

/// Arguments beside a file.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Beside {
    arguments: Option<String>,
}

/// `POST /v1/operations/{name}/upload`.
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    Name(id): Name,
    Parameters(beside): Parameters<Beside>,
    caller: Caller,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let wrong = |detail: &str| Failure::new(FailureKind::InvalidArgument, detail);
    let arguments = serde_json::from_str(beside.arguments.as_deref().unwrap_or("{}"))
        .map_err(|_| wrong("arguments= in the query is not a JSON object"))?;
    let length = body.size_hint().exact().ok_or_else(|| wrong("a file must say its length (Content-Length)"))?;
    let body = reqwest::Body::wrap_stream(body.into_data_stream());
    let file = Upload { body: Mutex::new(Some(body)), length };
    let call = OperationCall { arguments, ..OperationCall::default() };
    answer(&app, &id, &caller, peer, &headers, call, Some(file)).await
}

/// Longest wait for what is said of a refusal beside it.
const PROJECTS_WITHIN: Duration = Duration::from_secs(5);

/// Most projects that are named.
const MOST_PROJECTS: usize = 10;

/// Adds to the refusal of a project which projects the account can see, if that is not among them.
async fn with_projects(app: &Arc<App>, session: &Session, mut failure: Failure) -> Failure {
    let is_refused = failure.kind == FailureKind::UpstreamRefused
        && failure.upstream.as_ref().is_some_and(|said| said.status == 403);
    let Some(project) = session.project.as_ref().filter(|_| is_refused) else { return failure };
    let known = timeout(PROJECTS_WITHIN, app.users.of_session(session, false)).await;
    let Ok(Ok(me)) = known else { return failure.next("mp project list", "see the projects of the account") };
    let projects = me.projects();
    if projects.iter().any(|one| one.id == *project) {
        return failure;
    }
    let named: Vec<String> =
        projects.iter().take(MOST_PROJECTS).map(|one| format!("{} ({})", one.id, one.name.escape_debug())).collect();
    let more = if projects.len() > named.len() { ", …" } else { "" };
    let seen = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
    failure.detail =
        format!("{}. Project {project} is none that the account can see; those are: {seen}{more}", failure.detail);
    failure.next("mp project list", "see the projects of the account")
}

async fn answer(
    app: &Arc<App>,
    id: &str,
    caller: &Caller,
    peer: Peer,
    headers: &HeaderMap,
    mut call: OperationCall,
    upload: Option<Upload>,
) -> Answer {
    let operation = find(id).ok_or_else(|| {
        let detail = format!("there is no operation '{}'; GET {OPERATIONS} lists them", id.escape_debug());
        Failure::new(FailureKind::RouteNotFound, detail)
    })?;
    days::resolve(app, caller, operation, &mut call.arguments).await?;
    let bound = bound(operation, &call, upload.is_some())?;
    bound.notes.iter().for_each(|note| notes::add(note));
    // Both are on this machine, so its time zone is the caller's, unless that says which day it is.
    let today = app.clock.now().to_zoned(jiff::tz::TimeZone::system()).date();
    let question = Question::of(operation, &call, today)?;
    if let Some(question) = question.as_ref().filter(|_| call.dry_run) {
        question.built.warnings.iter().for_each(|warning| notes::add(&format!("{}: {}", warning.at, warning.detail)));
        return reply::ok(&json!({"params": question.built.params}));
    }
    let session = app.sessions.open(&caller.0)?;
    let run = Run {
        operations: &app.operations,
        session: &session,
        operation,
        arguments: &call.arguments,
        bound,
        refresh: call.refresh,
        cached: call.cached,
        once: call.once,
        is_paced: call.paced,
        pages: call.pages.as_ref(),
        strict: call.strict,
        tool: peer.tool(),
        upload,
        question,
    };
    let (ran, waited) = measured(dispatch::run(run)).await;
    refuse_mended(id, call.strict)?;
    let ran = match ran {
        Ok(ran) => ran,
        Err(failure) => return Err(with_projects(app, &session, failure).await.into()),
    };
    let mut response = shown(ran, reply::takes_trailers(headers))?;
    reply::tell_wait(&mut response, waited, session.project.as_ref());
    Ok(response)
}

/// Answers with what an operation has brought.
fn shown(ran: Ran, takes_trailers: bool) -> Answer {
    Ok(match ran {
        Ran::Value(answered) => {
            let mut response = reply::ok_with_notes(&answered.value, &answered.notes)?;
            if let Some(age) = answered.age {
                response.headers_mut().insert(AGE, HeaderValue::from(age.as_secs()));
            }
            response
        }
        Ran::Lines(lines) => lines::answer(lines, takes_trailers),
        Ran::Bytes(parts) => reply::streamed("application/octet-stream", parts, takes_trailers),
    })
}

/// Binds the arguments of a call, and checks that the file that came along is wanted.
fn bound(operation: &'static Operation, call: &OperationCall, has_file: bool) -> Result<Bound, Failure> {
    let id = operation.id;
    let takes_file = operation.params.iter().find(|param| param.kind == Kind::File);
    let wrong = match takes_file {
        Some(file) if !has_file => {
            Some(Problem::new(file.name, format!("must be the body of a POST to {OPERATION_UPLOAD}")))
        }
        None if has_file => Some(Problem::new("body", format!("{id} takes no file"))),
        _ => None,
    };
    match (bind(operation, &call.arguments), wrong) {
        (Ok(bound), None) => Ok(bound),
        (bound, wrong) => {
            let problems = bound.err().into_iter().flatten().chain(wrong).collect();
            Err(Failure::new(FailureKind::InvalidArgument, format!("arguments of {id} are wrong")).errors(problems))
        }
    }
}

/// Refuses an answer that had to be mended, where that is wanted.
fn refuse_mended(id: &str, is_strict: bool) -> Result<(), Failure> {
    let note = if is_strict { notes::take_mended().note() } else { None };
    match note {
        None => Ok(()),
        Some(note) => {
            let detail = format!("{id} was answered with what --strict refuses: {note}");
            Err(Failure::new(FailureKind::UpstreamInvalid, detail))
        }
    }
}
