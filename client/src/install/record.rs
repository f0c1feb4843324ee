//! What installations have made, so that to undo one leaves no trace: `mcp_entries.json` in the storage root.
//!
//! From the file of a host alone nobody can tell whether an empty object was there before. Nothing of what others have in the file is
//! kept here: only what it is called, and where in it something was put.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::swap::{Settings, SwapError};
use super::text::{Splice, spliced};

/// How often it is tried again after somebody else has written.
const TRIES: usize = 10;

/// One installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    /// The file of the host.
    pub(super) file: PathBuf,
    /// The keys of the entry.
    pub(super) keys: [String; 2],
    /// Whether the file was made for it.
    pub(super) is_new: bool,
    /// The folders that were made for it, the innermost first.
    pub(super) folders: Vec<PathBuf>,
    /// Whether the object above was made for it.
    pub(super) above: bool,
    /// The text that it left, as a hash.
    sha256: String,
    /// What was put into it: from which byte, how many. None where something was replaced.
    put: Option<Vec<(usize, usize)>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Entries {
    version: u32,
    entries: Vec<Made>,
}

/// The record in a storage root.
#[derive(Debug)]
pub(crate) struct Record(PathBuf);

impl Made {
    /// Notes where splices have put something into a text, which has become `text`.
    pub(super) fn note(&mut self, splices: &[Splice], text: &str) {
        let mut moved = 0;
        let put = splices.iter().map(|splice| {
            let at = splice.out.start + moved;
            moved += splice.with.len();
            splice.out.is_empty().then_some((at, splice.with.len()))
        });
        self.put = put.collect();
        self.sha256 = hash(text);
    }

    /// Returns the text before, if the present one is what the installation left.
    pub(super) fn undone(&self, text: &str) -> Option<String> {
        let put = self.put.as_ref().filter(|_| self.sha256 == hash(text))?;
        let fits = |(at, length): &(usize, usize)| text.get(*at..at.checked_add(*length)?).map(|_| *at..at + length);
        let cuts: Vec<Splice> = put.iter().map(fits).map(|cut| cut.map(Splice::cut)).collect::<Option<_>>()?;
        cuts.is_sorted_by(|one, other| one.out.end <= other.out.start).then(|| spliced(text, &cuts))
    }
}

/// A new one that has made nothing yet.
pub(super) fn nothing(file: &Path, keys: [&str; 2]) -> Made {
    Made {
        file: file.to_owned(),
        keys: keys.map(str::to_owned),
        is_new: false,
        folders: Vec::new(),
        above: false,
        sha256: String::new(),
        put: None,
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Record {
    /// Returns the record of a storage root.
    pub(crate) fn of(root: &Path) -> Self {
        Self(root.join("mcp_entries.json"))
    }

    /// Returns what an installation has made; none if nobody knows.
    pub(super) fn find(&self, file: &Path, keys: [&str; 2]) -> Option<Made> {
        let settings = Settings::read(&self.0, 0o600).ok()?;
        entries(&settings).entries.into_iter().rfind(|made| is_of(made, file, keys))
    }

    /// Puts an installation down, or with none that there is no more.
    ///
    /// # Errors
    /// When the file cannot be written. Then an end of it may leave an empty object behind, and nothing else is lost.
    pub(super) fn put(&self, file: &Path, keys: [&str; 2], made: Option<&Made>) -> Result<(), SwapError> {
        for _ in 0..TRIES {
            let settings = Settings::read(&self.0, 0o600)?;
            let mut all = entries(&settings);
            let before = all.entries.len();
            all.entries.retain(|made| !is_of(made, file, keys));
            if made.is_none() && all.entries.len() == before {
                return Ok(());
            }
            all.entries.extend(made.cloned());
            all.version = 1;
            let text = serde_json::to_string_pretty(&all).map(|text| text + "\n").ok();
            if let Some(root) = self.0.parent() {
                // What is wrong with it shows when the file is written.
                let _ = DirBuilder::new().recursive(true).mode(0o700).create(root);
            }
            match settings.replace(text.as_deref().filter(|_| !all.entries.is_empty())) {
                Err(SwapError::Changed) => {}
                done => return done,
            }
        }
        Err(SwapError::Changed)
    }
}

/// A record that cannot be read says nothing, and is begun anew.
fn entries(settings: &Settings) -> Entries {
    settings.text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn is_of(made: &Made, file: &Path, keys: [&str; 2]) -> bool {
    made.file == file && made.keys == keys
}
