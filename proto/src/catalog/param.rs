//! What an operation takes.

use serde::{Deserialize, Serialize};

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text.
    Str,
    /// An integer.
    Int,
    /// Integers: a list, or a text with commas between them.
    Ints,
}

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path, as one segment.
    Path,
    /// Into the query.
    Query,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name, here and at Mixpanel.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Where the value goes.
    pub place: Place,
    /// Whether it must be given.
    pub required: bool,
    /// One line.
    pub help: &'static str,
}

impl Param {
    /// Returns a part of the path, which must be given.
    pub const fn path(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, place: Place::Path, required: true, help }
    }

    /// Returns a query parameter, which may be left out.
    pub const fn query(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, kind, place: Place::Query, required: false, help }
    }
}
