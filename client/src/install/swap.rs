//! A settings file of another program: read through links, and replaced only while it still is what was read.
//!
//! Hosts rename files of theirs over it whenever they like. A comparison followed by a rename would lose what is written between the two.
//! So the new file is *exchanged* with the present one, and what came out is compared: another text goes back, and the caller reads again.
//! Where the system cannot exchange files, a comparison right before the rename has to do.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use tempfile::TempPath;

use crate::rename::{self, Target};

/// Largest file that is read: settings are not larger, and a text of this size is still edited at once.
const MAX: u64 = 64 * 1024 * 1024;

/// Why a file could not be read or replaced.
#[derive(Debug, thiserror::Error)]
pub(super) enum SwapError {
    /// The system refused.
    #[error("{} could not be {what}: {source}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// It is no file of text.
    #[error("{} {what}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Somebody else has changed it meanwhile.
    #[error("it was changed meanwhile")]
    Changed,
}

/// A settings file as it was read.
#[derive(Debug)]
pub(super) struct Settings {
    /// The file itself, behind all links.
    pub(super) path: PathBuf,
    /// Its text; none where there is no file.
    pub(super) text: Option<String>,
    mode: u32,
}

impl Settings {
    /// Reads a file. One that is not there would get `mode`, less what the umask takes.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub(super) fn read(named: &Path, mode: u32) -> Result<Self, SwapError> {
        let path = target(named)?;
        let system = |source| SwapError::System { path: path.clone(), what: "read", source };
        let found = match fs::metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, text: None, mode });
            }
            Err(error) => return Err(system(error)),
        };
        check(&path, &found)?;
        let mut bytes = Vec::new();
        File::open(&path).and_then(|file| file.take(MAX + 1).read_to_end(&mut bytes)).map_err(system)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            SwapError::Unfit { path: path.clone(), what: format!("is not UTF-8 in line {line}") }
        })?;
        Ok(Self { path, text: Some(text), mode: found.mode() & 0o7777 })
    }

    /// Puts another text in its place, with the same mode, if it still is what was read. None removes it.
    ///
    /// # Errors
    /// [`SwapError::Changed`] when it is not, and what the system says.
    pub(super) fn replace(&self, text: Option<&str>) -> Result<(), SwapError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let system = |source| SwapError::System { path: self.path.clone(), what: "written", source };
        let Some(text) = text else { return self.remove(folder).map_err(|error| error.unwrap_or_else(system)) };
        // The umask counts for a new file alone.
        let mode = if self.text.is_some() { 0o600 } else { self.mode };
        let mut new = tempfile::Builder::new();
        new.prefix(".mp-").suffix(".tmp").permissions(Permissions::from_mode(mode));
        let mut file = new.tempfile_in(folder).map_err(system)?;
        file.write_all(text.as_bytes()).map_err(system)?;
        if self.text.is_some() {
            file.as_file().set_permissions(Permissions::from_mode(self.mode)).map_err(system)?;
        }
        file.as_file().sync_all().map_err(system)?;
        let new = file.into_temp_path();
        match self.text {
            None => match rename(&new, &self.path, Target::Stays) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(SwapError::Changed),
                Err(error) if is_unknown(&error) => self.compared()?.rename(new).map_err(system)?,
                renamed => forget(renamed.map(|()| new).map_err(system)?),
            },
            Some(_) => match rename(&new, &self.path, Target::Exchanged) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SwapError::Changed),
                Err(error) if is_unknown(&error) => self.compared()?.rename(new).map_err(system)?,
                exchanged => {
                    exchanged.map_err(system)?;
                    self.look_at(&new, text)?;
                }
            },
        }
        // The file is there; that its name survives a power cut is more than can be had everywhere.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// Looks at what came out of an exchange: another text than the expected one goes back.
    fn look_at(&self, out: &Path, ours: &str) -> Result<(), SwapError> {
        if self.is_as_read(out) {
            return Ok(());
        }
        // Whoever wrote between the two exchanges is put back by one more.
        let mut back = rename(out, &self.path, Target::Exchanged);
        for _ in 0..8 {
            if back.is_err() || fs::read(out).is_ok_and(|text| text == ours.as_bytes()) {
                break;
            }
            back = rename(out, &self.path, Target::Exchanged);
        }
        back.map_err(|source| SwapError::System { path: self.path.clone(), what: "put back", source })?;
        Err(SwapError::Changed)
    }

    fn is_as_read(&self, path: &Path) -> bool {
        match (fs::read(path), &self.text) {
            (Ok(bytes), Some(text)) => bytes == text.as_bytes(),
            (Err(error), None) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    fn compared(&self) -> Result<Compared<'_>, SwapError> {
        if self.is_as_read(&self.path) { Ok(Compared(&self.path)) } else { Err(SwapError::Changed) }
    }

    /// Takes the file out under another name, looks at it, and removes it. The inner error is one of ours.
    fn remove(&self, folder: &Path) -> Result<(), Result<SwapError, io::Error>> {
        let aside = tempfile::Builder::new().prefix(".mp-").suffix(".tmp").tempfile_in(folder).map_err(Err)?;
        let aside = aside.into_temp_path();
        match fs::rename(&self.path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Ok(SwapError::Changed)),
            renamed => renamed.map_err(Err)?,
        }
        if self.is_as_read(&aside) {
            return Ok(());
        }
        // If it is there again, somebody has written a newer one.
        match rename(&aside, &self.path, Target::Stays) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Err(error)),
            renamed => {
                forget(renamed.map(|()| aside).map_err(Err)?);
                Err(Ok(SwapError::Changed))
            }
        }
    }
}

/// A file that was as expected a moment ago.
struct Compared<'a>(&'a Path);

impl Compared<'_> {
    fn rename(&self, new: TempPath) -> io::Result<()> {
        new.persist(self.0).map_err(|error| error.error)
    }
}

/// A name that is nobody's temporary file any more.
fn forget(path: TempPath) {
    // It could only fail where the name is gone, and it is.
    let _ = path.keep();
}

fn rename(from: &Path, to: &Path, target: Target) -> io::Result<()> {
    rename::rename(CWD, from, to, target).map_err(io::Error::from)
}

/// Returns whether the system does not know how to do it.
fn is_unknown(error: &io::Error) -> bool {
    let unknown = [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    error.raw_os_error().is_some_and(|code| unknown.iter().any(|errno| errno.raw_os_error() == code))
}

/// Returns the file behind links. A link that leads nowhere is one, too: its target would be made.
fn target(named: &Path) -> Result<PathBuf, SwapError> {
    let system = |source| SwapError::System { path: named.to_owned(), what: "read", source };
    let mut path = named.to_owned();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("/")).join(next),
            Err(_) => {
                // The folder is named without links, for a rename in it.
                return Ok(match (path.parent().map(Path::canonicalize), path.file_name()) {
                    (Some(Ok(folder)), Some(name)) => folder.join(name),
                    _ => path,
                });
            }
        }
    }
    Err(system(Errno::LOOP.into()))
}

fn check(path: &Path, found: &Metadata) -> Result<(), SwapError> {
    let unfit = |what: String| Err(SwapError::Unfit { path: path.to_owned(), what });
    if !found.is_file() {
        return unfit("is not a file".to_owned());
    }
    if found.uid() != rustix::process::getuid().as_raw() {
        return unfit(format!("belongs to another user (uid {}), whom it would be taken from", found.uid()));
    }
    if found.len() > MAX {
        return unfit(format!("is larger than {} MB", MAX / 1024 / 1024));
    }
    Ok(())
}
