//! The planes, which are groups of Mixpanel's endpoints under one host and path; and the families of planes that share their limits.

use serde::{Deserialize, Serialize};

/// A group of Mixpanel's endpoints under one host and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Plane {
    /// The App API: projects, dashboards, cohorts, flags, …
    App,
    /// The Query API.
    Query,
    /// The Engage API: profiles.
    Engage,
    /// The raw export.
    Export,
}

impl Plane {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::App, Self::Query, Self::Engage, Self::Export];

    /// Returns the word that stands for the plane in paths: those of the socket API, and those of an override of the base URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Query => "query",
            Self::Engage => "engage",
            Self::Export => "export",
        }
    }

    /// Returns the plane of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plane| plane.as_str() == word)
    }

    /// Returns the limits that count for the plane; none where there are none.
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Query | Self::Engage => Some(Family::Query),
            Self::Export => Some(Family::Export),
            Self::App => None,
        }
    }
}

/// Planes that share their limits. In the order of their names, as a status lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The raw export.
    Export,
    /// Queries and profiles.
    Query,
}

impl Family {
    /// Returns the word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Query => "query",
        }
    }
}
