//! An `mpd` in the foreground, started and stopped by a test.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mp_proto::routes;

use crate::process::{self, code};
use crate::wait::{self, poll};
use crate::wire::{Ask, Connection};

/// Longer than the grace period of a stopping daemon, which is 10 s.
pub(crate) const STOP: Duration = Duration::from_secs(15);

/// A start in a debug build on a machine that is busy with the other tests.
const START: Duration = Duration::from_secs(20);

/// An `mpd` in the foreground. Dropping it stops it and checks that it ended well.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
    socket: PathBuf,
}

impl Daemon {
    /// Starts a prepared command and waits until the socket answers. Its output goes to files in `dir`.
    ///
    /// # Panics
    /// When it ends instead, or stays silent.
    #[track_caller]
    pub fn start(mut command: Command, dir: &Path, socket: &Path) -> Self {
        let log = dir.join("mpd.stderr");
        let out =
            fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&log).expect("the home is writable");
        let printed = out.try_clone().expect("a descriptor is free");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(out);
        let mut child = command.spawn().expect("mpd was built");
        let spoken = first_line(child.stdout.take().expect("it is piped"), printed);
        let mut daemon = Self { child, log, socket: socket.to_owned() };
        // What it says first, or that it never will.
        let _ = spoken.recv_timeout(START);
        let answered = poll(START, || {
            if let Some(status) = daemon.child.try_wait().expect("our child") {
                panic!("mpd ended at once, {status}: {}", daemon.log());
            }
            let mut connection = Connection::open(&daemon.socket).ok()?;
            (connection.send(&Ask::get(routes::HEALTH)).ok()?.status == 200).then_some(())
        });
        assert!(answered.is_some(), "mpd did not answer within {START:?}: {}", daemon.log());
        daemon
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns what it has printed and logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it goes on.
    #[track_caller]
    pub fn wait(mut self, deadline: Duration) -> i32 {
        match process::wait(&mut self.child, deadline) {
            Some(status) => code(status),
            None => panic!("mpd still runs after {deadline:?}: {}", self.log()),
        }
    }

    /// Sends SIGTERM and waits for its end; returns the exit code.
    ///
    /// # Panics
    /// When it goes on.
    #[track_caller]
    pub fn stop(self) -> i32 {
        process::terminate(self.pid());
        self.wait(STOP)
    }

    /// Kills it, as a crash would.
    ///
    /// # Panics
    /// When the system does not let it die.
    pub fn kill(mut self) {
        self.child.kill().expect("our child");
        self.child.wait().expect("our child");
    }

    /// Returns whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("our child").is_none()
    }
}

/// Copies what a daemon prints, and tells of its first line, or of its end without one.
fn first_line(mut from: impl Read + Send + 'static, mut to: fs::File) -> mpsc::Receiver<()> {
    let (sender, spoken) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            to.write_all(&buffer[..count]).expect("the home is writable");
            if buffer[..count].contains(&b'\n') {
                // Only the first is waited for.
                let _ = sender.try_send(());
            }
        }
    });
    spoken
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.child.try_wait().expect("our child").is_some() {
            return;
        }
        process::terminate(self.pid());
        let status = process::wait(&mut self.child, STOP);
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if !thread::panicking() {
            assert_eq!(status.map(code), Some(0), "mpd did not stop cleanly: {}", self.log());
        }
    }
}

/// Watches that a process goes on for a while.
///
/// # Panics
/// When it ends.
#[track_caller]
pub fn keeps_running(daemon: &mut Daemon, time: Duration) {
    wait::stays(time, "mpd runs", || daemon.is_running());
}
