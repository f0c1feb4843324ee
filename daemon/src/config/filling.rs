//! How the secrets that are kept elsewhere come into what a config file means.

use std::sync::Arc;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, AccountType, SecretStore};
use mp_proto::secret::Secret;

use super::account::{Account, Credential, TokenSource};
use super::kept::Kept;
use super::model::Config;

/// Returns the credential with its secret.
fn with(kept: &Kept, secret: Secret) -> Credential {
    match &kept.username {
        Some(username) => Credential::ServiceAccount { username: username.clone(), secret },
        None => Credential::OauthToken(TokenSource::Inline(secret)),
    }
}

impl Config {
    /// Puts in the secrets that are kept elsewhere. Returns whether all could be had.
    pub fn fill(&mut self, get: impl Fn(SecretStore, &AccountName, AccountType) -> Result<Secret, Failure>) -> bool {
        let mut is_complete = true;
        for account in self.accounts.values_mut() {
            let Credential::Kept(kept) = &account.credential else { continue };
            let credential = match get(kept.store, &account.name, kept.kind) {
                Ok(secret) => with(kept, secret),
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
    use mp_proto::failure::FailureKind;

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
