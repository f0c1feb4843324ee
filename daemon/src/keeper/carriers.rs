//! Which bridge files a grant was found in, and when each may be written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use parking_lot::Mutex;

/// Files of one grant that are known. People copy a bridge file to a handful of places.
const KNOWN: usize = 8;

/// The bridge files that a grant was found in.
#[derive(Debug, Default)]
pub(super) struct Carriers(Mutex<Vec<Carrier>>);

/// A bridge file, and when it may be written again.
#[derive(Debug, Clone)]
pub(super) struct Carrier {
    pub(super) path: PathBuf,
    pub(super) not_before: Duration,
}

impl Carriers {
    /// Remembers a file.
    pub(super) fn add(&self, path: &Path) {
        let mut known = self.0.lock();
        if known.iter().any(|carrier| carrier.path == path) {
            return;
        }
        if known.len() == KNOWN {
            known.remove(0);
        }
        known.push(Carrier { path: path.to_owned(), not_before: Duration::ZERO });
    }

    /// Returns all of them.
    pub(super) fn all(&self) -> Vec<Carrier> {
        self.0.lock().clone()
    }

    /// Leaves a file alone until then.
    pub(super) fn postpone(&self, path: &Path, not_before: Duration) {
        if let Some(known) = self.0.lock().iter_mut().find(|carrier| carrier.path == path) {
            known.not_before = not_before;
        }
    }
}
