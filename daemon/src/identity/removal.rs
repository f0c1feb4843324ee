//! Removes what an account left on disk: its tokens at logout, all that is ours in its directory when it is removed; and bridge files.

use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind, chain};
use rustix::fs::OFlags;

use crate::files::read::{MAX_SIZE, quoted};
use crate::files::replace;
use crate::identity::bridge::looks_like_one;

/// Our files in an account's directory. Each may have a lock and temporary files beside it.
const OURS: [&str; 2] = ["tokens.json", "me.json"];

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

/// Why a bridge file is still there.
#[derive(Debug, thiserror::Error)]
pub enum BridgeRemovalError {
    /// What is there is something else.
    #[error("{} is no bridge file and was left alone: a regular file with a JSON object that has an `account` was expected", path.display())]
    Other {
        /// What is there.
        path: PathBuf,
    },
    /// It cannot be removed, or looked at.
    #[error(transparent)]
    Forget(#[from] ForgetError),
}

impl From<BridgeRemovalError> for Failure {
    fn from(error: BridgeRemovalError) -> Self {
        let detail = error.to_string();
        match error {
            BridgeRemovalError::Other { path } => Self::new(FailureKind::BridgeInvalid, detail)
                .next(format!("ls -l {}", quoted(&path)), "see what it is; remove it yourself if it is to go"),
            BridgeRemovalError::Forget(error) => error.into(),
        }
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

/// Removes what is ours of an account's directory, and the directory if nothing else is left in it. Returns what others keep there: a newer
/// release of the Python tool has more than tokens there. A symbolic link in its place is removed, not followed.
///
/// # Errors
/// When something is there and cannot be removed.
pub fn account_directory(path: &Path) -> Result<Vec<String>, ForgetError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => empty(path),
        Ok(_) => gone(path, std::fs::remove_file(path)).map(|_| Vec::new()),
        Err(error) => gone(path, Err(error)).map(|_| Vec::new()),
    }
}

fn empty(path: &Path) -> Result<Vec<String>, ForgetError> {
    for attempt in 1..=ATTEMPTS {
        let (ours, kept) = sorted(path)?;
        for file in &ours {
            gone(file, std::fs::remove_file(file))?;
        }
        if !kept.is_empty() {
            return Ok(kept);
        }
        match std::fs::remove_dir(path) {
            // Who waits for the lock of the tokens makes the lock's file anew, perhaps just after it was removed.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && attempt < ATTEMPTS => {}
            removed => return gone(path, removed).map(|_| Vec::new()),
        }
    }
    Ok(Vec::new())
}

/// Returns the files in a directory that are ours, and the names of the rest, in order.
fn sorted(path: &Path) -> Result<(Vec<PathBuf>, Vec<String>), ForgetError> {
    let fail = |source| ForgetError { path: path.to_owned(), source };
    let (mut ours, mut kept) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let is_file = !entry.file_type().map_err(fail)?.is_dir();
        if is_file && name.to_str().is_some_and(is_ours) {
            ours.push(entry.path());
        } else {
            kept.push(name.to_string_lossy().into_owned());
        }
    }
    kept.sort();
    Ok((ours, kept))
}

/// Returns whether a file of an account's directory is ours, or a temporary one of ours or of the Python tool: both may hold tokens.
fn is_ours(name: &str) -> bool {
    OURS.iter().any(|file| {
        let lock = name.strip_prefix(file) == Some(".lock");
        name == *file || lock || replace::is_temporary_of(file, name)
    })
}

/// Removes a bridge file, and complete copies of it that a crash may have left beside it. Returns whether there was one.
///
/// # Errors
/// When what is there is no bridge file, or cannot be removed.
pub fn bridge(path: &Path) -> Result<bool, BridgeRemovalError> {
    match is_bridge(path) {
        Ok(true) => {}
        Ok(false) => return Err(BridgeRemovalError::Other { path: path.to_owned() }),
        Err(error) if is_missing(&error) => return Ok(false),
        Err(source) => return Err(ForgetError { path: path.to_owned(), source }.into()),
    }
    let removed = gone(path, std::fs::remove_file(path))?;
    for copy in replace::temporaries(path) {
        if is_bridge(&copy).unwrap_or(false) {
            gone(&copy, std::fs::remove_file(&copy))?;
        }
    }
    Ok(removed)
}

/// Looks into a file, whoever may read it: one that is open to others is to go all the more.
fn is_bridge(path: &Path) -> io::Result<bool> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let opened = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = match opened {
        Ok(file) => file,
        // A link, or what cannot be opened: a socket.
        Err(error) if path.symlink_metadata().is_ok_and(|found| !found.is_file()) => {
            tracing::debug!(%error, path = %path.display(), "no file is there");
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    file.take(MAX_SIZE).read_to_end(&mut bytes)?;
    Ok(looks_like_one(&bytes))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn gone(path: &Path, removed: io::Result<()>) -> Result<bool, ForgetError> {
    match removed {
        Ok(()) => Ok(true),
        Err(error) if is_missing(&error) => Ok(false),
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
        assert!(account_directory(&link).expect("removed").is_empty());
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
    fn what_others_keep_in_the_directory_stays_and_is_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let account = dir.path().join("team");
        std::fs::create_dir_all(account.join("memory")).expect("made");
        let ours = ["tokens.json", "tokens.json.lock", ".tokens.json.mpd-1-0.tmp", "tokens.json.tmp.7.8", "me.json"];
        let swapped = ".me.json.mpd-1-2-00000000000000aa-00000000000000bb.swap.displaced";
        for name in ours.into_iter().chain([swapped, "memory/notes.md", "tokens.json.bak", "me.json5"]) {
            std::fs::write(account.join(name), "{}").expect("written");
        }
        assert_eq!(account_directory(&account).expect("removed"), ["me.json5", "memory", "tokens.json.bak"]);
        assert!(account.join("memory/notes.md").exists() && ours.iter().all(|name| !account.join(name).exists()));
        for left in ["me.json5", "tokens.json.bak", "memory/notes.md"] {
            std::fs::remove_file(account.join(left)).expect("removed");
        }
        std::fs::remove_dir(account.join("memory")).expect("removed");
        assert_eq!(account_directory(&account).expect("removed"), [""; 0]);
        assert!(!account.exists());
    }

    #[test]
    fn only_a_bridge_file_is_removed_as_one() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        let text = r#"{"version": 2, "account": {"name": "a", "type": "oauth_token", "region": "us", "token": "t"}}"#;
        let precious = ["{}", "[]", "", "x = 1", r#"{"account": "a"}"#, r#"{"account": {"type": "service_account"}}"#];
        for (number, text) in precious.iter().enumerate() {
            std::fs::write(at(&number.to_string()), text).expect("written");
            assert!(matches!(bridge(&at(&number.to_string())), Err(BridgeRemovalError::Other { .. })), "{text}");
            assert!(at(&number.to_string()).exists());
        }
        let of_a_package = text.replace("\"version\": 2", "\"scripts\": {}");
        std::fs::write(at("package.json"), of_a_package).expect("written");
        std::fs::write(at("b.json"), text).expect("written");
        std::os::unix::fs::symlink(at("b.json"), at("link.json")).expect("linked");
        for other in ["package.json", "link.json", "."] {
            assert!(matches!(bridge(&at(other)), Err(BridgeRemovalError::Other { .. })), "{other}");
        }
        for (name, text) in [("b.json.tmp.7.8", text), ("b.json.tmp.notes", "mine"), (".b.json.mpd-1-0.tmp", text)] {
            std::fs::write(at(name), text).expect("written");
        }
        assert!(bridge(&at("b.json")).expect("removed") && !bridge(&at("b.json")).expect("nothing to do"));
        let left = |name: &&str| at(name).symlink_metadata().is_ok();
        let beside = ["b.json", "b.json.tmp.7.8", "b.json.tmp.notes", ".b.json.mpd-1-0.tmp", "link.json"];
        assert_eq!(beside.into_iter().filter(left).collect::<Vec<_>>(), ["b.json.tmp.notes", "link.json"]);
    }

    #[test]
    fn removing_what_is_not_there_is_no_error() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(!tokens(&dir.path().join("tokens.json")).expect("nothing to do"));
        assert!(account_directory(&dir.path().join("team")).expect("nothing to do").is_empty());
        assert!(!bridge(&dir.path().join("b.json")).expect("nothing to do"));
    }
}
