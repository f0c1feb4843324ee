//! A secret as one line that every keyring gives back as it was.
//!
//! A keyring without a password is a text file to gnome-keyring, which writes values as they are and undoes escapes when it reads them: a
//! line break in one of them makes the whole file unreadable, with everything of everybody that is in it; a backslash comes back as
//! something else, and blanks at the ends are gone. What has one of these is kept in Base64, and says so.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mp_proto::secret::Secret;

/// What is before a secret that is not kept as it is.
const ENCODED: &str = "base64:";

/// Returns what is kept of a secret.
pub(super) fn kept(secret: &Secret) -> Secret {
    let text = secret.expose();
    let is_plain = !text.is_empty()
        && !text.starts_with(ENCODED)
        && text.trim() == text
        && !text.chars().any(|one| one == '\\' || one.is_control());
    if is_plain { secret.clone() } else { Secret::new(format!("{ENCODED}{}", BASE64_STANDARD.encode(text))) }
}

/// Returns the secret that is kept so; none if the bytes are no text of ours.
pub(super) fn secret(bytes: Vec<u8>) -> Option<Secret> {
    let text = String::from_utf8(bytes).ok()?;
    let Some(encoded) = text.strip_prefix(ENCODED) else { return Some(Secret::new(text)) };
    String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_from_one_line_without_anything_that_a_text_file_changes() {
        let long = "é\n".repeat(100_000);
        let odd =
            ["", " ", "a\nb", "a\\nb", " a", "a\t", "a\0b", "a\u{85}b", "\u{feff}a", "base64:x", "[x]\r\n# y", &long];
        for text in odd {
            let line = kept(&Secret::new(text));
            let line = line.expose();
            assert!(!line.trim().is_empty() && line.trim() == line, "{text:?}");
            assert!(!line.contains(|one: char| one == '\\' || one.is_control()), "{text:?}");
            assert_eq!(secret(line.as_bytes().to_vec()).expect("ours").expose(), text);
        }
    }

    #[test]
    fn what_needs_nothing_is_kept_as_it_is_and_what_is_not_ours_is_no_secret() {
        for text in ["hush", "a 'b' \"c\" é😀=;#", "{\"access_token\": \"t\"}"] {
            assert_eq!(kept(&Secret::new(text)).expose(), text);
        }
        for bytes in [b"base64:?".to_vec(), b"base64:/w==".to_vec(), vec![0xff]] {
            assert!(secret(bytes).is_none());
        }
    }
}
