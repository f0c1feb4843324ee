//! Where the daemon lives: the storage root, and the directory that can hold its lock, its log and its socket.

use std::fs::{DirBuilder, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use mp_proto::location::{LocationError, LocationVariables, RunDirs, fallback_dir, lock_file};

use crate::args::Options;
use crate::lock::{self, LockError, private_dir, storage_root};

/// Largest config file in which `run_dir` is looked for; larger ones are refused as a whole.
const MAX_CONFIG: u64 = 1024 * 1024;

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It cannot be named.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// It cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Who it serves, and where.
pub(super) struct Place {
    /// The user's home.
    pub(super) home: PathBuf,
    /// The storage root.
    pub(super) root: PathBuf,
    /// The directory of the lock and the log.
    pub(super) run: PathBuf,
    /// The socket.
    pub(super) socket: PathBuf,
}

/// A place as the command line, the environment and the config name it, before anything was looked at.
pub(super) struct Named {
    uid: u32,
    home: PathBuf,
    /// The storage root.
    pub(super) root: PathBuf,
    runs: RunDirs,
    socket: Option<PathBuf>,
}

impl Named {
    /// Finds it.
    ///
    /// # Errors
    /// When root or socket cannot be named.
    pub(super) fn find(options: &Options) -> Result<Self, PlaceError> {
        let mut env = LocationVariables::of_this_process();
        if let Some(root) = &options.root {
            env.storage_dir = Some(root.clone().into_os_string());
        }
        let root = env.storage_root()?;
        let uid = rustix::process::geteuid().as_raw();
        let socket = env.named_socket(options.socket.as_deref())?;
        let runs = env.run_dirs(&root, &config(&root), uid)?;
        let home = env.home.map_or_else(|| root.parent().unwrap_or(&root).to_owned(), PathBuf::from);
        Ok(Self { uid, home, root, runs, socket })
    }

    /// Makes the directories, and chooses the first that can hold a lock and a socket. Whether one can is tried: a home may be read-only,
    /// keep no modes, or lie on a file system without locks, and no list of file systems would ever be complete.
    ///
    /// # Errors
    /// When none can, or another daemon of this root runs in another one of them.
    pub(super) fn settle(self) -> Result<Place, PlaceError> {
        match storage_root(&self.root, self.uid) {
            // What is there can be read all the same.
            Ok(()) | Err(LockError::Io { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let mut first = None;
        for run in self.runs.dirs.clone() {
            match self.holds(&run) {
                Ok(()) => return self.at(run),
                Err(error @ LockError::Io { .. }) => drop(first.get_or_insert(error)),
                Err(error) => return Err(error.into()),
            }
        }
        Err(first.map_or(LocationError::NoHome.into(), Into::into))
    }

    /// Returns the place where a start would end up if nothing went wrong, without making or trying anything.
    ///
    /// # Errors
    /// When the socket cannot be named.
    pub(super) fn expected(self) -> Result<Place, PlaceError> {
        let there = self.runs.dirs.iter().find(|run| run.is_dir());
        let run = there.unwrap_or(&self.runs.dirs[0]).clone();
        let socket = match self.socket {
            Some(socket) => socket,
            None => self.runs.socket(&run)?,
        };
        Ok(Place { home: self.home, root: self.root, run, socket })
    }

    fn at(self, run: PathBuf) -> Result<Place, PlaceError> {
        self.refuse_two(&run)?;
        let socket = match self.socket {
            Some(socket) => socket,
            None => self.runs.socket(&run)?,
        };
        if socket.parent() == Some(&fallback_dir(self.uid)) {
            private_dir(&fallback_dir(self.uid), self.uid)?;
        }
        make_dir_of(&socket).map_err(|source| LockError::Io { path: socket.clone(), source })?;
        Ok(Place { home: self.home, root: self.root, run, socket })
    }

    /// Makes a directory, and tries a lock and a socket in it.
    fn holds(&self, run: &Path) -> Result<(), LockError> {
        let failed = |source| LockError::Io { path: run.to_owned(), source };
        if !run.starts_with(&self.root) {
            let shared = run.parent().unwrap_or(run);
            let is_there = shared.parent().is_some_and(Path::is_dir);
            if self.runs.dirs.len() > 1 && !is_there {
                return Err(failed(io::ErrorKind::NotFound.into()));
            }
            if self.runs.dirs.len() > 1 {
                private_dir(shared, self.uid)?;
            }
        }
        private_dir(run, self.uid)?;
        if std::fs::metadata(run).map_err(failed)?.mode() & 0o077 != 0 {
            return Err(failed(io::Error::new(io::ErrorKind::Unsupported, "its file system keeps no modes")));
        }
        if has_held(run) {
            return Ok(());
        }
        // Shorter than the name of the socket, whose length has a limit.
        let probe = run.join(format!("~{}", std::process::id()));
        let tried = lock::open(&probe).and_then(lock::Locked::attempt);
        let _ = std::fs::remove_file(&probe);
        tried.map_err(failed)?;
        // Where its path would be too long, the socket is elsewhere; and so where it is named.
        if self.socket.is_none() && self.runs.socket(run).is_ok_and(|socket| socket.starts_with(run)) {
            let bound = UnixListener::bind(&probe);
            let _ = std::fs::remove_file(&probe);
            bound.map_err(failed)?;
        }
        Ok(())
    }

    /// A home that could not hold the lock a while ago may be able to now, and the daemon of then still run.
    fn refuse_two(&self, run: &Path) -> Result<(), LockError> {
        let is_ours = |dir: &Path| std::fs::symlink_metadata(dir).is_ok_and(|found| found.uid() == self.uid);
        for other in self.runs.dirs.iter().filter(|other| *other != run && is_ours(other)) {
            let path = lock_file(other);
            if lock::is_held(&path) {
                return Err(LockError::held(&path));
            }
        }
        Ok(())
    }
}

/// Whether a daemon before us has written into its lock there, which it did after all else had been tried, and the file can be written
/// still: making new ones to try takes some file systems milliseconds.
fn has_held(run: &Path) -> bool {
    let path = lock_file(run);
    let is_written = std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() > 0);
    is_written && lock::open(&path).is_ok()
}

/// Makes the directory of a socket, if it is missing: private, and otherwise left as it is, for it may be anybody's.
///
/// # Errors
/// Those of the system.
pub(super) fn make_dir_of(socket: &Path) -> io::Result<()> {
    match socket.parent() {
        Some(directory) if !directory.exists() => DirBuilder::new().recursive(true).mode(0o700).create(directory),
        _ => Ok(()),
    }
}

/// Reads the config for the one key that decides where the daemon is. Whatever is wrong with the file is told when it is used.
fn config(root: &Path) -> String {
    let path = root.join("config.toml");
    let mut bytes = Vec::new();
    // Not a pipe, which would make us wait.
    if std::fs::metadata(&path).is_ok_and(|found| found.is_file()) {
        let _ = File::open(&path).and_then(|file| file.take(MAX_CONFIG).read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(root: &Path, config: &str) -> Named {
        let uid = rustix::process::geteuid().as_raw();
        let env = LocationVariables { runtime_dir: Some(root.join("xdg").into()), ..LocationVariables::default() };
        let runs = env.run_dirs(&root.join(".mp"), config, uid).expect("a good setting");
        Named { uid, home: root.to_owned(), root: root.join(".mp"), runs, socket: None }
    }

    #[test]
    fn a_root_that_cannot_hold_the_directory_is_passed_over() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path();
        let place = named(root, "").settle().expect("it can be had");
        assert_eq!((place.run, place.socket), (root.join(".mp/run"), root.join(".mp/run/mpd.sock")));
        assert!(!has_held(&root.join(".mp/run")));
        std::fs::write(root.join(".mp/run/mpd.lock"), "1\n").expect("written");
        assert!(has_held(&root.join(".mp/run")));
        std::fs::remove_file(root.join(".mp/run/mpd.lock")).expect("removed");
        std::fs::remove_dir(root.join(".mp/run")).expect("the probes are gone");
        // As good as a file system that makes no directories.
        std::fs::remove_dir(root.join(".mp")).expect("empty");
        std::fs::write(root.join("file"), "").expect("written");
        let mut blocked = named(root, "");
        blocked.runs.dirs[0] = root.join("file/none/run");
        std::fs::create_dir(root.join("xdg")).expect("made");
        let place = blocked.settle().expect("the runtime directory can be had");
        assert!(place.run.starts_with(root.join("xdg/mp")) && place.socket.starts_with(&place.run), "{:?}", place.run);
    }

    #[test]
    fn a_daemon_that_runs_in_another_of_the_directories_is_the_daemon() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path();
        let far = named(root, "").runs.dirs[1].clone();
        std::fs::create_dir_all(&far).expect("made");
        let lock = lock::Lock::take(&lock_file(&far)).expect("free");
        assert!(matches!(named(root, "").settle(), Err(PlaceError::Lock(LockError::Held { .. }))));
        drop(lock);
        named(root, "").settle().expect("free again");
    }

    #[test]
    fn a_chosen_directory_is_made_and_nothing_else_is_tried() {
        let dir = tempfile::tempdir().expect("a directory");
        let (root, chosen) = (dir.path(), dir.path().join("here/run"));
        let config = format!("[settings]\nrun_dir = {:?}", chosen.display().to_string());
        let place = named(root, &config).settle().expect("it can be made");
        assert!(place.run.starts_with(&chosen) && !root.join(".mp/run").exists());
        std::fs::write(root.join("file"), "").expect("written");
        let config = format!("[settings]\nrun_dir = {:?}", root.join("file").display().to_string());
        assert!(matches!(named(root, &config).settle(), Err(PlaceError::Lock(LockError::Io { .. }))));
    }
}
