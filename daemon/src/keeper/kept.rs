//! Where the tokens of an account are: in their file, or in the vault, and then the file says so.

use std::io;
use std::path::Path;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, SecretStore};
use mp_proto::secret::Secret;
use tracing::warn;

use crate::identity::tokens::{Tokens, kept_in, mark, parse_tokens};
use crate::vault::Vault;
use crate::vault::key::{Key, Kind};
use crate::vault::trouble::Trouble;

/// The tokens of one account, wherever they are.
pub(super) struct Kept<'v> {
    vault: &'v Vault,
    key: Key,
}

impl<'v> Kept<'v> {
    /// Returns those of an account.
    pub(super) fn of(vault: &'v Vault, account: &AccountName) -> Self {
        Self { vault, key: Key::new(account, Kind::Grant) }
    }

    /// Returns the tokens that a file has, or speaks of.
    ///
    /// # Errors
    /// When it holds none, or they cannot be had from where they are.
    pub(super) fn tokens(&self, path: &Path, bytes: &[u8]) -> Result<Tokens, Failure> {
        let Some(store) = kept_in(bytes) else { return Ok(parse_tokens(path, bytes)?) };
        let text = self.vault.get(store, &self.key).map_err(|trouble| trouble.of_reading(store, &self.key))?;
        Ok(parse_tokens(path, text.expose().as_bytes())?)
    }

    /// Keeps tokens where new secrets go, and returns what the file is to hold then. Where there is nothing to keep them in, it holds
    /// the tokens, unless those before them were kept: what left the files does not come back by itself.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub(super) fn keep(&self, text: &Secret, found: Option<&[u8]>, is_login: bool) -> io::Result<Secret> {
        let store = self.vault.wanted();
        if store == SecretStore::File {
            return Ok(text.clone());
        }
        let is_kept = found.is_some_and(|found| kept_in(found).is_some());
        match self.vault.put(store, &self.key, text) {
            Ok(()) => Ok(mark(store)),
            Err(Trouble::Absent(why)) if is_login || (found.is_some() && !is_kept) => {
                warn!(account = %self.key.account, %store, why, "tokens are in their file, for there is no other place");
                Ok(text.clone())
            }
            Err(trouble) => Err(io::Error::other(trouble.told(store))),
        }
    }

    /// Returns whether a file already says what it is to say.
    pub(super) fn is_said(found: Option<&[u8]>, text: &Secret) -> bool {
        found.is_some_and(|found| found == text.expose().as_bytes())
    }

    /// Finds out whether tokens could be kept where those of this file are.
    ///
    /// # Errors
    /// When they could not.
    pub(super) fn check(&self, found: &[u8]) -> io::Result<()> {
        let Some(store) = kept_in(found).filter(|_| self.vault.wanted() != SecretStore::File) else { return Ok(()) };
        self.vault.check(store).map_err(|trouble| io::Error::other(trouble.told(store)))
    }

    /// A file that spoke of kept tokens says something else now: lets go of what nothing speaks of any more.
    pub(super) fn replaced(&self, before: Option<&[u8]>, after: &Secret) {
        let after = kept_in(after.expose().as_bytes());
        if let Some(store) = before.and_then(kept_in).filter(|store| Some(*store) != after) {
            self.vault.let_go(store, &self.key);
        }
    }

    /// Somebody has logged out: lets go of the tokens, where they were.
    pub(super) fn let_go(&self, store: SecretStore) {
        self.vault.let_go(store, &self.key);
    }

    /// Removes the tokens from where they were before they were moved.
    pub(super) fn remove_moved(&self, store: SecretStore) {
        if store == SecretStore::File {
            return;
        }
        if let Err(trouble) = self.vault.remove(store, &self.key) {
            warn!(account = %self.key.account, %store, %trouble, "tokens that were moved are still kept, too");
        }
    }

    /// Removes the tokens from where they are.
    ///
    /// # Errors
    /// When they may still be there.
    pub(super) fn remove(&self, store: SecretStore) -> Result<bool, Failure> {
        self.vault.remove(store, &self.key).map_err(|trouble| {
            let mut failure = trouble.of_reading(store, &self.key);
            failure.detail = format!("{}; it is logged out here, but they may still be there", failure.detail);
            failure
        })
    }
}
