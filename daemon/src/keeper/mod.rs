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
use std::hash::RandomState;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::AccountStatus;
use tokio::time::MissedTickBehavior;
use tokio_util::task::TaskTracker;

use crate::identity::Holder;
use crate::identity::bridge::Bridge;
use crate::identity::tokens::Tokens;
use crate::server::app::App;

use flight::Outcome;
use grant::{Grant, Need, Ready};

/// How often the keeper looks whether something is due. Timers stop while a laptop sleeps, so it looks often and compares clocks.
const TICK: Duration = Duration::from_secs(30);

/// An account is kept fresh for so long after its last use.
const KEPT_AFTER_USE: Duration = Duration::from_secs(24 * 3600);

/// What a grant is known by. That of a bridge is known by what its file holds: two copies of a file are one grant, and a file that was
/// written anew holds another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(AccountName, Region),
    Bridge(AccountName, Region, u64),
}

/// Grants of bridges that are held. Callers name a handful of files. One that was never refreshed goes first: it is in its file still.
const BRIDGES: usize = 16;

/// A refresh that somebody asks for is not repeated within this time: who asks in a loop would otherwise hammer the provider.
const JUST_NOW: Duration = Duration::from_secs(1);

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
    /// Stands in for refresh tokens wherever they are compared later.
    hasher: RandomState,
    /// Refreshes that brought a token, and those that did not.
    pub refreshed: AtomicU64,
    /// See [`Self::refreshed`].
    pub failed: AtomicU64,
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
        if self.grant(app, holder).is_brand_new(app, generation) {
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
        let grant = self.grant(app, holder);
        let before = grant.generation(app);
        if if_generation.is_none()
            && let Some(fresh) = grant.minted_within(app, JUST_NOW)
        {
            return Ok((fresh, false));
        }
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
        self.grant(app, holder).tokens(app)
    }

    /// Notes with a grant which client it was made for, unless it says so already. Waits for the disk. A failure is logged: the grant
    /// stays as good as it was.
    pub fn note_client(&self, app: &App, holder: &Holder, client_id: &str) {
        flight::note_client(app, &self.grant(app, holder), client_id);
    }

    async fn have(&self, app: &Arc<App>, holder: &Holder, need: Need) -> Result<Fresh, Failure> {
        let grant = self.grant(app, holder);
        let outcome = self.once(app, &grant, need).await;
        match (&outcome, need) {
            // The flight that was joined had something else to do than to get a newer token.
            (Ok(fresh), Need::NewerThan(generation)) if fresh.generation <= generation => {
                self.once(app, &grant, need).await
            }
            _ => outcome,
        }
    }

    async fn once(&self, app: &Arc<App>, grant: &Arc<Grant>, need: Need) -> Result<Fresh, Failure> {
        let mut landing = match grant.ready(app, need) {
            Ready::Token { fresh, is_due } => {
                if is_due {
                    flight::start(app, &self.flights, grant, Need::Early);
                }
                return Ok(fresh);
            }
            Ready::Failed(failure) => return Err(*failure),
            Ready::InFlight(landing) => landing,
            Ready::Needed => flight::start(app, &self.flights, grant, need),
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
        match holder {
            Holder::Account(name, region) => self.of_account(app, name, *region),
            Holder::Bridge(bridge) => self.of_bridge(app, bridge),
        }
    }

    /// One account has one file, so it has one grant: one for another region is of a time before the account was changed.
    fn of_account(&self, app: &App, name: &AccountName, region: Region) -> Arc<Grant> {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Key::Account(name.clone(), region);
        if let Some(known) = grants.get(&key) {
            return Arc::clone(known);
        }
        grants.retain(|other, grant| {
            let is_former = matches!(other, Key::Account(others, _) if others == name);
            if is_former {
                grant.retire();
            }
            !is_former
        });
        let grant = Arc::new(Grant::of_account(app, self.hasher.clone(), name, region));
        grants.insert(key, Arc::clone(&grant));
        grant
    }

    /// A bridge that was exported here holds the grant of its account: two that refresh one grant would log each other out.
    fn of_bridge(&self, app: &App, bridge: &Bridge) -> Arc<Grant> {
        let (name, region) = (&bridge.account.name, bridge.account.region);
        let Some(tokens) = &bridge.tokens else { return Arc::new(Grant::of_bridge(app, self.hasher.clone(), bridge)) };
        let hash = grant::hash(&self.hasher, tokens);
        if app.paths.tokens(name).exists() {
            let account = self.of_account(app, name, region);
            if account.is_or_was(app, hash) {
                return account;
            }
        }
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Key::Bridge(name.clone(), region, hash);
        if let Some(known) = grants.get(&key) {
            return Arc::clone(known);
        }
        let held = grants.iter().filter(|(key, _)| matches!(key, Key::Bridge(..)));
        let of_least_use = |(_, grant): &(&Key, &Arc<Grant>)| grant.worth();
        if held.clone().count() >= BRIDGES
            && let Some(oldest) = held.min_by_key(of_least_use).map(|(key, _)| key.clone())
        {
            grants.remove(&oldest);
        }
        let grant = Arc::new(Grant::of_bridge(app, self.hasher.clone(), bridge));
        grants.insert(key, Arc::clone(&grant));
        grant
    }

    fn all(&self) -> Vec<Arc<Grant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Adds to an account's status what the keeper knows of its grant.
    pub fn show(&self, app: &App, holder: &Holder, status: &mut AccountStatus) {
        self.grant(app, holder).show(app, status);
    }

    /// Returns whether an account is being kept fresh, or refreshed just now: then the daemon is of use even when nobody calls.
    pub fn is_busy(&self, app: &App) -> bool {
        !self.flights.is_empty() || self.all().iter().any(|grant| grant.is_kept(app, KEPT_AFTER_USE))
    }

    /// Tries once more to write what is only in memory, without waiting for it.
    pub fn save(&self, app: &Arc<App>) {
        for grant in self.all().iter().filter(|grant| grant.is_unsaved()) {
            flight::start(app, &self.flights, grant, Need::Saved);
        }
    }

    /// Waits until the refreshes under way have landed and their grants are on disk.
    pub async fn settle(&self) {
        self.flights.close();
        self.flights.wait().await;
        self.flights.reopen();
    }

    /// Does what is due: refreshes tokens of accounts in use before they end, and saves what could not be saved.
    fn tend(&self, app: &Arc<App>) {
        let snapshot = app.store.last_good();
        for grant in self.all() {
            let configured = snapshot.config.accounts.get(&grant.name);
            let is_of_another_time = configured.is_some_and(|account| account.region != grant.region);
            if !is_of_another_time && grant.is_due(app, KEPT_AFTER_USE) {
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
