//! The protocol number and the rule by which two builds decide whether they can talk.

use serde::{Deserialize, Serialize};

/// The protocol this build speaks. Raised only when old and new cannot talk; a new optional field does not raise it.
pub const PROTOCOL: u32 = 1;

/// The oldest protocol this build still understands.
pub const OLDEST_PROTOCOL: u32 = 1;

/// What this build of the daemon can do. A client asks for a word here instead of comparing versions.
pub const CAPABILITIES: &[&str] =
    &["accounts", "bridge", "credential", "events", "logins", "me", "operations", "refresh", "session", "targets"];

/// The version of this build.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");

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
    fn the_header_form_round_trips() {
        assert_eq!(ProtocolRange::parse(&ProtocolRange::OURS.to_string()), Some(ProtocolRange::OURS));
        assert_eq!(ProtocolRange::parse("2"), Some(ProtocolRange { min: 2, max: 2 }));
        for bad in ["", "x", "3-1", "1-"] {
            assert_eq!(ProtocolRange::parse(bad), None, "{bad:?}");
        }
    }
}
