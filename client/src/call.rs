//! What a command has at hand when it runs: its arguments, a connection to the daemon, and where results go.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use mp_proto::deadline::{CALL, Deadline};
use mp_proto::failure::Failure;
use mp_proto::routes::SESSION_PERSISTED;
use mp_proto::wire::ActiveBody;
use serde::de::DeserializeOwned;

use crate::api::{Answer, Connection, Exchange, Options, Told};
use crate::caller::{Environment, SessionFlags, context, directory};
use crate::output::{Format, Output, Preference, Reader, Usual};
use crate::place::Place;
use crate::report;
use crate::upgrade;

/// Exit code of a command that Ctrl-C has ended: that of a process that the signal kills, as a shell tells it.
pub(crate) const INTERRUPTED: u8 = 130;

/// What every command has at hand.
pub(crate) struct Call<'a> {
    /// The arguments of the leaf command.
    pub arguments: &'a ArgMatches,
    /// The daemon.
    pub daemon: Connection,
    /// Where results go.
    pub output: Output,
    /// Whether notes are unwanted.
    pub quiet: bool,
    /// The environment of this process.
    pub environment: Environment,
}

impl<'a> Call<'a> {
    /// Prepares a call from the arguments of its leaf. Everything that can be refused without the daemon is refused here.
    ///
    /// # Errors
    /// When flags or variables are wrong.
    pub(crate) fn prepare(arguments: &'a ArgMatches, flags: &SessionFlags, usual: Usual) -> Result<Self, Failure> {
        let environment = Environment::of_this_process();
        let text = |id: &str| arguments.get_one::<String>(id).map(String::as_str);
        let preference = match usual {
            // Nobody's preference counts, and so it may be wrong.
            Usual::Only(_) => Preference::default(),
            Usual::Text | Usual::Data => Preference::new(environment.get("MP_FORMAT"), Reader::of_stdout())?,
        };
        let output = Output::new(text("format").map(Format::of), text("jq"), usual, preference)?;
        let place = place(arguments, &environment)?;
        let context = context(flags, &environment, directory().as_deref())?;
        let deadline = arguments.get_one::<u64>("timeout").map_or(CALL.client, |seconds| Duration::from_secs(*seconds));
        let observer: Option<fn(&Exchange<'_>)> =
            if arguments.get_flag("verbose") { Some(|exchange| report::say(&exchange.to_string())) } else { None };
        let build: Option<fn(&Place, &str)> = if arguments.get_flag("quiet") { None } else { Some(upgrade::tell) };
        let told: Option<Told> = if arguments.get_flag("quiet") { None } else { Some(Arc::new(report::told)) };
        let waits: Option<Told> = if arguments.get_flag("quiet") { None } else { Some(Arc::new(report::above)) };
        let preference = Some(output.preference());
        let environment_of_calls = environment.clone();
        let options = Options {
            place,
            context,
            environment: environment_of_calls,
            deadline,
            observer,
            build,
            told,
            waits,
            call: None,
            preference,
            tool: None,
        };
        Ok(Self {
            arguments,
            daemon: Connection::new(options),
            output,
            quiet: arguments.get_flag("quiet"),
            environment,
        })
    }

    /// Returns what is persisted, whatever flags and environment say.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub(crate) async fn persisted(&mut self) -> Result<ActiveBody, Failure> {
        self.get(SESSION_PERSISTED).await
    }

    /// Chooses who is told what the daemon says beside its answers. Returns who was told so far.
    pub(crate) fn set_told(&mut self, told: Option<Told>) -> Option<Told> {
        let mut options = self.daemon.options().clone();
        let before = std::mem::replace(&mut options.told, told);
        self.daemon = Connection::new(options);
        before
    }

    /// Says nothing of the daemon's build: who reads the answer is no person, or is about to change it.
    pub(crate) fn ignore_build(&mut self) {
        let options = Options { build: None, ..self.daemon.options().clone() };
        self.daemon = Connection::new(options);
    }

    /// Decides anew whether a call may start a daemon, whatever `MPD_AUTOSTART` says: that is for commands which only need one. With
    /// `--no-autostart` none is started in any case.
    pub(crate) fn set_autostart(&mut self, allowed: bool) {
        let mut options = self.daemon.options().clone();
        options.place.autostart = allowed && !self.arguments.get_flag("no-autostart");
        self.daemon = Connection::new(options);
    }

    /// Gives the calls of this command as long as calls of their kind may take, unless `--timeout` says how long.
    pub(crate) fn allow(&mut self, deadline: Deadline) {
        if self.arguments.get_one::<u64>("timeout").is_none() {
            self.daemon.set_deadline(deadline.client);
        }
    }

    /// Returns the value of an option or argument.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        self.arguments.get_one::<String>(id).cloned()
    }

    /// Returns the value of an argument that clap has made sure of.
    pub(crate) fn required(&self, id: &str) -> String {
        self.text(id).unwrap_or_default()
    }

    /// Returns the value of an integer option.
    pub(crate) fn number(&self, id: &str) -> Option<i64> {
        self.arguments.get_one::<i64>(id).copied()
    }

    /// Takes the body of an answer. What came beside it was printed when it came.
    pub(crate) fn body<T>(&self, answer: Answer<T>) -> T {
        answer.body
    }

    /// Reads something.
    ///
    /// # Errors
    /// Those of the route.
    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Failure> {
        let answer = self.daemon.get(path).await?;
        Ok(self.body(answer))
    }
}

/// Returns where the daemon of a command line is.
///
/// # Errors
/// When root or socket cannot be named.
pub(crate) fn place(arguments: &ArgMatches, environment: &Environment) -> Result<Place, Failure> {
    let socket = arguments.get_one::<String>("socket").map(Path::new);
    let autostart = !arguments.get_flag("no-autostart");
    Place::find(socket, autostart, environment)
}

/// Returns the session flags of a command line.
pub(crate) fn session_flags(arguments: &ArgMatches) -> SessionFlags {
    let text = |id: &str| arguments.get_one::<String>(id).cloned();
    SessionFlags {
        account: text("account"),
        project: text("project"),
        workspace: arguments.get_one::<i64>("workspace").copied(),
        target: text("target"),
    }
}
