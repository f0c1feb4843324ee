//! A daemon whose program was replaced, as an upgrade does, makes way for the new one as soon as nobody needs it.
//!
//! Started by a client or by hand it becomes the new program: same process, same arguments, and a shell or a starter notices nothing.
//! Under a service manager it leaves with [`AGAIN`], for the manager hands out sockets and waits for signs of life anew.
//!
//! The new program must first say who it is: one that cannot even do that is left alone until it is replaced in its turn. So a broken
//! upgrade keeps the old daemon, and there is no loop, for each look is at a file that was not looked at before.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::version::{IDENTITY_FLAG, is_identity};
use mp_proto::wire::StartedBy;
use tokio::time::{MissedTickBehavior, timeout};
use tracing::{error, info, warn};

use crate::files::read::Signature;
use crate::life::REPLACED;
use crate::server::app::App;

/// Between two looks at the program. A stat each; who upgrades waits longer for the package.
const LOOK: Duration = Duration::from_secs(5);

/// How long the new program may take to say who it is.
const ANSWER: Duration = Duration::from_secs(5);

/// Exit status under a service manager: start me again (EX_TEMPFAIL). The units know it.
const AGAIN: u8 = 75;

/// Looks for another program in place of ours, and stops the daemon for it when nobody needs it.
pub(super) async fn make_way(app: Arc<App>) {
    let Some((program, _)) = app.executable.clone() else { return };
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = Look::default();
    let mut refused = None;
    loop {
        tokio::select! {
            biased;
            () = app.life.stopping() => return,
            _ = tick.tick() => {}
        }
        let now = Look::at(&app, &program);
        let is_quiet = now == before && !is_needed(&app);
        before = now;
        let Some(found) = now.found.filter(|found| is_quiet && refused != Some(*found)) else { continue };
        match answer(&app, &program).await {
            Ok(identity) => {
                info!(identity, "the program was replaced, and nobody needs this one");
                return app.life.request_stop(REPLACED);
            }
            Err(failure) => {
                warn!(why = %failure.detail, "the program was replaced by one that does not run");
                refused = Some(found);
            }
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

/// Returns whether somebody waits for something, or something would be lost.
fn is_needed(app: &App) -> bool {
    let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
    load(&app.counters.open) > 0 || app.hub.streams() > 0 || app.logins.open() > 0 || app.keeper.is_working()
}

/// Asks the new program who it is.
async fn answer(app: &App, program: &Path) -> Result<String, Failure> {
    let asked = program.to_owned();
    let run = app.life.blocking(move || {
        let said = Command::new(&asked).arg(IDENTITY_FLAG).stdin(Stdio::null()).stderr(Stdio::null()).output();
        let said = said.map_err(|error| broken(format!("{} does not run: {error}", asked.display())))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        match text.lines().next().filter(|line| said.status.success() && is_identity(line)) {
            Some(line) => Ok(line.to_owned()),
            None => Err(broken(format!("{} does not say that it is mpd", asked.display()))),
        }
    });
    let late = |_| Err(broken(format!("{} says nothing", program.display())));
    timeout(ANSWER, run).await.unwrap_or_else(late)
}

fn broken(detail: String) -> Failure {
    Failure::new(FailureKind::Internal, detail)
}

/// Becomes the new program. Returns only under a service manager, which starts it, or when it cannot be run.
pub(super) fn succeed(program: &Path, started_by: StartedBy) -> ExitCode {
    if started_by == StartedBy::Service {
        return ExitCode::from(AGAIN);
    }
    let failed = Command::new(program).args(std::env::args_os().skip(1)).exec();
    // Whoever calls next starts one, and is told why that fails.
    error!(%failed, program = %program.display(), "the new program could not be run");
    ExitCode::FAILURE
}
