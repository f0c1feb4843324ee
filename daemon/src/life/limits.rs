//! What the system lets the process do: files open at once, and how large a file may become. Both are raised as far as a process may raise
//! its own limits; what is still too little is the doing of the shell that started the daemon, and is told to everybody.

use mp_proto::wire::ProcessStatus;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the daemon itself has open: its files, sockets, the watch, and connections to Mixpanel.
const OWN_FILES: u64 = 40;

/// The share of the other files that connections may have. The rest is for requests that have a connection of their own to Mixpanel, of
/// which few callers have one at a time.
const SHARE: (u64, u64) = (3, 4);

/// More than all tools of a machine have.
const MOST_CONNECTIONS: u64 = 65_536;

/// With fewer, a handful of tools can take all.
const LEAST_CONNECTIONS: u64 = 4;

/// Below this, many tools at once have to wait for each other. The usual limits are 1,024 and more.
const FEW_FILES: u64 = 512;

/// The log and the files with tokens are smaller than this, exports are written by the client.
const SMALL_FILE: u64 = 64 * 1024 * 1024;

/// What is tried where a limit that is said to be infinite cannot be had: what Linux and macOS allow a process.
const FINITE: [u64; 2] = [1_048_576, 10_240];

/// The limits of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files open at once.
    pub files: u64,
    /// The largest file, in bytes; none when there is no limit.
    pub file_size: Option<u64>,
}

impl Limits {
    /// Raises the limits of this process as far as it may.
    pub fn raise() {
        for resource in [Resource::Nofile, Resource::Fsize] {
            let limit = getrlimit(resource);
            let all = Rlimit { current: limit.maximum, maximum: limit.maximum };
            if limit.current != limit.maximum && setrlimit(resource, all).is_err() {
                let some = FINITE.iter().filter(|some| limit.current.is_some_and(|current| current < **some));
                let mut some = some.map(|some| Rlimit { current: Some(*some), maximum: limit.maximum });
                let _ = some.find(|some| setrlimit(resource, *some).is_ok());
            }
        }
    }

    /// Returns those of this process.
    pub fn of_this_process() -> Self {
        let files = getrlimit(Resource::Nofile).current.unwrap_or(FINITE[0]);
        Self { files, file_size: getrlimit(Resource::Fsize).current }
    }

    /// Returns how many connections are served at once: a share of the files.
    pub fn connections(&self) -> u64 {
        let share = self.files.saturating_sub(OWN_FILES) * SHARE.0 / SHARE.1;
        share.clamp(LEAST_CONNECTIONS, MOST_CONNECTIONS)
    }

    /// Returns what is too little, each as a sentence that says what would help.
    pub fn problems(&self) -> Vec<String> {
        let help = "`mp daemon restart` from a shell with a higher limit";
        let files = (self.files < FEW_FILES).then(|| {
            let (files, connections) = (self.files, self.connections());
            format!(
                "the daemon may open only {files} files and serves {connections} connections at once, as \
                 `ulimit -n` said where it was started; {help}"
            )
        });
        let size = self.file_size.filter(|size| *size < SMALL_FILE).map(|size| {
            format!("the daemon may write no file of more than {size} bytes, as `ulimit -f` said where it was started; {help}")
        });
        files.into_iter().chain(size).collect()
    }

    /// Returns the limits as the status shows them.
    pub fn status(&self) -> ProcessStatus {
        ProcessStatus {
            open_files: self.files,
            most_connections: self.connections(),
            file_size: self.file_size,
            problems: self.problems(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_follow_the_files() {
        let of = |files| Limits { files, file_size: None }.connections();
        assert_eq!([0, 64, 256, 1024, 1_048_576].map(of), [4, 18, 162, 738, 65_536]);
    }

    #[test]
    fn what_is_too_little_is_told_with_what_helps() {
        let told = |files, file_size| Limits { files, file_size }.problems();
        assert_eq!(told(1024, None), [""; 0]);
        let problems = told(64, Some(1024));
        assert!(problems[0].contains("only 64 files and serves 18 connections"), "{problems:?}");
        assert!(problems.iter().all(|one| one.contains("`mp daemon restart`")) && problems.len() == 2, "{problems:?}");
    }

    #[test]
    fn a_soft_limit_is_raised_to_the_hard_one() {
        let before = getrlimit(Resource::Nofile);
        let low = Rlimit { current: before.maximum.map(|hard| hard.min(300)), maximum: before.maximum };
        // In this process alone, which needs no more while it is so.
        setrlimit(Resource::Nofile, low).expect("a lower one may be chosen");
        Limits::raise();
        let raised = Limits::of_this_process();
        assert_eq!(getrlimit(Resource::Nofile).current, before.maximum.or(Some(raised.files)));
    }
}
