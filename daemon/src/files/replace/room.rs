//! Room on the disk for a text that is yet to come: for one that cannot be had twice, it must be certain before it is asked for.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, fstat, unlinkat};

use super::destination::Destination;
use super::error::ReplaceError;
use crate::fault;
use crate::files::paths::Paths;

/// Spaces: JSON with some of them behind it is the same JSON, so a crash between two steps leaves nothing that cannot be read.
const FILLER: u8 = b' ';

/// A temporary file that is as large as the text will be, written and synced. It goes away with this value, unless it was used.
#[derive(Debug)]
pub struct Room {
    dir: OwnedFd,
    name: OsString,
    file: Option<File>,
}

/// Makes room for a text of so many bytes that is to take the place of a file.
///
/// # Errors
/// When there is none, or the file is a symbolic link or none that can be replaced.
pub fn reserve(paths: &Paths, path: &Path, size: usize) -> Result<Room, ReplaceError> {
    let destination = Destination::open(paths, path)?;
    let (mut file, temporary) = destination.make()?;
    let filled = file
        .write_all(&vec![FILLER; size])
        .and_then(|()| fault::point(&destination.name, "reserved"))
        .and_then(|()| file.sync_all());
    filled.map_err(|source| destination.fail(source))?;
    let name = temporary.name.clone();
    temporary.forget();
    Ok(Room { dir: destination.dir, name, file: Some(file) })
}

impl Room {
    /// Returns the file and its name, if it lies in this directory: the one that it was made in may have been replaced.
    pub(super) fn within(mut self, dir: &OwnedFd) -> Option<(File, OsString)> {
        let identity = |dir: &OwnedFd| fstat(dir).ok().map(|stat| (stat.st_dev, stat.st_ino));
        if identity(&self.dir) != identity(dir) {
            return None;
        }
        Some((self.file.take()?, self.name.clone()))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.file.is_some() {
            // What cannot be removed is swept away at the next start.
            let name: &OsStr = &self.name;
            let _ = unlinkat(&self.dir, name, AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::replace::{replace_if, replace_if_in};

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn room_is_real_is_used_and_is_given_back() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().to_owned(), home.path().to_owned());
        let file = home.path().join("f");
        replace_if(&paths, &file, b"old", None).unwrap();
        let room = reserve(&paths, &file, 5000).unwrap();
        let size = |name: &String| fs::metadata(home.path().join(name)).unwrap().len();
        assert_eq!(names(home.path()).iter().map(size).max(), Some(5000));
        drop(room);
        assert_eq!(names(home.path()), ["f"]);
        let mut room = Some(reserve(&paths, &file, 5000).unwrap());
        let reserved = names(home.path()).into_iter().find(|name| name != "f").unwrap();
        let inode =
            |name: &str| fs::metadata(home.path().join(name)).map(|it| std::os::unix::fs::MetadataExt::ino(&it));
        let before = inode(&reserved).unwrap();
        replace_if_in(&paths, &file, b"new", Some(b"old"), &mut room).unwrap();
        assert_eq!((fs::read(&file).unwrap().as_slice(), inode("f").unwrap()), (b"new".as_slice(), before));
        assert!(room.is_none() && names(home.path()) == ["f"]);
    }

    #[test]
    fn room_in_a_directory_that_was_replaced_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().to_owned(), home.path().to_owned());
        let file = home.path().join("a/f");
        let mut room = Some(reserve(&paths, &file, 100).unwrap());
        fs::rename(home.path().join("a"), home.path().join("b")).unwrap();
        replace_if_in(&paths, &file, b"new", None, &mut room).unwrap();
        assert_eq!(names(&home.path().join("a")), ["f"]);
        assert_eq!(names(&home.path().join("b")), [""; 0]);
    }
}
