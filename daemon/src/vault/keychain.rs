//! The Keychain of macOS.

use std::path::Path;

use mp_proto::ids::AccountName;
use mp_proto::secret::Secret;
use security_framework::base::Error;
use security_framework::item::{ItemClass, ItemSearchOptions, Limit};
use security_framework::passwords::{delete_generic_password, get_generic_password, set_generic_password};

use super::key::{Key, Kind};
use super::safe::Safe;
use super::trouble::Trouble;

/// `errSecItemNotFound`, `errSecInteractionNotAllowed`, `errSecAuthFailed`, `errSecUserCanceled`, `errSecNotAvailable`.
const NOT_FOUND: i32 = -25300;
const LOCKED: [i32; 3] = [-25308, -25293, -128];
const NOT_AVAILABLE: i32 = -25291;

/// The items of a storage root.
pub(super) struct Keychain {
    /// What Keychain Access shows under "Where".
    service: String,
}

impl Keychain {
    /// Returns the place of a storage root's secrets.
    pub(super) fn new(root: &Path) -> Self {
        Self { service: format!("mixpanel-mp {}", root.display()) }
    }
}

fn account(key: &Key) -> String {
    format!("{}/{}", key.account, key.kind.word())
}

fn trouble(error: &Error) -> Trouble {
    match error.code() {
        code if LOCKED.contains(&code) => Trouble::Locked,
        NOT_AVAILABLE => Trouble::Absent("there is no Keychain here".to_owned()),
        _ => Trouble::Other(format!("the Keychain says: {error}")),
    }
}

fn if_any<T>(done: Result<T, Error>) -> Result<Option<T>, Trouble> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.code() == NOT_FOUND => Ok(None),
        Err(error) => Err(trouble(&error)),
    }
}

impl Safe for Keychain {
    fn get(&mut self, key: &Key) -> Result<Option<Secret>, Trouble> {
        let Some(bytes) = if_any(get_generic_password(&self.service, &account(key)))? else { return Ok(None) };
        String::from_utf8(bytes).map(|text| Some(Secret::new(text))).map_err(|_| Trouble::Altered)
    }

    fn put(&mut self, key: &Key, secret: &Secret) -> Result<(), Trouble> {
        set_generic_password(&self.service, &account(key), secret.expose().as_bytes()).map_err(|error| trouble(&error))
    }

    fn remove(&mut self, key: &Key) -> Result<bool, Trouble> {
        if_any(delete_generic_password(&self.service, &account(key))).map(|removed| removed.is_some())
    }

    fn keys(&mut self) -> Result<Vec<Key>, Trouble> {
        let mut search = ItemSearchOptions::new();
        search.class(ItemClass::generic_password()).service(&self.service).load_attributes(true).limit(Limit::All);
        let found = if_any(search.search())?.unwrap_or_default();
        let key = |name: &str| {
            let (account, kind) = name.split_once('/')?;
            Some(Key { account: AccountName::parse(account).ok()?, kind: Kind::of_word(kind)? })
        };
        Ok(found.iter().filter_map(|item| key(item.simplify_dict()?.get("acct")?)).collect())
    }

    fn check(&mut self) -> Result<(), Trouble> {
        self.keys().map(drop)
    }

    fn ask_user(&mut self) -> Result<(), Trouble> {
        // It asks by itself, when an item is read.
        Ok(())
    }
}
