//! Changes of where secrets are: what stands in the file for them.

use mp_proto::ids::{AccountName, AccountType, SecretStore};
use mp_proto::secret::Secret;

use super::document::string;
use super::editor::Editor;
use super::error::EditError;
use crate::config::account::rules_of;
use crate::config::kept;
use crate::config::problem::Scope;

/// What is to stand in the file for the secret of an account.
#[derive(Debug, Clone)]
pub enum SecretPlace {
    /// That it is elsewhere.
    Kept(SecretStore),
    /// The secret.
    InFile(Secret),
}

impl Editor {
    /// Sets what stands for the secrets of accounts. Those that have gone, or are of another type by now, are left alone.
    pub(super) fn place_secrets(&mut self, places: &[(AccountName, SecretPlace)]) {
        for (name, place) in places {
            let name = name.as_str();
            let kind = self.doc.text(&["accounts", name, "type"]).and_then(|kind| AccountType::parse(kind).ok());
            let Some(kind) = kind else { continue };
            let text = match place {
                SecretPlace::Kept(store) => kept::mark(kind, *store),
                SecretPlace::InFile(secret) => secret_key(kind).map(|key| (key, secret.expose())),
            };
            if let Some((key, text)) = text {
                self.set_credential(name, Some(kind), key, text);
                self.touched.insert(Scope::Account(name.to_owned()));
            }
        }
    }

    /// Sets where new secrets go.
    pub(super) fn set_secret_store(&mut self, store: SecretStore) -> Result<(), EditError> {
        if store == SecretStore::File {
            self.doc.remove(&["settings"], "secret_store");
            self.doc.remove_if_empty("settings");
        } else {
            self.doc.ensure_table("settings");
            self.doc.set(&["settings"], "secret_store", string(store.as_str()));
        }
        self.touched.insert(Scope::Settings);
        Ok(())
    }
}

/// Returns the key that holds the secret of such an account.
fn secret_key(kind: AccountType) -> Option<&'static str> {
    rules_of(kind).keys.iter().map(|key| key.name).find(|name| ["secret", "token"].contains(name))
}

#[cfg(test)]
mod tests {
    use super::super::{Change, edit};
    use super::*;

    const FILE: &str = "# Mine.\n[accounts.team] # ours\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\n\
                        secret = 'hush' # rotated\n\n[accounts.ci]\ntype = \"oauth_token\"\nregion = \"us\"\n# by hand\ntoken = \"t\"\n\n\
                        [accounts.me]\ntype = \"oauth_browser\"\nregion = \"us\"\n";

    fn places(place: impl Fn(&str) -> SecretPlace) -> Change {
        let names = ["team", "ci", "me", "nobody"].map(|name| AccountName::parse(name).expect("a name"));
        Change::PlaceSecrets(names.into_iter().map(|name| (name.clone(), place(name.as_str()))).collect())
    }

    #[test]
    fn secrets_go_and_come_back_and_comments_stay() {
        for store in [SecretStore::Keyring, SecretStore::SystemdCreds] {
            let kept = edit(FILE, &places(|_| SecretPlace::Kept(store))).expect("a good change").text;
            assert!(!kept.contains("hush") && !kept.contains("\"t\""), "{kept}");
            assert!(kept.contains("# rotated") && kept.contains("# by hand\ntoken_env = \"MP_TOKEN_IN_"), "{kept}");
            let secret = |name: &str| SecretPlace::InFile(Secret::new(if name == "ci" { "t" } else { "hush" }));
            let back = edit(&kept, &places(secret)).expect("a good change").text;
            assert_eq!(back, FILE.replace("'hush'", "\"hush\""));
        }
    }

    #[test]
    fn the_setting_is_written_where_settings_are_and_goes_without_a_trace() {
        let set = |text: &str, store| edit(text, &Change::SetSecretStore(store)).expect("a good change").text;
        let kept = set(FILE, SecretStore::Keyring);
        assert_eq!(kept, format!("{FILE}\n[settings]\nsecret_store = \"keyring\"\n"));
        assert_eq!(set(&kept, SecretStore::SystemdCreds), kept.replace("\"keyring\"", "\"systemd-creds\""));
        assert_eq!(set(&kept, SecretStore::File), FILE);
        assert_eq!(set(FILE, SecretStore::File), FILE);
        let others = format!("{FILE}\n[settings]\n# mine\nx = 1\n");
        assert_eq!(set(&set(&others, SecretStore::Keyring), SecretStore::File), others);
    }
}
