//! What is known of a grant, and what follows from it by itself. Pure; time is a value.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use mp_proto::failure::Failure;
use mp_proto::ids::SecretStore;

use crate::clock::Moment;
use crate::files::read::Signature;
use crate::identity::bearer::TokenAnswer;
use crate::identity::tokens::Tokens;
use crate::keeper::fresh::{Fresh, Landing};
use crate::keeper::pace::Pace;

/// Spent refresh tokens that are remembered. A rival that writes one back does so within a few refreshes.
const SPENT: usize = 256;

/// Grants that lost a race and may still be good.
const SPARES: usize = 4;

/// How long it may still be good. After that, what is in the file was meant.
pub(super) const SPARED: Duration = Duration::from_secs(120);

/// What a caller needs of a token.
#[derive(Debug, Clone, Copy)]
pub(in crate::keeper) enum Need {
    /// It stays valid for so long.
    Valid(SignedDuration),
    /// It is newer than this generation.
    NewerThan(u64),
    /// It is not about to end.
    Early,
    /// It is on disk, whatever becomes of it.
    Saved,
}

/// The tokens in use.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) tokens: Arc<Tokens>,
    /// When we came to know them.
    pub(super) known: Moment,
    /// What the provider granted, where it was granted to us; the file does not tell.
    pub(super) life: Option<SignedDuration>,
    /// So long before their end they are refreshed in the background.
    pub(super) margin: SignedDuration,
    pub(super) answer: TokenAnswer,
}

/// Why there is no good token, until something changes.
#[derive(Debug)]
pub(super) enum Trouble {
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

/// All that is known of a grant.
#[derive(Debug)]
pub(super) struct GrantState {
    pub(super) current: Option<Current>,
    pub(super) generation: u64,
    /// The file as it was read last, and whether a later change must show.
    pub(super) seen: Option<Signature>,
    pub(super) settled: bool,
    pub(super) looked: bool,
    /// Why the file could not be read.
    pub(super) unreadable: Option<Failure>,
    /// When the provider gave us a token last.
    pub(super) minted: Option<Duration>,
    /// Hashes of refresh tokens, and of pairs of tokens, that were replaced by newer ones.
    pub(super) spent: VecDeque<u64>,
    /// With the time when each lost its race.
    pub(super) spares: Vec<(Duration, Arc<Tokens>)>,
    /// Why the current grant is not on disk, if it is not.
    pub(super) unsaved: Option<String>,
    /// The disk has an older grant than we: ours has to be written.
    pub(super) rolled_back: bool,
    /// What the file may hold, beside spent grants, for ours to take its place.
    pub(super) replaces: Option<u64>,
    /// Not before then is a write tried again that failed.
    pub(super) save_after: Duration,
    /// Where the tokens are kept, if that is not the file.
    pub(super) kept: Option<SecretStore>,
    /// What is just being written.
    pub(super) saving: Option<u64>,
    /// Whether leftovers of a crash were looked for.
    pub(super) recovered: bool,
    /// The account has changed its region: this grant is nobody's any more.
    pub(super) retired: bool,
    /// A person has logged out: a file that is gone stays gone.
    pub(super) logged_out: bool,
    /// The account was configured when somebody looked last, or has been used since.
    pub(super) wanted: bool,
    /// When the file was found missing, if that was no logout.
    pub(super) missing: Option<Instant>,
    pub(super) trouble: Trouble,
    pub(super) pace: Pace,
    pub(super) since: Timestamp,
    pub(super) landing: Option<Landing>,
    pub(super) used: Option<Duration>,
}

impl GrantState {
    /// Returns what is known of a grant before anybody has looked.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
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
            kept: None,
            saving: None,
            recovered: false,
            retired: false,
            logged_out: false,
            wanted: true,
            missing: None,
            trouble: Trouble::None,
            pace: Pace::calm(),
            since: now,
            landing: None,
            used: None,
        }
    }

    pub(super) fn put(&mut self, tokens: Arc<Tokens>, life: Option<SignedDuration>, now: Moment) {
        let rest = tokens.expires_at.duration_since(now.wall);
        let margin = margin(life.unwrap_or(rest));
        self.current = Some(Current { tokens, known: now, life, margin, answer: TokenAnswer::default() });
    }

    /// Makes another grant the current one.
    pub(super) fn install(&mut self, tokens: Arc<Tokens>, life: Option<SignedDuration>, now: Moment) {
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

    pub(super) fn remember_spent(&mut self, hash: u64) {
        if self.spent.len() == SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(hash);
    }

    /// Keeps a grant that lost a race, for as long as the race may be undecided.
    pub(super) fn spare(&mut self, tokens: Arc<Tokens>, now: Moment) {
        self.spares.retain(|(lost, _)| now.elapsed.saturating_sub(*lost) < SPARED);
        if self.spares.len() == SPARES {
            self.spares.remove(0);
        }
        self.spares.push((now.elapsed, tokens));
    }

    /// Forgets the grant, as somebody who logged out wants it.
    pub(super) fn drop_grant(&mut self) {
        self.current = None;
        self.spares.clear();
        (self.unsaved, self.rolled_back, self.settled, self.missing) = (None, false, false, None);
    }

    pub(super) fn fresh(&self) -> Option<Fresh> {
        let current = self.current.as_ref()?;
        let (token, expires_at) = (current.tokens.access_token.clone(), current.tokens.expires_at);
        Some(Fresh { token, expires_at, generation: self.generation, answer: current.answer.clone() })
    }

    /// Returns the current token if it is what is needed.
    pub(super) fn fitting(&self, need: Need, now: Moment) -> Option<Fresh> {
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
    pub(super) fn still_valid(&self, need: Need, now: Moment) -> Option<Fresh> {
        let is_valid = self.current.as_ref()?.left(now) >= SignedDuration::from_secs(1);
        if is_valid && !matches!(need, Need::NewerThan(_)) { self.fresh() } else { None }
    }

    /// Returns whether the disk lacks the current grant. One that was refused for good is not worth writing.
    pub(super) fn is_unsaved(&self) -> bool {
        (self.unsaved.is_some() || self.rolled_back) && !matches!(self.trouble, Trouble::LoginRequired { .. })
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
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
    pub(super) fn left(&self, now: Moment) -> SignedDuration {
        now.left_until(self.tokens.expires_at, &self.known)
    }

    /// Returns how much validity can be asked for: no more than a token has that was granted a minute ago, or half of it for one that
    /// lives for minutes only. Who asks for more would refresh with every call, and still not get it.
    pub(super) fn attainable(&self, wanted: SignedDuration) -> SignedDuration {
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
