//! Writing to stdout where a buffer would be in the way, what it means when that fails, and when nobody reads any more.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::process::Stdio;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;
use rustix::event::{PollFd, PollFlags, poll};

use super::screen::Screen;

/// Returns stdout without the buffer that looks for newlines.
///
/// # Errors
/// When the system has no descriptor to give.
pub(crate) fn unbuffered(spelling: Spelling) -> Result<Screen<File>, Failure> {
    let own = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    own.map(|file| Screen::on(file, spelling)).map_err(|error| unwritable(&error))
}

/// Returns where a program of the user prints while stdout is ours: to stderr.
pub(crate) fn in_its_place() -> Stdio {
    io::stderr().into()
}

/// Returns when what reads stdout has gone: a filter such as `head` must not have to wait for one more line. A thread of its own waits
/// for it, for as long as the process lives; of a file it never hears.
pub(crate) async fn closed() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let stdout = io::stdout();
        // No events are asked for: errors and a hang-up are told in any case.
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        while let Err(rustix::io::Errno::INTR) = poll(&mut watched, None) {}
        sender.send(()).ok();
    });
    if receiver.await.is_err() {
        std::future::pending().await
    }
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
