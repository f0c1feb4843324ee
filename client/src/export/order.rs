//! Puts parts that arrive side by side one after the other. The part whose turn it is goes straight to the writer; the others are
//! kept until their turn comes, so that no connection to Mixpanel stands still for minutes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use bytes::Bytes;
use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind};
use tempfile::SpooledTempFile;
use tokio::sync::Mutex;
use tokio::sync::mpsc::Sender;

use super::stop::Stop;
use super::writer::Message;

/// So much of a part is kept in memory; what is longer goes into an unnamed file.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// The parts and whose turn it is. All methods are called from one thread.
pub(super) struct Order {
    writer: Sender<Message>,
    /// Where unnamed files are.
    dir: PathBuf,
    /// Whether the writer can take back what it has of a part.
    can_cut: bool,
    turn: Cell<usize>,
    ahead: RefCell<Ahead>,
    /// Held while a turn passes on: until then, nobody can tell what the next part has given to the writer.
    passing: Mutex<()>,
}

/// What has come before its turn.
#[derive(Default)]
struct Ahead {
    spools: BTreeMap<usize, SpooledTempFile>,
    /// Parts after the one whose turn it is that are complete.
    complete: BTreeSet<usize>,
    /// The last part of which something has gone to the writer.
    begun: Option<usize>,
    /// When each part was asked for last.
    asked: BTreeMap<usize, Timestamp>,
}

impl Order {
    /// Begins with a part. `dir` is where the output goes, if that is a file.
    pub(super) fn new(first: usize, dir: Option<PathBuf>, writer: Sender<Message>) -> Self {
        let can_cut = dir.is_some();
        let dir = match dir {
            Some(dir) if dir.as_os_str().is_empty() => PathBuf::from("."),
            Some(dir) => dir,
            None => std::env::temp_dir(),
        };
        Self { writer, dir, can_cut, turn: Cell::new(first), ahead: RefCell::default(), passing: Mutex::default() }
    }

    /// Returns whose turn it is.
    pub(super) fn turn(&self) -> usize {
        self.turn.get()
    }

    /// Notes that a part is asked for now.
    pub(super) fn ask(&self, part: usize, now: Timestamp) {
        self.ahead.borrow_mut().asked.insert(part, now);
    }

    /// Takes lines of a part.
    pub(super) async fn push(&self, part: usize, batch: Vec<Bytes>) -> Result<(), Stop> {
        if part == self.turn.get() {
            self.ahead.borrow_mut().begun = Some(part);
            return self.send(Message::Batch(batch)).await;
        }
        self.keep(part, &batch).map_err(|error| {
            let detail = format!("lines could not be kept in {}: {error}", self.dir.display());
            Stop::Failed(Failure::new(FailureKind::Storage, detail))
        })
    }

    fn keep(&self, part: usize, batch: &[Bytes]) -> io::Result<()> {
        let mut ahead = self.ahead.borrow_mut();
        let new = || tempfile::spooled_tempfile_in(IN_MEMORY, &self.dir);
        let spool = ahead.spools.entry(part).or_insert_with(new);
        batch.iter().try_for_each(|lines| spool.write_all(lines))
    }

    /// Forgets what has come of a part, so that it can be fetched again from its beginning. Returns whether that can be: what has
    /// gone to a pipe cannot be taken back, what has gone into a file can.
    pub(super) async fn forget(&self, part: usize) -> Result<bool, Stop> {
        let _settled = self.passing.lock().await;
        self.ahead.borrow_mut().spools.remove(&part);
        if self.ahead.borrow().begun.is_none_or(|begun| begun < part) {
            return Ok(true);
        }
        if self.can_cut {
            self.send(Message::CutBack).await?;
            self.ahead.borrow_mut().begun = part.checked_sub(1);
        }
        Ok(self.can_cut)
    }

    /// Takes the end of a part.
    pub(super) async fn end(&self, part: usize) -> Result<(), Stop> {
        self.ahead.borrow_mut().complete.insert(part);
        if part != self.turn.get() {
            return Ok(());
        }
        let _passing = self.passing.lock().await;
        while self.ahead.borrow_mut().complete.remove(&self.turn.get()) {
            let part = self.turn.get();
            let asked = self.ahead.borrow().asked.get(&part).copied().unwrap_or(Timestamp::UNIX_EPOCH);
            self.send(Message::End { part, asked }).await?;
            let next = self.turn.get() + 1;
            // More may be kept while this is sent; the turn passes on when all has been.
            while let Some(spool) = self.take(next) {
                self.send(Message::Spool(spool)).await?;
            }
            self.turn.set(next);
        }
        Ok(())
    }

    fn take(&self, part: usize) -> Option<SpooledTempFile> {
        let mut ahead = self.ahead.borrow_mut();
        let spool = ahead.spools.remove(&part)?;
        ahead.begun = Some(part);
        Some(spool)
    }

    /// Says that all is complete.
    pub(super) async fn finish(&self) {
        // A writer that is gone says so itself.
        let _ = self.writer.send(Message::Finish).await;
    }

    async fn send(&self, message: Message) -> Result<(), Stop> {
        match self.writer.send(message).await {
            Ok(()) => Ok(()),
            // The writer is gone, and has said why; whoever waits for that ends this.
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests;
