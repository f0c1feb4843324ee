//! Locks of files: waiting for one with a deadline, without asking for it again and again.
//!
//! A process that wakes every few milliseconds to ask again keeps others from the processor, and the one it waits for may be among them.

use std::fs::{File, TryLockError};
use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

/// Enough for a thread that makes one system call.
const SMALL_STACK: usize = 64 * 1024;

/// A file whose lock is ours. Dropping this gives the lock back, and does not leave that to the end of the descriptor: a program that was
/// just started has a copy of it until it runs, and a lock is free only when all copies are closed.
#[derive(Debug)]
pub(crate) struct Locked(File);

impl Locked {
    /// Takes the lock of a file if nobody has it. It does not wait.
    ///
    /// # Errors
    /// Those of the system.
    #[expect(clippy::disallowed_methods, reason = "this is what gives it back")]
    pub(crate) fn attempt(file: File) -> io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Where that fails, it is free with the last copy.
        let _ = self.0.unlock();
    }
}

/// Takes the lock of a file; none when somebody else still has it at the deadline. `flock` knows no deadline, so a thread waits in it; when
/// that thread comes too late, the file is closed, and the lock is free again.
///
/// # Errors
/// Those of the system.
pub(crate) fn lock_until(file: File, deadline: Instant) -> io::Result<Option<Locked>> {
    if let Some(locked) = Locked::attempt(file.try_clone()?)? {
        return Ok(Some(locked));
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

fn locked(file: File) -> io::Result<Locked> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done.map(|()| Locked(file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lock_is_given_back_whoever_has_a_copy_of_its_descriptor() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("lock");
        let attempt = || Locked::attempt(File::create(&path).expect("made")).expect("a file that can be locked");
        let held = attempt().expect("free");
        let copy = held.0.try_clone().expect("a copy, as a child has one until it runs its program");
        assert!(attempt().is_none(), "somebody has it");
        drop(held);
        assert!(attempt().is_some(), "it was given back");
        drop(copy);
    }

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
