//! Texts as a terminal may have them, and JSON as text.

use mp_proto::json::{spaced, unarmed_text};
use serde::Serialize;
use serde_json::Value;

/// Returns a text whose control characters are escaped, less the ends of lines: a name from a file or from the network must not move
/// the cursor of a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

/// Returns JSON indented by two spaces.
pub(crate) fn pretty(value: &Value) -> String {
    unarmed_text(serde_json::to_string_pretty(value).expect("a JSON value always serialises"))
}

/// Returns JSON on one line, with spaces.
pub(crate) fn compact(value: &Value) -> String {
    unarmed_text(spaced(value))
}

/// Returns a text with all of its control characters escaped.
pub(crate) fn escaped(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Returns a body of the API as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("the bodies of the API are plain data")
}
