//! Keeps what makes this the one daemon of its root: the lock, and the socket that clients find.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mp_proto::location::lock_file;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::place::make_dir_of;
use crate::handover::Descriptors;
use crate::life::Life;
use crate::listen::{self, ListenError, Presence, Socket};
use crate::lock::{Lock, private_dir, storage_root};

/// So long a daemon tries to get a socket that clients can find. Then it leaves: the next call starts another, which can say why it fails.
const PATIENCE: Duration = Duration::from_secs(15);

/// Lock and socket, looked after whenever something moved in the storage root.
pub(super) struct Claim {
    held: Mutex<Holding>,
    rebound: mpsc::Sender<UnixListener>,
    place: (PathBuf, PathBuf),
    socket: PathBuf,
    life: Life,
    is_kept: AtomicBool,
}

struct Holding {
    /// None when another daemon has it.
    lock: Option<Lock>,
    socket: Socket,
    /// The same socket as the server's, to be handed over.
    listener: Option<UnixListener>,
    /// Whether the file of the socket is another daemon's business.
    is_given: bool,
    /// Since when clients cannot find us.
    lost: Option<Instant>,
}

impl Claim {
    /// Takes over the lock and the socket; new listeners go to the server. `place` is the storage root, and the directory of the lock.
    pub(super) fn new(
        lock: Lock,
        (socket, listener): (Socket, Option<UnixListener>),
        rebound: mpsc::Sender<UnixListener>,
        place: (PathBuf, PathBuf),
        life: Life,
    ) -> Self {
        let path = socket.path().to_owned();
        let held = Holding { lock: Some(lock), socket, listener, is_given: false, lost: None };
        Self { held: Mutex::new(held), rebound, place, socket: path, life, is_kept: AtomicBool::new(false) }
    }

    /// Compares lock and socket with what is on disk, and puts right what can be. Returns whether all is well.
    pub(super) fn look(&self) -> bool {
        if self.life.is_stopping() {
            return true;
        }
        let mut held = self.held.lock();
        if held.is_given {
            return true;
        }
        if !held.has_lock() && !held.retake(&self.place) {
            warn!(path = %lock_file(&self.place.1).display(), "the lock was lost to another daemon");
            self.life.request_stop("another daemon serves this storage root");
            return true;
        }
        match held.socket.presence() {
            Presence::Ours => held.lost = None,
            Presence::Gone => self.bind_again(&mut held),
            Presence::Replaced => {
                warn!(path = %held.socket.path().display(), "the socket was replaced by another");
                self.life.request_stop("another process serves the socket");
            }
        }
        if held.lost.is_some_and(|since| since.elapsed() > PATIENCE) {
            self.life.request_stop("the socket could not be bound again");
        }
        held.lost.is_none()
    }

    fn bind_again(&self, held: &mut Holding) {
        held.lost.get_or_insert_with(Instant::now);
        // Whoever clears away what looks unused takes the directory, too.
        let made = make_dir_of(&self.socket)
            .map_err(|source| ListenError::Bind { path: self.socket.clone(), source })
            .and_then(|()| Socket::bind(&self.socket));
        match made {
            Ok((socket, listener)) => {
                held.socket = socket;
                held.listener = listener.try_clone().ok();
                held.lost = None;
                info!(path = %self.socket.display(), "the socket was bound again");
                if self.rebound.try_send(listener).is_err() {
                    // The server has not taken the last one yet; the next look tries again, for this file goes with its listener.
                    let _ = held.socket.remove();
                }
            }
            Err(error) => warn!(%error, "the socket could not be bound again"),
        }
    }
}

/// What another daemon needs to take over.
impl Claim {
    /// Returns copies of the descriptors of the socket and the lock.
    ///
    /// # Errors
    /// When they are not this daemon's to give.
    pub(super) fn descriptors(&self) -> io::Result<Descriptors> {
        let held = self.held.lock();
        let refused = |why: &str| Err(io::Error::other(why.to_owned()));
        let (Some(listener), Some(lock)) = (&held.listener, &held.lock) else {
            return refused("it has let go of them");
        };
        if !held.socket.owns_file() {
            return refused("its socket belongs to whoever started it");
        }
        if !held.is_well() {
            return refused("its socket or its lock is not where it was");
        }
        Ok((OwnedFd::from(listener.try_clone()?), lock.descriptor()?))
    }

    /// Leaves the socket's file to the daemon that takes over. Returns whether that is still possible.
    pub(super) fn give(&self) -> bool {
        let mut held = self.held.lock();
        held.is_given = !self.life.is_stopping() && held.is_well();
        held.is_given
    }

    /// Has all back from a daemon that did not take over.
    pub(super) fn keep(&self) {
        let mut held = self.held.lock();
        held.is_given = false;
        let (Some(lock), Some(listener)) = (&held.lock, &held.listener) else { return };
        if let Err(error) = lock.sign().and_then(|()| listen::listen(listener)) {
            warn!(%error, "clients are not told which process serves");
        }
    }

    /// Closes this process's copies: the socket lives where another process has one, and so does the lock.
    pub(super) fn let_go(&self) {
        let mut held = self.held.lock();
        held.listener = None;
        if held.is_given {
            held.lock = None;
        }
    }

    /// Keeps the socket open beyond the end, for the program that takes the place of this one.
    pub(super) fn keep_open(&self) {
        self.is_kept.store(true, Ordering::Relaxed);
    }

    /// Returns whether it is kept open.
    pub(super) fn is_kept_open(&self) -> bool {
        self.is_kept.load(Ordering::Relaxed)
    }

    /// Lets go of the socket when the daemon stops, unless it is kept open: whoever connects then would wait for nothing.
    pub(super) async fn close_in_time(&self) {
        self.life.stopping().await;
        if !self.is_kept_open() {
            self.let_go();
        }
    }
}

impl Holding {
    fn has_lock(&self) -> bool {
        self.lock.as_ref().is_some_and(Lock::is_in_place)
    }

    fn is_well(&self) -> bool {
        self.has_lock() && self.socket.presence() == Presence::Ours
    }

    /// The lock file was removed, perhaps with the whole root. Whoever locks the new one first is the daemon.
    fn retake(&mut self, (root, run): &(PathBuf, PathBuf)) -> bool {
        let uid = rustix::process::geteuid().as_raw();
        let made = match run.starts_with(root) {
            true => storage_root(root, uid).and_then(|()| private_dir(run, uid)),
            false => private_dir(run, uid),
        };
        match made.and_then(|()| Lock::take(&lock_file(run))) {
            Ok(lock) => {
                info!("the lock was taken again");
                self.lock = Some(lock);
                true
            }
            Err(error) => {
                warn!(%error, "the lock could not be taken again");
                false
            }
        }
    }
}

impl Drop for Holding {
    /// Removes the socket at the end, if it still is ours. The lock goes with the process.
    fn drop(&mut self) {
        if !self.is_given
            && let Err(error) = self.socket.remove()
        {
            warn!(%error, "the socket was not removed");
        }
    }
}
