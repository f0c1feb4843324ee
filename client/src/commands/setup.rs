//! `mp setup`: what no package can bring into a home, each part asked for, and each undone by `--remove`.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};
use mp_proto::failure::{Failure, FailureKind};

use super::completions;
use super::daemon::unit;
use super::steps::shown;
use crate::arg::switch;
use crate::call::Call;
use crate::command::{Command, Flags, Invocation, Run, Section};
use crate::output::screen;
use crate::pages::pages;
use crate::setup::{Around, Manual, Part, SHELLS, Shell, State, Step, remove_folders};
use crate::{input, tree};

/// The row of `mp setup`.
pub(super) const COMMAND: Command = Command {
    name: "setup",
    section: Section::Itself,
    about: "Set up completions, manual pages and the daemon's unit for this user, or remove them",
    arguments,
    flags: Flags::None,
    run: Run::Custom(|at| Box::pin(begin(at))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    let parts = Arg::new("part").value_name("PART").help("completions, man or unit [default: all of them]");
    let shells = Arg::new("shell").long("shell").value_name("SHELL");
    let shells = shells.help("Completions for these, separated by commas [default: those that are found]");
    command
        .arg(parts.value_parser(Part::WORDS).hide_possible_values(true).num_args(0..).action(ArgAction::Append))
        .arg(
            shells
                .value_parser(PossibleValuesParser::new(SHELLS.iter().map(|shell| shell.name)))
                .value_delimiter(',')
                .action(ArgAction::Append),
        )
        .arg(switch("yes", "Do not ask").short('y'))
        .arg(switch("remove", "Take away what it has written"))
        .arg(switch("dry-run", "Say what would be done, and do nothing"))
        .after_help(
            "Everything lies below the home: completions and manual pages under $XDG_DATA_HOME and $XDG_CONFIG_HOME, the unit of \
             systemd or launchd where these look. What a package has brought is left alone, and so is what somebody has edited.",
        )
}

/// What it is about.
struct Task {
    around: Around,
    parts: Vec<Part>,
    /// Whether parts were named: then one that cannot be had is a failure.
    is_named: bool,
    shells: Vec<&'static Shell>,
    is_removal: bool,
    rows: &'static [Command],
}

async fn begin(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let rows = at.rows;
    run(&mut at.call()?, rows).await.map(|()| ExitCode::SUCCESS)
}

/// Runs the command.
///
/// # Errors
/// When nobody can be asked, or something went wrong; the rest is done then all the same.
async fn run(call: &mut Call<'_>, rows: &'static [Command]) -> Result<(), Failure> {
    let task = task(call, rows)?;
    if call.arguments.get_flag("dry-run") {
        let steps = task.planned(call, &task.parts).await;
        return shown(call, &steps, true, task.is_named);
    }
    if call.arguments.get_flag("yes") {
        let steps = task.done(call, &task.parts, false, &mut BTreeSet::new()).await;
        return shown(call, &steps, false, task.is_named);
    }
    // As before what destroys: who sees the question can answer it.
    if !(std::io::stdin().is_terminal() && screen::is_stderr_watched()) {
        let steps = task.planned(call, &task.parts).await;
        let is_needed = steps.iter().any(|step| step.state.is_change());
        shown(call, &steps, true, task.is_named)?;
        return if is_needed { Err(unasked(call)) } else { Ok(()) };
    }
    let steps = task.asked(call).await;
    shown(call, &steps, false, task.is_named)
}

fn task(call: &Call<'_>, rows: &'static [Command]) -> Result<Task, Failure> {
    let around = Around::look(&call.environment)?;
    let words =
        |id| -> Vec<&str> { call.arguments.get_many::<String>(id).into_iter().flatten().map(String::as_str).collect() };
    let (named, shells) = (words("part"), words("shell"));
    let parts: Vec<Part> =
        Part::ALL.into_iter().filter(|part| named.is_empty() || named.contains(&part.word())).collect();
    if !shells.is_empty() && !parts.contains(&Part::Completions) {
        let detail = "--shell is for completions, which are not among the parts that are named";
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    let is_removal = call.arguments.get_flag("remove");
    // What was written for a shell that has gone since is removed, too.
    let is_meant = |shell: &&Shell| match shells.is_empty() {
        true => is_removal || shell.is_there(&around),
        false => shells.contains(&shell.name),
    };
    let shells = SHELLS.iter().filter(is_meant).collect();
    Ok(Task { around, parts, is_named: !named.is_empty(), shells, is_removal, rows })
}

impl Task {
    /// Says what would be done of some parts.
    async fn planned(&self, call: &mut Call<'_>, parts: &[Part]) -> Vec<Step> {
        self.done(call, parts, true, &mut BTreeSet::new()).await
    }

    /// Does some parts, or says what would be done. Folders that were made for what is removed are added to `made`: one part's may hold
    /// another's.
    async fn done(&self, call: &mut Call<'_>, parts: &[Part], is_dry: bool, made: &mut BTreeSet<PathBuf>) -> Vec<Step> {
        let mut steps = Vec::new();
        for part in parts {
            match part {
                Part::Completions => steps.extend(self.completions(is_dry, made)),
                Part::Man => steps.extend(self.manual(is_dry, made)),
                Part::Unit if self.is_removal => steps.extend(unit::uninstalled(call, &self.around, is_dry).await),
                Part::Unit => steps.extend(unit::installed(call, &self.around, is_dry).await),
            }
            if !is_dry {
                remove_folders(made);
            }
        }
        steps
    }

    /// Asks for each part of which there is something to do.
    async fn asked(&self, call: &mut Call<'_>) -> Vec<Step> {
        let (mut steps, mut made) = (Vec::new(), BTreeSet::new());
        for part in &self.parts {
            let planned = self.planned(call, &[*part]).await;
            let changes: Vec<&Step> = planned.iter().filter(|step| step.state.is_change()).collect();
            if changes.is_empty() {
                steps.extend(planned);
                continue;
            }
            let verb = if self.is_removal { "Remove" } else { "Write" };
            let lines: String = changes.iter().map(|step| format!("  {}\n", line(step))).collect();
            let answer = input::answer(&format!("{verb} these?\n{lines}[y/N]: "));
            if input::is_yes(&answer) {
                steps.extend(self.done(call, &[*part], false, &mut made).await);
            } else {
                let skipped = |step: &Step| Step { state: State::Skipped, next: Vec::new(), ..step.clone() };
                steps.extend(changes.into_iter().map(skipped).map(|step| step.because("the answer was not yes")));
            }
        }
        steps
    }

    fn completions(&self, is_dry: bool, made: &mut BTreeSet<PathBuf>) -> Vec<Step> {
        if self.shells.is_empty() {
            let step = Step::new(Part::Completions, "completions", State::Skipped);
            return vec![step.because("neither bash nor zsh nor fish was found; --shell names one")];
        }
        self.shells.iter().map(|shell| self.completion(shell, is_dry, made)).collect()
    }

    fn completion(&self, shell: &Shell, is_dry: bool, made: &mut BTreeSet<PathBuf>) -> Step {
        let what = format!("completions for {}", shell.name);
        let step = |state| Step::new(Part::Completions, what.clone(), state);
        let text = completions::SHELLS.iter().find(|(name, _)| *name == shell.name).map_or("", |(_, text)| text);
        let wanted = shell.wanted(&self.around, text);
        if !self.is_removal
            && let Some(file) = shell.packaged(&self.around)
        {
            return step(State::Provided).at(file);
        }
        let done = if self.is_removal { wanted.take(is_dry, made) } else { wanted.put(is_dry) };
        match done {
            Ok((state, why)) => {
                let mut step = step(state).at(&wanted.path).because(why);
                let needs = shell.needs(&self.around).filter(|_| !self.is_removal && state != State::Kept);
                step.next.extend(needs);
                step
            }
            Err(error) => step(State::Failed).at(&wanted.path).because(error.to_string()),
        }
    }

    fn manual(&self, is_dry: bool, made: &mut BTreeSet<PathBuf>) -> Vec<Step> {
        if !self.is_removal
            && let Some(file) = Manual::packaged(&self.around)
        {
            return vec![Step::new(Part::Man, "manual pages", State::Provided).at(file)];
        }
        let manual = Manual::new(&self.around, pages(tree::tree(self.rows, None)));
        if self.is_removal { manual.take(is_dry, made) } else { manual.put(&self.around, is_dry) }
    }
}

fn line(step: &Step) -> String {
    let path = step.path.as_ref().map(|path| format!(": {}", path.display())).unwrap_or_default();
    let detail = if step.detail.is_empty() { String::new() } else { format!(" ({})", step.detail) };
    format!("{}{path}{detail}", step.what)
}

fn unasked(call: &Call<'_>) -> Failure {
    let words: Vec<String> = call.arguments.get_many::<String>("part").into_iter().flatten().cloned().collect();
    let removal = if call.arguments.get_flag("remove") { " --remove" } else { "" };
    let parts = words.iter().map(|word| format!(" {word}")).collect::<String>();
    let detail = "nothing was done: there is no terminal at which to ask";
    let mut failure = Failure::new(FailureKind::Declined, detail).next("mp setup --yes", "do what is listed");
    for next in &mut failure.next {
        next.command = format!("mp setup{parts}{removal} --yes");
    }
    failure
}
