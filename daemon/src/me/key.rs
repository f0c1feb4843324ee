//! Which answers of `/me` are one and the same: asked with the same credential, in the same place, kept under the same name.

use std::sync::Arc;

use mp_proto::ids::AccountName;

use crate::call::fingerprint::fingerprint;
use crate::config::Account;
use crate::resolve::Origin;
use crate::session::Session;
use crate::store::ConfigFile;

/// Which answer is asked for.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// A hash of the credential, of the custom headers and of where they go. It never leaves the process.
    who: u128,
    /// The file that keeps the answer; none keeps it in memory.
    pub(super) file: Option<MeFile>,
}

/// A `me.json`.
#[derive(Debug, Clone)]
pub(super) struct MeFile {
    /// The account whose file it is.
    pub account: AccountName,
    /// The config, and the account's block in it, to see whether it is still the same when the answer comes.
    pub definition: (Arc<ConfigFile>, Arc<Account>),
}

/// What a request in flight is found by.
pub(super) type Flown = (u128, Option<AccountName>);

impl Key {
    /// Returns the key of a session whose App API is at `base`. A file is kept by the name of an account in the config; one of the
    /// environment is whoever it is today, and that of a bridge may have the name of another one here.
    pub(super) fn of(session: &Session, base: &str) -> Self {
        let file = match (session.origin, &session.account) {
            (Origin::Config, Some(account)) => {
                let definition = (Arc::clone(&session.file), Arc::clone(account));
                Some(MeFile { account: account.name.clone(), definition })
            }
            _ => None,
        };
        Self { who: fingerprint(&session.identity, base, |_| {}), file }
    }

    pub(super) fn who(&self) -> u128 {
        self.who
    }

    pub(super) fn flown(&self) -> Flown {
        (self.who, self.file.as_ref().map(|file| file.account.clone()))
    }
}
