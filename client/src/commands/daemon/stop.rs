//! `mp daemon stop`: by the socket, and by the process where no socket leads to the daemon.

use std::path::Path;
use std::time::Duration;

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{SHUTDOWN, VERSION};
use mp_proto::wire::{Accepted, RESTARTING, Shutdown, VersionBody};
use rustix::process::Signal;
use tokio::time::Instant;

use super::lock::{self, Owner};
use crate::arg::switch;
use crate::call::Call;
use crate::connect::{ConnectError, probe};
use crate::place::Place;

/// Longest wait for a daemon to leave: its grace for calls (10 s) and for a refresh (25 s), and a little.
const LEAVE: Duration = Duration::from_secs(40);

/// How long a daemon may take to answer that is to be stopped in any case.
const ANSWER: Duration = Duration::from_secs(10);

/// How long a service manager may take to start the next one: launchd waits for 10 s after one that has lived for less.
const MANAGER: Duration = Duration::from_secs(15);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// Adds the arguments.
pub(super) fn arguments(command: clap::Command) -> clap::Command {
    command.arg(switch("force", "Stop it whatever is lost by that, and kill it if it does not answer or leave"))
}

/// Returns whether it is to be stopped in any case.
pub(super) fn is_forced(call: &Call<'_>) -> bool {
    call.arguments.try_get_one::<bool>("force").ok().flatten().copied().unwrap_or(false)
}

/// What is to follow the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Nothing,
    /// Another daemon, which a service manager may start.
    Another,
}

/// Runs the command.
///
/// # Errors
/// When it does not leave.
pub(super) async fn run(call: &mut Call<'_>, after: After) -> Result<(), Failure> {
    let force = is_forced(call);
    match stopped(call, force, after).await? {
        Some(said) => call.output.line(&said),
        None => Ok(()),
    }
}

/// Stops it, and returns what is to be said of that, if another one does not serve already.
///
/// # Errors
/// When it does not leave.
pub(super) async fn stopped(call: &mut Call<'_>, force: bool, after: After) -> Result<Option<String>, Failure> {
    let place = call.daemon.options().place.clone();
    match probe(&place).await {
        Ok(stream) => drop(stream),
        Err(ConnectError::Nobody { .. }) => match lock::held_soon(&place).await {
            None => return Ok(Some("mpd is not running".to_owned())),
            Some(path) => return by_process(call, &path, force).await.map(Some),
        },
        Err(error) => return Err(error.into()),
    }
    call.ignore_build();
    // One that has left meanwhile must not be started to be stopped.
    call.set_autostart(false);
    if force {
        call.daemon.set_deadline(ANSWER);
    }
    let instance = instance(call).await;
    let shutdown = Shutdown { force, again: after == After::Another };
    let asked = call.daemon.call::<Accepted>(Method::POST, SHUTDOWN, Some(&shutdown)).await;
    match asked {
        Ok(answer) => {
            if call.body(answer).status == RESTARTING {
                gone(call, instance.as_deref()).await?;
                return started(&place).await.map(|()| None);
            }
        }
        // Somebody else stops it; what counts is that it leaves.
        Err(failure) if matches!(failure.kind, FailureKind::Stopping | FailureKind::Unreachable) => {}
        Err(failure) if force && failure.kind == FailureKind::Timeout => {
            return match lock::held(&place) {
                Some(path) => by_process(call, &path, force).await.map(Some),
                None => Err(failure),
            };
        }
        Err(failure) => return Err(failure),
    }
    match (gone(call, instance.as_deref()).await, lock::held(&place)) {
        (Err(_), Some(path)) if force => by_process(call, &path, force).await.map(Some),
        (left, _) => left.map(|()| Some("mpd has stopped".to_owned())),
    }
}

/// Waits for the daemon that a service manager starts. Where it holds the socket, that has never gone.
async fn started(place: &Place) -> Result<(), Failure> {
    let deadline = Instant::now() + MANAGER;
    while let Err(error) = probe(place).await {
        if !matches!(error, ConnectError::Nobody { .. }) || Instant::now() > deadline {
            return Err(error.into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Stops the process that holds the lock: as the route would, by asking it, and with `--force` in the end by killing it.
async fn by_process(call: &mut Call<'_>, path: &Path, force: bool) -> Result<String, Failure> {
    let process = match Owner::told(path).await {
        Owner::Process(process) => process,
        other => return Err(lock::owned(&call.daemon.options().place, path, other)),
    };
    process.signal(Signal::TERM)?;
    let pid = process.pid;
    let patience = if force { ANSWER } else { LEAVE };
    if has_left(path, pid, patience).await {
        return Ok(format!("mpd, pid {pid}, has stopped"));
    }
    if force {
        process.signal(Signal::KILL)?;
        if has_left(path, pid, ANSWER).await {
            return Ok(format!("mpd, pid {pid}, was killed"));
        }
    }
    let detail = format!("mpd, pid {pid}, has not left within {} s", patience.as_secs());
    let failure = Failure::new(FailureKind::Timeout, detail).next("mp daemon logs", "see what it waits for");
    Err(if force { failure } else { failure.next("mp daemon stop --force", "kill it") })
}

/// Waits until a process does not hold a lock any more. Another daemon may have waited for it, and has it at once. Returns whether that
/// came.
async fn has_left(path: &Path, pid: u32, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    let holds = || lock::is_held(path) && matches!(Owner::of(path), Owner::Process(process) if process.pid == pid);
    while holds() {
        if Instant::now() > deadline {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
    true
}

/// Waits until the lock is free, or held by another daemon: a client that found none may have started it at once.
async fn gone(call: &mut Call<'_>, before: Option<&str>) -> Result<(), Failure> {
    let place = call.daemon.options().place.clone();
    let deadline = Instant::now() + LEAVE;
    while lock::held(&place).is_some() {
        if let (Some(before), Some(now)) = (before, instance(call).await)
            && before != now
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            let detail = format!("mpd has not left within {} s", LEAVE.as_secs());
            return Err(Failure::new(FailureKind::Timeout, detail)
                .next("mp daemon logs", "see what it waits for")
                .next("mp daemon stop --force", "kill it"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Returns what distinguishes the daemon that answers now from those before and after it.
async fn instance(call: &mut Call<'_>) -> Option<String> {
    call.daemon.get::<VersionBody>(VERSION).await.ok().map(|version| version.body.instance)
}
