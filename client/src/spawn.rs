//! Starts a daemon, in an environment without secrets, and waits until it says that it is ready.

use std::ffi::OsStr;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use mp_proto::handover::{FROM_SOCKET, OPTION, is_not_handed_over};
use mp_proto::ownership::{self, OwnershipError};
use mp_proto::{location, surroundings};

use crate::lock::{Locked, lock_until};
use crate::place::{Place, uid};
use crate::program::{self, FirstLine, ProgramError};

/// A daemon of ours says something within this time, unless the machine is busy.
const AT_ONCE: Duration = Duration::from_millis(500);

/// How long the end of a process may take to be told that has closed its output.
const LAST: Duration = Duration::from_secs(1);

/// Enough for a thread that makes one system call.
const SMALL_STACK: usize = 64 * 1024;

/// Why no daemon was started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// There is no program to start.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The storage root is not to be used.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The system refused a step.
    #[error("could not {step}: {source}")]
    System {
        /// What was tried.
        step: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The daemon said why it does not run.
    #[error("{0}")]
    Refused(String),
    /// Another daemon is there, on its way in or out.
    #[error("{0}")]
    AnotherHoldsTheLock(String),
    /// It was to take over, and the daemon that serves has not let it.
    #[error("{0}")]
    NotHandedOver(String),
    /// A signal ended it before it was ready.
    #[error("signal {signal} ended it before it was ready")]
    Killed {
        /// The number of the signal.
        signal: i32,
    },
    /// It neither became ready nor said why.
    #[error("{0}")]
    Silent(String),
}

/// The right to start a daemon: of many clients that find none, one at a time has it, until this is dropped.
pub(crate) struct Turn {
    _lock: Locked,
}

/// What a daemon is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// To serve where none does.
    New,
    /// To take over from the one that serves.
    TakeOver,
}

/// Starts a daemon and waits until it is ready.
///
/// # Errors
/// When there is no program, or it does not become ready.
pub(crate) fn start(place: &Place, _: &Turn, how: Start, deadline: Instant) -> Result<(), StartError> {
    // What the shell opened for us (a lock, a pipe) must end with us, not with a daemon that lives for days.
    close_fds::set_fds_cloexec(3, &[]);
    let mut found = Vec::new();
    for program in program::candidates(place.program.as_deref(), &place.environment)? {
        match run(&program, place, how, deadline) {
            Err(StartError::Program(ProgramError::NotOurs { found: more })) => found.extend(more),
            started => return started,
        }
    }
    Err(ProgramError::NotOurs { found }.into())
}

fn run(program: &Path, place: &Place, how: Start, deadline: Instant) -> Result<(), StartError> {
    let step = || format!("run {}", program.display());
    let mut command = command(program, place);
    if how == Start::TakeOver {
        command.args([OPTION, FROM_SOCKET]);
    }
    let mut child = program::started(&mut command, deadline).map_err(|source| system(step(), source))?;
    let Some(pipe) = child.stdout.take() else { return Err(StartError::Silent("its pipe is missing".to_owned())) };
    let pid = child.id();
    let line = FirstLine::of(pipe);
    let mut said = line.until(deadline.min(Instant::now() + AT_ONCE));
    if said.as_deref() != Some(READY) {
        // Whoever is ready as our daemon is, is ours. All others are asked who they are, before they are waited for or believed.
        if let Err(other) = program::identify(program) {
            let _ = child.kill();
            reap(child);
            return Err(ProgramError::NotOurs { found: vec![other] }.into());
        }
        said = said.or_else(|| line.until(deadline));
    }
    let end = reap(child);
    // What has closed its output without a word is ending, or is no daemon.
    let patience = if said.is_some() { LAST } else { Duration::ZERO };
    let ended = if said.as_deref().is_none_or(str::is_empty) { end.recv_timeout(patience).ok() } else { None };
    judge(said.as_deref(), pid, ended)
}

/// Runs a daemon's program as a start would, but to its end, and returns the first line that it says; none when it says nothing in time.
///
/// # Errors
/// When it cannot be run.
pub(crate) fn said_by(
    program: &Path,
    place: &Place,
    arguments: &[&str],
    deadline: Instant,
) -> Result<Option<String>, StartError> {
    let step = || format!("run {}", program.display());
    let mut child =
        program::started(command(program, place).args(arguments), deadline).map_err(|source| system(step(), source))?;
    let said = child.stdout.take().and_then(|pipe| FirstLine::of(pipe).until(deadline));
    // It has said what it had to say, or never will.
    let _ = child.kill();
    reap(child);
    Ok(said.filter(|line| !line.is_empty()))
}

fn system(step: impl Into<String>, source: io::Error) -> StartError {
    StartError::System { step: step.into(), source }
}

/// Makes the directory that the turn needs, private from the beginning. The daemon checks it again. What is outside of the storage root
/// lies where others may write, too.
fn prepare(place: &Place, run: &Path) -> io::Result<()> {
    if run.starts_with(&place.root) || place.runs.len() == 1 {
        return DirBuilder::new().recursive(true).mode(0o700).create(run);
    }
    for directory in [run.parent().unwrap_or(run), run] {
        match DirBuilder::new().mode(0o700).create(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let found = std::fs::symlink_metadata(directory)?;
        if !found.is_dir() || found.uid() != uid() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is another user's"));
        }
    }
    Ok(())
}

/// Waits for the turn to start a daemon, in the first directory that can hold a lock. Whoever gets it must look again: the one before
/// may have started it.
///
/// # Errors
/// When the lock cannot be taken in time.
pub(crate) fn take_turn(place: &Place, deadline: Instant) -> Result<Turn, StartError> {
    ownership::check(&place.root, uid(), |path| std::fs::symlink_metadata(path), |path| std::fs::metadata(path))?;
    let mut first = None;
    for run in &place.runs {
        match turn_in(place, run, deadline) {
            Err(error @ StartError::System { .. }) => drop(first.get_or_insert(error)),
            turn => return turn,
        }
    }
    Err(first.unwrap_or_else(|| StartError::Silent("there is no directory for it".to_owned())))
}

fn turn_in(place: &Place, run: &Path, deadline: Instant) -> Result<Turn, StartError> {
    prepare(place, run).map_err(|source| system(format!("make {}", run.display()), source))?;
    let path = location::spawn_lock(run);
    let step = || format!("lock {}", path.display());
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(&path)
        .map_err(|source| system(step(), source))?;
    match lock_until(file, deadline).map_err(|source| system(step(), source))? {
        Some(lock) => Ok(Turn { _lock: lock }),
        None => Err(StartError::Silent(format!("another client has been starting it for too long ({})", step()))),
    }
}

/// Keeps the daemon's allocator from huge pages before its first line runs: with them, one of three megabytes of its own would have seven
/// where the system gives them to all (Debian, Red Hat).
pub(crate) const SMALL_PAGES: (&str, &str) = ("MIMALLOC_ALLOW_THP", "0");

fn command(program: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--root")
        .arg(&place.root)
        .args(["--started-by", "client"])
        .env_clear()
        .envs(place.environment.iter().filter(|(name, _)| passes(name)))
        .env(SMALL_PAGES.0, SMALL_PAGES.1)
        .envs(surroundings::names().filter_map(|name| Some((name, place.environment.of_network(name)?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Its own directory is `/`; until it has changed to it, it must not keep a file system of ours busy.
        .current_dir("/");
    // Else the daemon finds it by the rule by which this side has found it.
    if place.is_named {
        command.arg("--socket").arg(&place.socket);
    }
    command
}

/// What a daemon may know of the environment it happens to be started in: where things are, and how to log; what there is about the network
/// comes beside this. Everything else stays out, for `/proc/PID/environ` shows it for as long as the daemon lives.
fn passes(name: &OsStr) -> bool {
    const NAMES: [&str; 11] = [
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "LANG",
        "TZ",
        "TMPDIR",
        "RUST_BACKTRACE",
        "MPD_LOG",
        "MPD_LOG_FORMAT",
        // Where the keyring is asked for secrets that are kept there.
        "DBUS_SESSION_BUS_ADDRESS",
    ];
    let Some(name) = name.to_str() else { return false };
    // Tests want to see the answers of a daemon that a client has started, too; no release knows the name.
    let is_for_tests = cfg!(debug_assertions) && name == "MPD_ANSWERS";
    NAMES.contains(&name) || is_for_tests || name.starts_with("LC_") || name.starts_with("XDG_")
}

/// The daemon usually outlives this process, and init collects it in the end. While this process lives, it has to do that itself.
/// Returns where its end is told.
fn reap(mut child: Child) -> Receiver<ExitStatus> {
    let (sender, end) = sync_channel(1);
    let waiter = std::thread::Builder::new().name("mpd wait".to_owned()).stack_size(SMALL_STACK);
    // Without a thread, a dead daemon stays in the process table until this process ends, which harms nobody.
    let _ = waiter.spawn(move || child.wait().map(|status| sender.send(status)));
    end
}

/// What a daemon of ours says of its start.
const READY: &str = "ready";
const REFUSED: &str = "error: ";

fn judge(said: Option<&str>, pid: u32, ended: Option<ExitStatus>) -> Result<(), StartError> {
    match said {
        Some(READY) => Ok(()),
        Some("") => Err(match ended {
            Some(status) => match status.signal() {
                Some(signal) => StartError::Killed { signal },
                None => StartError::Silent(format!("it ended without a word ({status})")),
            },
            None => StartError::Silent(format!("it closed its output without a word, and {}", life(pid, None))),
        }),
        None => Err(StartError::Silent(format!("it was not ready in time: {}", life(pid, ended)))),
        Some(line) => match line.strip_prefix(REFUSED) {
            Some(reason) if reason.starts_with("another host or process holds") => {
                Err(StartError::AnotherHoldsTheLock(reason.to_owned()))
            }
            Some(reason) if is_not_handed_over(reason) => Err(StartError::NotHandedOver(reason.to_owned())),
            Some(reason) => Err(StartError::Refused(reason.to_owned())),
            None => Err(StartError::Silent(format!("it said {:?}", line.chars().take(80).collect::<String>()))),
        },
    }
}

/// Says whether a process that was started lives, and how much it could run: on a machine that is too busy it may not have been let to.
fn life(pid: u32, ended: Option<ExitStatus>) -> String {
    if let Some(status) = ended {
        return format!("its process {pid} has ended ({status})");
    }
    let schedule = std::fs::read_to_string(format!("/proc/{pid}/schedstat"));
    // The first of the numbers: for how many nanoseconds it had a processor.
    let ran = schedule.ok().and_then(|text| text.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    match ran {
        None => format!("its process {pid} lives"),
        Some(ran) if ran.is_zero() => format!("its process {pid} lives, but no processor has run it yet"),
        Some(ran) => format!("its process {pid} lives, and a processor has run it for {ran:.1?} so far"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Environment;

    #[test]
    fn no_secret_of_the_starter_reaches_the_daemon() {
        for dropped in [
            "MP_SECRET",
            "MP_OAUTH_TOKEN",
            "MP_PROJECT_ID",
            "CI_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "MPD_SOCKET",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "my_proxy",
        ] {
            assert!(!passes(OsStr::new(dropped)), "{dropped}");
        }
        for kept in ["HOME", "DBUS_SESSION_BUS_ADDRESS", "LC_ALL", "XDG_RUNTIME_DIR", "MPD_LOG", "MPD_LOG_FORMAT"] {
            assert!(passes(OsStr::new(kept)), "{kept}");
        }
    }

    #[test]
    fn the_environment_of_a_daemon_is_an_allow_list() {
        let variables = [
            ("HOME", "/h"),
            ("MP_SECRET", "s"),
            ("https_proxy", "http://p"),
            ("NO_PROXY", ""),
            ("SSL_CERT_FILE", "ca"),
        ];
        let environment = Environment::of(&variables);
        let place = Place::below(Some(Path::new("/r")), None, true, &environment).expect("a place");
        let command = command(Path::new("/bin/mpd"), &place);
        let names: Vec<_> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
        assert_eq!(names, ["HOME", SMALL_PAGES.0, "SSL_CERT_FILE", "https_proxy"], "what is empty says nothing");
        let file = command.get_envs().find_map(|(name, value)| value.filter(|_| name == "SSL_CERT_FILE"));
        assert!(file.is_some_and(|file| Path::new(file).is_absolute()), "the daemon lives in another directory");
        let arguments: Vec<_> = command.get_args().filter_map(OsStr::to_str).collect();
        assert_eq!(arguments, ["--root", "/r", "--started-by", "client"]);
    }

    #[test]
    fn what_the_daemon_says_decides() {
        let of = |line: &str| judge(Some(line), 1, None);
        assert!(of("ready").is_ok());
        assert!(matches!(
            of("error: another host or process holds /r/run/mpd.lock (pid 1)"),
            Err(StartError::AnotherHoldsTheLock(_))
        ));
        assert!(
            matches!(of("error: could not bind /s: busy"), Err(StartError::Refused(reason)) if reason == "could not bind /s: busy")
        );
        assert!(matches!(of(""), Err(StartError::Silent(_))));
        assert!(matches!(judge(None, 1, None), Err(StartError::Silent(_))));
    }

    #[test]
    fn the_end_of_a_silent_start_is_told_as_it_was() {
        let of = |said, ended| judge(said, std::process::id(), Some(ExitStatus::from_raw(ended)));
        assert!(matches!(of(Some(""), 9), Err(StartError::Killed { signal: 9 })), "it may be started again");
        let text = |said, ended| of(said, ended).expect_err("not ready").to_string();
        assert_eq!(text(Some(""), 0x100), "it ended without a word (exit status: 1)");
        assert!(text(None, 9).ends_with("has ended (signal: 9 (SIGKILL))"), "{}", text(None, 9));
        let lives = life(std::process::id(), None);
        assert!(
            lives.contains("lives") && (lives.contains("has run it for") || cfg!(not(target_os = "linux"))),
            "{lives}"
        );
    }
}
