//! Reading a file that holds credentials: only a private, regular file of sane size, checked on the open descriptor.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mp_proto::failure::{Failure, FailureKind, chain};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use super::pause::pause;
use super::walk::{self, WalkError};

/// Largest file that is read, in bytes. The Python tool has the same cap, so a larger file would split the two.
pub const MAX_SIZE: u64 = 1_048_576;

/// How often a file that changes under the reader is read again before giving up. A writer that renames needs one repetition; only
/// one that writes in place and never stops needs more.
const ATTEMPTS: u32 = 5;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file, or a directory below the home on the way to it, is a symbolic link.
    #[error("{} is a symbolic link, but a file with credentials must be reached without one", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// A link that may be followed, but not there.
    #[error("{} is a link to what is not safe to use: {reason}", path.display())]
    UnsafeLink {
        /// The link.
        path: PathBuf,
        /// What is wrong on the way, or at its end.
        reason: String,
    },
    /// A directory, pipe, socket or device.
    #[error("{} is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// Others than the owner may read or write it.
    #[error("{} has mode {mode:04o}, but only its owner may have access (mode 0600)", path.display())]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Larger than [`MAX_SIZE`].
    #[error("{} has {size} bytes, more than the {MAX_SIZE} allowed", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        size: u64,
    },
    /// It changed each time it was read.
    #[error("{} kept changing while it was read", path.display())]
    Unstable {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("could not read {}", path.display())]
    Io {
        /// The file, or the directory on the way that failed.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let kind = match error {
            ReadError::Unstable { .. } | ReadError::Io { .. } => FailureKind::Storage,
            _ => FailureKind::UnsafeFile,
        };
        let failure = Self::new(kind, chain(&error));
        match error.hint() {
            Some(command) => failure.next(command, "let only its owner read it"),
            None => failure,
        }
    }
}

impl ReadError {
    /// Returns the command that would help, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Mode { path, .. } => Some(format!("chmod 600 {}", quoted(path))),
            _ => None,
        }
    }

    /// Returns the path that is at fault.
    pub fn path(&self) -> &Path {
        match self {
            Self::Symlink { path }
            | Self::UnsafeLink { path, .. }
            | Self::NotRegular { path }
            | Self::Mode { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Unstable { path }
            | Self::Io { path, .. } => path,
        }
    }
}

/// Returns a path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    // Only a NUL cannot be quoted, and no path has one.
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), std::borrow::Cow::into_owned)
}

/// What the system tells about a file without reading it. A changed file has another signature once it [is settled](Self::is_settled).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    dev: u64,
    ino: u64,
    size: u64,
    mtime_ns: i128,
    ctime_ns: i128,
}

/// Kernels stamp files with a clock that ticks each 1 to 10 ms (`CONFIG_HZ`); 50 ms leaves room for slow machines.
const KERNEL_TICK: Duration = Duration::from_millis(50);
/// Some file systems keep whole seconds, and FAT even pairs of them; a time without nanoseconds may come from such a one.
const COARSE_TICK: Duration = Duration::from_secs(2);

impl Signature {
    /// Returns the signature of what is at a path, without following a link; none when there is nothing.
    ///
    /// # Errors
    /// When the system cannot tell, such as for a directory that may not be searched.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        // Each call does this; std would ask for a dozen facts more than are compared.
        match rustix::fs::lstat(path) {
            Ok(stat) => Ok(Some(Self::from_stat(&stat))),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The same of the file behind a link.
    ///
    /// # Errors
    /// Those of the system, but for a missing file, which is none.
    pub fn behind(path: &Path) -> io::Result<Option<Self>> {
        match rustix::fs::stat(path) {
            Ok(stat) => Ok(Some(Self::from_stat(&stat))),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns device and inode: what stays the same when a file is written, and differs when it is replaced.
    pub fn identity(&self) -> (u64, u64) {
        (self.dev, self.ino)
    }

    /// Returns whether the file last changed so long before `now` that any later change must show: two changes within one tick of
    /// the kernel's clock can have one time stamp. Take `now` before reading; a time in the future is never settled.
    pub fn is_settled(&self, now: SystemTime) -> bool {
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(i128::MAX),
            Err(_) => return false,
        };
        let tick = if self.ctime_ns % 1_000_000_000 == 0 { COARSE_TICK } else { KERNEL_TICK };
        // The change time alone decides: the modification time can be set to anything, this one cannot.
        now - self.ctime_ns > i128::try_from(tick.as_nanos()).unwrap_or(i128::MAX)
    }

    pub(super) fn from_stat(stat: &rustix::fs::Stat) -> Self {
        Self {
            dev: unsigned(stat.st_dev),
            ino: unsigned(stat.st_ino),
            size: unsigned(stat.st_size),
            mtime_ns: nanos(stat.st_mtime, stat.st_mtime_nsec),
            ctime_ns: nanos(stat.st_ctime, stat.st_ctime_nsec),
        }
    }

    pub(super) fn from_metadata(metadata: &Metadata) -> Self {
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            size: metadata.size(),
            mtime_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The kernels disagree on the types of these fields; none is ever negative.
fn unsigned<N: TryInto<u64>>(field: N) -> u64 {
    field.try_into().unwrap_or(0)
}

fn nanos<S: Into<i128>, N: TryInto<i128>>(seconds: S, rest: N) -> i128 {
    seconds.into() * 1_000_000_000 + rest.try_into().unwrap_or(0)
}

/// Reads a file with credentials, and the signature that belongs to exactly these bytes; none when there is no file.
///
/// # Errors
/// When the file is not safe to read, or cannot be read.
pub fn read_credential(path: &Path, home: &Path) -> Result<Option<(Vec<u8>, Signature)>, ReadError> {
    for attempt in 0..ATTEMPTS {
        // A writer of a small file has mostly ended by now; else it is given the time that a person does not notice yet.
        if attempt > 1 {
            pause(Duration::from_millis(50));
        }
        let Some(fd) = open(path, home)? else { return Ok(None) };
        if let Some(found) = read_stable(File::from(fd), path)? {
            return Ok(Some(found));
        }
    }
    Err(ReadError::Unstable { path: path.to_owned() })
}

fn open(path: &Path, home: &Path) -> Result<Option<OwnedFd>, ReadError> {
    let Some(name) = path.file_name() else { return Err(ReadError::NotRegular { path: path.to_owned() }) };
    let dir = match walk::open_dir(path.parent().unwrap_or(Path::new("")), home) {
        Ok(dir) => dir,
        Err(WalkError::Symlink(path)) => return Err(ReadError::Symlink { path }),
        Err(WalkError::Open(_, errno)) if walk::is_missing(errno) => return Ok(None),
        Err(WalkError::Open(path, errno)) => return Err(ReadError::Io { path, source: errno.into() }),
    };
    // NONBLOCK: opening a pipe would otherwise wait for a writer. It has no effect on the regular file that is then required.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match openat(&dir, name, flags, Mode::empty()) {
        Ok(fd) => Ok(Some(fd)),
        Err(errno) if walk::is_missing(errno) => Ok(None),
        Err(_) if walk::is_symlink(&dir, name) => Err(ReadError::Symlink { path: path.to_owned() }),
        // What opening a socket gives.
        Err(Errno::NXIO | Errno::OPNOTSUPP) => Err(ReadError::NotRegular { path: path.to_owned() }),
        Err(errno) => Err(ReadError::Io { path: path.to_owned(), source: errno.into() }),
    }
}

/// Reads an open file, unless it changes meanwhile.
fn read_stable(mut file: File, path: &Path) -> Result<Option<(Vec<u8>, Signature)>, ReadError> {
    let io_error = |source| ReadError::Io { path: path.to_owned(), source };
    let before = file.metadata().map_err(io_error)?;
    check(&before, path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(before.size()).unwrap_or(0));
    (&mut file).take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(io_error)?;
    let after = file.metadata().map_err(io_error)?;
    check(&after, path)?;
    let signature = Signature::from_metadata(&after);
    let stable = signature == Signature::from_metadata(&before) && bytes.len() as u64 == after.size();
    Ok(stable.then_some((bytes, signature)))
}

fn check(metadata: &Metadata, path: &Path) -> Result<(), ReadError> {
    let path = || path.to_owned();
    let mode = metadata.mode() & 0o7777;
    if !metadata.is_file() {
        Err(ReadError::NotRegular { path: path() })
    } else if mode & 0o077 != 0 {
        Err(ReadError::Mode { path: path(), mode })
    } else if metadata.size() > MAX_SIZE {
        Err(ReadError::TooLarge { path: path(), size: metadata.size() })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_private_file_is_read_with_its_signature() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".mp/config.toml");
        assert!(read_credential(&path, home.path()).unwrap().is_none());
        for mode in [0o600, 0o400, 0o700] {
            write(&path, "x = 1", mode);
            let (bytes, signature) = read_credential(&path, home.path()).unwrap().unwrap();
            assert_eq!((bytes.as_slice(), Some(signature)), (b"x = 1".as_slice(), Signature::of(&path).unwrap()));
            fs::remove_file(&path).unwrap();
        }
        assert_eq!(Signature::of(&path.join("below/a/file")).unwrap(), None);
        write(&path, "", 0o600);
        assert_eq!(Signature::of(&path.join("below/a/file")).unwrap(), None);
        assert!(read_credential(&path.join("x"), home.path()).unwrap().is_none());
    }

    #[test]
    fn a_loose_mode_is_refused_with_the_command_that_helps() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("it's here");
        for mode in [0o644, 0o620, 0o601] {
            write(&path, "", mode);
            let error = read_credential(&path, home.path()).unwrap_err();
            assert!(matches!(&error, ReadError::Mode { mode: found, .. } if *found == mode), "{error}");
            assert!(error.hint().unwrap().ends_with("/it's here\""), "{:?}", error.hint());
        }
        assert_eq!(quoted(Path::new("/h/.mp/config.toml")), "/h/.mp/config.toml");
    }

    #[test]
    fn links_are_refused_at_the_leaf_everywhere_and_on_the_way_below_home() {
        let base = tempfile::tempdir().unwrap();
        let (home, elsewhere) = (base.path().join("home"), base.path().join("elsewhere"));
        write(&home.join("real/f"), "r", 0o600);
        write(&elsewhere.join("real/f"), "e", 0o600);
        for dir in [&home, &elsewhere] {
            symlink(dir.join("real"), dir.join("way")).unwrap();
            symlink(dir.join("real/f"), dir.join("leaf")).unwrap();
            symlink(dir.join("nowhere"), dir.join("dangling")).unwrap();
            for leaf in ["leaf", "dangling"] {
                assert!(matches!(read_credential(&dir.join(leaf), &home), Err(ReadError::Symlink { .. })), "{leaf}");
            }
        }
        match read_credential(&home.join("way/f"), &home) {
            Err(ReadError::Symlink { path }) => assert_eq!(path, home.join("way")),
            other => panic!("{other:?}"),
        }
        assert_eq!(read_credential(&elsewhere.join("way/f"), &home).unwrap().unwrap().0, b"e");
        // The home itself may be a link.
        symlink(&home, base.path().join("home-link")).unwrap();
        let linked = base.path().join("home-link");
        assert_eq!(read_credential(&linked.join("real/f"), &linked).unwrap().unwrap().0, b"r");
    }

    #[test]
    fn what_is_no_regular_file_fails_at_once() {
        let home = tempfile::tempdir().unwrap();
        let fifo = home.path().join("fifo");
        // Not every system lets a program make one by a call that rustix has.
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let socket = home.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [fifo, socket, home.path().to_owned(), "/".into()] {
            assert!(matches!(read_credential(&path, home.path()), Err(ReadError::NotRegular { .. })), "{path:?}");
        }
    }

    #[test]
    fn the_size_cap_is_that_of_the_python_tool() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        write(&path, &"x".repeat(1_048_576), 0o600);
        assert!(read_credential(&path, home.path()).unwrap().is_some());
        write(&path, &"x".repeat(1_048_577), 0o600);
        assert!(matches!(read_credential(&path, home.path()), Err(ReadError::TooLarge { size: 1_048_577, .. })));
    }

    #[test]
    fn a_signature_settles_after_one_tick_of_the_clock_that_wrote_it() {
        let at = |ctime_ns: i128| Signature { dev: 1, ino: 1, size: 1, mtime_ns: 0, ctime_ns };
        let now = UNIX_EPOCH + Duration::from_secs(100);
        let table = [
            (at(99_999_000_001), false),
            (at(99_949_999_999), true),
            (at(99_000_000_000), false),
            (at(97_000_000_000), true),
            (at(100_500_000_001), false),
        ];
        for (signature, settled) in table {
            assert_eq!(signature.is_settled(now), settled, "{signature:?}");
        }
    }

    #[test]
    fn each_kind_of_change_shows_in_the_signature() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        write(&path, "a", 0o600);
        let first = Signature::of(&path).unwrap();
        crate::files::pause::next_tick(home.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let second = Signature::of(&path).unwrap();
        assert_ne!(first, second, "a changed mode must lead to a new check");
        crate::files::pause::next_tick(home.path());
        fs::write(&path, "b").unwrap();
        assert_ne!(second, Signature::of(&path).unwrap());
    }
}
