//! Looks at places that callers name: their directories, and files that their variables name. They may be on a disk that does not answer,
//! and that is nobody else's trouble: such a look keeps no other call from its thread.

use std::collections::VecDeque;
use std::fs::metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::{Condvar, Mutex};

use crate::life::beside::beside_others;

/// So many directories are remembered.
const REMEMBERED: usize = 64;

/// A look that takes so long waits for a disk that does not answer.
const LATE: Duration = Duration::from_secs(1);

/// So many looks may do so, each of which has a thread. Who looks after that is told.
const MOST_LATE: usize = 8;

/// So many looks go on at once: each has one of the sixteen threads that a runtime has beside those that serve. Who looks after that waits
/// until one has ended, which is a moment, or until it is known that they are late.
const AT_ONCE: usize = 12;

/// The directories of callers that were found to be on the disk of the storage root, without which there is no call at all: a
/// look there goes as fast as all others. And the looks at other places that go on.
#[derive(Debug)]
pub(super) struct Places {
    root: PathBuf,
    near: Mutex<VecDeque<String>>,
    looks: Mutex<Vec<Look>>,
    ended: Condvar,
}

/// A look that goes on.
#[derive(Debug)]
struct Look {
    begun: Instant,
    at: String,
}

/// The place of a look among those that go on.
struct Going<'a>(&'a Places, Instant);

impl Look {
    fn is_late(&self) -> bool {
        self.begun.elapsed() > LATE
    }
}

impl Places {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), near: Mutex::default(), looks: Mutex::default(), ended: Condvar::new() }
    }

    /// Looks at what a context names.
    ///
    /// # Errors
    /// Those of the look; and when too many others wait for a disk.
    pub(super) fn look<T>(&self, context: &Context, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        if let Some(named) = ["MP_CONFIG_PATH", "MP_AUTH_FILE"].iter().find_map(|name| context.env.get(name)) {
            let _going = self.begin(named)?;
            return beside_others(work);
        }
        match &context.cwd {
            Some(cwd) if !self.near.lock().contains(cwd) => {
                let _going = self.begin(cwd)?;
                beside_others(|| {
                    self.find(cwd);
                    work()
                })
            }
            _ => work(),
        }
    }

    fn begin(&self, at: &str) -> Result<Going<'_>, Failure> {
        let mut looks = self.looks.lock();
        loop {
            if looks.iter().filter(|look| look.is_late()).count() >= MOST_LATE {
                return Err(self.refusal(&looks, at));
            }
            // The first that is not late yet either ends or becomes so.
            let next = looks.iter().filter(|look| !look.is_late()).map(|look| look.begun).min();
            match next {
                Some(next) if looks.len() >= AT_ONCE => drop(self.ended.wait_until(&mut looks, next + LATE)),
                _ => break,
            }
        }
        let begun = Instant::now();
        looks.push(Look { begun, at: at.to_owned() });
        Ok(Going(self, begun))
    }

    fn refusal(&self, looks: &[Look], at: &str) -> Failure {
        let first = looks.iter().min_by_key(|look| look.begun);
        let (first, seconds) = first.map_or(("", 0), |look| (look.at.as_str(), look.begun.elapsed().as_secs()));
        let detail = format!(
            "{MOST_LATE} calls wait for a disk that does not answer, the first one at {} for {seconds} s: a look at {} was not begun; \
             call from a directory of the disk that has {}",
            first.escape_debug(),
            at.escape_debug(),
            self.root.display()
        );
        Failure::new(FailureKind::Storage, detail)
    }

    /// Remembers a directory that is on the disk of the root.
    fn find(&self, cwd: &str) {
        let device = |path: &Path| metadata(path).map(|found| found.dev()).ok();
        let found = device(Path::new(cwd));
        if found.is_some() && found == device(&self.root) {
            let mut near = self.near.lock();
            near.push_back(cwd.to_owned());
            if near.len() > REMEMBERED {
                near.pop_front();
            }
        }
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        let mut looks = self.0.looks.lock();
        // Of two that began at once, either one will do.
        if let Some(place) = looks.iter().position(|look| look.begun == self.1) {
            looks.swap_remove(place);
        }
        drop(looks);
        self.0.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life::Life;
    use std::sync::Arc;

    fn looked(places: &Places, context: &Context) {
        places.look(context, || Ok(())).expect("nothing is late");
    }

    /// A look beside the others makes room for another task on the only thread: that one runs meanwhile.
    fn lets_others_run(places: &Arc<Places>, context: &Context) -> bool {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
        let (places, context) = (Arc::clone(places), context.clone());
        runtime.block_on(async move {
            let (sender, other) = std::sync::mpsc::channel();
            let life = Life::default();
            let tasks = life.clone();
            let looking = life.spawn(async move {
                tasks.spawn(async move { sender.send(()) });
                places.look(&context, || Ok(other.recv_timeout(Duration::from_millis(300)).is_ok()))
            });
            looking.await.expect("no panic").expect("nothing is late")
        })
    }

    #[test]
    fn a_look_at_an_unknown_place_keeps_nobody_from_the_thread() {
        let root = tempfile::tempdir().expect("a directory");
        let places = Arc::new(Places::new(root.path()));
        let at = |cwd: &Path| Context { cwd: cwd.to_str().map(str::to_owned), ..Context::default() };
        let mut named = Context::default();
        named.env.insert("MP_AUTH_FILE", "/x/auth.json");
        let gone = at(&root.path().join("gone"));
        for context in [&at(root.path()), &gone, &named] {
            assert!(lets_others_run(&places, context), "{context:?}");
        }
        for context in [&at(root.path()), &gone] {
            looked(&places, context);
        }
        assert!(!lets_others_run(&places, &at(root.path())), "it is on the root's disk");
        assert!(!lets_others_run(&places, &Context::default()), "nothing of the caller's is looked at");
        assert!(lets_others_run(&places, &gone), "nothing is known of it");
    }

    #[test]
    fn a_bounded_number_of_places_is_remembered() {
        let root = tempfile::tempdir().expect("a directory");
        let places = Places::new(root.path());
        for number in 0..REMEMBERED + 3 {
            let cwd = format!("{}{}", root.path().display(), "/.".repeat(number));
            looked(&places, &Context { cwd: Some(cwd), ..Context::default() });
        }
        assert_eq!(places.near.lock().len(), REMEMBERED);
    }

    #[test]
    fn a_disk_that_does_not_answer_takes_a_bounded_number_of_threads() {
        let root = tempfile::tempdir().expect("a directory");
        let places = Places::new(root.path());
        let here = Context { cwd: root.path().to_str().map(str::to_owned), ..Context::default() };
        let there = Context { cwd: Some("/dead".to_owned()), ..Context::default() };
        looked(&places, &here);
        let begun = Instant::now().checked_sub(LATE * 3).expect("this machine runs for longer than that");
        let late = || Look { begun, at: "/dead".to_owned() };
        places.looks.lock().extend((1..MOST_LATE).map(|_| late()));
        looked(&places, &there);
        places.looks.lock().push(late());
        let failure = places.look(&there, || Ok(())).expect_err("it would take another thread");
        assert_eq!(failure.kind, FailureKind::Storage);
        assert!(failure.detail.contains("the first one at /dead for 3 s"), "{}", failure.detail);
        looked(&places, &here);
        looked(&places, &Context::default());
        places.looks.lock().pop();
        looked(&places, &there);
        assert_eq!(places.looks.lock().len(), MOST_LATE - 1, "those that are over have left");
    }

    #[test]
    fn who_comes_while_many_look_waits_until_one_has_ended_or_all_are_late() {
        let root = tempfile::tempdir().expect("a directory");
        let places = Places::new(root.path());
        let mut all: Vec<_> = (0..AT_ONCE).map(|_| places.begin("/far").expect("nothing is late")).collect();
        let begun = Instant::now();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(places.begin("/far").expect("one has ended")));
            drop(all.pop());
            waiting.join().expect("no panic");
        });
        all.push(places.begin("/far").expect("there is room"));
        let failure = places.begin("/far").err().expect("all are late");
        assert!(begun.elapsed() >= LATE && failure.detail.contains("the first one at /far for 1 s"), "{failure:?}");
    }
}
