//! Profiles as lines: as they are sent, or as the Python tool shows them: `{"distinct_id", "last_seen", "properties"}`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order, as they were written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Gather;
        impl<'de> Visitor<'de> for Gather {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Gather)
    }
}

/// Adds a profile as it was sent, on one line; none when it is no object. Only an end of line in a text is changed: it becomes an escape.
pub(crate) fn raw_profile(profile: &[u8], out: &mut Vec<u8>) -> Option<()> {
    profile.starts_with(b"{").then_some(())?;
    let (mut is_string, mut is_escape) = (false, false);
    for byte in profile {
        match byte {
            b'\n' if is_string => out.extend_from_slice(br"\n"),
            b'\r' if is_string => out.extend_from_slice(br"\r"),
            b'\n' | b'\r' => out.push(b' '),
            other => out.push(*other),
        }
        is_string ^= *byte == b'"' && !is_escape;
        is_escape = is_string && *byte == b'\\' && !is_escape;
    }
    out.push(b'\n');
    Some(())
}

/// Adds the line of a profile; none when it is no object.
pub(crate) fn profile(profile: &RawValue, out: &mut Vec<u8>) -> Option<()> {
    let begin = out.len();
    if normalised(profile, out).is_none() {
        out.truncate(begin);
        return None;
    }
    // JSON has newlines between its parts only, where a space means the same.
    for byte in out[begin..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
    out.push(b'\n');
    Some(())
}

fn normalised(profile: &RawValue, out: &mut Vec<u8>) -> Option<()> {
    let Members(profile) = serde_json::from_str(profile.get()).ok()?;
    let id = find(&profile, "$distinct_id");
    let properties: Option<Members<'_>> = serde_json::from_str(find(&profile, "$properties")).ok()?;
    let Members(properties) = properties.unwrap_or(Members(Vec::new()));
    let seen = find(&properties, "$last_seen");
    out.extend_from_slice(format!(r#"{{"distinct_id":{id},"last_seen":{seen},"properties":{{"#).as_bytes());
    let rest = properties.iter().filter(|(key, _)| !is(key, "$last_seen"));
    for (number, (key, value)) in rest.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key.get().as_bytes());
        out.push(b':');
        out.extend_from_slice(value.get().as_bytes());
    }
    out.extend_from_slice(b"}}");
    Some(())
}

/// Returns the value of a member as it was written.
fn find<'a>(members: &[(&'a RawValue, &'a RawValue)], name: &str) -> &'a str {
    members.iter().rev().find(|(key, _)| is(key, name)).map_or("null", |(_, value)| value.get())
}

/// Returns whether a key spells a name. Hardly any has escapes.
fn is(key: &RawValue, name: &str) -> bool {
    let quoted = key.get();
    match quoted.contains('\\') {
        true => serde_json::from_str::<String>(quoted).is_ok_and(|key| key == name),
        false => quoted.get(1..quoted.len() - 1) == Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, raw: bool) -> Option<String> {
        let value: &RawValue = serde_json::from_str(text).expect("JSON");
        let mut out = Vec::new();
        if raw {
            raw_profile(text.as_bytes(), &mut out)?
        } else {
            profile(value, &mut out)?
        }
        Some(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn a_profile_keeps_its_values_as_they_were_written() {
        let text = "{\"$distinct_id\": \"u\\u00fc\",\n \"$properties\": {\"$last_seen\": \"2025-01-01T00:00:00\", \"n\": 1.50, \"l\": [1,\n2]}}";
        let expected = "{\"distinct_id\":\"u\\u00fc\",\"last_seen\":\"2025-01-01T00:00:00\",\"properties\":{\"n\":1.50,\"l\":[1, 2]}}\n";
        assert_eq!(line(text, false).as_deref(), Some(expected));
        assert_eq!(line(text, true), Some(format!("{}\n", text.replace('\n', " "))));
        let least = "{\"distinct_id\":7,\"last_seen\":null,\"properties\":{}}\n";
        assert_eq!(line("{\"$distinct_id\":7}", false).as_deref(), Some(least));
        for odd in ["[]", "1", "{\"$properties\":[]}"] {
            assert_eq!(line(odd, false), None, "{odd}");
        }
        assert_eq!(line("\"x\"", true), None);
    }
}
