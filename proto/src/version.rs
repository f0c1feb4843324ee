//! The protocol number and the rule by which two builds decide whether they can talk.

use serde::{Deserialize, Serialize};

/// The protocol this build speaks. Raised only when old and new cannot talk; a new optional field does not raise it.
pub const PROTOCOL: u32 = of_this_build().1;

/// The oldest protocol this build still understands.
pub const OLDEST_PROTOCOL: u32 = of_this_build().0;

/// Returns the range of this build. `MP_BUILD_PROTOCOLS=2-3` makes one of another time, for tests between two builds.
const fn of_this_build() -> (u32, u32) {
    let Some(range) = option_env!("MP_BUILD_PROTOCOLS") else { return (1, 1) };
    match range.as_bytes() {
        [min @ b'1'..=b'9', b'-', max @ b'1'..=b'9'] => ((*min - b'0') as u32, (*max - b'0') as u32),
        _ => panic!("MP_BUILD_PROTOCOLS is two digits with a hyphen between them"),
    }
}

/// What this build of the daemon can do. A client asks for a word here instead of comparing versions.
pub const CAPABILITIES: &[&str] =
    &["accounts", "bridge", "credential", "events", "logins", "me", "operations", "refresh", "session", "targets"];

/// The version of this build.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");

/// What `mpd` is asked by to say that it is ours, and not another program of the name.
pub const IDENTITY_FLAG: &str = "--mixpanel-version";

/// What the answer begins with.
const IDENTITY: &str = "mixpanel-mpd ";

/// Returns the answer to [`IDENTITY_FLAG`]: name, version, protocols. Its form is fixed.
pub fn identity() -> String {
    format!("{IDENTITY}{BUILD} protocol {}", ProtocolRange::OURS)
}

/// Returns whether a line is the answer of an `mpd`, of whichever release.
pub fn is_identity(line: &str) -> bool {
    let words = line.strip_prefix(IDENTITY).and_then(|rest| rest.split_once(" protocol "));
    words.is_some_and(|(version, range)| {
        version.starts_with(|first: char| first.is_ascii_digit()) && ProtocolRange::parse(range).is_some()
    })
}

/// A closed range of protocol numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProtocolRange {
    /// Oldest that is understood.
    pub min: u32,
    /// Newest that is spoken.
    pub max: u32,
}

impl ProtocolRange {
    /// The range of this build.
    pub const OURS: Self = Self { min: OLDEST_PROTOCOL, max: PROTOCOL };

    /// Returns whether there is a protocol that both sides speak.
    pub fn overlaps(self, other: Self) -> bool {
        self.min <= other.max && other.min <= self.max
    }

    /// Returns whether everything in this range is newer than everything in the other.
    pub fn is_newer_than(self, other: Self) -> bool {
        self.min > other.max
    }

    /// Reads `1-3`, the form of the `Mp-Protocol` header; one number stands for a range of one.
    pub fn parse(text: &str) -> Option<Self> {
        let (min, max) = text.split_once('-').unwrap_or((text, text));
        let range = Self { min: min.trim().parse().ok()?, max: max.trim().parse().ok()? };
        (range.min <= range.max).then_some(range)
    }
}

impl std::fmt::Display for ProtocolRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_when_they_share_a_number() {
        let range = |min, max| ProtocolRange { min, max };
        assert!(range(1, 3).overlaps(range(3, 5)));
        assert!(!range(1, 2).overlaps(range(3, 5)));
        assert!(range(3, 5).is_newer_than(range(1, 2)));
        assert!(!range(2, 5).is_newer_than(range(1, 2)));
    }

    #[test]
    fn our_daemon_is_told_from_others_of_the_name() {
        assert!(is_identity(&identity()) && is_identity("mixpanel-mpd 12.0.0-rc.1 protocol 3-9"));
        for other in
            ["", "mpd version 0.1.0", "Music Player Daemon 0.23.5", "mixpanel-mpd", "mixpanel-mpd x protocol 1-1"]
        {
            assert!(!is_identity(other), "{other:?}");
        }
    }

    #[test]
    fn the_header_form_round_trips() {
        assert_eq!(ProtocolRange::parse(&ProtocolRange::OURS.to_string()), Some(ProtocolRange::OURS));
        assert_eq!(ProtocolRange::parse("2"), Some(ProtocolRange { min: 2, max: 2 }));
        for bad in ["", "x", "3-1", "1-"] {
            assert_eq!(ProtocolRange::parse(bad), None, "{bad:?}");
        }
    }
}
