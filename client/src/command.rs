//! What a command is: a row. The command tree, the sections of the help, completions and dispatch all read the rows that
//! `commands::COMMANDS` lists, so that a command is one file and one row, and nothing else can forget it.

use std::pin::Pin;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::parser::ValueSource;
use mp_catalog::Operation;
use mp_proto::failure::{Failure, FailureKind};

use crate::call::{Call, session_flags};
use crate::caller::{self, Environment, SessionFlags};
use crate::output::Usual;
use crate::{offer, operation};

/// A command, or a group of commands: a word of the command line.
pub(crate) struct Command {
    /// The word.
    pub(crate) name: &'static str,
    /// The heading of the help under which it stands. Of a first word alone.
    pub(crate) section: Section,
    /// Where it stands there, if that is not the order of the rows: lower numbers come first.
    pub(crate) place: u8,
    /// One line.
    pub(crate) about: &'static str,
    /// Adds its arguments.
    pub(crate) arguments: fn(clap::Command) -> clap::Command,
    /// Options of its own under the name of a global one: they describe what it makes, and are no flags of the session.
    pub(crate) own: &'static [&'static str],
    /// The session flags that its call has.
    pub(crate) flags: Flags,
    /// What the daemon knows of values for its arguments, by their ids.
    pub(crate) values: &'static [(&'static str, Values)],
    /// Whether the words behind it are another program's.
    pub(crate) runs_program: bool,
    /// Whether it checks the session flags itself, and so do all commands below it: what is wrong with them is part of its answer.
    pub(crate) checks_flags: bool,
    /// Commands below it, of one that does something itself: `mp mcp` serves, `mp mcp header` prints. A group has its own in `run`.
    pub(crate) below: &'static [Command],
    /// What it does.
    pub(crate) run: Run,
}

/// The headings of the help, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    Login,
    Ask,
    Lend,
    Reports,
    Releases,
    Data,
    Itself,
}

/// Which session flags a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flags {
    /// Those of the command line.
    All,
    /// Those of the command line without project and workspace, which the command is about.
    WithoutProject,
    /// None: they describe what the command makes, or are of no use to it.
    None,
}

/// Values that a shell is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    /// Accounts by name.
    Accounts,
    /// Targets by name.
    Targets,
    /// Projects of the account by id.
    Projects,
    /// Workspaces of the project by id.
    Workspaces,
    /// First words of the catalog.
    Groups,
    /// Events of the project by name.
    Events,
    /// Properties of events and of users by name.
    Properties,
}

/// What a command does.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// Runs with a call whose answer is for people unless they want another format.
    Call(for<'c> fn(&'c mut Call<'_>) -> Running<'c, ()>),
    /// Runs in a way of its own: with another format, without a call, or to an exit code of its own.
    Custom(for<'a> fn(Invocation<'a>) -> Running<'a, ExitCode>),
    /// Has commands of its own.
    Group(&'static [Command]),
    /// Has those operations of the catalog whose first word it is.
    Catalog,
    /// Is a program of its own, which gets the words behind it.
    Program {
        /// Its name.
        program: &'static str,
        /// What it gets before them.
        words: &'static [&'static str],
    },
}

/// A command on its way.
pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + 'a>>;

impl Section {
    /// All of them, in the order of the help.
    pub(crate) const ALL: [Self; 7] =
        [Self::Login, Self::Ask, Self::Lend, Self::Reports, Self::Releases, Self::Data, Self::Itself];

    /// Returns the text of the heading.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Login => "Log in, and choose what to work on",
            Self::Ask => "Ask",
            Self::Lend => "Lend the login to other programs",
            Self::Reports => "Reports",
            Self::Releases => "Releases",
            Self::Data => "Data and project",
            Self::Itself => "The program itself",
        }
    }
}

impl Command {
    /// What most commands have in common.
    pub(crate) const ROW: Self = Self {
        name: "",
        section: Section::Itself,
        place: 0,
        about: "",
        arguments: |command| command,
        own: &[],
        flags: Flags::All,
        values: &[],
        runs_program: false,
        checks_flags: false,
        below: &[],
        run: Run::Group(&[]),
    };

    /// Returns the line about it.
    pub(crate) fn about(&self) -> &'static str {
        if matches!(self.run, Run::Catalog) { mp_catalog::about(self.name) } else { self.about }
    }

    /// Returns the commands below it.
    pub(crate) const fn below(&self) -> &'static [Command] {
        match self.run {
            Run::Group(below) => below,
            Run::Call(_) | Run::Custom(_) | Run::Catalog | Run::Program { .. } => self.below,
        }
    }

    /// Checks that what was said for the command itself is not said on the way to one below it, which would never hear of it.
    fn check_passed_by(&self, matches: &ArgMatches, below: &str) -> Result<(), Failure> {
        let own = (self.arguments)(clap::Command::new(self.name));
        let said = |arg: &&clap::Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
        let Some(arg) = own.get_arguments().find(said) else { return Ok(()) };
        let arg = arg.get_long().map_or_else(|| arg.get_id().to_string(), |long| format!("--{long}"));
        let detail = format!("{arg} is for `mp {}` itself, not for `mp {0} {below}`", self.name);
        let help = format!("mp {} {below} --help", self.name);
        Err(Failure::new(FailureKind::InvalidArgument, detail).next(help, "see what that takes"))
    }
}

/// A command as a command line names it.
#[derive(Clone, Copy)]
pub(crate) struct Invocation<'a> {
    /// Its row.
    pub(crate) row: &'static Command,
    /// Its arguments.
    pub(crate) arguments: &'a ArgMatches,
    /// All rows, for commands that are about commands.
    pub(crate) rows: &'static [Command],
}

impl<'a> Invocation<'a> {
    /// Checks the session flags, be they of use for the command or not: one that is wrong is a misunderstanding.
    ///
    /// # Errors
    /// When they exclude each other, or a variable that stands for one is wrong.
    pub(crate) fn check(self) -> Result<(), Failure> {
        let mut flags = session_flags(self.arguments);
        for option in self.row.own {
            match *option {
                "account" => flags.account = None,
                "project" => flags.project = None,
                "workspace" => flags.workspace = None,
                _ => {}
            }
        }
        caller::check(&flags, &Environment::of_this_process())
    }

    /// Prepares a call whose answer is for people unless they want another format.
    ///
    /// # Errors
    /// When flags or variables are wrong.
    pub(crate) fn call(self) -> Result<Call<'a>, Failure> {
        self.call_showing(Usual::Text)
    }

    /// Prepares a call whose answer has its usual format unless another one is wanted.
    ///
    /// # Errors
    /// When flags or variables are wrong.
    pub(crate) fn call_showing(self, usual: Usual) -> Result<Call<'a>, Failure> {
        let all = session_flags(self.arguments);
        let flags = match self.row.flags {
            Flags::All => all,
            Flags::WithoutProject => SessionFlags { project: None, workspace: None, ..all },
            Flags::None => SessionFlags::default(),
        };
        Call::prepare(self.arguments, &flags, usual)
    }
}

/// Runs the command that a command line names.
///
/// # Errors
/// Those of the command.
pub(crate) async fn run(rows: &'static [Command], matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let (mut inside, mut level, mut is_checked) = (matches, rows, false);
    loop {
        // clap has made sure that there is a command, and below a group one of its own.
        let (word, arguments) = inside.subcommand().expect("a command is required");
        let row = level.iter().find(|row| row.name == word).expect("the tree is made of the rows");
        is_checked |= row.checks_flags;
        let at = Invocation { row, arguments, rows };
        match row.run {
            Run::Group(below) => (inside, level) = (arguments, below),
            Run::Catalog => return run_operation(row, arguments, rows).await,
            Run::Call(_) | Run::Custom(_) | Run::Program { .. } => {
                if let Some(below) = arguments.subcommand_name() {
                    row.check_passed_by(arguments, below)?;
                    (inside, level) = (arguments, row.below);
                    continue;
                }
                if !is_checked {
                    at.check()?;
                }
                return run_one(at).await;
            }
        }
    }
}

async fn run_one(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    match at.row.run {
        Run::Custom(run) => run(at).await,
        Run::Call(run) => run(&mut at.call()?).await.map(|()| ExitCode::SUCCESS),
        Run::Group(_) | Run::Catalog => unreachable!("what has commands of its own is no command"),
        Run::Program { .. } => unreachable!("a program is run before the line is read"),
    }
}

async fn run_operation(
    row: &'static Command,
    arguments: &ArgMatches,
    rows: &'static [Command],
) -> Result<ExitCode, Failure> {
    let (operation, arguments) = operation_of(row, arguments);
    Invocation { row, arguments, rows }.check()?;
    operation::run(operation, arguments).await.map(|()| ExitCode::SUCCESS)
}

/// Returns the operation that the words below a row of the catalog name, and its arguments.
fn operation_of<'a>(row: &'static Command, mut arguments: &'a ArgMatches) -> (&'static Operation, &'a ArgMatches) {
    let mut words = vec![row.name];
    while let Some((word, inside)) = arguments.subcommand() {
        words.push(word);
        arguments = inside;
    }
    (offer::named(&words).expect("the branch is made of the operations"), arguments)
}
