//! How far an operation is settled.

/// How far an operation is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It stays as it is.
    Stable,
    /// It may change.
    Preview,
    /// It will go.
    Deprecated {
        /// The id of what takes its place.
        instead: &'static str,
    },
}
