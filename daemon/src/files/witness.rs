//! Who else looks at the config: what tells a logout by another program from an accident.
//!
//! The Python tool logs an account out by removing its `tokens.json`, and nothing else changes. But it reads the config right before
//! that, to find the account; `rm`, a cleaner or a sync tool does not. So a removed file was meant if somebody has just read the config,
//! and also wherever the system does not tell who reads what: nobody's logout may be undone by a guess.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The longest way from another program's look at the config to our look at the file that it then removed: some milliseconds of its
/// own, and our wait for a burst of events to end, on a busy machine.
const JUST_BEFORE: Duration = Duration::from_secs(3);

/// The event that tells of our own reading comes within this time, or was merged with another one.
const OURS: Duration = Duration::from_millis(100);

/// What is known of who has read the config.
#[derive(Debug, Default)]
pub struct Witness(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    is_told: bool,
    /// Our own readings of which no event has come yet.
    ours: VecDeque<Instant>,
    others: Option<Instant>,
}

impl Witness {
    /// Notes whether the system tells of every read.
    pub fn is_told(&self, is_told: bool) {
        let mut seen = self.0.lock();
        if is_told && !seen.is_told {
            // Of what we have read before, no event comes any more.
            seen.ours.clear();
        }
        seen.is_told = is_told;
    }

    /// Notes that we are about to read the config.
    pub fn we_read(&self) {
        let mut seen = self.0.lock();
        seen.forget();
        seen.ours.push_back(Instant::now());
    }

    /// Notes that we read the config now and again, until what is returned is dropped.
    pub fn reading(&self) -> Reading<'_> {
        self.we_read();
        Reading { witness: self, since: Instant::now() }
    }

    /// Notes that somebody has opened the config.
    pub fn was_opened(&self) {
        let (now, mut seen) = (Instant::now(), self.0.lock());
        seen.forget();
        if seen.ours.pop_front().is_none() {
            seen.others = Some(now);
        }
    }

    /// Returns whether a token file that was found missing at this time may have been removed to log out.
    pub fn allows_logout(&self, found_missing: Instant) -> bool {
        let seen = self.0.lock();
        !seen.is_told || seen.others.is_some_and(|read| found_missing.saturating_duration_since(read) < JUST_BEFORE)
    }
}

impl Seen {
    fn forget(&mut self) {
        self.ours.retain(|read| read.elapsed() < OURS);
    }
}

/// Some time in which it is we who read.
#[derive(Debug)]
pub struct Reading<'w> {
    witness: &'w Witness,
    since: Instant,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut seen = self.witness.0.lock();
        seen.ours.push_back(Instant::now());
        seen.others = seen.others.filter(|read| *read < self.since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_can_see_every_reader_says_that_nobody_has_read() {
        let (witness, now) = (Witness::default(), Instant::now());
        assert!(witness.allows_logout(now), "nobody tells");
        witness.is_told(true);
        assert!(!witness.allows_logout(now), "nobody has read");
        witness.we_read();
        witness.was_opened();
        assert!(!witness.allows_logout(Instant::now()), "it was our own reading");
        witness.was_opened();
        assert!(witness.allows_logout(Instant::now()), "that one was not");
    }

    #[test]
    fn what_is_read_during_an_edit_was_read_by_us() {
        let witness = Witness::default();
        witness.is_told(true);
        let reading = witness.reading();
        witness.0.lock().ours.clear();
        witness.was_opened();
        assert!(witness.allows_logout(Instant::now()), "nobody can tell yet");
        drop(reading);
        assert!(!witness.allows_logout(Instant::now()));
    }

    #[test]
    fn a_reader_counts_for_what_is_removed_right_after() {
        let witness = Witness::default();
        witness.is_told(true);
        witness.was_opened();
        assert!(witness.allows_logout(Instant::now()));
        assert!(!witness.allows_logout(Instant::now() + JUST_BEFORE + JUST_BEFORE), "long ago");
    }
}
