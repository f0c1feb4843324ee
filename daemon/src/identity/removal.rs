//! Removes what an account left on disk: its tokens at logout, its whole directory when it is removed.

use std::io;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind, chain};

use crate::files::replace;

/// How often a directory is removed into which others write meanwhile.
const ATTEMPTS: usize = 20;

/// Why something is still there.
#[derive(Debug, thiserror::Error)]
#[error("could not remove {}", path.display())]
pub struct ForgetError {
    /// What should be gone.
    pub path: PathBuf,
    /// Why it is not.
    pub source: io::Error,
}

impl From<ForgetError> for Failure {
    fn from(error: ForgetError) -> Self {
        Self::new(FailureKind::Storage, chain(&error))
    }
}

/// Removes a token file, and the copies of it that a crash may have left beside it. Returns whether there was one.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn tokens(path: &Path) -> Result<bool, ForgetError> {
    let removed = gone(path, std::fs::remove_file(path))?;
    for copy in replace::temporaries(path) {
        gone(&copy, std::fs::remove_file(&copy))?;
    }
    Ok(removed)
}

/// Removes an account's directory with everything in it. A symbolic link in its place is removed, not followed.
///
/// # Errors
/// When something is there and cannot be removed.
pub fn account_directory(path: &Path) -> Result<bool, ForgetError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => gone(path, remove_all(path)),
        Ok(_) => gone(path, std::fs::remove_file(path)),
        Err(error) => gone(path, Err(error)),
    }
}

/// Removes a directory. Who waits for the lock of its tokens makes the lock's file anew, perhaps just after it was removed.
fn remove_all(path: &Path) -> io::Result<()> {
    let mut removed = std::fs::remove_dir_all(path);
    for _ in 1..ATTEMPTS {
        match &removed {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => removed = std::fs::remove_dir_all(path),
            _ => break,
        }
    }
    removed
}

fn gone(path: &Path, removed: io::Result<()>) -> Result<bool, ForgetError> {
    match removed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(ForgetError { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_place_of_the_directory_is_not_followed() {
        let dir = tempfile::tempdir().expect("a directory");
        let (precious, link) = (dir.path().join("precious"), dir.path().join("team"));
        std::fs::create_dir(&precious).expect("made");
        std::fs::write(precious.join("tokens.json"), "{}").expect("written");
        std::os::unix::fs::symlink(&precious, &link).expect("linked");
        assert!(account_directory(&link).expect("removed"));
        assert!(precious.join("tokens.json").exists() && !link.exists());
    }

    #[test]
    fn a_logout_leaves_no_copy_of_the_tokens() {
        let dir = tempfile::tempdir().expect("a directory");
        let names = ["tokens.json", ".tokens.json.mpd-1-0.tmp", "tokens.json.tmp.7.8", "me.json"];
        for name in names {
            std::fs::write(dir.path().join(name), "{}").expect("written");
        }
        assert!(tokens(&dir.path().join("tokens.json")).expect("removed"));
        let left = |name: &&str| dir.path().join(name).exists();
        assert_eq!(names.into_iter().filter(left).collect::<Vec<_>>(), ["me.json"]);
    }

    #[test]
    fn removing_what_is_not_there_is_no_error() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(!tokens(&dir.path().join("tokens.json")).expect("nothing to do"));
        assert!(!account_directory(&dir.path().join("team")).expect("nothing to do"));
    }
}
