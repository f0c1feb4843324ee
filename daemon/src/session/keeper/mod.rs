//! The token keeper: browser grants that are always fresh, whoever asks and whoever else refreshes them.
//!
//! A grant is an access token and the refresh token that gets the next one. Mixpanel may accept a refresh token only once, so two that
//! refresh at the same time can log everybody out. Hence the rules, each in its file:
//!
//! * [`grant`]: what is known of one grant, and what follows from it. Decides, and waits for nothing.
//! * [`flight`]: one refresh at a time per grant. All callers wait for it and none can stop it by leaving.
//! * [`disk`]: a new grant is on disk before anyone gets it, and takes the place of nothing but the one it came from.
//! * [`pace`]: how soon the provider is asked again after a failure.
//!
//! The Python tool shares the files and takes no lock. It may be faster at any moment: then its grant is adopted.

mod disk;
mod flight;
mod grant;
mod pace;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::AccountStatus;
use tokio::time::MissedTickBehavior;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::bridge::Bridge;
use crate::session::store::Tokens;

use flight::Outcome;
use grant::{Grant, Need, Ready};

/// How often the keeper looks whether something is due. Timers stop while a laptop sleeps, so it looks often and compares clocks.
const TICK: Duration = Duration::from_secs(30);

/// An account is kept fresh for so long after its last use.
const KEPT_AFTER_USE: Duration = Duration::from_secs(24 * 3600);

/// Whose grant.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A browser account of the config: its grant is `tokens.json`.
    Account(AccountName, Region),
    /// A browser account of a bridge file: its grant is refreshed in memory.
    Bridge(Arc<Bridge>),
}

/// A holder as the key of its grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(AccountName, Region),
    Bridge(PathBuf),
}

impl Holder {
    fn key(&self) -> Key {
        match self {
            Self::Account(name, region) => Key::Account(name.clone(), *region),
            Self::Bridge(bridge) => Key::Bridge(bridge.path.clone()),
        }
    }
}

/// An access token to use now.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The bearer.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Which of the grant's tokens it is; it grows.
    pub generation: u64,
}

/// All grants that were used since the start.
#[derive(Debug, Default)]
pub struct Keeper {
    grants: Mutex<HashMap<Key, Arc<Grant>>>,
    /// Refreshes under way. The daemon does not end before they have.
    flights: TaskTracker,
}

impl Keeper {
    /// Returns a token that stays valid for so long, or for as long as the provider grants one; waits for a refresh if need be.
    ///
    /// # Errors
    /// When somebody has to log in, or the provider cannot be reached.
    pub async fn token(&self, app: &Arc<App>, holder: &Holder, min_valid_s: u64) -> Result<Fresh, Failure> {
        let valid = SignedDuration::from_secs(i64::try_from(min_valid_s).unwrap_or(i64::MAX));
        self.have(app, holder, Need::Valid(valid)).await
    }

    /// Tells that Mixpanel answered 401 to a token of this generation. Returns a newer one if there is one or one could be had; none
    /// when the token is so new that another would fare no better.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub async fn rejected(&self, app: &Arc<App>, holder: &Holder, generation: u64) -> Result<Option<Fresh>, Failure> {
        let grant = self.grant(app, holder);
        if grant.is_brand_new(app, generation) {
            return Ok(None);
        }
        self.have(app, holder, Need::NewerThan(generation)).await.map(Some)
    }

    /// Refreshes now, unless the token is newer than `if_generation` already. Returns the token and whether it is a new one.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub async fn refresh(
        &self,
        app: &Arc<App>,
        holder: &Holder,
        if_generation: Option<u64>,
    ) -> Result<(Fresh, bool), Failure> {
        let before = self.grant(app, holder).generation(app, holder);
        let fresh = self.have(app, holder, Need::NewerThan(if_generation.unwrap_or(before))).await?;
        let is_new = fresh.generation > before;
        Ok((fresh, is_new))
    }

    /// Stores the grant of a login that has come to its end; it is on disk when this returns. It takes the place of whatever was there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn log_in(
        &self,
        app: &Arc<App>,
        account: &AccountName,
        region: Region,
        tokens: Tokens,
    ) -> Result<(), Failure> {
        let holder = Holder::Account(account.clone(), region);
        flight::log_in(app, self.grant(app, &holder), tokens).await
    }

    /// Returns the grant as it is, the newest there is, be it on disk or not.
    ///
    /// # Errors
    /// When there is none.
    pub fn tokens(&self, app: &App, holder: &Holder) -> Result<Arc<Tokens>, Failure> {
        self.grant(app, holder).tokens(app, holder)
    }

    /// Notes with a grant which client it was made for, unless it says so already. Waits for the disk. A failure is logged: the grant
    /// stays as good as it was.
    pub fn note_client(&self, app: &App, holder: &Holder, client_id: &str) {
        flight::note_client(app, &self.grant(app, holder), client_id);
    }

    async fn have(&self, app: &Arc<App>, holder: &Holder, need: Need) -> Result<Fresh, Failure> {
        let grant = self.grant(app, holder);
        let mut landing = match grant.ready(app, holder, need) {
            Ready::Token { fresh, is_due } => {
                if is_due {
                    flight::start(app, &self.flights, &grant, Need::Early);
                }
                return Ok(fresh);
            }
            Ready::Failed(failure) => return Err(*failure),
            Ready::InFlight(landing) => landing,
            Ready::Needed => flight::start(app, &self.flights, &grant, need),
        };
        let outcome: Option<Outcome> = match landing.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => None,
        };
        match outcome {
            Some(outcome) => outcome.map_err(|failure| *failure),
            None => Err(Failure::new(FailureKind::Internal, "a refresh was lost; the log says more")),
        }
    }

    fn grant(&self, app: &App, holder: &Holder) -> Arc<Grant> {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let key = holder.key();
        if let Some(known) = grants.get(&key) {
            return Arc::clone(known);
        }
        let grant = Arc::new(Grant::new(app, holder));
        grants.insert(key, Arc::clone(&grant));
        grant
    }

    fn all(&self) -> Vec<Arc<Grant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Adds to an account's status what the keeper knows of its grant.
    pub fn show(&self, app: &App, holder: &Holder, status: &mut AccountStatus) {
        self.grant(app, holder).show(app, holder, status);
    }

    /// Returns whether an account is being kept fresh, or refreshed just now: then the daemon is of use even when nobody calls.
    pub fn is_busy(&self, app: &App) -> bool {
        !self.flights.is_empty() || self.all().iter().any(|grant| grant.is_kept(app, KEPT_AFTER_USE))
    }

    /// Waits until the refreshes under way have landed and their grants are on disk.
    pub async fn settle(&self) {
        self.flights.close();
        self.flights.wait().await;
        self.flights.reopen();
    }

    /// Does what is due: refreshes tokens of accounts in use before they end, and saves what could not be saved.
    fn tend(&self, app: &Arc<App>) {
        for grant in self.all() {
            if grant.is_due(app, KEPT_AFTER_USE) {
                flight::start(app, &self.flights, &grant, Need::Early);
            }
        }
    }
}

/// Tends the grants until the daemon stops.
pub async fn run(app: Arc<App>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = app.stop.cancelled() => return,
            _ = tick.tick() => app.keeper.tend(&app),
        }
    }
}
