//! Finds the program of the daemon, and makes sure that it is ours: a music player has the same name.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use mp_proto::version::{IDENTITY_FLAG, is_identity};

use crate::caller::Environment;

/// Where the daemon is, seen from the folder of this program: where a package puts programs that nobody calls by name, then beside it.
/// Never the search path, where the first of that name may be anybody's.
pub(crate) const PLACES: [&str; 3] = ["../libexec/mixpanel/mpd", "../lib/mixpanel/mpd", "mpd"];

/// How long a program may take to say what it is. Ours needs milliseconds, but a busy machine may not let it run at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a program that is being written is left alone before it is tried again.
const BUSY: Duration = Duration::from_millis(50);

/// Longest line that is read from a program.
const MAX_LINE: usize = 8 * 1024;

/// Why there is no program to start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    /// This program does not know where it is.
    #[error("could not find this program: {0}")]
    Unknown(#[source] std::io::Error),
    /// Nothing is where it is looked for.
    #[error("there is no mpd beside {}, nor in ../libexec/mixpanel or ../lib/mixpanel, and MPD_BIN is not set", beside.display())]
    Missing {
        /// Where it was looked for.
        beside: PathBuf,
    },
    /// A bare name or relative: the search path or the directory would decide what is run.
    #[error("the daemon to start (MPD_BIN) must be an absolute path, but is {}", path.display())]
    Relative {
        /// Its value.
        path: PathBuf,
    },
    /// What was found are other programs.
    #[error("{}; name the daemon that came with mp by MPD_BIN=/path/to/mpd", found.join("; "))]
    NotOurs {
        /// Each of them, with what it said.
        found: Vec<String>,
    },
}

/// Returns the daemon's program: the one that is named, by whoever made the client or by `MPD_BIN`, else the first of [`PLACES`].
///
/// # Errors
/// When there is none, or what is there is another program; then it says which.
pub(crate) fn find(named: Option<&Path>, environment: &Environment) -> Result<PathBuf, ProgramError> {
    first_of_ours(candidates(named, environment)?)
}

/// Returns where the daemon's program may be, the best place first; at least one. Whether it is ours, nobody has asked yet.
///
/// # Errors
/// When there is none.
pub(crate) fn candidates(named: Option<&Path>, environment: &Environment) -> Result<Vec<PathBuf>, ProgramError> {
    let own = std::env::current_exe().map_err(ProgramError::Unknown)?;
    let own = own.canonicalize().unwrap_or(own);
    candidates_from(&own, named, environment)
}

fn candidates_from(own: &Path, named: Option<&Path>, environment: &Environment) -> Result<Vec<PathBuf>, ProgramError> {
    let variable = environment.get("MPD_BIN").filter(|value| !value.is_empty()).map(Path::new);
    let candidates: Vec<PathBuf> = match named.or(variable) {
        Some(path) if path.is_absolute() => vec![path.to_owned()],
        Some(path) => return Err(ProgramError::Relative { path: path.to_owned() }),
        None => {
            let folder = own.parent().unwrap_or(Path::new("/"));
            // Without the `..`, for the process list.
            let there = PLACES.iter().filter_map(|place| folder.join(place).canonicalize().ok());
            there.filter(|path| path.is_file()).collect()
        }
    };
    if candidates.is_empty() {
        return Err(ProgramError::Missing { beside: own.to_owned() });
    }
    Ok(candidates)
}

fn first_of_ours(candidates: Vec<PathBuf>) -> Result<PathBuf, ProgramError> {
    let mut found = Vec::new();
    for path in candidates {
        match identify(&path) {
            Ok(()) => return Ok(path),
            Err(said) => found.push(said),
        }
    }
    Err(ProgramError::NotOurs { found })
}

/// Asks a program whether it is our daemon. Returns what it did instead.
pub(crate) fn identify(program: &Path) -> Result<(), String> {
    asked(program).map_err(|said| format!("{} is not Mixpanel's mpd: {said}", program.display()))
}

/// Starts a program. One that is being written, by an upgrade that copies over it, is waited for until the deadline.
///
/// # Errors
/// When it cannot be started.
#[expect(clippy::disallowed_methods, reason = "the system does not tell when a program has been written")]
pub(crate) fn started(command: &mut Command, deadline: Instant) -> io::Result<Child> {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && Instant::now() < deadline => {
                std::thread::sleep(BUSY);
            }
            started => return started,
        }
    }
}

fn asked(program: &Path) -> Result<(), String> {
    let mut command = Command::new(program);
    command
        .arg(IDENTITY_FLAG)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .current_dir("/");
    let mut child =
        started(&mut command, Instant::now() + PATIENCE).map_err(|error| format!("it could not be run ({error})"))?;
    let said = child.stdout.take().and_then(|pipe| FirstLine::of(pipe).until(Instant::now() + PATIENCE));
    // Ours has ended by itself; another one may be about to play music.
    let _ = child.kill();
    let _ = child.wait();
    match said {
        Some(line) if is_identity(&line) => Ok(()),
        Some(line) if line.is_empty() => Err(format!("it does not answer {IDENTITY_FLAG}")),
        Some(line) => Err(format!("asked by {IDENTITY_FLAG}, it said {:?}", line.chars().take(80).collect::<String>())),
        None => Err(format!("it did not answer {IDENTITY_FLAG} within {} s", PATIENCE.as_secs())),
    }
}

/// The first line that a program says. It is read in a thread of its own: a pipe has no time-out.
pub(crate) struct FirstLine(Receiver<String>);

impl FirstLine {
    /// Begins to read. Without a thread, the program says nothing.
    pub(crate) fn of(pipe: ChildStdout) -> Self {
        let (sender, receiver) = sync_channel(1);
        let reader = std::thread::Builder::new().name("mpd start".to_owned());
        // An error means that nobody waits any more.
        let _ = reader.spawn(move || sender.send(read_line(pipe)));
        Self(receiver)
    }

    /// Returns it, once; none when nothing is said in time.
    pub(crate) fn until(&self, deadline: Instant) -> Option<String> {
        self.0.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
    }
}

fn read_line(mut pipe: ChildStdout) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < MAX_LINE && matches!(pipe.read(&mut byte), Ok(1)) && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::version::identity;
    use std::os::unix::fs::PermissionsExt;

    /// Puts a script in the place of a program.
    fn program(path: &Path, says: &str) {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("made");
        let beside = path.with_extension("new");
        std::fs::write(&beside, format!("#!/bin/sh\n{says}\n")).expect("written");
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o700)).expect("changed");
        std::fs::rename(&beside, path).expect("the same folder");
    }

    #[test]
    fn a_program_that_is_being_written_is_waited_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd");
        program(&path, &format!("echo '{}'", identity()));
        let is_busy = |error: &io::Error| error.kind() == io::ErrorKind::ExecutableFileBusy;
        let writing = std::fs::OpenOptions::new().append(true).open(&path).expect("ours");
        let refused = started(Command::new(&path).stdout(Stdio::null()), Instant::now());
        assert_eq!(refused.is_err_and(|error| is_busy(&error)), cfg!(target_os = "linux"), "until the deadline");
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| identify(&path));
            assert!(!asking.is_finished());
            drop(writing);
            assert_eq!(asking.join().expect("it ends"), Ok(()));
        });
    }

    #[test]
    fn the_search_path_never_decides_what_is_started() {
        for name in ["mpd", "./mpd"] {
            let found = find(None, &Environment::of(&[("MPD_BIN", name), ("PATH", "/usr/bin")]));
            assert!(matches!(found, Err(ProgramError::Relative { .. })), "{name}");
        }
        assert!(matches!(find(None, &Environment::of(&[])), Err(ProgramError::Missing { .. })));
    }

    #[test]
    fn a_named_program_comes_first_then_that_of_the_package_then_the_one_beside() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path().canonicalize().expect("there");
        let (own, ours) = (root.join("bin/mp"), format!("echo '{}'", identity()));
        program(&own, "exit 1");
        let at = |place: &str| root.join(place);
        let found = |variables: &[(&str, &str)]| {
            let candidates = candidates_from(&own, None, &Environment::of(variables));
            candidates.and_then(first_of_ours).map_err(|error| error.to_string())
        };
        program(&at("bin/mpd"), "echo 'Music Player Daemon 0.23.5'");
        let message = found(&[]).expect_err("a music player");
        assert!(message.contains("bin/mpd is not Mixpanel's mpd") && message.contains("Music Player"), "{message}");
        program(&at("bin/mpd"), &ours);
        assert_eq!(found(&[]), Ok(at("bin/mpd")));
        program(&at("lib/mixpanel/mpd"), &ours);
        assert_eq!(found(&[]), Ok(at("lib/mixpanel/mpd")));
        program(&at("libexec/mixpanel/mpd"), &ours);
        assert_eq!(found(&[]), Ok(at("libexec/mixpanel/mpd")));
        program(&at("named"), &ours);
        let named = at("named");
        assert_eq!(found(&[("MPD_BIN", named.to_str().expect("a text"))]), Ok(named.clone()));
        program(&named, "exit 1");
        let message = found(&[("MPD_BIN", named.to_str().expect("a text"))]).expect_err("it is not ours");
        assert!(
            message.contains("named is not Mixpanel's mpd: it does not answer"),
            "what is named is not passed over: {message}"
        );
        assert!(found(&[("MPD_BIN", "/nowhere/mpd")]).is_err_and(|message| message.contains("could not be run")));
    }
}
