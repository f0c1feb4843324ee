//! The compare-and-swap. The head of the folder tells why it is done like this.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, linkat};
use rustix::io::Errno;

use super::destination::{Destination, Temporary};
use super::error::ReplaceError;
use super::names::{displaced_name, hash};
use super::rename::Target;
use super::room::Room;
use crate::fault;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::lock::lock_until;

/// Exchanges after which rivals have renamed more often within microseconds than any that works on the text it reads.
const MAX_EXCHANGES: usize = 64;

/// Longest wait for others of our kind. Not forever: a stranger may hold the lock of a directory, and we are safe without it.
const TURN: Duration = Duration::from_secs(2);

/// Replaces a file if it still holds `expected` (none: if it still does not exist), and returns the signature of the new one.
///
/// The content is compared and nothing else: a rival that wrote the same text lost nothing when ours replaces it.
///
/// # Errors
/// [`ReplaceError::Conflict`] when it holds something else, which then still is in place; others when it cannot be written.
pub fn replace_if(
    paths: &Paths,
    path: &Path,
    bytes: &[u8],
    expected: Option<&[u8]>,
) -> Result<Signature, ReplaceError> {
    replace_if_in(paths, path, bytes, expected, &mut None)
}

/// The same, in room that was made before. It is left to the caller if nothing was written.
///
/// # Errors
/// Those of [`replace_if`].
pub fn replace_if_in(
    paths: &Paths,
    path: &Path,
    bytes: &[u8],
    expected: Option<&[u8]>,
    room: &mut Option<Room>,
) -> Result<Signature, ReplaceError> {
    let destination = Destination::open(paths, path)?;
    destination.take_turn();
    // Not needed for correctness. It spares nearly all rivals from ever seeing our text in place of theirs.
    if destination.content(&destination.name).as_deref() != expected {
        return Err(destination.conflict(Vec::new()));
    }
    let (temporary, signature) = match room.take().and_then(|room| room.within(&destination.dir)) {
        Some((file, name)) => destination.complete(file, destination.temporary(name), bytes)?,
        None => destination.write(bytes)?,
    };
    match expected {
        None => destination.create(temporary)?,
        Some(expected) => destination.swap(temporary, bytes, expected)?,
    }
    fault::point(&destination.name, "renamed").map_err(|error| destination.fail(error))?;
    destination.sync()?;
    Ok(destination.signature().unwrap_or(signature))
}

impl Destination<'_> {
    fn conflict(&self, displaced: Vec<PathBuf>) -> ReplaceError {
        ReplaceError::Conflict { path: self.path.to_owned(), displaced }
    }

    /// Waits for the other threads and processes that swap in this directory. Two that give back at once would take turns in taking
    /// out each other's text. The lock ends with the open directory; without it (some network file systems) all stays safe.
    fn take_turn(&self) {
        if let Ok(dir) = self.dir.try_clone() {
            // Both descriptors are of one open directory, and the lock is the directory's: it lasts as long as the longer-lived of them.
            let _ = lock_until(dir.into(), Instant::now() + TURN, || true);
        }
    }

    /// Moves a file to a name that must be free.
    fn create(&self, temporary: Temporary<'_>) -> Result<(), ReplaceError> {
        let moved = match self.rename_with(&temporary.name, &self.name, Target::Stays) {
            // A hard link is the older way to take a name only when it is free. The temporary name goes with `temporary`.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                linkat(&self.dir, &temporary.name, &self.dir, &self.name, AtFlags::empty())
            }
            Ok(()) => {
                temporary.forget();
                Ok(())
            }
            other => other,
        };
        moved.map_err(|errno| if errno == Errno::EXIST { self.conflict(Vec::new()) } else { self.write_error(errno) })
    }

    /// Exchanges the new file with the present one, which must turn out to hold `expected`.
    fn swap(&self, temporary: Temporary<'_>, bytes: &[u8], expected: &[u8]) -> Result<(), ReplaceError> {
        let temporary = self.announce(temporary, bytes, expected)?;
        // Once more, since syncing took long: the shorter the way from here to the exchange, the rarer is a rival in between.
        if self.content(&self.name).as_deref() != Some(expected) {
            return Err(self.conflict(Vec::new()));
        }
        self.verified_exchange(temporary, bytes, expected)
    }

    fn verified_exchange(&self, temporary: Temporary<'_>, bytes: &[u8], expected: &[u8]) -> Result<(), ReplaceError> {
        match self.exchange(&temporary.name) {
            Ok(()) => {}
            // Someone removed the file.
            Err(Errno::NOENT) => return Err(self.conflict(Vec::new())),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => return self.compare_and_rename(temporary, expected),
            Err(errno) => return Err(self.write_error(errno)),
        }
        let held = self.content(&temporary.name);
        if held.as_deref() == Some(expected) {
            return Ok(());
        }
        Err(self.give_back(temporary, bytes.to_vec(), held))
    }

    /// Puts what was taken out back in place, until what comes out is what was put in.
    ///
    /// `placed` is what we put in place last, `held` what the temporary file holds: always the newest text of a rival. Nothing slow may
    /// stand in the loop, for in each turn an older text is in place for a moment.
    fn give_back(&self, temporary: Temporary<'_>, ours: Vec<u8>, held: Option<Vec<u8>>) -> ReplaceError {
        let (mut placed, mut held) = (Some(ours), held);
        let mut older = Vec::new();
        for _ in 0..MAX_EXCHANGES {
            match self.exchange(&temporary.name) {
                Ok(()) => {}
                // Someone removed our file while theirs was out. To remove is what they wanted last.
                Err(Errno::NOENT) => return self.conflict(self.keep_all(older)),
                Err(errno) => {
                    // The temporary file is the only place of the rival's text now; `sweep` finds it.
                    temporary.forget();
                    return self.write_error(errno);
                }
            }
            older.extend(held.clone());
            let pulled = self.content(&temporary.name);
            if pulled == placed {
                return self.conflict(self.keep_all(older));
            }
            // A rival put `pulled` over `placed`, so it is newer than `held`, which we just put in place and take out again.
            (placed, held) = (held, pulled);
        }
        older.extend(held);
        self.conflict(self.keep_all(older))
    }

    /// Keeps texts beside the file, and tells where.
    fn keep_all(&self, texts: Vec<Vec<u8>>) -> Vec<PathBuf> {
        let keep = |text: Vec<u8>| {
            let (temporary, _) = self.write(&text).ok()?;
            let name = displaced_name(&temporary.name);
            self.rename(&temporary.name, &name).ok()?;
            temporary.forget();
            Some(self.path.with_file_name(name))
        };
        texts.into_iter().filter_map(keep).collect()
    }

    /// For file systems that cannot exchange: what a rival renames between the two steps is lost, as it is between any two rivals.
    fn compare_and_rename(&self, temporary: Temporary<'_>, expected: &[u8]) -> Result<(), ReplaceError> {
        if self.content(&self.name).as_deref() != Some(expected) {
            return Err(self.conflict(Vec::new()));
        }
        self.rename(&temporary.name, &self.name).map_err(|errno| self.write_error(errno))?;
        temporary.forget();
        Ok(())
    }

    fn exchange(&self, temporary: &OsStr) -> Result<(), Errno> {
        self.rename_with(temporary, &self.name, Target::Exchanged)
    }

    /// Gives the complete temporary file the name that tells [`sweep`] which texts it may throw away.
    fn announce<'p>(
        &self,
        mut temporary: Temporary<'p>,
        bytes: &[u8],
        expected: &[u8],
    ) -> Result<Temporary<'p>, ReplaceError> {
        let stem = temporary.name.as_bytes().strip_suffix(b".tmp").unwrap_or(temporary.name.as_bytes());
        let mut name = OsStr::from_bytes(stem).to_owned();
        name.push(format!("-{:016x}-{:016x}.swap", hash(bytes), hash(expected)));
        self.rename(&temporary.name, &name).map_err(|errno| self.write_error(errno))?;
        temporary.name = name;
        Ok(temporary)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct World {
        home: tempfile::TempDir,
        paths: Paths,
    }

    impl World {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            let paths = Paths::new(home.path().to_owned(), home.path().to_owned());
            Self { home, paths }
        }

        fn file(&self) -> PathBuf {
            self.home.path().join("f")
        }

        fn names(&self) -> BTreeSet<String> {
            let entries = fs::read_dir(self.home.path()).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    #[test]
    fn the_file_is_replaced_only_when_it_is_the_expected_one() {
        let world = World::new();
        let (paths, file) = (&world.paths, world.file());
        assert!(matches!(replace_if(paths, &file, b"a", Some(b"")), Err(ReplaceError::Conflict { .. })));
        let signature = replace_if(paths, &file, b"a", None).unwrap();
        assert_eq!(Signature::of(&file).unwrap(), Some(signature));
        assert!(matches!(replace_if(paths, &file, b"b", None), Err(ReplaceError::Conflict { .. })));
        assert!(matches!(replace_if(paths, &file, b"b", Some(b"x")), Err(ReplaceError::Conflict { .. })));
        assert_eq!(fs::read(&file).unwrap(), b"a");
        let signature = replace_if(paths, &file, b"b", Some(b"a")).unwrap();
        assert_eq!(
            (fs::read(&file).unwrap().as_slice(), Signature::of(&file).unwrap()),
            (b"b".as_slice(), Some(signature))
        );
        assert_eq!(world.names(), BTreeSet::from(["f".to_owned()]));
    }

    #[test]
    fn a_rival_between_comparing_and_exchanging_wins() {
        let world = World::new();
        let file = world.file();
        fs::write(&file, "rival").unwrap();
        // The state right after the comparison that spares nearly all rivals: the exchange itself must find this one.
        let destination = Destination::open(&world.paths, &file).unwrap();
        let (temporary, _) = destination.write(b"ours").unwrap();
        let Err(ReplaceError::Conflict { displaced, .. }) = destination.verified_exchange(temporary, b"ours", b"old")
        else {
            panic!("no conflict")
        };
        assert_eq!(displaced.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(), [b"rival"]);
        fs::remove_file(&displaced[0]).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"rival");
        let (temporary, _) = destination.write(b"ours").unwrap();
        assert!(matches!(destination.create(temporary), Err(ReplaceError::Conflict { .. })));
        assert_eq!(fs::read(&file).unwrap(), b"rival");
        let (temporary, _) = destination.write(b"ours").unwrap();
        assert!(matches!(destination.compare_and_rename(temporary, b"old"), Err(ReplaceError::Conflict { .. })));
        assert_eq!(world.names(), BTreeSet::from(["f".to_owned()]));
    }

    #[test]
    fn the_newest_of_two_rivals_wins_and_the_older_text_is_kept() {
        let world = World::new();
        let file = world.file();
        // The first rival was taken out, and the second renamed over ours before it could be put back.
        fs::write(&file, "second").unwrap();
        let destination = Destination::open(&world.paths, &file).unwrap();
        let (temporary, _) = destination.write(b"first").unwrap();
        let error = destination.give_back(temporary, b"ours".to_vec(), Some(b"first".to_vec()));
        let ReplaceError::Conflict { displaced, .. } = error else { panic!("{error:?}") };
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert_eq!(
            displaced.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>(),
            [b"first".to_vec(), b"second".to_vec()]
        );
        assert_eq!(world.names().len(), 3, "{:?}", world.names());
    }

    #[test]
    fn a_rival_that_removes_the_file_is_obeyed() {
        let world = World::new();
        let file = world.file();
        let destination = Destination::open(&world.paths, &file).unwrap();
        let (temporary, _) = destination.write(b"first").unwrap();
        let error = destination.give_back(temporary, b"ours".to_vec(), Some(b"first".to_vec()));
        assert!(matches!(error, ReplaceError::Conflict { .. }));
        assert_eq!(world.names(), BTreeSet::new());
    }

    /// A rival as the Python tool is: reads, renames its own file over ours, takes no lock. It writes as fast as it can.
    fn rival(dir: &Path, count: usize) {
        let (file, temporary) = (dir.join("f"), dir.join("rival"));
        for index in 0..count {
            let mut text = fs::read_to_string(&file).unwrap();
            text.push_str(&format!("rival {index}\n"));
            fs::write(&temporary, text).unwrap();
            fs::rename(&temporary, &file).unwrap();
        }
    }

    fn append(world: &World, line: &str) {
        loop {
            let text = fs::read(world.file()).unwrap();
            let new = [text.as_slice(), line.as_bytes()].concat();
            match replace_if(&world.paths, &world.file(), &new, Some(&text)) {
                Ok(_) => return,
                Err(ReplaceError::Conflict { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn nothing_that_a_rival_wrote_is_ever_lost() {
        let world = World::new();
        fs::write(world.file(), "").unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        append(&world, "ours\n");
                    }
                });
            }
            rival(world.home.path(), 2000);
            done.store(true, Ordering::Relaxed);
        });
        let mut lines = BTreeSet::new();
        for name in world.names() {
            assert!(name == "f" || name.ends_with(".displaced"), "{name}");
            let text = fs::read_to_string(world.home.path().join(&name)).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
        let lost: Vec<_> = (0..2000).filter(|index| !lines.contains(&format!("rival {index}"))).collect();
        assert_eq!(lost, [0; 0], "lost writes");
        assert!(lines.contains("ours"));
    }

    #[test]
    fn writers_that_all_compare_lose_nothing_of_each_other() {
        let world = World::new();
        fs::write(world.file(), "").unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let world = &world;
                scope.spawn(move || (0..50).for_each(|index| append(world, &format!("{writer} {index}\n"))));
            }
        });
        let mut lines = BTreeSet::new();
        for name in world.names() {
            let text = fs::read_to_string(world.home.path().join(&name)).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
        assert_eq!(lines.len(), 200);
    }
}
