//! What stands in a config file in place of a secret that is kept elsewhere.
//!
//! The Python tool reads the file, too, and must neither refuse it nor hand out what stands there. So a token becomes the name of a
//! variable that nobody sets, and it says so; a secret becomes a text that Mixpanel refuses and a person understands.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountType, SecretStore};

/// A credential whose secret is not in the file.
#[derive(Debug, Clone)]
pub struct Kept {
    /// How the account authenticates.
    pub kind: AccountType,
    /// The user name of a service account.
    pub username: Option<String>,
    /// Where the secret is.
    pub store: SecretStore,
    /// Why it could not be had; none before anybody has tried.
    pub why: Option<Failure>,
}

/// What stands in the file: the type of the account, where its secret is, the key, the text.
const MARKS: [(AccountType, SecretStore, &str, &str); 4] = [
    (AccountType::ServiceAccount, SecretStore::Keyring, "secret", "(in the keyring: mp daemon secrets)"),
    (AccountType::ServiceAccount, SecretStore::SystemdCreds, "secret", "(in systemd-creds: mp daemon secrets)"),
    (AccountType::OauthToken, SecretStore::Keyring, "token_env", "MP_TOKEN_IN_KEYRING"),
    (AccountType::OauthToken, SecretStore::SystemdCreds, "token_env", "MP_TOKEN_IN_SYSTEMD_CREDS"),
];

/// Returns the key and the text that stand for a secret of such an account in this place.
pub(crate) fn mark(kind: AccountType, store: SecretStore) -> Option<(&'static str, &'static str)> {
    let is_it = |(of, at, ..): &&(AccountType, SecretStore, _, _)| *of == kind && *at == store;
    MARKS.iter().find(is_it).map(|(_, _, key, text)| (*key, *text))
}

/// Returns where the secret is, if the texts under the keys of a type say that it is elsewhere.
pub(crate) fn store_of<'t>(kind: AccountType, text: impl Fn(&str) -> Option<&'t str>) -> Option<SecretStore> {
    let is_it = |(of, _, key, mark): &&(AccountType, _, &str, &str)| *of == kind && text(key) == Some(*mark);
    MARKS.iter().find(is_it).map(|(_, store, ..)| *store)
}

impl Kept {
    /// Returns what a file holds of it.
    pub(crate) fn texts(&self) -> Vec<(&'static str, &str)> {
        let username = self.username.as_deref().map(|username| ("username", username));
        username.into_iter().chain(mark(self.kind, self.store)).collect()
    }

    /// Returns the failure of who needs the secret.
    pub fn failure(&self, account: &str) -> Failure {
        self.why.clone().unwrap_or_else(|| {
            let detail = format!(
                "the secret of account '{account}' is not in this file, which only says that it is kept elsewhere ({})",
                self.store
            );
            Failure::new(FailureKind::TokenMissing, detail).account(account)
        })
    }
}
