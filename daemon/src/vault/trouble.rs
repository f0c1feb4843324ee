//! Why a secret cannot be had, or cannot be kept.

use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::SecretStore;

use super::key::Key;

/// What is the matter with a place that keeps secrets. It never holds one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such place here.
    #[error("{0}")]
    Absent(String),
    /// It is there, and wants its password.
    #[error("the keyring is locked")]
    Locked,
    /// It has not answered in time.
    #[error("it has not answered within {} s", .0.as_secs())]
    Silent(Duration),
    /// It holds nothing under this key.
    #[error("it holds no such secret")]
    Missing,
    /// It gave back something else than it was given.
    #[error("it did not give back what it was given")]
    Altered,
    /// It says something else.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// Returns a word for the status.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Absent(_) => "absent",
            Self::Locked => "locked",
            Self::Silent(_) => "silent",
            Self::Missing | Self::Altered | Self::Other(_) => "failing",
        }
    }

    /// Returns the failure of who needs a secret that is there.
    pub fn of_reading(&self, store: SecretStore, key: &Key) -> Failure {
        let account = key.account.as_str();
        let what = format!("the {} of account '{account}' is in {}", key.kind.what(), place(store));
        let kind = if *self == Self::Missing { FailureKind::TokenMissing } else { FailureKind::TokenUnavailable };
        let failure = Failure::new(kind, format!("{what}, but {}", self.told(store))).account(account);
        match self {
            Self::Missing if key.kind == super::key::Kind::Grant => {
                failure.next(format!("mp account login {account}"), "log in again")
            }
            Self::Missing => failure.next(format!("mp account update {account} --help"), "give it anew"),
            _ => self.next(store, failure),
        }
    }

    /// Returns the failure of who has a secret to keep.
    pub fn of_keeping(&self, store: SecretStore, key: &Key) -> Failure {
        let account = key.account.as_str();
        let detail = format!(
            "the {} of account '{account}' cannot be kept in {}: {}; nothing was changed",
            key.kind.what(),
            place(store),
            self.told(store)
        );
        self.next(store, Failure::new(FailureKind::TokenUnavailable, detail).account(account))
    }

    /// Returns what is the matter, as the second half of a sentence.
    pub fn told(&self, store: SecretStore) -> String {
        match self {
            Self::Locked => format!("{} is locked", place(store)),
            Self::Silent(time) => format!("{} has not answered within {} s", place(store), time.as_secs()),
            Self::Missing => format!("{} has none for this storage root", place(store)),
            Self::Altered | Self::Absent(_) | Self::Other(_) => self.to_string(),
        }
    }

    fn next(&self, store: SecretStore, failure: Failure) -> Failure {
        match self {
            Self::Locked => failure.next("mp daemon secrets --unlock", "let it ask for its password"),
            Self::Absent(_) if store == SecretStore::Keyring => {
                failure.next("mp daemon secrets", "see where secrets are, and what can keep them here")
            }
            _ => failure.next("mp daemon secrets", "see what is the matter"),
        }
    }
}

/// Returns what a place is called.
pub const fn place(store: SecretStore) -> &'static str {
    match store {
        SecretStore::File => "the files",
        SecretStore::Keyring if cfg!(target_os = "macos") => "the Keychain",
        SecretStore::Keyring => "the keyring",
        SecretStore::SystemdCreds => "systemd-creds",
    }
}
