//! Where secrets are: told, and changed. What this does is done in steps that may end anywhere: the next run goes on.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::SecretStore;
use mp_proto::wire::{SecretRow, SecretsBody, SecretsChange, SecretsPlace};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{info, warn};

use crate::config::edit::Change;
use crate::files::paths::Paths;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::notes;
use crate::store::Store;
use crate::vault::Vault;
use crate::vault::key::{Key, Kind};
use crate::vault::trouble::{Trouble, place};

/// How often it is looked whether something is not where it should be. What changes the config is looked at at once.
const TICK: Duration = Duration::from_secs(30);

/// How long a person may take to unlock a keyring, and how often it is looked whether that was done.
const UNLOCKING: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(500);

/// A shorter secret is found in files that do not hold it.
const SHORTEST: usize = 8;

/// Larger files hold no secret of ours.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Knows where secrets are.
pub struct Secrets {
    store: Arc<Store>,
    keeper: Arc<Keeper>,
    vault: Arc<Vault>,
    paths: Paths,
    life: Life,
    changed: Arc<Notify>,
    /// One moves at a time: a command does not meet what it has set off itself.
    moving: Mutex<()>,
}

/// A secret and where it is.
type Placed = (Key, SecretStore);

impl Secrets {
    /// Returns what knows the secrets of a storage root.
    pub fn new(store: &Arc<Store>, keeper: &Arc<Keeper>, paths: &Paths, life: &Life) -> Self {
        let changed = Arc::new(Notify::new());
        let told = Arc::clone(&changed);
        store.follow(move |_| told.notify_one());
        Self {
            store: Arc::clone(store),
            keeper: Arc::clone(keeper),
            vault: Arc::clone(store.vault()),
            paths: paths.clone(),
            life: life.clone(),
            changed,
            moving: Mutex::default(),
        }
    }

    /// Wakes what moves secrets: a file has changed.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Moves secrets that others have written into files, for as long as the daemon lives.
    pub async fn tend(self: Arc<Self>) {
        let mut known = None;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.life.stopping() => return,
                () = self.changed.notified() => {}
                _ = tick.tick() => {}
            }
            if self.vault.wanted() == SecretStore::File {
                continue;
            }
            let own = Arc::clone(&self);
            let moved = self.life.blocking(move || {
                if own.misplaced(own.vault.wanted()).is_empty() { Ok(Vec::new()) } else { own.relocate() }
            });
            // Who asks for the status is told; it is tried again, and not said again.
            let failed = moved.await.err().map(|failure| failure.detail);
            if let Some(detail) = failed.as_ref().filter(|_| failed != known) {
                warn!(error = detail, "secrets stay where they are");
            }
            known = failed;
        }
    }

    /// Tells where secrets are.
    ///
    /// # Errors
    /// When the config cannot be used.
    pub async fn tell(self: &Arc<Self>) -> Result<SecretsBody, Failure> {
        let own = Arc::clone(self);
        self.life.blocking(move || own.body(&[])).await
    }

    /// Returns what is the matter with where new secrets are kept. Asks nobody: it is what was found out last.
    pub fn problem(&self) -> Option<String> {
        let store = self.vault.wanted();
        if store == SecretStore::File {
            return None;
        }
        let trouble = self.vault.trouble(store).map(|trouble| trouble.told(store));
        let in_files = self.misplaced(store).into_iter().filter(|(_, at)| *at == SecretStore::File);
        let accounts: BTreeSet<String> = in_files.map(|(key, _)| format!("'{}'", key.account)).collect();
        let accounts: Vec<String> = accounts.into_iter().collect();
        let exposed = (!accounts.is_empty()).then(|| format!("secrets of {} are in files", accounts.join(", ")));
        let told: Vec<String> = [trouble, exposed].into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Finds out whether a new secret could be kept. Where there is nothing to keep it in, it goes to a file, which is said then.
    ///
    /// # Errors
    /// When the place is there and does not take it.
    pub async fn ready(self: &Arc<Self>) -> Result<(), Failure> {
        let store = self.vault.wanted();
        if store == SecretStore::File {
            return Ok(());
        }
        let vault = Arc::clone(&self.vault);
        let checked = self.life.blocking(move || Ok(vault.check(store))).await?;
        match checked {
            Ok(()) | Err(Trouble::Absent(_)) => Ok(()),
            Err(trouble) => Err(refused(store, &trouble)),
        }
    }

    /// Changes where secrets are.
    ///
    /// # Errors
    /// When the place cannot keep them, or some could not be moved. Those are where they were.
    pub async fn change(self: &Arc<Self>, change: SecretsChange) -> Result<SecretsBody, Failure> {
        self.store.current().check()?;
        if change.unlock || change.store.is_some_and(|store| store != SecretStore::File && !change.dry_run) {
            self.open(change.store.unwrap_or(SecretStore::Keyring), change.unlock).await?;
        }
        let own = Arc::clone(self);
        if change.dry_run {
            let wanted = change.store.unwrap_or_else(|| self.vault.wanted());
            return self.life.blocking(move || own.would_move(wanted)).await;
        }
        if let Some(store) = change.store {
            self.store.change(&self.life, self.store.file(None), Change::SetSecretStore(store)).await?;
            // The follower of the config has done so where the file has changed.
            self.vault.set_wanted(store);
            info!(%store, "secrets are to be kept here");
        }
        let body = self.life.blocking(move || own.carry_out(&change)).await?;
        body.1.iter().for_each(|note| notes::add(note));
        Ok(body.0)
    }

    /// Waits until a place can be used. A locked one may ask its user.
    async fn open(&self, store: SecretStore, unlock: bool) -> Result<(), Failure> {
        let failed = |trouble: Trouble| refused(store, &trouble);
        match self.vault.check(store) {
            Err(Trouble::Locked) => {}
            checked => return checked.map_err(failed),
        }
        self.vault.ask_user(store).map_err(failed)?;
        let end = Instant::now() + if unlock { UNLOCKING } else { UNLOCKING / 2 };
        loop {
            match self.vault.check(store) {
                Err(Trouble::Locked) if Instant::now() < end && !self.life.is_stopping() => {
                    tokio::time::sleep(LOOK).await
                }
                checked => return checked.map_err(failed),
            }
        }
    }

    fn carry_out(&self, change: &SecretsChange) -> Result<(SecretsBody, Vec<String>), Failure> {
        let moved = self.relocate()?;
        if change.prune {
            for (key, store) in self.left_over() {
                self.vault.remove(store, &key).map_err(|trouble| trouble.of_reading(store, &key))?;
            }
        }
        let body = self.body(&moved)?;
        let mut told = Vec::new();
        if change.store.is_some_and(|store| store != SecretStore::File) {
            told.push("the Python tool cannot use these accounts now: it reads files alone".to_owned());
        }
        if !body.exposed.is_empty() {
            told.push(format!("still hold a secret, and are not ours to change: {}", body.exposed.join(", ")));
        }
        Ok((body, told))
    }

    /// Moves everything, and returns what was moved, and from where.
    fn relocate(&self) -> Result<Vec<Placed>, Failure> {
        let _turn = self.moving.lock();
        let (mut moved, mut failed) = (Vec::new(), Vec::new());
        let mut add = |key: Key, from, failure: Option<Failure>| match failure {
            None => moved.push((key, from)),
            Some(failure) => failed.push(failure),
        };
        for one in self.store.move_secrets()? {
            add(one.key, one.from, one.failure);
        }
        for one in self.keeper.relocate() {
            add(Key::new(&one.account, Kind::Grant), one.from, one.failure);
        }
        if self.vault.wanted() == SecretStore::File {
            self.remove_copies();
        }
        let Some(first) = failed.first() else { return Ok(moved) };
        let detail =
            format!("{} of {} secrets are where they were; run it again", failed.len(), failed.len() + moved.len());
        let mut failure = Failure::new(first.kind, detail);
        failure.next.clone_from(&first.next);
        let problem =
            |failure: &Failure| Problem::new(failure.account.clone().unwrap_or_default(), failure.detail.clone());
        Err(failure.errors(failed.iter().map(problem).collect()))
    }

    /// Removes what is kept although its account has it in a file: a run before was cut off between the two.
    fn remove_copies(&self) {
        let in_files: BTreeSet<Key> = self.placed().into_iter().map(|(key, _)| key).collect();
        for (key, store) in self.left_over().into_iter().filter(|(key, _)| in_files.contains(key)) {
            self.vault.let_go(store, &key);
        }
    }

    /// Returns all secrets, and where they are.
    fn placed(&self) -> Vec<Placed> {
        let snapshot = self.store.current();
        let of_config = snapshot.config.accounts.values().filter_map(|account| {
            let store = account.kept.or_else(|| account.credential.secret().map(|_| SecretStore::File))?;
            Some((Store::key_of(account), store))
        });
        let grants = self.keeper.places().into_iter().map(|(account, store)| (Key::new(&account, Kind::Grant), store));
        of_config.chain(grants).collect()
    }

    fn misplaced(&self, wanted: SecretStore) -> Vec<Placed> {
        self.placed().into_iter().filter(|(_, store)| *store != wanted).collect()
    }

    fn would_move(&self, wanted: SecretStore) -> Result<SecretsBody, Failure> {
        let mut body = self.body(&[])?;
        for row in body.secrets.iter_mut().filter(|row| row.store != wanted) {
            row.moved = Some(wanted);
        }
        Ok(body)
    }

    /// Returns what is kept and nothing refers to.
    fn left_over(&self) -> Vec<Placed> {
        let used: BTreeSet<(Key, SecretStore)> = self.placed().into_iter().collect();
        let mut left = Vec::new();
        for store in KEEPING {
            // A place that is not there has nothing left over.
            let keys = self.vault.keys(store).unwrap_or_default();
            left.extend(keys.into_iter().map(|key| (key, store)).filter(|placed| !used.contains(placed)));
        }
        left
    }

    fn body(&self, moved: &[Placed]) -> Result<SecretsBody, Failure> {
        self.store.current().check()?;
        let row = |(key, store): Placed| {
            let before = moved.iter().find(|(other, _)| *other == key).map(|(_, from)| *from);
            SecretRow { account: key.account, kind: key.kind.word().to_owned(), store, moved: before }
        };
        let state = |store| {
            let trouble = self.vault.check(store).err();
            let word = trouble.as_ref().map_or("ok", Trouble::word).to_owned();
            SecretsPlace { store, state: word, detail: trouble.map(|trouble| trouble.told(store)) }
        };
        Ok(SecretsBody {
            store: self.vault.wanted(),
            places: KEEPING.into_iter().map(state).collect(),
            secrets: self.placed().into_iter().map(row).collect(),
            left_over: self.left_over().into_iter().map(row).collect(),
            exposed: self.exposed(),
        })
    }

    /// Returns the files of the storage root that hold a secret which is kept elsewhere: copies by hand, leftovers of other programs.
    fn exposed(&self) -> Vec<String> {
        let snapshot = self.store.current();
        let kept = snapshot.config.accounts.values().filter(|account| account.kept.is_some());
        let mut secrets: Vec<_> = kept.filter_map(|account| account.credential.secret().cloned()).collect();
        for (account, _) in self.keeper.places().iter().filter(|(_, store)| *store != SecretStore::File) {
            let tokens = self.keeper.stored(account);
            secrets.extend(
                tokens.into_iter().flat_map(|tokens| [Some(tokens.access_token), tokens.refresh_token]).flatten(),
            );
        }
        secrets.retain(|secret| secret.expose().len() >= SHORTEST);
        let mut found = Vec::new();
        if !secrets.is_empty() {
            search(self.paths.root(), &secrets, 0, &mut found);
        }
        found.sort();
        found
    }
}

/// Secrets cannot be kept in a place.
fn refused(store: SecretStore, trouble: &Trouble) -> Failure {
    let detail = format!("secrets cannot be kept in {}: {}", place(store), trouble.told(store));
    let failure = Failure::new(FailureKind::TokenUnavailable, detail);
    match trouble {
        Trouble::Locked => failure.next("mp daemon secrets --unlock", "let it ask for its password"),
        _ => failure.next("mp daemon secrets", "see what can keep them here"),
    }
}

/// The places that keep secrets out of the files.
const KEEPING: [SecretStore; 2] = [SecretStore::Keyring, SecretStore::SystemdCreds];

/// How deep directories of a storage root are.
const DEEPEST: usize = 6;

fn search(directory: &Path, secrets: &[mp_proto::secret::Secret], depth: usize, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() && depth < DEEPEST {
            search(&path, secrets, depth + 1, found);
        } else if kind.is_file() && entry.metadata().is_ok_and(|found| found.len() <= LARGEST) {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let holds =
                |secret: &mp_proto::secret::Secret| memchr::memmem::find(&bytes, secret.expose().as_bytes()).is_some();
            if secrets.iter().any(holds) {
                found.push(path.display().to_string());
            }
        }
    }
}
