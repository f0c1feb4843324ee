//! What is known of one grant, and what follows from it. It reads its file, and waits for nothing.
//!
//! [`look`] compares with the file, [`spend`] is the side of a refresh, [`told`] what people are shown.

mod file;
mod refresh;
mod status;

use parking_lot::{Mutex, MutexGuard};
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;

use super::fresh::{Fresh, Landing};
use super::pace::Pace;
use super::services::Services;
use crate::clock::Moment;
use crate::files::read::Signature;
use crate::identity::bridge::Bridge;
use crate::identity::tokens::Tokens;

/// A token that was got so recently is not refreshed again because of a 401: what is wrong is not its age.
const BRAND_NEW: Duration = Duration::from_secs(60);

/// Spent refresh tokens that are remembered. A rival that writes one back does so within a few refreshes.
const SPENT: usize = 256;

/// Grants that lost a race and may still be good.
const SPARES: usize = 4;

/// How long it may still be good. After that, what is in the file was meant.
const SPARED: Duration = Duration::from_secs(120);

/// What a caller needs of a token.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// It stays valid for so long.
    Valid(SignedDuration),
    /// It is newer than this generation.
    NewerThan(u64),
    /// It is not about to end.
    Early,
    /// It is on disk, whatever becomes of it.
    Saved,
}

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
    /// `tokens.json`; none for a bridge, whose grant stays in memory.
    pub(super) file: Option<PathBuf>,
    pub(super) services: Arc<Services>,
    hasher: RandomState,
    held: Mutex<Held>,
}

/// The tokens in use.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) tokens: Arc<Tokens>,
    /// When we came to know them.
    known: Moment,
    /// What the provider granted, where it was granted to us; the file does not tell.
    life: Option<SignedDuration>,
    /// So long before their end they are refreshed in the background.
    margin: SignedDuration,
}

/// Why there is no good token, until something changes.
#[derive(Debug)]
enum Trouble {
    None,
    /// Not before this time on the clock that nobody sets.
    Backoff {
        until: Duration,
        retry_at: Timestamp,
        cause: String,
    },
    /// The provider refuses this refresh token for good.
    LoginRequired {
        detail: String,
        /// The client that was not accepted, where that was the reason: another one may be.
        client: Option<String>,
    },
}

#[derive(Debug)]
struct Held {
    current: Option<Current>,
    generation: u64,
    /// The file as it was read last, and whether a later change must show.
    seen: Option<Signature>,
    settled: bool,
    looked: bool,
    /// Why the file could not be read.
    unreadable: Option<Failure>,
    /// When the provider gave us a token last.
    minted: Option<Duration>,
    /// Hashes of refresh tokens, and of pairs of tokens, that were replaced by newer ones.
    spent: VecDeque<u64>,
    /// With the time when each lost its race.
    spares: Vec<(Duration, Arc<Tokens>)>,
    /// Why the current grant is not on disk, if it is not.
    unsaved: Option<String>,
    /// The disk has an older grant than we: ours has to be written.
    rolled_back: bool,
    /// What the file may hold, beside spent grants, for ours to take its place.
    replaces: Option<u64>,
    /// Not before then is a write tried again that failed.
    save_after: Duration,
    /// What is just being written.
    saving: Option<u64>,
    /// Whether leftovers of a crash were looked for.
    recovered: bool,
    /// The account has changed its region: this grant is nobody's any more.
    retired: bool,
    trouble: Trouble,
    pace: Pace,
    since: Timestamp,
    landing: Option<Landing>,
    used: Option<Duration>,
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
        let held = Held {
            current: None,
            generation: 0,
            seen: None,
            settled: false,
            looked: false,
            unreadable: None,
            minted: None,
            spent: VecDeque::new(),
            spares: Vec::new(),
            unsaved: None,
            rolled_back: false,
            replaces: None,
            save_after: Duration::ZERO,
            saving: None,
            recovered: false,
            retired: false,
            trouble: Trouble::None,
            pace: Pace::calm(),
            since: services.clock.now(),
            landing: None,
            used: None,
        };
        Self { name, region, file, services: Arc::clone(services), hasher, held: Mutex::new(held) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Each change below is complete before anything can panic.
        self.held.lock()
    }

    /// Returns what a caller gets now. Looks at the file first, for another tool may have written it.
    pub(super) fn ready(&self, need: Need) -> Ready {
        let now = self.services.clock.moment();
        let mut held = self.held();
        self.look(&mut held, now);
        held.used = Some(now.elapsed);
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

    /// Returns what to compare when one of several has to be let go: whether it was refreshed, and when it was used last.
    pub(super) fn worth(&self) -> (bool, Option<Duration>) {
        let held = self.held();
        (held.generation > 1, held.used)
    }

    /// Returns whether the disk lacks the current grant.
    pub(super) fn is_unsaved(&self) -> bool {
        self.held().is_unsaved()
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
            && (held.used.is_some_and(recently) || held.unsaved.is_some())
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

impl Held {
    fn put(&mut self, tokens: Arc<Tokens>, life: Option<SignedDuration>, now: Moment) {
        let rest = tokens.expires_at.duration_since(now.wall);
        let margin = margin(life.unwrap_or(rest));
        self.current = Some(Current { tokens, known: now, life, margin });
    }

    /// Makes another grant the current one.
    fn install(&mut self, tokens: Arc<Tokens>, life: Option<SignedDuration>, now: Moment) {
        self.put(tokens, life, now);
        self.generation += 1;
        self.trouble = Trouble::None;
        // Set again by who knows that the provider gave it to us just now.
        self.minted = None;
        self.since = now.wall;
        if self.current.as_ref().is_some_and(|current| current.left(now) > SignedDuration::ZERO) {
            self.pace = Pace::calm();
        }
    }

    fn remember_spent(&mut self, hash: u64) {
        if self.spent.len() == SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(hash);
    }

    /// Keeps a grant that lost a race, for as long as the race may be undecided.
    fn spare(&mut self, tokens: Arc<Tokens>, now: Moment) {
        self.spares.retain(|(lost, _)| now.elapsed.saturating_sub(*lost) < SPARED);
        if self.spares.len() == SPARES {
            self.spares.remove(0);
        }
        self.spares.push((now.elapsed, tokens));
    }

    /// Forgets the grant, as somebody who logged out wants it.
    fn drop_grant(&mut self) {
        self.current = None;
        self.spares.clear();
        (self.unsaved, self.rolled_back, self.settled) = (None, false, false);
    }

    fn fresh(&self) -> Option<Fresh> {
        let tokens = &self.current.as_ref()?.tokens;
        let (token, expires_at) = (tokens.access_token.clone(), tokens.expires_at);
        Some(Fresh { token, expires_at, generation: self.generation })
    }

    /// Returns the current token if it is what is needed.
    fn fitting(&self, need: Need, now: Moment) -> Option<Fresh> {
        let current = self.current.as_ref()?;
        let left = current.left(now);
        let fits = match need {
            Need::Valid(wanted) => left >= current.attainable(wanted),
            Need::NewerThan(generation) => self.generation > generation && left > SignedDuration::ZERO,
            Need::Early => left >= current.margin,
            Need::Saved => true,
        };
        if fits { self.fresh() } else { None }
    }

    /// Returns the current token if it is not over yet, where a better one cannot be had. Less than a second is as good as over.
    fn still_valid(&self, need: Need, now: Moment) -> Option<Fresh> {
        let is_valid = self.current.as_ref()?.left(now) >= SignedDuration::from_secs(1);
        if is_valid && !matches!(need, Need::NewerThan(_)) { self.fresh() } else { None }
    }

    /// Returns whether the disk lacks the current grant. One that was refused for good is not worth writing.
    fn is_unsaved(&self) -> bool {
        (self.unsaved.is_some() || self.rolled_back) && !matches!(self.trouble, Trouble::LoginRequired { .. })
    }

    fn is_due(&self, now: Moment) -> bool {
        let may = match &self.trouble {
            Trouble::None => true,
            Trouble::Backoff { until, .. } => now.elapsed >= *until,
            Trouble::LoginRequired { .. } => false,
        };
        let soon = |current: &Current| current.tokens.refresh_token.is_some() && current.left(now) < current.margin;
        let is_to_save = self.is_unsaved() && now.elapsed >= self.save_after;
        is_to_save || (may && self.current.as_ref().is_some_and(soon))
    }
}

impl Current {
    fn left(&self, now: Moment) -> SignedDuration {
        now.left_until(self.tokens.expires_at, &self.known)
    }

    /// Returns how much validity can be asked for: no more than a token has that was granted a minute ago, or half of it for one that
    /// lives for minutes only. Who asks for more would refresh with every call, and still not get it.
    fn attainable(&self, wanted: SignedDuration) -> SignedDuration {
        match self.life {
            Some(life) => wanted.min((life - SignedDuration::from_secs(60)).max(life / 2)),
            None => wanted,
        }
    }
}

/// Returns how long before its end a token is refreshed in the background: a tenth of its life, from one minute to five, but never
/// more than half of it; give or take a tenth, so that many machines do not ask at the same second.
fn margin(life: SignedDuration) -> SignedDuration {
    let seconds = (life.as_secs() / 10).clamp(60, 300).min(life.as_secs() / 2).max(0);
    // A hasher's random key is randomness enough here.
    let dice = i64::try_from(RandomState::new().hash_one(0_u8) % 201).unwrap_or(100) - 100;
    SignedDuration::from_millis(seconds * 1000 + seconds * dice)
}
