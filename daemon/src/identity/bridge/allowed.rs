//! The bridge files in working directories that the user has allowed, each by its path and by what it held then. A file that came with
//! a checkout, or that was changed by one, is another file.

use std::io;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind, chain};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::files::cache::Cache;
use crate::files::paths::Paths;
use crate::files::read::{ReadError, quoted, read_credential};
use crate::files::replace::{ReplaceError, replace_if};

/// How often an edit is redone on a list that others keep changing.
const ATTEMPTS: usize = 50;

/// The only version there is.
const VERSION: u32 = 1;

/// An allowed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedFile {
    /// Its path; no part of it is a link.
    pub path: PathBuf,
    /// The SHA-256 of what it held.
    pub sha256: String,
}

/// What the list holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    version: u32,
    bridges: Vec<AllowedFile>,
}

/// Why the list cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum AllowedError {
    /// Not safe to read, or unreadable.
    #[error("the list of allowed bridge files cannot be used")]
    Read(#[from] ReadError),
    /// Not what it should hold.
    #[error("{} is damaged: a list of allowed bridge files of version {VERSION} was expected", path.display())]
    Damaged {
        /// The list.
        path: PathBuf,
    },
    /// Not written.
    #[error("the list of allowed bridge files was not changed")]
    Write(#[from] ReplaceError),
    /// The directory of a bridge file cannot be looked at.
    #[error("could not find out where {} is", path.display())]
    Where {
        /// The bridge file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl From<AllowedError> for Failure {
    fn from(error: AllowedError) -> Self {
        let detail = chain(&error);
        match error {
            AllowedError::Read(read) => Self::from(read),
            AllowedError::Damaged { path } => Self::new(FailureKind::Storage, detail)
                .next(format!("rm {}", quoted(&path)), "allow no bridge file any more"),
            AllowedError::Write(_) | AllowedError::Where { .. } => Self::new(FailureKind::Storage, detail),
        }
    }
}

/// The list, as it was read last.
#[derive(Debug, Default)]
pub(super) struct AllowedList(Cache<List>);

impl AllowedList {
    /// Returns whether a file with this content is allowed. A list that cannot be used allows nothing.
    pub(super) fn has(&self, paths: &Paths, path: &Path, sha256: &str, clock: &dyn Clock) -> bool {
        let list = paths.allowed_bridges();
        let read = self.0.load(&list, paths.home(), || clock.now().into(), |bytes| parse(&list, bytes));
        match read {
            Ok(None) => false,
            Ok(Some(known)) => canonical(path).is_ok_and(|path| known.has(&path, sha256)),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "no bridge file counts as allowed");
                false
            }
        }
    }
}

impl List {
    fn has(&self, path: &Path, sha256: &str) -> bool {
        self.bridges.iter().any(|known| known.path == path && known.sha256 == sha256)
    }
}

/// Returns the number that stands for a content.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the one path of a file, whatever links lead to its directory.
///
/// # Errors
/// When the directory is not there or cannot be searched.
pub fn canonical(path: &Path) -> Result<PathBuf, AllowedError> {
    let lost = |source| AllowedError::Where { path: path.to_owned(), source };
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(lost(io::ErrorKind::InvalidInput.into()));
    };
    let path = dir.canonicalize().map(|dir| dir.join(name)).map_err(lost)?;
    // The list is JSON, and has no words for other paths.
    if path.to_str().is_some() { Ok(path) } else { Err(lost(io::ErrorKind::InvalidData.into())) }
}

/// Returns all allowed files.
///
/// # Errors
/// When the list cannot be read.
pub fn allowed(paths: &Paths) -> Result<Vec<AllowedFile>, AllowedError> {
    Ok(read(paths)?.1.bridges)
}

/// Allows a file with this content, and no other content of it. Waits for the disk.
///
/// # Errors
/// When the list cannot be read or written.
pub fn allow(paths: &Paths, path: &Path, sha256: &str) -> Result<(), AllowedError> {
    let file = AllowedFile { path: canonical(path)?, sha256: sha256.to_owned() };
    change(paths, |bridges| {
        bridges.retain(|known| known.path != file.path);
        bridges.push(file.clone());
        true
    })
    .map(drop)
}

/// Takes back that a file is allowed. Waits for the disk. Returns whether it was.
///
/// # Errors
/// When the list cannot be read or written.
pub fn forbid(paths: &Paths, path: &Path) -> Result<bool, AllowedError> {
    // Whoever removes a directory and then wants it forgotten has no other name for it.
    let one = canonical(path).unwrap_or_else(|_| path.to_owned());
    change(paths, |bridges| {
        let before = bridges.len();
        bridges.retain(|known| known.path != one);
        bridges.len() < before
    })
}

/// Lets a file that is allowed with one content be allowed with another one, too: it is about to be written by us. Waits for the disk.
///
/// # Errors
/// When the list cannot be read or written.
pub fn allow_also(paths: &Paths, path: &Path, old: &str, new: &str) -> Result<(), AllowedError> {
    let file = AllowedFile { path: canonical(path)?, sha256: new.to_owned() };
    change(paths, |bridges| {
        let is_allowed = bridges.iter().any(|known| known.path == file.path && known.sha256 == old);
        if is_allowed && !bridges.contains(&file) {
            bridges.push(file.clone());
            return true;
        }
        false
    })
    .map(drop)
}

/// Lets a file that is allowed be allowed with this content alone. Waits for the disk.
///
/// # Errors
/// When the list cannot be read or written.
pub fn allow_only(paths: &Paths, path: &Path, sha256: &str) -> Result<(), AllowedError> {
    let one = canonical(path)?;
    change(paths, |bridges| {
        let is_allowed = bridges.iter().any(|known| known.path == one && known.sha256 == sha256);
        let before = bridges.len();
        bridges.retain(|known| !is_allowed || known.path != one || known.sha256 == sha256);
        bridges.len() < before
    })
    .map(drop)
}

fn change(paths: &Paths, edit: impl Fn(&mut Vec<AllowedFile>) -> bool) -> Result<bool, AllowedError> {
    let path = paths.allowed_bridges();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (old, mut list) = read(paths)?;
        if !edit(&mut list.bridges) {
            return Ok(false);
        }
        list.version = VERSION;
        let text = serde_json::to_string_pretty(&list).expect("paths that are text always serialise");
        match replace_if(paths, &path, text.as_bytes(), old.as_deref()) {
            Ok(_) => return Ok(true),
            Err(ReplaceError::Conflict { .. }) if attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn read(paths: &Paths) -> Result<(Option<Vec<u8>>, List), AllowedError> {
    let path = paths.allowed_bridges();
    match read_credential(&path, paths.home())? {
        None => Ok((None, List::default())),
        Some((bytes, _)) => parse(&path, &bytes).map(|list| (Some(bytes), list)),
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<List, AllowedError> {
    let list = serde_json::from_slice::<List>(bytes).ok().filter(|list| list.version == VERSION);
    list.ok_or_else(|| AllowedError::Damaged { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn world() -> (tempfile::TempDir, Paths, PathBuf) {
        let home = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        std::fs::create_dir(home.path().join("work")).expect("made");
        let file = home.path().join("work/mixpanel_auth.json");
        (home, paths, file)
    }

    #[test]
    fn a_file_is_allowed_with_one_content_until_that_is_taken_back() {
        let (home, paths, file) = world();
        let has = |path: &Path, sha256: &str| AllowedList::default().has(&paths, path, sha256, &SystemClock);
        assert!(!has(&file, "a"));
        allow(&paths, &file, "a").expect("written");
        assert!(has(&file, "a") && !has(&file, "b") && !has(&home.path().join("mixpanel_auth.json"), "a"));
        std::os::unix::fs::symlink(home.path().join("work"), home.path().join("way")).expect("linked");
        assert!(has(&home.path().join("way/mixpanel_auth.json"), "a"), "the same file by another way");
        allow(&paths, &file, "b").expect("written");
        assert!(has(&file, "b") && !has(&file, "a"));
        assert!(forbid(&paths, &file).expect("written") && !forbid(&paths, &file).expect("nothing to do"));
        assert!(!has(&file, "b") && allowed(&paths).expect("read").is_empty());
    }

    #[test]
    fn what_we_write_ourselves_stays_allowed_and_nothing_becomes_so() {
        let (_home, paths, file) = world();
        allow_also(&paths, &file, "a", "b").expect("nothing to do");
        assert!(!paths.allowed_bridges().exists());
        allow(&paths, &file, "a").expect("written");
        allow_also(&paths, &file, "x", "b").expect("nothing to do");
        allow_also(&paths, &file, "a", "b").expect("written");
        allow_also(&paths, &file, "a", "b").expect("nothing to do");
        let known: Vec<_> = allowed(&paths).expect("read").into_iter().map(|known| known.sha256).collect();
        assert_eq!(known, ["a", "b"]);
        allow_only(&paths, &file, "x").expect("nothing to do");
        allow_only(&paths, &file, "b").expect("written");
        let known: Vec<_> = allowed(&paths).expect("read").into_iter().map(|known| known.sha256).collect();
        assert_eq!(known, ["b"]);
    }

    #[test]
    fn a_list_that_cannot_be_used_allows_nothing_and_says_so_to_who_changes_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_home, paths, file) = world();
        allow(&paths, &file, "a").expect("written");
        let list = paths.allowed_bridges();
        assert_eq!(std::fs::metadata(&list).expect("it is there").permissions().mode() & 0o7777, 0o600);
        let text = std::fs::read_to_string(&list).expect("text");
        for damaged in ["", "{}", &text.replace("\"version\": 1", "\"version\": 2")] {
            std::fs::write(&list, damaged).expect("written");
            assert!(!AllowedList::default().has(&paths, &file, "a", &SystemClock), "{damaged}");
            let failure = Failure::from(allow(&paths, &file, "a").expect_err("is damaged"));
            assert!(failure.detail.contains("allowed_bridges.json") && failure.next.len() == 1, "{failure:?}");
        }
        std::fs::write(&list, &text).expect("written");
        std::fs::set_permissions(&list, std::fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(!AllowedList::default().has(&paths, &file, "a", &SystemClock), "others could write it");
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
