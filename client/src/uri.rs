//! Paths as people and programs write them, made fit for a request. Pure.

/// Returns whether a text has a scheme and a host.
pub(crate) fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    text.starts_with("//")
        || scheme.is_some_and(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        })
}

/// Percent-encodes what may not stand in a path or query (RFC 3986, 3.3). What is encoded already stays.
pub(crate) fn encoded(text: &str, more: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        let is_code =
            *byte == b'%' && bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if is_code || byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(byte) || more.contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
