//! A lock that is given back, whoever has a copy of its descriptor.

use std::fs::{File, TryLockError};
use std::io;

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

impl Drop for Locked {
    fn drop(&mut self) {
        // Where that fails, it is free with the last copy.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
