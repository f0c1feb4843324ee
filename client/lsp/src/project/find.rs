//! Where a project's file is.

use std::path::{Path, PathBuf};

/// Its name.
pub const NAME: &str = ".mixpanel.toml";

/// How far up it is looked for.
const HIGHEST: usize = 64;

/// Returns the file that counts for a path: beside it or above it, but not above the root of its repository, nor above the home.
pub fn find(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    find_with(path, home, |_| false)
}

/// The same, with files that are there though they are not on disk.
pub fn find_with(path: &Path, home: Option<&Path>, is_there: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    for folder in path.ancestors().take(HIGHEST) {
        let file = folder.join(NAME);
        if file.is_file() || is_there(&file) {
            return Some(file);
        }
        let is_root = [".git", ".hg", ".jj", ".svn"].iter().any(|name| folder.join(name).exists());
        if is_root || Some(folder) == home {
            return None;
        }
    }
    None
}

/// Largest file that is read.
const MAX: u64 = 1024 * 1024;

/// Reads a project's file; none if it cannot be read, or is none.
pub fn read(path: &Path) -> Option<String> {
    let found = std::fs::metadata(path).ok()?;
    (found.is_file() && found.len() <= MAX).then(|| std::fs::read_to_string(path).ok()).flatten()
}
