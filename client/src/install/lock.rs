//! The lock that Claude Code takes while it writes its file: a folder `FILE.lock` beside it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use tokio::time::{Instant, sleep};

/// How long a host may have its file locked; one that has ended with it leaves its lock behind.
const LOCKED: Duration = Duration::from_secs(10);

/// How long a lock is waited for. After that the edit is done as for hosts that have none.
const PATIENCE: Duration = Duration::from_secs(12);

/// The lock of a file as Claude Code takes it: a folder beside it.
pub(super) struct Held(PathBuf);

impl Held {
    /// Waits for it. None when it cannot be had; then the exchange of files has to do.
    pub(super) async fn take(file: &Path) -> Option<Self> {
        let mut name = file.as_os_str().to_owned();
        name.push(".lock");
        let lock = PathBuf::from(name);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match fs::create_dir(&lock) {
                Ok(()) => return Some(Self(lock)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(_) => return None,
            }
            let touched = fs::metadata(&lock).and_then(|found| found.modified());
            if touched.is_ok_and(|when| SystemTime::now().duration_since(when).is_ok_and(|ago| ago > LOCKED)) {
                let _ = fs::remove_dir(&lock);
            } else if Instant::now() > deadline {
                return None;
            } else {
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Whoever took it for forgotten has removed it.
        let _ = fs::remove_dir(&self.0);
    }
}
