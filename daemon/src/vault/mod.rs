//! Secrets that are not in the files: in the keyring of the desktop, or encrypted by systemd.
//!
//! * What stands in a file in place of such a secret says where it is: see [`crate::config::kept`] and [`crate::identity::tokens`].
//! * [`safe`] is such a place, [`secret_service`], [`keychain`] and [`systemd`] are those that there are.
//! * [`clerk`] asks it in a thread of its own: whoever waits for a keyring waits for so long at most.
//! * A secret is read once and kept in memory as those of the files are. Where none is kept elsewhere, nobody is asked anything.

#[cfg(all(not(target_os = "macos"), feature = "keyring"))]
mod bus;
mod clerk;
pub mod key;
#[cfg(target_os = "macos")]
mod keychain;
#[cfg(all(not(target_os = "macos"), feature = "keyring"))]
mod line;
pub mod safe;
#[cfg(all(not(target_os = "macos"), feature = "keyring"))]
mod secret_service;
mod systemd;
#[cfg(test)]
pub(crate) mod tests;
pub mod trouble;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mp_proto::ids::SecretStore;
use mp_proto::secret::Secret;
use parking_lot::Mutex;
use tracing::{info, warn};

use self::clerk::Clerk;
use self::key::{Key, Kind};
use self::safe::Safe;
use self::trouble::Trouble;
use crate::fault;
use crate::files::paths::Paths;

/// How long a call waits for a place: one that is just being started needs a second or two.
const PATIENCE: Duration = Duration::from_secs(5);

/// A place that could not be opened is asked again after this time, however many calls need it; one that has let them wait, later:
/// gnome-keyring says nothing for as long as the program that should ask for its password does not start.
const AGAIN: Duration = Duration::from_secs(1);
const AGAIN_IF_SILENT: Duration = Duration::from_secs(10);

type Make = dyn Fn(SecretStore) -> Result<Box<dyn Safe>, Trouble> + Send + Sync;

/// The secrets of one storage root that are kept elsewhere.
pub struct Vault {
    make: Box<Make>,
    patience: Duration,
    clerks: Mutex<HashMap<SecretStore, Arc<Clerk>>>,
    held: Mutex<Held>,
    /// Counts the changes of what config files need.
    stamp: AtomicU64,
}

/// What is known.
#[derive(Default)]
struct Held {
    /// Where new secrets go.
    wanted: Option<SecretStore>,
    secrets: HashMap<(SecretStore, Key), Secret>,
    /// Since when a key is known to be missing.
    missing: HashMap<(SecretStore, Key), Instant>,
    /// What was the matter when a place was asked last.
    troubles: HashMap<SecretStore, (Instant, Trouble)>,
    /// Places whose user was asked, and has not unlocked them since.
    asked: Vec<SecretStore>,
}

impl Vault {
    /// Returns the vault of a storage root. Nothing is asked before it is needed.
    pub fn new(paths: &Paths) -> Self {
        let paths = paths.clone();
        Self::with(move |store| make(store, &paths), PATIENCE)
    }

    /// Returns a vault with places that are made so.
    pub(crate) fn with(
        make: impl Fn(SecretStore) -> Result<Box<dyn Safe>, Trouble> + Send + Sync + 'static,
        patience: Duration,
    ) -> Self {
        let (clerks, held) = (Mutex::default(), Mutex::default());
        Self { make: Box::new(make), patience, clerks, held, stamp: AtomicU64::new(0) }
    }

    /// Returns where new secrets go.
    pub fn wanted(&self) -> SecretStore {
        self.held.lock().wanted.unwrap_or(SecretStore::File)
    }

    /// Sets where new secrets go.
    pub fn set_wanted(&self, store: SecretStore) {
        self.held.lock().wanted = Some(store);
    }

    /// Returns a number that is another one as soon as a config file means another secret.
    pub fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Relaxed)
    }

    /// Returns a secret. Where the place is locked, its user is asked once; the call does not wait for that.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn get(&self, store: SecretStore, key: &Key) -> Result<Secret, Trouble> {
        if let Some(known) = self.held.lock().known(store, key) {
            return known;
        }
        let wanted = key.clone();
        let found = self.ask(store, move |safe| safe.get(&wanted));
        let mut held = self.held.lock();
        let entry = (store, key.clone());
        match found? {
            Some(secret) => {
                held.missing.remove(&entry);
                held.secrets.insert(entry, secret.clone());
                Ok(secret)
            }
            None => {
                held.missing.insert(entry, Instant::now());
                Err(Trouble::Missing)
            }
        }
    }

    /// Keeps a secret, and has read it back when this returns.
    ///
    /// # Errors
    /// When it is not kept; what was kept under the key before may still be.
    pub fn put(&self, store: SecretStore, key: &Key, secret: &Secret) -> Result<(), Trouble> {
        let (at, given) = (key.clone(), secret.clone());
        self.ask(store, move |safe| {
            safe.put(&at, &given)?;
            match safe.get(&at)? {
                Some(found) if found.expose() == given.expose() => Ok(()),
                _ => Err(Trouble::Altered),
            }
        })?;
        point("kept");
        let mut held = self.held.lock();
        let entry = (store, key.clone());
        held.missing.remove(&entry);
        let before = held.secrets.insert(entry, secret.clone());
        if key.kind != Kind::Grant && before.is_none_or(|before| before.expose() != secret.expose()) {
            self.stamp.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Removes a secret. Returns whether there was one.
    ///
    /// # Errors
    /// When it may still be there.
    pub fn remove(&self, store: SecretStore, key: &Key) -> Result<bool, Trouble> {
        let at = key.clone();
        let removed = self.ask(store, move |safe| safe.remove(&at))?;
        self.held.lock().secrets.remove(&(store, key.clone()));
        if removed {
            point("removed");
        }
        Ok(removed)
    }

    /// Removes a secret that nothing refers to any more, some time soon.
    pub fn let_go(&self, store: SecretStore, key: &Key) {
        self.held.lock().secrets.remove(&(store, key.clone()));
        let key = key.clone();
        if let Ok(clerk) = self.clerk(store) {
            clerk.leave(move |safe| {
                if let Err(trouble) = safe.remove(&key) {
                    warn!(account = %key.account, %trouble, "a secret of no use any more is still kept");
                }
            });
        }
    }

    /// Returns the keys of all that a place keeps.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn keys(&self, store: SecretStore) -> Result<Vec<Key>, Trouble> {
        let mut keys = self.ask(store, |safe| safe.keys())?;
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// Finds out whether a place would take a secret now.
    ///
    /// # Errors
    /// When it would not.
    pub fn check(&self, store: SecretStore) -> Result<(), Trouble> {
        self.ask(store, |safe| safe.check())
    }

    /// Has a place ask its user for the password, if it is locked.
    ///
    /// # Errors
    /// When nobody can be asked.
    pub fn ask_user(&self, store: SecretStore) -> Result<(), Trouble> {
        self.clerk(store)?.ask(|safe| safe.ask_user())
    }

    /// Returns what was the matter with a place when it was asked last.
    pub fn trouble(&self, store: SecretStore) -> Option<Trouble> {
        self.held.lock().troubles.get(&store).map(|(_, trouble)| trouble.clone())
    }

    fn ask<T: Send + 'static>(
        &self,
        store: SecretStore,
        question: impl FnOnce(&mut dyn Safe) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let answer = self.clerk(store).and_then(|clerk| clerk.ask(question));
        let is_to_ask = self.held.lock().note(store, answer.as_ref().err());
        if is_to_ask && let Ok(clerk) = self.clerk(store) {
            clerk.leave(|safe| drop(safe.ask_user()));
        }
        answer
    }

    fn clerk(&self, store: SecretStore) -> Result<Arc<Clerk>, Trouble> {
        let mut clerks = self.clerks.lock();
        if let Some(known) = clerks.get(&store).filter(|known| !known.is_over()) {
            return Ok(Arc::clone(known));
        }
        let clerk = Clerk::new((self.make)(store)?, self.patience);
        let clerk = Arc::new(clerk.map_err(|error| Trouble::Other(format!("no thread could be started: {error}")))?);
        clerks.insert(store, Arc::clone(&clerk));
        Ok(clerk)
    }
}

impl Held {
    /// Returns what is known of a secret without asking.
    fn known(&self, store: SecretStore, key: &Key) -> Option<Result<Secret, Trouble>> {
        let entry = (store, key.clone());
        if let Some(secret) = self.secrets.get(&entry) {
            return Some(Ok(secret.clone()));
        }
        if self.missing.get(&entry).is_some_and(|since| since.elapsed() < AGAIN) {
            return Some(Err(Trouble::Missing));
        }
        let (since, trouble) = self.troubles.get(&store)?;
        let again = if matches!(trouble, Trouble::Silent(_)) { AGAIN_IF_SILENT } else { AGAIN };
        (since.elapsed() < again).then(|| Err(trouble.clone()))
    }

    /// Notes what came of a question. Returns whether the user of the place is to be asked for its password.
    fn note(&mut self, store: SecretStore, trouble: Option<&Trouble>) -> bool {
        let Some(trouble) = trouble else {
            if self.troubles.remove(&store).is_some() {
                info!(%store, "secrets can be had again");
            }
            self.asked.retain(|asked| *asked != store);
            return false;
        };
        let before = self.troubles.insert(store, (Instant::now(), trouble.clone()));
        if before.is_none_or(|(_, before)| before != *trouble) {
            warn!(%store, %trouble, "secrets cannot be had or kept");
        }
        let is_to_ask = *trouble == Trouble::Locked && !self.asked.contains(&store);
        if is_to_ask {
            self.asked.push(store);
        }
        is_to_ask
    }
}

/// Passes a fault point that is no write.
fn point(name: &str) {
    // Only a write can fail for lack of space.
    let _ = fault::point(OsStr::new("keyring"), name);
}

fn make(store: SecretStore, paths: &Paths) -> Result<Box<dyn Safe>, Trouble> {
    match store {
        SecretStore::File => Err(Trouble::Absent("files need no other place".to_owned())),
        SecretStore::Keyring => keyring(paths),
        SecretStore::SystemdCreds => Ok(Box::new(systemd::SystemdCreds::new(paths.clone()))),
    }
}

#[cfg(target_os = "macos")]
fn keyring(paths: &Paths) -> Result<Box<dyn Safe>, Trouble> {
    Ok(Box::new(keychain::Keychain::new(paths.root())))
}

#[cfg(all(not(target_os = "macos"), feature = "keyring"))]
fn keyring(paths: &Paths) -> Result<Box<dyn Safe>, Trouble> {
    let service = secret_service::SecretService::new(paths.root(), bus::addresses);
    let service = service.map_err(|error| Trouble::Other(format!("no connection could be made: {error}")))?;
    Ok(Box::new(service))
}

#[cfg(all(not(target_os = "macos"), not(feature = "keyring")))]
fn keyring(_: &Paths) -> Result<Box<dyn Safe>, Trouble> {
    let why = "this mpd was built without its feature `keyring`, which packages and `cargo install` have";
    Err(Trouble::Absent(why.to_owned()))
}
