//! `manifest.json`: what a synced directory holds, day by day.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::export::journal::sync_directory;

/// The form of the manifest.
const FORMAT: u32 = 1;

/// Its name.
pub(super) const NAME: &str = "manifest.json";

/// What a directory holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// What its files are made of, whatever the days.
    pub(super) request: Value,
    /// The time zone of the project, as far as it is known.
    pub(super) zone: Option<String>,
    /// What the times in the files mean.
    pub(super) times: String,
    /// The days, those without events, too.
    pub(super) days: BTreeMap<Date, Entry>,
}

/// What is known of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its file; a day without events has none.
    pub(super) file: Option<String>,
    pub(super) lines: u64,
    /// How long the file is.
    pub(super) bytes: u64,
    /// The earliest and the latest time of an event.
    pub(super) first_time: Option<Timestamp>,
    pub(super) last_time: Option<Timestamp>,
    /// That of the file.
    pub(super) sha256: Option<String>,
    /// When Mixpanel was asked for the day.
    pub(super) fetched_at: Timestamp,
    /// Whether the day had ended by then.
    #[serde(rename = "final")]
    pub(super) is_final: bool,
    /// Events that came more than once and are there once.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) repeated: u64,
    /// Whether the file may be a newer one than this: it is being replaced, or was when somebody ended us.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) replacing: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Entry {
    /// Whether the file of a day is there, as long as it should be.
    pub(super) fn is_there(&self, dir: &Path) -> bool {
        match &self.file {
            None => true,
            Some(file) => {
                fs::symlink_metadata(dir.join(file)).is_ok_and(|there| there.is_file() && there.len() == self.bytes)
            }
        }
    }
}

impl Manifest {
    /// Returns that of a directory without days.
    pub(super) fn new(request: Value) -> Self {
        Self { format: FORMAT, request, zone: None, times: String::new(), days: BTreeMap::new() }
    }

    /// Reads that of a directory; none where there is none.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub(super) fn read(dir: &Path) -> io::Result<Option<Self>> {
        let text = match fs::read(dir.join(NAME)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let manifest: Self = serde_json::from_slice(&text)?;
        if manifest.format != FORMAT {
            return Err(io::Error::other(format!("its format is {}, and not {FORMAT}", manifest.format)));
        }
        Ok(Some(manifest))
    }

    /// Writes it so that there is either the old one or the new one, whatever happens.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let (mut file, new) = fresh(dir, ".manifest.new")?;
        file.write_all(&text)?;
        file.sync_data()?;
        fs::rename(new, dir.join(NAME))?;
        sync_directory(&dir.join(NAME))
    }
}

/// Makes a file, in the place of one that was left there, and never through a link that somebody has put there.
///
/// # Errors
/// When the disk refuses.
pub(super) fn fresh(dir: &Path, name: &str) -> io::Result<(File, std::path::PathBuf)> {
    let path = dir.join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    Ok((OpenOptions::new().write(true).create_new(true).open(&path)?, path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_manifest_survives_its_file_and_a_later_form_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(Manifest::read(dir.path()).expect("readable"), None);
        let mut manifest = Manifest::new(json!({"project": "7"}));
        let entry = Entry {
            file: Some("2025-01-01.jsonl".to_owned()),
            lines: 1,
            bytes: 4,
            first_time: None,
            last_time: None,
            sha256: Some("00".to_owned()),
            fetched_at: Timestamp::UNIX_EPOCH,
            is_final: true,
            repeated: 0,
            replacing: false,
        };
        manifest.days.insert(jiff::civil::date(2025, 1, 1), entry.clone());
        manifest.write(dir.path()).expect("writable");
        assert_eq!(Manifest::read(dir.path()).expect("readable").as_ref(), Some(&manifest));
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing else is left");
        assert!(!entry.is_there(dir.path()));
        fs::write(dir.path().join("2025-01-01.jsonl"), "one\n").expect("writable");
        assert!(entry.is_there(dir.path()) && Entry { file: None, ..entry }.is_there(dir.path()));
        let text = fs::read_to_string(dir.path().join(NAME)).expect("there");
        assert!(text.contains("\"2025-01-01\": {") && text.contains("\"final\": true") && !text.contains("replacing"));
        fs::write(dir.path().join(NAME), text.replace("\"format\": 1", "\"format\": 2")).expect("writable");
        assert!(Manifest::read(dir.path()).is_err_and(|error| error.to_string().contains("its format is 2")));
    }
}
