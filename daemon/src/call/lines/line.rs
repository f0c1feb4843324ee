//! One line of a body: what makes it an event, and what it is otherwise.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest line. Mixpanel takes events of 1 MB at most; what is longer is no event.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// How an event begins, as Mixpanel writes it.
pub(super) const BEGINNING: &[u8] = br#"{"event""#;

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    /// It is something else: most likely Mixpanel's own words about what went wrong.
    #[error("line {number} of the answer is no event")]
    NoEvent {
        /// Its number, from 1.
        number: u64,
        /// The line.
        text: String,
    },
    /// The body ends in the middle of it.
    #[error("the answer ends in the middle of line {number}")]
    Half {
        /// Its number, from 1.
        number: u64,
        /// What there is of it.
        text: String,
    },
    /// It is longer than any event.
    #[error("line {number} of the answer has more than {LONGEST} bytes")]
    TooLong {
        /// Its number, from 1.
        number: u64,
    },
}

/// What an event must have at least.
#[derive(Deserialize)]
struct EventShape<'a> {
    #[serde(borrow, rename = "event")]
    _event: &'a RawValue,
    #[serde(borrow)]
    properties: &'a RawValue,
}

pub(super) fn is_event(line: &[u8]) -> bool {
    serde_json::from_slice::<EventShape<'_>>(line).is_ok_and(|event| event.properties.get().starts_with('{'))
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Returns a line as text. What does not fit into a message is cut off later, in characters; so much of it is enough.
pub(super) fn lossy(line: &[u8]) -> String {
    const ENOUGH: usize = 4 * 1024;
    String::from_utf8_lossy(&line[..line.len().min(ENOUGH)]).into_owned()
}
