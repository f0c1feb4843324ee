//! The connections that are open, and who has to make room when there are as many as may be: those on which nothing has happened for the
//! longest time. Whoever finds no room waits in the queue of the socket; nobody who is being answered is sent away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A connection on which nothing has happened for so long may have to make room. Shorter, and it might be one whose next request is just on
/// its way.
const IDLE: Duration = Duration::from_secs(1);

/// How often connections are looked at that are of no use to anybody. A timer of each one would cost as much as an answer.
const LOOK: Duration = Duration::from_secs(2);

/// A new connection must have sent its first head after so many looks: 10 to 12 s.
const FIRST_HEAD: u32 = 6;

/// A connection on which nothing has happened for so many looks is closed: after a minute.
const LONGEST_QUIET: u32 = 30;

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing.
    Stay,
    /// To end, for it is not being answered.
    Leave,
}

/// To make room.
const LEAVE: u8 = 1;
/// To end as soon as it is not being answered.
const FINISH: u8 = 2;
/// The same, also if no request has come yet (whoever has just connected may be about to send the first), and if it is of a login.
const HURRY: u8 = 4;
/// Not told, but done: nothing more is taken from it.
const SHUT: u8 = 8;

/// Whether a connection is of use to anybody, and what it is told.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Requests that are being answered; those whose answer is a stream count until it ends.
    open: AtomicU32,
    /// The number of its last call among all calls: the smallest is that of the one that has been idle for the longest time.
    last: AtomicU64,
    /// How many heads have arrived, and whether one has since the last look.
    calls: AtomicU64,
    spoken: AtomicBool,
    /// Looks in a row in which nothing has happened.
    quiet: AtomicU32,
    /// Whether it has asked about a login: that is this daemon's, and no other one can answer.
    is_of_login: AtomicBool,
    told: AtomicU8,
    waker: AtomicWaker,
}

impl Activity {
    /// Notes that a request has arrived.
    pub(super) fn begin(&self, number: u64) {
        // Only the task of the connection does this.
        self.calls.store(self.calls() + 1, Ordering::Relaxed);
        self.spoken.store(true, Ordering::Relaxed);
        self.last.store(number, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many requests have arrived.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Notes that a request was answered.
    pub(super) fn end(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if self.told.load(Ordering::Relaxed) != 0 {
            self.waker.wake();
        }
    }

    /// Returns whether the answer that is given now is its last one.
    pub(super) fn is_last(&self) -> bool {
        self.is_due(self.told.load(Ordering::Relaxed))
    }

    fn is_due(&self, told: u8) -> bool {
        let may_stay = self.calls() == 0 || self.is_of_login.load(Ordering::Relaxed);
        told & HURRY != 0 || (told & FINISH != 0 && !may_stay)
    }

    /// Keeps it until all logins have ended, if the daemon ends before.
    pub(super) fn stay_for_login(&self) {
        self.is_of_login.store(true, Ordering::Relaxed);
    }

    /// Takes nothing more from it. What has arrived already is still read.
    pub(super) fn shut(&self) {
        self.told.fetch_or(SHUT, Ordering::AcqRel);
    }

    /// Returns whether nothing more is taken from it.
    pub(super) fn is_shut(&self) -> bool {
        self.told.load(Ordering::Acquire) & SHUT != 0
    }

    /// Returns whether a request is being answered.
    pub(super) fn is_busy(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }

    /// Returns what the connection was told, and lets its task be woken when it is told something.
    pub(super) fn told(&self, waker: &Waker) -> Told {
        self.waker.register(waker);
        let told = self.told.load(Ordering::Acquire);
        if told == 0 {
            return Told::Stay;
        }
        // Who is busy now does not make room later, for then it is not idle.
        let is_asked = told & LEAVE != 0 && self.told.fetch_and(!LEAVE, Ordering::AcqRel) & LEAVE != 0;
        let is_to_leave = !self.is_busy() && (is_asked || self.is_due(told));
        if is_to_leave { Told::Leave } else { Told::Stay }
    }

    fn tell(&self, what: u8) {
        self.told.fetch_or(what, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Tells it to leave, if it has been of no use for too long.
    fn look(&self) {
        if self.spoken.swap(false, Ordering::Relaxed) || self.is_busy() {
            return self.quiet.store(0, Ordering::Relaxed);
        }
        let longest = if self.calls() > 0 { LONGEST_QUIET } else { FIRST_HEAD };
        if self.quiet.fetch_add(1, Ordering::Relaxed) + 1 >= longest {
            self.tell(LEAVE);
        }
    }
}

/// The open connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Slab>,
    opened: Notify,
    freed: Notify,
}

/// Connections, each at a place that it keeps.
#[derive(Debug, Default)]
struct Slab {
    places: Vec<Option<Arc<Activity>>>,
    free: Vec<usize>,
}

impl Slab {
    fn all(&self) -> impl Iterator<Item = &Arc<Activity>> {
        self.places.iter().flatten()
    }

    fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }
}

impl Connections {
    /// Adds one that was accepted after so many calls.
    pub(super) fn add(self: &Arc<Self>, calls: u64) -> Open {
        let activity = Arc::new(Activity { last: AtomicU64::new(calls), ..Activity::default() });
        let mut open = self.open.lock();
        let place = open.free.pop().unwrap_or_else(|| {
            open.places.push(None);
            open.places.len() - 1
        });
        open.places[place] = Some(Arc::clone(&activity));
        drop(open);
        self.opened.notify_one();
        Open { connections: Arc::clone(self), place, activity }
    }

    /// Returns when one has ended since the last time.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Lets those leave that have been idle since before so many calls, the longest first, but never more than a quarter of all at once.
    fn make_room(&self, calls: u64) -> usize {
        let open = self.open.lock();
        let last = |one: &&Arc<Activity>| one.last.load(Ordering::Relaxed);
        let mut idle: Vec<_> = open.all().filter(|one| !one.is_busy() && last(one) <= calls).collect();
        idle.sort_by_key(last);
        idle.truncate(open.count().div_ceil(4));
        idle.iter().for_each(|one| one.tell(LEAVE));
        idle.len()
    }

    /// Lets those leave that are of no use to anybody, for as long as there are any.
    pub(super) async fn sweep(&self) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // A daemon that nobody calls sleeps.
            while self.open.lock().count() == 0 {
                self.opened.notified().await;
            }
            looks.tick().await;
            self.open.lock().all().for_each(|one| one.look());
        }
    }

    /// Lets all finish what they are being answered, and returns when the last one has ended. Whoever has connected and not yet asked for
    /// anything, or has asked about a login, is let be for as long as `patience` lasts.
    pub(super) async fn finish(&self, patience: impl Future<Output = ()>) {
        self.open.lock().all().for_each(|one| one.tell(FINISH));
        tokio::select! {
            biased;
            () = self.emptied() => return,
            () = patience => {}
        }
        self.open.lock().all().for_each(|one| one.tell(HURRY));
        self.emptied().await;
    }

    async fn emptied(&self) {
        while self.open.lock().count() > 0 {
            self.freed().await;
        }
    }
}

/// An open connection, for as long as this lives.
#[derive(Debug)]
pub(super) struct Open {
    connections: Arc<Connections>,
    place: usize,
    pub(super) activity: Arc<Activity>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock();
        open.places[self.place] = None;
        open.free.push(self.place);
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
        open.activity.told(Waker::noop()) == Told::Leave
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
        assert!(connections.freed().now_or_never().is_some() && connections.open.lock().count() == 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_leaves_and_who_speaks_or_is_answered_does_not() {
        let connections = Arc::new(Connections::default());
        let (silent, spoke, busy) = (connections.add(0), connections.add(0), connections.add(0));
        spoke.activity.begin(1);
        spoke.activity.end();
        busy.activity.begin(2);
        let (sweep, mut first) = (connections.sweep(), [None; 3]);
        tokio::pin!(sweep);
        for second in 0..70 {
            let _ = tokio::time::timeout(Duration::from_secs(1), &mut sweep).await;
            for (first, open) in first.iter_mut().zip([&silent, &spoke, &busy]) {
                if is_asked_to_leave(open) {
                    first.get_or_insert(second);
                }
            }
        }
        let [silent_for, spoke_for, busy_for] = first;
        assert!(silent_for.is_some_and(|seconds| (9..=12).contains(&seconds)), "{silent_for:?}");
        assert!(spoke_for.is_some_and(|seconds| (57..=62).contains(&seconds)), "{spoke_for:?}");
        assert_eq!(busy_for, None);
        let patience = || tokio::time::sleep(Duration::from_secs(1));
        assert!(connections.finish(patience()).now_or_never().is_none(), "they are open");
        let told = |open: &Open| open.activity.told(Waker::noop());
        assert_eq!((told(&busy), told(&spoke)), (Told::Stay, Told::Leave));
        assert!(busy.activity.is_last(), "what it is being answered is the last");
        assert_eq!(told(&silent), Told::Stay, "its first request may be on its way");
        spoke.activity.stay_for_login();
        assert_eq!(told(&spoke), Told::Stay, "no other daemon knows its login");
        assert!(tokio::time::timeout(Duration::from_secs(2), connections.finish(patience())).await.is_err());
        assert_eq!([&silent, &spoke, &busy].map(told), [Told::Leave, Told::Leave, Told::Stay]);
        busy.activity.end();
        assert_eq!(told(&busy), Told::Leave);
        drop((silent, spoke, busy));
        assert!(connections.finish(patience()).now_or_never().is_some());
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
