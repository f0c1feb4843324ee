//! Reads that tools share: identical ones in flight are one call, and what changes rarely is kept for a while.
//!
//! Nobody gets what was asked with another credential: the key of an answer holds all that it depends on, the token of a grant
//! included. So an answer is never older than the login it was asked with, whoever logged in.

mod kept;
#[cfg(test)]
mod tests;

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared as SharedFuture, WeakShared};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::wire::ReadsStatus;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::call::calls::Calls;
use crate::call::decoding::Asked;
use crate::call::fingerprint::fingerprint;
use crate::call::request::{Coding, Outgoing, Payload, Query};
use crate::call::wait;
use crate::call::waits::Callers;
use crate::clock::Clock;
use crate::hub::Hub;
use crate::identity::Identity;
use crate::notes;
use crate::store::Store;
use kept::{KeptAnswer, KeptAnswers};

/// How fresh an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Asked now, though perhaps together with others.
    Now,
    /// It may have been kept for the lifetime of discovery answers.
    Kept,
    /// Asked now, and kept from now on.
    Renewed,
    /// Only if it was kept: nobody is asked.
    Known,
}

/// An answer that may be shared.
#[derive(Debug, Clone)]
pub(crate) struct SharedAnswer {
    /// The JSON, as Mixpanel sent it.
    pub(crate) value: Arc<Value>,
    /// How long it has been kept; none when it was asked for this call.
    pub(crate) age: Option<Duration>,
    /// Under which key it is kept, if it is.
    key: Option<u128>,
}

/// Which answer one was, when it is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(Option<u128>);

impl SharedAnswer {
    /// Returns which answer this is.
    pub(crate) const fn mark(&self) -> Mark {
        Mark(self.key)
    }

    /// Returns it with an age.
    pub(crate) fn aged(self, age: Option<Duration>) -> Self {
        Self { age, ..self }
    }

    /// Returns an answer that nobody shares.
    pub(crate) fn own(value: Value) -> Self {
        Self { value: Arc::new(value), age: None, key: None }
    }
}

/// The reads that are going on, and the answers that are kept. Clones share them.
#[derive(Clone)]
pub struct Reads(Arc<Shelf>);

struct Shelf {
    calls: Calls,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    hits: AtomicU64,
    joined: AtomicU64,
}

#[derive(Debug, Default)]
struct Inner {
    flights: HashMap<u128, Flight>,
    kept: KeptAnswers,
    /// Counts flights.
    number: u64,
    /// Flights up to this number began before everything was forgotten.
    forgotten: u64,
}

type Work = BoxFuture<'static, Result<Landed, Failure>>;

/// A read that is going on. It ends when the last who waits for it leaves.
#[derive(Debug)]
struct Flight {
    work: WeakShared<Work>,
    /// Who is told what it waits for.
    callers: Callers,
    number: u64,
    /// It was begun by one who wanted news, so that others who do may join.
    is_renewed: bool,
}

/// What has come of a flight.
#[derive(Debug, Clone)]
struct Landed {
    answer: KeptAnswer,
    waited: Duration,
    number: u64,
}

/// Returns what an answer depends on, as one number.
async fn key(calls: &Calls, identity: &Identity, request: &Outgoing) -> Result<u128, Failure> {
    let token = timeout_at(Instant::now() + UPSTREAM.daemon, calls.token(identity)).await.unwrap_or_else(|_| {
        let said = format!("had no token within {} s", UPSTREAM.daemon.as_secs());
        Err(Asked::about(identity, request, "").failure(FailureKind::Timeout, &said))
    })?;
    let base = calls.base(identity, request.host);
    Ok(fingerprint(identity, &base, |mut hasher| {
        let mut hasher = &mut hasher;
        token.as_ref().map(|fresh| fresh.token.expose()).hash(&mut hasher);
        (request.method.as_str(), request.host, &request.path).hash(&mut hasher);
        (request.budget.as_ref(), request.coding == Coding::Decoded).hash(&mut hasher);
        match &request.query {
            Query::Pairs(pairs) => (0, pairs).hash(&mut hasher),
            Query::Raw(raw) => (1, raw).hash(&mut hasher),
        }
        request.headers.len().hash(&mut hasher);
        for (name, value) in &request.headers {
            (name.as_str(), value.as_bytes()).hash(&mut hasher);
        }
        match &request.payload {
            Payload::None | Payload::Stream(_) => 0.hash(&mut hasher),
            Payload::Json(json) => (1, json.to_string()).hash(&mut hasher),
            Payload::Bytes(bytes) => (2, bytes).hash(&mut hasher),
        }
    }))
}

impl Reads {
    /// Returns what reads by these calls. It forgets what is kept when the hub says that an account or the data has changed.
    pub fn new(calls: Calls, store: Arc<Store>, clock: Arc<dyn Clock>, hub: &Hub) -> Self {
        let inner = Mutex::default();
        let shelf = Shelf { calls, store, clock, inner, hits: AtomicU64::new(0), joined: AtomicU64::new(0) };
        let reads = Self(Arc::new(shelf));
        let shelf = Arc::downgrade(&reads.0);
        hub.follow(move |_| {
            if let Some(shelf) = shelf.upgrade() {
                shelf.forget();
            }
        });
        reads
    }

    /// Reads something that may be repeated.
    ///
    /// # Errors
    /// When there is no credential, Mixpanel cannot be reached, or answers anything but 2xx with JSON.
    pub(crate) async fn read(
        &self,
        as_whom: &Identity,
        request: Outgoing,
        freshness: Freshness,
    ) -> Result<SharedAnswer, Failure> {
        let shelf = &self.0;
        if !request.repeatable || !request.is_resendable() {
            return shelf.calls.send_within(as_whom, &request, UPSTREAM.daemon).await.map(SharedAnswer::own);
        }
        let key = key(&shelf.calls, as_whom, &request).await?;
        let life = Duration::from_secs(shelf.store.last_good().config.limits.discovery_s);
        if matches!(freshness, Freshness::Kept | Freshness::Known)
            && let Some((answer, age)) = shelf.known(key, life)
        {
            notes::mended(&answer.mended);
            return Ok(SharedAnswer { value: answer.value, age: Some(age), key: Some(key) });
        }
        if freshness == Freshness::Known {
            let detail = "no answer is kept, and Mixpanel was not to be asked";
            return Err(Failure::new(FailureKind::UpstreamUnreachable, detail));
        }
        let begun = Instant::now();
        let landed = shelf.board(key, as_whom, request, freshness == Freshness::Renewed).await?;
        // Who joined late has waited for no longer than it was there.
        wait::add(landed.waited.min(begun.elapsed()));
        // All who share it are told what was mended.
        notes::mended(&landed.answer.mended);
        let value = Arc::clone(&landed.answer.value);
        if freshness != Freshness::Now && !life.is_zero() {
            shelf.keep(key, landed, life);
        }
        Ok(SharedAnswer { value, age: None, key: Some(key) })
    }

    /// Forgets an answer that was none, though Mixpanel called it good.
    pub(crate) fn reject(&self, answer: Mark) {
        if let Some(key) = answer.0 {
            self.0.lock().kept.forget(key);
        }
    }

    /// Returns what is kept.
    pub(crate) fn status(&self) -> ReadsStatus {
        let inner = self.0.lock();
        ReadsStatus {
            entries: inner.kept.len() as u64,
            bytes: inner.kept.bytes() as u64,
            hits: self.0.hits.load(Ordering::Relaxed),
            joined: self.0.joined.load(Ordering::Relaxed),
        }
    }
}

impl Shelf {
    /// Forgets what is kept. What is going on is for those who wait for it, and nobody joins it any more.
    fn forget(&self) {
        let mut inner = self.lock();
        inner.kept.clear();
        inner.flights.clear();
        inner.forgotten = inner.number;
    }

    fn known(&self, key: u128, life: Duration) -> Option<(KeptAnswer, Duration)> {
        let known = self.lock().kept.get(key, self.clock.elapsed(), life)?;
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(known)
    }

    fn keep(&self, key: u128, landed: Landed, life: Duration) {
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        if landed.number > inner.forgotten {
            inner.kept.put(key, landed.answer, now, life);
        }
    }

    /// Joins the same read if it is going on, or begins it.
    fn board(
        self: &Arc<Self>,
        key: u128,
        identity: &Identity,
        request: Outgoing,
        is_renewed: bool,
    ) -> SharedFuture<Work> {
        let mut inner = self.lock();
        let joined = inner.flights.get(&key).filter(|flight| flight.is_renewed || !is_renewed);
        if let Some((work, callers)) = joined.and_then(|flight| Some((flight.work.upgrade()?, flight.callers.clone())))
        {
            callers.join();
            self.joined.fetch_add(1, Ordering::Relaxed);
            return work;
        }
        inner.number += 1;
        let number = inner.number;
        let callers = Callers::beginning();
        let flight = fly(Landing { shelf: Arc::clone(self), key, number }, identity.clone(), request);
        let work = callers.clone().work(flight).boxed().shared();
        // A future that has not ended can be looked for again.
        if let Some(weak) = work.downgrade() {
            inner.flights.insert(key, Flight { work: weak, callers, number, is_renewed });
        }
        work
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }
}

async fn fly(landing: Landing, identity: Identity, request: Outgoing) -> Result<Landed, Failure> {
    let shelf = &landing.shelf;
    // Its waits are told to all who share it, so that they are measured by themselves.
    let work = wait::measured(shelf.calls.fetch(&identity, &request, UPSTREAM.daemon));
    let (fetched, waited) = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .map_err(|_| Failure::new(FailureKind::Internal, "the daemon made an error; its log says more"))?;
    let fetched = fetched?;
    let answer = KeptAnswer {
        value: Arc::new(fetched.value),
        bytes: fetched.bytes,
        mended: fetched.mended,
        came: shelf.clock.elapsed(),
        flight: landing.number,
    };
    Ok(Landed { answer, waited, number: landing.number })
}

/// Takes a flight off the list when it ends, or when all have left it.
struct Landing {
    shelf: Arc<Shelf>,
    key: u128,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut inner = self.shelf.lock();
        if inner.flights.get(&self.key).is_some_and(|flight| flight.number == self.number) {
            inner.flights.remove(&self.key);
        }
    }
}
