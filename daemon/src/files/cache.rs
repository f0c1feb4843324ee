//! What was made of a file, kept until the file's signature changes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;

use super::looks::SharedLook;
use super::read::{ReadError, Signature, read_credential};

/// Files kept at once. Callers bring a handful of paths; a stream of ever new ones must not grow the daemon.
const CAPACITY: usize = 16;

/// Parsed files by path. It only saves work: each use stats the file, and one that changed is read again.
#[derive(Debug)]
pub struct Cache<T> {
    entries: Mutex<HashMap<PathBuf, (Signature, Arc<T>)>>,
    /// Also for files that are not there.
    last_looks: Mutex<Vec<(PathBuf, Arc<SharedLook>)>>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self { entries: Mutex::default(), last_looks: Mutex::default() }
    }
}

impl<T> Cache<T> {
    /// Returns what `parse` makes of a file, or made of it while it had the same signature; none when there is no file.
    /// A failure is not kept. `now` tells the wall clock, when it is needed.
    ///
    /// # Errors
    /// When the file cannot be read safely, or `parse` fails.
    pub fn load<E: From<ReadError>>(
        &self,
        path: &Path,
        home: &Path,
        now: impl FnOnce() -> SystemTime,
        parse: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<Option<Arc<T>>, E> {
        // One look decides for nearly every call: most of these files do not exist, and the others do not change.
        match self.last_look(path).or(|| Signature::of(path)) {
            Ok(None) => return Ok(None),
            Ok(Some(current)) => {
                if let Some(kept) = self.kept(path, current) {
                    return Ok(Some(kept));
                }
            }
            // Reading tells what is wrong.
            Err(_) => {}
        }
        // Taken before the file is read: a change during the read is never taken for settled.
        let now = now();
        let Some((bytes, signature)) = read_credential(path, home)? else { return Ok(None) };
        let value = Arc::new(parse(&bytes)?);
        self.keep(path, signature, now, Arc::clone(&value));
        Ok(Some(value))
    }

    fn last_look(&self, path: &Path) -> Arc<SharedLook> {
        let mut looks = self.last_looks.lock();
        if let Some((_, known)) = looks.iter().find(|(known, _)| known == path) {
            return Arc::clone(known);
        }
        if looks.len() >= CAPACITY {
            looks.clear();
        }
        let fresh = Arc::default();
        looks.push((path.to_owned(), Arc::clone(&fresh)));
        fresh
    }

    fn kept(&self, path: &Path, current: Signature) -> Option<Arc<T>> {
        let entries = self.entries.lock();
        entries.get(path).filter(|(signature, _)| *signature == current).map(|(_, value)| Arc::clone(value))
    }

    fn keep(&self, path: &Path, signature: Signature, now: SystemTime, value: Arc<T>) {
        let mut entries = self.entries.lock();
        if !signature.is_settled(now) {
            // A write in the same tick of the clock would go unnoticed; the next call reads again.
            entries.remove(path);
            return;
        }
        if entries.len() >= CAPACITY && !entries.contains_key(path) {
            entries.clear();
        }
        entries.insert(path.to_owned(), (signature, value));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use super::*;
    use crate::files::pause::next_tick;

    #[test]
    fn a_file_is_parsed_once_until_it_changes_and_never_while_unsettled() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        let (cache, parsed) = (Cache::<String>::default(), Cell::new(0));
        let load = |now| {
            let parse = |bytes: &[u8]| {
                parsed.set(parsed.get() + 1);
                Ok::<_, ReadError>(String::from_utf8_lossy(bytes).into_owned())
            };
            cache.load(&path, home.path(), || now, parse).map(|value| value.map(|value| value.to_string()))
        };
        let later = || SystemTime::now() + Duration::from_secs(10);
        assert_eq!(load(later()).unwrap(), None);
        fs::write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for now in [SystemTime::now() - Duration::from_secs(5), later(), later(), later()] {
            assert_eq!(load(now).unwrap().as_deref(), Some("one"));
        }
        assert_eq!(parsed.get(), 2, "once unsettled, once kept");
        next_tick(home.path());
        fs::write(&path, "two").unwrap();
        assert_eq!(load(later()).unwrap().as_deref(), Some("two"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        next_tick(home.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(load(later()), Err(ReadError::Mode { .. })), "a loosened file is checked again");
        fs::remove_file(&path).unwrap();
        assert_eq!(load(later()).unwrap(), None);
    }

    #[test]
    fn the_number_of_kept_files_is_bounded() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::<()>::default();
        for index in 0..100 {
            let path = home.path().join(index.to_string());
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let now = SystemTime::now() + Duration::from_secs(10);
            cache.load(&path, home.path(), || now, |_| Ok::<_, ReadError>(())).unwrap();
            assert!(cache.entries.lock().len() <= CAPACITY);
        }
    }
}
