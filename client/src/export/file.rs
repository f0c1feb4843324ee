//! The file of an export: `FILE.partial` until all is in it, then `FILE`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use serde_json::Value;

use super::journal::{Journal, sync_directory};
use super::part::Part;

/// So many of the last complete bytes are noted in the journal: with the ids of events in them, enough to tell one file from another.
const TAIL: u64 = 256;

/// Returns the file that a path names, through links: the unfinished file is to be on the disk where the file will be.
///
/// # Errors
/// When the path names no file, or is a link to nothing.
pub(super) fn real(path: &Path) -> Result<PathBuf, Failure> {
    let shown = path.display();
    let bytes = path.as_os_str().as_encoded_bytes();
    if path.file_name().is_none() || bytes.ends_with(b"/") || bytes.ends_with(b"/.") {
        return Err(refuse(format!("--output '{shown}' names no file")));
    }
    if !fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink()) {
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|error| refuse(format!("{shown} is a link that leads nowhere: {error}")))
}

/// Checks that a file may be written.
///
/// # Errors
/// When it exists and may not be replaced.
pub(super) fn check(target: &Path, may_replace: bool) -> Result<(), Failure> {
    let shown = target.display();
    match fs::metadata(target) {
        Ok(there) if !there.is_file() => {
            Err(refuse(format!("{shown} is no regular file; use `-o -`, and redirect stdout there")))
        }
        Ok(_) if !may_replace => Err(exists(target)),
        _ => Ok(()),
    }
}

/// An unfinished file that is ours alone for as long as this lives.
#[derive(Debug)]
pub(super) struct Claim {
    target: PathBuf,
    may_replace: bool,
    partial: PathBuf,
    file: File,
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
        journal.bytes <= bytes && tail(&self.file, journal.bytes).is_ok_and(|tail| tail == journal.tail)
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
            Some(journal) if journal.request == *request => "is not what its journal says",
            Some(_) => "is what another export has left",
            None => "has no journal that says what it is",
        };
        refuse(format!("{partial} {what}; say --force to begin anew, or give another file"))
    }

    /// Returns what an earlier run has left.
    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Returns the file that all is for.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Makes the file ready for the first part that is missing: what is behind the complete ones goes.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn begin(self, request: Value, parts: &[Part]) -> Result<Partial, Failure> {
        let journal = self.journal.unwrap_or_else(|| Journal::new(request, parts.to_vec()));
        let Self { target, may_replace, partial, file, .. } = self;
        let begun = file.set_len(journal.bytes).and_then(|()| journal.write(&partial));
        begun.map_err(|error| storage(&partial, "could not be written", &error))?;
        let bytes = journal.bytes;
        Ok(Partial { target, may_replace, path: partial, file, journal, bytes })
    }
}

/// Opens and locks an unfinished file, to write at its end only: if somebody else cuts it, it is too short in the end, which is found.
/// Makes sure that it still has its name: the one who held the lock before may have renamed it.
fn locked(partial: &Path) -> Result<File, Failure> {
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    loop {
        let opened = OpenOptions::new().read(true).append(true).create(true).custom_flags(nofollow).open(partial);
        let file = opened.map_err(|error| storage(partial, "could not be opened", &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let detail =
                    format!("another export is writing {}; wait for it, or give another file", partial.display());
                return Err(refuse(detail));
            }
            Err(TryLockError::Error(error)) => return Err(storage(partial, "could not be locked", &error)),
        }
        if is_at(&file, partial).map_err(|error| storage(partial, "could not be read", &error))? {
            return Ok(file);
        }
    }
}

/// Returns the last complete bytes of a file that has so many, as a journal notes them.
fn tail(file: &File, bytes: u64) -> io::Result<Vec<u8>> {
    let length = bytes.min(TAIL);
    let mut tail = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read_exact_at(&mut tail, bytes - length)?;
    Ok(tail)
}

/// Whether a path is that of an open file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    Ok(fs::symlink_metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())))
}

/// An unfinished file that grows.
#[derive(Debug)]
pub(super) struct Partial {
    target: PathBuf,
    may_replace: bool,
    path: PathBuf,
    /// Where lines go.
    pub(super) file: File,
    journal: Journal,
    /// What is in it.
    pub(super) bytes: u64,
}

impl Partial {
    /// Returns the file that all is for.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Notes that a part is complete. The journal must not be ahead of the disk.
    ///
    /// # Errors
    /// When the disk refuses, or somebody else has changed the file.
    pub(super) fn complete(&mut self, part: usize) -> Result<(), Failure> {
        self.check_ours()?;
        (self.journal.complete, self.journal.bytes) = (part + 1, self.bytes);
        let mut note = || {
            self.journal.tail = tail(&self.file, self.bytes)?;
            self.file.sync_data()?;
            self.journal.write(&self.path)
        };
        note().map_err(|error| storage(&self.path, "could not be written", &error))
    }

    /// Takes back what was written since the last part that is complete.
    ///
    /// # Errors
    /// When the disk refuses, or somebody else has changed the file.
    pub(super) fn cut_back(&mut self) -> Result<(), Failure> {
        self.check_ours()?;
        self.bytes = self.journal.bytes;
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
    pub(super) fn finish(self) -> Result<(), Failure> {
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
        match renameat_with(CWD, &self.path, CWD, &self.target, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::rename(&self.path, &self.target),
            renamed => Ok(renamed?),
        }
    }

    /// Says that the file cannot be written to.
    pub(super) fn failed(&self, error: &io::Error) -> Failure {
        storage(&self.path, "could not be written", error)
    }
}

fn exists(target: &Path) -> Failure {
    refuse(format!("{} exists; say --force to replace it, or give another file", target.display()))
}

fn refuse(detail: String) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}

fn storage(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Storage, format!("{} {what}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::Write;

    fn claim(target: &Path, project: u32, force: bool) -> Result<Claim, String> {
        Claim::of(target.to_owned(), &json!({"project": project}), force).map_err(|failure| failure.detail)
    }

    fn begun(target: &Path, project: u32) -> Partial {
        claim(target, project, false)
            .expect("ours")
            .begin(json!({"project": project}), &[None, None])
            .expect("writable")
    }

    fn write(partial: &mut Partial, text: &str) {
        partial.file.write_all(text.as_bytes()).expect("writable");
        partial.bytes += text.len() as u64;
    }

    #[test]
    fn a_file_goes_on_after_its_complete_parts() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("f");
        let mut partial = begun(&target, 7);
        write(&mut partial, "one\n");
        partial.complete(0).expect("writable");
        write(&mut partial, "tw");
        drop(partial);
        let mut partial = begun(&target, 7);
        assert_eq!((partial.journal.complete, partial.bytes), (1, 4));
        write(&mut partial, "two\n");
        partial.complete(1).expect("writable");
        partial.finish().expect("a new name");
        assert_eq!(fs::read_to_string(&target).expect("there"), "one\ntwo\n");
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing else is left");
        assert!(claim(&target, 7, false).expect_err("is refused").contains("--force"));
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1, "nothing is left of a refusal");
    }

    #[test]
    fn what_another_export_has_left_is_kept_unless_it_may_go() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("f");
        let mut partial = begun(&target, 7);
        assert!(claim(&target, 7, true).expect_err("is refused").contains("another export is writing"));
        write(&mut partial, "one\n");
        partial.complete(0).expect("writable");
        drop(partial);
        assert!(claim(&target, 8, false).expect_err("is refused").contains("another export has left"));
        assert!(claim(&target, 7, true).expect("ours").journal().is_some(), "--force goes on, too");
        assert!(claim(&target, 8, true).expect("ours").journal().is_none());
        fs::write(target.with_added_extension("partial"), "o").expect("writable");
        assert!(claim(&target, 7, false).expect_err("is refused").contains("not what its journal says"));
        fs::remove_file(target.with_added_extension("partial.json")).expect("there");
        assert!(claim(&target, 7, false).expect_err("is refused").contains("no journal"));
    }

    #[test]
    fn what_somebody_else_changes_is_never_taken_for_an_export() {
        let dir = tempfile::tempdir().expect("a directory");
        let target = dir.path().join("f");
        let path = target.with_added_extension("partial");
        // Emptied while it is written.
        let mut partial = begun(&target, 7);
        write(&mut partial, "one\n");
        fs::write(&path, "").expect("writable");
        write(&mut partial, "two\n");
        assert!(partial.complete(0).expect_err("is refused").detail.contains("was changed"));
        drop(partial);
        // Taken away, and begun by another run.
        let mut partial =
            claim(&target, 7, true).expect("ours").begin(json!({"project": 7}), &[None]).expect("writable");
        write(&mut partial, "one\n");
        fs::remove_file(&path).expect("there");
        let other = begun(&target, 7);
        assert!(partial.complete(0).expect_err("is refused").detail.contains("taken away"));
        assert!(partial.finish().expect_err("is refused").detail.contains("taken away"));
        assert!(!target.exists());
        drop(other);
        // Longer than it was, with something in front.
        let mut partial = begun(&target, 7);
        write(&mut partial, "one\n");
        partial.complete(0).expect("writable");
        drop(partial);
        fs::write(&path, "zero\none\n").expect("writable");
        assert!(claim(&target, 7, false).expect_err("is refused").contains("not what its journal says"));
        // A file that has appeared in the meantime.
        let mut partial =
            claim(&target, 7, true).expect("ours").begin(json!({"project": 7}), &[None]).expect("writable");
        partial.may_replace = false;
        fs::write(&target, "theirs").expect("writable");
        let refused = partial.rename().expect_err("is refused");
        assert_eq!(
            (refused.kind(), fs::read_to_string(&target).expect("there")),
            (io::ErrorKind::AlreadyExists, "theirs".to_owned())
        );
    }

    #[test]
    fn a_link_stands_for_what_it_leads_to() {
        let dir = tempfile::tempdir().expect("a directory");
        let (file, link) = (dir.path().join("f"), dir.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert!(real(&link).expect_err("is refused").detail.contains("leads nowhere"));
        fs::write(&file, "").expect("writable");
        assert_eq!(real(&link).expect("there"), fs::canonicalize(&file).expect("there"));
        for none in ["", "/", "..", "folder/", "folder/."] {
            assert!(real(Path::new(none)).expect_err("is refused").detail.contains("names no file"), "{none:?}");
        }
        assert_eq!(real(Path::new("f")).expect("a name"), Path::new("f"));
    }

    #[test]
    fn only_regular_files_are_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(check(dir.path(), true).is_err_and(|failure| failure.detail.contains("regular")));
        assert!(check(Path::new("/dev/null"), true).is_err());
        std::os::unix::fs::symlink("elsewhere", dir.path().join("f.partial")).expect("a link");
        assert!(claim(&dir.path().join("f"), 7, true).expect_err("is refused").contains("could not be opened"));
    }
}
