//! What stands in a config file in place of a secret that is kept elsewhere, and how the secret comes into what the file means.
//!
//! The Python tool reads the file, too, and must neither refuse it nor hand out what stands there. So a token becomes the name of a
//! variable that nobody sets, and it says so; a secret becomes a text that Mixpanel refuses and a person understands.

use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, AccountType, SecretStore};
use mp_proto::secret::Secret;

use super::account::{Account, Credential, TokenSource};
use super::model::Config;

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

    fn with(&self, secret: Secret) -> Credential {
        match &self.username {
            Some(username) => Credential::ServiceAccount { username: username.clone(), secret },
            None => Credential::OauthToken(TokenSource::Inline(secret)),
        }
    }
}

impl Config {
    /// Puts in the secrets that are kept elsewhere. Returns whether all could be had.
    pub fn fill(&mut self, get: impl Fn(SecretStore, &AccountName, AccountType) -> Result<Secret, Failure>) -> bool {
        let mut is_complete = true;
        for account in self.accounts.values_mut() {
            let Credential::Kept(kept) = &account.credential else { continue };
            let credential = match get(kept.store, &account.name, kept.kind) {
                Ok(secret) => kept.with(secret),
                Err(why) => {
                    is_complete = false;
                    Credential::Kept(Box::new(Kept { why: Some(why), ..(**kept).clone() }))
                }
            };
            *account = Arc::new(Account { credential, ..(**account).clone() });
        }
        is_complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parser::parse;

    const FILE: &str = "[accounts.team]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\n\
                        secret = \"(in the keyring: mp daemon secrets)\"\n[accounts.ci]\ntype = \"oauth_token\"\nregion = \"eu\"\n\
                        token_env = \"MP_TOKEN_IN_SYSTEMD_CREDS\"\n[accounts.plain]\ntype = \"oauth_token\"\nregion = \"eu\"\n\
                        token = \"t\"\n[settings]\nsecret_store = \"keyring\"\n";

    #[test]
    fn what_stands_there_says_where_the_secret_is_and_comes_back_as_it_was() {
        let mut config = parse(FILE);
        assert_eq!((config.problems.len(), config.secret_store), (0, SecretStore::Keyring));
        for (name, store) in
            [("team", Some(SecretStore::Keyring)), ("ci", Some(SecretStore::SystemdCreds)), ("plain", None)]
        {
            assert_eq!(config.accounts[name].kept, store, "{name}");
        }
        let texts = config.accounts["team"].credential.texts();
        assert_eq!(texts, [("username", "u"), ("secret", "(in the keyring: mp daemon secrets)")]);
        let get = |store, name: &AccountName, _| match store {
            SecretStore::Keyring => Ok(Secret::new(format!("hush-{name}"))),
            _ => Err(Failure::new(FailureKind::TokenUnavailable, "locked")),
        };
        assert!(!config.fill(get));
        assert!(matches!(&config.accounts["team"].credential, Credential::ServiceAccount { username, secret }
            if username == "u" && secret.expose() == "hush-team"));
        let Credential::Kept(kept) = &config.accounts["ci"].credential else { panic!("it could not be had") };
        assert_eq!(kept.failure("ci").detail, "locked");
        assert!(config.fill(|_, _, _| Ok(Secret::new("t2"))));
        assert!(
            matches!(&config.accounts["ci"].credential, Credential::OauthToken(TokenSource::Inline(token)) if token.expose() == "t2")
        );
        assert_eq!(
            config.accounts["ci"].kept,
            Some(SecretStore::SystemdCreds),
            "it is known for as long as the file says so"
        );
    }

    #[test]
    fn a_mark_of_another_type_is_a_text_as_any_other() {
        let config =
            parse(&FILE.replace(
                "token_env = \"MP_TOKEN_IN_SYSTEMD_CREDS\"",
                "token = \"(in the keyring: mp daemon secrets)\"",
            ));
        assert_eq!(config.accounts["ci"].kept, None);
    }

    #[test]
    fn a_store_that_there_is_not_is_told_with_its_place() {
        for (value, told) in [
            ("\"vault\"", "secret_store is \"vault\": expected one of file, keyring, systemd-creds"),
            ("true", "secret_store is a boolean: expected one of file, keyring, systemd-creds"),
        ] {
            let config = parse(&FILE.replace("secret_store = \"keyring\"", &format!("secret_store = {value}")));
            let problem = &config.problems[0];
            assert_eq!((problem.line, problem.column, problem.detail.as_str()), (15, 16, told));
            assert_eq!(config.secret_store, SecretStore::File);
        }
    }
}
