//! Paths as people and programs write them, made fit for a request. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What has to be encoded in a segment of a path (RFC 3986, 3.3).
const SEGMENT: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// What has to be encoded in a path of segments.
const PATH: AsciiSet = SEGMENT.remove(b'/');

/// What has to be encoded in a query (RFC 3986, 3.4).
const QUERY: AsciiSet = PATH.remove(b'?');

/// Returns whether a text has a scheme and a host.
pub(crate) fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    text.starts_with("//")
        || scheme.is_some_and(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        })
}

/// Encodes what may not stand in a path. What is encoded already stays.
pub(crate) fn path(text: &str) -> String {
    encoded(text, &PATH)
}

/// Encodes what may not stand in a query. What is encoded already stays.
pub(crate) fn query(text: &str) -> String {
    encoded(text, &QUERY)
}

fn encoded(text: &str, set: &'static AsciiSet) -> String {
    let mut parts = text.split('%');
    let mut out: String = utf8_percent_encode(parts.next().unwrap_or_default(), set).collect();
    for part in parts {
        let is_code = part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        out.push_str(if is_code { "%" } else { "%25" });
        out.extend(utf8_percent_encode(part, set));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_stays_and_what_must_be_is() {
        assert_eq!(path("a b/ü%2Fx?"), "a%20b/%C3%BC%2Fx%3F");
        assert_eq!(query("a=b c/?%zz%4"), "a=b%20c/?%25zz%254");
        assert_eq!(query("%%41%"), "%25%41%25");
    }
}
