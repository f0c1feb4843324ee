//! Opening a directory so that no component below the home can be a symbolic link.

use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// Why a directory could not be opened.
#[derive(Debug)]
pub(super) enum WalkError {
    /// A component is a symbolic link.
    Symlink(PathBuf),
    /// A component cannot be opened; a missing one is `ENOENT`.
    Open(PathBuf, Errno),
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Opens a directory. Below `home` each component is opened relative to its parent without following links, so that nobody can
/// swap one for a link between the check and the use; `home` itself, and paths elsewhere, may be reached through links.
pub(super) fn open_dir(dir: &Path, home: &Path) -> Result<OwnedFd, WalkError> {
    let Ok(below) = dir.strip_prefix(home) else {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        return openat(CWD, dir, DIRECTORY, Mode::empty()).map_err(|errno| WalkError::Open(dir.to_owned(), errno));
    };
    let mut at = home.to_owned();
    let mut fd = openat(CWD, home, DIRECTORY, Mode::empty()).map_err(|errno| WalkError::Open(at.clone(), errno))?;
    for component in below.components() {
        if component == Component::CurDir {
            continue;
        }
        at.push(component);
        fd = match openat(&fd, component.as_os_str(), DIRECTORY | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(next) => next,
            // Systems differ in what a link gives here (ELOOP, ENOTDIR, EMLINK), so the errno alone does not tell.
            Err(_) if is_symlink(&fd, component.as_os_str()) => return Err(WalkError::Symlink(at)),
            Err(errno) => return Err(WalkError::Open(at, errno)),
        };
    }
    Ok(fd)
}

/// Returns whether an entry of an open directory is a symbolic link.
pub(super) fn is_symlink(dir: &OwnedFd, name: &std::ffi::OsStr) -> bool {
    statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

/// Returns whether an errno says that there is nothing at a path. `ENOTDIR` counts: a file where a directory would have to be.
pub(super) fn is_missing(errno: Errno) -> bool {
    matches!(errno, Errno::NOENT | Errno::NOTDIR)
}
