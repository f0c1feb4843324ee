//! A gate: requests wait before it until the test lets them through, so that a test can act *during* a request without sleeping.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::sync::watch;

/// Longer than any program here takes to send a request that it is going to send.
const PATIENCE: Duration = Duration::from_secs(20);

/// Holds answers back. Clones are the same gate; it opens once, for all that wait and all that come later.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    arrived: Mutex<usize>,
    /// How many are before it now.
    waiting: AtomicUsize,
    arrival: Condvar,
    open: watch::Sender<bool>,
}

impl Gate {
    /// Returns a closed gate.
    pub fn new() -> Self {
        let (arrived, waiting, arrival) = (Mutex::new(0), AtomicUsize::new(0), Condvar::new());
        Self(Arc::new(Inner { arrived, waiting, arrival, open: watch::Sender::new(false) }))
    }

    /// Returns how many wait before it now. Whoever loses patience and hangs up does not wait any more.
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::SeqCst)
    }

    /// Returns how many have come to it so far.
    pub fn arrived(&self) -> usize {
        *self.0.arrived.lock().expect("nothing panics while it holds this lock")
    }

    /// Waits until so many have come to it in all.
    ///
    /// # Panics
    /// When they do not come.
    #[track_caller]
    pub fn wait_for_arrival(&self, count: usize) {
        let arrived = self.0.arrived.lock().expect("nothing panics while it holds this lock");
        let (arrived, _) = self
            .0
            .arrival
            .wait_timeout_while(arrived, PATIENCE, |arrived| *arrived < count)
            .expect("nothing panics while it holds this lock");
        // The guard is let go before a panic, or every later look would panic too.
        let arrived = *arrived;
        assert!(arrived >= count, "{arrived} of {count} came to the gate within {PATIENCE:?}");
    }

    /// Opens it for good.
    pub fn release(&self) {
        self.0.open.send_replace(true);
    }

    /// Comes to the gate and waits until it is open.
    pub(crate) async fn pass(&self) {
        let _here = Here::before(&self.0.waiting);
        *self.0.arrived.lock().expect("nothing panics while it holds this lock") += 1;
        self.0.arrival.notify_all();
        // The sender is in `self`, so it cannot go away meanwhile.
        let _ = self.0.open.subscribe().wait_for(|open| *open).await;
    }
}

/// Counts as long as it lives.
struct Here<'a>(&'a AtomicUsize);

impl<'a> Here<'a> {
    fn before(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
