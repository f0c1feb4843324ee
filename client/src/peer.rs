//! The process at the other end of a connection, looked at while its answer is awaited.
//!
//! The system closes what a killed process has open one after the other, and only when the process is given a processor for it. Until
//! then its socket takes connections, and whoever waits there would wait for nothing.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use tokio::net::UnixStream;

/// Between two looks: a person hardly notices it, and a daemon that takes its time over an answer is not disturbed.
const LOOK: Duration = Duration::from_secs(1);

/// A process that has begun to end (`PF_EXITING` of the kernel).
const EXITING: u64 = 0x4;

/// The bit of SIGKILL in the sets of signals that `/proc` shows.
const KILLED: u64 = 1 << 8;

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer(Arc<End>);

#[derive(Debug)]
struct End {
    /// Who listened; none where the system does not tell, as for a process of another container.
    pid: Option<Pid>,
    socket: PathBuf,
    inode: Option<(u64, u64)>,
}

impl Peer {
    /// Returns the peer of a connection that was just made to a socket.
    pub(crate) fn of(stream: &UnixStream, socket: &Path) -> Self {
        let pid = stream.peer_cred().ok().and_then(|peer| Pid::from_raw(peer.pid()?));
        Self(Arc::new(End { pid, socket: socket.to_owned(), inode: inode(socket) }))
    }

    /// Returns whether it will never answer: its process has ended or is ending, and has not handed its socket over to another one. Of a
    /// process that cannot be seen only its socket tells: where another one has taken its place, another daemon serves.
    pub(crate) fn has_ended(&self) -> bool {
        match self.0.pid {
            Some(pid) => is_ending(pid) && !self.0.was_handed_over(pid),
            None => inode(&self.0.socket) != self.0.inode,
        }
    }

    /// Waits until it will never answer.
    pub(crate) async fn ended(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if self.has_ended() {
                return;
            }
        }
    }
}

impl End {
    /// Whether another process listens on the very socket to which was connected: then it has, or will get, what waits there, and of a
    /// connection that the first one had accepted the system tells the end.
    fn was_handed_over(&self, from: Pid) -> bool {
        if self.inode.is_none() || inode(&self.socket) != self.inode {
            return false;
        }
        let listener = connect_now(&self.socket).and_then(|stream| stream.peer_cred());
        let pid = listener.ok().and_then(|peer| Pid::from_raw(peer.pid()?));
        pid.is_some_and(|pid| pid != from && !is_ending(pid))
    }
}

/// Connects at once or not at all, as Unix sockets do. Waiting for the reactor to confirm it would cost a turn of its loop, and the
/// daemon, which accepts meanwhile, would go to sleep again before the request comes.
pub(crate) fn connect_now(path: &Path) -> io::Result<UnixStream> {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};
    let stream = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&stream, rustix::io::FdFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&stream, true)?;
    connect(&stream, &SocketAddrUnix::new(path)?)?;
    UnixStream::from_std(stream.into())
}

fn inode(path: &Path) -> Option<(u64, u64)> {
    std::fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Returns whether a process is gone, a zombie, ending, or killed and only not yet aware of it.
pub(crate) fn is_ending(pid: Pid) -> bool {
    if test_kill_process(pid) == Err(Errno::SRCH) {
        return true;
    }
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", pid.as_raw_nonzero()));
    // Without a `/proc`, what can be signalled lives.
    let Ok(stat) = read("stat") else { return false };
    is_ending_by(&stat) || read("status").is_ok_and(|status| is_killed_by(&status))
}

/// Reads `/proc/PID/stat`: behind the name in parentheses, the state is the first field, and the flags are the seventh.
fn is_ending_by(stat: &str) -> bool {
    let Some((_, rest)) = stat.rsplit_once(") ") else { return false };
    let flags = rest.split(' ').nth(6).and_then(|flags| flags.parse::<u64>().ok());
    rest.starts_with(['Z', 'X', 'x']) || flags.is_some_and(|flags| flags & EXITING != 0)
}

/// Reads `/proc/PID/status`: the signals that wait for one thread, and for all.
fn is_killed_by(status: &str) -> bool {
    let sets = status.lines().filter_map(|line| line.strip_prefix("SigPnd:").or_else(|| line.strip_prefix("ShdPnd:")));
    sets.filter_map(|set| u64::from_str_radix(set.trim(), 16).ok()).any(|set| set & KILLED != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_process_that_was_killed_is_ending_before_anybody_has_waited_for_it() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat is everywhere");
        let pid = Pid::from_child(&child);
        assert!(!is_ending(pid));
        child.kill().expect("our child");
        // A zombie can be signalled, and only `/proc` tells what it is.
        assert!(is_ending(pid) || cfg!(not(target_os = "linux")));
        child.wait().expect("our child");
        assert!(is_ending(pid));
    }

    #[test]
    fn what_the_system_tells_of_a_process_is_understood() {
        let stat = |state: &str, flags: u64| format!("12 (a) R) b) {state} 1 12 12 0 -1 {flags} 0 0");
        assert!(!is_ending_by(&stat("R", 0x40_0040)) && !is_ending_by("odd"));
        assert!(is_ending_by(&stat("Z", 0)) && is_ending_by(&stat("D", 0x40_0004)));
        let status = |pending: &str| format!("Name:\tmpd\nSigPnd:\t0000000000000000\nShdPnd:\t{pending}\n");
        assert!(!is_killed_by(&status("0000000000000001")) && is_killed_by(&status("0000000000000100")));
    }

    #[tokio::test]
    async fn of_a_peer_that_cannot_be_seen_the_socket_tells() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&path).expect("bound");
        let end = End { pid: None, socket: path.clone(), inode: inode(&path) };
        let peer = Peer(Arc::new(end));
        assert!(!peer.has_ended());
        std::fs::rename(&path, dir.path().join("aside")).expect("moved");
        let _other = std::os::unix::net::UnixListener::bind(&path).expect("bound");
        assert!(peer.has_ended());
        let connected = UnixStream::connect(&path).await.expect("it listens");
        assert!(!Peer::of(&connected, &path).has_ended(), "this process lives");
    }
}
