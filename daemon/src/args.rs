//! The command line of `mpd`. A dozen lines of matching: clap belongs to the client.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use mp_proto::handover::{FROM_SOCKET, FROM_STDIN, OPTION};
use mp_proto::version::IDENTITY_FLAG;
use mp_proto::wire::StartedBy;

/// Text of `mpd --help`.
pub const HELP: &str = "\
mpd: one Mixpanel login for every tool on this machine

Usage: mpd [OPTIONS]

Runs in the foreground. `mp` starts it by itself when it is needed.

Options:
      --root <DIR>            Storage root [default: $MP_STORAGE_DIR, else ~/.mp]
      --socket <PATH>         Socket to serve [default: $MPD_SOCKET, else <root>/run/mpd.sock,
                              or where run_dir of [settings] says]
      --idle-exit <SECONDS>   Exit after so long without a call, 0 = never
                              [default: 1800 when started by a client, else 0]
      --upstream <URL>        Loopback URL in place of Mixpanel, for tests [default: $MPD_UPSTREAM]
      --log-level <FILTER>    Log filter, such as debug [default: $MPD_LOG, else info]
      --started-by <WHO>      client, service or hand [default: hand]
      --take-over <FROM>      Take over from the daemon that serves (socket), or from the program
                              that was run before in this process (stdin); used by mp and mpd
      --check                 Tell whether it could be started, and leave everything as it is
      --version               Print the version
      --mixpanel-version      Print the same in a fixed form, by which mp knows its mpd from others
      --help                  Print this help
";

/// An auto-spawned daemon leaves after half an hour without a call.
const CLIENT_IDLE_EXIT: Duration = Duration::from_secs(30 * 60);

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve.
    Run(Options),
    /// Look whether it could serve.
    Check(Options),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Say that it is this daemon, and no other program of the name.
    Identity,
}

/// How to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `--root`.
    pub root: Option<PathBuf>,
    /// `--socket`.
    pub socket: Option<PathBuf>,
    /// `--started-by`.
    pub started_by: StartedBy,
    /// `--idle-exit`, or what it is without; none means never.
    pub idle_exit: Option<Duration>,
    /// `--upstream`.
    pub upstream: Option<String>,
    /// `--log-level`.
    pub log_level: Option<String>,
    /// `--take-over`.
    pub take_over: Option<TakeOver>,
}

/// Where the socket and the lock come from that another daemon has had so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeOver {
    /// The daemon that answers at the socket.
    Socket,
    /// The program that was run before, in this process.
    Stdin,
}

impl Default for Options {
    /// A person starts it in a terminal, and it stays.
    fn default() -> Self {
        let started_by = StartedBy::Hand;
        Self { root: None, socket: None, started_by, idle_exit: None, upstream: None, log_level: None, take_over: None }
    }
}

/// A command line that cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgsError {
    /// An option that does not exist.
    #[error("unknown option {0}; `mpd --help` lists them")]
    Unknown(String),
    /// An option without its value.
    #[error("{0} needs a value")]
    Missing(&'static str),
    /// A value that the option does not take.
    #[error("{option} takes {expected}, not {value:?}")]
    Value {
        /// The option.
        option: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What was given.
        value: String,
    },
}

/// Reads the arguments after the program's name. Both `--name value` and `--name=value` are understood.
///
/// # Errors
/// When an option is unknown, lacks its value, or has a wrong one.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, ArgsError> {
    let mut options = Options::default();
    let (mut idle_exit, mut is_check) = (None, false);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let (name, mut inline) = split(arg);
        let mut value = |option| inline.take().or_else(|| args.next()).ok_or(ArgsError::Missing(option));
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--check" => is_check = true,
            IDENTITY_FLAG => return Ok(Command::Identity),
            "--root" => options.root = Some(value("--root")?.into()),
            "--socket" => options.socket = Some(value("--socket")?.into()),
            "--idle-exit" => idle_exit = Some(seconds(value("--idle-exit")?)?),
            "--upstream" => options.upstream = Some(value("--upstream")?.to_string_lossy().into_owned()),
            "--log-level" => options.log_level = Some(value("--log-level")?.to_string_lossy().into_owned()),
            OPTION => options.take_over = Some(take_over(value(OPTION)?)?),
            "--started-by" => options.started_by = started_by(value("--started-by")?)?,
            _ => return Err(ArgsError::Unknown(name)),
        }
    }
    options.idle_exit = match (idle_exit, options.started_by) {
        (Some(0), _) => None,
        (Some(seconds), _) => Some(Duration::from_secs(seconds)),
        (None, StartedBy::Client) => Some(CLIENT_IDLE_EXIT),
        (None, StartedBy::Service | StartedBy::Hand) => None,
    };
    Ok(if is_check { Command::Check(options) } else { Command::Run(options) })
}

fn split(arg: OsString) -> (String, Option<OsString>) {
    match arg.to_str().and_then(|text| text.split_once('=')) {
        Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.into())),
        _ => (arg.to_string_lossy().into_owned(), None),
    }
}

fn seconds(value: OsString) -> Result<u64, ArgsError> {
    let wrong = || ArgsError::Value {
        option: "--idle-exit",
        expected: "a number of seconds",
        value: value.to_string_lossy().into_owned(),
    };
    value.to_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)
}

fn started_by(value: OsString) -> Result<StartedBy, ArgsError> {
    match value.to_str() {
        Some("client") => Ok(StartedBy::Client),
        Some("service") => Ok(StartedBy::Service),
        Some("hand") => Ok(StartedBy::Hand),
        _ => Err(ArgsError::Value {
            option: "--started-by",
            expected: "client, service or hand",
            value: value.to_string_lossy().into_owned(),
        }),
    }
}

fn take_over(value: OsString) -> Result<TakeOver, ArgsError> {
    match value.to_str() {
        Some(FROM_SOCKET) => Ok(TakeOver::Socket),
        Some(FROM_STDIN) => Ok(TakeOver::Stdin),
        _ => Err(ArgsError::Value {
            option: OPTION,
            expected: "socket or stdin",
            value: value.to_string_lossy().into_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Result<Options, ArgsError> {
        match parse(args.iter().map(OsString::from))? {
            Command::Run(options) => Ok(options),
            other => panic!("not a run: {other:?}"),
        }
    }

    #[test]
    fn both_spellings_of_a_value_are_understood() {
        let options = run(&["--root", "/r", "--socket=/s", "--idle-exit=5"]).expect("is right");
        assert_eq!((options.root, options.socket), (Some("/r".into()), Some("/s".into())));
        assert_eq!(options.idle_exit, Some(Duration::from_secs(5)));
    }

    #[test]
    fn only_a_daemon_that_a_client_started_leaves_by_itself() {
        assert_eq!(run(&[]).map(|options| options.idle_exit), Ok(None));
        assert_eq!(run(&["--started-by", "client"]).map(|o| o.idle_exit), Ok(Some(CLIENT_IDLE_EXIT)));
        assert_eq!(run(&["--started-by", "client", "--idle-exit", "0"]).map(|o| o.idle_exit), Ok(None));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(run(&["--rot"]), Err(ArgsError::Unknown("--rot".into())));
        assert_eq!(run(&["--root"]), Err(ArgsError::Missing("--root")));
        let wrong = run(&["--idle-exit", "soon"]).map_err(|error| error.to_string());
        assert_eq!(wrong, Err("--idle-exit takes a number of seconds, not \"soon\"".to_owned()));
    }
}
