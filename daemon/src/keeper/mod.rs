//! The token keeper: browser grants that are always fresh, whoever asks and whoever else refreshes them.
//!
//! A grant is an access token and the refresh token that gets the next one. Mixpanel may accept a refresh token only once, so two that
//! refresh at the same time can log everybody out. Hence the rules, each in its file:
//!
//! * [`grant`]: what is known of one grant, and what follows from it. Decides, and waits for nothing.
//! * [`flight`]: one refresh at a time per grant. All callers wait for it and none can stop it by leaving.
//! * [`disk`]: a new grant is on disk before anyone gets it, and takes the place of nothing but the one it came from.
//! * [`carried`]: bridge files that carry a grant get its newest tokens.
//! * [`pace`]: how soon the provider is asked again after a failure.
//!
//! The Python tool shares the files and takes no lock. It may be faster at any moment: then its grant is adopted.

mod carried;
mod carriers;
mod disk;
mod farewell;
mod flight;
mod fresh;
mod grant;
mod kept;
mod key;
mod pace;
pub mod relocation;
mod services;
#[cfg(test)]
mod tests;

use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::RandomState;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::SignedDuration;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, Region};
use mp_proto::wire::AccountStatus;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::task::TaskTracker;

use crate::identity::Holder;
use crate::identity::bridge::Bridge;
use crate::identity::tokens::Tokens;

pub use farewell::{AtRisk, would_lose};
pub use fresh::Fresh;

use crate::clock::Clock;
use crate::config::Config;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::files::witness::Witness;
use crate::hub::Hub;
use crate::life::Life;
use crate::meter::Meters;
use crate::store::Store;
use crate::vault::Vault;
use fresh::Outcome;
use grant::state::Need;
use grant::{Grant, Ready};
use key::{BRIDGES, Key};
use services::Services;

/// How often the keeper looks whether something is due. Timers stop while a laptop sleeps, so it looks often and compares clocks.
const TICK: Duration = Duration::from_secs(30);

/// An account is kept fresh for so long after its last use.
const KEPT_AFTER_USE: Duration = Duration::from_secs(24 * 3600);

/// A refresh that somebody asks for is not repeated within this time: who asks in a loop would otherwise hammer the provider.
const JUST_NOW: Duration = Duration::from_secs(1);

/// Between two tries to write at the end. A disk that is full is mended by people, or by a program that removes a large file.
const SAVE_PAUSE: Duration = Duration::from_millis(250);

/// All grants that were used since the start.
pub struct Keeper {
    services: Arc<Services>,
    grants: Mutex<HashMap<Key, Arc<Grant>>>,
    /// Stands in for refresh tokens wherever they are compared later.
    hasher: RandomState,
    /// Refreshes under way. The daemon does not end before they have.
    flights: TaskTracker,
}

impl Keeper {
    /// Returns a keeper without a grant: each is read when it is asked for.
    pub fn new(
        paths: Paths,
        endpoint: Endpoint,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        hub: Arc<Hub>,
        life: Life,
        (witness, meters): (Arc<Witness>, Arc<Meters>),
    ) -> Self {
        let (refreshed, failed, watch) = (AtomicU64::new(0), AtomicU64::new(0), OnceLock::new());
        let services = Services { paths, endpoint, vault, clock, hub, life, witness, meters, watch, refreshed, failed };
        let services = Arc::new(services);
        Self { services, grants: Mutex::default(), hasher: RandomState::new(), flights: TaskTracker::new() }
    }

    /// Returns how many refreshes brought a token, and how many did not.
    pub fn counts(&self) -> (u64, u64) {
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        (load(&self.services.refreshed), load(&self.services.failed))
    }

    /// Returns a token that stays valid for so long, or for as long as the provider grants one; waits for a refresh if need be.
    ///
    /// # Errors
    /// When somebody has to log in, or the provider cannot be reached.
    pub async fn token(&self, holder: &Holder, min_valid_s: u64) -> Result<Fresh, Failure> {
        let valid = SignedDuration::from_secs(i64::try_from(min_valid_s).unwrap_or(i64::MAX));
        self.have(holder, Need::Valid(valid)).await
    }

    /// Tells that Mixpanel answered 401 to a token of this generation. Returns a newer one if there is one or one could be had; none
    /// when the token is so new that another would fare no better.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub async fn rejected(&self, holder: &Holder, generation: u64) -> Result<Option<Fresh>, Failure> {
        if self.grant(holder).is_brand_new(generation) {
            return Ok(None);
        }
        self.have(holder, Need::NewerThan(generation)).await.map(Some)
    }

    /// Refreshes now, unless the token is newer than `if_generation` already. Returns the token and whether it is a new one.
    ///
    /// # Errors
    /// As [`Self::token`].
    pub async fn refresh(&self, holder: &Holder, if_generation: Option<u64>) -> Result<(Fresh, bool), Failure> {
        let grant = self.grant(holder);
        let before = grant.generation();
        if if_generation.is_none()
            && let Some(fresh) = grant.minted_within(JUST_NOW)
        {
            return Ok((fresh, false));
        }
        let fresh = self.have(holder, Need::NewerThan(if_generation.unwrap_or(before))).await?;
        let is_new = fresh.generation > before;
        Ok((fresh, is_new))
    }

    /// Stores the grant of a login that has come to its end; it is on disk when this returns. It takes the place of whatever was there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn log_in(&self, account: &AccountName, region: Region, tokens: Tokens) -> Result<(), Failure> {
        let holder = Holder::Account(account.clone(), region);
        flight::log_in(self.grant(&holder), tokens).await
    }

    /// Wakes a watch whenever there are new directories to watch.
    pub fn wake(&self, watch: Arc<Notify>) {
        // The first one counts; there is no other.
        let _ = self.services.watch.set(watch);
    }

    /// Forgets the grants of an account that logs out or is removed: what is removed now stays away.
    pub fn leave(&self, account: &AccountName) {
        self.all()
            .iter()
            .filter(|grant| grant.file.is_some() && grant.name == *account)
            .for_each(|grant| grant.leave());
    }

    /// Returns the grant as it is, the newest there is, be it on disk or not.
    ///
    /// # Errors
    /// When there is none.
    pub fn tokens(&self, holder: &Holder) -> Result<Arc<Tokens>, Failure> {
        self.grant(holder).tokens()
    }

    /// Notes with a grant which client it was made for, unless it says so already. Waits for the disk. A failure is logged: the grant
    /// stays as good as it was.
    pub fn note_client(&self, holder: &Holder, client_id: &str) {
        flight::note_client(&self.grant(holder), client_id);
    }

    async fn have(&self, holder: &Holder, need: Need) -> Result<Fresh, Failure> {
        let grant = self.grant(holder);
        let outcome = self.once(&grant, need).await;
        let outcome = match (&outcome, need) {
            // The flight that was joined had something else to do than to get a newer token.
            (Ok(fresh), Need::NewerThan(generation)) if fresh.generation <= generation => self.once(&grant, need).await,
            _ => outcome,
        };
        if let Holder::Bridge(bridge) = holder {
            carried::catch_up(&grant, bridge).await;
        }
        outcome
    }

    async fn once(&self, grant: &Arc<Grant>, need: Need) -> Result<Fresh, Failure> {
        let mut landing = match grant.ready(need) {
            Ready::Token { fresh, is_due } => {
                if is_due {
                    flight::start(&self.flights, grant, Need::Early);
                }
                return Ok(fresh);
            }
            Ready::Failed(failure) => return Err(*failure),
            Ready::InFlight(landing) => landing,
            Ready::Needed => flight::start(&self.flights, grant, need),
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

    fn grant(&self, holder: &Holder) -> Arc<Grant> {
        match holder {
            Holder::Account(name, region) => self.of_account(name, *region),
            Holder::Bridge(bridge) => {
                let grant = self.of_bridge(bridge);
                grant.carriers.add(&bridge.path);
                grant
            }
        }
    }

    /// One account has one file, so it has one grant: one for another region is of a time before the account was changed.
    fn of_account(&self, name: &AccountName, region: Region) -> Arc<Grant> {
        let mut grants = self.grants.lock();
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
        let grant = Arc::new(Grant::of_account(&self.services, self.hasher.clone(), name, region));
        grants.insert(key, Arc::clone(&grant));
        if let Some(watch) = self.services.watch.get() {
            watch.notify_one();
        }
        grant
    }

    /// A bridge that was exported here holds the grant of its account: two that refresh one grant would log each other out.
    fn of_bridge(&self, bridge: &Bridge) -> Arc<Grant> {
        let (name, region) = (&bridge.account.name, bridge.account.region);
        let Some(tokens) = &bridge.tokens else {
            return Arc::new(Grant::of_bridge(&self.services, self.hasher.clone(), bridge));
        };
        let hash = grant::hash(&self.hasher, tokens);
        if self.services.paths.tokens(name).exists() {
            let account = self.of_account(name, region);
            if account.is_or_was(hash) {
                return account;
            }
        }
        let mut grants = self.grants.lock();
        let key = Key::Bridge(name.clone(), region, hash);
        if let Some(known) = grants.get(&key) {
            return Arc::clone(known);
        }
        // Its file was written by us since, or is another copy that has newer tokens.
        let is_theirs = |key: &Key| matches!(key, Key::Bridge(others, its, _) if others == name && *its == region);
        if let Some((_, known)) = grants.iter().find(|(key, grant)| is_theirs(key) && grant.is_or_was(hash)) {
            return Arc::clone(known);
        }
        let held = grants.iter().filter(|(key, _)| matches!(key, Key::Bridge(..)));
        let of_least_use = |(_, grant): &(&Key, &Arc<Grant>)| grant.worth();
        if held.clone().count() >= BRIDGES
            && let Some(oldest) = held.min_by_key(of_least_use).map(|(key, _)| key.clone())
        {
            grants.remove(&oldest);
        }
        let grant = Arc::new(Grant::of_bridge(&self.services, self.hasher.clone(), bridge));
        grants.insert(key, Arc::clone(&grant));
        grant
    }

    fn all(&self) -> Vec<Arc<Grant>> {
        self.grants.lock().values().cloned().collect()
    }

    /// Adds to an account's status what the keeper knows of its grant.
    pub fn show(&self, holder: &Holder, status: &mut AccountStatus) {
        self.grant(holder).show(status);
    }

    /// Returns whether an account is being kept fresh, or refreshed just now: then the daemon is of use even when nobody calls.
    pub fn is_busy(&self) -> bool {
        !self.flights.is_empty() || self.all().iter().any(|grant| grant.is_kept(KEPT_AFTER_USE))
    }

    /// Returns whether a refresh is under way, or tokens are in no file.
    pub fn is_working(&self) -> bool {
        !self.flights.is_empty() || self.all().iter().any(|grant| grant.at_risk().is_some())
    }

    /// Looks at the files of all grants, and writes those again that were damaged or removed. Returns their directories.
    pub fn look(&self, config: &Config) -> Vec<PathBuf> {
        let all = self.all();
        for grant in &all {
            grant.is_wanted(is_configured(config, grant));
            if grant.look_for_damage() {
                flight::start(&self.flights, grant, Need::Saved);
            }
        }
        all.iter().filter_map(|grant| Some(grant.file.as_ref()?.parent()?.to_owned())).collect()
    }

    /// Writes what is in memory alone, and tries again for so long. Looks at every file first. Returns what is still in no file.
    pub async fn secure(&self, config: &Config, patience: Duration) -> Vec<AtRisk> {
        let end = Instant::now() + patience;
        loop {
            for grant in self.to_save(config) {
                let mut landing = flight::start(&self.flights, &grant, Need::Saved);
                // Whatever came of it, the grant knows.
                let _ = landing.wait_for(Option::is_some).await;
            }
            let left = self.to_save(config);
            if left.is_empty() || Instant::now() >= end {
                return left.iter().filter_map(|grant| grant.at_risk()).collect();
            }
            tokio::time::sleep(SAVE_PAUSE).await;
        }
    }

    /// Looks at all files, and returns the grants that are in none.
    fn to_save(&self, config: &Config) -> Vec<Arc<Grant>> {
        let mut all = self.all();
        for grant in &all {
            grant.is_wanted(is_configured(config, grant));
            grant.look_for_damage();
        }
        all.retain(|grant| grant.at_risk().is_some());
        all
    }

    /// Returns the grant's newest tokens as those at risk, if they are in no file.
    pub fn at_risk(&self, holder: &Holder) -> Option<AtRisk> {
        self.grant(holder).at_risk()
    }

    /// Waits until the refreshes under way have landed and their grants are on disk.
    pub async fn settle(&self) {
        self.flights.close();
        self.flights.wait().await;
        self.flights.reopen();
    }

    /// Does what is due: refreshes tokens of accounts in use before they end, and saves what could not be saved.
    fn tend(&self, config: &Config) {
        for grant in self.all() {
            grant.is_wanted(is_configured(config, &grant));
            let configured = config.accounts.get(&grant.name);
            let is_of_another_time = configured.is_some_and(|account| account.region != grant.region);
            if !is_of_another_time && grant.is_due(KEPT_AFTER_USE) {
                flight::start(&self.flights, &grant, Need::Early);
            }
        }
    }

    /// Tends the grants until the daemon stops.
    pub async fn run(self: Arc<Self>, store: Arc<Store>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.services.life.stopping() => return,
                _ = tick.tick() => self.tend(&store.last_good().config),
            }
        }
    }
}

/// Returns whether a grant is that of an account as it is configured now.
fn is_configured(config: &Config, grant: &Grant) -> bool {
    config.accounts.get(&grant.name).is_some_and(|account| account.region == grant.region)
}
