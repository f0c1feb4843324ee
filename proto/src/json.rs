//! The spellings of JSON that are not serde's own.

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

/// Returns JSON text in which what a terminal obeys is a `\u` escape: U+007F to U+009F, and the characters that change the direction of a
/// text. serde_json writes them as they are, and JSON is shown on terminals, by whatever reads it. Nothing else changes.
///
/// It takes bytes, so that a stream of whole lines is as good as one text.
pub fn unarmed<T: AsRef<[u8]> + From<Vec<u8>>>(json: T) -> T {
    let bytes = json.as_ref();
    // Without a way out in the middle a block is looked at by vector instructions. Nearly all JSON ends here.
    let is_suspect = |byte: u8| matches!(byte, 0x7f | 0xc2 | 0xd8 | 0xe2);
    if !bytes.chunks(BLOCK).any(|block| block.iter().fold(false, |found, byte| found | is_suspect(*byte))) {
        return json;
    }
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let (mut rest, mut kept) = (bytes, 0);
    while let Some(at) = rest[kept..].iter().position(|byte| is_suspect(*byte)).map(|at| at + kept) {
        match armed(&rest[at..]) {
            Some((length, unit)) => {
                out.extend_from_slice(&rest[..at]);
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                (rest, kept) = (&rest[at + length..], 0);
            }
            None => kept = at + 1,
        }
    }
    out.extend_from_slice(rest);
    T::from(out)
}

/// Returns a text as [`unarmed`] does.
pub fn unarmed_text(json: String) -> String {
    String::from_utf8(unarmed(json.into_bytes())).expect("characters were replaced as a whole")
}

/// So many bytes are looked at together.
const BLOCK: usize = 4096;

/// Returns the character that bytes begin with, and how long it is, if a terminal would obey it.
const fn armed(bytes: &[u8]) -> Option<(usize, u16)> {
    match bytes {
        [0x7f, ..] => Some((1, 0x7f)),
        [0xc2, low @ 0x80..=0x9f, ..] => Some((2, *low as u16)),
        [0xd8, 0x9c, ..] => Some((2, 0x61c)),
        [0xe2, 0x80, low @ (0x8e | 0x8f | 0xaa..=0xae), ..] => Some((3, 0x2000 + (*low as u16 - 0x80))),
        [0xe2, 0x81, low @ 0xa6..=0xa9, ..] => Some((3, 0x2040 + (*low as u16 - 0x80))),
        _ => None,
    }
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

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_nothing_else() {
        for c in (0x20..0x3000).filter_map(char::from_u32).filter(|c| !matches!(c, '"' | '\\')) {
            let value = json!({ "n": format!("a{c}é") });
            let text = unarmed(value.to_string().into_bytes());
            let is_armed = c.is_control() || crate::visible::is_bidi(c);
            let expected = if is_armed { format!("{{\"n\":\"a\\u{:04x}é\"}}", c as u32) } else { value.to_string() };
            assert_eq!(String::from_utf8(text.clone()).as_deref(), Ok(expected.as_str()), "{c:?}");
            assert_eq!(serde_json::from_slice::<Value>(&text).expect("JSON"), value, "{c:?}");
        }
        let many = "é\u{9b}\u{202e}’".repeat(5000);
        let text = unarmed(json!([many]).to_string().into_bytes());
        assert_eq!(serde_json::from_slice::<Value>(&text).expect("JSON"), json!([many]));
        assert_eq!(unarmed(b"\xc2".to_vec()), b"\xc2", "half a character is not ours");
    }
}
