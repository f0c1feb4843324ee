//! The headers of a request: who we are, and the custom headers of an identity. Pure.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::secret::Secret;
use mp_proto::version::BUILD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::config::header::refusal;

/// Who we are.
static AGENT: LazyLock<HeaderValue> =
    LazyLock::new(|| HeaderValue::try_from(format!("mp/{BUILD} (entry=mpd)")).expect("a version is plain ASCII"));

/// Returns the headers, less the authorization; `callers` are those of a caller that were found harmless, the weakest of all. Later
/// custom headers win over earlier ones; names differ in more than case. Wherever a custom header comes from, this is its last gate.
///
/// # Errors
/// When a name or value cannot be a header, or a name is none that people may set: all of them.
pub(crate) fn of(custom: &[(String, Secret)], callers: &HeaderMap) -> Result<HeaderMap, Failure> {
    let mut headers = callers.clone();
    headers.insert(USER_AGENT, AGENT.clone());
    let mut problems = Vec::new();
    for (name, value) in custom {
        match checked(name, value) {
            Ok((name, value)) => drop(headers.insert(name, value)),
            Err(problem) => problems.push(problem),
        }
    }
    match problems.as_slice() {
        [] => Ok(headers),
        [only] => {
            Err(Failure::new(FailureKind::InvalidValue, format!("the custom header {}: {}", only.at, only.detail)))
        }
        _ => Err(Failure::new(FailureKind::InvalidValue, "custom headers are wrong").errors(problems)),
    }
}

fn checked(name: &str, value: &Secret) -> Result<(HeaderName, HeaderValue), Problem> {
    // The value may be a credential: it is never quoted.
    let problem = |detail: &str| Problem::new(format!("'{}'", name.escape_debug()), detail);
    if let Some(why) = refusal(name) {
        return Err(problem(why));
    }
    let parsed = HeaderName::try_from(name).map_err(|_| problem("this is no name for a header"))?;
    let mut value = HeaderValue::try_from(value.expose())
        .map_err(|_| problem("its value has characters that a header cannot have, such as a newline"))?;
    value.set_sensitive(true);
    Ok((parsed, value))
}

/// Returns the value of `Authorization` for a user name and a password (RFC 7617); none when it is longer than any header can be.
pub(crate) fn basic(username: &str, password: &Secret) -> Option<HeaderValue> {
    sensitive(&basic_words(username, password))
}

/// Returns the value of `Authorization` for a service account at the hosted MCP server, which wants both words.
pub(crate) fn bearer_basic(username: &str, password: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", basic_words(username, password).expose()))
}

fn basic_words(username: &str, password: &Secret) -> Secret {
    let pair = Secret::new([username, ":", password.expose()].concat());
    let mut words = String::with_capacity("Basic ".len() + pair.expose().len().div_ceil(3) * 4);
    words.push_str("Basic ");
    STANDARD.encode_string(pair.expose(), &mut words);
    Secret::new(words)
}

/// Returns a value that no log shows; none when no header can have it.
pub(crate) fn sensitive(value: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Returns the value of `Authorization` for a bearer; none when it has characters that no header can have.
pub(crate) fn bearer(token: &Secret) -> Option<HeaderValue> {
    sensitive(&Secret::new(["Bearer ", token.expose()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(custom: &[(&str, &str)]) -> Result<Vec<(String, String)>, Failure> {
        let custom: Vec<_> = custom.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
        let headers = of(&custom, &HeaderMap::new())?;
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        Ok(headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }

    #[test]
    fn the_last_spelling_of_a_name_wins() {
        let agent = ("user-agent".to_owned(), format!("mp/{BUILD} (entry=mpd)"));
        let trace = ("x-trace".to_owned(), "b".to_owned());
        assert_eq!(made(&[("X-Trace", "a"), ("x-trace", "b")]), Ok(vec![agent, trace]));
        assert_eq!(made(&[("user-Agent", "me")]), Ok(vec![("user-agent".to_owned(), "me".to_owned())]));
    }

    #[test]
    fn what_cannot_be_a_header_is_named_and_its_value_is_not() {
        let one = made(&[("X-Key", "s3cr3t\r\nHost: evil")]).unwrap_err();
        assert_eq!(one.kind, FailureKind::InvalidValue);
        assert!(one.detail.contains("X-Key") && !format!("{one:?}").contains("s3cr3t"), "{one:?}");
        let all = made(&[("X Y", "1"), ("content-length", "5"), ("", "2"), ("Authorization", "3")]).unwrap_err();
        assert_eq!(all.errors.len(), 4, "{all:?}");
        assert!(bearer(&Secret::new("a\nb")).is_none());
        assert!(!format!("{:?}", bearer(&Secret::new("s3cr3t"))).contains("s3cr3t"));
    }
}
