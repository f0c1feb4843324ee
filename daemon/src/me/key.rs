//! Which answers of `/me` are one and the same: asked with the same credential, in the same place, kept under the same name.

use std::sync::Arc;

use mp_proto::ids::AccountName;

use crate::call::fingerprint::fingerprint;
use crate::config::Account;
use crate::identity::Identity;
use crate::store::ConfigFile;

/// Which answer is asked for.
#[derive(Debug, Clone)]
pub struct Key {
    /// A hash of the credential, of the custom headers and of where they go. It never leaves the process.
    who: u128,
    /// The file that keeps the answer; none keeps it in memory.
    pub(super) file: Option<Kept>,
}

/// A `me.json`.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The account whose file it is.
    pub account: AccountName,
    /// The account's block in the config, to see whether it is still the same when the answer comes; none for a bridge's.
    pub definition: Option<(Arc<ConfigFile>, Arc<Account>)>,
}

/// What a request in flight is found by.
pub(super) type Flown = (u128, Option<AccountName>);

impl Key {
    /// Returns the key of an identity whose App API is at `base`.
    pub fn new(identity: &Identity, base: &str, file: Option<Kept>) -> Self {
        Self { who: fingerprint(identity, base, |_| {}), file }
    }

    pub(super) fn who(&self) -> u128 {
        self.who
    }

    pub(super) fn flown(&self) -> Flown {
        (self.who, self.file.as_ref().map(|kept| kept.account.clone()))
    }
}
