//! Looks at the files again when the system says that something moved. Correctness never depends on it: every call looks itself.
//! It exists for events, and for a socket or a root that somebody removes.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mp_proto::wire::{WatchMode, WatchStatus};
use notify::event::AccessKind;
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{debug, warn};

use crate::files::link::locate;
use crate::files::paths::{CONFIG, Paths};
use crate::files::read::Signature;
use crate::files::witness::Witness;
use crate::life::Life;

/// An editor's save is several events; wait until it has been quiet for this long.
const QUIET: Duration = Duration::from_millis(100);

/// Somebody who never stops writing does not keep us from looking.
const PATIENCE: Duration = Duration::from_secs(1);

/// Without any event we look anyway: network file systems send none, and queues overflow. Half of the time within which a lost socket must
/// be back.
const TICK: Duration = Duration::from_secs(15);

/// When something is amiss that the next look may mend.
const SOON: Duration = Duration::from_secs(2);

/// How often directories are compared where the system offers no events.
const POLL: Duration = Duration::from_secs(2);

/// Directories under watch, at most: the system has a limit that all programs of a user share. Calls look themselves.
const MOST: usize = 64;

/// The watch over the storage root and the socket.
pub struct Watch {
    status: Mutex<WatchStatus>,
    wake: Arc<Notify>,
    watched: Mutex<Option<Watched>>,
    witness: Arc<Witness>,
}

impl Watch {
    /// Opens a watch over these; it begins with [`Self::run`].
    ///
    /// To be opened before the lock and the socket: of a process that was killed the system closes first what was opened last, and
    /// takes long over a watch. Until the socket is closed, clients wait at it for somebody who will never answer.
    pub fn open(root: &Path, run: &Path, socket: &Path) -> Self {
        let (wake, witness) = (Arc::default(), Arc::default());
        let status = WatchStatus { mode: WatchMode::Events, detail: None };
        let (watched, status) = match Watched::open(root, run, socket, &wake, &witness) {
            Ok((watched, None)) => (Some(watched), status),
            Ok((watched, detail)) => (Some(watched), WatchStatus { mode: WatchMode::Polling, detail }),
            Err(error) => (None, by_the_clock(&error)),
        };
        Self { status: Mutex::new(status), wake, watched: Mutex::new(watched), witness }
    }

    /// Returns how it watches.
    pub fn status(&self) -> WatchStatus {
        self.status.lock().clone()
    }

    /// Returns who learns from it which programs read the config.
    pub fn witness(&self) -> Arc<Witness> {
        Arc::clone(&self.witness)
    }

    /// Returns what makes it look at once.
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Calls `look` after each burst of events and at every tick, until the daemon stops. It returns whether all is well, else it is called
    /// again sooner, and the directories below the root that are worth watching, too.
    pub async fn run(
        self: Arc<Self>,
        life: Life,
        paths: Paths,
        look: impl Fn() -> (bool, Vec<PathBuf>) + Send + 'static,
    ) {
        let mut watched = self.watched.lock().take();
        if let WatchStatus { mode: WatchMode::Polling, detail: Some(detail) } = self.status() {
            warn!(%detail, "file events were not available");
        }
        loop {
            if let Some(error) = watched.as_mut().and_then(|watched| watched.renew(linked(&paths))) {
                warn!(%error, "a directory could not be watched");
                *self.status.lock() = by_the_clock(&error);
            }
            if let Some(watched) = &watched {
                self.witness.is_told(watched.tells_of_reads());
            }
            // After each (re)watch: what changed before the watch stood is seen here.
            let (is_well, wanted) = look();
            if watched.as_mut().is_some_and(|watched| watched.add(wanted)) {
                continue;
            }
            let next = if is_well { TICK } else { SOON };
            debug!("files were looked at");
            tokio::select! {
                biased;
                () = life.stopping() => return,
                () = self.wake.notified() => quiet(&self.wake).await,
                () = tokio::time::sleep(next) => {}
            }
        }
    }
}

/// Says that only the clock makes us look.
fn by_the_clock(error: &notify::Error) -> WatchStatus {
    let detail = Some(format!("{error}; looking every {} s", TICK.as_secs()));
    WatchStatus { mode: WatchMode::Polling, detail }
}

/// Returns where the config is, if it is a link.
fn linked(paths: &Paths) -> Option<PathBuf> {
    match locate(&paths.config(), paths.home()) {
        Ok(Cow::Owned(target)) => Some(target),
        _ => None,
    }
}

/// Directories under watch. notify loses a directory that is removed, so it remembers which one it had.
struct Watched {
    watcher: Box<dyn Watcher + Send>,
    directories: Vec<(PathBuf, Option<(u64, u64)>)>,
    /// How many of them are always there.
    fixed: usize,
    linked: Linked,
    spellings: Spellings,
    root: PathBuf,
    /// Whether the system tells who opens a file, not only who changes it.
    tells_of_reads: bool,
}

/// Where the config is, if it is a link.
type Linked = Arc<Mutex<Option<PathBuf>>>;

/// Directories as they are named here, each beside its path without links, where that is another one. FSEvents tells of files by the
/// latter alone: what is named `/tmp/x` or `/var/folders/x` is told as `/private/tmp/x` and `/private/var/folders/x`.
type Spellings = Arc<Mutex<Vec<(PathBuf, PathBuf)>>>;

/// Returns an event with its paths as they are named here.
fn as_named(mut event: Event, spellings: &[(PathBuf, PathBuf)]) -> Event {
    for path in &mut event.paths {
        let mut fitting =
            spellings.iter().filter_map(|(named, real)| Some((real, named.join(path.strip_prefix(real).ok()?))));
        // The longest fits best: a folder in another one may be a link of its own.
        let best = fitting.by_ref().max_by_key(|(real, _)| real.as_os_str().len());
        if let Some((_, named)) = best {
            // A join with nothing leaves a slash behind.
            *path = named.components().collect();
        }
    }
    event
}

/// Returns whether a watch over a directory would tell of far more than what is of interest. FSEvents watches all that is below one, and
/// the home of a user, or what holds the storage root, is a busy place. There the looks by the clock have to do: a root that was removed
/// and made anew is told by its own watch, which goes by the path.
fn watches_all_below(directory: &Path, root: &Path) -> bool {
    cfg!(target_os = "macos") && is_above(directory, root)
}

fn is_above(directory: &Path, root: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    directory != root && (root.starts_with(directory) || real(root).starts_with(real(directory)))
}

impl Watched {
    /// Prepares to watch the root, its parent (the root may be removed and made again) and the directory of the socket. Without events of
    /// the system it compares the files, and returns why.
    fn open(
        root: &Path,
        run: &Path,
        socket: &Path,
        wake: &Arc<Notify>,
        witness: &Arc<Witness>,
    ) -> notify::Result<(Self, Option<String>)> {
        if let Some(directory) = socket.parent() {
            witness.marks_in(directory);
        }
        let (wake, witness, config) = (Arc::clone(wake), Arc::clone(witness), root.join(CONFIG));
        let linked = Linked::default();
        let spellings = Spellings::default();
        let (socket_file, run) = (socket.to_owned(), run.to_owned());
        let relevant = Relevant { socket: socket_file, run, root: root.to_owned(), linked: Arc::clone(&linked) };
        let known = Arc::clone(&spellings);
        let handler = move |event: notify::Result<Event>| {
            let event = event.map(|event| as_named(event, &known.lock()));
            if is_opening(&event, &config) {
                witness.was_opened();
            }
            if let Some(made) = making(&event) {
                witness.was_made(made);
            }
            if relevant.concerns_us(&event) {
                wake.notify_one();
            }
        };
        let (watcher, detail): (Box<dyn Watcher + Send>, _) =
            match RecommendedWatcher::new(handler.clone(), Config::default()) {
                Ok(watcher) => (Box::new(watcher), None),
                Err(error) => {
                    let config = Config::default().with_poll_interval(POLL).with_compare_contents(true);
                    (Box::new(PollWatcher::new(handler, config)?), Some(error.to_string()))
                }
            };
        // No other system tells of reads.
        let tells_of_reads = cfg!(target_os = "linux") && detail.is_none();
        let wanted = [Some(root), root.parent(), socket.parent()].into_iter().flatten();
        let directories: Vec<_> =
            wanted.filter(|one| !watches_all_below(one, root)).map(|one| (one.to_owned(), None)).collect();
        let fixed = directories.len();
        let root = root.to_owned();
        Ok((Self { watcher, directories, fixed, linked, spellings, root, tells_of_reads }, detail))
    }

    /// Watches the directory of a linked config as well, and no longer that of a former one.
    fn follow(&mut self, linked: Option<PathBuf>) {
        let former = self.linked.lock().clone();
        if former == linked {
            return;
        }
        let former = former.as_deref().and_then(Path::parent);
        let place = self.directories.iter().skip(self.fixed).position(|(known, _)| Some(known.as_path()) == former);
        if let Some(place) = place {
            let (directory, _) = self.directories.remove(self.fixed + place);
            // One that is gone is not watched any more.
            let _ = self.watcher.unwatch(&directory);
        }
        let directory = linked.as_deref().and_then(Path::parent);
        let is_new =
            |own: &&Path| self.directories.iter().all(|(known, _)| known != own) && !watches_all_below(own, &self.root);
        if let Some(directory) = directory.filter(is_new) {
            self.directories.push((directory.to_owned(), None));
        }
        *self.linked.lock() = linked;
    }

    /// Notes how the directories are called without links.
    fn spell(&self) {
        let real = |named: &PathBuf| Some((named.clone(), named.canonicalize().ok().filter(|real| real != named)?));
        *self.spellings.lock() = self.directories.iter().filter_map(|(named, _)| real(named)).collect();
    }

    /// Returns whether every read of the config is told: the first directory is the root.
    fn tells_of_reads(&self) -> bool {
        self.tells_of_reads && self.directories.first().is_some_and(|(_, watched)| watched.is_some())
    }

    /// Adds directories. Returns whether one of them is new.
    fn add(&mut self, wanted: Vec<PathBuf>) -> bool {
        let before = self.directories.len();
        for directory in wanted {
            if self.directories.len() < MOST && self.directories.iter().all(|(known, _)| *known != directory) {
                self.directories.push((directory, None));
            }
        }
        self.directories.len() > before
    }

    /// Watches again what was removed and made anew. Returns whether a directory could not be watched.
    fn renew(&mut self, linked: Option<PathBuf>) -> Option<notify::Error> {
        self.follow(linked);
        self.spell();
        let mut failed = None;
        for (directory, watched) in &mut self.directories {
            let now = Signature::of(directory).ok().flatten().map(|signature| signature.identity());
            if now == *watched {
                continue;
            }
            // Fails when the old directory is gone, and with it the watch.
            let _ = self.watcher.unwatch(directory);
            *watched = None;
            if now.is_some() {
                match self.watcher.watch(directory, RecursiveMode::NonRecursive) {
                    Ok(()) => *watched = now,
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed
    }
}

/// Returns whether somebody has opened this file.
fn is_opening(event: &notify::Result<Event>, path: &Path) -> bool {
    let Ok(event) = event else { return false };
    matches!(event.kind, EventKind::Access(AccessKind::Open(_))) && event.paths.iter().any(|opened| opened == path)
}

fn making(event: &notify::Result<Event>) -> Option<&Path> {
    let event = event.as_ref().ok().filter(|event| matches!(event.kind, EventKind::Create(_)))?;
    event.paths.first().map(PathBuf::as_path)
}

/// Which events are worth a look.
#[derive(Clone)]
struct Relevant {
    root: PathBuf,
    run: PathBuf,
    socket: PathBuf,
    linked: Linked,
}

impl Relevant {
    /// Our own reads and log lines cause events too, and so does everything beside the root; they must not wake us for ever.
    fn concerns_us(&self, event: &notify::Result<Event>) -> bool {
        match event {
            Err(_) => true,
            Ok(event) if event.need_rescan() || event.paths.is_empty() => true,
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => false,
            Ok(event) => event.paths.iter().any(|path| self.is_ours(path)),
        }
    }

    fn is_ours(&self, path: &Path) -> bool {
        path == self.socket
            || path == self.run
            || self.linked.lock().as_deref() == Some(path)
            || Some(path) == self.socket.parent()
            || (path.starts_with(&self.root) && !path.starts_with(&self.run))
    }
}

/// Waits until no event has come for [`QUIET`], at most [`PATIENCE`].
async fn quiet(wake: &Notify) {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if tokio::time::timeout(QUIET, wake.notified()).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
