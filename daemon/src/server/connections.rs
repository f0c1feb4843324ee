//! The connections that are open, and who has to make room when there are as many as may be: those on which nothing has happened for the
//! longest time. Whoever finds no room waits in the queue of the socket; nobody who is being answered is sent away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A connection on which nothing has happened for so long may have to make room. Shorter, and it might be one whose next request is just on
/// its way.
const IDLE: Duration = Duration::from_secs(1);

/// Whether a connection is of use to anybody.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// A head has arrived since the last look.
    spoken: AtomicBool,
    /// Requests that are being answered; those whose answer is a stream count until it ends.
    pub(super) open: Arc<AtomicU32>,
    /// The number of its last call among all calls: the smallest is that of the one that has been idle for the longest time.
    last: AtomicU64,
    /// It has to make room.
    pub(super) leave: Notify,
}

impl Activity {
    /// Returns whether nothing has happened since the last look.
    pub(super) fn was_quiet(&self) -> bool {
        !self.spoken.swap(false, Ordering::Relaxed) && !self.is_busy()
    }

    /// Notes that a request has arrived.
    pub(super) fn begin(&self, number: u64) {
        self.spoken.store(true, Ordering::Relaxed);
        self.last.store(number, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a request was answered.
    pub(super) fn end(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Returns whether a request is being answered.
    pub(super) fn is_busy(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }
}

/// The open connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Vec<Arc<Activity>>>,
    freed: Notify,
}

impl Connections {
    /// Adds one that was accepted after so many calls.
    pub(super) fn add(self: &Arc<Self>, calls: u64) -> Open {
        let activity = Arc::new(Activity { last: AtomicU64::new(calls), ..Activity::default() });
        self.open.lock().push(Arc::clone(&activity));
        Open { connections: Arc::clone(self), activity }
    }

    /// Returns when one has ended since the last time.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Lets those leave that have been idle since before so many calls, the longest first, but never more than a quarter of all at once.
    fn make_room(&self, calls: u64) -> usize {
        let open = self.open.lock();
        let last = |one: &&Arc<Activity>| one.last.load(Ordering::Relaxed);
        let mut idle: Vec<_> = open.iter().filter(|one| !one.is_busy() && last(one) <= calls).collect();
        idle.sort_by_key(last);
        idle.truncate(open.len().div_ceil(4));
        idle.iter().for_each(|one| one.leave.notify_one());
        idle.len()
    }
}

/// An open connection, for as long as this lives.
#[derive(Debug)]
pub(super) struct Open {
    connections: Arc<Connections>,
    pub(super) activity: Arc<Activity>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock();
        if let Some(at) = open.iter().position(|one| Arc::ptr_eq(one, &self.activity)) {
            open.swap_remove(at);
        }
        drop(open);
        self.connections.freed.notify_one();
    }
}

/// Looks for idle connections while there is no room for others.
pub(super) struct Doorkeeper {
    looks: Interval,
    /// How many calls there had been at the last look.
    calls: u64,
}

impl Doorkeeper {
    pub(super) fn new() -> Self {
        let mut looks = interval(IDLE);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { looks, calls: 0 }
    }

    /// Waits until there may be room: one has ended, or one that was idle was asked to leave. `calls` tells how many there have been.
    pub(super) async fn wait(&mut self, connections: &Connections, calls: &AtomicU64) {
        tokio::select! {
            biased;
            () = connections.freed() => {}
            _ = self.looks.tick() => {
                connections.make_room(self.calls);
                self.calls = calls.load(Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn is_asked_to_leave(open: &Open) -> bool {
        open.activity.leave.notified().now_or_never().is_some()
    }

    #[tokio::test]
    async fn the_longest_idle_make_room_and_nobody_who_is_answered_does() {
        let connections = Arc::new(Connections::default());
        let all: Vec<Open> = (0..8).map(|_| connections.add(0)).collect();
        for (number, open) in (10..).zip(&all) {
            open.activity.begin(number);
        }
        assert_eq!(connections.make_room(100), 0, "all are being answered");
        for open in &all[1..] {
            open.activity.end();
        }
        assert_eq!(connections.make_room(15), 2, "a quarter");
        let asked: Vec<bool> = all.iter().map(is_asked_to_leave).collect();
        assert_eq!(asked, [false, true, true, false, false, false, false, false]);
        assert_eq!(connections.make_room(9), 0, "they have called since");
        drop(all);
        assert!(connections.freed().now_or_never().is_some() && connections.open.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn idle_is_who_has_not_called_between_two_looks() {
        let (connections, calls) = (Arc::new(Connections::default()), AtomicU64::new(5));
        let mut door = Doorkeeper::new();
        let (old, fresh) = (connections.add(0), connections.add(5));
        door.wait(&connections, &calls).await;
        assert!(is_asked_to_leave(&old) && !is_asked_to_leave(&fresh), "it may be about to ask");
        drop(old);
        door.wait(&connections, &calls).await;
        assert!(!is_asked_to_leave(&fresh), "there is room for one already");
        door.wait(&connections, &calls).await;
        assert!(is_asked_to_leave(&fresh));
    }
}
