//! Locks of files: waiting for one with a deadline, without asking for it again and again.
//!
//! A process that wakes every few milliseconds to ask again keeps others from the processor, and the one it waits for may be among them.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

/// Enough for a thread that makes one system call.
const SMALL_STACK: usize = 64 * 1024;

/// Takes the lock of a file; none when somebody else still has it at the deadline. `flock` knows no deadline, so a thread waits in it; when
/// that thread comes too late, the file is closed, and the lock is free again.
///
/// # Errors
/// Those of the system.
pub(crate) fn lock_until(file: File, deadline: Instant) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (sender, receiver) = sync_channel(1);
    let waiter = thread::Builder::new().name("mp lock".to_owned()).stack_size(SMALL_STACK);
    waiter.spawn(move || {
        // An error means that nobody waits any more.
        let _ = sender.send(locked(file));
    })?;
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(locked) => locked.map(Some),
        Err(_) => Ok(None),
    }
}

fn locked(file: File) -> io::Result<File> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done.map(|()| file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lock_is_had_when_it_is_given_back_and_not_after_the_deadline() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("lock");
        let open = || File::create(&path).expect("made");
        let within = |time: Duration| lock_until(open(), Instant::now() + time).expect("a file that can be locked");
        let held = within(Duration::ZERO).expect("free");
        assert!(within(Duration::from_millis(50)).is_none(), "somebody has it");
        thread::scope(|scope| {
            let waiting = scope.spawn(|| within(Duration::from_secs(20)));
            drop(held);
            // The one that waited in vain may get it first, and gives it back at once.
            assert!(waiting.join().expect("no panic").is_some(), "it was given back");
        });
    }
}
