//! Gets what `/me` says of an identity: from the cache, else from Mixpanel, with one request for all who ask at once.

use std::sync::Arc;

use mp_proto::deadline::CALL;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use tokio::time::timeout;
use tracing::warn;

use crate::identity::Identity;
use crate::me::ask::ask;
use crate::me::cache::{Me, MeCache};
use crate::me::key::{Kept, Key};
use crate::server::app::App;

/// Returns what is known of an identity, or what Mixpanel says now. A `refresh` is never answered from what was known or on its way
/// when it came.
///
/// # Errors
/// When Mixpanel has to be asked, and cannot be reached or does not accept the identity.
pub async fn obtain(app: &Arc<App>, identity: &Identity, key: &Key, refresh: bool) -> Result<Arc<Me>, Failure> {
    if !refresh && let Some(known) = app.me.known(app, key) {
        return Ok(known);
    }
    let work = || fetch(Arc::clone(app), identity.clone(), key.clone());
    let (flights, tasks) = (&app.me.flights, &app.tasks);
    let came = async {
        match refresh {
            true => flights.join_later(tasks, key.flown(), work).await,
            false => flights.join(tasks, key.flown(), work).await,
        }
    };
    match timeout(CALL.daemon, came).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(Failure::new(FailureKind::Internal, "the daemon made an error; its log says more")),
        Err(_) => {
            let detail =
                format!("GET /me of account '{}' had no answer within {} s", identity.name, CALL.daemon.as_secs());
            Err(Failure::new(FailureKind::Timeout, detail).account(&identity.name))
        }
    }
}

/// Asks and keeps the answer. An answer that cannot be written is as good as one that can: it is kept in memory.
async fn fetch(app: Arc<App>, identity: Identity, key: Key) -> Result<Arc<Me>, Failure> {
    let me = Arc::new(ask(&app, &identity).await?.cached_at(app.clock.now()));
    let is_written = match &key.file {
        Some(kept) => write(&app, kept, &me).await,
        None => false,
    };
    if is_written {
        app.me.memory.forget(key.who());
    } else {
        app.me.memory.keep(key.who(), Arc::clone(&me));
    }
    Ok(me)
}

/// Writes an answer, if the account is still the one that asked. Returns whether the file has it now.
async fn write(app: &Arc<App>, kept: &Kept, me: &Arc<Me>) -> bool {
    let (owner, kept, me) = (Arc::clone(app), kept.clone(), Arc::clone(me));
    let written = app.tasks.spawn_blocking(move || {
        let is_same = kept.definition.as_ref().is_none_or(|(file, then)| {
            let snapshot = owner.store.look(file);
            snapshot.config.accounts.get(&kept.account).is_some_and(|now| now.same_settings(then))
        });
        if !is_same {
            return false;
        }
        let written = me.write(&owner.paths, &kept.account, owner.clock.now()).unwrap_or_else(|error| {
            warn!(account = %kept.account, error = %Failure::from(error).detail, "a /me could not be stored");
            false
        });
        if written {
            owner.me.look_again();
            owner.hub.publish(&Event::MeChanged { account: kept.account.to_string() });
        }
        written
    });
    written.await.unwrap_or(false)
}

impl MeCache {
    /// Returns the newest answer that is kept, if it has not expired.
    pub(crate) fn known(&self, app: &App, key: &Key) -> Option<Arc<Me>> {
        let in_memory = self.memory.get(key.who(), app.clock.now());
        let in_file = key.file.as_ref().and_then(|kept| self.load(&app.paths, &kept.account, &*app.clock));
        [in_memory, in_file].into_iter().flatten().max_by(|one, other| one.came_at().total_cmp(&other.came_at()))
    }
}
