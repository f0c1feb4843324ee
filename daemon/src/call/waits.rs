//! What calls wait for at Mixpanel while they wait: their turn, the end of a refusal, the pause before another try. Whoever has sent a
//! call can ask for it by the id that it gave the call, and an event tells of each wait that a person would notice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mp_proto::event::Event;
use mp_proto::wire::WaitStatus;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use crate::clock::Clock;
use crate::hub::Hub;
use crate::trace::Trace;

/// A wait that a person is told of.
const TOLD: Duration = Duration::from_secs(2);

tokio::task_local! {
    static CALLERS: Callers;
}

/// The ids of the calls that some work is done for: several where they share a read, of which the first has the trace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Callers(Arc<Mutex<Vec<String>>>, Option<Arc<Trace>>);

impl Callers {
    /// Returns those of one call.
    pub(crate) fn one(id: Option<String>, trace: Option<Arc<Trace>>) -> Self {
        Self(Arc::new(Mutex::new(id.into_iter().collect())), trace)
    }

    /// Serves a call, for which its caller may have an id and a trace.
    pub(crate) async fn serve<T>(id: Option<String>, trace: Option<Arc<Trace>>, work: impl Future<Output = T>) -> T {
        match (&id, &trace) {
            (None, None) => work.await,
            _ => Self::one(id, trace).work(work).await,
        }
    }

    /// Returns those who begin something that others may join: the trace is theirs.
    pub(crate) fn beginning() -> Self {
        let here = Self::here();
        let ids = here.0.lock().clone();
        Self(Arc::new(Mutex::new(ids)), here.1)
    }

    /// Returns the trace that the work belongs to.
    pub(crate) fn trace(&self) -> Option<&Arc<Trace>> {
        self.1.as_ref()
    }

    /// Returns those of the work that is being done.
    pub(crate) fn here() -> Self {
        CALLERS.try_with(Clone::clone).unwrap_or_default()
    }

    /// Does work for them.
    pub(crate) async fn work<T>(self, work: impl Future<Output = T>) -> T {
        CALLERS.scope(self, work).await
    }

    /// Adds those of the work that is being done.
    pub(crate) fn join(&self) {
        let more = Self::here();
        if !Arc::ptr_eq(&self.0, &more.0) {
            let more = more.0.lock().clone();
            self.0.lock().extend(more);
        }
    }
}

/// All waits that go on. Clones share them.
#[derive(Clone)]
pub(crate) struct Waits {
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
    inner: Arc<Mutex<(u64, BTreeMap<u64, Row>)>>,
}

struct Row {
    callers: Callers,
    account: String,
    detail: String,
    since: Timestamp,
    until: Option<Timestamp>,
}

/// One wait. It is over when this is dropped.
pub(crate) struct Waiting<'a> {
    waits: &'a Waits,
    account: &'a str,
    number: Option<u64>,
    begun: Instant,
    is_told: bool,
}

impl Waits {
    /// Returns none.
    pub(crate) fn new(clock: Arc<dyn Clock>, hub: Arc<Hub>) -> Self {
        Self { clock, hub, inner: Arc::default() }
    }

    /// Begins a wait for an account. It is seen when it says what it is for.
    pub(crate) fn begin<'a>(&'a self, account: &'a str) -> Waiting<'a> {
        Waiting { waits: self, account, number: None, begun: Instant::now(), is_told: false }
    }

    /// Waits for so long, and says why.
    pub(crate) async fn pause(&self, account: &str, detail: &str, pause: Duration) {
        let mut waiting = self.begin(account);
        waiting.says(detail, Some(pause));
        sleep(pause).await;
    }

    /// Returns all waits of which a call would be told.
    pub(crate) fn status(&self) -> Vec<WaitStatus> {
        let inner = self.inner.lock();
        let rows = inner.1.values().map(|row| WaitStatus {
            calls: row.callers.0.lock().clone(),
            account: row.account.clone(),
            detail: row.detail.clone(),
            since: row.since,
            until: row.until,
        });
        rows.collect()
    }
}

impl Waiting<'_> {
    /// Says what it is for, and for how long if that is known. What takes long is published once.
    pub(crate) fn says(&mut self, detail: &str, left: Option<Duration>) {
        let now = self.waits.clock.now();
        let until = left.and_then(|left| now.checked_add(left).ok());
        let mut inner = self.waits.inner.lock();
        let number = *self.number.get_or_insert_with(|| {
            inner.0 += 1;
            inner.0
        });
        let account = self.account.to_owned();
        let row = inner.1.entry(number).or_insert_with(|| {
            let (detail, callers) = (String::new(), Callers::here());
            Row { callers, account, detail, since: now, until: None }
        });
        (row.detail, row.until) = (detail.to_owned(), until);
        drop(inner);
        if !self.is_told && (left >= Some(TOLD) || self.begun.elapsed() >= TOLD) {
            self.is_told = true;
            let (account, detail) = (self.account.to_owned(), detail.to_owned());
            self.waits.hub.publish(&Event::CallWaiting { account, detail, until });
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.waits.inner.lock().1.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::tests::TestClock;

    #[tokio::test(start_paused = true)]
    async fn a_wait_is_seen_while_it_lasts_and_published_once_when_it_is_long() {
        let hub = Arc::new(Hub::new("i".to_owned()));
        let waits = Waits::new(Arc::new(TestClock::at(100)), Arc::clone(&hub));
        let (_, mut events, _open) = hub.subscribe(None);
        let shared = Callers::one(Some("one".to_owned()), None);
        let mut waiting = shared.clone().work(async { waits.begin("ada") }).await;
        assert!(waits.status().is_empty(), "nothing was said");
        shared.clone().work(async { waiting.says("a turn", None) }).await;
        Callers::one(Some("two".to_owned()), None).work(async { shared.join() }).await;
        let seen = waits.status();
        assert_eq!(
            (seen[0].calls.join(" "), seen[0].detail.as_str(), seen[0].until),
            ("one two".to_owned(), "a turn", None)
        );
        assert!(events.try_recv().is_err(), "nobody notices so short a wait");
        sleep(TOLD).await;
        waiting.says("still", None);
        waiting.says("and still", None);
        let event = events.try_recv().expect("it is long");
        assert!(event.name == "call.waiting" && event.json.contains("still") && events.try_recv().is_err());
        drop(waiting);
        assert!(waits.status().is_empty());
        waits.pause("ada", "a pause", Duration::from_secs(9)).await;
        assert!(events.try_recv().is_ok_and(|event| event.json.contains("1970-01-01T00:01:49Z")));
    }
}
