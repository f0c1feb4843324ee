//! A look at where the grant is stored, and what is done about what is found there.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use mp_proto::event::{Event, TokenCause};
use mp_proto::failure::{Failure, FailureKind};
use tracing::{info, warn};

use super::super::disk;
use super::super::kept::Kept;
use super::Grant;
use super::state::{GrantState, Trouble};
use super::status::NO_TOKENS;
use crate::clock::Moment;
use crate::files::read::Signature;
use crate::identity::tokens::Tokens;

impl Grant {
    pub(super) fn look(&self, held: &mut GrantState, now: Moment) {
        if self.file.is_some() && !held.retired {
            self.look_at_file(held, now);
        }
    }

    /// Looks at the file, and adopts what another tool wrote.
    fn look_at_file(&self, held: &mut GrantState, now: Moment) {
        let Some(path) = &self.file else { return };
        let seen = self.last_look.or(|| Signature::of(path)).ok().flatten();
        if held.looked && held.settled && held.seen == seen {
            return;
        }
        held.looked = true;
        let kept = Kept::of(&self.services.vault, &self.name);
        let found = disk::read(self.services.paths.home(), path, &kept);
        held.settled = found.signature.as_ref().is_none_or(|signature| signature.is_settled(now.wall.into()));
        held.seen = found.signature;
        if found.kept.is_some() || matches!(found.tokens, Ok(Some(_))) {
            held.kept = found.kept;
        }
        // Nothing of the file changes when they can be had.
        held.settled &= found.kept.is_none() || found.tokens.is_ok();
        match found.tokens {
            Ok(Some(tokens)) => {
                (held.unreadable, held.missing, held.logged_out) = (None, None, false);
                self.found(held, tokens, now);
                if !held.recovered {
                    held.recovered = true;
                    self.recover(held, now);
                }
            }
            Ok(None) => self.is_gone(held, now.wall),
            Err(failure) => {
                held.missing = None;
                // Whatever made it unreadable, the grant is only here now. One that is refused for good is not worth keeping.
                held.rolled_back |= found.is_damaged && held.current.is_some();
                if held.unreadable.as_ref() != Some(&failure) {
                    warn!(account = %self.name, detail = %failure.detail, "tokens could not be read");
                    held.since = now.wall;
                }
                held.unreadable = Some(failure);
            }
        }
    }

    /// There is no file. Where nobody has logged out, the grant is only here now, and goes back to the disk.
    fn is_gone(&self, held: &mut GrantState, now: Timestamp) {
        let found = Instant::now();
        if held.current.is_some()
            && !matches!(held.trouble, Trouble::LoginRequired { .. })
            && !self.is_logout(held, found)
        {
            let detail = format!("{} was removed, and nobody has logged out", self.shown_file());
            warn!(account = %self.name, "tokens are missing");
            held.missing = Some(found);
            held.unreadable = Some(Failure::new(FailureKind::Storage, detail));
            held.rolled_back = true;
            return;
        }
        self.drop_gone(held, now);
    }

    fn is_logout(&self, held: &GrantState, found_missing: Instant) -> bool {
        // Who removes the directory, too, does more than any logout.
        let is_tokens_alone = self.file.as_ref().and_then(|path| path.parent()).is_some_and(Path::exists);
        held.logged_out || !held.wanted || (is_tokens_alone && self.services.witness.allows_logout(found_missing))
    }

    fn shown_file(&self) -> String {
        self.file.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
    }

    /// Decides again about a file that was found missing: who has read the config may have become known only now.
    pub(in crate::keeper) fn reconsider(&self) {
        let mut held = self.held();
        if let Some(found) = held.missing
            && self.is_logout(&held, found)
        {
            self.drop_gone(&mut held, self.services.clock.now());
        }
    }

    /// Returns whether a file that does not exist may be written: it was removed, and nobody has logged out.
    pub(in crate::keeper) fn is_to_be_restored(&self) -> bool {
        let held = self.held();
        !held.logged_out && held.wanted && (held.missing.is_some() || !self.is_logout(&held, Instant::now()))
    }

    fn drop_gone(&self, held: &mut GrantState, now: Timestamp) {
        if held.current.is_some() {
            info!(account = %self.name, "tokens are gone");
            held.since = now;
            // An account that is removed has an event of its own.
            if held.wanted && !matches!(held.trouble, Trouble::LoginRequired { .. }) {
                self.tell_login_required(NO_TOKENS);
            }
        }
        if let Some(store) = held.kept.take() {
            Kept::of(&self.services.vault, &self.name).let_go(store);
        }
        held.unreadable = None;
        held.trouble = Trouble::None;
        held.drop_grant();
    }

    /// The file holds these tokens.
    fn found(&self, held: &mut GrantState, tokens: Tokens, now: Moment) {
        let Some(current) = held.current.clone() else { return self.adopt(held, Arc::new(tokens), now) };
        let hash = self.hash(&tokens);
        if held.saving == Some(hash) {
            // Ours, on its way to be the current one.
            held.settled = false;
            return;
        }
        if self.pair(&current.tokens) == self.pair(&tokens) {
            (held.unsaved, held.rolled_back) = (None, false);
            // The file holds no more than microseconds.
            if current.tokens.expires_at.as_microsecond() != tokens.expires_at.as_microsecond() {
                // Somebody knows better when it ends, or wants it to be refreshed.
                held.put(Arc::new(tokens), None, now);
            }
            return;
        }
        if held.spent.contains(&hash) || held.spent.contains(&self.pair(&tokens)) {
            // The file is older than what we have: a rival's late write, a restored backup, or our own write that failed.
            if !held.rolled_back && held.unsaved.is_none() {
                warn!(account = %self.name, "an older grant came back to the disk");
            }
            held.rolled_back = true;
            return;
        }
        self.adopt(held, Arc::new(tokens), now);
    }

    /// After a crash the newest grant may lie beside the file, complete but not yet in place.
    fn recover(&self, held: &mut GrantState, now: Moment) {
        let Some(path) = &self.file else { return };
        for tokens in disk::beside(self.services.paths.home(), path) {
            let Some(current) = held.current.clone() else { return };
            if tokens.expires_at > current.tokens.expires_at && self.hash(&tokens) != self.hash(&current.tokens) {
                info!(account = %self.name, "a newer grant was found beside the file");
                // What the file holds: of several leftovers only the last is of use.
                held.replaces.get_or_insert(self.hash(&current.tokens));
                held.spare(current.tokens, now);
                held.install(Arc::new(tokens), None, now);
                held.rolled_back = true;
            }
        }
    }

    /// Makes tokens that came from elsewhere the current ones.
    pub(super) fn adopt(&self, held: &mut GrantState, tokens: Arc<Tokens>, now: Moment) {
        if let Some(old) = held.current.clone()
            && self.hash(&old.tokens) != self.hash(&tokens)
            && !held.spent.contains(&self.hash(&old.tokens))
        {
            held.spare(old.tokens, now);
        }
        let is_first = held.generation == 0;
        held.install(tokens, None, now);
        (held.unsaved, held.rolled_back) = (None, false);
        if !is_first {
            info!(account = %self.name, generation = held.generation, "another program's tokens were adopted");
            self.announce(held, TokenCause::Adopted);
        }
    }

    pub(super) fn announce(&self, held: &GrantState, cause: TokenCause) {
        let Some(current) = &held.current else { return };
        self.services.hub.publish(&Event::TokenRefreshed {
            account: self.name.to_string(),
            generation: held.generation,
            expires_at: current.tokens.expires_at,
            cause,
        });
    }
}
