//! Runs a command of the settings: with an environment of its own, for so long at most, and to the first bytes of what it says.
//!
//! It runs in a process group of its own, so that the end of its time ends all that it has started. What it leaves behind in the background
//! after a good end stays, and keeps nobody waiting: its output is read only until it has ended itself.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// So long it may take.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// So long it may take to end when it is told to.
const GRACE: Duration = Duration::from_secs(2);

/// So long after its end the rest of its output may come.
const REST: Duration = Duration::from_millis(200);

/// So much of its output is kept.
const OUTPUT: usize = 4 * 1024;

/// Where programs are looked for if nobody has said it: a service manager may not.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The variables of the daemon that a command gets. None of them holds a secret.
const PASSED: [&str; 11] = [
    "HOME",
    "USER",
    "LOGNAME",
    "TZ",
    "TMPDIR",
    "LANG",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
];

/// What has come of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It has succeeded.
    Done,
    /// It has not; with what it ended.
    Failed(String),
    /// Its time was over.
    TimedOut,
    /// There is no such program, or it could not be run.
    NotStarted(String),
}

impl Ended {
    /// Returns its word in the metrics.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::TimedOut => "timeout",
            Self::NotStarted(_) => "not_started",
        }
    }
}

/// A command that is to be run.
#[derive(Debug)]
pub(super) struct Job {
    /// The program and its arguments.
    pub(super) words: Vec<OsString>,
    /// What is added to the environment.
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// What it can read.
    pub(super) input: Vec<u8>,
}

/// Returns the environment that every command has, by that of the daemon.
fn environment(variable: impl Fn(&str) -> Option<OsString>, home: &Path) -> Vec<(OsString, OsString)> {
    let mut all: Vec<(OsString, OsString)> =
        PASSED.iter().filter_map(|name| Some((OsString::from(name), variable(name)?))).collect();
    let mut default = |name: &str, value: OsString| {
        if !all.iter().any(|(known, _)| known == name) {
            all.push((name.into(), value));
        }
    };
    default("HOME", home.into());
    default("LANG", "C.UTF-8".into());
    if let Some(bus) = variable("XDG_RUNTIME_DIR").map(|dir| Path::new(&dir).join("bus")).filter(|bus| bus.exists()) {
        let mut address = OsString::from("unix:path=");
        address.push(bus);
        default("DBUS_SESSION_BUS_ADDRESS", address);
    }
    let path = variable("PATH").filter(|path| !path.is_empty()).unwrap_or_else(|| PATH.into());
    all.push(("PATH".into(), path));
    all.push(("SHELL".into(), "/bin/sh".into()));
    all
}

/// Runs a command to its end, or to that of its time, and returns how that was and how its output begins. It blocks.
pub(super) fn run(job: Job, home: &Path, limit: Duration) -> (Ended, String) {
    let Some((program, arguments)) = job.words.split_first() else { return (Ended::Done, String::new()) };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment(|name| std::env::var_os(name), home))
        .envs(job.variables)
        .current_dir(if home.is_dir() { home } else { Path::new("/") })
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return (Ended::NotStarted(format!("could not run {}: {error}", program.display())), String::new());
        }
    };
    feed(&mut child, job.input);
    let outputs = [child.stdout.take().map(begin_of), child.stderr.take().map(begin_of)];
    let ended = wait(child, limit);
    let said: Vec<u8> =
        outputs.into_iter().flatten().flat_map(|begin| begin.recv_timeout(REST).unwrap_or_default()).collect();
    (ended, String::from_utf8_lossy(&said[..said.len().min(OUTPUT)]).trim_end().to_owned())
}

/// Lets a command read something. One that reads nothing does not keep us waiting, and gets no error for it.
fn feed(child: &mut Child, input: Vec<u8>) {
    let Some(mut pipe) = child.stdin.take() else { return };
    spawn(move || {
        let _ = pipe.write_all(&input);
    });
}

/// Reads an output to its end and keeps its beginning: one that nobody reads would stop whoever writes it.
fn begin_of(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, begin) = sync_channel(1);
    spawn(move || {
        let (mut kept, mut part) = (Vec::new(), [0; 4096]);
        let mut sender = Some(sender);
        while let Ok(count) = pipe.read(&mut part) {
            if kept.len() < OUTPUT {
                kept.extend_from_slice(&part[..count]);
            }
            if count == 0 || kept.len() >= OUTPUT {
                sender.take().map(|sender| sender.send(std::mem::take(&mut kept)));
            }
            if count == 0 {
                return;
            }
        }
    });
    begin
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    // Without a thread, something is not read or not written, which the log shows well enough.
    let _ = thread::Builder::new().name("notify".to_owned()).spawn(work);
}

/// Waits for the end of a command, and brings it about when its time is over.
fn wait(mut child: Child, limit: Duration) -> Ended {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (sender, end) = channel();
    spawn(move || drop(sender.send(child.wait())));
    let judged = |status: std::io::Result<ExitStatus>| match status {
        Ok(status) if status.success() => Ended::Done,
        Ok(status) => Ended::Failed(match (status.code(), status.signal()) {
            (Some(code), _) => format!("it ended with status {code}"),
            (None, signal) => format!("signal {} ended it", signal.unwrap_or(0)),
        }),
        Err(error) => Ended::Failed(error.to_string()),
    };
    if let Ok(status) = end.recv_timeout(limit) {
        return judged(status);
    }
    for signal in [Signal::TERM, Signal::KILL] {
        // It may just have ended by itself.
        let _ = group.map(|group| kill_process_group(group, signal));
        if end.recv_timeout(GRACE).is_ok() && signal == Signal::KILL {
            break;
        }
    }
    Ended::TimedOut
}

/// Returns the words that let `sh` run a line of the settings.
pub(super) fn shell(line: &str) -> Vec<OsString> {
    ["/bin/sh", "-c", line].map(OsString::from).to_vec()
}

/// Returns the words that show a notice on this desktop. They pass no shell and no script: texts of others stay texts.
pub(super) fn desktop(title: &str, text: &str) -> Vec<OsString> {
    const SCRIPT: [&str; 3] =
        ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"];
    let words: Vec<&OsStr> = if cfg!(target_os = "macos") {
        let script = SCRIPT.iter().flat_map(|line| ["-e", line]);
        ["osascript"].into_iter().chain(script).chain(["--", title, text]).map(OsStr::new).collect()
    } else {
        ["notify-send", "--app-name=mp", "--urgency=critical", "--icon=dialog-password", "--", title]
            .into_iter()
            .map(OsStr::new)
            .chain([OsStr::new(text)])
            .collect()
    };
    words.into_iter().map(OsStr::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn sh(line: &str, limit: Duration) -> (Ended, String) {
        let job =
            Job { words: shell(line), variables: vec![("MP_ACCOUNT", "a'b\"$x".into())], input: b"{}\n".to_vec() };
        run(job, Path::new("/tmp"), limit)
    }

    #[test]
    fn a_command_has_its_input_its_variables_and_a_home() {
        let (ended, said) = sh("cat; printf '%s %s' \"$MP_ACCOUNT\" \"$LANG\"; pwd >&2", LIMIT);
        assert_eq!(ended, Ended::Done);
        assert!(said.starts_with("{}\na'b\"$x ") && said.ends_with("/tmp"), "{said}");
    }

    #[test]
    fn an_end_is_told_as_it_was() {
        assert_eq!(sh("exit 7", LIMIT).0, Ended::Failed("it ended with status 7".to_owned()));
        assert_eq!(sh("kill -9 $$", LIMIT).0, Ended::Failed("signal 9 ended it".to_owned()));
        assert_eq!(sh("/no/such/program", LIMIT).0, Ended::Failed("it ended with status 127".to_owned()));
        let job = Job { words: vec!["/no/such/program".into()], variables: Vec::new(), input: Vec::new() };
        assert!(
            matches!(run(job, Path::new("/"), LIMIT).0, Ended::NotStarted(why) if why.contains("/no/such/program"))
        );
    }

    #[test]
    fn a_command_that_hangs_ends_with_all_that_it_has_started() {
        let dir = tempfile::tempdir().expect("a directory");
        let pipe = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
        let (sender, all_ended) = std::sync::mpsc::channel();
        let theirs = pipe.clone();
        // It is read to its end when the last process that has it open has ended.
        std::thread::spawn(move || sender.send(std::fs::read_to_string(theirs)));
        let line = format!("exec 9>'{}'; trap '' TERM; sleep 600 & echo $! >&9; wait; sleep 600", pipe.display());
        let (ended, _) = sh(&line, Duration::from_millis(500));
        assert_eq!(ended, Ended::TimedOut);
        let child = all_ended.recv_timeout(Duration::from_secs(60)).expect("all have ended").expect("a text");
        assert!(child.trim().parse::<u32>().is_ok(), "there was a child: {child:?}");
    }

    #[test]
    fn who_stays_in_the_background_keeps_nobody_waiting() {
        let begun = Instant::now();
        let (ended, said) = sh("sleep 20 & echo $!", LIMIT);
        assert_eq!((ended, begun.elapsed() < Duration::from_secs(10)), (Ended::Done, true));
        assert_eq!(said, "", "what comes together with the end of the output has not come");
    }

    #[test]
    fn much_output_is_cut_and_much_input_need_not_be_read() {
        let (ended, said) = sh("head -c 300000 /dev/zero | tr '\\0' x", LIMIT);
        assert_eq!((ended, said.len()), (Ended::Done, OUTPUT));
        let job = Job { words: shell("exit 0"), variables: Vec::new(), input: vec![b'x'; 300_000] };
        assert_eq!(run(job, Path::new("/tmp"), LIMIT).0, Ended::Done);
    }

    #[test]
    fn the_environment_is_an_allow_list_with_what_a_service_may_lack() {
        let all = environment(|name| (name == "MP_SECRET" || name == "TZ").then(|| "x".into()), Path::new("/h"));
        let names: Vec<_> = all.iter().filter_map(|(name, _)| name.to_str()).collect();
        assert_eq!(names, ["TZ", "HOME", "LANG", "PATH", "SHELL"]);
        assert!(all.iter().any(|(name, value)| name == "PATH" && value == PATH));
    }

    #[test]
    fn a_desktop_gets_texts_as_arguments() {
        let words = desktop("-t", "--help \"x\"");
        assert_eq!(words.iter().rev().take(2).collect::<Vec<_>>(), ["--help \"x\"", "-t"]);
        assert!(words.contains(&"--".into()));
    }
}
