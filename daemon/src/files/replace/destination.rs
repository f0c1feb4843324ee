//! The file to replace, by its open directory, and the temporary file that takes its place.

use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat, unlinkat};
use rustix::io::Errno;

use super::error::ReplaceError;
use super::names::temporary_name;
use super::rename::{Target, rename};
use crate::fault;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::files::walk::{self, WalkError};

/// The file to replace, by its open directory: a link put in the way after the check leads nowhere.
pub(super) struct Destination<'a> {
    pub(super) path: &'a Path,
    pub(super) dir: OwnedFd,
    pub(super) name: OsString,
}

/// A temporary file that goes away when it is not needed any more, unless it moved into place.
pub(super) struct Temporary<'a> {
    destination: &'a Destination<'a>,
    pub(super) name: OsString,
    keep: bool,
}

impl Temporary<'_> {
    /// Leaves the file: it was moved, or holds something that must not be lost.
    pub(super) fn forget(mut self) {
        self.keep = true;
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing can be done about a failure, and `sweep` tries again at the next start.
            let _ = unlinkat(&self.destination.dir, &self.name, AtFlags::empty());
        }
    }
}

impl<'a> Destination<'a> {
    pub(super) fn open(paths: &Paths, path: &'a Path) -> Result<Self, ReplaceError> {
        let not_regular = || ReplaceError::NotRegular { path: path.to_owned() };
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else { return Err(not_regular()) };
        let dir = prepare_dir(paths, parent)?;
        let destination = Self { path, dir, name: name.to_owned() };
        match statat(&destination.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Ok(destination),
                FileType::Symlink => Err(ReplaceError::Symlink { path: path.to_owned() }),
                _ => Err(not_regular()),
            },
            Err(Errno::NOENT) => Ok(destination),
            Err(errno) => Err(destination.write_error(errno)),
        }
    }

    /// Writes and syncs a temporary file. The data must be on disk before the name is: after a power cut the file is old or new.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(Temporary<'_>, Signature), ReplaceError> {
        let (file, temporary) = self.make()?;
        self.complete(file, temporary, bytes)
    }

    /// Makes an empty temporary file.
    pub(super) fn make(&self) -> Result<(File, Temporary<'_>), ReplaceError> {
        let name = temporary_name(&self.name);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(&self.dir, &name, flags, Mode::RUSR | Mode::WUSR).map_err(|errno| self.write_error(errno))?;
        Ok((File::from(fd), Temporary { destination: self, name, keep: false }))
    }

    /// Returns a file in the directory as a temporary file.
    pub(super) fn temporary(&self, name: OsString) -> Temporary<'_> {
        Temporary { destination: self, name, keep: false }
    }

    /// Writes and syncs what a temporary file is for. What is there already is overwritten before the rest is cut off: the other way
    /// round, the room would be given away first.
    pub(super) fn complete<'t>(
        &'t self,
        mut file: File,
        temporary: Temporary<'t>,
        bytes: &[u8],
    ) -> Result<(Temporary<'t>, Signature), ReplaceError> {
        let fail = |source| self.fail(source);
        file.rewind().and_then(|()| file.write_all(bytes)).map_err(fail)?;
        file.set_len(bytes.len() as u64).map_err(fail)?;
        fault::point(&self.name, "written").map_err(fail)?;
        file.sync_all().map_err(fail)?;
        fault::point(&self.name, "synced").map_err(fail)?;
        let signature = Signature::from_metadata(&file.metadata().map_err(fail)?);
        Ok((temporary, signature))
    }

    /// Returns the content of a regular file in the directory; none for anything else.
    pub(super) fn content(&self, name: &OsStr) -> Option<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(openat(&self.dir, name, flags, Mode::empty()).ok()?);
        let mut bytes = Vec::new();
        file.metadata().ok()?.is_file().then_some(())?;
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
        rustix::fs::renameat(&self.dir, from, &self.dir, to)
    }

    pub(super) fn rename_with(&self, from: &OsStr, to: &OsStr, target: Target) -> Result<(), Errno> {
        rename(&self.dir, Path::new(from), Path::new(to), target)
    }

    /// Puts the names on disk. Some file systems cannot sync a directory; there it is as good as they get.
    pub(super) fn sync(&self) -> Result<(), ReplaceError> {
        match rustix::fs::fsync(&self.dir) {
            Ok(()) | Err(Errno::INVAL | Errno::BADF | Errno::NOTSUP) => Ok(()),
            Err(errno) => Err(self.write_error(errno)),
        }
    }

    /// Returns the signature under the final name: renaming moves the change time, so that of the temporary file is stale.
    pub(super) fn signature(&self) -> Option<Signature> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(&self.dir, &self.name, flags, Mode::empty()).ok()?);
        file.metadata().ok().map(|metadata| Signature::from_metadata(&metadata))
    }

    pub(super) fn write_error(&self, errno: Errno) -> ReplaceError {
        self.fail(errno.into())
    }

    pub(super) fn fail(&self, source: io::Error) -> ReplaceError {
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
        let mode = file.metadata().map_err(fail)?.mode() & 0o7777;
        if mode & 0o002 != 0 {
            let found =
                format!("it can be written by everybody (mode {mode:04o}); look what is in it, then `chmod o-w` it");
            return Err(fail(io::Error::new(io::ErrorKind::PermissionDenied, found)));
        }
        if mode != 0o700 {
            rustix::fs::fchmod(&file, Mode::RWXU).map_err(|errno| fail(errno.into()))?;
        }
        return Ok(file.into());
    }
    Ok(fd)
}
