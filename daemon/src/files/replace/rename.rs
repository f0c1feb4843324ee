//! Renames that the system makes certain of: one that replaces nothing, and one that exchanges two files. Not every system has them; those
//! that have none answer `ENOSYS`, as an old kernel does, and every caller has a way without.

use std::os::fd::AsFd;
use std::path::Path;

use rustix::io::Errno;

/// What becomes of a file that has the new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// It stays, and the rename fails with `EEXIST`.
    Stays,
    /// It gets the old name.
    Exchanged,
}

/// Renames a file within a directory, or by whole paths.
///
/// # Errors
/// Those of the system.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(super) fn rename(folder: impl AsFd, from: &Path, to: &Path, target: Target) -> Result<(), Errno> {
    use rustix::fs::{RenameFlags, renameat_with};
    let flags = match target {
        Target::Stays => RenameFlags::NOREPLACE,
        Target::Exchanged => RenameFlags::EXCHANGE,
    };
    renameat_with(&folder, from, &folder, to, flags)
}

/// Renames a file within a directory, or by whole paths. A second name is only given if it is free.
///
/// # Errors
/// Those of the system.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn rename(folder: impl AsFd, from: &Path, to: &Path, target: Target) -> Result<(), Errno> {
    use rustix::fs::{AtFlags, linkat, unlinkat};
    if target == Target::Exchanged {
        return Err(Errno::NOSYS);
    }
    match linkat(&folder, from, &folder, to, AtFlags::empty()) {
        // A file system without links.
        Err(Errno::PERM | Errno::NOTSUP) => Err(Errno::NOSYS),
        linked => linked.and_then(|()| unlinkat(&folder, from, AtFlags::empty())),
    }
}
