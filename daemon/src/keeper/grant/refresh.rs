//! What a refresh does with a grant: what to spend, and what its result changes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use mp_proto::event::{Event, TokenCause};
use mp_proto::failure::Failure;
use tracing::{info, warn};

use super::state::{Need, SPARED, Trouble};
use super::{Grant, Spend};
use crate::identity::registration::Registration;
use crate::identity::tokens::Tokens;
use crate::keeper::disk;
use crate::keeper::fresh::{Fresh, Outcome};

/// How long a write that failed is left alone. A full disk is not emptied by asking.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

impl Grant {
    /// Returns the tokens to refresh, unless what is needed is there already. Looks at the file first.
    pub(in crate::keeper) fn to_spend(&self, need: Need) -> Result<Spend, Box<Failure>> {
        let now = self.services.clock.moment();
        let mut held = self.held();
        self.look(&mut held, now);
        let Some(current) = &held.current else { return Err(Box::new(self.nothing_stored(&held))) };
        let tokens = Arc::clone(&current.tokens);
        if let Some(fresh) = held.fitting(need, now) {
            return Ok(if held.is_unsaved() { Spend::SaveFirst(fresh, tokens) } else { Spend::Nothing(fresh) });
        }
        if let Trouble::LoginRequired { detail, client } = &held.trouble
            && !self.has_another_client(client.as_deref())
        {
            return Err(Box::new(self.login_required(detail)));
        }
        if tokens.refresh_token.is_none() {
            return Err(Box::new(self.login_required("there is no refresh token")));
        }
        Ok(Spend::Grant(tokens))
    }

    /// Returns whether a client was refused and another one is registered by now.
    pub(super) fn has_another_client(&self, refused: Option<&str>) -> bool {
        let Some(refused) = refused else { return false };
        Registration::read(&self.services.paths, self.region).is_some_and(|registered| registered.client_id != refused)
    }

    /// Returns whether the disk, or somebody else, has brought another grant than the refused one. Looks at the file first.
    pub(in crate::keeper) fn has_moved_on(&self, refused: &Tokens) -> bool {
        let mut held = self.held();
        self.look(&mut held, self.services.clock.moment());
        held.current.as_ref().is_some_and(|current| self.hash(&current.tokens) != self.hash(refused))
    }

    /// Returns whether what stands in the file may be replaced by these tokens: it is what they came from, or something older.
    pub(in crate::keeper) fn may_replace(&self, in_file: &Tokens, spent: Option<&Tokens>, ours: &Tokens) -> bool {
        let (hash, pair) = (self.hash(in_file), self.pair(in_file));
        let held = self.held();
        let is_spent =
            |spent: &Tokens| pair == self.pair(spent) || (hash == self.hash(spent) && hash != self.hash(ours));
        if spent.is_some_and(is_spent) || held.spent.contains(&pair) || held.replaces == Some(hash) {
            return true;
        }
        if hash == self.hash(ours) {
            return in_file.expires_at <= ours.expires_at;
        }
        held.spent.contains(&hash)
    }

    /// Returns whether the file is another grant's by now.
    pub(in crate::keeper) fn is_retired(&self) -> bool {
        self.held().retired
    }

    /// New tokens are being written: whoever finds them in the file has not found another program's. None: not any more.
    pub(in crate::keeper) fn saving(&self, tokens: Option<&Tokens>) {
        self.held().saving = tokens.map(|tokens| self.hash(tokens));
    }

    /// A refresh or a login brought new tokens. They are used from now on.
    pub(in crate::keeper) fn granted(&self, spent: Option<&Tokens>, tokens: &Arc<Tokens>) -> Fresh {
        let now = self.services.clock.moment();
        let mut held = self.held();
        if let Some(spent) = spent {
            held.remember_spent(self.pair(spent));
            if self.hash(spent) != self.hash(tokens) {
                held.remember_spent(self.hash(spent));
            }
        }
        let life = tokens.expires_at.duration_since(now.wall);
        held.install(Arc::clone(tokens), Some(life), now);
        held.minted = Some(now.elapsed);
        if spent.is_some() {
            self.services.refreshed.fetch_add(1, Ordering::Relaxed);
        }
        held.saving = None;
        held.fresh().expect("it was installed just now")
    }

    /// The current grant is on disk, written by us.
    pub(in crate::keeper) fn saved(&self, cause: TokenCause) {
        let mut held = self.held();
        (held.unsaved, held.rolled_back, held.unreadable, held.replaces) = (None, false, None, None);
        held.missing = None;
        // The next look reads what was written, and is then settled.
        held.settled = false;
        info!(account = %self.name, generation = held.generation, cause = ?cause, "tokens were saved");
        self.announce(&held, cause);
    }

    /// The current grant was made for this client.
    pub(in crate::keeper) fn is_of_client(&self, client_id: &str) {
        let mut held = self.held();
        if let Some(current) = &mut held.current
            && current.tokens.client_id.is_none()
        {
            Arc::make_mut(&mut current.tokens).client_id = Some(client_id.to_owned());
        }
    }

    /// A refreshed token is a bridge's: its files have it by now, or have nothing that would be lost with the daemon.
    pub(in crate::keeper) fn carried(&self) {
        let mut held = self.held();
        held.unsaved = None;
        self.announce(&held, TokenCause::Refreshed);
    }

    /// The current grant could not be written. It is used all the same, and written later.
    pub(in crate::keeper) fn not_saved(&self, detail: String) {
        let mut held = self.held();
        if held.unsaved.is_none() {
            warn!(account = %self.name, detail, "tokens could not be saved");
            held.since = self.services.clock.now();
            self.announce(&held, TokenCause::Refreshed);
        }
        held.unsaved = Some(detail);
        held.save_after = self.services.clock.elapsed() + SAVE_AGAIN;
    }

    /// Another program's grant stands in the file. It is adopted, and ours stays at hand.
    pub(in crate::keeper) fn overtaken(&self, ours: Option<&Arc<Tokens>>, theirs: Tokens) {
        let now = self.services.clock.moment();
        let mut held = self.held();
        held.saving = None;
        self.adopt(&mut held, Arc::new(theirs), now);
        if let Some(ours) = ours {
            held.spare(Arc::clone(ours), now);
        }
        held.settled = false;
    }

    /// The file was removed meanwhile: somebody logged out, and ours goes too.
    pub(in crate::keeper) fn forgotten(&self) -> Failure {
        let mut held = self.held();
        held.saving = None;
        held.drop_grant();
        self.nothing_stored(&held)
    }

    /// The provider refused the refresh token for good. Another one that may be good is the current one from now on, if one is known.
    pub(in crate::keeper) fn fall_back(&self, refused: &Tokens) -> bool {
        let now = self.services.clock.moment();
        let mut held = self.held();
        held.remember_spent(self.hash(refused));
        let beside = self.file.as_ref().map(|path| disk::beside(self.services.paths.home(), path)).unwrap_or_default();
        for tokens in beside.into_iter().filter(|tokens| tokens.expires_at > refused.expires_at) {
            held.spare(Arc::new(tokens), now);
        }
        while let Some((lost, spare)) = held.spares.pop() {
            let is_recent = now.elapsed.saturating_sub(lost) < SPARED;
            if is_recent && spare.refresh_token.is_some() && !held.spent.contains(&self.hash(&spare)) {
                info!(account = %self.name, "a grant that lost a race is tried");
                held.install(spare, None, now);
                held.rolled_back = true;
                return true;
            }
        }
        false
    }

    /// A person has logged in: what was there before is of no more use to anybody.
    pub(in crate::keeper) fn begin_anew(&self) {
        let mut held = self.held();
        held.spares.clear();
        held.replaces = None;
        (held.retired, held.logged_out) = (false, false);
    }

    /// Nothing but a login helps.
    pub(in crate::keeper) fn require_login(&self, detail: String, client: Option<String>) -> Failure {
        let failure = self.login_required(&detail);
        let mut held = self.held();
        held.since = self.services.clock.now();
        self.services.failed.fetch_add(1, Ordering::Relaxed);
        warn!(account = %self.name, detail, "login is required");
        self.tell_login_required(&detail);
        held.trouble = Trouble::LoginRequired { detail, client };
        held.rolled_back = false;
        failure
    }

    /// There is no room for new tokens. Returns what to answer instead of asking for them: the old token, where it still serves. Where
    /// it has ended, or somebody wants another one in so many words, none is what nobody can use: they are got, and kept in memory until
    /// there is room; the status, the answer and a stop say so.
    pub(in crate::keeper) fn without_room(&self, need: Need, cause: &str) -> Option<Outcome> {
        let serves = self.held().still_valid(need, self.services.clock.moment()).is_some();
        warn!(account = %self.name, cause, serves, "there is no room for new tokens");
        let cause = format!("no new one was asked for, since it could not be stored: {cause}");
        serves.then(|| self.weather(need, cause, None))
    }

    /// The provider could not be asked, or did not answer sensibly. Returns the old token for as long as it is valid.
    pub(in crate::keeper) fn weather(
        &self,
        need: Need,
        cause: String,
        retry_after: Option<Duration>,
    ) -> Result<Fresh, Box<Failure>> {
        let now = self.services.clock.moment();
        let mut held = self.held();
        let pause = held.pace.next(retry_after);
        self.services.failed.fetch_add(1, Ordering::Relaxed);
        let wait = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
        let retry_at = now.wall.checked_add(wait).unwrap_or(now.wall);
        warn!(account = %self.name, cause, pause_ms = pause.as_millis(), "a refresh failed");
        self.services.hub.publish(&Event::TokenFailed {
            account: self.name.to_string(),
            detail: cause.clone(),
            retry_at,
        });
        if !matches!(held.trouble, Trouble::Backoff { .. }) {
            held.since = now.wall;
        }
        let failure = self.unavailable(&cause, pause);
        held.trouble = Trouble::Backoff { until: now.elapsed + pause, retry_at, cause };
        held.still_valid(need, now).ok_or_else(|| Box::new(failure))
    }
}
