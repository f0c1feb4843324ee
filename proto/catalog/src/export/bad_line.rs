//! What becomes of lines that are no events, or no profiles.

use serde_json::{Map, Value};

/// What becomes of a line that is no event, or no profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnBadLine {
    /// The export ends with an error.
    #[default]
    Fail,
    /// It is left out, and counted.
    Skip,
    /// It is passed on as it came, after a [`BAD_LINE`].
    Pass,
}

/// Stands before a line that is none, where such lines are passed on. No JSON begins with it.
pub const BAD_LINE: u8 = 0x1e;

impl OnBadLine {
    /// Reads it from checked arguments.
    pub(super) fn read(arguments: &Map<String, Value>) -> Self {
        match arguments.get("on_bad_line").and_then(Value::as_str) {
            Some("skip") => Self::Skip,
            Some("pass") => Self::Pass,
            _ => Self::Fail,
        }
    }
}
