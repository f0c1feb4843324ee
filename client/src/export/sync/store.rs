//! The directory of a sync while it is written: one file for each day, replaced whole, and the manifest that is true of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::manifest::{Entry, Manifest, fresh};
use super::outcome::Outcome;
use crate::export::codec::{Codec, Encoder};
use crate::export::hook::Hook;
use crate::export::journal::sync_directory;
use crate::export::sieve::{Count, Sieve};
use crate::export::zone::Zone;
use crate::lock::Locked;

/// The file whose lock is that of the directory. It stays.
const LOCK: &str = ".lock";

/// The file of the day that is being fetched.
const NEW: &str = ".day.new";

/// What becomes of the lines of a day.
pub(super) struct Form {
    pub(super) codec: Codec,
    pub(super) without_repeated: bool,
    pub(super) hook: Option<Hook>,
}

/// A directory that is ours alone for as long as this lives.
pub(crate) struct Store {
    dir: PathBuf,
    _lock: Locked,
    pub(super) manifest: Manifest,
    zone: Zone,
    form: Form,
    sieve: Sieve,
    open: Option<Open>,
    outcome: Arc<Mutex<Outcome>>,
}

/// The file of a day that is not complete.
struct Open {
    file: File,
    path: PathBuf,
    encoder: Encoder,
    hash: Sha256,
    bytes: u64,
}

/// Takes the lock of a directory, which is made if it is not there; none while somebody else has it.
///
/// # Errors
/// When the disk refuses.
pub(super) fn locked(dir: &Path) -> io::Result<Option<Locked>> {
    fs::create_dir_all(dir)?;
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = std::os::unix::fs::OpenOptionsExt::custom_flags(options, nofollow).open(dir.join(LOCK))?;
    Locked::attempt(file)
}

impl Store {
    /// Takes what there is.
    pub(super) fn new(
        dir: PathBuf,
        lock: Locked,
        manifest: Manifest,
        zone: Zone,
        form: Form,
        outcome: Arc<Mutex<Outcome>>,
    ) -> Self {
        let sieve = Sieve::new(form.without_repeated);
        Self { dir, _lock: lock, manifest, zone, form, sieve, open: None, outcome }
    }

    /// Returns the directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Takes lines of the day whose turn it is.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut lines = Vec::with_capacity(bytes.len());
        self.sieve.pass(bytes, &mut lines);
        self.put(&lines).map_err(|error| self.failed(&error))
    }

    fn put(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let (file, path) = fresh(&self.dir, NEW)?;
                Open { file, path, encoder: self.form.codec.begin()?, hash: Sha256::new(), bytes: 0 }
            }
        };
        let mut out = Vec::new();
        open.encoder.write(lines, &mut out)?;
        let written = open.add(&out);
        self.open = Some(open);
        written
    }

    /// Forgets what came of a day that is fetched anew.
    pub(crate) fn forget(&mut self) {
        self.open = None;
        self.sieve.forget();
    }

    /// Takes the end of a day, which was asked for at some time.
    ///
    /// # Errors
    /// When the disk refuses, or the program that is told of the file fails.
    pub(crate) fn end(&mut self, day: Date, asked: Timestamp) -> Result<(), Failure> {
        let changed = self.complete(day, asked).map_err(|error| self.failed(&error))?;
        match (&self.form.hook, changed) {
            (Some(hook), Some(file)) => hook.run(&file),
            _ => Ok(()),
        }
    }

    /// Puts the file of a day in its place. Returns the path of one that is new or other than before.
    fn complete(&mut self, day: Date, asked: Timestamp) -> io::Result<Option<PathBuf>> {
        let mut last = Vec::new();
        let count = self.sieve.end(&mut last);
        self.put(&last)?;
        let made = self.open.take().map(Open::finish).transpose()?;
        let name = format!("{day}.jsonl{}", self.form.codec.ending());
        let entry = self.entry(day, asked, &name, count, made.as_ref());
        let before = self.manifest.days.get(&day).cloned();
        let is_same = before.as_ref().is_some_and(|before| {
            !before.replacing
                && (&before.file, &before.sha256) == (&entry.file, &entry.sha256)
                && before.is_there(&self.dir)
        });
        if !is_same {
            self.replace(day, before.as_ref(), &entry, made.as_ref())?;
        } else if let Some(made) = &made {
            fs::remove_file(&made.path)?;
        }
        self.outcome.lock().add(day, before.is_some(), is_same);
        let changed = entry.file.clone().filter(|_| !is_same).map(|file| self.dir.join(file));
        self.manifest.days.insert(day, entry);
        self.manifest.write(&self.dir)?;
        Ok(changed)
    }

    fn entry(&self, day: Date, asked: Timestamp, name: &str, count: Count, made: Option<&Made>) -> Entry {
        Entry {
            file: made.map(|_| name.to_owned()),
            lines: count.lines,
            bytes: made.map_or(0, |made| made.bytes),
            first_time: count.times.map(|times| times.0),
            last_time: count.times.map(|times| times.1),
            sha256: made.map(|made| made.sha256.clone()),
            fetched_at: asked,
            is_final: self.zone.is_final(day, asked),
            repeated: count.repeated,
            replacing: false,
        }
    }

    /// Replaces the file of a day. Before it does, the manifest says that this day's file may be either, so that it is never untrue.
    fn replace(&mut self, day: Date, before: Option<&Entry>, entry: &Entry, made: Option<&Made>) -> io::Result<()> {
        let old = before.and_then(|before| before.file.as_ref());
        let marked = before.unwrap_or(entry).clone();
        self.manifest.days.insert(day, Entry { replacing: true, ..marked });
        self.manifest.write(&self.dir)?;
        if let (Some(made), Some(file)) = (made, &entry.file) {
            fs::rename(&made.path, self.dir.join(file))?;
        }
        // A day that has no events any more, or whose file has another name now.
        if let Some(old) = old.filter(|old| Some(*old) != entry.file.as_ref()) {
            match fs::remove_file(self.dir.join(old)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_directory(&self.dir.join(NEW))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::new(FailureKind::Storage, format!("{} could not be written to: {error}", self.dir.display()))
    }
}

/// A file that is complete, and has not its name yet.
struct Made {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl Open {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self) -> io::Result<Made> {
        let mut rest = Vec::new();
        std::mem::replace(&mut self.encoder, Codec::Plain.begin()?).finish(&mut rest)?;
        self.add(&rest)?;
        self.file.sync_all()?;
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Made { path: self.path, bytes: self.bytes, sha256 })
    }
}
