//! Processes by id: finding the daemons of a home, ending them, and telling whether they are gone.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, test_kill_process, waitid};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal as signals};

/// Sends SIGTERM.
pub fn terminate(pid: u32) {
    signal(pid, Signal::TERM);
}

/// Sends SIGINT, as Ctrl-C does.
pub fn interrupt(pid: u32) {
    signal(pid, Signal::INT);
}

/// Sends SIGKILL.
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// Lets Ctrl-C end the processes that this one starts, even when a shell has started this one with the signal ignored,
/// as scripts do with `&`: what a process ignores its children ignore too, but what it handles they begin anew.
/// This process still ends by it.
pub fn heed_interrupts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let runtime = runtime::Builder::new_current_thread().enable_io().build().expect("a descriptor is free");
        let mut interrupts = {
            let _entered = runtime.enter();
            signals(SignalKind::interrupt()).expect("it can be handled")
        };
        thread::spawn(move || {
            runtime.block_on(interrupts.recv());
            terminate(std::process::id());
        });
    });
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id");
    // It may have ended in the meantime, which is what the caller is after.
    let _ = kill_process(pid, signal);
}

/// Returns whether a process runs; one that has ended but was not waited for does not count.
pub fn is_running(pid: u32) -> bool {
    if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) {
        // The state follows the name, which stands in parentheses and may hold any character.
        return !stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']));
    }
    if Path::new("/proc/self/stat").exists() {
        return false;
    }
    i32::try_from(pid).ok().and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid).is_ok())
}

/// Returns the running `mpd` processes whose command line or environment names this directory. Empty where there is no `/proc`.
pub fn daemons_of(home: &Path) -> Vec<u32> {
    named("mpd").filter(|pid| belongs(*pid, home) && is_running(*pid)).collect()
}

/// Returns the processes with this name.
fn named(name: &str) -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(move |pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim_end() == name))
}

/// Returns whether a process has the directory in its command line or environment.
fn belongs(pid: u32, home: &Path) -> bool {
    let mark = home.as_os_str().as_encoded_bytes();
    ["cmdline", "environ"].iter().any(|file| {
        fs::read(format!("/proc/{pid}/{file}"))
            .is_ok_and(|bytes| bytes.windows(mark.len()).any(|window| window == mark))
    })
}

/// Tells what each `mp` and `mpd` of a home does at this moment, and the last lines of the daemon's log: for a failure that says only
/// that something hangs. A process that is ending has no command line any more and is told, too, whosever it is.
pub fn picture(home: &Path) -> String {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut text = String::new();
    for pid in ["mp", "mpd"].into_iter().flat_map(named) {
        let process = Path::new("/proc").join(pid.to_string());
        let line = read(&process.join("cmdline")).replace('\0', " ");
        if !line.is_empty() && !belongs(pid, home) {
            continue;
        }
        let threads = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        let threads = threads.filter_map(|thread| {
            let stat = read(&thread.path().join("stat"));
            // The name in parentheses, the state: running, sleeping, waiting for a disk; and in the kernel's words, for what.
            let (name, rest) = stat.rsplit_once(") ")?;
            let state = rest.chars().next().filter(|state| *state != 'Z')?;
            Some(format!("    {name}) {state} {}\n", read(&thread.path().join("wchan"))))
        });
        let threads: String = threads.collect();
        if !threads.is_empty() {
            text += &format!("{pid}: {line}\n{threads}");
        }
    }
    let log = read(&home.join(".mp/run/mpd.log"));
    let begin = log.lines().count().saturating_sub(20);
    log.lines().skip(begin).for_each(|line| text += &format!("| {line}\n"));
    text
}

/// Waits for a child to end. The system knows no wait with a deadline, so a thread waits, and leaves its status to be read here.
///
/// # Panics
/// When it is not our child.
pub fn wait(child: &mut Child, deadline: Duration) -> Option<ExitStatus> {
    if let Some(status) = child.try_wait().expect("it is our child") {
        return Some(status);
    }
    let (pid, (sender, ended)) = (Pid::from_child(child), mpsc::sync_channel(1));
    thread::spawn(move || {
        let until_it_ends = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), until_it_ends), Err(Errno::INTR)) {}
        // Nobody may wait any more.
        let _ = sender.send(());
    });
    match ended.recv_timeout(deadline) {
        Ok(()) => Some(child.wait().expect("it is our child")),
        Err(_) => child.try_wait().expect("it is our child"),
    }
}

/// Returns the exit code of a process; minus the signal's number where a signal ended it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or(0))
}

/// Lets this process have as many open files as it may: some tests hold hundreds of connections at once.
pub fn raise_file_limit() {
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    // Refused where the hard limit is "unlimited" but the system has a lower one; then the usual limit has to do.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Nofile, limit);
}

/// Waits until no other login of the tests runs, in this process or another, and keeps the next one out until the result is dropped:
/// all logins need the same four ports, and some the first of them.
///
/// # Panics
/// When the disk refuses.
pub fn callback_ports() -> fs::File {
    let name = format!("mp-callback-ports-{}.lock", rustix::process::getuid().as_raw());
    let file =
        fs::File::create(std::env::temp_dir().join(name)).expect("the directory for temporary files is writable");
    file.lock().expect("the system can lock a file");
    file
}
