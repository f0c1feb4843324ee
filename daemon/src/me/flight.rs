//! One piece of work for all who want the same at the same time. Whoever leaves cancels nothing.

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::life::Life;

/// What comes of it; none when the work died.
type Flight<T> = Shared<BoxFuture<'static, Option<T>>>;

type Open<K, T> = Arc<Mutex<HashMap<K, Flight<T>>>>;

/// The work that is going on, by key: at most one for each.
pub(super) struct Flights<K: Eq + Hash, T: Clone> {
    open: Open<K, T>,
}

impl<K: Eq + Hash, T: Clone> Default for Flights<K, T> {
    fn default() -> Self {
        Self { open: Arc::default() }
    }
}

impl<K: Eq + Hash, T: Clone> fmt::Debug for Flights<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").field("open", &lock(&self.open).len()).finish()
    }
}

impl<K, T> Flights<K, T>
where
    K: Eq + Hash + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Joins the work that is going on for a key, or starts it.
    pub(super) async fn join<W>(&self, life: &Life, key: K, work: impl FnOnce() -> W) -> Option<T>
    where
        W: Future<Output = T> + Send + 'static,
    {
        self.board(life, key, work).0.await
    }

    /// As [`Self::join`], but what is going on already does not count, for it may have seen an older state. All who come while it
    /// goes on share the work that follows it.
    pub(super) async fn join_later<W>(&self, life: &Life, key: K, work: impl Fn() -> W) -> Option<T>
    where
        W: Future<Output = T> + Send + 'static,
    {
        let (flight, is_ours) = self.board(life, key.clone(), &work);
        let came = flight.await;
        if is_ours { came } else { self.board(life, key, &work).0.await }
    }

    fn board<W>(&self, life: &Life, key: K, work: impl FnOnce() -> W) -> (Flight<T>, bool)
    where
        W: Future<Output = T> + Send + 'static,
    {
        let mut open = lock(&self.open);
        if let Some(flight) = open.get(&key) {
            return (flight.clone(), false);
        }
        let (landing, work) = (Landing { open: Arc::clone(&self.open), key: key.clone() }, work());
        // It cannot land before it is listed: landing needs the lock.
        let task = life.spawn(async move {
            let _landing = landing;
            work.await
        });
        let flight = task.map(Result::ok).boxed().shared();
        open.insert(key, flight.clone());
        (flight, true)
    }
}

/// Takes a flight off the list when its work ends, be it by a panic, and before anybody hears of its end.
struct Landing<K: Eq + Hash, T: Clone> {
    open: Open<K, T>,
    key: K,
}

impl<K: Eq + Hash, T: Clone> Drop for Landing<K, T> {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.key);
    }
}

fn lock<K, T: Clone>(open: &Open<K, T>) -> MutexGuard<'_, HashMap<K, Flight<T>>> {
    open.lock()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Semaphore;

    /// Work that counts its starts and waits until it may end.
    struct World {
        flights: Flights<&'static str, u32>,
        life: Life,
        started: Arc<AtomicU32>,
        gate: Arc<Semaphore>,
    }

    impl World {
        fn new() -> Arc<Self> {
            Arc::new(Self {
                flights: Flights::default(),
                life: Life::default(),
                started: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
            })
        }

        fn work(&self) -> impl Future<Output = u32> + Send + use<> {
            let (started, gate) = (Arc::clone(&self.started), Arc::clone(&self.gate));
            async move {
                let number = started.fetch_add(1, Ordering::SeqCst) + 1;
                gate.acquire().await.expect("open").forget();
                number
            }
        }

        fn call(self: &Arc<Self>, is_later: bool) -> tokio::task::JoinHandle<Option<u32>> {
            let world = Arc::clone(self);
            self.life.spawn(async move {
                let work = || world.work();
                match is_later {
                    true => world.flights.join_later(&world.life, "k", work).await,
                    false => world.flights.join(&world.life, "k", work).await,
                }
            })
        }

        async fn settle(&self) {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn many_share_one_and_none_who_leaves_cancels_it() {
        let world = World::new();
        let calls: Vec<_> = (0..50).map(|_| world.call(false)).collect();
        world.settle().await;
        calls[0].abort();
        world.gate.add_permits(1);
        for call in calls.into_iter().skip(1) {
            assert_eq!(call.await.expect("not aborted"), Some(1));
        }
        assert_eq!(world.started.load(Ordering::SeqCst), 1);
        world.gate.add_permits(1);
        assert_eq!(world.call(false).await.expect("ended"), Some(2), "the next one starts anew");
    }

    #[tokio::test]
    async fn those_who_want_news_share_the_work_that_begins_after_them() {
        let world = World::new();
        let early = world.call(false);
        world.settle().await;
        let later: Vec<_> = (0..20).map(|_| world.call(true)).collect();
        world.settle().await;
        assert_eq!(world.started.load(Ordering::SeqCst), 1, "they wait for the end of the first");
        world.gate.add_permits(2);
        assert_eq!(early.await.expect("ended"), Some(1));
        for call in later {
            assert_eq!(call.await.expect("ended"), Some(2));
        }
    }

    #[tokio::test]
    async fn work_that_dies_is_none_and_blocks_nobody() {
        let world = World::new();
        let died = world.flights.join(&world.life, "k", || async { panic!("on purpose") }).await;
        assert_eq!(died, None);
        world.gate.add_permits(1);
        assert_eq!(world.call(false).await.expect("ended"), Some(1));
    }
}
