//! Where a caller's surroundings are not the daemon's: another proxy, other certificates, another stand-in for Mixpanel, other namespaces.
//! The daemon's count, for all tools share them; whoever may not expect that is told.

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use mp_proto::failure::{Failure, FailureKind, ProblemBody};
use mp_proto::routes::{NETWORK_HEADER, PROTOCOL_HEADER};
use mp_proto::surroundings::{Surroundings, elsewhere};
use mp_proto::wire::StartedBy;

use crate::mixpanel::namespaces;
use crate::server::app::App;
use crate::server::peer::Peer;

/// Returns what a caller is told beside each answer. Where neither side has anything to say, this looks at a header and no more.
pub(super) fn note(app: &App, headers: &HeaderMap) -> Option<String> {
    static NETWORK: HeaderName = HeaderName::from_static(NETWORK_HEADER);
    static PROTOCOL: HeaderName = HeaderName::from_static(PROTOCOL_HEADER);
    let said = headers.get(&NETWORK);
    if said.is_none() && (app.mixpanel.says_nothing() || !headers.contains_key(&PROTOCOL)) {
        // What is no client of ours does not know that there is something to say.
        return None;
    }
    let way = app.mixpanel.way();
    let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
    let here = Surroundings::from_header(said).without(|topic| way.is_settled(topic));
    let path = app.paths.config();
    difference(&way.open(), &here, app.started_by, &path.display().to_string())
}

fn difference(daemon: &Surroundings, here: &Surroundings, started_by: StartedBy, config: &str) -> Option<String> {
    let slots: Vec<usize> = daemon.differences(here).collect();
    if slots.is_empty() {
        return None;
    }
    let named = |of: &Surroundings, other: &Surroundings| {
        let mut names: Vec<String> = Vec::new();
        for slot in &slots {
            let Some(name) = of.name(*slot) else { continue };
            let told =
                if other.name(*slot) == Some(name) { format!("{name} (another value)") } else { name.to_owned() };
            if !names.contains(&told) {
                names.push(told);
            }
        }
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    };
    let restart = match started_by {
        StartedBy::Service => "its service's environment, and a restart of the service, change that",
        StartedBy::Client | StartedBy::Hand => "`mp daemon restart` takes this shell's",
    };
    let only_upstream = slots.iter().all(|slot| *slot == mp_proto::surroundings::UPSTREAM);
    let settings = if only_upstream {
        String::new()
    } else {
        format!("; [settings.network] in {} decides for all", config.escape_default())
    };
    Some(format!(
        "the daemon goes by the variables of its start, not by this shell's: it has {}, here is {}; {restart}{settings}",
        named(daemon, here),
        named(here, daemon),
    ))
}

/// Adds to a failure of the network that the daemon lives in other namespaces than the caller, if it does.
pub(super) fn explain(mut failure: Failure, peer: Peer) -> Failure {
    if !is_of_network(failure.kind) {
        return failure;
    }
    let others = peer.pid.and_then(namespaces::differences).unwrap_or_default();
    if others.is_empty() {
        return failure;
    }
    let pid = std::process::id();
    elsewhere(&mut failure, &format!("the daemon (pid {pid})"), &others);
    failure
}

/// Returns the daemon's namespaces for a caller that it may not look at: a daemon in a sandbox does not see who is outside.
pub(super) fn namespaces_for(peer: Peer) -> Option<HeaderValue> {
    let is_known = peer.pid.and_then(namespaces::differences).is_some();
    HeaderValue::try_from(namespaces::told()).ok().filter(|told| !is_known && !told.is_empty())
}

/// As [`explain`], for a failure that is a part of an answer.
pub(super) fn explain_body(problem: ProblemBody, peer: Peer) -> ProblemBody {
    explain(Failure::from(problem), peer).to_body()
}

/// Whether it may be the network that a call failed for.
pub(super) const fn is_of_network(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::UpstreamUnreachable
            | FailureKind::TokenUnavailable
            | FailureKind::RegionNotFound
            | FailureKind::LoginFailed
            | FailureKind::Timeout
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    fn told(daemon: &[(&str, &str)], here: &[(&str, &str)], by: StartedBy) -> Option<String> {
        difference(&of(daemon), &of(here), by, "/c")
    }

    #[test]
    fn a_difference_names_both_sides_and_what_settles_it() {
        let proxy = [("HTTPS_PROXY", "http://p:1")];
        assert_eq!(told(&proxy, &proxy, StartedBy::Client), None);
        let note = told(&proxy, &[("SSL_CERT_FILE", "/ca")], StartedBy::Client).expect("a difference");
        let expected = "the daemon goes by the variables of its start, not by this shell's: it has HTTPS_PROXY, here is \
                        SSL_CERT_FILE; `mp daemon restart` takes this shell's; [settings.network] in /c decides for all";
        assert_eq!(note, expected);
        let note = told(&[("ALL_PROXY", "http://p:1")], &[], StartedBy::Service).expect("a difference");
        assert!(note.contains("it has ALL_PROXY, here is nothing; its service's environment"), "{note}");
        let note = told(&proxy, &[("HTTPS_PROXY", "http://p:2")], StartedBy::Hand).expect("a difference");
        assert!(note.contains("it has HTTPS_PROXY (another value), here is HTTPS_PROXY (another value)"), "{note}");
    }

    #[test]
    fn what_stands_in_for_mixpanel_is_no_setting() {
        let note = told(&[("MPD_UPSTREAM", "http://127.0.0.1:5")], &[], StartedBy::Client).expect("a difference");
        assert!(note.contains("it has MPD_UPSTREAM, here is nothing") && !note.contains("settings"), "{note}");
    }

    #[test]
    fn only_failures_of_the_network_are_explained_and_only_to_those_elsewhere() {
        let failure = |kind| Failure::new(kind, "x");
        let me = Peer { pid: i32::try_from(std::process::id()).ok() };
        for kind in FailureKind::ALL {
            assert_eq!(explain(failure(*kind), me), failure(*kind), "the caller lives where we do");
        }
        assert_eq!(FailureKind::ALL.iter().filter(|kind| is_of_network(**kind)).count(), 5);
    }
}
