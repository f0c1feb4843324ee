//! What the secrets of config files are found by, and read.

use std::collections::HashMap;

use mp_proto::failure::Failure;
use mp_proto::ids::{AccountName, AccountType, SecretStore};
use mp_proto::secret::Secret;

use crate::vault::Vault;
use crate::vault::key::{Key, Kind};

/// What was kept under the keys that an edit has used; none where there was nothing.
pub(super) type Replaced = HashMap<(SecretStore, Key), Option<Secret>>;

/// Returns the secret of an account that its file says is kept elsewhere.
pub(super) fn secret_of(
    vault: &Vault,
    store: SecretStore,
    name: &AccountName,
    kind: AccountType,
) -> Result<Secret, Failure> {
    let key = Key::new(name, kind_of(kind));
    vault.get(store, &key).map_err(|trouble| trouble.of_reading(store, &key))
}

/// Returns which secret such an account has.
pub(super) const fn kind_of(kind: AccountType) -> Kind {
    match kind {
        AccountType::ServiceAccount => Kind::Secret,
        AccountType::OauthToken => Kind::Token,
        AccountType::OauthBrowser => Kind::Grant,
    }
}
