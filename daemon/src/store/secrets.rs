//! Where the secrets of the root's config are: put where the settings say, moved there, and let go when nothing refers to them.

use std::sync::Arc;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, SecretStore};
use mp_proto::secret::Secret;
use tracing::{info, warn};

use super::Store;
use super::keys::{Replaced, kind_of};
use crate::config::edit::{Change, Edited, SecretPlace, edit};
use crate::config::parser::parse;
use crate::config::{Account, Config, Credential};
use crate::vault::Vault;
use crate::vault::key::Key;
use crate::vault::trouble::{Trouble, place};

/// A secret that is, or was, not where it should be.
#[derive(Debug, Clone)]
pub struct Misplaced {
    /// Whose, and which.
    pub key: Key,
    /// Where it is, or was.
    pub from: SecretStore,
    /// Why it still is there, if somebody tried.
    pub failure: Option<Failure>,
}

impl Store {
    /// Returns the key of an account's secret.
    pub fn key_of(account: &Account) -> Key {
        Key::new(&account.name, kind_of(account.account_type()))
    }

    /// Returns the vault.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// Returns the secrets of a config that are not where it says that new ones are kept.
    pub fn misplaced(config: &Config) -> Vec<Misplaced> {
        let wanted = config.secret_store;
        let is = |account: &Account| match (account.kept, account.credential.secret()) {
            (Some(store), _) => Some(store),
            (None, Some(_)) => Some(SecretStore::File),
            (None, None) => None,
        };
        let accounts = config.accounts.values();
        let found = accounts.filter_map(|account| Some((Self::key_of(account), is(account)?)));
        found.filter(|(_, from)| *from != wanted).map(|(key, from)| Misplaced { key, from, failure: None }).collect()
    }

    /// Keeps the secrets that an edit has brought. Where there is nothing to keep them in, they stay in the file, and that is said.
    pub(super) fn keep(&self, before: &Config, edited: Edited, replaced: &mut Replaced) -> Result<Edited, Failure> {
        let store = edited.config.secret_store;
        if store == SecretStore::File {
            return Ok(edited);
        }
        let is_known = |account: &Account| {
            before.accounts.get(&account.name).is_some_and(|known| known.credential.is_same(&account.credential))
        };
        let (mut places, mut notes) = (Vec::new(), Vec::new());
        for account in edited.config.accounts.values().filter(|account| !is_known(account)) {
            let (Some(secret), key) = (account.credential.secret(), Self::key_of(account)) else { continue };
            let was_kept = before.accounts.get(&account.name).is_some_and(|known| known.kept == Some(store));
            replaced
                .entry((store, key.clone()))
                .or_insert_with(|| was_kept.then(|| self.vault.get(store, &key).ok()).flatten());
            match self.vault.put(store, &key, secret) {
                Ok(()) => places.push((key.account, SecretPlace::Kept(store))),
                Err(Trouble::Absent(why)) => notes.push(stays(&key, store, &why)),
                Err(trouble) => return Err(trouble.of_keeping(store, &key)),
            }
        }
        let mut kept = self.place(&edited.text, places)?.unwrap_or_else(|| edited.clone());
        (kept.account, kept.promoted, kept.orphaned_targets) =
            (edited.account, edited.promoted, edited.orphaned_targets);
        kept.notes = notes;
        Ok(kept)
    }

    /// The edit has failed: what it has kept is what was kept before, again.
    pub(super) fn restore(&self, replaced: Replaced) {
        for ((store, key), before) in replaced {
            match before {
                Some(before) => {
                    if let Err(trouble) = self.vault.put(store, &key, &before) {
                        warn!(account = %key.account, %store, %trouble, "the secret of a change that failed is kept");
                    }
                }
                None => self.vault.let_go(store, &key),
            }
        }
    }

    /// Returns the edit that sets what stands for secrets; none if there is nothing to set.
    fn place(&self, text: &str, places: Vec<(AccountName, SecretPlace)>) -> Result<Option<Edited>, Failure> {
        if places.is_empty() {
            return Ok(None);
        }
        let placed = edit(text, &Change::PlaceSecrets(places));
        placed.map(Some).map_err(|error| error.into_failure(self.main.path()))
    }

    /// Lets go of what accounts had kept that are gone by an edit, or have another credential now.
    pub(super) fn let_go(&self, before: &Config, after: &Config) {
        for account in before.accounts.values() {
            let Some(store) = account.kept else { continue };
            let still = after.accounts.get(&account.name).and_then(|account| account.kept);
            if still != Some(store) {
                self.vault.let_go(store, &Self::key_of(account));
            }
        }
    }

    /// Moves the secrets of the root's config to where it says that new ones are kept: first into the new place, read back from there,
    /// then out of the old one. Wherever this ends, each is in one place at least, and the next run goes on.
    ///
    /// # Errors
    /// When the file cannot be read or written. What cannot be moved stays, and says why.
    pub fn move_secrets(&self) -> Result<Vec<Misplaced>, Failure> {
        let mut moved = Vec::new();
        self.rewrite(&Arc::clone(&self.main), |text| {
            let config = parse(text);
            let (places, found) = self.moves(&config);
            moved = found;
            let unchanged = || Edited::unchanged(text, config.clone());
            Ok(self.place(text, places)?.unwrap_or_else(unchanged))
        })?;
        for one in moved.iter().filter(|one| one.failure.is_none()) {
            info!(account = %one.key.account, kind = one.key.kind.word(), from = %one.from, "a secret was moved");
            if one.from != SecretStore::File {
                self.remove_moved(one.from, &one.key);
            }
        }
        Ok(moved)
    }

    fn remove_moved(&self, store: SecretStore, key: &Key) {
        if let Err(trouble) = self.vault.remove(store, key) {
            warn!(account = %key.account, %store, %trouble, "a secret that was moved is still kept, too");
        }
    }

    fn moves(&self, config: &Config) -> (Vec<(AccountName, SecretPlace)>, Vec<Misplaced>) {
        let wanted = config.secret_store;
        let mut places = Vec::new();
        let mut found = Self::misplaced(config);
        for one in &mut found {
            match self.moved(config, one, wanted) {
                Ok(place) => places.push((one.key.account.clone(), place)),
                Err(failure) => one.failure = Some(failure),
            }
        }
        (places, found)
    }

    /// Puts one secret into its new place, and returns what is to stand in the file.
    fn moved(&self, config: &Config, one: &Misplaced, wanted: SecretStore) -> Result<SecretPlace, Failure> {
        let account = config.accounts.get(&one.key.account);
        let secret = match account.map(|account| &account.credential) {
            Some(Credential::Kept(kept)) => {
                let found = self.vault.get(kept.store, &one.key);
                found.map_err(|trouble| trouble.of_reading(kept.store, &one.key))?
            }
            Some(credential) => credential.secret().cloned().unwrap_or_else(|| Secret::new("")),
            None => Secret::new(""),
        };
        if wanted == SecretStore::File {
            return Ok(SecretPlace::InFile(secret));
        }
        let put = self.vault.put(wanted, &one.key, &secret);
        put.map(|()| SecretPlace::Kept(wanted)).map_err(|trouble| trouble.of_keeping(wanted, &one.key))
    }
}

/// What a person should know whose secret is in the file although another place was wanted.
fn stays(key: &Key, store: SecretStore, why: &str) -> String {
    format!(
        "the {} of account '{}' was written to config.toml, although secret_store is \"{store}\": {why}; it goes to {} as soon as that \
         is there",
        key.kind.what(),
        key.account,
        place(store)
    )
}
