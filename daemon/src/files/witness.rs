//! Who else looks at the config: what tells a logout by another program from an accident.
//!
//! The Python tool logs an account out by removing its `tokens.json`, and nothing else changes. But it reads the config right before
//! that, to find the account; `rm`, a cleaner or a sync tool does not. So a removed file was meant if somebody has just read the config,
//! and also wherever the system does not tell who reads what: nobody's logout may be undone by a guess.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tempfile::NamedTempFile;

/// The longest way from another program's look at the config to our look at the file that it then removed: some milliseconds of its
/// own, and our wait for a burst of events to end, on a busy machine.
const JUST_BEFORE: Duration = Duration::from_secs(3);

/// The event that tells of our own reading comes within this time, or was merged with another one.
const OURS: Duration = Duration::from_millis(100);

/// How long the event of a file that we make may take. On a busy machine who reads them may not be let to run at once.
const CATCH_UP: Duration = Duration::from_secs(1);

/// How the name of such a file begins.
const MARK: &str = ".seen-";

/// What is known of who has read the config.
#[derive(Debug, Default)]
pub struct Witness {
    seen: Mutex<Seen>,
    marked: Condvar,
}

#[derive(Debug, Default)]
struct Seen {
    is_told: bool,
    /// A directory of ours whose events come in one row with those of the config.
    directory: Option<PathBuf>,
    /// Files of ours whose making was told.
    marks: Vec<PathBuf>,
    /// Our own readings of which no event has come yet.
    ours: VecDeque<Instant>,
    others: Option<Instant>,
}

impl Witness {
    /// Notes whether the system tells of every read.
    pub fn is_told(&self, is_told: bool) {
        let mut seen = self.seen.lock();
        if is_told && !seen.is_told {
            // Of what we have read before, no event comes any more.
            seen.ours.clear();
        }
        seen.is_told = is_told;
    }

    /// Notes a directory of ours that is watched beside the config's.
    pub fn marks_in(&self, directory: &Path) {
        self.seen.lock().directory = Some(directory.to_owned());
    }

    /// Notes that a file was made.
    pub fn was_made(&self, path: &Path) {
        if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(MARK.as_bytes())) {
            self.seen.lock().marks.push(path.to_owned());
            self.marked.notify_all();
        }
    }

    /// Notes that we are about to read the config.
    pub fn we_read(&self) {
        let mut seen = self.seen.lock();
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
        let (now, mut seen) = (Instant::now(), self.seen.lock());
        seen.forget();
        if seen.ours.pop_front().is_none() {
            seen.others = Some(now);
        }
    }

    /// Returns whether a token file that was found missing at this time may have been removed to log out.
    pub fn allows_logout(&self, found_missing: Instant) -> bool {
        if self.seen.lock().allows_logout(found_missing) {
            return true;
        }
        self.catch_up();
        self.seen.lock().allows_logout(found_missing)
    }

    /// Waits until all is told that has happened so far: events come in their order, so we make one and wait for it. Where no file can be
    /// made, what is told counts.
    fn catch_up(&self) {
        let Some(directory) = self.seen.lock().directory.clone() else { return };
        let Ok(mark) = NamedTempFile::with_prefix_in(MARK, directory) else { return };
        let (mut seen, end) = (self.seen.lock(), Instant::now() + CATCH_UP);
        while !seen.marks.iter().any(|made| made == mark.path()) && !self.marked.wait_until(&mut seen, end).timed_out()
        {
        }
        seen.marks.retain(|made| made != mark.path());
    }
}

impl Seen {
    fn allows_logout(&self, found_missing: Instant) -> bool {
        !self.is_told || self.others.is_some_and(|read| found_missing.saturating_duration_since(read) < JUST_BEFORE)
    }

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
        let mut seen = self.witness.seen.lock();
        seen.ours.push_back(Instant::now());
        seen.others = seen.others.filter(|read| *read < self.since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use notify::Watcher;

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
        witness.seen.lock().ours.clear();
        witness.was_opened();
        assert!(witness.allows_logout(Instant::now()), "nobody can tell yet");
        drop(reading);
        assert!(!witness.allows_logout(Instant::now()));
    }

    #[test]
    fn what_was_read_before_a_look_counts_although_it_is_told_late() {
        let home = tempfile::tempdir().expect("a directory");
        let witness = Arc::new(Witness::default());
        witness.is_told(true);
        witness.marks_in(home.path());
        let told = Arc::clone(&witness);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            for made in event.iter().filter(|event| event.kind.is_create()).flat_map(|event| &event.paths) {
                told.was_opened();
                told.was_made(&made.with_file_name("other"));
                told.was_made(made);
            }
        })
        .expect("a watcher");
        watcher.watch(home.path(), notify::RecursiveMode::NonRecursive).expect("watched");
        assert!(witness.allows_logout(Instant::now()), "the event of the config stands before that of the mark");
        assert_eq!(std::fs::read_dir(home.path()).expect("there").count(), 0, "no mark remains");
        assert!(witness.seen.lock().marks.is_empty());
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
