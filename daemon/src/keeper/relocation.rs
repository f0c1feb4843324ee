//! Moves stored tokens to where new secrets are kept. First they are in the new place, and read back from there; then the file says so;
//! then they leave the old place. Wherever this ends, they are in one place at least, and the next run goes on.

use std::path::Path;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, SecretStore};
use tracing::info;

use super::Keeper;
use super::disk::{self, try_lock_file};
use super::kept::Kept;
use crate::files::paths::Paths;
use crate::files::read::read_credential;
use crate::files::replace::{ReplaceError, replace_if};
use crate::hub::Notice;
use crate::identity::removal;
use crate::identity::tokens::{Tokens, kept_in, parse_tokens};
use crate::vault::Vault;

/// How often a move is redone on a file that others keep changing.
const ATTEMPTS: usize = 50;

/// Stored tokens that are, or were, not where they should be.
#[derive(Debug, Clone)]
pub struct Relocated {
    /// Whose they are.
    pub account: AccountName,
    /// Where they are, or were.
    pub from: SecretStore,
    /// Why they still are there, if somebody tried.
    pub failure: Option<Failure>,
}

impl Keeper {
    /// Removes the stored tokens of an account. Waits for the disk. Returns whether there were any.
    ///
    /// # Errors
    /// When they are there and cannot be removed.
    pub fn log_out(&self, account: &AccountName) -> Result<bool, Failure> {
        self.leave(account);
        let kept = self.place(account).filter(|store| *store != SecretStore::File);
        let removed = removal::tokens(&self.services.paths.tokens(account))?;
        self.services.hub.tell(Notice::Accounts);
        if let Some(store) = kept {
            Kept::of(&self.services.vault, account).remove(store)?;
        }
        Ok(removed)
    }

    /// Returns where the stored tokens of an account are; none where there are none.
    pub fn place(&self, account: &AccountName) -> Option<SecretStore> {
        place_of(&self.services.paths, account)
    }

    /// Returns the tokens that are stored for an account. Waits for the disk, and for the place that keeps them.
    pub fn stored(&self, account: &AccountName) -> Option<Tokens> {
        let kept = Kept::of(&self.services.vault, account);
        let paths = &self.services.paths;
        disk::read(paths.home(), &paths.tokens(account), &kept).tokens.ok().flatten()
    }

    /// Lets go of tokens that were kept elsewhere, once the file that spoke of them has gone.
    pub fn let_go(&self, account: &AccountName, store: SecretStore) {
        if store == SecretStore::File {
            return;
        }
        Kept::of(&self.services.vault, account).let_go(store);
    }

    /// Returns all accounts with stored tokens, and where these are.
    pub fn places(&self) -> Vec<(AccountName, SecretStore)> {
        stored(&self.services.paths)
    }

    /// Moves stored tokens to where new secrets are kept. Waits for the disk, and for the places. Returns what was not there.
    pub fn relocate(&self) -> Vec<Relocated> {
        let (paths, vault) = (&self.services.paths, &self.services.vault);
        let misplaced = self.places().into_iter().filter(|(_, from)| *from != vault.wanted());
        misplaced
            .map(|(account, from)| {
                let failure = relocate(paths, vault, &account).err();
                Relocated { account, from, failure }
            })
            .collect()
    }
}

/// Returns the accounts that have stored tokens, and where these are. All directories count, whatever the config says: a secret is one also
/// when its account has another config, or none.
fn stored(paths: &Paths) -> Vec<(AccountName, SecretStore)> {
    let entries = std::fs::read_dir(paths.accounts_dir()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| AccountName::parse(entry.file_name().to_str()?).ok());
    let mut found: Vec<_> = names.filter_map(|name| Some((name.clone(), place_of(paths, &name)?))).collect();
    found.sort();
    found
}

/// Returns where an account's stored tokens are; none where there are none that could be used.
fn place_of(paths: &Paths, name: &AccountName) -> Option<SecretStore> {
    let path = paths.tokens(name);
    let (bytes, _) = read_credential(&path, paths.home()).ok()??;
    kept_in(&bytes).or_else(|| parse_tokens(&path, &bytes).is_ok().then_some(SecretStore::File))
}

/// Moves the tokens of one account. Does nothing while a refresh is under way: that stores where new secrets go by itself.
///
/// # Errors
/// When they have to stay where they are.
fn relocate(paths: &Paths, vault: &Vault, name: &AccountName) -> Result<Option<SecretStore>, Failure> {
    let (path, kept) = (paths.tokens(name), Kept::of(vault, name));
    let lock = try_lock_file(&path).map_err(|source| ReplaceError::Write { path: path.clone(), source })?;
    let Some(_turn) = lock else { return Err(disk::busy(&path).into()) };
    for _ in 0..ATTEMPTS {
        let Ok(Some((found, _))) = read_credential(&path, paths.home()) else { return Ok(None) };
        let from = kept_in(&found).unwrap_or(SecretStore::File);
        if from == vault.wanted() {
            return Ok(None);
        }
        let text = kept.tokens(&path, &found)?.to_text();
        let said = kept.keep(&text, Some(&found), false).map_err(|source| failed(&path, source))?;
        if Kept::is_said(Some(&found), &said) {
            let why = "there is nothing to keep them in".to_owned();
            return Err(failed(&path, std::io::Error::other(why)).into());
        }
        match replace_if(paths, &path, said.expose().as_bytes(), Some(&found)) {
            Ok(_) => {
                info!(account = %name, %from, to = %vault.wanted(), "tokens were moved");
                disk::tidy(&path);
                kept.remove_moved(from);
                return Ok(Some(from));
            }
            Err(ReplaceError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(disk::busy(&path).into())
}

fn failed(path: &Path, source: std::io::Error) -> ReplaceError {
    ReplaceError::Write { path: path.to_owned(), source }
}
