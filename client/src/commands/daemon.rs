//! `mp daemon`: start, stop and look at the daemon.

mod doctor;
mod health;
mod lock;
mod logs;
mod secrets;
mod status;
mod stop;
pub(super) mod unit;

use std::os::unix::process::CommandExt;
use std::process;
use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::VERSION;
use mp_proto::wire::VersionBody;

use self::stop::After;
use crate::call::{Call, place};
use crate::caller::Environment;
use crate::command::{Command, Flags, Invocation, Run, Section};
use crate::connect::{start_in_turn, take_over, take_turn};
use crate::output::json;
use crate::program;

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
        arguments: stop::arguments,
        run: Run::Call(|call| Box::pin(stop::run(call, After::Nothing))),
        ..Command::ROW
    },
    Command {
        name: "restart",
        about: "Start the one that came with mp in its place; no call fails",
        arguments: stop::arguments,
        run: Run::Call(|call| Box::pin(restart(call))),
        ..Command::ROW
    },
    Command {
        name: "status",
        about: "Show daemon, files and credentials",
        arguments: status::arguments,
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
        name: "secrets",
        about: "Show where secrets are, and move them",
        arguments: secrets::arguments,
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(secrets::run(call))),
        ..Command::ROW
    },
    Command {
        name: "doctor",
        about: "Look for what is wrong with daemon, files and socket",
        arguments: doctor::arguments,
        flags: Flags::None,
        run: Run::Call(|call| Box::pin(doctor::run(call))),
        ..Command::ROW
    },
    unit::INSTALL,
    unit::UNINSTALL,
];

async fn start(call: &mut Call<'_>) -> Result<(), Failure> {
    call.ignore_build();
    call.set_autostart(true);
    let version = call.get::<VersionBody>(VERSION).await?;
    call.output.show(&json(&version), || {
        format!("mpd {} is running, pid {}, root {}", version.version, version.pid, version.root)
    })
}

/// The next daemon goes by the variables of this shell, so nobody else may start it in between. The one that serves hands over to it. One
/// that does not, because it is of an older release, a service, or to end whatever is lost, is stopped first.
async fn restart(call: &mut Call<'_>) -> Result<(), Failure> {
    call.set_autostart(true);
    let place = call.daemon.options().place.clone();
    let turn = Arc::new(take_turn(&place).await?);
    if place.autostart && !stop::is_forced(call) && take_over(&place.anew(), &turn).await? {
        return start(call).await;
    }
    // What the one that goes has to say is of no use any more.
    let told = call.set_told(None);
    let stopped = stop::run(call, After::Another).await;
    call.set_told(told);
    stopped.map_err(|failure| meant_for("restart", failure))?;
    if place.autostart {
        start_in_turn(&place.anew(), turn).await?;
    }
    start(call).await
}

/// A daemon that does not end names what would end it; it does not know that another one is to be started.
fn meant_for(verb: &str, mut failure: Failure) -> Failure {
    for next in &mut failure.next {
        next.command = next.command.replace("daemon stop", &format!("daemon {verb}"));
    }
    failure
}

/// Returns only when it could not be started: the daemon takes the place of this process.
fn foreground(at: Invocation<'_>) -> Result<process::ExitCode, Failure> {
    let place = place(at.arguments, &Environment::of_this_process())?;
    let program = program::find(None, &Environment::of_this_process())
        .map_err(|error| Failure::new(FailureKind::Unreachable, error.to_string()))?;
    let mut command = process::Command::new(&program);
    command.arg("--root").arg(&place.root);
    if place.is_named {
        command.arg("--socket").arg(&place.socket);
    }
    let error = command.exec();
    Err(Failure::new(FailureKind::Unreachable, format!("could not run {}: {error}", program.display())))
}
