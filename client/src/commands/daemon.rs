//! `mp daemon`: start, stop and look at the daemon.

mod doctor;
mod lock;
mod logs;
mod status;

use std::os::unix::process::CommandExt;
use std::process;
use std::time::Duration;

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{SHUTDOWN, VERSION};
use mp_proto::wire::{Accepted, VersionBody};
use tokio::time::Instant;

use crate::call::{Call, place};
use crate::caller::Environment;
use crate::command::{Command, Flags, Invocation, Run, Section};
use crate::connect::{ConnectError, probe};
use crate::output::json;
use crate::program;

/// Longest wait for a daemon to leave: its grace for calls (10 s) and for a refresh (25 s), and a little.
const LEAVE: Duration = Duration::from_secs(40);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// The row of `mp daemon`.
pub(super) const COMMAND: Command = Command {
    name: "daemon",
    section: Section::Itself,
    about: "Control the daemon mpd",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

const COMMANDS: &[Command] = &[
    Command {
        name: "start",
        about: "Start the daemon, if it does not run",
        run: Run::Call(|call| Box::pin(start(call))),
        ..Command::ROW
    },
    Command {
        name: "stop",
        about: "Stop it, after its running calls",
        run: Run::Call(|call| Box::pin(stop(call))),
        ..Command::ROW
    },
    Command {
        name: "restart",
        about: "Stop it and start the one beside mp",
        run: Run::Call(|call| Box::pin(restart(call))),
        ..Command::ROW
    },
    Command {
        name: "status",
        about: "Show daemon, files and credentials",
        run: Run::Call(|call| Box::pin(status::run(call))),
        ..Command::ROW
    },
    Command {
        name: "run",
        about: "Run it in the foreground",
        run: Run::Custom(|at| Box::pin(async move { foreground(at) })),
        ..Command::ROW
    },
    Command {
        name: "logs",
        about: "Show its log",
        arguments: logs::arguments,
        own: &["format"],
        run: Run::Custom(|at| Box::pin(logs::run(at))),
        ..Command::ROW
    },
    Command {
        name: "doctor",
        about: "Look for what is wrong with daemon, files and socket",
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(doctor::run(call))),
        ..Command::ROW
    },
];

async fn start(call: &mut Call<'_>) -> Result<(), Failure> {
    call.set_autostart(true);
    let version = call.get::<VersionBody>(VERSION).await?;
    call.output.show(&json(&version), || {
        format!("mpd {} is running, pid {}, root {}", version.version, version.pid, version.root)
    })
}

async fn restart(call: &mut Call<'_>) -> Result<(), Failure> {
    stop(call).await?;
    start(call).await
}

async fn stop(call: &mut Call<'_>) -> Result<(), Failure> {
    match probe(&call.daemon.options().place).await {
        Err(ConnectError::Nobody { .. }) => return call.output.line("mpd is not running"),
        Err(error) => return Err(error.into()),
        Ok(stream) => drop(stream),
    }
    // One that has left meanwhile must not be started to be stopped.
    call.set_autostart(false);
    let instance = instance(call).await;
    match call.daemon.call::<Accepted>(Method::POST, SHUTDOWN, None::<&()>).await {
        Ok(answer) => drop(call.body(answer)),
        // Somebody else stops it; what counts is that it leaves.
        Err(failure) if matches!(failure.kind, FailureKind::Stopping | FailureKind::Unreachable) => {}
        Err(failure) => return Err(failure),
    }
    gone(call, instance.as_deref()).await?;
    call.output.line("mpd has stopped")
}

/// Waits until the lock is free, or held by another daemon: a client that found none may have started it at once.
async fn gone(call: &mut Call<'_>, before: Option<&str>) -> Result<(), Failure> {
    let lock = lock::path(&call.daemon.options().place.root);
    let deadline = Instant::now() + LEAVE;
    while lock::is_held(&lock) {
        if let (Some(before), Some(now)) = (before, instance(call).await)
            && before != now
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            let detail = format!("mpd has not left within {} s", LEAVE.as_secs());
            return Err(Failure::new(FailureKind::Timeout, detail).next("mp daemon logs", "see what it waits for"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Returns what distinguishes the daemon that answers now from those before and after it.
async fn instance(call: &mut Call<'_>) -> Option<String> {
    call.daemon.get::<VersionBody>(VERSION).await.ok().map(|version| version.body.instance)
}

/// Returns only when it could not be started: the daemon takes the place of this process.
fn foreground(at: Invocation<'_>) -> Result<process::ExitCode, Failure> {
    let place = place(at.arguments, &Environment::of_this_process())?;
    let program = program::find(None, &Environment::of_this_process())
        .map_err(|error| Failure::new(FailureKind::Unreachable, error.to_string()))?;
    let error =
        process::Command::new(&program).arg("--root").arg(&place.root).arg("--socket").arg(&place.socket).exec();
    Err(Failure::new(FailureKind::Unreachable, format!("could not run {}: {error}", program.display())))
}
