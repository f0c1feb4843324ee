//! A look at where the grant is stored, and what is done about what is found there.

use std::sync::Arc;

use jiff::Timestamp;
use mp_proto::event::{Event, TokenCause};
use tracing::{info, warn};

use super::super::{Holder, disk};
use super::{Grant, Held, Trouble};
use crate::app::App;
use crate::bridge::Bridge;
use crate::clock::Moment;
use crate::files::read::Signature;
use crate::session::store::Tokens;

impl Grant {
    pub(super) fn look(&self, app: &App, holder: &Holder, held: &mut Held, now: Moment) {
        match holder {
            Holder::Account(..) => self.look_at_file(app, held, now),
            Holder::Bridge(bridge) => self.look_at_bridge(app, bridge, held, now),
        }
    }

    /// A bridge file counts when it is new; what was refreshed since stays in memory and is newer than the file.
    fn look_at_bridge(&self, app: &App, bridge: &Bridge, held: &mut Held, now: Moment) {
        let Some(tokens) = &bridge.tokens else { return };
        let hash = self.hash(tokens);
        if held.bridge_seen.replace(hash) == Some(hash) || held.spent.contains(&hash) {
            return;
        }
        self.adopt(app, held, Arc::new(tokens.clone()), now);
    }

    /// Looks at the file, and adopts what another tool wrote.
    pub(super) fn look_at_file(&self, app: &App, held: &mut Held, now: Moment) {
        let Some(path) = &self.file else { return };
        let seen = Signature::of(path).ok().flatten();
        if held.looked && held.settled && held.seen == seen {
            return;
        }
        let is_first = !held.looked;
        held.looked = true;
        let found = disk::read(app, path);
        held.settled = found.signature.as_ref().is_none_or(|signature| signature.is_settled(now.wall.into()));
        held.seen = found.signature;
        match found.tokens {
            Ok(Some(tokens)) => {
                held.unreadable = None;
                self.found(app, held, tokens, now);
                if is_first {
                    self.recover(app, held, now);
                }
            }
            Ok(None) => self.is_gone(held, now.wall),
            Err(failure) => {
                if held.unreadable.as_ref() != Some(&failure) {
                    warn!(account = %self.name, detail = %failure.detail, "tokens could not be read");
                    held.since = now.wall;
                }
                held.unreadable = Some(failure);
            }
        }
    }

    fn is_gone(&self, held: &mut Held, now: Timestamp) {
        if held.current.is_some() {
            info!(account = %self.name, "tokens are gone");
            held.since = now;
        }
        held.unreadable = None;
        held.trouble = Trouble::None;
        held.drop_grant();
    }

    /// The file holds these tokens.
    fn found(&self, app: &App, held: &mut Held, tokens: Tokens, now: Moment) {
        let Some(current) = held.current.clone() else { return self.adopt(app, held, Arc::new(tokens), now) };
        let hash = self.hash(&tokens);
        if held.saving == Some(hash) {
            // Ours, on its way to be the current one.
            held.settled = false;
            return;
        }
        if self.is_same(&current.tokens, &tokens) {
            (held.unsaved, held.rolled_back) = (None, false);
            // The file holds no more than microseconds.
            if current.tokens.expires_at.as_microsecond() != tokens.expires_at.as_microsecond() {
                // Somebody knows better when it ends, or wants it to be refreshed.
                held.put(Arc::new(tokens), None, now);
            }
            return;
        }
        let is_ours = hash == self.hash(&current.tokens);
        if held.spent.contains(&hash) || (is_ours && tokens.expires_at < current.tokens.expires_at) {
            // The file is older than what we have: a rival's late write, a restored backup, or our own write that failed.
            if !held.rolled_back && held.unsaved.is_none() {
                warn!(account = %self.name, "an older grant came back to the disk");
            }
            held.rolled_back = true;
            return;
        }
        self.adopt(app, held, Arc::new(tokens), now);
    }

    /// After a crash the newest grant may lie beside the file, complete but not yet in place.
    fn recover(&self, app: &App, held: &mut Held, now: Moment) {
        let Some(path) = &self.file else { return };
        for tokens in disk::beside(app, path) {
            let Some(current) = held.current.clone() else { return };
            if self.hash(&tokens) == self.hash(&current.tokens) {
                continue;
            }
            if tokens.expires_at > current.tokens.expires_at {
                info!(account = %self.name, "a newer grant was found beside the file");
                held.spare(Arc::clone(&current.tokens));
                held.install(Arc::new(tokens), None, now);
                held.replaces = Some(self.hash(&current.tokens));
                held.rolled_back = true;
            } else {
                held.spare(Arc::new(tokens));
            }
        }
    }

    /// Makes tokens that came from elsewhere the current ones.
    pub(super) fn adopt(&self, app: &App, held: &mut Held, tokens: Arc<Tokens>, now: Moment) {
        if let Some(old) = held.current.clone()
            && self.hash(&old.tokens) != self.hash(&tokens)
            && !held.spent.contains(&self.hash(&old.tokens))
        {
            held.spare(old.tokens);
        }
        let is_first = held.generation == 0;
        held.install(tokens, None, now);
        (held.unsaved, held.rolled_back) = (None, false);
        if !is_first {
            info!(account = %self.name, generation = held.generation, "another program's tokens were adopted");
            self.announce(app, held, TokenCause::Adopted);
        }
    }

    pub(super) fn announce(&self, app: &App, held: &Held, cause: TokenCause) {
        let Some(current) = &held.current else { return };
        app.hub.publish(&Event::TokenRefreshed {
            account: self.name.to_string(),
            generation: held.generation,
            expires_at: current.tokens.expires_at,
            cause,
        });
    }
}
