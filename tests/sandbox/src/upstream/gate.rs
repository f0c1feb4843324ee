//! A gate: requests wait before it until the test lets them through, so that a test can act *during* a request without sleeping.

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
    arrival: Condvar,
    open: watch::Sender<bool>,
}

impl Gate {
    /// Returns a closed gate.
    pub fn new() -> Self {
        Self(Arc::new(Inner { arrived: Mutex::new(0), arrival: Condvar::new(), open: watch::Sender::new(false) }))
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
        *self.0.arrived.lock().expect("nothing panics while it holds this lock") += 1;
        self.0.arrival.notify_all();
        // The sender is in `self`, so it cannot go away meanwhile.
        let _ = self.0.open.subscribe().wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
