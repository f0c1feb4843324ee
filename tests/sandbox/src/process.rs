//! Processes by id: finding the daemons of a home, ending them, and telling whether they are gone.

use std::fs;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::Once;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal as signals};

use crate::wait::poll;

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
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mark = home.as_os_str().as_encoded_bytes();
    let names_it = |pid: u32, file: &str| {
        fs::read(format!("/proc/{pid}/{file}"))
            .is_ok_and(|bytes| bytes.windows(mark.len()).any(|window| window == mark))
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim_end() == "mpd"))
        .filter(|pid| names_it(*pid, "cmdline") || names_it(*pid, "environ"))
        .filter(|pid| is_running(*pid))
        .collect()
}

/// Tells what every `mp` and `mpd` does at this moment, and the last lines of the daemons' logs: for a failure that says only that
/// something hangs. Empty where there is no `/proc`.
pub fn picture() -> String {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let below = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut text = String::new();
    for process in below(Path::new("/proc")) {
        if !matches!(read(&process.join("comm")).trim_end(), "mp" | "mpd") {
            continue;
        }
        let line = read(&process.join("cmdline"));
        let words: Vec<_> = line.split_terminator('\0').collect();
        text += &format!("{}: {}\n", process.display(), words.join(" "));
        for thread in below(&process.join("task")) {
            let name = read(&thread.join("comm"));
            // Running, sleeping, waiting for a disk; and in the kernel's words, for what.
            let stat = read(&thread.join("stat"));
            let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).unwrap_or('?');
            text += &format!("    {} {state} {}\n", name.trim_end(), read(&thread.join("wchan")));
        }
        if let [_, "--root", root, ..] = words[..] {
            let log = read(&Path::new(root).join("run/mpd.log"));
            let last = log.lines().rev().take(10).collect::<Vec<_>>();
            last.iter().rev().for_each(|line| text += &format!("    | {line}\n"));
        }
    }
    text
}

/// Waits for a child to end.
pub fn wait(child: &mut Child, deadline: Duration) -> Option<ExitStatus> {
    poll(deadline, || child.try_wait().expect("it is our child"))
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
