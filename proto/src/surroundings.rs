//! What the environment of a process says about its way to Mixpanel: which variables, and short hashes of their values.
//!
//! The daemon goes the way of the shell that started it. A caller says in `Mp-Network` what its own shell would have said, so that the
//! daemon can tell where the two differ. Values never travel: the address of a proxy may hold a password.

use crate::failure::{Failure, Next};
use crate::location::fnv1a;

/// What a variable decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The proxy.
    Proxy,
    /// What goes past the proxy.
    Exceptions,
    /// The certificates that are trusted.
    Certificates,
    /// What stands in Mixpanel's place.
    Upstream,
}

/// One decision, and the variables that make it: the first one that is set and not empty.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// What it is about.
    pub topic: Topic,
    /// The variables, strongest first.
    pub names: &'static [&'static str],
}

/// How many decisions there are.
pub const SLOT_COUNT: usize = 6;

/// Place of the proxy for `https` in [`SLOTS`]: the only one that requests to Mixpanel go through.
pub const HTTPS: usize = 0;
/// Place of the proxy for `http`.
pub const HTTP: usize = 1;
/// Place of the hosts that go past a proxy.
pub const EXCEPTIONS: usize = 2;
/// Place of the file with certificates.
pub const CERTIFICATE_FILE: usize = 3;
/// Place of the directories with certificates.
pub const CERTIFICATE_DIRS: usize = 4;
/// Place of what stands in Mixpanel's place.
pub const UPSTREAM: usize = 5;

/// All decisions. Capitals win over small letters, and a variable for one scheme over that for all.
pub const SLOTS: [Slot; SLOT_COUNT] = [
    Slot { topic: Topic::Proxy, names: &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] },
    Slot { topic: Topic::Proxy, names: &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] },
    Slot { topic: Topic::Exceptions, names: &["NO_PROXY", "no_proxy"] },
    Slot { topic: Topic::Certificates, names: &["SSL_CERT_FILE"] },
    Slot { topic: Topic::Certificates, names: &["SSL_CERT_DIR"] },
    Slot { topic: Topic::Upstream, names: &["MPD_UPSTREAM"] },
];

/// Returns every variable that decides something.
pub fn names() -> impl Iterator<Item = &'static str> {
    SLOTS.iter().flat_map(|slot| slot.names.iter().copied())
}

/// What an environment decides: for each of [`SLOTS`] the variable that does, and a hash of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings([Option<(&'static str, u32)>; SLOT_COUNT]);

impl Surroundings {
    /// Returns what an environment decides; `value` returns a variable that is set and not empty.
    pub fn of<V: AsRef<[u8]>>(value: impl Fn(&'static str) -> Option<V>) -> Self {
        Self::by(|name| value(name).map(|value| short_hash(value.as_ref())))
    }

    fn by(hash: impl Fn(&'static str) -> Option<u32>) -> Self {
        let first = |slot: &Slot| slot.names.iter().find_map(|name| Some((*name, hash(name)?)));
        let mut found = SLOTS.each_ref().map(first);
        if found[HTTPS].is_none() && found[HTTP].is_none() {
            // Exceptions from nothing.
            found[EXCEPTIONS] = None;
        }
        Self(found)
    }

    /// Returns whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Returns the value of the header `Mp-Network`; none when there is nothing to say.
    pub fn to_header(&self) -> Option<String> {
        let mut said: Vec<String> = Vec::new();
        for (name, hash) in self.0.iter().flatten() {
            let one = format!("{name}={hash:08x}");
            if !said.contains(&one) {
                said.push(one);
            }
        }
        (!said.is_empty()).then(|| said.join(","))
    }

    /// Reads the value of the header. What is not understood is what a later release decides by, and left out.
    pub fn from_header(text: &str) -> Self {
        let said = |name: &str| text.split(',').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='));
        Self::by(|name| u32::from_str_radix(said(name)?, 16).ok())
    }

    /// Leaves out what is decided otherwise.
    #[must_use]
    pub fn without(mut self, is_decided: impl Fn(Topic) -> bool) -> Self {
        for (slot, found) in SLOTS.iter().zip(&mut self.0) {
            if is_decided(slot.topic) {
                *found = None;
            }
        }
        self
    }

    /// Returns the places in [`SLOTS`] where two environments decide differently.
    pub fn differences(&self, other: &Self) -> impl Iterator<Item = usize> + use<> {
        let (one, other) = (self.0, other.0);
        let hash = |of: Option<(&str, u32)>| of.map(|(_, hash)| hash);
        (0..SLOT_COUNT).filter(move |at| hash(one[*at]) != hash(other[*at]))
    }

    /// Returns the variable that decides one of [`SLOTS`].
    pub fn name(&self, slot: usize) -> Option<&'static str> {
        self.0.get(slot).copied().flatten().map(|(name, _)| name)
    }
}

/// Adds to a failure of the network that the daemon lives in other namespaces than its caller.
pub fn elsewhere(failure: &mut Failure, daemon: &str, namespaces: &[&str]) {
    let namespaces = namespaces.join(" and ");
    failure.detail = format!(
        "{}; {daemon} lives in another {namespaces} namespace than the caller, as in a sandbox or a container",
        failure.detail
    );
    failure.next.push(Next::new("mp daemon restart", "run the daemon where this shell is, if that has the network"));
}

/// 32 bits are enough to tell two values apart, and too few to find a password by.
fn short_hash(value: &[u8]) -> u32 {
    let value = value.trim_ascii();
    let hash = fnv1a(value.strip_suffix(b"/").unwrap_or(value));
    // The lower half of a sum whose halves were mixed; cutting is what is wanted.
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    #[test]
    fn an_environment_survives_the_header_without_its_values() {
        let here = of(&[("https_proxy", "http://p:1"), ("NO_PROXY", "x"), ("SSL_CERT_FILE", "/ca.pem")]);
        let header = here.to_header().expect("something is set");
        // As the clients in other languages make it, too.
        assert_eq!(header, "https_proxy=c4f421d7,NO_PROXY=2961e24b,SSL_CERT_FILE=20979a61");
        assert_eq!(Surroundings::from_header(&header), here);
        assert_eq!(of(&[]).to_header(), None);
        assert_eq!(Surroundings::from_header("LATER=1,x,HTTPS_PROXY=zz"), of(&[]));
    }

    #[test]
    fn only_what_decides_counts() {
        let same = |one: &[(&str, &str)], two: &[(&str, &str)]| of(one).differences(&of(two)).next().is_none();
        assert!(same(&[("HTTPS_PROXY", "http://p:1")], &[("https_proxy", "http://p:1/")]));
        assert!(same(&[("NO_PROXY", "x")], &[]), "exceptions from nothing");
        assert!(same(&[("MPD_UPSTREAM", "http://127.0.0.1:5")], &[("MPD_UPSTREAM", "http://127.0.0.1:5/")]));
        assert!(!same(&[("ALL_PROXY", "http://p:1")], &[("HTTPS_PROXY", "http://p:1")]), "not for http");
        assert!(!same(&[("SSL_CERT_FILE", "/a")], &[("SSL_CERT_FILE", "/b")]));
    }

    #[test]
    fn what_a_setting_decides_is_no_difference() {
        let here = of(&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", "x"), ("SSL_CERT_DIR", "/certs")]);
        let decided = here.without(|topic| matches!(topic, Topic::Proxy | Topic::Exceptions));
        assert_eq!(decided.differences(&of(&[("SSL_CERT_DIR", "/certs")])).count(), 0);
        assert_eq!(decided.name(CERTIFICATE_DIRS), Some("SSL_CERT_DIR"));
        assert_eq!(decided.name(HTTPS), None);
    }
}
