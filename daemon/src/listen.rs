//! The socket: inherited from a service manager, or bound here; replaced when it is stale, re-bound when somebody removes it.

use std::fs::Permissions;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// Why there is no socket to serve.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// A service manager handed over something else than one Unix stream socket.
    #[error("the descriptor handed over by the service manager is not a listening Unix socket")]
    Inherited(#[source] io::Error),
    /// Another daemon handed over something else.
    #[error("the descriptor handed over by the daemon that serves is not a listening Unix socket")]
    HandedOver(#[source] io::Error),
    /// Something that is no socket lies at the path.
    #[error("{} is in the way and is not a socket; remove it", path.display())]
    InTheWay {
        /// The path.
        path: PathBuf,
    },
    /// A process answers at the path, though we hold the lock of the root.
    #[error("another process listens at {}; choose another --socket", path.display())]
    Taken {
        /// The path.
        path: PathBuf,
    },
    /// The file system said no.
    #[error("could not bind {}", path.display())]
    Bind {
        /// The path.
        path: PathBuf,
        /// Its answer.
        source: io::Error,
    },
}

/// How many connections wait to be accepted; the system may allow fewer.
const BACKLOG: i32 = 4096;

/// Which file a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inode(u64, u64);

impl Inode {
    fn of(path: &Path) -> io::Result<Option<Self>> {
        match std::fs::symlink_metadata(path) {
            Ok(found) => Ok(Some(Self(found.dev(), found.ino()))),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What became of the socket's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The path leads to our socket.
    Ours,
    /// Nothing is there; clients cannot find us.
    Gone,
    /// Another file is there; clients find somebody else.
    Replaced,
}

/// A listening socket and the file it owns.
#[derive(Debug)]
pub struct Socket {
    path: PathBuf,
    inode: Option<Inode>,
}

impl Socket {
    /// Takes the socket of the service manager (`LISTEN_FDS`), else binds the path.
    ///
    /// # Errors
    /// When what was handed over is no listening socket, or the path cannot be bound.
    pub fn open(path: &Path) -> Result<(Self, UnixListener), ListenError> {
        let inherited = listenfd::ListenFd::from_env().take_unix_listener(0).map_err(ListenError::Inherited)?;
        match inherited {
            // Its file belongs to the service manager, which keeps it when we leave.
            Some(listener) => Ok((Self { path: path.to_owned(), inode: None }, listener)),
            None => Self::bind(path),
        }
    }

    /// Takes a listening socket that another daemon has handed over, with the file that it owned.
    ///
    /// # Errors
    /// When it is no listening Unix socket, or its file has gone.
    pub fn adopt(path: &Path, descriptor: OwnedFd) -> Result<(Self, UnixListener), ListenError> {
        let wrong = |errno: rustix::io::Errno| ListenError::HandedOver(errno.into());
        let address = rustix::net::getsockname(&descriptor).map_err(wrong)?;
        if address.address_family() != rustix::net::AddressFamily::UNIX {
            return Err(wrong(rustix::io::Errno::AFNOSUPPORT));
        }
        let inode = Inode::of(path).map_err(|source| ListenError::Bind { path: path.to_owned(), source })?;
        // Without a file, whoever looks after the socket finds that it has gone, and binds another one.
        Ok((Self { path: path.to_owned(), inode: inode.or(Some(Inode(0, 0))) }, descriptor.into()))
    }

    /// Returns whether its file is this daemon's, and not that of a service manager.
    pub fn owns_file(&self) -> bool {
        self.inode.is_some()
    }

    /// Binds under a temporary name, sets the mode and renames: a client sees either no daemon or a ready, private socket.
    ///
    /// # Errors
    /// When something else is in the way, answers there, or the directory does not let us.
    pub fn bind(path: &Path) -> Result<(Self, UnixListener), ListenError> {
        let bind_error = |source| ListenError::Bind { path: path.to_owned(), source };
        refuse_to_replace(path)?;
        // One byte longer than the socket: the limit on its length leaves room for that.
        let staged = PathBuf::from(format!("{}~", path.display()));
        match std::fs::remove_file(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(bind_error(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&staged).map_err(bind_error)?;
        std::fs::set_permissions(&staged, Permissions::from_mode(0o600)).map_err(bind_error)?;
        std::fs::rename(&staged, path).map_err(bind_error)?;
        let inode = Inode::of(path).map_err(bind_error)?;
        Ok((Self { path: path.to_owned(), inode }, listener))
    }

    /// Looks whether the path could be bound, unless a daemon answers there.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub fn check(path: &Path) -> Result<(), ListenError> {
        match refuse_to_replace(path) {
            Err(ListenError::Taken { .. }) => return Ok(()),
            checked => checked?,
        }
        let staged = PathBuf::from(format!("{}~{}", path.display(), std::process::id() % 100));
        let bound = UnixListener::bind(&staged).map(drop);
        let _ = std::fs::remove_file(&staged);
        bound.map_err(|source| ListenError::Bind { path: path.to_owned(), source })
    }

    /// Looks what the path leads to now. A file that a service manager owns is its business.
    pub fn presence(&self) -> Presence {
        let Some(ours) = self.inode else { return Presence::Ours };
        match Inode::of(&self.path) {
            Ok(Some(found)) if found == ours => Presence::Ours,
            Ok(Some(_)) => Presence::Replaced,
            // Where we may not look, clients of ours cannot go.
            Ok(None) | Err(_) => Presence::Gone,
        }
    }

    /// Removes the file, if it still is ours.
    pub fn remove(&self) -> io::Result<()> {
        match self.presence() {
            Presence::Ours if self.inode.is_some() => std::fs::remove_file(&self.path),
            _ => Ok(()),
        }
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes this process the one that listens. Clients ask the system which process that is, to know whether it still lives, and it tells the
/// one that has said so last.
///
/// # Errors
/// Those of the system.
pub fn listen(listener: &UnixListener) -> io::Result<()> {
    Ok(rustix::net::listen(listener, BACKLOG)?)
}

/// A stale socket may be replaced. Anything else may not: we hold the root's lock, but the path may be somebody else's.
fn refuse_to_replace(path: &Path) -> Result<(), ListenError> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(ListenError::Bind { path: path.to_owned(), source }),
        Ok(found) if !found.file_type().is_socket() => Err(ListenError::InTheWay { path: path.to_owned() }),
        Ok(_) => match UnixStream::connect(path) {
            Ok(_) => Err(ListenError::Taken { path: path.to_owned() }),
            Err(_) => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        drop(UnixListener::bind(&path).expect("bound"));
        let (socket, _listener) = Socket::bind(&path).expect("stale");
        assert_eq!(socket.presence(), Presence::Ours);
        assert_eq!(std::fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert!(matches!(Socket::bind(&path), Err(ListenError::Taken { .. })));
    }

    #[test]
    fn a_file_in_the_way_is_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        std::fs::write(&path, "precious").expect("written");
        assert!(matches!(Socket::bind(&path), Err(ListenError::InTheWay { .. })));
        assert_eq!(std::fs::read_to_string(&path).expect("kept"), "precious");
    }

    #[test]
    fn removal_and_replacement_are_noticed_and_only_our_own_file_is_removed() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        let (socket, _listener) = Socket::bind(&path).expect("bound");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(socket.presence(), Presence::Gone);
        let _other = UnixListener::bind(&path).expect("bound by another");
        assert_eq!(socket.presence(), Presence::Replaced);
        socket.remove().expect("nothing to do");
        assert!(path.exists(), "another's socket stays");
    }
}
