//! The ledger of queries that newer releases of the Python tool keep on disk, one file for each host and project: where it is kept, ours
//! are entered, too, so that both spend one hour. [`record`] decides; here is what reads, writes and waits.
//!
//! A ledger that cannot be had, because somebody holds its lock or the disk refuses, keeps nobody from asking.

mod record;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use mp_proto::ids::ProjectId;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};
use tracing::debug;

use crate::call::quota::Quota;
use crate::clock::Clock;
use crate::files::ledger::{LedgerLock, try_lock};
use record::Record;

/// Between two looks at a lock that somebody has.
const LOOK: Duration = Duration::from_millis(50);

/// Longest wait for a lock: nobody holds it while it waits for anything.
const PATIENCE: Duration = Duration::from_secs(1);

/// What counts as a query, by the first word of its path.
const COUNTED: [&str; 21] = [
    "arb_funnels",
    "cohorts",
    "correlate",
    "custom-query",
    "data_definitions",
    "engage",
    "events",
    "experiments",
    "flows",
    "formulas",
    "funnels",
    "impact",
    "insights",
    "metrics",
    "query",
    "integrations",
    "jql",
    "retention",
    "segmentation",
    "stream",
    "trends",
];

/// The ledgers of a storage root. Clones share them.
#[derive(Clone)]
pub(crate) struct Ledgers(Arc<Shared>);

struct Shared {
    /// The directory that they are in. That it is there says that somebody keeps them.
    dir: PathBuf,
    clock: Arc<dyn Clock>,
    /// The ledgers in which we have seen that others fill the hour.
    blocked: Mutex<BTreeSet<PathBuf>>,
}

/// A query that is entered. One that is dropped before it was sent is taken out again, if that can be done at once.
pub(crate) struct Entry {
    shared: Arc<Shared>,
    path: PathBuf,
    slot: f64,
    is_settled: bool,
}

/// What came of a query that was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It does not count: it never went out, or was nobody's.
    Uncounted,
    /// It was refused with 429.
    Refused(Quota),
    /// It was answered well.
    Good,
    /// It counts, whatever came of it.
    Counted,
}

/// What becomes of somebody who wants to ask.
pub(crate) enum Reserved {
    /// It may ask when so much time has passed.
    In(Duration, Entry),
    /// It would have to wait for so long, which is too long.
    TooLong(Duration),
    /// Nobody counts.
    Unpaced,
}

/// Returns whether a path below the query API counts.
pub(crate) fn counts(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    COUNTED.contains(&first)
}

impl Ledgers {
    /// Returns those of a storage root.
    pub(crate) fn new(root: &std::path::Path, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { dir: root.join("pacer"), clock, blocked: Mutex::default() }))
    }

    /// Enters a query, which may wait for so long. With a reserve, so much of the hour is left to others.
    pub(crate) async fn reserve(
        &self,
        uri: &Uri,
        project: &ProjectId,
        is_wanted: bool,
        (patience, reserve): (Duration, Option<u64>),
    ) -> Reserved {
        if !is_wanted && !self.0.dir.is_dir() {
            return Reserved::Unpaced;
        }
        let path = self.0.dir.join(key(uri)).join(format!("{project}-query.json"));
        let reserved = self.0.change(&path, |record, now| {
            let slot = reserve.map_or_else(|| record.slot(now), |reserve| record.slot_with_reserve(now, reserve));
            let wait = Duration::try_from_secs_f64(slot - now).unwrap_or_default();
            if wait <= patience {
                record.enter(slot);
            }
            (wait <= patience, (slot, wait))
        });
        match reserved.await {
            Some((_, wait)) if wait > patience => Reserved::TooLong(wait),
            Some((slot, wait)) => {
                Reserved::In(wait, Entry { shared: Arc::clone(&self.0), path, slot, is_settled: false })
            }
            None => Reserved::Unpaced,
        }
    }
}

/// Returns a host as the name of a directory, with its port if that is an unusual one.
fn key(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let named = uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    named.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
}

impl Shared {
    fn now(&self) -> f64 {
        self.clock.now().as_millisecond() as f64 / 1000.0
    }

    /// Changes a ledger under its lock. The work says whether it has changed anything. None when it cannot be done.
    async fn change<T>(&self, path: &Path, work: impl FnOnce(&mut Record, f64) -> (bool, T)) -> Option<T> {
        let begun = Instant::now();
        loop {
            match try_lock(path) {
                Ok(Some(lock)) => return self.change_locked(path, &lock, work),
                Ok(None) if begun.elapsed() < PATIENCE => sleep(LOOK).await,
                Ok(None) => {
                    debug!(path = %path.display(), "the lock of a ledger was not to be had");
                    return None;
                }
                Err(error) => return unusable(path, &error),
            }
        }
    }

    fn change_locked<T>(
        &self,
        path: &Path,
        lock: &LedgerLock,
        work: impl FnOnce(&mut Record, f64) -> (bool, T),
    ) -> Option<T> {
        let changed = lock.read().and_then(|text| {
            let now = self.now();
            let mut record = Record::read(&text, now);
            let (has_changed, done) = work(&mut record, now);
            if record.is_blocked() {
                self.blocked.lock().insert(path.to_owned());
            }
            if has_changed {
                lock.write(&record.text())?;
            }
            Ok(done)
        });
        changed.map_or_else(|error| unusable(path, &error), Some)
    }
}

fn unusable<T>(path: &Path, error: &io::Error) -> Option<T> {
    debug!(path = %path.display(), %error, "a ledger cannot be used");
    None
}

impl Entry {
    /// Notes what came of the query.
    pub(crate) async fn settle(mut self, outcome: Outcome) {
        self.is_settled = true;
        let (slot, shared) = (self.slot, Arc::clone(&self.shared));
        match outcome {
            Outcome::Counted => {}
            Outcome::Good if !shared.blocked.lock().contains(&self.path) => {}
            Outcome::Good => {
                shared.change(&self.path, |record, _| (record.answered(slot), ())).await;
            }
            Outcome::Uncounted => {
                shared.change(&self.path, |record, _| (true, record.refund(slot))).await;
            }
            Outcome::Refused(quota) => {
                let refuse = |record: &mut Record, now: f64| {
                    record.refund(slot);
                    (true, record.refused(quota, now))
                };
                shared.change(&self.path, refuse).await;
            }
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        // Somebody else may have the lock just now: then an entry too many is kept for an hour.
        if let Ok(Some(lock)) = try_lock(&self.path) {
            self.shared.change_locked(&self.path, &lock, |record, _| (true, record.refund(self.slot)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::quota::Hit;
    use crate::clock::tests::TestClock;
    use serde_json::Value;

    const NOW: i64 = 1_764_500_000;

    struct World {
        home: tempfile::TempDir,
        ledgers: Ledgers,
        clock: Arc<TestClock>,
    }

    impl World {
        fn new() -> Self {
            let (home, clock) = (tempfile::tempdir().expect("a directory"), Arc::new(TestClock::at(NOW)));
            let ledgers = Ledgers::new(home.path(), clock.clone());
            Self { home, ledgers, clock }
        }

        async fn reserve(&self, reserve: Option<u64>) -> Reserved {
            let uri = Uri::from_static("https://mixpanel.com/api/query/insights");
            let project = ProjectId::parse("7").expect("digits");
            self.ledgers.reserve(&uri, &project, true, (Duration::from_secs(30), reserve)).await
        }

        async fn entry(&self) -> Entry {
            match self.reserve(None).await {
                Reserved::In(_, entry) => entry,
                Reserved::TooLong(_) | Reserved::Unpaced => panic!("a free slot"),
            }
        }

        fn file(&self) -> PathBuf {
            self.home.path().join("pacer/mixpanel.com/7-query.json")
        }

        fn sent(&self) -> usize {
            let text = std::fs::read(self.file()).expect("it was written");
            let value: Value = serde_json::from_slice(&text).expect("JSON");
            value["sent"].as_array().expect("a list").len()
        }
    }

    #[tokio::test]
    async fn a_query_is_entered_and_taken_out_when_it_does_not_count() {
        let world = World::new();
        let (one, other) = (world.entry().await, world.entry().await);
        assert_eq!(world.sent(), 2);
        one.settle(Outcome::Uncounted).await;
        other.settle(Outcome::Counted).await;
        assert_eq!(world.sent(), 1);
        drop(world.entry().await);
        assert_eq!(world.sent(), 1, "whoever leaves before it is sent takes its entry along");
    }

    #[tokio::test]
    async fn a_limit_that_was_learned_is_kept_and_what_others_fill_is_waited_for() {
        let world = World::new();
        let quota = Quota { hourly: Some(2), hit: Some(Hit::Hour) };
        for _ in 0..2 {
            world.entry().await.settle(Outcome::Good).await;
        }
        world.entry().await.settle(Outcome::Refused(quota)).await;
        assert!(matches!(world.reserve(None).await, Reserved::TooLong(wait) if wait.as_secs() == 3610));
        assert_eq!(world.sent(), 2, "one that is refused leaves nothing");
        world.clock.pass(3610);
        world.entry().await.settle(Outcome::Good).await;
        assert!(matches!(world.reserve(Some(1)).await, Reserved::TooLong(_)), "one is for others");
        world.entry().await.settle(Outcome::Refused(quota)).await;
        // Half an hour for each of two: our one does not explain it.
        assert!(matches!(world.reserve(None).await, Reserved::TooLong(wait) if wait.as_secs() == 1800));
        world.clock.pass(1800);
        world.entry().await.settle(Outcome::Good).await;
        assert!(matches!(world.reserve(None).await, Reserved::TooLong(wait) if wait.as_secs() == 1810), "two are sent");
    }

    #[tokio::test]
    async fn a_ledger_that_cannot_be_had_keeps_nobody_from_asking() {
        let world = World::new();
        world.entry().await.settle(Outcome::Counted).await;
        let held = try_lock(&world.file()).expect("opened").expect("free");
        assert!(matches!(world.reserve(None).await, Reserved::Unpaced));
        drop(held);
        let nobody = Ledgers::new(&world.home.path().join("elsewhere"), world.clock.clone());
        let uri = Uri::from_static("http://127.0.0.1:8080/");
        let project = ProjectId::parse("7").expect("digits");
        let manner = (Duration::ZERO, None);
        assert!(matches!(nobody.reserve(&uri, &project, false, manner).await, Reserved::Unpaced), "nobody keeps one");
        assert!(!world.home.path().join("elsewhere").exists());
        assert_eq!(key(&uri), "127.0.0.1_8080");
    }

    #[test]
    fn only_queries_count() {
        assert!(counts("/insights") && counts("/stream/query") && counts("/trends"));
        assert!(!counts("/export") && !counts("/bookmarks/7") && !counts("/"));
    }
}
