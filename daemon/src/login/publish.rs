//! Stores what a login has brought: tokens first, then the config, then the cached `/me`.
//!
//! In this order a crash at any point leaves something usable: tokens that no account names yet, or an account whose names are not
//! known yet. The other order could leave an account without its tokens.

use std::sync::Arc;

use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use tracing::warn;

use super::naming;
use super::plan::Plan;
use crate::config::edit::{Change, LoggedIn, LoginProjectChange};
use crate::config::snapshot::Snapshot;
use crate::config::{Account, Lookup};
use crate::identity::removal;
use crate::identity::tokens::{Tokens, read_tokens};
use crate::me::cache::Me;
use crate::server::app::App;

/// What is to be stored.
pub(super) struct Fruit {
    pub(super) region: Region,
    pub(super) me: Arc<Me>,
    /// Of a browser login.
    pub(super) tokens: Option<Tokens>,
    pub(super) project: LoginProjectChange,
    pub(super) activate: bool,
    /// Whether to cache `/me`.
    pub(super) keep_me: bool,
}

/// Returns the config of a login as it is now.
///
/// # Errors
/// When it cannot be used.
pub(super) fn look(app: &App, plan: &Plan) -> Result<Arc<Snapshot>, Failure> {
    let snapshot = app.store.look(&plan.file);
    snapshot.check()?;
    Ok(snapshot)
}

/// Whether there is something under a name, be it good or bad.
pub(super) fn is_taken(snapshot: &Snapshot, name: &str) -> bool {
    !matches!(snapshot.config.account(name), Lookup::Missing)
}

/// Makes up a name from the first organisation.
pub(crate) fn derived_name(me: &Me, snapshot: &Snapshot) -> AccountName {
    let organizations = me.organizations();
    let first = organizations.first().map(|one| (one.id.as_str(), one.name.as_str()));
    naming::derive(first, |name| is_taken(snapshot, name))
}

/// Stores everything and returns the account as it is then. One login at a time; what has begun is finished.
///
/// # Errors
/// When something cannot be stored. A new account then leaves nothing behind; tokens of one that exists stay, for they are good.
pub(super) async fn publish(
    app: &Arc<App>,
    plan: &Plan,
    existing: Option<&AccountName>,
    fruit: Fruit,
) -> Result<(AccountName, Arc<Snapshot>), Failure> {
    let _turn = app.logins.publishing.acquire().await;
    let snapshot = look(app, plan)?;
    let name = match (existing, plan.purpose.account()) {
        (Some(name), _) => {
            still_ours(snapshot.account(name.as_str())?, plan, fruit.region)?;
            name.clone()
        }
        (None, Some(name)) if is_taken(&snapshot, name.as_str()) => {
            let detail = format!("an account '{name}' was made by somebody else during this login");
            return Err(Failure::new(FailureKind::AccountExists, detail).account(name.as_str()));
        }
        (None, Some(name)) => name.clone(),
        (None, None) => derived_name(&fruit.me, &snapshot),
    };
    let stored = store(app, plan, &name, existing.is_some(), &fruit).await?;
    app.reads.forget();
    if fruit.keep_me {
        keep_me(app, &name, fruit.me).await;
    }
    Ok((name, stored))
}

/// The edit checks the same; but by then the tokens would be stored.
fn still_ours(account: &Account, plan: &Plan, region: Region) -> Result<(), Failure> {
    if account.account_type() == plan.credential.account_type() && account.region == region {
        return Ok(());
    }
    let detail = format!("account '{}' was changed during this login", account.name);
    Err(Failure::new(FailureKind::InvalidValue, detail).account(account.name.as_str()))
}

async fn store(
    app: &Arc<App>,
    plan: &Plan,
    name: &AccountName,
    exists: bool,
    fruit: &Fruit,
) -> Result<Arc<Snapshot>, Failure> {
    let is_fresh = std::fs::symlink_metadata(app.paths.account_dir(name)).is_err();
    let stored = write(app, plan, name, exists, fruit).await;
    if let (Err(failure), Some(tokens)) = (&stored, &fruit.tokens) {
        // An account that was removed meanwhile takes its tokens along; of one that somebody else made, nothing is touched but ours.
        if !exists || failure.kind == FailureKind::AccountNotFound {
            let is_ours_alone = is_fresh && failure.kind != FailureKind::AccountExists;
            take_back(app, name, tokens.clone(), is_ours_alone).await;
        }
    }
    stored
}

async fn write(
    app: &Arc<App>,
    plan: &Plan,
    name: &AccountName,
    exists: bool,
    fruit: &Fruit,
) -> Result<Arc<Snapshot>, Failure> {
    if let Some(tokens) = &fruit.tokens {
        app.keeper.log_in(app, name, fruit.region, tokens.clone()).await?;
    }
    let change = Change::LogIn(LoggedIn {
        name: name.clone(),
        region: fruit.region,
        credential: plan.credential.clone(),
        project: fruit.project.clone(),
        exists,
        activate: fruit.activate,
    });
    let (owner, file) = (Arc::clone(app), Arc::clone(&plan.file));
    let (snapshot, _) = blocking(app, move || owner.store.edit(&file, &change)).await?;
    Ok(snapshot)
}

/// Removes the tokens of an account that did not come about, if they still are there, and its directory if it is ours alone.
async fn take_back(app: &Arc<App>, name: &AccountName, ours: Tokens, is_ours_alone: bool) {
    let (owner, directory, path) = (Arc::clone(app), app.paths.account_dir(name), app.paths.tokens(name));
    let removed = blocking(app, move || {
        let found = read_tokens(&path, owner.paths.home()).ok().flatten();
        if found.is_none_or(|found| found.access_token.expose() != ours.access_token.expose()) {
            return Ok(false);
        }
        Ok(if is_ours_alone { removal::account_directory(&directory)? } else { removal::tokens(&path)? })
    });
    if let Err(failure) = removed.await {
        warn!(account = %name, error = %failure, "tokens of a login that failed are still there");
    }
}

/// It only holds names, so that a login does not fail for it.
async fn keep_me(app: &Arc<App>, name: &AccountName, me: Arc<Me>) {
    let (owner, account) = (Arc::clone(app), name.clone());
    let stored = blocking(app, move || Ok(me.store(&owner.paths, &account, owner.clock.now())?)).await;
    match stored {
        Ok(()) => {
            app.me.look_again();
            app.hub.publish(&Event::MeChanged { account: name.to_string() });
        }
        Err(failure) => warn!(account = %name, error = %failure, "a /me was not stored"),
    }
}

async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = app.tasks.spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::new(FailureKind::Internal, "the daemon made an error; its log says more")))
}
