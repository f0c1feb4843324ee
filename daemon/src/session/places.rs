//! Looks at places that callers name: their directories, and files that their variables name. They may be on a disk that does not answer,
//! and that is nobody else's trouble: such a look keeps no other call from its thread.

use std::collections::VecDeque;
use std::fs::metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use mp_proto::context::Context;
use parking_lot::Mutex;

use crate::life::beside::beside_others;

/// So many directories are remembered.
const REMEMBERED: usize = 64;

/// The directories of callers that were found to be on the disk of the storage root, without which there is no call at all: a look there
/// goes as fast as all others.
#[derive(Debug)]
pub(super) struct Places {
    root: PathBuf,
    near: Mutex<VecDeque<String>>,
}

impl Places {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), near: Mutex::default() }
    }

    /// Looks at what a context names.
    pub(super) fn look<T>(&self, context: &Context, work: impl FnOnce() -> T) -> T {
        let is_named = ["MP_CONFIG_PATH", "MP_AUTH_FILE"].iter().any(|name| context.env.get(name).is_some());
        match &context.cwd {
            _ if is_named => beside_others(work),
            None => work(),
            Some(cwd) if self.near.lock().contains(cwd) => work(),
            Some(cwd) => beside_others(|| {
                self.find(cwd);
                work()
            }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life::Life;

    fn lets_others_run(places: &Places, context: &Context) -> bool {
        // A look beside the others makes room for another task on the only thread: that one runs meanwhile.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
        runtime.block_on(async {
            let (sender, other) = std::sync::mpsc::channel();
            let (context, places) =
                (context.clone(), Places { root: places.root.clone(), near: Mutex::new(places.near.lock().clone()) });
            let life = Life::default();
            let tasks = life.clone();
            life.spawn(async move {
                tasks.spawn(async move { sender.send(()) });
                let waited = std::time::Duration::from_millis(300);
                places.look(&context, || other.recv_timeout(waited).is_ok())
            })
            .await
            .expect("no panic")
        })
    }

    #[test]
    fn a_look_at_an_unknown_place_keeps_nobody_from_the_thread() {
        let root = tempfile::tempdir().expect("a directory");
        let places = Places::new(root.path());
        let at = |cwd: &Path| Context { cwd: cwd.to_str().map(str::to_owned), ..Context::default() };
        let mut named = Context::default();
        named.env.insert("MP_AUTH_FILE", "/x/auth.json");
        let gone = at(&root.path().join("gone"));
        for context in [&at(root.path()), &gone, &named] {
            assert!(lets_others_run(&places, context), "{context:?}");
        }
        for context in [&at(root.path()), &gone] {
            places.look(context, || ());
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
            places.look(&Context { cwd: Some(cwd), ..Context::default() }, || ());
        }
        assert_eq!(places.near.lock().len(), REMEMBERED);
    }
}
