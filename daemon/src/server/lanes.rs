//! The threads that serve. Each connection stays on one of them, with a runtime of its own: where a runtime has two threads, each wakes the
//! other for every call, and calls go from one to the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;

/// How many there are.
const LANES: usize = 2;

/// So many more connections are worth the way to another thread.
const CLEARLY: usize = 8;

/// The threads that serve, the first of which accepts connections.
pub struct Lanes([Lane; LANES]);

#[derive(Clone)]
struct Lane {
    runtime: Handle,
    /// Connections that are open there.
    open: Arc<AtomicUsize>,
}

/// A place on a lane, for as long as it lives.
pub(super) struct Place(Lane);

impl Lanes {
    /// Returns lanes that serve on these runtimes.
    pub fn of(runtimes: [&Handle; LANES]) -> Self {
        Self(runtimes.map(|runtime| Lane { runtime: runtime.clone(), open: Arc::default() }))
    }

    /// Returns a place where clearly fewer connections are open, and whether it is elsewhere than here: what stays is served without waking
    /// another thread.
    pub(super) fn place(&self) -> (Place, bool) {
        let [here, other] = &self.0;
        let is_elsewhere = here.open.load(Ordering::Relaxed) > other.open.load(Ordering::Relaxed) + CLEARLY;
        let lane = if is_elsewhere { other } else { here };
        lane.open.fetch_add(1, Ordering::Relaxed);
        (Place(lane.clone()), is_elsewhere)
    }
}

impl Place {
    /// Returns what runs there.
    pub(super) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_connections_are_shared_out_and_a_few_are_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let lanes = Lanes::of([runtime.handle(), runtime.handle()]);
        let open = |lanes: &Lanes| lanes.0.each_ref().map(|lane| lane.open.load(Ordering::Relaxed));
        let mut places: Vec<_> = (0..=CLEARLY).map(|_| lanes.place()).collect();
        assert_eq!(open(&lanes), [CLEARLY + 1, 0]);
        places.extend((0..41).map(|_| lanes.place()));
        assert_eq!(open(&lanes), [29, 21]);
        assert_eq!(places.iter().filter(|(_, is_elsewhere)| *is_elsewhere).count(), 21);
        drop(places);
        assert_eq!(open(&lanes), [0, 0]);
    }
}
