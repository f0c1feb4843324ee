//! The lock that a daemon holds for life, and who that is. It tells of a daemon that no socket leads to.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::holder::{Holder, start_in};
use mp_proto::location::lock_file;
use rustix::process::{Pid, Signal};

use crate::place::Place;

/// Returns the lock of a storage root that somebody holds: then a daemon lives.
pub(super) fn held(place: &Place) -> Option<PathBuf> {
    place.runs.iter().map(|run| lock_file(run)).find(|path| is_held(path))
}

/// How long a daemon may take to make its lock again that somebody has removed, as those do who clear away temporary files, and to write
/// into it who holds it.
const AGAIN: Duration = Duration::from_secs(2);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// Returns the lock like [`held`]. Where its file is not there, though a daemon leaves it behind, one that lives gets the time to make it
/// again: it would be wrong to say that it does not run.
pub(super) async fn held_soon(place: &Place) -> Option<PathBuf> {
    let end = Instant::now() + AGAIN;
    loop {
        let held = held(place);
        let is_missing = place.root.is_dir() && !place.runs.iter().any(|run| lock_file(run).exists());
        if held.is_some() || !is_missing || Instant::now() > end {
            return held;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns whether somebody holds a lock. A shared try does not disturb a daemon that is starting; it tries again.
pub(super) fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Who holds a lock.
#[derive(Debug)]
pub(super) enum Owner {
    /// A process that can be seen from here, and is the one that the file names.
    Process(Process),
    /// A process of another machine or container.
    Elsewhere(Holder),
    /// The file does not tell, or tells of a process that is not there any more.
    Unknown,
}

impl Owner {
    /// Finds the owner of a lock like [`Owner::of`]. A daemon locks its file before it says in it who it is, and gets the time to do so.
    pub(super) async fn told(path: &Path) -> Self {
        let end = Instant::now() + AGAIN;
        loop {
            let owner = Self::of(path);
            if !matches!(owner, Self::Unknown) || !is_held(path) || Instant::now() > end {
                return owner;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Finds the owner of a lock that is held. A number alone proves nothing: the process must have started when the file says.
    pub(super) fn of(path: &Path) -> Self {
        let Some(holder) = std::fs::read_to_string(path).ok().and_then(|text| Holder::parse(&text)) else {
            return Self::Unknown;
        };
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        let is_apart = !holder.space.is_empty() && Path::new(&holder.space) != space;
        if holder.is_elsewhere(boot.trim()) || is_apart {
            return Self::Elsewhere(holder);
        }
        Process::of(&holder).map_or(Self::Unknown, Self::Process)
    }
}

/// A process that was found to be the holder of a lock.
#[derive(Debug)]
pub(super) struct Process {
    /// Its number.
    pub(super) pid: u32,
    id: Pid,
    /// Stands for this very process, also when its number is given to another one.
    #[cfg(target_os = "linux")]
    handle: Option<std::os::fd::OwnedFd>,
}

impl Process {
    fn of(holder: &Holder) -> Option<Self> {
        let id = Pid::from_raw(i32::try_from(holder.pid).ok()?)?;
        let process = Self {
            pid: holder.pid,
            id,
            // Taken before the look, so that what is looked at is what is signalled. Older kernels have none.
            #[cfg(target_os = "linux")]
            handle: rustix::process::pidfd_open(id, rustix::process::PidfdFlags::empty()).ok(),
        };
        let started =
            std::fs::read_to_string(format!("/proc/{}/stat", holder.pid)).ok().and_then(|stat| start_in(&stat));
        (started.is_some() && started == holder.start).then_some(process)
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When the system refuses; that it has ended is no error.
    pub(super) fn signal(&self, signal: Signal) -> Result<(), Failure> {
        #[cfg(target_os = "linux")]
        let sent = match &self.handle {
            Some(handle) => rustix::process::pidfd_send_signal(handle, signal),
            None => rustix::process::kill_process(self.id, signal),
        };
        #[cfg(not(target_os = "linux"))]
        let sent = rustix::process::kill_process(self.id, signal);
        match sent {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => {
                let detail = format!("mpd, pid {}, could not be signalled: {error}", self.pid);
                Err(Failure::new(FailureKind::Unreachable, detail))
            }
        }
    }
}

/// Says what is known of a daemon that lives and that no socket leads to.
pub(super) async fn without_socket(place: &Place, lock: &Path) -> Failure {
    owned(place, lock, Owner::told(lock).await)
}

/// As [`without_socket`], of an owner that was found already.
pub(super) fn owned(place: &Place, lock: &Path, owner: Owner) -> Failure {
    let (socket, lock_path) = (place.socket.display(), lock.display());
    let unreachable = |detail| Failure::new(FailureKind::Unreachable, detail);
    match owner {
        Owner::Process(process) => unreachable(format!(
            "mpd runs, pid {}, but no socket leads to it at {socket}; it binds one again within 30 s, or ends",
            process.pid
        ))
        .next("mp daemon stop", "end it by its process id"),
        Owner::Elsewhere(holder) => unreachable(format!(
            "mpd runs, but not here: another host or process holds {lock_path} ({})",
            holder.named()
        ))
        .next("mp daemon stop", "stop it, there")
        .next("mp help daemon", "or give each host a directory of its own: run_dir under [settings] of config.toml"),
        Owner::Unknown => {
            unreachable(format!("another host or process holds {lock_path}, and the file does not tell which"))
                .next(format!("fuser -v {lock_path}"), "see which process has it open")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_whether_a_daemon_lives() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        assert!(!is_held(&path));
        let file = File::create(&path).expect("made");
        assert!(!is_held(&path));
        file.lock().expect("locked");
        assert!(is_held(&path));
    }

    #[tokio::test(start_paused = true)]
    #[cfg(target_os = "linux")]
    async fn a_daemon_that_has_its_lock_may_take_its_time_to_say_who_it_is() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let file = File::create(&path).expect("made");
        file.lock().expect("locked");
        let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has it");
        let ours = Holder { pid: std::process::id(), start: start_in(&stat), ..Holder::default() };
        // The second runs when the first has looked for the first time.
        let (owner, ()) =
            tokio::join!(Owner::told(&path), async { std::fs::write(&path, ours.to_string()).expect("written") });
        assert!(matches!(owner, Owner::Process(process) if process.pid == ours.pid), "what was written later");
        std::fs::write(&path, "").expect("written");
        drop(file);
        assert!(matches!(Owner::told(&path).await, Owner::Unknown), "nobody holds it: there is nothing to wait for");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_is_the_owner_only_if_it_started_when_the_file_says() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has it");
        let ours = Holder { pid: std::process::id(), start: start_in(&stat), ..Holder::default() };
        let owner = |holder: &Holder| {
            std::fs::write(&path, holder.to_string()).expect("written");
            Owner::of(&path)
        };
        assert!(matches!(owner(&ours), Owner::Process(process) if process.pid == std::process::id()));
        assert!(matches!(owner(&Holder { start: ours.start.map(|at| at + 1), ..ours.clone() }), Owner::Unknown));
        assert!(matches!(owner(&Holder { start: None, ..ours.clone() }), Owner::Unknown), "as an older mpd wrote it");
        assert!(matches!(owner(&Holder { boot: "x".to_owned(), ..ours.clone() }), Owner::Elsewhere(_)));
        assert!(matches!(owner(&Holder { space: "pid:[1]".to_owned(), ..ours }), Owner::Elsewhere(_)));
        std::fs::write(&path, "").expect("written");
        assert!(matches!(Owner::of(&path), Owner::Unknown), "it is just starting");
    }
}
