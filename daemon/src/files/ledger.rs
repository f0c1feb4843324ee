//! A file that other programs read and write under a lock beside it: read, changed and replaced while the lock is held, which nobody
//! holds for long.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::lock::Locked;

/// Largest text that is read: some hundred entries have a hundredth of it.
const LARGEST: u64 = 1024 * 1024;

/// The lock of such a file. Dropping it lets go.
#[derive(Debug)]
pub(crate) struct LedgerLock {
    path: PathBuf,
    _lock: Locked,
}

/// Takes the lock if nobody has it. Directories that are missing are made, for the user alone.
///
/// # Errors
/// When the lock cannot be opened: there is a link in its place, or the disk refuses.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<LedgerLock>> {
    if let Some(parent) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    let lock = options().create(true).open(path.with_added_extension("lock"))?;
    Ok(Locked::attempt(lock)?.map(|lock| LedgerLock { path: path.to_owned(), _lock: lock }))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    let nofollow = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    options.read(true).write(true).mode(0o600).custom_flags(nofollow);
    options
}

impl LedgerLock {
    /// Returns what stands in the file; nothing where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let file = match options().write(false).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(LARGEST).read_to_end(&mut text)?;
        Ok(text)
    }

    /// Replaces the file. It is not synced: what a crash loses of it is an hour's count.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn write(&self, text: &[u8]) -> io::Result<()> {
        // Who writes holds the lock, so one name is enough.
        let new = self.path.with_added_extension(format!("tmp.{}.0", std::process::id()));
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let written = options().create_new(true).open(&new).and_then(|mut file| file.write_all(text));
        written.and_then(|()| fs::rename(&new, &self.path)).inspect_err(|_| drop(fs::remove_file(&new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn one_at_a_time_changes_a_file_that_is_for_its_user_alone() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("pacer/host/7-query.json");
        let lock = try_lock(&path).expect("opened").expect("free");
        assert!(try_lock(&path).expect("opened").is_none(), "somebody has it");
        assert_eq!(lock.read().expect("readable"), b"");
        lock.write(b"{}").expect("writable");
        assert_eq!(lock.read().expect("readable"), b"{}");
        drop(lock);
        assert!(try_lock(&path).expect("opened").is_some());
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let dir = path.parent().expect("a parent");
        assert_eq!((mode(dir), mode(&path), mode(&path.with_added_extension("lock"))), (0o700, 0o600, 0o600));
        assert_eq!(fs::read_dir(dir).expect("readable").count(), 2, "nothing else is left");
    }

    #[test]
    fn links_are_not_followed() {
        let home = tempfile::tempdir().expect("a directory");
        let (path, victim) = (home.path().join("f"), home.path().join("victim"));
        fs::write(&victim, "theirs").expect("writable");
        std::os::unix::fs::symlink(&victim, path.with_added_extension("lock")).expect("a link");
        assert!(try_lock(&path).is_err());
        fs::remove_file(path.with_added_extension("lock")).expect("there");
        std::os::unix::fs::symlink(&victim, &path).expect("a link");
        let lock = try_lock(&path).expect("opened").expect("free");
        assert!(lock.read().is_err());
        lock.write(b"ours").expect("the link is replaced");
        assert_eq!(fs::read(&victim).expect("there"), b"theirs");
    }
}
