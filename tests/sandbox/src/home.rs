//! A temporary home directory, and `mp` and `mpd` running in it.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use mp_proto::{location, routes};
use tempfile::TempDir;

use crate::answers::Answers;
use crate::daemon::STOP;
pub use crate::daemon::{Daemon, keeps_running};
use crate::guardian;
use crate::process::{self, code};
use crate::program;
use crate::wait::poll;
use crate::wire::{Answer, Ask, Connection};

/// Longer than anything `mp` does here, retries included; shorter than the patience of whoever runs the tests.
const CALL: Duration = Duration::from_secs(60);

/// Where the two programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The client.
    pub mp: PathBuf,
    /// The daemon.
    pub mpd: PathBuf,
}

/// A home of its own for one test. Dropping it stops its daemons, checks that they are gone, and removes it.
#[derive(Debug)]
pub struct Home {
    dir: TempDir,
    programs: Programs,
    variables: Vec<(String, String)>,
    /// What its daemons answer: beside the home, for tests look whether secrets lie in it.
    answers: Option<Answers>,
}

impl Home {
    /// Makes an empty home below `/tmp`: the path must be short, for a socket's path may have about 100 bytes.
    ///
    /// # Panics
    /// When the disk refuses.
    pub fn new(programs: Programs) -> Self {
        let dir = tempfile::Builder::new().prefix("mp").rand_bytes(8).tempdir_in("/tmp").expect("/tmp is writable");
        guardian::watch_over(dir.path());
        fs::create_dir(dir.path().join("work")).expect("the home is writable");
        Self { dir, programs, variables: Vec::new(), answers: Answers::begin() }
    }

    /// Sets a variable for every program that is started here from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Returns the home directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Returns a path below the home.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Returns where its daemons write down what they answer, if anybody looks at it.
    pub fn answers(&self) -> Option<&Path> {
        self.answers.as_ref().map(Answers::path)
    }

    /// Returns the storage root.
    pub fn root(&self) -> PathBuf {
        self.at(".mp")
    }

    /// Returns the config file.
    pub fn config(&self) -> PathBuf {
        self.at(".mp/config.toml")
    }

    /// Returns the daemon's socket.
    ///
    /// # Panics
    /// When there is no short enough path for one.
    pub fn socket(&self) -> PathBuf {
        location::default_socket(&self.root(), rustix::process::getuid().as_raw()).expect("the home is short")
    }

    /// Writes a file for its owner alone, and the directories above it.
    ///
    /// # Panics
    /// When the disk refuses.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        self.write_mode(path, text, 0o600);
    }

    /// Writes a file with a mode, and private directories above it.
    ///
    /// # Panics
    /// When the disk refuses.
    pub fn write_mode(&self, path: impl AsRef<Path>, text: &str, mode: u32) {
        let path = self.at(path);
        self.make_dirs(&path);
        if mode & 0o111 != 0 {
            return program::write(&path, text, mode);
        }
        let mut file = fs::OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(&path);
        file.as_mut().expect("the home is writable").write_all(text.as_bytes()).expect("the home is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own file");
    }

    /// Replaces a file as careful programs do: a new file beside it, renamed over it.
    ///
    /// # Panics
    /// When the disk refuses.
    pub fn replace(&self, path: impl AsRef<Path>, text: &str) {
        let path = path.as_ref();
        let beside = path.with_extension("new");
        self.write(&beside, text);
        fs::rename(self.at(beside), self.at(path)).expect("the home is writable");
    }

    /// Returns the text of a file.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.at(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn make_dirs(&self, path: &Path) {
        let above: Vec<&Path> =
            path.ancestors().skip(1).take_while(|dir| *dir != self.path()).filter(|dir| !dir.exists()).collect();
        for dir in above.into_iter().rev() {
            match fs::create_dir(dir) {
                // A daemon that lives may make its directories again at the same moment.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made.expect("the home is writable"),
            }
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).expect("our own directory");
        }
    }

    /// Returns a call of `mp` with these arguments.
    pub fn mp<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Call {
        self.run(&self.programs.mp, arguments)
    }

    /// Returns a call of another program, or of `mp` in another place.
    pub fn run<I: IntoIterator<Item: AsRef<OsStr>>>(&self, program: &Path, arguments: I) -> Call {
        let mut command = self.command(program);
        command.args(arguments).current_dir(self.at("work"));
        Call { home: self.path().to_owned(), command, stdin: Vec::new() }
    }

    /// Returns a command in the surroundings that every run here has: nothing from outside.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path()).env("HOME", self.path());
        for (name, value) in
            [("TZ", "UTC"), ("LANG", "C.UTF-8"), ("COLUMNS", "1000"), ("NO_COLOR", "1"), ("TERM", "dumb")]
        {
            command.env(name, value);
        }
        command.envs(self.answers.iter().map(Answers::variable));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Returns the two programs.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Starts `mpd` in the foreground and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    pub fn start(&self) -> Daemon {
        self.start_with(|mpd| mpd)
    }

    /// The same, with a say in its arguments and environment. Its socket must stay the usual one.
    ///
    /// # Panics
    /// When it does not answer.
    #[track_caller]
    pub fn start_with(&self, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Daemon {
        let mut command = self.command(&self.programs.mpd);
        prepare(&mut command);
        Daemon::start(command, self.path(), &self.socket())
    }

    /// Connects to the daemon.
    ///
    /// # Panics
    /// When none listens.
    #[track_caller]
    pub fn connect(&self) -> Connection {
        match Connection::open(&self.socket()) {
            Ok(connection) => connection,
            Err(error) => panic!("no daemon listens at {}: {error}", self.socket().display()),
        }
    }

    /// Sends one request over a connection of its own.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn ask(&self, ask: &Ask) -> Answer {
        self.connect().call(ask)
    }

    /// Returns process id and instance of the daemon that answers, if any does.
    pub fn daemon(&self) -> Option<(u32, String)> {
        let mut connection = Connection::open(&self.socket()).ok()?;
        connection.set_patience(Duration::from_secs(2));
        let answer = connection.send(&Ask::get(routes::VERSION)).ok()?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
        Some((u32::try_from(body["pid"].as_u64()?).ok()?, body["instance"].as_str()?.to_owned()))
    }

    /// Stops every daemon of this home and says what was wrong about how it ended.
    ///
    /// # Errors
    /// When one had to be killed, or its lock is still held.
    pub fn stop(&self) -> Result<(), String> {
        let mut pids = process::daemons_of(self.path());
        pids.extend(self.daemon().map(|(pid, _)| pid).filter(|pid| !pids.contains(pid) && *pid != std::process::id()));
        for pid in &pids {
            process::terminate(*pid);
        }
        if poll(STOP, || pids.iter().all(|pid| !process::is_running(*pid)).then_some(())).is_none() {
            for pid in &pids {
                process::kill(*pid);
            }
            return Err(format!("a daemon of {} ignored SIGTERM: {pids:?}", self.path().display()));
        }
        match fs::File::open(self.at(".mp/run/mpd.lock")) {
            Ok(lock) if lock.try_lock_shared().is_err() => {
                Err(format!("the lock below {} is held", self.path().display()))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let mut problems: Vec<String> = self.stop().err().into_iter().collect();
        problems.extend(self.answers.iter().flat_map(Answers::problems));
        let problems = problems.join("\n");
        if thread::panicking() {
            eprintln!("{problems}");
        } else {
            assert!(problems.is_empty(), "{problems}");
        }
    }
}

/// A call of `mp`, before it runs.
#[derive(Debug)]
pub struct Call {
    home: PathBuf,
    command: Command,
    stdin: Vec<u8>,
}

/// What a call of `mp` has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Exit code; minus the signal's number where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Call {
    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Unsets a variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn cwd(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Sets standard input, which is empty otherwise.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it hangs, or leaves a process behind that holds its output open: a daemon must inherit no descriptor.
    #[track_caller]
    pub fn run(self) -> Done {
        self.start().finish()
    }

    /// Runs it and expects success; returns its standard output.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn ok(self) -> String {
        let what = format!("{:?}", self.command);
        let done = self.run();
        assert_eq!(done.code, 0, "{what}: {}{}", done.stdout, done.stderr);
        done.stdout
    }

    /// The same, for JSON on standard output.
    ///
    /// # Panics
    /// When it fails or prints something else.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let text = self.ok();
        match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => panic!("{error} in {text:?}"),
        }
    }

    /// Runs it and expects this exit code; returns its standard error.
    ///
    /// # Panics
    /// When it ends otherwise.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        let what = format!("{:?}", self.command);
        let done = self.run();
        assert_eq!(done.code, code, "{what}: {}{}", done.stdout, done.stderr);
        done.stderr
    }

    /// Starts it.
    ///
    /// # Panics
    /// When the program cannot be run.
    #[track_caller]
    pub fn start(mut self) -> Running {
        let input = std::mem::take(&mut self.stdin);
        let mut running = self.start_open();
        let mut stdin = running.stdin.take().expect("it is open");
        // A program that does not read its input makes this fail, which is its right.
        thread::spawn(move || drop(stdin.write_all(&input)));
        running
    }

    /// Starts it with its standard input open, for [`Running::write`]. What [`Self::stdin`] has set is not written.
    ///
    /// # Panics
    /// When the program cannot be run.
    #[track_caller]
    pub fn start_open(mut self) -> Running {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program was built");
        let stdin = child.stdin.take();
        let stdout = Output::read(child.stdout.take().expect("it is piped"));
        let stderr = Output::read(child.stderr.take().expect("it is piped"));
        Running { home: self.home, child, stdin, stdout, stderr }
    }
}

/// A call of `mp` that runs.
#[derive(Debug)]
pub struct Running {
    home: PathBuf,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Output,
    stderr: Output,
}

impl Running {
    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes to its standard input, which stays open until [`Self::finish`].
    ///
    /// # Errors
    /// When it has closed its input, or was not started with it open.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write_all(text.as_bytes())
    }

    /// Kills it, for when nobody would end it.
    pub fn kill(&mut self) {
        // It may have ended in the meantime, which is what the caller is after.
        let _ = self.child.kill();
    }

    /// Looks at each complete line of its standard error, while it runs, until `pick` returns something; none when the call has
    /// ended without, or the deadline has passed.
    pub fn pick_line<T>(&mut self, deadline: Duration, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = poll(deadline, || {
            // Looked at before the text: a call that has ended says nothing more.
            let ended = self.stderr.has_ended();
            let text = self.stderr.so_far();
            let complete = text.rfind('\n').map_or("", |end| &text[..end]);
            let found = complete.lines().find_map(&pick);
            (found.is_some() || ended).then_some(found)
        });
        found.flatten()
    }

    /// Returns what it has written to its standard output so far.
    pub fn written(&self) -> String {
        self.stdout.so_far()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it hangs, or leaves a process behind that holds its output open.
    #[track_caller]
    pub fn finish(mut self) -> Done {
        drop(self.stdin.take());
        let Some(status) = process::wait(&mut self.child, CALL) else {
            let picture = process::picture(&self.home);
            let _ = self.child.kill();
            panic!("mp {} did not end within {CALL:?}\n{picture}", self.child.id());
        };
        let text = |output: &Output| match output.end.recv_timeout(Duration::from_secs(5)) {
            // An error means that the end was seen before.
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => output.so_far(),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("mp has ended, but something it started holds its output open")
            }
        };
        Done { code: code(status), stdout: text(&self.stdout), stderr: text(&self.stderr) }
    }
}

/// What a program writes, read in a thread as it comes.
#[derive(Debug)]
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    end: mpsc::Receiver<()>,
    reader: thread::JoinHandle<()>,
}

impl Output {
    fn read(mut from: impl Read + Send + 'static) -> Self {
        let (sender, end) = mpsc::channel();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 8 * 1024];
            // What was read before a fault is still worth comparing.
            loop {
                match from.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => break,
                    Ok(count) => written.lock().expect("no reader panics").extend_from_slice(&buffer[..count]),
                }
            }
            let _ = sender.send(());
        });
        Self { bytes, end, reader }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("no reader panics")).into_owned()
    }

    fn has_ended(&self) -> bool {
        self.reader.is_finished()
    }
}
