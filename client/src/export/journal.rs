//! The journal beside an unfinished file: whose it is, and how much of it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mp_catalog::PageMark;
use mp_catalog::export::Days;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::part::Part;

/// The form of the journal. The one before it is understood, too; a later one is not.
const FORMAT: u32 = 2;

/// No part takes as long to arrive: what a journal of the first form noted was asked for after this long before.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// What is known of an unfinished file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Journal {
    format: u32,
    /// What the file is made of, whatever the days.
    pub(super) request: Value,
    /// The time zone of the project, whose days these are.
    #[serde(default)]
    pub(super) zone: Option<String>,
    /// The parts that are complete, in their order.
    pub(super) done: Vec<Done>,
    /// How far profiles are, page by page. What is there of them is the one part that is noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pages: Option<Pages>,
}

/// How far an export of profiles is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pages {
    /// The last page that is there.
    pub(super) last: PageMark,
    /// Whether they were begun anew, after their session had ended: then some of what comes is there already.
    #[serde(default)]
    pub(super) is_anew: bool,
}

/// A complete part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Done {
    /// Its days; profiles have none.
    pub(super) days: Part,
    /// When Mixpanel was asked for it: it has nothing that came later.
    pub(super) asked: Timestamp,
    /// Where in the file it ends. It begins where the one before it ends.
    pub(super) end: u64,
    /// What stands for its last bytes ([`super::file`]).
    pub(super) tail: String,
}

/// A journal as it was before parts were noted one by one.
#[derive(Deserialize)]
struct First {
    request: Value,
    parts: Vec<Part>,
    complete: usize,
    bytes: u64,
    tail: Vec<u8>,
}

impl First {
    /// Returns it as it is written today: all that is complete is one part, asked for at some time in the day before the journal was
    /// written last.
    fn renewed(mut self, written: Timestamp) -> Option<Journal> {
        if let Some(arguments) = self.request.get_mut("arguments").and_then(Value::as_object_mut)
            && arguments.get("limit").is_none_or(Value::is_null)
        {
            arguments.retain(|name, _| name != "from" && name != "to");
        }
        let complete = self.parts.get(..self.complete)?;
        let days = match (complete.first(), complete.last()) {
            (Some(Some(first)), Some(Some(last))) => Some(Days { from: first.from, to: last.to }),
            _ => None,
        };
        let asked = written.checked_sub(LONGEST).ok()?;
        let done = Done { days, asked, end: self.bytes, tail: fingerprint(&self.tail) };
        let done = if complete.is_empty() { Vec::new() } else { vec![done] };
        Some(Journal { format: 1, request: self.request, zone: None, done, pages: None })
    }
}

/// Returns what stands for bytes.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Journal {
    /// Returns the journal of a file in which nothing is complete.
    pub(super) fn new(request: Value, zone: Option<String>) -> Self {
        Self { format: FORMAT, request, zone, done: Vec::new(), pages: None }
    }

    /// Whether it is of an older version, which did not note when it asked for what.
    pub(super) fn is_old(&self) -> bool {
        self.format != FORMAT
    }

    /// Returns how many bytes are complete.
    pub(super) fn bytes(&self) -> u64 {
        self.done.last().map_or(0, |part| part.end)
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
        let written = file.metadata()?.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(Self::parse(&text, written.unwrap_or(Timestamp::UNIX_EPOCH)))
    }

    fn parse(text: &[u8], written: Timestamp) -> Option<Self> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let journal: Self = match serde_json::from_slice::<Form>(text).ok()?.format {
            1 => serde_json::from_slice::<First>(text).ok()?.renewed(written)?,
            FORMAT => serde_json::from_slice(text).ok()?,
            _ => return None,
        };
        journal.is_sound().then_some(journal)
    }

    /// Whether its parts can follow one another in a file.
    fn is_sound(&self) -> bool {
        self.done.windows(2).all(|pair| {
            let days = match (pair[0].days, pair[1].days) {
                (Some(before), Some(after)) => before.to.tomorrow().is_ok_and(|next| next == after.from),
                (None, None) => true,
                _ => false,
            };
            days && pair[0].end <= pair[1].end
        })
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
    use serde_json::json;

    fn days(from: &str, to: &str) -> Part {
        Some(Days { from: from.parse().expect("a day"), to: to.parse().expect("a day") })
    }

    fn done(days: Part, end: u64) -> Done {
        Done { days, asked: Timestamp::UNIX_EPOCH, end, tail: fingerprint(b"x") }
    }

    #[test]
    fn a_journal_survives_its_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let partial = dir.path().join("f.partial");
        assert_eq!(Journal::read(&partial).expect("readable"), None);
        let mut journal = Journal::new(json!({"project": "7"}), Some("US/Pacific".to_owned()));
        journal.write(&partial).expect("writable");
        journal.done = vec![done(days("2025-01-01", "2025-01-02"), 10), done(days("2025-01-03", "2025-01-03"), 12)];
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
        Journal::new(json!({}), None).write(&partial).expect("writable");
        assert_eq!(fs::read_to_string(&victim).expect("there"), "theirs");
        fs::remove_file(Journal::path(&partial)).expect("there");
        std::os::unix::fs::symlink(&victim, Journal::path(&partial)).expect("a link");
        assert!(Journal::read(&partial).is_err());
    }

    #[test]
    fn a_journal_of_the_first_form_is_one_part_that_was_asked_for_a_day_before() {
        let old = json!({"format": 1, "request": {"project": "7", "arguments": {"from": "2025-01-01", "to": "2025-01-04", "raw": true}},
            "parts": [{"from": "2025-01-01", "to": "2025-01-02"}, {"from": "2025-01-03", "to": "2025-01-03"},
                {"from": "2025-01-04", "to": "2025-01-04"}],
            "complete": 2, "bytes": 1, "tail": [120]});
        let written = "2025-01-05T12:00:00Z".parse().expect("a time");
        let journal = Journal::parse(old.to_string().as_bytes(), written).expect("is understood");
        let asked = "2025-01-04T12:00:00Z".parse().expect("a time");
        assert_eq!(journal.done, [Done { asked, ..done(days("2025-01-01", "2025-01-03"), 1) }]);
        assert_eq!((journal.is_old(), journal.request), (true, json!({"project": "7", "arguments": {"raw": true}})));
        for (name, value) in [("complete", json!(4)), ("bytes", json!(-1)), ("parts", json!(1)), ("parts", json!([]))] {
            let mut odd = old.clone();
            odd[name] = value;
            assert_eq!(Journal::parse(odd.to_string().as_bytes(), written), None, "{odd}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_journal() {
        let read = |journal: &Value| Journal::parse(journal.to_string().as_bytes(), Timestamp::UNIX_EPOCH);
        let mut good = serde_json::to_value(Journal::new(json!({}), None)).expect("JSON");
        assert!(read(&good).is_some());
        let gap = vec![done(days("2025-01-01", "2025-01-02"), 10), done(days("2025-01-04", "2025-01-04"), 12)];
        let shrinks = vec![done(days("2025-01-01", "2025-01-02"), 10), done(days("2025-01-03", "2025-01-04"), 9)];
        for parts in [gap, shrinks, vec![done(None, 1), done(days("2025-01-01", "2025-01-02"), 10)]] {
            good["done"] = serde_json::to_value(parts).expect("JSON");
            assert_eq!(read(&good), None, "{good}");
        }
        for (name, value) in [("format", json!(3)), ("format", json!("2")), ("done", json!([{}])), ("done", json!(1))] {
            let mut odd = good.clone();
            odd["done"] = json!([]);
            odd[name] = value;
            assert_eq!(read(&odd), None, "{odd}");
        }
        assert_eq!(Journal::parse(b"{\"format\":1", Timestamp::UNIX_EPOCH), None);
    }
}
