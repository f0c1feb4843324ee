//! The namespaces of Linux that decide what a process sees of network and files. Elsewhere there are none, and nothing is told.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The kinds that matter for reaching Mixpanel, and what differs in another one, in words.
const KINDS: [(&str, &str); 3] = [("net", "network"), ("mnt", "mount"), ("user", "user")];

fn of(process: &str, kind: &str) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{process}/ns/{kind}")).ok()
}

/// Returns those of this process by their kind.
pub fn own() -> BTreeMap<String, String> {
    let found = |(kind, _): &(&str, &str)| Some(((*kind).to_owned(), of("self", kind)?.display().to_string()));
    KINDS.iter().filter_map(found).collect()
}

/// Returns those of this process as a header tells them.
pub fn told() -> String {
    let one = |(kind, of): (String, String)| format!("{kind}={of}");
    own().into_iter().map(one).collect::<Vec<_>>().join(",")
}

/// Returns in which namespaces another process is that are not ours, in words; none where it cannot be looked at, as from within a sandbox.
pub fn differences(pid: i32) -> Option<Vec<&'static str>> {
    let process = pid.to_string();
    of(&process, KINDS[0].0)?;
    let differs =
        |kind: &str| matches!((of("self", kind), of(&process, kind)), (Some(ours), Some(theirs)) if ours != theirs);
    Some(KINDS.iter().filter(|(kind, _)| differs(kind)).map(|(_, word)| *word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_shares_its_own_namespaces_and_nobody_is_told_nothing() {
        let pid = i32::try_from(std::process::id()).expect("a pid");
        assert_eq!(differences(pid), cfg!(target_os = "linux").then(Vec::new));
        assert_eq!(differences(-1), None);
        assert_eq!(own().contains_key("net"), cfg!(target_os = "linux"));
    }
}
