//! Removes what crashed processes left, other than texts that are not ours.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::names::{Leftover, MARK, displaced_name, hash};

/// What [`sweep`] found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many leftovers were removed.
    pub removed: usize,
    /// Texts that another program wrote and that a crash left beside their file, under names that are not looked at again.
    pub displaced: Vec<PathBuf>,
}

/// Removes what crashed processes left in a directory, other than texts that are not ours. For the start of a process: what bears its
/// id is of an earlier one.
///
/// # Errors
/// When the directory cannot be listed; a missing one is empty.
pub fn sweep(dir: &Path) -> io::Result<Swept> {
    sweep_where(dir, |leftover| {
        is_dead(leftover.pid) || leftover.pid == rustix::process::getpid().as_raw_nonzero().get()
    })
}

/// Removes what crashed processes left of one file, other than texts that are not ours.
///
/// # Errors
/// When its directory cannot be listed.
pub fn sweep_of(path: &Path) -> io::Result<Swept> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else {
        return Ok(Swept::default());
    };
    sweep_where(dir, |leftover| leftover.of == name && is_dead(leftover.pid))
}

fn sweep_where(dir: &Path, is_to_go: impl Fn(&Leftover<'_>) -> bool) -> io::Result<Swept> {
    let mut swept = Swept::default();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(swept),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let name = entry?.file_name();
        let Some(leftover) = name.to_str().and_then(Leftover::parse).filter(&is_to_go) else { continue };
        let path = dir.join(&name);
        if leftover.is_ours(&path) {
            fs::remove_file(&path)?;
            swept.removed += 1;
        } else {
            let kept = dir.join(displaced_name(&name));
            fs::rename(&path, &kept)?;
            swept.displaced.push(kept);
        }
    }
    Ok(swept)
}

impl Leftover<'_> {
    fn is_ours(&self, path: &Path) -> bool {
        let Some(hashes) = self.hashes else { return true };
        fs::read(path).is_ok_and(|bytes| hashes.contains(&hash(&bytes)))
    }
}

/// Returns whether no process has the id.
fn is_dead(pid: i32) -> bool {
    match rustix::process::Pid::from_raw(pid) {
        Some(pid) => rustix::process::test_kill_process(pid) == Err(Errno::SRCH),
        None => true,
    }
}

/// Returns whether a name is that of a temporary file of a file: one of ours, or of the Python tool (`NAME.tmp.PID.THREAD`).
pub fn is_temporary_of(name: &str, other: &str) -> bool {
    let ours = other.strip_prefix('.').and_then(|other| other.strip_prefix(name));
    ours.is_some_and(|rest| rest.starts_with(MARK))
        || other.strip_prefix(name).is_some_and(|rest| rest.starts_with(".tmp."))
}

/// Returns the temporary files of a file.
pub fn temporaries(path: &Path) -> Vec<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else { return Vec::new() };
    let is_one = |other: &str| is_temporary_of(name, other);
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(is_one)).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sweeping_removes_our_leftovers_and_keeps_what_a_rival_wrote() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        let names = || -> BTreeSet<String> {
            let entries = fs::read_dir(dir).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let dead = 0x3fff_fffe;
        let swap = |count: u32| format!(".f.mpd-{dead}-{count}-{:016x}-{:016x}.swap", hash(b"new"), hash(b"old"));
        let alive = ".f.mpd-1-0.tmp".to_owned();
        for (name, text) in [
            (format!(".f.mpd-{dead}-0.tmp"), "ne"),
            (swap(1), "new"),
            (swap(2), "old"),
            (swap(3), "rival"),
            (alive.clone(), "x"),
            ("f".to_owned(), "new"),
            ("f.tmp.12.34".to_owned(), "python"),
            (".f.mpd-x-0.tmp".to_owned(), "?"),
        ] {
            fs::write(dir.join(name), text).unwrap();
        }
        let kept = dir.join(format!("{}.displaced", swap(3)));
        assert_eq!(sweep(dir).unwrap(), Swept { removed: 3, displaced: vec![kept.clone()] });
        assert_eq!(fs::read(kept).unwrap(), b"rival");
        assert!(names().is_superset(&BTreeSet::from([alive, "f.tmp.12.34".into(), ".f.mpd-x-0.tmp".into()])));
        assert_eq!(sweep(dir).unwrap(), Swept::default());
        assert_eq!(sweep(&dir.join("missing")).unwrap(), Swept::default());
    }
}
