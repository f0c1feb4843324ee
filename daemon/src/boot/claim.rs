//! Keeps what makes this the one daemon of its root: the lock, and the socket that clients find.

use parking_lot::Mutex;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mp_proto::location::lock_file;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::place::make_dir_of;
use crate::life::Life;
use crate::listen::{ListenError, Presence, Socket};
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
}

struct Holding {
    lock: Lock,
    socket: Socket,
    /// Since when clients cannot find us.
    lost: Option<Instant>,
}

impl Claim {
    /// Takes over the lock and the socket; new listeners go to the server. `place` is the storage root, and the directory of the lock.
    pub(super) fn new(
        lock: Lock,
        socket: Socket,
        rebound: mpsc::Sender<UnixListener>,
        place: (PathBuf, PathBuf),
        life: Life,
    ) -> Self {
        let path = socket.path().to_owned();
        Self { held: Mutex::new(Holding { lock, socket, lost: None }), rebound, place, socket: path, life }
    }

    /// Compares lock and socket with what is on disk, and puts right what can be. Returns whether all is well.
    pub(super) fn look(&self) -> bool {
        if self.life.is_stopping() {
            return true;
        }
        let mut held = self.held.lock();
        if !held.lock.is_in_place() && !held.retake(&self.place) {
            warn!(path = %held.lock.path().display(), "the lock was lost to another daemon");
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

impl Holding {
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
                self.lock = lock;
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
        if let Err(error) = self.socket.remove() {
            warn!(%error, "the socket was not removed");
        }
    }
}
