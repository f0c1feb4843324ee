//! A connection to the daemon that is certainly the user's own, starting the daemon if there is none.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind, chain};
use mp_proto::ownership::OwnershipError;
use tokio::net::UnixStream;
use tokio::time::Instant;

use crate::peer::{Peer, connect_now};
use crate::place::{Place, uid};
use crate::spawn::{self, Start};

/// How long a start may take before the client gives up.
pub(crate) const START_DEADLINE: Duration = Duration::from_secs(10);

/// The same where it takes over: the one that serves may have tokens to save first.
const TAKE_OVER_DEADLINE: Duration = Duration::from_secs(25);

/// Between two looks for a daemon whose queue of new connections is full, or that is just ending.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a daemon is started again that was killed before it was ready. Who is killed each time has a reason that stays.
const RESTARTS: u32 = 4;

/// Longest pause between two starts while another daemon is on its way in or out: each try costs a process.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody listens.
    #[error("no daemon listens at {}", socket.display())]
    Nobody {
        /// Where.
        socket: PathBuf,
    },
    /// What is there may be somebody else's.
    #[error("{} is not safe to use: {found}", path.display())]
    Unsafe {
        /// The socket or its directory.
        path: PathBuf,
        /// What is wrong.
        found: String,
    },
    /// The storage root is not to be used, so nothing is made there and no daemon is started.
    #[error(transparent)]
    Ownership(OwnershipError),
    /// The system refused.
    #[error("could not connect to {}", socket.display())]
    Io {
        /// Where.
        socket: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A daemon was started and did not become ready.
    #[error("the daemon did not start: {reason}")]
    Start {
        /// What it said, or what became of it.
        reason: String,
        /// Where its log is.
        log: PathBuf,
    },
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let failure = Self { unsent: true, ..Self::new(FailureKind::Unreachable, chain(&error)) };
        match error {
            ConnectError::Nobody { .. } => failure.next("mp daemon start", "start it"),
            ConnectError::Start { log, .. } => failure
                .next("mp daemon doctor", "look for the cause")
                .next(format!("tail {}", log.display()), "read its log"),
            ConnectError::Unsafe { path, .. } => failure
                .next(format!("ls -ld {}", path.display()), "see whose it is")
                .next("mp daemon doctor", "see what to do about it"),
            ConnectError::Ownership(OwnershipError::Foreign { .. }) if uid() == 0 => {
                failure.next("sudo -H mp session", "use root's own home")
            }
            ConnectError::Ownership(_) | ConnectError::Io { .. } => {
                failure.next("mp daemon doctor", "look for the cause")
            }
        }
    }
}

/// How far a socket that takes connections is trusted to have somebody behind it. A daemon that was killed keeps taking them until the
/// system has closed its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// What reads is repeated if nobody answers; the look at the process is spared.
    None,
    /// What changes something is not repeated, and what was repeated once should not end in the same place.
    Look,
}

impl Doubt {
    /// Returns the doubt of an attempt, the first of which is 1.
    pub(crate) fn of(is_read: bool, attempt: u32) -> Self {
        if is_read && attempt == 1 { Self::None } else { Self::Look }
    }
}

/// Connects to the daemon, starting it when that is allowed and needed.
///
/// # Errors
/// When no daemon answers and none may or can be started, or what answers is not the user's own.
pub(crate) async fn connect(place: &Place, doubt: Doubt) -> Result<(UnixStream, Peer), ConnectError> {
    match reach(place, doubt).await {
        Err(ConnectError::Nobody { .. }) if place.autostart => {}
        connected => return connected,
    }
    let place = &place.anew();
    let deadline = Instant::now() + START_DEADLINE;
    let (mut pause, mut tries) = (PAUSE, Tries::default());
    loop {
        let until = deadline.into_std();
        let turn = take_turn_until(place, until).await?;
        match reach(place, doubt).await {
            Err(ConnectError::Nobody { .. }) => {}
            connected => return connected,
        }
        let started = blocking(place, move |place| spawn::start(place, &turn, Start::New, until)).await;
        match reach(place, doubt).await {
            Err(ConnectError::Nobody { .. }) => {}
            connected => return connected,
        }
        tries.judge(started, Instant::now() < deadline).map_err(|reason| start_error(place, reason))?;
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// What became of the starts so far.
#[derive(Default)]
struct Tries {
    kills: u32,
    /// Who held the lock when one was told.
    in_the_way: Option<String>,
}

impl Tries {
    /// Decides whether to try again, after a start that led to no connection; else says why not.
    fn judge(&mut self, started: Result<(), spawn::StartError>, is_time: bool) -> Result<(), String> {
        match started {
            Ok(()) if is_time => Ok(()),
            Ok(()) => Err("it became ready and went away at once".to_owned()),
            // It is on its way in or out.
            Err(spawn::StartError::AnotherHoldsTheLock(reason)) => {
                let again = if is_time { Ok(()) } else { Err(reason.clone()) };
                self.in_the_way = Some(reason);
                again
            }
            // Somebody has killed it before it could say a word; the next one may have more luck.
            Err(spawn::StartError::Killed { .. }) if is_time && self.kills < RESTARTS => {
                self.kills += 1;
                Ok(())
            }
            // Anything else will not get better by waiting. The last one had no time to find out what an earlier one has said.
            Err(error) => Err(self.in_the_way.take().unwrap_or_else(|| error.to_string())),
        }
    }
}

/// Takes the turn to start a daemon, so that nobody else does before this is dropped.
///
/// # Errors
/// When others start one for too long.
pub(crate) async fn take_turn(place: &Place) -> Result<spawn::Turn, ConnectError> {
    take_turn_until(place, (Instant::now() + START_DEADLINE).into_std()).await
}

async fn take_turn_until(place: &Place, until: std::time::Instant) -> Result<spawn::Turn, ConnectError> {
    let turn = blocking(place, move |place| spawn::take_turn(place, until)).await;
    turn.map_err(|error| match error {
        spawn::StartError::Ownership(error) => ConnectError::Ownership(error),
        error => start_error(place, error.to_string()),
    })
}

/// Starts a daemon with the environment of this process, unless a service manager listens for its own.
///
/// # Errors
/// When it does not become ready.
pub(crate) async fn start_in_turn(place: &Place, turn: Arc<spawn::Turn>) -> Result<(), ConnectError> {
    if !matches!(probe(place).await, Err(ConnectError::Nobody { .. })) {
        return Ok(());
    }
    let until = (Instant::now() + START_DEADLINE).into_std();
    match blocking(place, move |place| spawn::start(place, &turn, Start::New, until)).await {
        Ok(()) | Err(spawn::StartError::AnotherHoldsTheLock(_)) => Ok(()),
        Err(error) => Err(start_error(place, error.to_string())),
    }
}

/// Starts a daemon with the environment of this process, which takes over from the one that serves, so that no call fails. Returns
/// whether it serves now. Where nothing is handed over, the one that serves, if there is one, has to be stopped first.
///
/// # Errors
/// When the new one cannot serve; then the other one goes on.
pub(crate) async fn take_over(place: &Place, turn: &Arc<spawn::Turn>) -> Result<bool, ConnectError> {
    let (until, turn) = ((Instant::now() + TAKE_OVER_DEADLINE).into_std(), Arc::clone(turn));
    match blocking(place, move |place| spawn::start(place, &turn, Start::TakeOver, until)).await {
        Ok(()) => Ok(true),
        Err(spawn::StartError::NotHandedOver(_) | spawn::StartError::AnotherHoldsTheLock(_)) => Ok(false),
        Err(error) => Err(start_error(place, error.to_string())),
    }
}

/// Runs what waits for locks and processes on a thread of its own: other tasks may share ours.
async fn blocking<T: Send + 'static>(
    place: &Place,
    work: impl FnOnce(&Place) -> Result<T, spawn::StartError> + Send + 'static,
) -> Result<T, spawn::StartError> {
    let place = place.clone();
    let done = tokio::task::spawn_blocking(move || work(&place)).await;
    done.unwrap_or_else(|_| Err(spawn::StartError::Silent("the start was given up".to_owned())))
}

fn start_error(place: &Place, reason: String) -> ConnectError {
    ConnectError::Start { reason, log: place.log() }
}

/// Connects to a daemon that runs, and waits, where there is doubt, until one that is ending has ended.
async fn reach(place: &Place, doubt: Doubt) -> Result<(UnixStream, Peer), ConnectError> {
    let deadline = Instant::now() + START_DEADLINE;
    loop {
        let (stream, socket) = find(place).await?;
        let peer = Peer::of(&stream, socket);
        if doubt == Doubt::None || !peer.has_ended() {
            return Ok((stream, peer));
        }
        if Instant::now() >= deadline {
            let found = "the process that listens there has ended, but the system has not closed its socket".to_owned();
            return Err(start_error(place, found));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Connects to a daemon that runs, and checks that it is the user's own.
///
/// # Errors
/// When nobody listens, or what listens is not the user's own.
pub(crate) async fn probe(place: &Place) -> Result<UnixStream, ConnectError> {
    find(place).await.map(|(stream, _)| stream)
}

/// Connects to the first socket that somebody listens at, of those where the daemon may be.
async fn find(place: &Place) -> Result<(UnixStream, &Path), ConnectError> {
    for socket in &place.sockets {
        match connect_to(place, socket).await {
            Err(ConnectError::Nobody { .. }) => {}
            connected => return Ok((connected?, socket)),
        }
    }
    Err(ConnectError::Nobody { socket: place.socket.clone() })
}

async fn connect_to(place: &Place, path: &Path) -> Result<UnixStream, ConnectError> {
    check_directory(path)?;
    let stream = connect_within(path, REFUSES_WHEN_FULL, || place.is_served(), START_DEADLINE).await?;
    check_peer(&stream, path)?;
    Ok(stream)
}

/// Whether this system refuses a connection when the queue of new ones is full. Linux says then that it should be tried again; the BSDs
/// and macOS say the same as of a socket that nobody listens at.
const REFUSES_WHEN_FULL: bool = cfg!(not(target_os = "linux"));

/// Connects, and waits for so long where that can help. `lives` tells whether a daemon serves the storage root: it holds a lock for life.
async fn connect_within(
    path: &Path,
    refuses_when_full: bool,
    lives: impl Fn() -> bool,
    patience: Duration,
) -> Result<UnixStream, ConnectError> {
    let socket = || path.to_owned();
    let deadline = Instant::now() + patience;
    loop {
        let error = match connect_now(path) {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        // The daemon's queue of new connections is full (it works, but for many at once), or it ended while we waited there.
        let is_full = refuses_when_full && error.kind() == io::ErrorKind::ConnectionRefused && lives();
        if (is_full || is_passing(&error)) && Instant::now() < deadline {
            tokio::time::sleep(spread(PAUSE)).await;
        } else if is_nobody(&error) {
            return Err(ConnectError::Nobody { socket: socket() });
        } else {
            return Err(ConnectError::Io { socket: socket(), source: error });
        }
    }
}

/// Returns a pause between once and twice as long, so that many who were refused at once do not come back at once.
fn spread(pause: Duration) -> Duration {
    let part = RandomState::new().hash_one(()) % 1024;
    pause + pause * u32::try_from(part).unwrap_or(0) / 1024
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

/// Missing, or left by a daemon that was killed.
fn is_nobody(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory)
}

/// Another user who could write to the directory could put a socket of their own there.
fn check_directory(socket: &Path) -> Result<(), ConnectError> {
    let directory = socket.parent().unwrap_or(Path::new("/"));
    let wrong = |found: String| ConnectError::Unsafe { path: directory.to_owned(), found };
    let found = match std::fs::symlink_metadata(directory) {
        Ok(found) => found,
        Err(error) if is_nobody(&error) => return Err(ConnectError::Nobody { socket: socket.to_owned() }),
        Err(source) => return Err(ConnectError::Io { socket: socket.to_owned(), source }),
    };
    if found.is_symlink() {
        return Err(wrong("it is a symbolic link".to_owned()));
    }
    if found.uid() != uid() && found.uid() != 0 {
        return Err(wrong(format!("it belongs to uid {}", found.uid())));
    }
    if found.mode() & 0o077 != 0 {
        // Nothing is there to be mistaken for ours, and a daemon that starts there makes the directory private first.
        if std::fs::symlink_metadata(socket).is_err_and(|error| is_nobody(&error)) {
            return Err(ConnectError::Nobody { socket: socket.to_owned() });
        }
        return Err(wrong(format!("it has mode {:04o}, expected 0700", found.mode() & 0o7777)));
    }
    Ok(())
}

fn check_peer(stream: &UnixStream, socket: &Path) -> Result<(), ConnectError> {
    let peer = stream.peer_cred().map_err(|source| ConnectError::Io { socket: socket.to_owned(), source })?;
    if peer.uid() == uid() || peer.uid() == 0 {
        return Ok(());
    }
    let found = format!("uid {} listens there, and you are uid {}", peer.uid(), uid());
    Err(ConnectError::Unsafe { path: socket.to_owned(), found })
}

#[cfg(test)]
mod tests;
