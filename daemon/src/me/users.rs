//! Finds out what `/me` says of an identity: from the cache, else from Mixpanel, with one request for all who ask at once.

use std::sync::Arc;

use mp_catalog::results;
use mp_proto::deadline::CALL;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountName;
use mp_proto::plane::Plane;
use serde_json::Value;
use tokio::time::timeout;
use tracing::warn;

use crate::call::calls::Calls;
use crate::call::request::Outgoing;
use crate::clock::Clock;
use crate::files::paths::Paths;
use crate::hub::Hub;
use crate::identity::Identity;
use crate::life::Life;
use crate::me::cache::MeCache;
use crate::me::flight::Flights;
use crate::me::key::{Flown, Key, MeFile};
use crate::me::memory::Memory;
use crate::me::user::Me;
use crate::session::Session;
use crate::store::Store;

/// What is known of the users behind accounts. Clones share it.
#[derive(Clone)]
pub struct Users(Arc<Shared>);

struct Shared {
    calls: Calls,
    store: Arc<Store>,
    paths: Paths,
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
    life: Life,
    cache: MeCache,
    memory: Memory,
    flights: Flights<Flown, Result<Arc<Me>, Failure>>,
}

impl Users {
    /// Returns what asks by these calls, and caches the answers in the files of the accounts.
    pub fn new(
        calls: Calls,
        store: Arc<Store>,
        paths: Paths,
        clock: Arc<dyn Clock>,
        hub: Arc<Hub>,
        life: Life,
    ) -> Self {
        let (cache, memory, flights) = (MeCache::default(), Memory::default(), Flights::default());
        Self(Arc::new(Shared { calls, store, paths, clock, hub, life, cache, memory, flights }))
    }

    /// Asks Mixpanel, whatever is cached, and stores nothing.
    ///
    /// # Errors
    /// When Mixpanel cannot be reached or does not accept the identity.
    pub async fn ask(&self, as_whom: &Identity) -> Result<Me, Failure> {
        self.0.ask(as_whom).await
    }

    /// Returns what the file of an account says, if it is good and has not expired.
    pub fn in_file(&self, account: &AccountName) -> Option<Arc<Me>> {
        self.0.cache.load(&self.0.paths, account, &*self.0.clock)
    }

    /// Returns what the file of an account says, however old: who somebody is does not expire.
    pub fn remembered(&self, account: &AccountName) -> Option<Arc<Me>> {
        self.0.cache.remembered(&self.0.paths, account, &*self.0.clock)
    }

    /// Writes what a login was told about the user of an account. It only decorates, so a failure is logged.
    pub fn remember(&self, account: &AccountName, me: &Me) {
        self.0.write(account, me);
    }

    /// Returns what is known of a session's user without asking Mixpanel.
    pub fn known(&self, session: &Session) -> Option<Arc<Me>> {
        self.0.known(&self.key(session))
    }

    /// Returns a session's user, whom Mixpanel is asked about if nothing is known or a `refresh` is wanted, which is never answered from
    /// what was known or on its way when it came.
    ///
    /// # Errors
    /// When Mixpanel has to be asked, and cannot be reached or does not accept the identity.
    pub async fn of_session(&self, session: &Session, refresh: bool) -> Result<Arc<Me>, Failure> {
        let (shared, key, identity) = (&self.0, self.key(session), &session.identity);
        if !refresh && let Some(known) = shared.known(&key) {
            return Ok(known);
        }
        let work = || Arc::clone(shared).fetch(identity.clone(), key.clone());
        let came = async {
            match refresh {
                true => shared.flights.join_later(&shared.life, key.flown(), work).await,
                false => shared.flights.join(&shared.life, key.flown(), work).await,
            }
        };
        match timeout(CALL.daemon, came).await {
            Ok(Some(answer)) => answer,
            Ok(None) => Err(Failure::new(FailureKind::Internal, "the daemon made an error; its log says more")),
            Err(_) => {
                let (name, seconds) = (&identity.name, CALL.daemon.as_secs());
                let detail = format!("GET /me of account '{name}' had no answer within {seconds} s");
                Err(Failure::new(FailureKind::Timeout, detail).account(name))
            }
        }
    }

    fn key(&self, session: &Session) -> Key {
        Key::of(session, &self.0.calls.base(&session.identity, Plane::App))
    }
}

impl Shared {
    async fn ask(&self, as_whom: &Identity) -> Result<Me, Failure> {
        let request = Outgoing::read(Plane::App, "/me");
        understand(self.calls.send(as_whom, &request).await?, &as_whom.name)
    }

    /// Returns the newest answer that is kept, if it has not expired.
    fn known(&self, key: &Key) -> Option<Arc<Me>> {
        let in_memory = self.memory.get(key.who(), self.clock.now());
        let in_file = key.file.as_ref().and_then(|file| self.cache.load(&self.paths, &file.account, &*self.clock));
        [in_memory, in_file].into_iter().flatten().max_by(|one, other| one.came_at().total_cmp(&other.came_at()))
    }

    /// Asks and keeps the answer. An answer that cannot be written is as good as one that can: it is kept in memory.
    async fn fetch(self: Arc<Self>, identity: Identity, key: Key) -> Result<Arc<Me>, Failure> {
        let me = Arc::new(self.ask(&identity).await?.cached_at(self.clock.now()));
        let is_written = match &key.file {
            Some(file) => self.clone().write_if_same(file.clone(), Arc::clone(&me)).await,
            None => false,
        };
        if is_written {
            self.memory.forget(key.who());
        } else {
            self.memory.keep(key.who(), Arc::clone(&me));
        }
        Ok(me)
    }

    /// Writes an answer, if the account is still the one that asked. Returns whether the file has it now.
    async fn write_if_same(self: Arc<Self>, file: MeFile, me: Arc<Me>) -> bool {
        let life = self.life.clone();
        let write = move || {
            let (config, then) = &file.definition;
            let snapshot = self.store.look(config);
            let now = snapshot.config.accounts.get(&file.account);
            let is_same = now.is_some_and(|now| now.same_settings(then));
            Ok(is_same && self.write(&file.account, &me))
        };
        life.blocking(write).await.unwrap_or(false)
    }

    fn write(&self, account: &AccountName, me: &Me) -> bool {
        let written = me.write(&self.paths, account, self.clock.now()).unwrap_or_else(|error| {
            warn!(%account, error = %Failure::from(error).detail, "a /me could not be stored");
            false
        });
        if written {
            self.cache.look_again();
            self.hub.publish(&Event::MeChanged { account: account.to_string() });
        }
        written
    }
}

fn understand(answer: Value, name: &str) -> Result<Me, Failure> {
    Me::from_answer(results(answer)).ok_or_else(|| {
        let detail = format!("GET /me of account '{name}' was answered with something else than an object");
        Failure::new(FailureKind::UpstreamInvalid, detail).account(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_taken_with_and_without_its_envelope() {
        for good in [json!({"status": "ok", "results": {"user_id": 4}}), json!({"user_id": 4})] {
            assert_eq!(understand(good, "a").expect("an object").user_id, Some(4));
        }
        assert!(understand(json!({"status": "ok"}), "a").is_ok(), "a 204");
        for odd in [json!([]), json!({"results": []}), json!({"results": null})] {
            assert_eq!(understand(odd, "a").map_err(|failure| failure.kind).err(), Some(FailureKind::UpstreamInvalid));
        }
    }
}
