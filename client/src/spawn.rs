//! Starts a daemon: the one beside this program, in an environment without secrets, and waits until it says that it is ready.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use mp_proto::location;
use mp_proto::ownership::{self, OwnershipError};

use crate::caller::Environment;
use crate::place::{Place, uid};

/// Longest line that a starting daemon may write.
const MAX_LINE: usize = 8 * 1024;

/// Enough for a thread that makes one system call.
const SMALL_STACK: usize = 64 * 1024;

/// Why no daemon was started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// There is no program to start.
    #[error("there is no mpd beside {}, and MPD_BIN is not set", beside.display())]
    NoProgram {
        /// Where it was looked for.
        beside: PathBuf,
    },
    /// A bare name or relative: the search path or the directory would decide what is run.
    #[error("the daemon to start (MPD_BIN) must be an absolute path, but is {}", path.display())]
    Relative {
        /// Its value.
        path: PathBuf,
    },
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
    /// It neither became ready nor said why.
    #[error("{0}")]
    Silent(String),
}

/// The right to start a daemon: of many clients that find none, one at a time has it, until this is dropped.
pub(crate) struct Turn {
    _lock: File,
}

/// Starts a daemon and waits until it is ready.
///
/// # Errors
/// When there is no program, or it does not become ready.
pub(crate) fn start(place: &Place, _: &Turn, deadline: Instant) -> Result<(), StartError> {
    // What the shell opened for us (a lock, a pipe) must end with us, not with a daemon that lives for days.
    close_fds::set_fds_cloexec(3, &[]);
    let program = match &place.program {
        Some(program) if program.is_absolute() => program.clone(),
        Some(program) => return Err(StartError::Relative { path: program.clone() }),
        None => program(&place.environment)?,
    };
    let step = || format!("run {}", program.display());
    let mut child = command(&program, place).spawn().map_err(|source| system(step(), source))?;
    let Some(pipe) = child.stdout.take() else { return Err(StartError::Silent("its pipe is missing".to_owned())) };
    let said = first_line(pipe, deadline);
    reap(child);
    judge(&said)
}

fn system(step: impl Into<String>, source: io::Error) -> StartError {
    StartError::System { step: step.into(), source }
}

/// Makes the directories that the turn needs, private from the beginning, where the storage root may be used. The daemon checks them again.
fn prepare(place: &Place) -> Result<(), StartError> {
    ownership::check(&place.root, uid(), |path| std::fs::symlink_metadata(path), |path| std::fs::metadata(path))?;
    let run = location::run_dir(&place.root);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&run)
        .map_err(|source| system(format!("make {}", run.display()), source))
}

/// Waits for the turn to start a daemon. Whoever gets it must look again: the one before may have started it.
///
/// # Errors
/// When the lock cannot be taken in time.
pub(crate) fn take_turn(place: &Place, deadline: Instant) -> Result<Turn, StartError> {
    prepare(place)?;
    let path = location::spawn_lock(&place.root);
    let step = || format!("lock {}", path.display());
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(&path)
        .map_err(|source| system(step(), source))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Turn { _lock: file }),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => pause(),
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::Silent(format!(
                    "another client has been starting it for too long ({})",
                    step()
                )));
            }
            Err(TryLockError::Error(source)) => return Err(system(step(), source)),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "flock has no wait with a deadline, and this thread is there for nothing else"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(2));
}

fn command(program: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--root")
        .arg(&place.root)
        .arg("--socket")
        .arg(&place.socket)
        .args(["--started-by", "client"])
        .env_clear()
        .envs(place.environment.iter().filter(|(name, _)| passes(name)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Its own directory is `/`; until it has changed to it, it must not keep a file system of ours busy.
        .current_dir("/");
    command
}

/// The daemon that came with this client, else the one that `MPD_BIN` names. Never the first on `PATH`, which may be anybody's.
pub(crate) fn program(environment: &Environment) -> Result<PathBuf, StartError> {
    let own = std::env::current_exe().map_err(|source| system("find this program", source))?;
    let own = own.canonicalize().unwrap_or(own);
    let beside = own.parent().unwrap_or(Path::new("/")).join("mpd");
    if beside.is_file() {
        return Ok(beside);
    }
    let named = environment.get("MPD_BIN").map(PathBuf::from).ok_or(StartError::NoProgram { beside: own })?;
    if named.is_absolute() { Ok(named) } else { Err(StartError::Relative { path: named }) }
}

/// What a daemon may know of the environment it happens to be started in: where things are, how to reach the network, how to log.
/// Everything else stays out, for `/proc/PID/environ` shows it for as long as the daemon lives.
fn passes(name: &OsStr) -> bool {
    const NAMES: [&str; 16] = [
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "LANG",
        "TZ",
        "TMPDIR",
        "RUST_BACKTRACE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "MPD_LOG",
        "MPD_UPSTREAM",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    ];
    let Some(name) = name.to_str() else { return false };
    let is_proxy = name.ends_with("_proxy") && NAMES.contains(&name.to_ascii_uppercase().as_str());
    // Tests want to see the answers of a daemon that a client has started, too; no release knows the name.
    let is_for_tests = cfg!(debug_assertions) && name == "MPD_ANSWERS";
    NAMES.contains(&name) || is_proxy || is_for_tests || name.starts_with("LC_") || name.starts_with("XDG_")
}

/// Reads what a starting daemon says, in a thread of its own: a pipe has no time-out.
fn first_line(pipe: ChildStdout, deadline: Instant) -> Option<String> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let reader = std::thread::Builder::new().name("mpd start".to_owned()).spawn(move || {
        // An error means that nobody waits any more.
        let _ = sender.send(read_line(pipe));
    });
    reader.ok()?;
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

fn read_line(mut pipe: ChildStdout) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < MAX_LINE && matches!(pipe.read(&mut byte), Ok(1)) && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

/// The daemon usually outlives this process, and init collects it in the end. While this process lives, it has to do that itself.
fn reap(mut child: Child) {
    let waiter = std::thread::Builder::new().name("mpd wait".to_owned()).stack_size(SMALL_STACK);
    // Without a thread, a dead daemon stays in the process table until this process ends, which harms nobody.
    let _ = waiter.spawn(move || child.wait());
}

fn judge(said: &Option<String>) -> Result<(), StartError> {
    match said.as_deref() {
        Some("ready") => Ok(()),
        Some("") => Err(StartError::Silent("it ended without a word".to_owned())),
        None => Err(StartError::Silent("it was not ready in time".to_owned())),
        Some(line) => match line.strip_prefix("error: ") {
            Some(reason) if reason.starts_with("another daemon holds") => {
                Err(StartError::AnotherHoldsTheLock(reason.to_owned()))
            }
            Some(reason) => Err(StartError::Refused(reason.to_owned())),
            None => Err(StartError::Silent(format!("it said {:?}", line.chars().take(80).collect::<String>()))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_the_starter_reaches_the_daemon() {
        for dropped in [
            "MP_SECRET",
            "MP_OAUTH_TOKEN",
            "MP_PROJECT_ID",
            "CI_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "MPD_SOCKET",
            "my_proxy",
        ] {
            assert!(!passes(OsStr::new(dropped)), "{dropped}");
        }
        for kept in ["HOME", "LC_ALL", "XDG_RUNTIME_DIR", "https_proxy", "NO_PROXY", "MPD_LOG"] {
            assert!(passes(OsStr::new(kept)), "{kept}");
        }
    }

    #[test]
    fn the_environment_of_a_daemon_is_an_allow_list() {
        let environment = Environment::of(&[("HOME", "/h"), ("MP_SECRET", "s")]);
        let place = Place::below(Some(Path::new("/r")), None, true, &environment).expect("a place");
        let command = command(Path::new("/bin/mpd"), &place);
        assert!(command.get_envs().all(|(name, _)| passes(name)));
        let arguments: Vec<_> = command.get_args().filter_map(OsStr::to_str).collect();
        assert_eq!(arguments, ["--root", "/r", "--socket", "/r/run/mpd.sock", "--started-by", "client"]);
    }

    #[test]
    fn the_search_path_never_decides_what_is_started() {
        for name in ["mpd", "./mpd"] {
            assert!(
                matches!(program(&Environment::of(&[("MPD_BIN", name)])), Err(StartError::Relative { .. })),
                "{name}"
            );
        }
        assert!(matches!(program(&Environment::of(&[])), Err(StartError::NoProgram { .. })));
    }

    #[test]
    fn what_the_daemon_says_decides() {
        let of = |line: &str| judge(&Some(line.to_owned()));
        assert!(of("ready").is_ok());
        assert!(matches!(of("error: another daemon holds /r/run/mpd.lock"), Err(StartError::AnotherHoldsTheLock(_))));
        assert!(
            matches!(of("error: could not bind /s: busy"), Err(StartError::Refused(reason)) if reason == "could not bind /s: busy")
        );
        assert!(matches!(of(""), Err(StartError::Silent(_))));
        assert!(matches!(judge(&None), Err(StartError::Silent(_))));
    }
}
