//! The thread that asks a safe, one thing after the other, and what its callers wait for at most.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::safe::Safe;
use super::trouble::Trouble;
use crate::life::beside::beside_others;

/// What the thread does.
type Task = Box<dyn FnOnce(&mut dyn Safe) + Send>;

/// Asks a safe in a thread of its own.
pub(super) struct Clerk {
    tasks: Sender<Task>,
    /// Somebody has waited in vain, and the thread is still at it: nobody else waits for so long.
    is_stuck: Arc<AtomicBool>,
    patience: Duration,
    thread: JoinHandle<()>,
}

impl Clerk {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses one.
    pub(super) fn new(safe: Box<dyn Safe>, patience: Duration) -> std::io::Result<Self> {
        let (sender, tasks) = channel();
        let is_stuck = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_stuck);
        // It ends with the vault, which drops the sender.
        let thread = std::thread::Builder::new().name("secrets".to_owned()).spawn(move || work(safe, &tasks, &over))?;
        Ok(Self { tasks: sender, is_stuck, patience, thread })
    }

    /// Returns whether the thread has ended, which only a panic makes it: another one is needed.
    pub(super) fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// Asks, and waits for the answer; never for longer than the clerk's patience.
    ///
    /// # Errors
    /// Those of the safe, and when it does not answer.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Safe) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let silent = || Trouble::Silent(self.patience);
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(silent());
        }
        let (sender, answer) = sync_channel(1);
        let task: Task = Box::new(move |safe| {
            // Who asked may have gone.
            let _ = sender.send(question(safe));
        });
        let over =
            || Err(Trouble::Other("asking it has failed in a way that it should not; the log says how".to_owned()));
        if self.tasks.send(task).is_err() {
            return over();
        }
        match beside_others(|| answer.recv_timeout(self.patience)) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => over(),
            Err(RecvTimeoutError::Timeout) => {
                self.is_stuck.store(true, Ordering::Relaxed);
                Err(silent())
            }
        }
    }

    /// Has something done that nobody waits for.
    pub(super) fn leave(&self, task: impl FnOnce(&mut dyn Safe) + Send + 'static) {
        // Without its thread there is nobody to do it.
        let _ = self.tasks.send(Box::new(task));
    }
}

fn work(mut safe: Box<dyn Safe>, tasks: &Receiver<Task>, is_stuck: &AtomicBool) {
    while let Ok(task) = tasks.recv() {
        task(&mut *safe);
        is_stuck.store(false, Ordering::Relaxed);
    }
}
