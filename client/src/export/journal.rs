//! The journal beside an unfinished file: whose it is, and how much of it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::part::Part;

/// The only form of the journal so far. Another one would not be understood.
const FORMAT: u32 = 1;

/// What is known of an unfinished file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Journal {
    format: u32,
    /// What the file is made of.
    pub(super) request: Value,
    /// The parts in their order. They stay as they were planned: a complete part is known by its number.
    pub(super) parts: Vec<Part>,
    /// How many of them are complete.
    pub(super) complete: usize,
    /// So many bytes they have.
    pub(super) bytes: u64,
    /// The last of these bytes.
    pub(super) tail: Vec<u8>,
}

impl Journal {
    /// Returns the journal of a file in which nothing is complete.
    pub(super) fn new(request: Value, parts: Vec<Part>) -> Self {
        Self { format: FORMAT, request, parts, complete: 0, bytes: 0, tail: Vec::new() }
    }

    /// Returns where the journal of an unfinished file is.
    pub(super) fn path(partial: &Path) -> PathBuf {
        partial.with_added_extension("json")
    }

    /// Reads the journal of an unfinished file; none when there is none that can be understood.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(partial: &Path) -> io::Result<Option<Self>> {
        // A link could lead anywhere, and what is no file might never end.
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
        let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(Self::path(partial)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("its journal is no regular file"));
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let journal: Self = serde_json::from_slice(text).ok()?;
        let is_sound = journal.format == FORMAT
            && !journal.parts.is_empty()
            && journal.complete <= journal.parts.len()
            && (journal.complete > 0 || journal.bytes == 0);
        is_sound.then_some(journal)
    }

    /// Writes it so that there is either the old one or the new one, whatever happens.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, partial: &Path) -> io::Result<()> {
        let path = Self::path(partial);
        // Who writes holds the lock of the file, so one name is enough.
        let new = path.with_added_extension("new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Never through a link that somebody has put there.
        let mut file = OpenOptions::new().write(true).create_new(true).open(&new)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_data()?;
        fs::rename(&new, &path)?;
        sync_directory(&path)
    }
}

/// Makes sure that the names in a file's directory survive a crash.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(parent)?.sync_all() {
        // Some network file systems cannot do it, and do without.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::export::{Days, split};
    use serde_json::json;

    #[test]
    fn a_journal_survives_its_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let partial = dir.path().join("f.partial");
        assert_eq!(Journal::read(&partial).expect("readable"), None);
        let days = Days { from: "2025-01-01".parse().expect("a day"), to: "2025-01-03".parse().expect("a day") };
        let mut journal = Journal::new(json!({"project": "7"}), split(days, 2).into_iter().map(Some).collect());
        journal.write(&partial).expect("writable");
        (journal.complete, journal.bytes, journal.tail) = (1, 10, b"0123456789".to_vec());
        journal.write(&partial).expect("writable");
        assert_eq!(Journal::read(&partial).expect("readable"), Some(journal));
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing else is left");
    }

    #[test]
    fn a_link_in_the_place_of_a_journal_is_not_followed() {
        let dir = tempfile::tempdir().expect("a directory");
        let (partial, victim) = (dir.path().join("f.partial"), dir.path().join("victim"));
        fs::write(&victim, "theirs").expect("writable");
        std::os::unix::fs::symlink(&victim, Journal::path(&partial).with_added_extension("new")).expect("a link");
        Journal::new(json!({}), vec![None]).write(&partial).expect("writable");
        assert_eq!(fs::read_to_string(&victim).expect("there"), "theirs");
        fs::remove_file(Journal::path(&partial)).expect("there");
        std::os::unix::fs::symlink(&victim, Journal::path(&partial)).expect("a link");
        assert!(Journal::read(&partial).is_err());
    }

    #[test]
    fn what_is_not_understood_is_no_journal() {
        let good = serde_json::to_value(Journal::new(json!({}), vec![None])).expect("JSON");
        assert!(Journal::parse(good.to_string().as_bytes()).is_some());
        for (name, value) in [
            ("bytes", json!(5)),
            ("format", json!(2)),
            ("complete", json!(2)),
            ("bytes", json!(-1)),
            ("parts", json!(1)),
            ("parts", json!([])),
        ] {
            let mut odd = good.clone();
            odd[name] = value;
            assert_eq!(Journal::parse(odd.to_string().as_bytes()), None, "{odd}");
        }
        assert_eq!(Journal::parse(b"{\"format\":1"), None);
    }
}
