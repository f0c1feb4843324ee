//! The file that an export is for, before anything is written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};

/// Returns the file that a path names, through links: the unfinished file is to be on the disk where the file will be.
///
/// # Errors
/// When the path names no file, or is a link to nothing.
pub(super) fn real(path: &Path) -> Result<PathBuf, Failure> {
    let shown = path.display();
    let bytes = path.as_os_str().as_encoded_bytes();
    if path.file_name().is_none() || bytes.ends_with(b"/") || bytes.ends_with(b"/.") {
        return Err(refuse(format!("--output '{shown}' names no file")));
    }
    if !fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink()) {
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|error| refuse(format!("{shown} is a link that leads nowhere: {error}")))
}

/// Checks that a file may be written.
///
/// # Errors
/// When it exists and may not be replaced.
pub(super) fn check(target: &Path, may_replace: bool) -> Result<(), Failure> {
    let shown = target.display();
    match fs::metadata(target) {
        Ok(there) if !there.is_file() => {
            Err(refuse(format!("{shown} is no regular file; use `-o -`, and redirect stdout there")))
        }
        Ok(_) if !may_replace => Err(exists(target)),
        _ => Ok(()),
    }
}

pub(super) fn exists(target: &Path) -> Failure {
    refuse(format!("{} exists; say --force to replace it, or give another file", target.display()))
}

pub(super) fn refuse(detail: String) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

pub(super) fn storage(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Storage, format!("{} {what}: {error}", path.display()))
}
