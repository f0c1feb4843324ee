//! The namespaces of Linux that decide what a process sees of network and files, beside those of the daemon.

use std::collections::BTreeMap;

/// The kinds that matter for reaching Mixpanel, in words.
const KINDS: [(&str, &str); 3] = [("net", "network"), ("mnt", "mount"), ("user", "user")];

/// Returns those of this process by their kind; none where the system has no such thing.
fn own() -> BTreeMap<String, String> {
    let link = |kind: &str| std::fs::read_link(format!("/proc/self/ns/{kind}")).ok();
    let found = |(kind, _): &(&str, &str)| Some(((*kind).to_owned(), link(kind)?.display().to_string()));
    KINDS.iter().filter_map(found).collect()
}

/// Returns in which of these namespaces, by their kind, this process is not, in words.
pub(crate) fn differences(there: &BTreeMap<String, String>) -> Vec<&'static str> {
    different(there, &own())
}

fn different(there: &BTreeMap<String, String>, here: &BTreeMap<String, String>) -> Vec<&'static str> {
    let differs = |kind: &str| matches!((there.get(kind), here.get(kind)), (Some(there), Some(here)) if there != here);
    KINDS.iter().filter(|(kind, _)| differs(kind)).map(|(_, word)| *word).collect()
}

/// Reads namespaces as a header tells them.
pub(crate) fn read(header: &str) -> BTreeMap<String, String> {
    let pairs = header.split(',').filter_map(|one| one.split_once('='));
    pairs.map(|(kind, of)| (kind.to_owned(), of.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_namespace_is_told_and_an_unknown_one_is_not() {
        let (there, here) = (read("net=net:[1],user=user:[3]"), read("net=net:[2],user=user:[3],mnt=mnt:[4]"));
        assert_eq!(different(&there, &here), ["network"]);
        assert_eq!(different(&there, &there), [""; 0]);
        assert_eq!(different(&BTreeMap::new(), &here), [""; 0]);
        assert_eq!(differences(&own()), [""; 0]);
    }
}
