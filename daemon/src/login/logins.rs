//! All logins: those that are open, and for a while those that have ended.

use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mp_proto::context::Context;
use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::AccountAdd;
use tokio::sync::Semaphore;
use tracing::info;

use super::attempt::Login;
use super::plan::{Plan, Purpose};
use super::services::Services;
use super::{addition, flow};
use crate::clock::Clock;
use crate::config::snapshot::Snapshot;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::me::users::Users;
use crate::mixpanel::Mixpanel;
use crate::store::Store;

/// How long a login that has ended can still be looked at.
const KEPT: SignedDuration = SignedDuration::from_mins(10);

/// Between two looks whether all have ended.
const LOOK: Duration = Duration::from_millis(500);

/// How many that have ended are kept.
pub(super) const MAX_ENDED: usize = 32;

/// How many may be open. There are four callback ports; the others wait for a paste or a choice.
const MAX_OPEN: usize = 16;

/// All logins, oldest first.
pub struct Logins {
    pub(super) services: Arc<Services>,
    all: Mutex<Vec<Arc<Login>>>,
}

impl Logins {
    /// Returns what runs logins with these; none is open yet.
    #[expect(
        clippy::too_many_arguments,
        reason = "a login takes part in all that the daemon owns; boot alone makes one"
    )]
    pub fn new(
        keeper: Arc<Keeper>,
        endpoint: Endpoint,
        mixpanel: Arc<Mixpanel>,
        users: Users,
        store: Arc<Store>,
        paths: Paths,
        clock: Arc<dyn Clock>,
        hub: Arc<Hub>,
        life: Life,
    ) -> Self {
        let publishing = Semaphore::new(1);
        let services = Services { keeper, endpoint, mixpanel, users, store, paths, clock, hub, life, publishing };
        Self { services: Arc::new(services), all: Mutex::default() }
    }

    /// Completes an account that is added without its region or its name; see [`addition::complete`].
    ///
    /// # Errors
    /// As there.
    pub async fn complete(
        &self,
        context: &Context,
        snapshot: &Snapshot,
        add: AccountAdd,
    ) -> Result<(AccountAdd, Vec<String>), Failure> {
        addition::complete(&self.services, context, snapshot, add).await
    }

    /// Returns how many have not ended. A daemon with one does not leave for being idle.
    pub fn open(&self) -> usize {
        self.lock().iter().filter(|login| !login.is_over()).count()
    }

    /// Waits until all have ended. Each has a deadline of its own.
    pub async fn all_over(&self) {
        while self.open() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Returns all that have not ended, oldest first.
    pub fn all_open(&self) -> Vec<Arc<Login>> {
        self.lock().iter().filter(|login| !login.is_over()).cloned().collect()
    }

    /// Returns a login by its id.
    pub fn find(&self, id: &str) -> Option<Arc<Login>> {
        let mut all = self.lock();
        forget_old(&mut all, self.services.clock.now());
        all.iter().find(|login| login.id() == id).cloned()
    }

    /// Starts a login, or returns the open one that is the same, and whether it is new.
    ///
    /// # Errors
    /// When too many are open, or the daemon is leaving.
    pub fn begin(&self, plan: Plan) -> Result<(Arc<Login>, bool), Failure> {
        if self.services.life.is_stopping() {
            return Err(Failure::new(FailureKind::Stopping, "the daemon is stopping"));
        }
        let mut all = self.lock();
        forget_old(&mut all, self.services.clock.now());
        let open = || all.iter().filter(|login| !login.is_over());
        if let Some(same) = open().find(|login| login.plan.is_same(&plan)) {
            same.want(&plan.wanted)?;
            if !matches!(plan.purpose, Purpose::Tokens(_)) {
                same.activates.store(true, Ordering::Relaxed);
            }
            return Ok((Arc::clone(same), false));
        }
        if open().count() >= MAX_OPEN {
            let detail = format!("{MAX_OPEN} logins are open; finish or cancel one first");
            return Err(Failure::new(FailureKind::LoginFailed, detail).next("mp login --list", "see them"));
        }
        let login = Arc::new(Login::new(plan));
        all.push(Arc::clone(&login));
        drop(all);
        let account = login.plan.purpose.account().map(ToString::to_string);
        info!(login = %login.id(), account = account.as_deref().unwrap_or(""), "login was started");
        self.services.hub.publish(&Event::LoginStarted { id: login.id(), account });
        self.services.life.spawn(flow::run(Arc::clone(&self.services), Arc::clone(&login)));
        Ok((login, true))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Login>>> {
        self.all.lock()
    }
}

pub(super) fn forget_old(all: &mut Vec<Arc<Login>>, now: Timestamp) {
    all.retain(|login| login.ended_at().is_none_or(|ended| now.duration_since(ended) < KEPT));
    let mut surplus = all.iter().filter(|login| login.is_over()).count().saturating_sub(MAX_ENDED);
    all.retain(|login| {
        let goes = surplus > 0 && login.is_over();
        surplus -= usize::from(goes);
        !goes
    });
}
