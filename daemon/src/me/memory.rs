//! Answers of `/me` that no file keeps: those of credentials in the environment and in bridge files, and those that could not be written.

use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

use jiff::Timestamp;

use crate::me::user::Me;

/// How many are kept: callers bring a handful of credentials, and a stream of ever new ones must not grow the daemon.
const CAPACITY: usize = 16;

/// Answers by the hash of who asked, oldest first. They count as long as those in files.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<(u128, Arc<Me>)>>);

impl Memory {
    /// Returns what is kept and has not expired.
    pub(super) fn get(&self, who: u128, now: Timestamp) -> Option<Arc<Me>> {
        let kept = self.lock();
        kept.iter().find(|(known, me)| *known == who && me.is_fresh(now)).map(|(_, me)| Arc::clone(me))
    }

    /// Keeps an answer in place of an older one.
    pub(super) fn keep(&self, who: u128, me: Arc<Me>) {
        let mut kept = self.lock();
        kept.retain(|(known, _)| *known != who);
        if kept.len() == CAPACITY {
            kept.remove(0);
        }
        kept.push((who, me));
    }

    /// Forgets what is kept: a file has it now.
    pub(super) fn forget(&self, who: u128) {
        self.lock().retain(|(known, _)| *known != who);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u128, Arc<Me>)>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_bounded_in_number_and_age() {
        let (memory, now) = (Memory::default(), Timestamp::from_second(1_000_000).expect("a time"));
        let me = |at: Timestamp| Arc::new(Me::from_answer(json!({})).expect("an object").cached_at(at));
        for who in 0..20 {
            memory.keep(who, me(now));
            memory.keep(who, me(now));
        }
        assert!(memory.get(3, now).is_none() && memory.get(4, now).is_some() && memory.get(19, now).is_some());
        assert!(memory.get(19, Timestamp::from_second(1_090_000).expect("a time")).is_none(), "more than a day later");
        memory.forget(19);
        assert!(memory.get(19, now).is_none());
    }
}
