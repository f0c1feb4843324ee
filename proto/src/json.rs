//! The two spellings of JSON that are not serde's own.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// Returns JSON on one line with a space after each comma and colon, as the Python tool writes it into cells and parameters.
pub fn spaced(value: &Value) -> String {
    struct Spaced;

    impl Formatter for Spaced {
        fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }

        fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }

        fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
            writer.write_all(b": ")
        }
    }

    let mut text = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut text, Spaced)).expect("a JSON value always serialises");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Returns JSON text in which every character outside printable ASCII is a `\u` escape, as headers need it.
/// JSON has such characters only inside strings, where the escape means the same.
pub fn ascii_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (' '..='~').contains(&c) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_spaced_and_escaped() {
        let value = json!({"a": [1, "é, :"], "b": {"c": null}});
        assert_eq!(spaced(&value), r#"{"a": [1, "é, :"], "b": {"c": null}}"#);
        assert_eq!(ascii_json(r#"["é😀"]"#), r#"["\u00e9\ud83d\ude00"]"#);
    }
}
