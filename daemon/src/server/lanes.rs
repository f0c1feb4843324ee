//! The threads that serve. Each connection stays on one of them, with a runtime of its own: where a runtime has two threads, each wakes the
//! other for every call, and calls go from one to the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;

/// How many there are.
const LANES: usize = 2;

/// So many connections are served by one thread.
const FEW: usize = 8;

/// The same where callers come for one call each: a connection that is opened and closed costs a fifth less where two threads do not wake
/// each other for it.
const FEW_SINGLE: usize = 24;

/// So many connections in a row that ended after one call tell how callers come.
const TELLING: usize = 16;

/// The threads that serve, the first of which accepts connections.
pub struct Lanes {
    lanes: [Lane; LANES],
    /// How many connections in a row have ended after one call, as far as that tells something.
    single: AtomicUsize,
}

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
        let lanes = runtimes.map(|runtime| Lane { runtime: runtime.clone(), open: Arc::default() });
        Self { lanes, single: AtomicUsize::new(0) }
    }

    /// Returns a place, and whether it is elsewhere than here. What stays is served without waking another thread; beyond a few, those that
    /// are open are shared out evenly.
    pub(super) fn place(&self) -> (Place, bool) {
        let [here, other] = &self.lanes;
        let few = if self.single.load(Ordering::Relaxed) < TELLING { FEW } else { FEW_SINGLE };
        let open = here.open.load(Ordering::Relaxed);
        let is_elsewhere = open >= few && open > other.open.load(Ordering::Relaxed);
        let lane = if is_elsewhere { other } else { here };
        lane.open.fetch_add(1, Ordering::Relaxed);
        (Place(lane.clone()), is_elsewhere)
    }

    /// Notes how many calls a connection was for that has ended.
    pub(super) fn ended(&self, calls: u64) {
        let before = self.single.load(Ordering::Relaxed);
        // What another thread notes meanwhile may be lost, and is not missed.
        self.single.store(if calls > 1 { 0 } else { TELLING.min(before + 1) }, Ordering::Relaxed);
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
    fn a_few_connections_stay_here_and_many_are_shared_out() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let lanes = Lanes::of([runtime.handle(), runtime.handle()]);
        let open = |lanes: &Lanes| lanes.lanes.each_ref().map(|lane| lane.open.load(Ordering::Relaxed));
        let mut places: Vec<_> = (0..FEW).map(|_| lanes.place()).collect();
        assert_eq!(open(&lanes), [FEW, 0]);
        places.extend((FEW..64).map(|_| lanes.place()));
        assert_eq!(open(&lanes), [32, 32]);
        assert_eq!(places.iter().filter(|(_, is_elsewhere)| *is_elsewhere).count(), 32);
        drop(places);
        assert_eq!(open(&lanes), [0, 0]);
    }

    #[test]
    fn more_stay_here_where_callers_come_for_one_call_each() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let lanes = Lanes::of([runtime.handle(), runtime.handle()]);
        let stay = || {
            let places: Vec<_> = (0..64).map(|_| lanes.place()).collect();
            places.iter().take_while(|(_, is_elsewhere)| !is_elsewhere).count()
        };
        (1..TELLING).for_each(|_| lanes.ended(1));
        assert_eq!(stay(), FEW, "that may be chance");
        lanes.ended(0);
        assert_eq!(stay(), FEW_SINGLE);
        lanes.ended(2);
        assert_eq!(stay(), FEW);
    }
}
