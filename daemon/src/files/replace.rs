//! Replacing a file atomically: a private temporary file beside it, synced, then moved into place.
//!
//! [`replace_if`] is a compare-and-swap against writers that take no lock, such as the Python tool, which renames its own temporary
//! file over ours whenever it likes. A plain "compare, then rename" loses what such a rival writes between the two steps. So the
//! new file is *exchanged* with the present one, and what came out is looked at afterwards:
//!
//! * It is the expected text: nothing was lost, and the old file is removed.
//! * It is something else: a rival was faster. Both are exchanged back, and the caller redoes its edit on the rival's text.
//! * Something else than our text comes out when exchanging back: a rival renamed over *our* file in those microseconds. Its file is
//!   the newest, so it is put in place by one more exchange, and so on until the file that comes out is the one that we put in.
//!
//! In the last two cases our text, which lacked the rival's, was in place for some microseconds. Another rival may have read it and
//! may build upon it later, and then the first rival's text would be in no file any more. So each text that was taken out is also
//! kept beside the file, and [`ReplaceError::Conflict`] names it: nobody but a person can say what belongs together. The present
//! file is compared right before it is exchanged, so this takes a rename within some ten microseconds; almost every conflict is
//! found by the comparison, and then nothing was exposed and nothing is kept.
//!
//! A rival that renames after our exchange was looked at overwrites us by its own doing; that is its race, and no lock of ours helps.
//! One that writes into the open old file instead of renaming is noticed only when it does so before we look.
//!
//! **Crashes.** The temporary file is called `.tmp` until it is complete and synced, then `.swap`. So a `.tmp` never held anything but
//! our own text and may go. A `.swap` holds, depending on the moment, our text, the expected text, or a rival's that was just taken
//! out. Its name carries the hashes of the first two; [`sweep`] removes a file that is one of them and keeps any other as displaced.

use mp_proto::failure::{Failure, FailureKind, chain};
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags, openat, statat, unlinkat};
use rustix::io::Errno;

use super::paths::Paths;
use super::read::Signature;
use super::walk::{self, WalkError};
use crate::fault;

mod swap;

pub use swap::{replace_if, sweep, sweep_of};

/// Why a file was not replaced. The old file is intact, or a rival's newer one is in its place.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The file, or a directory below the home on the way to it, is a symbolic link.
    #[error("{} is a symbolic link, but a file with credentials must be reached without one", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// There is something else than a file.
    #[error("{} is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The directory could not be made or made private.
    #[error("could not prepare the directory {}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The new text could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// The file that was to be replaced.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is not the expected one any more: redo the edit on what is there now.
    #[error("{} was changed by another program meanwhile", path.display())]
    Conflict {
        /// The file.
        path: PathBuf,
        /// Copies of texts that were out of place for a moment; almost always none.
        displaced: Vec<PathBuf>,
    },
}

/// Replaces a file, whatever it held, and returns the signature of the new one. Its mode is 0600.
///
/// # Errors
/// When the file is a symbolic link or the directory cannot be written.
pub fn replace(paths: &Paths, path: &Path, bytes: &[u8]) -> Result<Signature, ReplaceError> {
    let place = Place::open(paths, path)?;
    let (temporary, signature) = place.write(bytes)?;
    place.rename(&temporary.name, &place.name).map_err(|errno| place.write_error(errno))?;
    temporary.forget();
    fault::point(&place.name, "renamed").map_err(|error| place.fail(error))?;
    place.sync()?;
    Ok(place.signature().unwrap_or(signature))
}

/// Returns the temporary files of a file: ours, and those of the Python tool (`NAME.tmp.PID.THREAD`).
pub fn temporaries(path: &Path) -> Vec<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else { return Vec::new() };
    let ours = format!(".{name}{MARK}");
    let theirs = format!("{name}.tmp.");
    let is_one = |other: &str| other.starts_with(&ours) || other.starts_with(&theirs);
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(is_one)).map(|entry| entry.path()).collect()
}

/// The file to replace, by its open directory: a link put in the way after the check leads nowhere.
struct Place<'a> {
    path: &'a Path,
    dir: OwnedFd,
    name: OsString,
}

/// A temporary file that goes away when it is not needed any more, unless it moved into place.
struct Temporary<'a> {
    place: &'a Place<'a>,
    name: OsString,
    keep: bool,
}

impl Temporary<'_> {
    /// Leaves the file: it was moved, or holds something that must not be lost.
    fn forget(mut self) {
        self.keep = true;
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing can be done about a failure, and `sweep` tries again at the next start.
            let _ = unlinkat(&self.place.dir, &self.name, AtFlags::empty());
        }
    }
}

impl<'a> Place<'a> {
    fn open(paths: &Paths, path: &'a Path) -> Result<Self, ReplaceError> {
        let not_regular = || ReplaceError::NotRegular { path: path.to_owned() };
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else { return Err(not_regular()) };
        let dir = prepare_dir(paths, parent)?;
        let place = Self { path, dir, name: name.to_owned() };
        match statat(&place.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Ok(place),
                FileType::Symlink => Err(ReplaceError::Symlink { path: path.to_owned() }),
                _ => Err(not_regular()),
            },
            Err(Errno::NOENT) => Ok(place),
            Err(errno) => Err(place.write_error(errno)),
        }
    }

    /// Writes and syncs a temporary file. The data must be on disk before the name is: after a power cut the file is old or new.
    fn write(&self, bytes: &[u8]) -> Result<(Temporary<'_>, Signature), ReplaceError> {
        let fail = |source| self.fail(source);
        let name = temporary_name(&self.name);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(&self.dir, &name, flags, Mode::RUSR | Mode::WUSR).map_err(|errno| self.write_error(errno))?;
        let temporary = Temporary { place: self, name, keep: false };
        let mut file = File::from(fd);
        file.write_all(bytes).map_err(fail)?;
        fault::point(&self.name, "written").map_err(fail)?;
        file.sync_all().map_err(fail)?;
        fault::point(&self.name, "synced").map_err(fail)?;
        let signature = Signature::from_metadata(&file.metadata().map_err(fail)?);
        Ok((temporary, signature))
    }

    /// Returns the content of a regular file in the directory; none for anything else.
    fn content(&self, name: &OsStr) -> Option<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(openat(&self.dir, name, flags, Mode::empty()).ok()?);
        let mut bytes = Vec::new();
        file.metadata().ok()?.is_file().then_some(())?;
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn rename(&self, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        rustix::fs::renameat(&self.dir, from, &self.dir, to)
    }

    fn rename_with(&self, from: &OsStr, to: &OsStr, flags: RenameFlags) -> Result<(), Errno> {
        rustix::fs::renameat_with(&self.dir, from, &self.dir, to, flags)
    }

    /// Puts the names on disk. Some file systems cannot sync a directory; there it is as good as they get.
    fn sync(&self) -> Result<(), ReplaceError> {
        match rustix::fs::fsync(&self.dir) {
            Ok(()) | Err(Errno::INVAL | Errno::BADF | Errno::NOTSUP) => Ok(()),
            Err(errno) => Err(self.write_error(errno)),
        }
    }

    /// Returns the signature under the final name: renaming moves the change time, so that of the temporary file is stale.
    fn signature(&self) -> Option<Signature> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(&self.dir, &self.name, flags, Mode::empty()).ok()?);
        file.metadata().ok().map(|metadata| Signature::from_metadata(&metadata))
    }

    fn write_error(&self, errno: Errno) -> ReplaceError {
        self.fail(errno.into())
    }

    fn fail(&self, source: io::Error) -> ReplaceError {
        ReplaceError::Write { path: self.path.to_owned(), source }
    }
}

/// Opens the directory; makes it 0700 when it is missing, and again when it is the storage root. Others are the user's own business.
fn prepare_dir(paths: &Paths, dir: &Path) -> Result<OwnedFd, ReplaceError> {
    let fail = |source| ReplaceError::Directory { path: dir.to_owned(), source };
    let fd = match walk::open_dir(dir, paths.home()) {
        Err(WalkError::Open(_, Errno::NOENT)) => {
            DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(fail)?;
            walk::open_dir(dir, paths.home())
        }
        opened => opened,
    };
    let fd = match fd {
        Ok(fd) => fd,
        Err(WalkError::Symlink(path)) => return Err(ReplaceError::Symlink { path }),
        Err(WalkError::Open(path, errno)) => return Err(ReplaceError::Directory { path, source: errno.into() }),
    };
    if dir == paths.root() {
        let file = File::from(fd);
        if file.metadata().map_err(fail)?.mode() & 0o7777 != 0o700 {
            rustix::fs::fchmod(&file, Mode::RWXU).map_err(|errno| fail(errno.into()))?;
        }
        return Ok(file.into());
    }
    Ok(fd)
}

/// Marks our own temporary files; the Python tool's are called `NAME.tmp.PID.TID`.
const MARK: &str = ".mpd-";

/// Returns a name that no other process and no other thread uses: `.NAME.mpd-PID-COUNT.tmp`.
fn temporary_name(name: &OsStr) -> OsString {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut result = OsString::from(".");
    result.push(name);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    result.push(format!("{MARK}{}-{count}.tmp", rustix::process::getpid().as_raw_nonzero()));
    result
}

impl From<ReplaceError> for Failure {
    fn from(error: ReplaceError) -> Self {
        let kind = match error {
            ReplaceError::Symlink { .. } | ReplaceError::NotRegular { .. } => FailureKind::UnsafeFile,
            _ => FailureKind::Storage,
        };
        Self::new(kind, chain(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_is_private_and_so_is_the_directory_made_for_it() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let path = home.path().join(".mp/accounts/a/tokens.json");
        let signature = replace(&paths, &path, b"one").unwrap();
        assert_eq!(Signature::of(&path).unwrap(), Some(signature));
        assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(paths.root())), (0o600, 0o700, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        replace(&paths, &path, b"two").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"two".as_slice(), 0o600));
        assert_eq!(names(path.parent().unwrap()), ["tokens.json"]);
    }

    #[test]
    fn only_the_storage_root_is_made_private_again() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let other = home.path().join("other");
        for dir in [paths.root(), &other] {
            fs::create_dir(dir).unwrap();
            fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
            replace(&paths, &dir.join("f"), b"").unwrap();
        }
        assert_eq!((mode(paths.root()), mode(&other)), (0o700, 0o755));
    }

    #[test]
    fn links_are_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        fs::create_dir(home.path().join("real")).unwrap();
        fs::write(home.path().join("real/f"), "kept").unwrap();
        symlink(home.path().join("real"), paths.root()).unwrap();
        assert!(
            matches!(replace(&paths, &paths.root().join("f"), b"x"), Err(ReplaceError::Symlink { path }) if path == paths.root())
        );
        let leaf = home.path().join("leaf");
        symlink(home.path().join("real/f"), &leaf).unwrap();
        assert!(matches!(replace(&paths, &leaf, b"x"), Err(ReplaceError::Symlink { path }) if path == leaf));
        assert!(matches!(replace_if(&paths, &leaf, b"x", Some(b"kept")), Err(ReplaceError::Symlink { .. })));
        assert_eq!(fs::read(home.path().join("real/f")).unwrap(), b"kept");
        assert!(matches!(replace(&paths, &home.path().join("real"), b"x"), Err(ReplaceError::NotRegular { .. })));
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_an_error_and_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        if rustix::process::getuid().is_root() {
            // Root may write anywhere but here.
            let error = replace(&paths, Path::new("/proc/mpd-test"), b"x").unwrap_err();
            assert!(matches!(error, ReplaceError::Write { .. }), "{error:?}");
            return;
        }
        fs::write(home.path().join("f"), "old").unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o500)).unwrap();
        let error = replace(&paths, &home.path().join("f"), b"x").unwrap_err();
        assert!(matches!(error, ReplaceError::Write { .. }), "{error:?}");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(
            (names(home.path()), fs::read(home.path().join("f")).unwrap()),
            (vec!["f".to_owned()], b"old".to_vec())
        );
    }
}
