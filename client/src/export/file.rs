//! The file of an export: `FILE.partial` until all is in it, then `FILE`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mp_catalog::PageMark;
use mp_proto::failure::{Failure, FailureKind};
use rustix::fs::CWD;
use rustix::io::Errno;
use serde_json::Value;

use super::codec::{Codec, Encoder};
use super::journal::{Done, Journal, Pages, fingerprint, sync_directory};
use super::known::Known;
use super::part::Part;
use super::resume::{Resume, span};
use super::target::{check, exists, refuse, storage};
use crate::lock::Locked;
use crate::rename::{Target, rename};

/// So many of the last bytes of a part stand for it in the journal: with the ids of events in them, enough to tell one file from another.
const TAIL: u64 = 256;

/// So much is moved at once within a file.
const MOVED: u64 = 1024 * 1024;

/// An unfinished file that is ours alone for as long as this lives.
#[derive(Debug)]
pub(super) struct Claim {
    target: PathBuf,
    may_replace: bool,
    partial: PathBuf,
    file: Locked,
    /// What an earlier run of the same export has left.
    journal: Option<Journal>,
}

impl Claim {
    /// Takes the unfinished file, whether it is there already or not.
    ///
    /// # Errors
    /// When another export is writing it or has left it, or the disk refuses.
    pub(super) fn of(target: PathBuf, request: &Value, may_replace: bool) -> Result<Self, Failure> {
        let partial = target.with_added_extension("partial");
        let file = locked(&partial)?;
        let mut claim = Self { target, may_replace, partial, file, journal: None };
        // The one who held the lock before may have finished the file.
        if let Err(failure) = check(&claim.target, may_replace) {
            claim.leave_if_empty();
            return Err(failure);
        }
        let (bytes, journal) = claim.left().map_err(|error| storage(&claim.partial, "could not be read", &error))?;
        match journal {
            _ if bytes == 0 => {}
            Some(journal) if journal.request == *request && claim.fits(&journal, bytes) => {
                claim.journal = Some(journal)
            }
            _ if may_replace => {}
            left => return Err(claim.foreign(left.as_ref(), request)),
        }
        Ok(claim)
    }

    fn left(&self) -> io::Result<(u64, Option<Journal>)> {
        Ok((self.file.metadata()?.len(), Journal::read(&self.partial)?))
    }

    /// Whether the file still begins with what the journal says.
    fn fits(&self, journal: &Journal, bytes: u64) -> bool {
        let begins = std::iter::once(0).chain(journal.done.iter().map(|part| part.end));
        journal.bytes() <= bytes
            && begins
                .zip(&journal.done)
                .all(|(begin, part)| tail(&self.file, begin, part.end).is_ok_and(|tail| tail == part.tail))
    }

    fn leave_if_empty(&self) {
        if self.file.metadata().is_ok_and(|there| there.len() == 0) && !Journal::path(&self.partial).exists() {
            // It stays where it cannot be removed, and does no harm.
            let _ = fs::remove_file(&self.partial);
        }
    }

    fn foreign(&self, left: Option<&Journal>, request: &Value) -> Failure {
        let partial = self.partial.display();
        let what = match left {
            Some(journal) if journal.request == *request => "is not what its journal says".to_owned(),
            Some(journal) => {
                let days = span(&journal.done).map_or_else(String::new, |days| format!(", with {days}"));
                format!("is what another export has left{days}")
            }
            None => "has no journal that says what it is".to_owned(),
        };
        refuse(format!("{partial} {what}; say --force to begin anew, or give another file"))
    }

    /// Returns what an earlier run has left.
    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Returns the parts that an earlier run has completed.
    pub(super) fn done(&self) -> &[Done] {
        self.journal.as_ref().map_or(&[], |journal| &journal.done)
    }

    /// Returns how far an earlier run has come with profiles.
    pub(super) fn pages(&self) -> Option<&Pages> {
        self.journal.as_ref()?.pages.as_ref()
    }

    /// Returns the file that all is for.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Checks that something of what was left is of use, if there is anything.
    ///
    /// # Errors
    /// When nothing is, and it may not go.
    pub(super) fn check_use(&self, resume: &Resume, wanted: Part) -> Result<(), Failure> {
        let there = self.journal.as_ref().and_then(|journal| span(&journal.done));
        let (Some(there), Some(wanted), true, false) = (there, wanted, resume.is_foreign(), self.may_replace) else {
            return Ok(());
        };
        let partial = self.partial.display();
        Err(refuse(format!(
            "{partial} has {there} of an unfinished export, of which nothing fits into {wanted}; ask for days from {} on to go on with \
             it, say --force to begin anew, or give another file",
            there.from
        )))
    }

    /// Makes the file ready for the first part that is missing: nothing but the parts that are kept stays.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn begin(self, request: Value, zone: Option<String>, resume: &Resume) -> Result<Partial, Failure> {
        let mut journal = Journal::new(request, zone);
        let (left, pages) = self.journal.map(|journal| (journal.done, journal.pages)).unwrap_or_default();
        journal.pages = pages.filter(|_| resume.kept > 0);
        let Self { target, may_replace, partial, file, .. } = self;
        let begun = || -> io::Result<()> {
            let from = resume.skipped.checked_sub(1).and_then(|last| left.get(last)).map_or(0, |part| part.end);
            let kept = left.into_iter().skip(resume.skipped).take(resume.kept);
            let kept: Vec<Done> = kept.map(|part| Done { end: part.end - from, ..part }).collect();
            let bytes = kept.last().map_or(0, |part| part.end);
            if from > 0 && bytes > 0 {
                // A journal that says nothing is true whatever happens in the middle of this.
                journal.write(&partial)?;
                move_down(&partial, from, bytes)?;
            }
            file.set_len(bytes)?;
            journal.done = kept;
            journal.write(&partial)
        };
        begun().map_err(|error| storage(&partial, "could not be written", &error))?;
        let bytes = journal.bytes();
        let codec = Codec::of(&target);
        Ok(Partial { target, may_replace, path: partial, file, journal, bytes, codec, encoder: None })
    }
}

/// Moves bytes to the beginning of a file, through a descriptor of its own: the other one writes at the end alone.
fn move_down(partial: &Path, from: u64, bytes: u64) -> io::Result<()> {
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).write(true).custom_flags(nofollow).open(partial)?;
    let mut at = 0;
    while at < bytes {
        let mut buffer = vec![0; usize::try_from(MOVED.min(bytes - at)).unwrap_or(0)];
        file.read_exact_at(&mut buffer, from + at)?;
        file.write_all_at(&buffer, at)?;
        at += buffer.len() as u64;
    }
    file.sync_data()
}

/// Opens and locks an unfinished file, to write at its end only: if somebody else cuts it, it is too short in the end, which is found.
/// Makes sure that it still has its name: the one who held the lock before may have renamed it.
fn locked(partial: &Path) -> Result<Locked, Failure> {
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    loop {
        let opened = OpenOptions::new().read(true).append(true).create(true).custom_flags(nofollow).open(partial);
        let file = opened.map_err(|error| storage(partial, "could not be opened", &error))?;
        let taken = Locked::attempt(file).map_err(|error| storage(partial, "could not be locked", &error))?;
        let Some(file) = taken else {
            let detail = format!("another export is writing {}; wait for it, or give another file", partial.display());
            return Err(refuse(detail));
        };
        if is_at(&file, partial).map_err(|error| storage(partial, "could not be read", &error))? {
            return Ok(file);
        }
    }
}

/// Returns what stands for the last bytes of a part, as a journal notes them.
fn tail(file: &File, begin: u64, end: u64) -> io::Result<String> {
    let length = end.saturating_sub(begin).min(TAIL);
    let mut tail = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read_exact_at(&mut tail, end - length)?;
    Ok(fingerprint(&tail))
}

/// Whether a path is that of an open file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    Ok(fs::symlink_metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())))
}

/// An unfinished file that grows.
pub(super) struct Partial {
    target: PathBuf,
    may_replace: bool,
    path: PathBuf,
    /// Where lines go.
    pub(super) file: Locked,
    journal: Journal,
    /// What is in it.
    pub(super) bytes: u64,
    codec: Codec,
    /// Compresses the part that is being written.
    encoder: Option<Encoder>,
}

impl Partial {
    /// Returns the file that all is for.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Whether what is written is compressed.
    pub(super) fn is_compressed(&self) -> bool {
        self.codec != Codec::Plain
    }

    /// Whether nothing has been written.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0 && self.encoder.is_none()
    }

    /// Compresses and writes.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn compress(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => self.codec.begin()?,
        };
        let mut out = Vec::new();
        encoder.write(bytes, &mut out)?;
        self.encoder = Some(encoder);
        self.append(&out)
    }

    /// Ends what is compressed with the part, so that the file can be cut back to here.
    fn end_member(&mut self) -> io::Result<()> {
        let mut out = Vec::new();
        if let Some(encoder) = self.encoder.take() {
            encoder.finish(&mut out)?;
        }
        self.append(&out)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Notes that a part is complete, and when it was asked for. The journal must not be ahead of the disk.
    ///
    /// # Errors
    /// When the disk refuses, or somebody else has changed the file.
    pub(super) fn complete(&mut self, days: Part, asked: Timestamp) -> Result<(), Failure> {
        self.end_member().map_err(|error| self.failed(&error))?;
        self.check_ours()?;
        let mut note = || {
            let tail = tail(&self.file, self.journal.bytes(), self.bytes)?;
            self.journal.done.push(Done { days, asked, end: self.bytes, tail });
            self.file.sync_data()?;
            self.journal.write(&self.path)
        };
        note().map_err(|error| storage(&self.path, "could not be written", &error))
    }

    /// Notes that a page of profiles is complete.
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub(super) fn page(&mut self, last: PageMark, is_anew: bool) -> Result<(), Failure> {
        self.check_ours()?;
        let note = || {
            let tail = tail(&self.file, 0, self.bytes)?;
            self.journal.done = vec![Done { days: None, asked: Timestamp::now(), end: self.bytes, tail }];
            self.journal.pages = Some(Pages { last, is_anew });
            self.file.sync_data()?;
            self.journal.write(&self.path)
        };
        note().map_err(|error| storage(&self.path, "could not be written", &error))
    }

    /// Returns which profiles are in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn known(&self) -> Result<Known, Failure> {
        Known::of(&self.file, self.journal.bytes()).map_err(|error| storage(&self.path, "could not be read", &error))
    }

    /// Takes back what was written since the last part that is complete.
    ///
    /// # Errors
    /// When the disk refuses, or somebody else has changed the file.
    pub(super) fn cut_back(&mut self) -> Result<(), Failure> {
        self.check_ours()?;
        self.encoder = None;
        self.bytes = self.journal.bytes();
        self.file.set_len(self.bytes).map_err(|error| storage(&self.path, "could not be cut back", &error))
    }

    /// Checks that the file has its name still, and nothing but what was written.
    fn check_ours(&self) -> Result<(), Failure> {
        let is_ours = || Ok(is_at(&self.file, &self.path)? && self.file.metadata()?.len() == self.bytes);
        if is_ours().map_err(|error| storage(&self.path, "could not be read", &error))? {
            return Ok(());
        }
        let detail = format!(
            "{} was changed or taken away by somebody else while it was written; say --force to begin anew, or give another file",
            self.path.display()
        );
        Err(Failure::new(FailureKind::Storage, detail))
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When somebody else has made a file of that name, or the disk refuses.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        if self.is_compressed() && self.is_empty() {
            // Nothing at all is no compressed file.
            let empty = self.compress(&[]).and_then(|()| self.end_member());
            empty.map_err(|error| self.failed(&error))?;
        }
        let odd = |error: io::Error| storage(&self.target, "could not be put in its place", &error);
        self.file.sync_all().map_err(odd)?;
        self.check_ours()?;
        check(&self.target, self.may_replace)?;
        self.rename().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&self.target),
            _ => odd(error),
        })?;
        match fs::remove_file(Journal::path(&self.path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(odd(error)),
            _ => {}
        }
        sync_directory(&self.target).map_err(odd)
    }

    /// Gives the file its name; not one that has appeared since it was looked for, where the file system can tell.
    fn rename(&self) -> io::Result<()> {
        if self.may_replace {
            return fs::rename(&self.path, &self.target);
        }
        match rename(CWD, &self.path, &self.target, Target::Stays) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::rename(&self.path, &self.target),
            renamed => Ok(renamed?),
        }
    }

    /// Says that the file cannot be written to.
    pub(super) fn failed(&self, error: &io::Error) -> Failure {
        storage(&self.path, "could not be written", error)
    }
}

#[cfg(test)]
mod tests;
