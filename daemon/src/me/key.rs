//! Which answers of `/me` are one and the same: asked with the same credential, in the same place, kept under the same name.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use mp_proto::ids::AccountName;

use crate::config::Account;
use crate::config::publish::ConfigFile;
use crate::session::keeper::Holder;
use crate::upstream::request::{Authorization, Identity};

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
        static SEEDS: OnceLock<[RandomState; 2]> = OnceLock::new();
        // Two hashes with secret seeds: nobody can make two credentials meet, and chance will not.
        let [high, low] = SEEDS.get_or_init(Default::default).each_ref().map(|seed| {
            let mut hasher = seed.build_hasher();
            fold(identity, base, &mut hasher);
            u128::from(hasher.finish())
        });
        Self { who: high << 64 | low, file }
    }

    pub(super) fn who(&self) -> u128 {
        self.who
    }

    pub(super) fn flown(&self) -> Flown {
        (self.who, self.file.as_ref().map(|kept| kept.account.clone()))
    }
}

fn fold(identity: &Identity, base: &str, hasher: &mut impl Hasher) {
    (base, identity.region).hash(hasher);
    match &identity.authorization {
        Authorization::Basic { username, secret } => (0, username, secret.expose()).hash(hasher),
        Authorization::Bearer(token) => (1, token.expose()).hash(hasher),
        Authorization::Grant(Holder::Account(name, region)) => (2, name, region).hash(hasher),
        Authorization::Grant(Holder::Bridge(bridge)) => {
            let access = bridge.tokens.as_ref().map(|tokens| tokens.access_token.expose());
            (3, &bridge.path, access).hash(hasher);
        }
    }
    for (name, value) in &identity.headers {
        (name, value.expose()).hash(hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::CallerBases;
    use mp_proto::ids::Region;
    use mp_proto::secret::Secret;

    fn who(username: &str, secret: &str, region: Region, base: &str) -> u128 {
        let authorization = Authorization::Basic { username: username.to_owned(), secret: Secret::new(secret) };
        let (headers, bases) = (Vec::new(), CallerBases::default());
        let identity = Identity { name: "env-service-account".into(), region, authorization, headers, bases };
        Key::new(&identity, base, None).who()
    }

    #[test]
    fn two_who_differ_in_anything_never_share_an_answer() {
        let all = [
            who("u", "s", Region::Us, "https://a"),
            who("us", "", Region::Us, "https://a"),
            who("u", "t", Region::Us, "https://a"),
            who("u", "s", Region::Eu, "https://a"),
            who("u", "s", Region::Us, "http://b"),
        ];
        let distinct: std::collections::HashSet<_> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(all[0], who("u", "s", Region::Us, "https://a"));
    }
}
