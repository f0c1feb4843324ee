//! How this daemon comes to its lock and its socket: by itself, or from the one that has served so far.
//!
//! What another daemon hands over is complete: as soon as the descriptors are here, its end, however it comes, leaves this one as the
//! daemon. Only its word that it goes on makes this one give up.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use mp_proto::handover::{END, KEPT, READY, SERVING, YOURS};
use mp_proto::location::lock_file;
use mp_proto::wire::StartedBy;
use tokio::net::UnixStream;
use tokio::time::timeout;
use tracing::{info, warn};

use super::error::BootError;
use super::place::Place;
use crate::args::{Options, TakeOver};
use crate::handover::{self, Channel, HandoverError, WORD};
use crate::life::{HANDED_OVER, Life};
use crate::listen::{self, Socket};
use crate::lock::Lock;

/// How long a daemon that a client started waits for one that is just leaving. The client gives up at 10 s, and should have heard by then
/// who is in the way.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(7);

/// How often one that is ending is asked again: the one that serves then is another one.
const ATTEMPTS: u32 = 20;

/// How long after the last time.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, and what else another daemon has handed over.
pub(super) struct Held {
    pub(super) lock: Lock,
    taken: Option<Taken>,
}

struct Taken {
    socket: Option<OwnedFd>,
    channel: Channel,
}

/// Takes the root's lock, from the daemon that holds it where that is asked for.
///
/// # Errors
/// When another process holds it, and does not hand it over.
pub(super) async fn hold(options: &Options, place: &Place) -> Result<Held, BootError> {
    let channel = match options.take_over {
        None => None,
        Some(TakeOver::Socket) => Some(ask(place).await?),
        Some(TakeOver::Stdin) => Some(stdin()?),
    };
    let Some(channel) = channel else { return Ok(Held { lock: take_lock(options.started_by, place)?, taken: None }) };
    let (socket, lock) = channel.take().await?;
    let lock = Lock::adopt(&lock_file(&place.run), File::from(lock))?;
    Ok(Held { lock, taken: Some(Taken { socket: Some(socket), channel }) })
}

/// Asks the daemon that serves. One that ends at this moment is followed by another, or by none.
async fn ask(place: &Place) -> Result<Channel, HandoverError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match handover::ask(&place.socket).await {
            Err(HandoverError::Ended) if attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
            asked => return asked,
        }
    }
}

/// Returns standard input as the connection that it is. A copy: in its place there is nothing from then on.
fn stdin() -> Result<Channel, HandoverError> {
    let copy = rustix::stdio::stdin().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?).map_err(std::io::Error::from)?;
    let stream = std::os::unix::net::UnixStream::from(copy);
    stream.set_nonblocking(true)?;
    Ok(Channel::new(UnixStream::from_std(stream)?))
}

/// Takes the root's lock. A daemon that is just leaving still has it while its calls finish; for that one a client's daemon waits.
fn take_lock(started_by: StartedBy, place: &Place) -> Result<Lock, BootError> {
    let path = lock_file(&place.run);
    let patience = if started_by == StartedBy::Client { WAIT_FOR_LOCK } else { Duration::ZERO };
    // One that still listens is not leaving.
    let is_leaving = || std::os::unix::net::UnixStream::connect(&place.socket).is_err();
    Ok(Lock::take_until(&path, Instant::now() + patience, is_leaving)?)
}

impl Held {
    /// Returns the socket to serve: the one that was handed over, else a new one.
    ///
    /// # Errors
    /// When it is none, or none can be bound.
    pub(super) fn socket(&mut self, place: &Place) -> Result<(Socket, UnixListener), BootError> {
        match self.taken.as_mut().and_then(|taken| taken.socket.take()) {
            Some(descriptor) => Ok(Socket::adopt(&place.socket, descriptor)?),
            None => Ok(Socket::open(&place.socket)?),
        }
    }

    /// Says that this daemon is ready, and waits until the other one has let go.
    ///
    /// # Errors
    /// When it goes on.
    pub(super) async fn confirm(&mut self, listener: &UnixListener) -> Result<(), BootError> {
        let Some(taken) = &mut self.taken else { return Ok(()) };
        if taken.channel.say(READY).await.is_ok() {
            // It may have tokens to save first.
            let heard = timeout(WORD, taken.channel.hear()).await.map_err(|_| HandoverError::Late)?;
            match heard.ok().flatten().as_deref() {
                Some(YOURS) => {}
                Some(word) => match word.strip_prefix(KEPT) {
                    Some(why) => return Err(HandoverError::Refused(why.trim().to_owned()).into()),
                    None => return Err(HandoverError::Unexpected(word.to_owned()).into()),
                },
                None => warn!("the daemon that has served was killed"),
            }
        }
        if let Err(error) = self.lock.sign().and_then(|()| listen::listen(listener)) {
            warn!(%error, "clients are not told which process serves");
        }
        Ok(())
    }

    /// Says that this daemon serves. When it ends for good, the one before it ends, too.
    pub(super) async fn serving(self, life: &Life) -> Lock {
        if let Some(mut taken) = self.taken {
            // Whoever does not hear it any more has ended, which is as good.
            let _ = taken.channel.say(SERVING).await;
            // Who has started this daemon hears of it when nobody else answers any more.
            let _ = timeout(WORD, taken.channel.hear()).await;
            info!("took over from the daemon that has served");
            let ends = life.clone();
            life.spawn(async move {
                if ends.pressed().await && ends.reason() != HANDED_OVER {
                    let _ = taken.channel.say(END).await;
                }
            });
        }
        self.lock
    }
}
