//! What a daemon writes into the lock that it holds: which process of which machine it is, so that others can tell it from one that only
//! has the same number.

use std::fmt;

/// Who holds a lock, as its file tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// Its process, as its own machine or container counts.
    pub pid: u32,
    /// When it started, in ticks since the machine did; none where the system does not tell.
    pub start: Option<u64>,
    /// The run of the machine, which is another one after each boot; empty where the system does not tell.
    pub boot: String,
    /// The processes among which it counts: those of a container have numbers of their own.
    pub space: String,
    /// The name of the machine, for people.
    pub host: String,
}

impl Holder {
    /// Reads the text of a lock file; none when no process stands in it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut holder = Self { pid: lines.next()?.trim().parse().ok()?, ..Self::default() };
        for (name, value) in lines.filter_map(|line| line.split_once(' ')) {
            match name {
                "start" => holder.start = value.parse().ok(),
                "boot" => holder.boot = value.to_owned(),
                "space" => holder.space = value.to_owned(),
                "host" => holder.host = value.to_owned(),
                // Of a later release.
                _ => {}
            }
        }
        Some(holder)
    }

    /// Returns whether it runs on another machine than somebody whose boot this is, or ran before a restart.
    pub fn is_elsewhere(&self, boot: &str) -> bool {
        !self.boot.is_empty() && !boot.is_empty() && self.boot != boot
    }

    /// Names it for people: a process, and the machine.
    pub fn named(&self) -> String {
        // The file may be anybody's by now: nothing of it may steer a terminal.
        let host: String = self.host.chars().filter(char::is_ascii_graphic).take(64).collect();
        let host = if host.is_empty() { String::new() } else { format!(" on host {host}") };
        format!("pid {}{host}", self.pid)
    }
}

/// The first line is the process alone, as older releases wrote and people read it.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.pid)?;
        if let Some(start) = self.start {
            writeln!(f, "start {start}")?;
        }
        writeln!(f, "boot {}\nspace {}\nhost {}", self.boot, self.space, self.host)
    }
}

/// Reads from `/proc/PID/stat` when a process started. Its name stands in parentheses and may hold any character; the start is the
/// twentieth field behind it.
pub fn start_in(stat: &str) -> Option<u64> {
    stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_older_files_are_understood() {
        let holder = Holder {
            pid: 12,
            start: Some(34),
            boot: "b".to_owned(),
            space: "pid:[1]".to_owned(),
            host: "alpha".to_owned(),
        };
        assert_eq!(Holder::parse(&holder.to_string()), Some(holder.clone()));
        assert_eq!(Holder::parse("12\n"), Some(Holder { pid: 12, ..Holder::default() }));
        assert_eq!(Holder::parse("12\nlater words\nstart x\n"), Some(Holder { pid: 12, ..Holder::default() }));
        assert_eq!((Holder::parse(""), Holder::parse("twelve\n")), (None, None));
        assert_eq!(holder.named(), "pid 12 on host alpha");
        assert_eq!(Holder { host: "\u{1b}[2J".to_owned(), ..holder }.named(), "pid 12 on host [2J");
    }

    #[test]
    fn only_a_boot_that_is_known_to_be_another_is_elsewhere() {
        let of = |boot: &str| Holder { boot: boot.to_owned(), ..Holder::default() };
        assert!(of("a").is_elsewhere("b"));
        assert!(!of("a").is_elsewhere("a") && !of("").is_elsewhere("b") && !of("a").is_elsewhere(""));
    }

    #[test]
    fn the_start_of_a_process_stands_behind_its_name() {
        let stat = "7 (a) S b) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 3 0 9876 1 2";
        assert_eq!(start_in(stat), Some(9876));
        assert_eq!(start_in("odd"), None);
    }
}
