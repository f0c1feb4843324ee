//! What a sync has done, for programs and for people.

use jiff::civil::Date;
use serde::Serialize;

use super::manifest::Manifest;

/// What a sync has done. It is printed as JSON; fields are added, meanings never changed.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Outcome {
    pub(super) directory: String,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    /// Whether all that was to be fetched was.
    pub(super) complete: bool,
    /// Why nothing was done at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skipped: Option<String>,
    /// How many days were to be fetched, and how many were.
    pub(super) chosen: usize,
    pub(super) fetched: usize,
    /// Days that were not there before.
    pub(super) new: Vec<Date>,
    /// Days that were there, and are other ones now.
    pub(super) changed: Vec<Date>,
    /// How many were fetched and are what they were.
    pub(super) unchanged: usize,
    /// What the directory holds in the range now.
    pub(super) days: usize,
    pub(super) lines: u64,
    pub(super) bytes: u64,
    /// Days without events.
    pub(super) empty: Vec<Date>,
    /// Days that had not ended when they were fetched.
    pub(super) not_final: Vec<Date>,
}

impl Outcome {
    /// Counts a day that was fetched.
    pub(super) fn add(&mut self, day: Date, was_there: bool, is_same: bool) {
        self.fetched += 1;
        match (was_there, is_same) {
            (true, true) => self.unchanged += 1,
            (true, false) => self.changed.push(day),
            (false, _) => self.new.push(day),
        }
    }

    /// Adds what the manifest says of the range.
    pub(super) fn count(&mut self, manifest: &Manifest) {
        let (Some(from), Some(to)) = (self.from, self.to) else { return };
        for (day, entry) in manifest.days.range(from..=to) {
            self.days += 1;
            self.lines += entry.lines;
            self.bytes += entry.bytes;
            if entry.file.is_none() {
                self.empty.push(*day);
            }
            if !entry.is_final {
                self.not_final.push(*day);
            }
        }
    }

    /// Says it to people.
    pub(super) fn shown(&self) -> String {
        format!(
            "{}: {} days, {} lines; {} fetched, {} new, {} changed",
            self.directory,
            self.days,
            self.lines,
            self.fetched,
            self.new.len(),
            self.changed.len()
        )
    }
}
