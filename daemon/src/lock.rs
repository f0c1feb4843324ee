//! One daemon per storage root: a lock on `run/mpd.lock`, held for life, and the directories it needs.

mod locked;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use self::locked::Locked;
use mp_proto::holder::{Holder, start_in};
use mp_proto::ownership::{self, OwnershipError};

/// Between two looks whether it is still worth waiting for a lock.
const LOOK: Duration = Duration::from_millis(100);

/// So many threads wait for locks at most. More only when somebody never gives one back.
const WAITERS: usize = 32;

/// How many do.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Enough for a thread that makes one system call.
const SMALL_STACK: usize = 64 * 1024;

/// Why the lock or a private directory could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another daemon serves this root.
    #[error("another host or process holds {}{}", path.display(), holder.as_ref().map(|holder| format!(" ({})", holder.named())).unwrap_or_default())]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Who it is, as far as the file tells.
        holder: Option<Holder>,
    },
    /// Another machine serves this root, whose sockets nobody here can reach.
    #[error(
        "the lock is not to be had: another host or process holds {} ({}); stop it there, or give each host a directory of its own, by \
         run_dir = \"/a/directory/of/this/host\" under [settings] of config.toml", path.display(), holder.named()
    )]
    Elsewhere {
        /// The lock file.
        path: PathBuf,
        /// Who it is.
        holder: Holder,
    },
    /// A directory is not what it must be.
    #[error("{} is {found}; it must be a directory of uid {uid} that only they can enter", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What it is.
        found: String,
        /// Who must own it.
        uid: u32,
    },
    /// The storage root is not to be used.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The file system said no.
    #[error("could not open {}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
}

impl LockError {
    /// Says who holds a lock that is not to be had.
    pub fn held(path: &Path) -> Self {
        let holder = std::fs::read_to_string(path).ok().and_then(|text| Holder::parse(&text));
        match holder {
            Some(holder) if holder.is_elsewhere(&boot()) => Self::Elsewhere { path: path.to_owned(), holder },
            holder => Self::Held { path: path.to_owned(), holder },
        }
    }
}

/// Returns which run of which machine this is.
fn boot() -> String {
    line("/proc/sys/kernel/random/boot_id")
}

fn line(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

/// Returns what the lock file tells of this process.
fn this_process() -> Holder {
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    Holder {
        pid: std::process::id(),
        start: start_in(&line("/proc/self/stat")),
        boot: boot(),
        space: space.display().to_string(),
        host: line("/proc/sys/kernel/hostname"),
    }
}

/// Returns whether somebody holds a lock.
pub fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Opens a file that is only there to be locked, and makes it if need be. A link in its place is refused.
///
/// # Errors
/// Those of the system.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed()).open(path)
}

/// Takes the lock of an open file or directory; none when somebody else still has it at the end, or when waiting is no longer worth it.
///
/// `flock` knows no deadline, so a thread waits in it: to ask again and again would wake this process all the time, and keep from the
/// processor the very one that is waited for. A thread that comes too late closes the file, and the lock is free again.
///
/// # Errors
/// Those of the system.
#[expect(
    clippy::disallowed_methods,
    reason = "the lock of a root lasts as long as a copy of it, by design: it is handed over"
)]
pub fn lock_until(file: File, end: Instant, is_worth_it: impl Fn() -> bool) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    if Instant::now() >= end {
        return Ok(None);
    }
    if WAITING.fetch_add(1, Ordering::Relaxed) >= WAITERS {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return Ok(None);
    }
    let (sender, receiver) = sync_channel(1);
    let waiter = thread::Builder::new().name("lock".to_owned()).stack_size(SMALL_STACK);
    let started = waiter.spawn(move || {
        let locked = wait(file);
        WAITING.fetch_sub(1, Ordering::Relaxed);
        // An error means that nobody waits any more.
        let _ = sender.send(locked);
    });
    if let Err(error) = started {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return Err(error);
    }
    while Instant::now() < end && is_worth_it() {
        match receiver.recv_timeout(LOOK.min(end.saturating_duration_since(Instant::now()))) {
            Ok(locked) => return locked.map(Some),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(None)
}

fn wait(file: File) -> io::Result<File> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done.map(|()| file),
        }
    }
}

/// The lock of a storage root, released when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock without waiting. The file tells who holds it: for people, and for a client that finds no socket.
    ///
    /// # Errors
    /// When another process holds it, or the file cannot be opened.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        Self::take_until(path, Instant::now(), || false)
    }

    /// Takes the lock, and waits for it until the end, or for as long as that is worth it.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_until(path: &Path, end: Instant, is_worth_it: impl Fn() -> bool) -> Result<Self, LockError> {
        let io_error = |source| LockError::Io { path: path.to_owned(), source };
        // Nobody waits for another machine, which is not about to leave because a client came.
        let is_worth_it = || is_worth_it() && !matches!(LockError::held(path), LockError::Elsewhere { .. });
        loop {
            let file = open(path).map_err(io_error)?;
            let Some(file) = lock_until(file, end, is_worth_it).map_err(io_error)? else { break };
            let lock = Self { path: path.to_owned(), file };
            if lock.is_in_place() {
                lock.sign().map_err(io_error)?;
                return Ok(lock);
            }
            // The file was removed between open and lock: the lock is on a file that nobody else will ever find.
            if Instant::now() >= end {
                break;
            }
        }
        Err(LockError::held(path))
    }

    /// Takes a lock that another daemon has handed over: a copy of its descriptor is the same lock.
    ///
    /// # Errors
    /// When it is no longer that of the path, and the file of another daemon's lock lies there.
    pub fn adopt(path: &Path, file: File) -> Result<Self, LockError> {
        let lock = Self { path: path.to_owned(), file };
        if lock.is_in_place() { Ok(lock) } else { Err(LockError::held(path)) }
    }

    /// Returns a copy of the descriptor, for a daemon that takes over.
    ///
    /// # Errors
    /// Those of the system.
    pub fn descriptor(&self) -> io::Result<OwnedFd> {
        self.file.try_clone().map(OwnedFd::from)
    }

    /// Writes into the file that this process holds it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn sign(&self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.write_all_at(this_process().to_string().as_bytes(), 0)
    }

    /// Returns whether the path still leads to the locked file. When it does not, another daemon may believe it is alone.
    pub fn is_in_place(&self) -> bool {
        match (self.file.metadata(), std::fs::symlink_metadata(&self.path)) {
            (Ok(held), Ok(found)) => held.dev() == found.dev() && held.ino() == found.ino(),
            _ => false,
        }
    }

    /// Returns the lock file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes sure that a storage root exists, belongs to us and is private. Where it is not to be used, nothing is made or changed.
///
/// # Errors
/// When it, or where it would be, is not our own; and as [`private_dir`].
pub fn storage_root(root: &Path, uid: u32) -> Result<(), LockError> {
    ownership::check(root, uid, |path| std::fs::symlink_metadata(path), |path| std::fs::metadata(path))?;
    private_dir(root, uid)
}

/// Makes sure that a directory exists, belongs to us and is private: created 0700, tightened to 0700 if it is ours and wider.
///
/// # Errors
/// When it is a symlink, no directory, another user's, open to everybody, or cannot be made.
pub fn private_dir(path: &Path, uid: u32) -> Result<(), LockError> {
    let io_error = |source| LockError::Io { path: path.to_owned(), source };
    let wrong = |found: String| LockError::Directory { path: path.to_owned(), found, uid };
    let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
    if let Err(error) = created
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(io_error(error));
    }
    let found = std::fs::symlink_metadata(path).map_err(io_error)?;
    if found.is_symlink() {
        return Err(wrong("a symbolic link".to_owned()));
    }
    if !found.is_dir() {
        return Err(wrong("not a directory".to_owned()));
    }
    if found.uid() != uid {
        return Err(wrong(format!("owned by uid {}", found.uid())));
    }
    if found.mode() & 0o002 != 0 {
        // Whoever wanted may have put there what they wanted: that does not go away with the bit.
        return Err(wrong(format!("open to everybody (mode {:04o})", found.mode() & 0o7777)));
    }
    if found.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(io_error)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid() -> u32 {
        rustix::process::getuid().as_raw()
    }

    #[test]
    fn the_second_taker_is_told_who_is_in_the_way() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let lock = Lock::take(&path).expect("free");
        let error = Lock::take(&path).expect_err("held");
        let holder = this_process().named();
        assert_eq!(error.to_string(), format!("another host or process holds {} ({holder})", path.display()));
        drop(lock);
        // A program that another test has just started may have a copy of it for a moment.
        Lock::take_until(&path, Instant::now() + Duration::from_secs(20), || true).expect("free again");
    }

    #[test]
    fn who_waits_gets_the_lock_when_it_is_given_back_and_gives_up_when_told_to() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let lock = Lock::take(&path).expect("free");
        let soon = || Instant::now() + Duration::from_secs(20);
        let begun = Instant::now();
        assert!(matches!(Lock::take_until(&path, soon(), || false), Err(LockError::Held { .. })));
        assert!(matches!(Lock::take_until(&path, begun + LOOK, || true), Err(LockError::Held { .. })));
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody waits longer than told");
        thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::take_until(&path, soon(), || true));
            drop(lock);
            waiting.join().expect("no panic").expect("it was given back");
        });
    }

    #[test]
    fn a_lock_that_another_machine_holds_is_not_waited_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let _lock = Lock::take(&path).expect("free");
        let there = Holder { boot: "another".to_owned(), host: "alpha".to_owned(), ..this_process() };
        std::fs::write(&path, there.to_string()).expect("written");
        let begun = Instant::now();
        let error = Lock::take_until(&path, begun + Duration::from_secs(60), || true).expect_err("held");
        assert!(begun.elapsed() < Duration::from_secs(30));
        let text = error.to_string();
        assert!(text.contains("another host or process holds") && text.contains("on host alpha"), "{text}");
        assert!(text.contains("run_dir") || cfg!(not(target_os = "linux")), "{text}");
    }

    #[test]
    fn a_lock_whose_file_was_removed_knows_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let lock = Lock::take(&path).expect("free");
        assert!(lock.is_in_place());
        std::fs::remove_file(&path).expect("removed");
        assert!(!lock.is_in_place());
        let rival = Lock::take(&path).expect("a new file");
        assert!(!lock.is_in_place() && rival.is_in_place());
    }

    #[test]
    fn a_wide_directory_of_ours_is_tightened_and_a_link_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let wide = dir.path().join("wide");
        std::fs::create_dir(&wide).expect("made");
        std::fs::set_permissions(&wide, std::fs::Permissions::from_mode(0o755)).expect("widened");
        private_dir(&wide, uid()).expect("ours");
        assert_eq!(std::fs::metadata(&wide).expect("there").mode() & 0o777, 0o700);
        std::fs::set_permissions(&wide, std::fs::Permissions::from_mode(0o777)).expect("widened");
        let error = private_dir(&wide, uid()).expect_err("anybody's");
        assert!(error.to_string().contains("open to everybody (mode 0777)"), "{error}");
        assert_eq!(std::fs::metadata(&wide).expect("there").mode() & 0o777, 0o777, "it was tightened");
        std::fs::set_permissions(&wide, std::fs::Permissions::from_mode(0o700)).expect("tightened");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&wide, &link).expect("linked");
        let error = private_dir(&link, uid()).expect_err("a link");
        assert!(error.to_string().contains("is a symbolic link"), "{error}");
        let error = private_dir(&wide, uid() + 1).expect_err("another owner");
        assert!(error.to_string().contains("owned by uid"), "{error}");
    }
}
