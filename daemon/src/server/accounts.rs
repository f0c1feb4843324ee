//! The routes of accounts.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use hyper::HeaderMap;
use hyper::http::request::Parts;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, AccountType};
use mp_proto::wire::{
    AccountAdd, AccountBody, AccountRemoved, AccountSummary, AccountUpdate, AccountsBody, LogoutBody, RefreshBody,
    RefreshRequest, TokenBody, TokenRequest,
};
use tracing::info;

use crate::call::MIN_VALID_S;
use crate::config::Account;
use crate::config::edit::Change;
use crate::config::snapshot::Snapshot;
use crate::files::looks;
use crate::identity::Holder;
use crate::identity::removal;
use crate::keeper::AtRisk;
use crate::server::app::App;
use crate::server::call::{Caller, JsonBody, Name, Parameters};
use crate::server::in_force::{self, Stored};
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};
use crate::server::session::apply;
use crate::server::surroundings;
use crate::verification::verify;

/// Whether an account that targets refer to may go.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Removal {
    #[serde(default)]
    force: bool,
}

/// `GET /v1/accounts`.
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    snapshot.check_all()?;
    let accounts = snapshot.config.accounts.values().map(|account| summary(&snapshot, account)).collect();
    reply::ok(&AccountsBody { accounts, revision: snapshot.revision })
}

/// `GET /v1/accounts/{name}`.
pub(crate) async fn show(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let account = snapshot.account(&name)?;
    reply::ok(&AccountBody { account: summary(&snapshot, account), revision: snapshot.revision })
}

/// `POST /v1/accounts`. Region and name may be left out; then Mixpanel is asked, and the answer tells what was tried.
pub(crate) async fn add(State(app): State<Arc<App>>, caller: Caller, JsonBody(body): JsonBody<AccountAdd>) -> Answer {
    let file = app.sessions.file(&caller.0)?;
    let (body, mut notes) = app.logins.complete(&caller.0, &app.sessions.pin(&caller.0)?.snapshot, body).await?;
    let name = body.name.clone().unwrap_or_default();
    let change = Change::AddAccount(body);
    let (snapshot, _) = app.store.change(&app.life, file, change.clone()).await?;
    notes.extend(in_force::notes(&app, &caller.0, &Stored::by(&change, &snapshot)));
    let account = snapshot.account(&name)?;
    let body = AccountBody { account: summary(&snapshot, account), revision: snapshot.revision };
    reply::created_with_notes(&body, &notes)
}

/// `PATCH /v1/accounts/{name}`.
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Name(name): Name,
    caller: Caller,
    JsonBody(update): JsonBody<AccountUpdate>,
) -> Answer {
    let change = Change::UpdateAccount { name: name.clone(), update };
    let (snapshot, _) = app.store.change(&app.life, app.sessions.file(&caller.0)?, change).await?;
    let account = snapshot.account(&name)?;
    reply::ok(&AccountBody { account: summary(&snapshot, account), revision: snapshot.revision })
}

/// `DELETE /v1/accounts/{name}`: the config block first, then what is ours in the directory with the tokens. A crash between leaves files
/// that no account names; the other order could leave an account without its tokens.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Parameters(removal): Parameters<Removal>,
    caller: Caller,
) -> Answer {
    let file = app.sessions.file(&caller.0)?;
    let change = Change::RemoveAccount { name: name.clone(), force: removal.force };
    let (snapshot, edited) = app.store.change(&app.life, file, change).await?;
    let removed = AccountName::parse(&name).map_err(|_| snapshot.no_account(&name))?;
    app.keeper.leave(&removed);
    let (directory, keeper, name) = (app.paths.account_dir(&removed), Arc::clone(&app.keeper), removed.clone());
    let kept = app.life.blocking(move || {
        let tokens = keeper.place(&name);
        let kept = removal::account_directory(&directory)?;
        if let Some(store) = tokens {
            keeper.let_go(&name, store);
        }
        Ok(kept)
    });
    let kept = kept.await?;
    info!(account = %removed, "account was removed");
    let orphaned_targets = edited.orphaned_targets;
    reply::ok(&AccountRemoved { removed, orphaned_targets, kept, revision: snapshot.revision })
}

/// `POST /v1/accounts/{name}/use`.
pub(crate) async fn make_active(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    apply(&app, &caller, Change::UseAccount { name }).await
}

/// `POST /v1/accounts/{name}/logout`.
pub(crate) async fn logout(State(app): State<Arc<App>>, Name(name): Name, caller: Caller) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let account = snapshot.account(&name)?.name.clone();
    let (keeper, name) = (Arc::clone(&app.keeper), account.clone());
    let removed = app.life.blocking(move || keeper.log_out(&name)).await?;
    info!(%account, removed, "account was logged out");
    reply::ok(&LogoutBody { account, removed })
}

/// Who a secret is revealed to, for the log.
pub(crate) struct Receiver {
    peer: Peer,
    client: String,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Receiver {
    type Rejection = axum::extract::rejection::ExtensionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let axum::Extension(peer) = axum::Extension::from_request_parts(parts, state).await?;
        Ok(Self::of(peer, &parts.headers))
    }
}

impl Receiver {
    /// Returns who has sent a request.
    pub(crate) fn of(peer: Peer, headers: &HeaderMap) -> Self {
        let client = headers.get(mp_proto::routes::CLIENT_HEADER).and_then(|value| value.to_str().ok());
        Self { peer, client: client.unwrap_or_default().to_owned() }
    }
}

/// `POST /v1/accounts/{name}/token`: it reveals a bearer, so it leaves a line in the log.
pub(crate) async fn token(
    State(app): State<Arc<App>>,
    Name(name): Name,
    receiver: Receiver,
    caller: Caller,
    JsonBody(request): JsonBody<TokenRequest>,
) -> Answer {
    reveal(&app, &name, receiver, &caller, &request).await
}

/// Reveals the token of an account.
pub(crate) async fn reveal(
    app: &App,
    name: &str,
    receiver: Receiver,
    caller: &Caller,
    request: &TokenRequest,
) -> Answer {
    looks::arrived(app.has_company()).await;
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let account = snapshot.account(name)?;
    let min_valid_s = request.min_valid_s.unwrap_or(MIN_VALID_S);
    let bearer = app.credentials.bearer(account, &caller.0, min_valid_s).await?;
    let (account, r#type) = (&account.name, account.account_type());
    let body = |expires_at, token| reply::to_json(&TokenBody { account: account.clone(), r#type, expires_at, token });
    let Some(bearer) = bearer else { return Ok(reply::rendered(body(None, None)?, &[])) };
    info!(%account, pid = receiver.peer.pid, client = receiver.client, "token was revealed");
    let answer = bearer.answer.get(|| body(bearer.expires_at, Some(bearer.token.clone())))?;
    Ok(reply::rendered(answer, &[]))
}

/// `POST /v1/session/credential`: it reveals a credential, so it leaves a line in the log.
pub(crate) async fn credential(
    State(app): State<Arc<App>>,
    receiver: Receiver,
    caller: Caller,
    JsonBody(request): JsonBody<TokenRequest>,
) -> Answer {
    looks::arrived(app.has_company()).await;
    let session = app.sessions.open(&caller.0)?;
    let min_valid_s = request.min_valid_s.unwrap_or(MIN_VALID_S);
    let body = app.credentials.of_session(&session, min_valid_s).await?;
    info!(account = %body.account, pid = receiver.peer.pid, client = receiver.client, "credential was revealed");
    reply::ok(&body)
}

/// `POST /v1/accounts/{name}/refresh`.
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Name(name): Name,
    caller: Caller,
    JsonBody(request): JsonBody<RefreshRequest>,
) -> Answer {
    let snapshot = app.sessions.pin(&caller.0)?.snapshot;
    let account = snapshot.account(&name)?;
    if account.account_type() != AccountType::OauthBrowser {
        let detail =
            format!("account '{name}' is a {} account: its credential is not refreshed", account.account_type());
        return Err(Failure::new(FailureKind::InvalidValue, detail).account(name).into());
    }
    let holder = Holder::Account(account.name.clone(), account.region);
    let (fresh, refreshed) = app.keeper.refresh(&holder, request.if_generation).await?;
    let body = RefreshBody {
        account: account.name.clone(),
        generation: fresh.generation,
        expires_at: fresh.expires_at,
        refreshed,
    };
    let notes: Vec<String> = app.keeper.at_risk(&holder).iter().map(AtRisk::note).collect();
    reply::ok_with_notes(&body, &notes)
}

/// `POST /v1/accounts/{name}/test`.
pub(crate) async fn test(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Name(name): Name,
    caller: Caller,
) -> Answer {
    let mut body = verify(&app.sessions, &app.users, &name, &caller.0).await?;
    body.problem = body.problem.map(|problem| surroundings::explain_body(problem, peer));
    reply::ok_with_notes(&body, &in_force::tested(&app, &caller.0, &name))
}

fn summary(snapshot: &Snapshot, account: &Account) -> AccountSummary {
    AccountSummary {
        name: account.name.clone(),
        r#type: account.account_type(),
        region: account.region,
        status: "untested".to_owned(),
        is_active: snapshot.persisted().account.as_deref() == Some(account.name.as_str()),
        referenced_by_targets: snapshot.config.targets_of(account.name.as_str()),
        default_project: account.default_project.as_ref().map(|project| project.value.clone()),
        username: account.credential.username().map(str::to_owned),
        token_env: account.credential.token_env().map(str::to_owned),
    }
}
