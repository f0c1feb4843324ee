//! `mp daemon install` and `mp daemon uninstall`: the daemon under a service manager, and what becomes of the one that runs.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use mp_proto::failure::Failure;
use mp_proto::location::{log_file, root_hash, run_dir};
use mp_proto::routes::{STATUS, VERSION};
use mp_proto::surroundings;
use mp_proto::wire::{StartedBy, StatusBody, VersionBody};

use super::stop;
use crate::arg::switch;
use crate::call::Call;
use crate::command::{Command, Flags, Run};
use crate::commands::steps::shown;
use crate::connect::{probe, take_turn};
use crate::place::Place;
use crate::program;
use crate::setup::{Around, Found, Manager, NAME, Part, Spec, State, Step, Wanted, lasting, remove_folders};

/// The row of `mp daemon install`.
pub(super) const INSTALL: Command = Command {
    name: "install",
    about: "Have systemd or launchd start it: the unit part of mp setup",
    arguments,
    flags: Flags::None,
    run: Run::Call(|call| Box::pin(install(call))),
    ..Command::ROW
};

/// The row of `mp daemon uninstall`.
pub(super) const UNINSTALL: Command = Command {
    name: "uninstall",
    about: "Take that unit away again",
    arguments,
    flags: Flags::None,
    run: Run::Call(|call| Box::pin(uninstall(call))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command.arg(switch("dry-run", "Say what would be done, and do nothing"))
}

async fn install(call: &mut Call<'_>) -> Result<(), Failure> {
    let (around, is_dry) = (Around::look(&call.environment)?, call.arguments.get_flag("dry-run"));
    let steps = installed(call, &around, is_dry).await;
    shown(call, &steps, is_dry, true)
}

async fn uninstall(call: &mut Call<'_>) -> Result<(), Failure> {
    let (around, is_dry) = (Around::look(&call.environment)?, call.arguments.get_flag("dry-run"));
    let steps = uninstalled(call, &around, is_dry).await;
    shown(call, &steps, is_dry, true)
}

fn step(state: State) -> Step {
    Step::new(Part::Unit, "unit of the daemon", state)
}

/// Installs the unit, or says what would be done.
pub(in crate::commands) async fn installed(call: &mut Call<'_>, around: &Around, is_dry: bool) -> Vec<Step> {
    let (manager, absent) = Manager::find(around);
    if let Some(absent) = absent {
        let mut step = step(State::Skipped).because(format!("{}; mp starts the daemon when it needs one", absent.why));
        step.next.extend(absent.next);
        return vec![step];
    }
    let (spec, why) = match spec(call, around).await {
        Ok(spec) => spec,
        Err(detail) => return vec![step(State::Failed).because(detail)],
    };
    let mut work = Work { call, manager, spec, is_dry };
    let mut steps = work.install().await;
    if let Some(step) = steps.first_mut() {
        step.next.extend(why.map(|why| format!("{} {why}; install mp where it stays", work.spec.program.display())));
        step.next.extend(unheard(around).filter(|_| step.state != State::Failed));
    }
    steps
}

/// Takes the unit away, or says what would be done.
pub(in crate::commands) async fn uninstalled(call: &mut Call<'_>, around: &Around, is_dry: bool) -> Vec<Step> {
    let (manager, absent) = Manager::find(around);
    let place = call.daemon.options().place.clone();
    // Which program it starts is of no matter any more.
    let spec = spec_of(&place, around, &place.socket, PathBuf::from("/mpd"));
    let mut work = Work { call, manager, spec, is_dry };
    work.uninstall(absent.is_none())
}

/// What is to be installed, and why its program will not last, if so.
async fn spec(call: &Call<'_>, around: &Around) -> Result<(Spec, Option<&'static str>), String> {
    let place = call.daemon.options().place.clone();
    let program = program::find(place.program.as_deref(), &place.environment).map_err(|error| error.to_string())?;
    let (program, why) = lasting(&program, &around.search_path());
    let mut socket = place.socket.clone();
    for candidate in &place.sockets {
        let alone = Place { sockets: vec![candidate.clone()], ..place.clone() };
        // Where a daemon answers, all clients look; else where one could be.
        if probe(&alone).await.is_ok() {
            socket.clone_from(candidate);
            break;
        }
    }
    Ok((spec_of(&place, around, &socket, program), why))
}

fn spec_of(place: &Place, around: &Around, socket: &Path, program: PathBuf) -> Spec {
    let is_usual = place.root == around.home.join(".mp");
    let name = if is_usual { NAME.to_owned() } else { format!("{NAME}-{}", root_hash(&place.root)) };
    let run = place.runs.first().cloned().unwrap_or_else(|| run_dir(&place.root));
    Spec { name, program, root: place.root.clone(), socket: socket.to_owned(), log: log_file(&run) }
}

/// Says that what this shell decides about the network does not reach a service.
fn unheard(around: &Around) -> Option<String> {
    let set: Vec<&str> = surroundings::names().filter(|name| around.environment.os(name).is_some()).collect();
    (!set.is_empty()).then(|| {
        let names = set.join(", ");
        format!("{names}: set here, and a service sees what its manager was given; [settings.network] of config.toml is for all")
    })
}

struct Work<'a, 'c> {
    call: &'a mut Call<'c>,
    manager: Manager,
    spec: Spec,
    is_dry: bool,
}

impl Work<'_, '_> {
    async fn install(&mut self) -> Vec<Step> {
        if let Some(file) = self.manager.provided(&self.spec) {
            return vec![self.provided(file).await];
        }
        let files = match self.manager.files(&self.spec) {
            Ok(files) => files,
            Err(error) => return vec![step(State::Failed).because(error.to_string())],
        };
        let mut steps = Vec::new();
        for file in &files {
            steps.push(told(file, file.put(self.is_dry)));
        }
        let is_changed = steps.iter().any(|step| step.state.is_change());
        let failed = steps.iter().any(|step| step.state == State::Failed);
        if failed {
            self.undo(&files, &steps);
            return steps;
        }
        if self.is_dry || (!is_changed && self.manager.is_up(&self.spec)) {
            return steps;
        }
        if let Err(detail) = self.up(is_changed).await {
            self.undo(&files, &steps);
            steps.push(self.failed(detail));
        }
        steps
    }

    /// The unit of a package only has to be turned on.
    async fn provided(&mut self, file: PathBuf) -> Step {
        if self.manager.is_up(&self.spec) {
            return step(State::Provided).at(file);
        }
        let added = step(State::Added).at(file).because("a package's, turned on");
        if self.is_dry {
            return added;
        }
        match self.up(true).await {
            Ok(()) => added,
            Err(detail) => {
                let _ = self.manager.down(&self.spec);
                self.failed(detail)
            }
        }
    }

    fn failed(&self, detail: String) -> Step {
        let mut step = step(State::Failed).because(detail);
        step.next.push(self.manager.log_command(&self.spec));
        step
    }

    /// Hands the storage root over to the service manager: whoever serves it now ends, and nobody starts another one meanwhile.
    async fn up(&mut self, is_changed: bool) -> Result<(), String> {
        let told = self.call.set_told(None);
        self.call.ignore_build();
        self.call.set_autostart(false);
        let done = self.handed_over(is_changed).await;
        self.call.set_told(told);
        done
    }

    async fn handed_over(&mut self, is_changed: bool) -> Result<(), String> {
        let place = self.call.daemon.options().place.clone();
        let turn = take_turn(&place).await.map_err(|error| error.to_string())?;
        let serving = self.call.get::<StatusBody>(STATUS).await.ok();
        if serving.is_some_and(|status| status.started_by != StartedBy::Service) {
            stop::stopped(self.call, false, stop::After::Nothing).await.map_err(|failure| failure.detail)?;
        }
        self.manager.up(&self.spec, is_changed).await?;
        drop(turn);
        // It is up when it answers: the first call starts the service.
        self.call.get::<VersionBody>(VERSION).await.map(drop).map_err(|failure| failure.detail)
    }

    /// A unit that does not work is worse than none.
    fn undo(&self, files: &[Wanted], steps: &[Step]) {
        if self.is_dry {
            return;
        }
        let _ = self.manager.down(&self.spec);
        let mut made = BTreeSet::new();
        for (file, _) in files.iter().zip(steps).filter(|(_, step)| step.state == State::Added) {
            let _ = file.take(false, &mut made);
        }
        remove_folders(&made);
        self.manager.forget(&self.spec);
    }

    fn uninstall(&mut self, can_ask: bool) -> Vec<Step> {
        let files = match self.manager.files(&self.spec) {
            Ok(files) => files,
            Err(error) => return vec![step(State::Failed).because(error.to_string())],
        };
        let is_ours = |found: io::Result<Found>| matches!(found, Ok(Found::Ours { .. } | Found::Edited));
        let packaged = self.manager.provided(&Spec { program: PathBuf::from("/"), ..self.spec.clone() });
        let has_ours = files.iter().any(|file| is_ours(file.found()));
        let is_theirs = has_ours || packaged.is_some();
        if can_ask
            && !self.is_dry
            && is_theirs
            && self.manager.is_up(&self.spec)
            && let Err(detail) = self.manager.down(&self.spec)
        {
            return vec![self.failed(detail)];
        }
        let (mut steps, mut made) = (Vec::new(), BTreeSet::new());
        for file in &files {
            steps.push(told(file, file.take(self.is_dry, &mut made)));
        }
        if !self.is_dry && has_ours {
            if !can_ask && let Err(error) = self.manager.unlink(&self.spec) {
                steps.push(step(State::Failed).because(error.to_string()));
            }
            remove_folders(&made);
            self.manager.forget(&self.spec);
        }
        let additions = self.manager.additions(&self.spec);
        steps.extend(additions.map(|folder| step(State::Kept).at(folder).because("what you have added to the unit")));
        steps
    }
}

fn told(file: &Wanted, done: io::Result<(State, &'static str)>) -> Step {
    match done {
        Ok((state, why)) => step(state).at(&file.path).because(why),
        Err(error) => step(State::Failed).at(&file.path).because(error.to_string()),
    }
}
