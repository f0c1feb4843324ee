//! Keeps what makes this the one daemon of its root: the lock, and the socket that clients find.

use parking_lot::Mutex;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::life::Life;
use crate::listen::{Presence, Socket};
use crate::lock::{Lock, private_dir, storage_root};

/// Lock and socket, looked after whenever something moved in the storage root.
pub(super) struct Claim {
    held: Mutex<Holding>,
    rebound: mpsc::Sender<UnixListener>,
    root: PathBuf,
    socket: PathBuf,
    life: Life,
}

struct Holding {
    lock: Lock,
    socket: Socket,
}

impl Claim {
    /// Takes over the lock and the socket; new listeners go to the server.
    pub(super) fn new(
        lock: Lock,
        socket: Socket,
        rebound: mpsc::Sender<UnixListener>,
        root: PathBuf,
        life: Life,
    ) -> Self {
        let path = socket.path().to_owned();
        Self { held: Mutex::new(Holding { lock, socket }), rebound, root, socket: path, life }
    }

    /// Compares lock, socket and the lock with what is on disk, and puts right what can be.
    pub(super) fn look(&self) {
        if self.life.is_stopping() {
            return;
        }
        let mut held = self.held.lock();
        if !held.lock.is_in_place() && !held.retake(&self.root) {
            warn!(path = %held.lock.path().display(), "the lock was lost to another daemon");
            return self.life.request_stop("another daemon serves this storage root");
        }
        match held.socket.presence() {
            Presence::Ours => {}
            Presence::Gone => self.bind_again(&mut held),
            Presence::Replaced => {
                warn!(path = %held.socket.path().display(), "the socket was replaced by another");
                self.life.request_stop("another process serves the socket");
            }
        }
    }

    fn bind_again(&self, held: &mut Holding) {
        match Socket::bind(&self.socket) {
            Ok((socket, listener)) => {
                held.socket = socket;
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
    fn retake(&mut self, root: &Path) -> bool {
        let uid = rustix::process::geteuid().as_raw();
        let run = mp_proto::location::run_dir(root);
        let made = storage_root(root, uid).and_then(|()| private_dir(&run, uid));
        match made.and_then(|()| Lock::take(&run.join("mpd.lock"))) {
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
