//! Answers that are kept: bounded in age, number and size. Pure; the time is a value, on the clock that nobody sets.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::mend::Mended;
use serde_json::Value;

/// Size of all answers together, by the length of their texts.
const MAX_ALL: usize = 32 * 1024 * 1024;

/// Size of one answer: a larger one would push out all that tools ask for again and again.
const MAX_ONE: usize = 4 * 1024 * 1024;

/// Number of answers: the shortest cost memory, too.
const MAX_NUMBER: usize = 4096;

/// An answer of Mixpanel.
#[derive(Debug, Clone)]
pub(super) struct KeptAnswer {
    pub(super) value: Arc<Value>,
    /// How long its text was.
    pub(super) bytes: usize,
    /// What had to be mended of it.
    pub(super) mended: Mended,
    /// When it came.
    pub(super) came: Duration,
    /// The number of the flight that brought it: those that began later have newer news, whenever they end.
    pub(super) flight: u64,
}

/// Answers by their keys.
#[derive(Debug, Default)]
pub(super) struct KeptAnswers {
    entries: HashMap<u128, Entry>,
    bytes: usize,
    /// Counts uses.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    answer: KeptAnswer,
    used: u64,
}

impl KeptAnswers {
    /// Returns an answer and its age, unless it is too old.
    pub(super) fn get(&mut self, key: u128, now: Duration, life: Duration) -> Option<(KeptAnswer, Duration)> {
        self.uses += 1;
        let entry = self.entries.get_mut(&key)?;
        let age = now.saturating_sub(entry.answer.came);
        if age >= life {
            self.remove(key);
            return None;
        }
        entry.used = self.uses;
        Some((entry.answer.clone(), age))
    }

    /// Keeps an answer, unless a newer one is there. The least recently used go first.
    pub(super) fn put(&mut self, key: u128, answer: KeptAnswer, now: Duration, life: Duration) {
        let is_older = |entry: &Entry| entry.answer.flight > answer.flight;
        if answer.bytes > MAX_ONE || self.entries.get(&key).is_some_and(is_older) {
            return;
        }
        self.remove(key);
        if self.is_full_with(answer.bytes) {
            let is_old = |entry: &Entry| now.saturating_sub(entry.answer.came) >= life;
            self.entries.retain(|_, entry| !is_old(entry));
            self.bytes = self.entries.values().map(|entry| entry.answer.bytes).sum();
        }
        while self.is_full_with(answer.bytes) {
            let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key) else {
                break;
            };
            self.remove(oldest);
        }
        self.uses += 1;
        self.bytes += answer.bytes;
        self.entries.insert(key, Entry { answer, used: self.uses });
    }

    /// Forgets one.
    pub(super) fn forget(&mut self, key: u128) {
        self.remove(key);
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        (self.entries, self.bytes) = (HashMap::new(), 0);
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the size of all.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn is_full_with(&self, bytes: usize) -> bool {
        self.bytes + bytes > MAX_ALL || self.entries.len() >= MAX_NUMBER
    }

    fn remove(&mut self, key: u128) {
        if let Some(entry) = self.entries.remove(&key) {
            self.bytes -= entry.answer.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(300);

    fn second(seconds: u64) -> Duration {
        Duration::from_secs(10_000 + seconds)
    }

    fn answer(bytes: usize, at: u64) -> KeptAnswer {
        KeptAnswer { value: Arc::new(Value::Null), bytes, mended: Mended::default(), came: second(at), flight: at }
    }

    fn has(kept: &mut KeptAnswers, key: u128, at: u64) -> bool {
        kept.get(key, second(at), LIFE).is_some()
    }

    #[test]
    fn an_answer_lives_for_five_minutes_and_tells_its_age() {
        let mut kept = KeptAnswers::default();
        kept.put(1, answer(10, 0), second(0), LIFE);
        assert_eq!(kept.get(1, second(299), LIFE).map(|(_, age)| age.as_secs()), Some(299));
        assert!(!has(&mut kept, 1, 300) && kept.len() == 0 && kept.bytes() == 0);
        kept.put(1, answer(10, 100), second(100), LIFE);
        kept.put(1, answer(99, 50), second(101), LIFE);
        assert_eq!((kept.bytes(), kept.len()), (10, 1), "the newer one stays");
        kept.clear();
        assert_eq!((has(&mut kept, 1, 101), kept.bytes()), (false, 0));
    }

    #[test]
    fn the_least_recently_used_go_first_and_the_largest_are_not_kept() {
        let mut kept = KeptAnswers::default();
        kept.put(0, answer(MAX_ONE + 1, 0), second(0), LIFE);
        assert_eq!(kept.len(), 0);
        for key in 1..=8 {
            kept.put(key, answer(MAX_ONE, 0), second(0), LIFE);
        }
        assert!((1..=8).all(|key| key == 2 || has(&mut kept, key, 1)));
        kept.put(9, answer(1, 1), second(1), LIFE);
        assert!(!has(&mut kept, 2, 1) && has(&mut kept, 1, 1) && has(&mut kept, 9, 1));
        assert_eq!(kept.bytes(), 7 * MAX_ONE + 1);
        kept.put(10, answer(MAX_ONE, 400), second(400), LIFE);
        assert!(kept.bytes() <= MAX_ALL && has(&mut kept, 10, 400));
        kept.put(11, answer(MAX_ONE, 400), second(400), LIFE);
        assert_eq!(kept.len(), 2, "the old ones made room");
    }

    #[test]
    fn short_answers_are_bounded_in_number() {
        let mut kept = KeptAnswers::default();
        for key in 0..5000 {
            kept.put(key, answer(2, 0), second(0), LIFE);
        }
        assert_eq!((kept.len(), kept.bytes()), (MAX_NUMBER, 2 * MAX_NUMBER));
        assert!(!has(&mut kept, 903, 0) && has(&mut kept, 904, 0) && has(&mut kept, 4999, 0));
    }
}
