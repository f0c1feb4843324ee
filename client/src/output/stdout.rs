//! Writing to stdout where a buffer would be in the way, and what it means when that fails.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use mp_proto::failure::{Failure, FailureKind};

/// Returns stdout without the buffer that looks for newlines.
///
/// # Errors
/// When the system has no descriptor to give.
pub(crate) fn unbuffered() -> Result<File, Failure> {
    io::stdout().as_fd().try_clone_to_owned().map(File::from).map_err(|error| unwritable(&error))
}

/// Returns whether anybody still reads what was written. Whoever reads no more has seen enough, which is no failure.
///
/// # Errors
/// When stdout cannot be written to.
pub(crate) fn is_read(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(unwritable(&error)),
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Storage, format!("could not write to stdout: {error}"))
}
