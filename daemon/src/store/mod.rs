//! The config files as every call sees them: read again whenever they moved, edited without losing what others wrote.

pub mod announcement;
mod keys;
mod secrets;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountName;
use parking_lot::{Mutex, RwLock};
use tracing::{debug, warn};

use self::announcement::announce;
use self::keys::{Replaced, secret_of};
use crate::clock::Clock;
use crate::config::edit::{Change, Edited, edit};
use crate::config::parser::parse;
use crate::config::snapshot::Snapshot;
use crate::config::{Account, Config};
use crate::files::link::{self, locate};
use crate::files::looks::SharedLook;
use crate::files::paths::Paths;
use crate::files::read::{ReadError, Signature, read_credential};
use crate::files::replace::{ReplaceError, replace_if};
use crate::files::witness::Witness;
use crate::hub::{Hub, Notice};
use crate::life::Life;
use crate::notes;
use crate::vault::Vault;

/// How many other config files (`MP_CONFIG_PATH` of callers) are remembered.
const OTHERS: usize = 16;

/// How often an edit is redone on a file that others keep changing, before the call is given up.
const ATTEMPTS: usize = 100;

/// The config of the storage root, and those that callers name.
pub struct Store {
    paths: Paths,
    main: Arc<ConfigFile>,
    others: Mutex<Vec<Arc<ConfigFile>>>,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    witness: Arc<Witness>,
    vault: Arc<Vault>,
    followers: RwLock<Vec<Follower>>,
}

/// Hears of each new snapshot of the root's config that is good as a whole. It must not wait.
type Follower = Box<dyn Fn(&Snapshot) + Send + Sync>;

/// One config file.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    last_look: SharedLook,
    contents: RwLock<Contents>,
    /// Held while the file is read, so that one change is one revision.
    reading: Mutex<()>,
    /// Held during an edit: our own edits never conflict with each other.
    writing: Mutex<()>,
}

/// A config file, and what it says at the beginning of a call: what follows sees nothing newer.
#[derive(Clone)]
pub struct Pinned {
    /// The file.
    pub file: Arc<ConfigFile>,
    /// What it says.
    pub snapshot: Arc<Snapshot>,
}

/// What a file was found to hold when it was last read.
#[derive(Debug, Clone)]
struct Contents {
    snapshot: Arc<Snapshot>,
    /// The last snapshot without a fault of the whole file: what events and status speak of.
    last_good: Arc<Snapshot>,
    signature: Option<Signature>,
    /// Whether a later change of the file must show in its signature, and nothing is missing that may be had later.
    settled: bool,
}

impl Store {
    /// Returns a store that has read the root's config.
    pub fn new(paths: &Paths, hub: Arc<Hub>, clock: Arc<dyn Clock>, vault: Arc<Vault>) -> Self {
        let witness = Arc::default();
        let main = Arc::new(ConfigFile::new(paths.config(), paths.home(), clock.now(), &vault));
        let (paths, others, followers) = (paths.clone(), Mutex::default(), RwLock::default());
        Self { paths, main, others, hub, clock, witness, vault, followers }
    }

    /// Returns a store that tells this witness when it reads.
    #[must_use]
    pub fn seen_by(self, witness: Arc<Witness>) -> Self {
        Self { witness, ..self }
    }

    /// Lets a service follow the root's config, from the one that is in force now.
    pub fn follow(&self, follower: impl Fn(&Snapshot) + Send + Sync + 'static) {
        follower(&self.last_good());
        self.followers.write().push(Box::new(follower));
    }

    /// Returns the root's config as it is on disk now, and publishes what changed.
    pub fn current(&self) -> Arc<Snapshot> {
        self.look(&self.main)
    }

    /// Returns the last snapshot of the root's config that was good as a whole.
    pub fn last_good(&self) -> Arc<Snapshot> {
        self.current();
        Arc::clone(&self.main.contents().last_good)
    }

    /// Returns the config that a caller means: the file it names, else the root's.
    pub fn file(&self, named: Option<&Path>) -> Arc<ConfigFile> {
        let Some(path) = named.filter(|path| *path != self.main.path) else { return Arc::clone(&self.main) };
        let mut others = self.others.lock();
        if let Some(known) = others.iter().find(|file| file.path == path) {
            return Arc::clone(known);
        }
        if others.len() == OTHERS {
            others.remove(0);
        }
        let file = ConfigFile::new(path.to_owned(), self.paths.home(), self.clock.now(), &self.vault);
        let file = Arc::new(file);
        others.push(Arc::clone(&file));
        file
    }

    /// Pins a file as it is on disk now.
    ///
    /// # Errors
    /// When it cannot be used at all.
    pub fn pin_file(&self, file: Arc<ConfigFile>) -> Result<Pinned, Failure> {
        let snapshot = self.look(&file);
        snapshot.check()?;
        Ok(Pinned { file, snapshot })
    }

    /// Returns a file as it is on disk now. The call that looks, if one does, tells its caller how its user wants to see answers.
    pub fn look(&self, file: &Arc<ConfigFile>) -> Arc<Snapshot> {
        let snapshot = self.found(file);
        notes::prefer(snapshot.config.output.format);
        snapshot
    }

    fn found(&self, file: &Arc<ConfigFile>) -> Arc<Snapshot> {
        let seen = file.last_look.or(|| link::signature(&file.path)).ok().flatten();
        {
            let contents = file.contents.read();
            let is_known = contents.settled && contents.signature == seen;
            if is_known && contents.snapshot.secrets.stamp == self.vault.stamp() {
                return Arc::clone(&contents.snapshot);
            }
        }
        self.read_again(file)
    }

    fn read_again(&self, file: &Arc<ConfigFile>) -> Arc<Snapshot> {
        let _reading = file.reading.lock();
        let before = file.contents();
        self.witness.we_read();
        let revision = before.snapshot.revision + 1;
        let fresh = read(&file.path, self.paths.home(), revision, self.clock.now(), &self.vault);
        if fresh.snapshot.same_content(&before.snapshot) {
            let kept = Contents { snapshot: before.snapshot, last_good: before.last_good, ..fresh };
            return file.set(kept);
        }
        let last_good = if fresh.snapshot.is_usable() { &fresh.snapshot } else { &before.last_good };
        let contents = Contents { last_good: Arc::clone(last_good), ..fresh.clone() };
        let snapshot = file.set(contents);
        if Arc::ptr_eq(file, &self.main) {
            announce(&self.hub, &before.last_good, &snapshot);
        } else {
            debug!(path = %file.path.display(), revision = snapshot.revision, "snapshot published");
        }
        self.tell(file, &before.last_good, &snapshot);
        snapshot
    }

    /// Tells the services what follows from a new snapshot.
    fn tell(&self, file: &Arc<ConfigFile>, before: &Snapshot, after: &Snapshot) {
        if !after.is_usable() {
            return;
        }
        if Arc::ptr_eq(file, &self.main) {
            for follower in &*self.followers.read() {
                follower(after);
            }
        }
        let (old, new) = (&before.config.accounts, &after.config.accounts);
        let is_same = |(name, account): (&AccountName, &Arc<Account>)| {
            old.get(name).is_some_and(|known| known.same_settings(account))
        };
        if old.len() != new.len() || !new.iter().all(is_same) {
            self.hub.tell(Notice::Accounts);
        }
    }

    /// As [`Self::edit`], in a task of its own: a caller that leaves does not stop an edit half-way.
    ///
    /// # Errors
    /// Those of the edit.
    pub async fn change(
        self: &Arc<Self>,
        life: &Life,
        file: Arc<ConfigFile>,
        change: Change,
    ) -> Result<(Arc<Snapshot>, Edited), Failure> {
        let store = Arc::clone(self);
        let changed = life.blocking(move || store.edit(&file, &change)).await?;
        changed.1.notes.iter().for_each(|note| notes::add(note));
        Ok(changed)
    }

    /// Applies a change to a file and returns the snapshot that contains it. Secrets that it brings go where the file says that new ones
    /// are kept.
    ///
    /// # Errors
    /// When the change is refused, or the file cannot be read or written, or a secret cannot be kept.
    pub fn edit(&self, file: &Arc<ConfigFile>, change: &Change) -> Result<(Arc<Snapshot>, Edited), Failure> {
        let (mut before, mut replaced) = (Config::default(), Replaced::new());
        let done = self.rewrite(file, |text| {
            let edited = edit(text, change).map_err(|error| error.into_failure(&file.path))?;
            before = parse(text);
            if Arc::ptr_eq(file, &self.main) { self.keep(&before, edited, &mut replaced) } else { Ok(edited) }
        });
        match &done {
            Ok((_, edited)) if Arc::ptr_eq(file, &self.main) => self.let_go(&before, &edited.config),
            Ok(_) => {}
            Err(_) => self.restore(replaced),
        }
        done
    }

    /// Replaces the text of a file by what is made of it. Redone as often as somebody else was faster.
    fn rewrite(
        &self,
        file: &Arc<ConfigFile>,
        mut make: impl FnMut(&str) -> Result<Edited, Failure>,
    ) -> Result<(Arc<Snapshot>, Edited), Failure> {
        let _writing = file.writing.lock();
        let _reading = self.witness.reading();
        for attempt in 1..=ATTEMPTS {
            let place = locate(&file.path, self.paths.home())?;
            let found = read_credential(&place, self.paths.home())?.map(|(bytes, _)| bytes);
            let text = std::str::from_utf8(found.as_deref().unwrap_or_default()).map_err(|_| not_utf8(&file.path))?;
            let edited = make(text)?;
            if edited.text == text {
                return Ok((self.look(file), edited));
            }
            match replace_if(&self.paths, &place, edited.text.as_bytes(), found.as_deref()) {
                Ok(_) => return Ok((self.look(file), edited)),
                Err(ReplaceError::Conflict { displaced, .. }) => {
                    debug!(attempt, "an edit was redone on a newer file");
                    for path in displaced {
                        warn!(path = %path.display(), "a text of another program was kept beside its file");
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        let detail = format!("{} kept changing; nothing was written", file.path.display());
        Err(Failure::new(FailureKind::Storage, detail))
    }
}

#[cfg(test)]
impl Pinned {
    /// Returns a config of this text that is on no disk.
    pub(crate) fn of(text: &str) -> Self {
        let (path, home) = (Path::new("/c"), Path::new("/"));
        let vault = Vault::new(&Paths::new("/r".into(), home.to_owned()));
        let file = Arc::new(ConfigFile::new(path.to_owned(), home, Timestamp::UNIX_EPOCH, &vault));
        Self { file, snapshot: Arc::new(Snapshot::new(1, path.to_owned(), Ok(Some(text.as_bytes())))) }
    }
}

impl ConfigFile {
    fn new(path: PathBuf, home: &Path, now: Timestamp, vault: &Vault) -> Self {
        let contents = read(&path, home, 1, now, vault);
        let (last_look, contents) = (SharedLook::default(), RwLock::new(contents));
        Self { path, last_look, contents, reading: Mutex::default(), writing: Mutex::default() }
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn contents(&self) -> Contents {
        self.contents.read().clone()
    }

    fn set(&self, contents: Contents) -> Arc<Snapshot> {
        let snapshot = Arc::clone(&contents.snapshot);
        *self.contents.write() = contents;
        snapshot
    }
}

fn not_utf8(path: &Path) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, format!("{} is not valid UTF-8", path.display()))
}

/// Reads a file. The time is taken before, so that a change during the read is never taken for settled.
fn read(path: &Path, home: &Path, revision: u64, now: Timestamp, vault: &Vault) -> Contents {
    let stamp = vault.stamp();
    let (read, signature) = match read_credential_at_target(path, home) {
        Ok(Some((bytes, signature))) => (Ok(Some(bytes)), Some(signature)),
        Ok(None) => (Ok(None), None),
        Err(error) => (Err(error), link::signature(path).ok().flatten()),
    };
    let content = read.as_ref().map(|bytes| bytes.as_deref());
    let settled = signature.as_ref().is_none_or(|signature| signature.is_settled(now.into()));
    let snapshot = Snapshot::new(revision, path.to_owned(), content);
    let snapshot = Arc::new(snapshot.filled(stamp, |store, name, kind| secret_of(vault, store, name, kind)));
    let settled = settled && snapshot.secrets.is_complete;
    Contents { last_good: Arc::clone(&snapshot), snapshot, signature, settled }
}

/// A config may be a link; see [`locate`].
fn read_credential_at_target(path: &Path, home: &Path) -> Result<Option<(Vec<u8>, Signature)>, ReadError> {
    read_credential(&locate(path, home)?, home)
}

#[cfg(test)]
mod tests;
