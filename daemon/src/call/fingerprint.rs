//! Who asks, as one number: two who differ in anything that counts have different ones.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::OnceLock;

use crate::identity::Holder;
use crate::identity::{Authorization, Identity};

/// Returns a hash of an identity's credential and custom headers, of where they go, and of whatever `more` adds. It never leaves the
/// process.
///
/// A grant is known by whose it is: its tokens change. Whoever needs to tell two grants of one account apart adds the token.
pub(crate) fn fingerprint(identity: &Identity, base: &str, more: impl Fn(&mut dyn Hasher)) -> u128 {
    static SEEDS: OnceLock<[RandomState; 2]> = OnceLock::new();
    // Two hashes with secret seeds: nobody can make two credentials meet, and chance will not.
    let [high, low] = SEEDS.get_or_init(Default::default).each_ref().map(|seed| {
        let mut hasher = seed.build_hasher();
        fold(identity, base, &mut hasher);
        more(&mut hasher);
        u128::from(hasher.finish())
    });
    high << 64 | low
}

fn fold(identity: &Identity, base: &str, hasher: &mut impl Hasher) {
    // A failure that two share names the account.
    (base, identity.region, &identity.name).hash(hasher);
    match &identity.authorization {
        Authorization::Basic { username, secret } => (0, username, secret.expose()).hash(hasher),
        Authorization::Bearer(token) => (1, token.expose()).hash(hasher),
        Authorization::Grant(Holder::Account(name, region)) => (2, name, region).hash(hasher),
        Authorization::Grant(Holder::Bridge(bridge)) => {
            let access = bridge.tokens.as_ref().map(|tokens| tokens.access_token.expose());
            (3, &bridge.path, access).hash(hasher);
        }
    }
    identity.headers.len().hash(hasher);
    for (name, value) in &identity.headers {
        (name, value.expose()).hash(hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::bases::CallerBases;
    use mp_proto::ids::Region;
    use mp_proto::secret::Secret;

    fn of(username: &str, secret: &str, header: Option<&str>, region: Region, base: &str) -> u128 {
        named("env-service-account", (username, secret), header, region, base)
    }

    fn named(name: &str, (username, secret): (&str, &str), header: Option<&str>, region: Region, base: &str) -> u128 {
        let authorization = Authorization::Basic { username: username.to_owned(), secret: Secret::new(secret) };
        let headers = header.map(|value| ("X-Cluster".to_owned(), Secret::new(value))).into_iter().collect();
        let bases = CallerBases::default();
        let identity = Identity { name: name.into(), region, authorization, headers, bases };
        fingerprint(&identity, base, |_| {})
    }

    #[test]
    fn two_who_differ_in_anything_never_share_an_answer() {
        let all = [
            of("u", "s", None, Region::Us, "https://a"),
            of("us", "", None, Region::Us, "https://a"),
            of("u", "t", None, Region::Us, "https://a"),
            of("u", "s", Some("1"), Region::Us, "https://a"),
            of("u", "s", Some("2"), Region::Us, "https://a"),
            of("u", "s", None, Region::Eu, "https://a"),
            of("u", "s", None, Region::Us, "http://b"),
            named("another", ("u", "s"), None, Region::Us, "https://a"),
        ];
        let distinct: std::collections::HashSet<_> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(all[0], of("u", "s", None, Region::Us, "https://a"));
    }
}
