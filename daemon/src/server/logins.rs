//! The routes of logins. A login is not bound to a call: each of these only looks at it or says one thing to it.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use hyper::StatusCode;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::{LoginBody, LoginCallback, LoginChoice, LoginStart, LoginState, LoginsBody};

use crate::login::attempt::Login;
use crate::login::plan::plan;
use crate::login::redirect::pasted;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Name, Parameters};
use crate::server::in_force::{self, Stored};
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};
use crate::server::surroundings;

/// How long the start of a browser login waits for its URL: a registration has 15 s.
const READY: Duration = Duration::from_secs(20);

/// Longest wait for something new.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

/// How long a cancelled login may take to end: what is being stored is stored.
const ENDING: Duration = Duration::from_secs(10);

/// How to look at a login.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Look {
    wait_s: Option<u64>,
    after: Option<u64>,
}

/// `POST /v1/logins`: 201 for a new one, 200 for one that was open already.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    caller: Caller,
    JsonBody(start): JsonBody<LoginStart>,
) -> Answer {
    let file = app.sessions.file(&caller.0)?;
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let plan = plan(&start, &caller.0, &snapshot, file)?;
    let is_browser = plan.authorization.is_none();
    // Before anybody is sent to a browser for what could not be kept.
    app.secrets.ready().await?;
    let (login, is_new) = app.logins.begin(plan)?;
    let mut body = if is_browser { login.look(None, READY).await } else { login.body() };
    if !start.no_browser {
        body.open_url = login.take_open_url();
    }
    body.problem = body.problem.map(|problem| surroundings::explain_body(problem, peer));
    reply::with_status(if is_new { StatusCode::CREATED } else { StatusCode::OK }, &body)
}

/// `GET /v1/logins`.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Answer {
    reply::ok(&LoginsBody { logins: app.logins.all_open().iter().map(|login| login.body()).collect() })
}

/// `GET /v1/logins/{id}`. Whoever sees it done is told if calls from there use something else.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Name(id): Name,
    Parameters(look): Parameters<Look>,
    caller: Caller,
) -> Answer {
    let login = find(&app, &id)?;
    let patience = Duration::from_secs(look.wait_s.unwrap_or(0)).min(LONGEST_LOOK);
    let mut body = login.look(look.after, patience).await;
    body.problem = body.problem.map(|problem| surroundings::explain_body(problem, peer));
    let notes = in_force::notes(&app, &caller.0, &stored(&app, &caller, &body));
    reply::ok_with_notes(&body, &notes)
}

/// A login that is done has made its account the active one, but for an account that was logged in again.
fn stored(app: &App, caller: &Caller, login: &LoginBody) -> Stored {
    let active = app.sessions.pin(&caller.0).ok().and_then(|pinned| pinned.snapshot.persisted().account);
    let Some(result) = login.result.as_ref().filter(|_| login.state == LoginState::Done) else {
        return Stored::default();
    };
    match login.account.as_ref().map(ToString::to_string) {
        account if account == active => Stored { account, project: result.project.clone(), workspace: None },
        _ => Stored::default(),
    }
}

/// `POST /v1/logins/{id}/callback`.
pub(crate) async fn callback(
    State(app): State<Arc<App>>,
    Name(id): Name,
    JsonBody(callback): JsonBody<LoginCallback>,
) -> Answer {
    let login = find(&app, &id)?;
    let missing = || Failure::new(FailureKind::InvalidArgument, "`url` is missing: expected the pasted address");
    let url = callback.url.ok_or_else(missing)?;
    login.deliver(&pasted(url.expose()))?;
    reply::ok(&login.body())
}

/// `POST /v1/logins/{id}/project`.
pub(crate) async fn choose(
    State(app): State<Arc<App>>,
    Name(id): Name,
    JsonBody(choice): JsonBody<LoginChoice>,
) -> Answer {
    let login = find(&app, &id)?;
    login.choose(choice.project.trim())?;
    reply::ok(&login.body())
}

/// `DELETE /v1/logins/{id}`. One that has ended stays as it ended.
pub(crate) async fn cancel(State(app): State<Arc<App>>, Name(id): Name) -> Answer {
    let login = find(&app, &id)?;
    login.cancel();
    // No revision comes after this one, so only the end is news.
    reply::ok(&login.look(Some(u64::MAX), ENDING).await)
}

fn find(app: &App, id: &str) -> Result<Arc<Login>, Failure> {
    let unknown = || {
        let detail = "there is no such login; those that have ended are forgotten after ten minutes";
        Failure::new(FailureKind::LoginNotFound, detail).next("mp login --list", "see those that are open")
    };
    app.logins.find(id).ok_or_else(unknown)
}
