//! Stores what a login has brought: tokens first, then the config, then the cached `/me`.
//!
//! In this order a crash at any point leaves something usable: tokens that no account names yet, or an account whose names are not
//! known yet. The other order could leave an account without its tokens.

use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use tracing::warn;

use super::naming;
use super::plan::Plan;
use super::services::Services;
use crate::config::edit::{Change, LoggedIn, LoginProjectChange};
use crate::config::snapshot::Snapshot;
use crate::config::{Account, Lookup};
use crate::identity::removal;
use crate::identity::tokens::Tokens;
use crate::me::user::Me;

/// What is to be stored.
pub(super) struct Entry {
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
pub(super) fn look(services: &Services, plan: &Plan) -> Result<Arc<Snapshot>, Failure> {
    let snapshot = services.store.look(&plan.file);
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
    services: &Services,
    plan: &Plan,
    existing: Option<&AccountName>,
    entry: Entry,
) -> Result<(AccountName, Arc<Snapshot>), Failure> {
    let _turn = services.publishing.acquire().await;
    let snapshot = look(services, plan)?;
    let name = match (existing, plan.purpose.account()) {
        (Some(name), _) => {
            still_ours(snapshot.account(name.as_str())?, plan, entry.region)?;
            name.clone()
        }
        (None, Some(name)) if is_taken(&snapshot, name.as_str()) => {
            let detail = format!("an account '{name}' was made by somebody else during this login");
            return Err(Failure::new(FailureKind::AccountExists, detail).account(name.as_str()));
        }
        (None, Some(name)) => name.clone(),
        (None, None) => derived_name(&entry.me, &snapshot),
    };
    let stored = store(services, plan, &name, existing.is_some(), &entry).await?;
    if entry.keep_me {
        keep_me(services, &name, entry.me).await;
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
    services: &Services,
    plan: &Plan,
    name: &AccountName,
    exists: bool,
    entry: &Entry,
) -> Result<Arc<Snapshot>, Failure> {
    let is_fresh = std::fs::symlink_metadata(services.paths.account_dir(name)).is_err();
    let stored = write(services, plan, name, exists, entry).await;
    if let (Err(failure), Some(tokens)) = (&stored, &entry.tokens) {
        // An account that was removed meanwhile takes its tokens along; of one that somebody else made, nothing is touched but ours.
        if !exists || failure.kind == FailureKind::AccountNotFound {
            let is_ours_alone = is_fresh && failure.kind != FailureKind::AccountExists;
            take_back(services, name, tokens.clone(), is_ours_alone).await;
        }
    }
    stored
}

async fn write(
    services: &Services,
    plan: &Plan,
    name: &AccountName,
    exists: bool,
    entry: &Entry,
) -> Result<Arc<Snapshot>, Failure> {
    if let Some(tokens) = &entry.tokens {
        let stored = services.keeper.log_in(name, entry.region, tokens.clone()).await;
        if stored.is_err() && exists {
            // Where the account has gone meanwhile, its directory has, too, and that is why.
            look(services, plan)?.account(name.as_str())?;
        }
        stored?;
    }
    let change = Change::LogIn(LoggedIn {
        name: name.clone(),
        region: entry.region,
        credential: plan.credential.clone(),
        project: entry.project.clone(),
        exists,
        activate: entry.activate,
    });
    let (snapshot, _) = services.store.change(&services.life, Arc::clone(&plan.file), change).await?;
    Ok(snapshot)
}

/// Removes the tokens of an account that did not come about, if they still are there, and its directory if it is ours alone.
async fn take_back(services: &Services, name: &AccountName, ours: Tokens, is_ours_alone: bool) {
    let paths = services.paths.clone();
    let (directory, path) = (paths.account_dir(name), paths.tokens(name));
    let (keeper, account) = (Arc::clone(&services.keeper), name.clone());
    let removed = services.life.blocking(move || {
        let found = keeper.stored(&account);
        if found.is_none_or(|found| found.access_token.expose() != ours.access_token.expose()) {
            return Ok(false);
        }
        if let Some(store) = keeper.place(&account) {
            keeper.let_go(&account, store);
        }
        if is_ours_alone {
            removal::account_directory(&directory)?;
            return Ok(true);
        }
        Ok(removal::tokens(&path)?)
    });
    if let Err(failure) = removed.await {
        warn!(account = %name, error = %failure, "tokens of a login that failed are still there");
    }
}

/// It only holds names, so that a login does not fail for it.
async fn keep_me(services: &Services, name: &AccountName, me: Arc<Me>) {
    let (users, account) = (services.users.clone(), name.clone());
    let stored = services.life.blocking(move || {
        users.remember(&account, &me);
        Ok(())
    });
    // What could not be written is in the log.
    let _ = stored.await;
}
