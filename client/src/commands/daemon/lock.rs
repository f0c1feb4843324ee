//! The lock that a daemon holds for life.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use mp_proto::location::run_dir;

/// Returns where the lock of a storage root is.
pub(super) fn path(root: &Path) -> PathBuf {
    run_dir(root).join("mpd.lock")
}

/// Returns whether a daemon lives: it holds this lock for life. A shared try does not disturb one that is starting; it tries again.
pub(super) fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_whether_a_daemon_lives() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        assert!(!is_held(&path));
        let file = File::create(&path).expect("made");
        assert!(!is_held(&path));
        file.lock().expect("locked");
        assert!(is_held(&path));
    }
}
