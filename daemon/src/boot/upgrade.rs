//! A daemon whose program was replaced, as an upgrade does, makes way for the new one as soon as nobody needs it.
//!
//! Started by a client or by hand it becomes the new program: same process, same arguments, and a shell or a starter notices nothing. The
//! new one gets the socket and the lock, in the socket that is its standard input, so that whoever connects meanwhile only waits. One of a
//! release that does not know of this gets nothing, and binds a socket of its own.
//! Under a service manager it leaves with [`START_AGAIN`], for the manager hands out sockets and waits for signs of life anew.
//!
//! The new program must first say who it is: one that cannot even do that is left alone until it is replaced in its turn. So a broken
//! upgrade keeps the old daemon, and there is no loop, for each look is at a file that was not looked at before.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::handover::{FROM_STDIN, OPTION};
use mp_proto::version::{IDENTITY_FLAG, is_identity};
use mp_proto::wire::StartedBy;
use tokio::time::{MissedTickBehavior, timeout};
use tracing::{error, info, warn};

use super::claim::Claim;
use crate::files::read::Signature;
use crate::handover;
use crate::life::{AGAIN, REPLACED};
use crate::server::app::App;

/// Between two looks at the program. A stat each; who upgrades waits longer for the package.
const LOOK: Duration = Duration::from_secs(5);

/// How long the new program may take to say who it is.
const ANSWER: Duration = Duration::from_secs(5);

/// Exit status under a service manager: start me again (EX_TEMPFAIL). The units know it.
const START_AGAIN: u8 = 75;

/// Looks for another program in place of ours, and stops the daemon for it when nobody needs it.
pub(super) async fn make_way(app: Arc<App>, claim: Arc<Claim>) {
    let Some((program, _)) = app.executable.clone() else { return };
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = Look::default();
    // The last other program that was asked, and whether it can be the next one for those who listen.
    let mut asked = None;
    loop {
        tokio::select! {
            biased;
            () = app.life.stopping() => return,
            _ = tick.tick() => {}
        }
        let now = Look::at(&app, &program);
        let is_quiet = now == before && !is_needed(&app);
        before = now;
        let Some(found) = now.found.filter(|_| is_quiet) else { continue };
        let answered = match asked {
            Some((program, answered)) if program == found => answered,
            _ => ask(&app, &program).await,
        };
        asked = Some((found, answered));
        // Whoever listens is told, and goes on at the same socket; without that socket it would be left alone.
        let is_next = answered.is_some_and(|takes_over| takes_over || app.hub.streams() == 0);
        if is_next {
            info!("the program was replaced, and nobody needs this one");
            if answered == Some(true) && app.started_by != StartedBy::Service {
                claim.keep_open();
            }
            return app.life.request_stop(REPLACED);
        }
    }
}

/// Returns whether the new program knows how to take over; none if it does not run.
async fn ask(app: &App, program: &Path) -> Option<bool> {
    match answer(app, program).await {
        Ok((identity, takes_over)) => {
            info!(identity, takes_over, "the program was replaced");
            Some(takes_over)
        }
        Err(failure) => {
            warn!(why = %failure.detail, "the program was replaced by one that does not run");
            None
        }
    }
}

/// What there is to see. Only what is the same in two looks counts: a file may be half-way through being written, and a call just over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    /// What lies in our place, if it is not we.
    found: Option<Signature>,
    calls: u64,
}

impl Look {
    fn at(app: &App, program: &Path) -> Self {
        let found = if app.restart_pending() { Signature::behind(program).ok().flatten() } else { None };
        Self { found, calls: app.counters.calls.load(Ordering::Relaxed) }
    }
}

/// Returns whether somebody waits for something other than events, or something would be lost.
fn is_needed(app: &App) -> bool {
    let calls = app.counters.open.load(Ordering::Relaxed).saturating_sub(app.hub.streams());
    calls > 0 || app.logins.open() > 0 || app.keeper.is_working()
}

/// Asks the new program who it is, and whether it knows how to take over.
async fn answer(app: &App, program: &Path) -> Result<(String, bool), Failure> {
    let asked = program.to_owned();
    let run = app.life.blocking(move || {
        let identity = identify(&asked, &[])?;
        let takes_over = identify(&asked, &[OPTION, FROM_STDIN]).is_ok();
        Ok((identity, takes_over))
    });
    let late = |_| Err(broken(format!("{} says nothing", program.display())));
    timeout(ANSWER, run).await.unwrap_or_else(late)
}

fn identify(program: &Path, before: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(program);
    let said = command.args(before).arg(IDENTITY_FLAG).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said = said.map_err(|error| broken(format!("{} does not run: {error}", program.display())))?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    match text.lines().next().filter(|line| said.status.success() && is_identity(line)) {
        Some(line) => Ok(line.to_owned()),
        None => Err(broken(format!("{} does not say that it is mpd", program.display()))),
    }
}

fn broken(detail: String) -> Failure {
    Failure::new(FailureKind::Internal, detail)
}

/// What follows the end of this daemon, where something does.
pub(super) struct Successor {
    /// What takes the place of our program; none when only a service manager can start it again.
    program: Option<PathBuf>,
    /// Socket and lock, as far as they are still ours.
    claim: Arc<Claim>,
}

impl Successor {
    /// Returns what follows, by the reason of the end.
    pub(super) fn of(app: &App, claim: Arc<Claim>) -> Option<Self> {
        match app.life.reason() {
            REPLACED => Some(Self { program: app.executable.as_ref().map(|(program, _)| program.clone()), claim }),
            AGAIN => Some(Self { program: None, claim }),
            _ => None,
        }
    }

    /// Becomes the new program. Returns only under a service manager, which starts it, or when it cannot be run.
    pub(super) fn succeed(self, started_by: StartedBy) -> ExitCode {
        if started_by == StartedBy::Service {
            return ExitCode::from(START_AGAIN);
        }
        let Some(program) = &self.program else { return ExitCode::SUCCESS };
        let arguments = without_option(std::env::args_os().skip(1));
        let mut command = Command::new(program);
        command.args(arguments);
        if self.claim.is_kept_open() {
            match self.laid_down() {
                Ok(channel) => drop(command.args([OPTION, FROM_STDIN]).stdin(Stdio::from(OwnedFd::from(channel)))),
                Err(error) => warn!(%error, "the socket could not be handed over"),
            }
        }
        let failed = command.exec();
        // Whoever calls next starts one, and is told why that fails.
        error!(%failed, program = %program.display(), "the new program could not be run");
        ExitCode::FAILURE
    }

    /// Returns a connection in which socket and lock lie.
    fn laid_down(&self) -> std::io::Result<UnixStream> {
        let (socket, lock) = self.claim.descriptors()?;
        let (ours, theirs) = UnixStream::pair()?;
        handover::lay(ours.as_fd(), socket.as_fd(), lock.as_fd())?;
        Ok(theirs)
    }
}

/// Returns arguments without the option by which this program has taken over.
fn without_option(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        if argument == OPTION {
            arguments.next();
        } else if !argument.as_encoded_bytes().starts_with(format!("{OPTION}=").as_bytes()) {
            kept.push(argument);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_program_takes_over_from_this_one_and_not_from_where_this_one_did() {
        let kept = |words: &[&str]| without_option(words.iter().map(OsString::from));
        assert_eq!(kept(&["--root", "/r", OPTION, "socket", "--idle-exit", "5"]), ["--root", "/r", "--idle-exit", "5"]);
        assert_eq!(kept(&["--take-over=stdin", "--root=/r"]), ["--root=/r"]);
        assert_eq!(kept(&["--root", "/r", OPTION]), ["--root", "/r"]);
    }
}
