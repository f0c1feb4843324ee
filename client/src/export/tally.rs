//! Counts what was written, to show how far an export is.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mp_proto::wire::LinesTally;

/// What was written in this run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) bytes: AtomicU64,
    pub(super) lines: AtomicU64,
    /// Parts that are complete, with those of earlier runs.
    pub(super) parts: AtomicUsize,
    /// Whether something of the next part is written.
    pub(super) is_inside: AtomicBool,
    /// Bytes and lines of it.
    inside: [AtomicU64; 2],
    /// What was mended and left out.
    told: Mutex<LinesTally>,
}

impl Tally {
    /// Nothing was written, and so many parts are there already.
    pub(super) fn starting_at(parts: usize) -> Self {
        Self { parts: parts.into(), ..Self::default() }
    }

    /// Counts lines.
    pub(super) fn add(&self, lines: &[u8]) {
        let count = memchr::memchr_iter(b'\n', lines).count();
        self.lines.fetch_add(count as u64, Ordering::Relaxed);
        self.bytes.fetch_add(lines.len() as u64, Ordering::Relaxed);
        self.inside[0].fetch_add(lines.len() as u64, Ordering::Relaxed);
        self.inside[1].fetch_add(count as u64, Ordering::Relaxed);
        self.is_inside.store(true, Ordering::Relaxed);
    }

    /// Counts no more what was written of the next part: it was taken back.
    pub(super) fn cut_back(&self) {
        self.bytes.fetch_sub(self.inside[0].swap(0, Ordering::Relaxed), Ordering::Relaxed);
        self.lines.fetch_sub(self.inside[1].swap(0, Ordering::Relaxed), Ordering::Relaxed);
        self.is_inside.store(false, Ordering::Relaxed);
    }

    /// Counts what was mended and left out of a part.
    pub(super) fn tell(&self, told: &LinesTally) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).join(told);
    }

    /// Says what was mended and left out. `file` is where bad lines are.
    pub(super) fn notes(&self, file: Option<&str>) -> Vec<String> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.mended_note().into_iter().chain(told.bad_note(file)).collect()
    }

    /// Counts a part that is complete.
    pub(super) fn end(&self, part: usize) {
        self.inside.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        self.is_inside.store(false, Ordering::Relaxed);
        self.parts.store(part + 1, Ordering::Relaxed);
    }
}
