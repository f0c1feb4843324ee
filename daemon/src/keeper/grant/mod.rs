//! What is known of one grant, and what follows from it. It reads its file, and waits for nothing.
//!
//! [`look`] compares with the file, [`spend`] is the side of a refresh, [`told`] what people are shown.

mod file;
mod refresh;
pub(super) mod state;
mod status;

use parking_lot::{Mutex, MutexGuard};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;

use self::state::{GrantState, Need, Trouble};
use super::carriers::Carriers;
use super::farewell::AtRisk;
use super::fresh::{Fresh, Landing};
use super::services::Services;
use crate::files::looks::SharedLook;
use crate::identity::bridge::Bridge;
use crate::identity::tokens::Tokens;

/// A token that was got so recently is not refreshed again because of a 401: what is wrong is not its age.
const BRAND_NEW: Duration = Duration::from_secs(60);

/// What a caller gets.
pub(super) enum Ready {
    /// A token, and whether a refresh in the background is due.
    Token { fresh: Fresh, is_due: bool },
    /// A refresh is under way.
    InFlight(Landing),
    /// A refresh is needed.
    Needed,
    /// Nothing, for this reason.
    Failed(Box<Failure>),
}

/// What a refresh should do.
pub(super) enum Spend {
    /// Nothing: what is needed is there.
    Nothing(Fresh),
    /// The same, but the disk does not have it yet.
    SaveFirst(Fresh, Arc<Tokens>),
    /// Ask for new tokens with these.
    Grant(Arc<Tokens>),
}

/// A grant of one holder.
pub(super) struct Grant {
    pub(super) name: AccountName,
    pub(super) region: Region,
    /// `tokens.json`; none for a bridge.
    pub(super) file: Option<PathBuf>,
    /// The bridge files that it was found in.
    pub(super) carriers: Carriers,
    pub(super) services: Arc<Services>,
    hasher: RandomState,
    last_look: SharedLook,
    held: Mutex<GrantState>,
}

impl Grant {
    pub(super) fn of_account(
        services: &Arc<Services>,
        hasher: RandomState,
        name: &AccountName,
        region: Region,
    ) -> Self {
        let file = services.paths.tokens(name);
        Self::new(services, hasher, name.clone(), region, Some(file))
    }

    /// The grant of a bridge file is what the file holds, from its beginning on.
    pub(super) fn of_bridge(services: &Arc<Services>, hasher: RandomState, bridge: &Bridge) -> Self {
        let grant = Self::new(services, hasher, bridge.account.name.clone(), bridge.account.region, None);
        if let Some(tokens) = &bridge.tokens {
            grant.held().install(Arc::new(tokens.clone()), None, services.clock.moment());
        }
        grant
    }

    fn new(
        services: &Arc<Services>,
        hasher: RandomState,
        name: AccountName,
        region: Region,
        file: Option<PathBuf>,
    ) -> Self {
        Self {
            name,
            region,
            file,
            carriers: Carriers::default(),
            services: Arc::clone(services),
            hasher,
            last_look: SharedLook::default(),
            held: Mutex::new(GrantState::new(services.clock.now())),
        }
    }

    fn held(&self) -> MutexGuard<'_, GrantState> {
        // Each change below is complete before anything can panic.
        self.held.lock()
    }

    /// Returns what a caller gets now. Looks at the file first, for another tool may have written it.
    pub(super) fn ready(&self, need: Need) -> Ready {
        let now = self.services.clock.moment();
        let mut held = self.held();
        (held.used, held.wanted) = (Some(now.elapsed), true);
        self.look(&mut held, now);
        if let Some(fresh) = held.fitting(need, now) {
            let is_due = held.landing.is_none() && held.is_due(now);
            return Ready::Token { fresh, is_due };
        }
        if let Some(landing) = &held.landing {
            return Ready::InFlight(landing.clone());
        }
        let Some(current) = &held.current else { return Ready::Failed(Box::new(self.nothing_stored(&held))) };
        match &held.trouble {
            Trouble::LoginRequired { detail, client } if !self.has_another_client(client.as_deref()) => {
                Ready::Failed(Box::new(self.login_required(detail)))
            }
            Trouble::Backoff { until, cause, .. } if now.elapsed < *until => {
                let pause = until.saturating_sub(now.elapsed);
                match held.still_valid(need, now) {
                    Some(fresh) => Ready::Token { fresh, is_due: false },
                    None => Ready::Failed(Box::new(self.unavailable(cause, pause))),
                }
            }
            _ if current.tokens.refresh_token.is_none() => match held.still_valid(need, now) {
                Some(fresh) => Ready::Token { fresh, is_due: false },
                None => Ready::Failed(Box::new(self.login_required("the token has ended and cannot be refreshed"))),
            },
            _ => Ready::Needed,
        }
    }

    /// Returns whether the token of this generation is the current one and was got only just now.
    pub(super) fn is_brand_new(&self, generation: u64) -> bool {
        let mut held = self.held();
        self.look(&mut held, self.services.clock.moment());
        let now = self.services.clock.elapsed();
        held.generation == generation && held.minted.is_some_and(|minted| now.saturating_sub(minted) < BRAND_NEW)
    }

    /// Returns the current token if the provider gave it to us within this time.
    pub(super) fn minted_within(&self, time: Duration) -> Option<Fresh> {
        let held = self.held();
        let minted = held.minted.filter(|minted| self.services.clock.elapsed().saturating_sub(*minted) < time);
        minted.and_then(|_| held.still_valid(Need::Early, self.services.clock.moment()))
    }

    /// Returns the number of the current token, after a look at the file.
    pub(super) fn generation(&self) -> u64 {
        let mut held = self.held();
        self.look(&mut held, self.services.clock.moment());
        held.generation
    }

    /// Returns the current tokens, after a look at the file.
    pub(super) fn tokens(&self) -> Result<Arc<Tokens>, Failure> {
        let mut held = self.held();
        self.look(&mut held, self.services.clock.moment());
        match &held.current {
            Some(current) => Ok(Arc::clone(&current.tokens)),
            None => Err(self.nothing_stored(&held)),
        }
    }

    /// Returns whether a refresh token is the current one, or one that the current one came from.
    pub(super) fn is_or_was(&self, hash: u64) -> bool {
        let mut held = self.held();
        self.look(&mut held, self.services.clock.moment());
        held.spent.contains(&hash) || held.current.as_ref().is_some_and(|current| self.hash(&current.tokens) == hash)
    }

    /// Returns the current tokens if they came from others that a file still has.
    pub(super) fn newer_than(&self, theirs: &Tokens) -> Option<Arc<Tokens>> {
        let held = self.held();
        let current = held.current.as_ref()?;
        let is_older = held.spent.contains(&self.pair(theirs)) || held.spent.contains(&self.hash(theirs));
        (is_older && !self.is_same(theirs, &current.tokens)).then(|| Arc::clone(&current.tokens))
    }

    /// Returns whether two are the same tokens.
    pub(super) fn is_same(&self, one: &Tokens, other: &Tokens) -> bool {
        self.pair(one) == self.pair(other)
    }

    /// The bridge file that the grant came from has its newest tokens now.
    pub(super) fn is_carried(&self) {
        if self.file.is_none() {
            self.held().unsaved = None;
        }
    }

    /// Returns what to compare when one of several has to be let go: whether it was refreshed, and when it was used last.
    pub(super) fn worth(&self) -> (bool, Option<Duration>) {
        let held = self.held();
        (held.generation > 1, held.used)
    }

    /// Returns whether the disk lacks the current grant.
    pub(super) fn is_unsaved(&self) -> bool {
        self.held().is_unsaved()
    }

    /// Returns why the current grant is only in memory; none when the disk has it.
    pub(super) fn at_risk(&self) -> Option<AtRisk> {
        let held = self.held();
        let why = || held.unsaved.clone().or_else(|| held.unreadable.as_ref().map(|failure| failure.detail.clone()));
        let detail = held.is_unsaved().then(|| why().unwrap_or_else(|| "the disk holds an older grant".to_owned()))?;
        Some(AtRisk { account: self.name.clone(), detail })
    }

    /// Notes whether the account is configured: only then is a file that is missing written again.
    pub(super) fn is_wanted(&self, wanted: bool) {
        self.held().wanted = wanted;
    }

    /// Looks at the file, and returns whether there is something to save.
    pub(super) fn look_for_damage(&self) -> bool {
        let now = self.services.clock.moment();
        let mut held = self.held();
        self.look(&mut held, now);
        held.is_unsaved() && now.elapsed >= held.save_after
    }

    /// Returns whether the file is missing or damaged. It may be on its way: some programs write in two steps.
    pub(super) fn is_broken(&self) -> bool {
        let held = self.held();
        held.rolled_back && held.unreadable.is_some()
    }

    /// A person logs out: the grant goes with its file.
    pub(super) fn leave(&self) {
        let mut held = self.held();
        held.logged_out = true;
        (held.looked, held.missing) = (false, None);
    }

    /// Another grant has taken over the file: this one writes no more.
    pub(super) fn retire(&self) {
        let mut held = self.held();
        held.retired = true;
        held.drop_grant();
    }

    /// Returns the flight that is under way, or makes room for one.
    pub(super) fn board(&self, landing: Landing) -> Option<Landing> {
        let mut held = self.held();
        match &held.landing {
            Some(under_way) => Some(under_way.clone()),
            None => {
                held.landing = Some(landing);
                None
            }
        }
    }

    /// The flight is over.
    pub(super) fn land(&self) {
        self.held().landing = None;
    }

    /// Returns whether the grant was used recently and can be refreshed: then the daemon stays for it.
    pub(super) fn is_kept(&self, after_use: Duration) -> bool {
        let held = self.held();
        let can_be_refreshed = held.current.as_ref().is_some_and(|current| current.tokens.refresh_token.is_some());
        let recently = |used: Duration| self.services.clock.elapsed().saturating_sub(used) < after_use;
        can_be_refreshed
            && !matches!(held.trouble, Trouble::LoginRequired { .. })
            && (held.used.is_some_and(recently) || held.is_unsaved())
    }

    /// Returns whether there is something to do for a grant that was used recently.
    pub(super) fn is_due(&self, after_use: Duration) -> bool {
        if !self.is_kept(after_use) {
            return false;
        }
        let now = self.services.clock.moment();
        let mut held = self.held();
        self.look(&mut held, now);
        held.landing.is_none() && held.is_due(now)
    }

    /// Returns a number that stands for the refresh token, or for the access token where there is none.
    pub(super) fn hash(&self, tokens: &Tokens) -> u64 {
        hash(&self.hasher, tokens)
    }

    /// Returns a number that stands for the pair of tokens: where refresh tokens are never replaced, it alone tells old from new.
    pub(super) fn pair(&self, tokens: &Tokens) -> u64 {
        self.hasher.hash_one((self.hash(tokens), tokens.access_token.expose()))
    }
}

/// Returns a number that stands for the refresh token of a grant, or for the access token where there is none.
pub(super) fn hash(hasher: &RandomState, tokens: &Tokens) -> u64 {
    hasher.hash_one(tokens.refresh_token.as_ref().map_or_else(|| tokens.access_token.expose(), Secret::expose))
}
