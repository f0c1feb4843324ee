//! What comes back from the provider: by the browser to our listener, or pasted by a person. Pure.

use mp_proto::failure::{Failure, FailureKind};
use std::borrow::Cow;

use mp_proto::secret::Secret;
use url::form_urlencoded;

/// Longest text of the provider's that is passed on, in characters.
const LONGEST_TEXT: usize = 200;

/// The provider's answer to an authorization request.
#[derive(Debug, Clone)]
pub enum Returned {
    /// The person agreed.
    Code(Secret),
    /// The person or the provider refused, in the provider's words.
    Denied(String),
}

/// Why what came back is not the answer to this login. The login goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// There is no code or no state in it.
    #[error("there is no `code` and `state` in it; paste the whole address that the browser shows in the end")]
    Incomplete,
    /// The state is that of another login.
    #[error("it belongs to another login: its `state` is not the one of this login")]
    WrongState,
}

/// Reads a query. `error` comes first, and needs no state: not every provider sends it back with a refusal.
///
/// # Errors
/// When it is not the answer to the request with this state.
pub fn read(query: &str, state: &Secret) -> Result<Returned, NotOurs> {
    // Of a repeated field the first one counts, and an empty one is none.
    let mut fields: [Option<Cow<'_, str>>; 4] = [const { None }; 4];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let known = ["code", "state", "error", "error_description"].iter().position(|known| *known == name);
        if let Some(known) = known.filter(|known| fields[*known].is_none() && !value.is_empty()) {
            fields[known] = Some(value);
        }
    }
    let [code, given, error, description] = fields;
    let is_right = given.as_ref().map(|given| same(given, state.expose()));
    match (code, is_right, error) {
        (_, Some(false), _) => Err(NotOurs::WrongState),
        (_, _, Some(error)) => Ok(Returned::Denied(told(&error, description.as_deref()))),
        (Some(code), Some(true), None) => Ok(Returned::Code(Secret::new(code.into_owned()))),
        (None, _, None) | (_, None, None) => Err(NotOurs::Incomplete),
    }
}

/// Returns the query of what a person pasted: a whole address, `?code=…`, or the fields alone.
pub fn pasted(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']);
    let text = text.split('#').next().unwrap_or_default();
    match text.split_once('?') {
        Some((_, query)) => query,
        None => text,
    }
}

/// Compares without telling by the time taken where two texts differ.
fn same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differences == 0
}

/// The provider's words, without what could move a cursor or hide a text. They end on terminals and pages.
fn told(error: &str, description: Option<&str>) -> String {
    let text = match description {
        Some(description) => format!("{error} ({description})"),
        None => error.to_owned(),
    };
    let visible = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().filter(visible).take(LONGEST_TEXT).collect()
}

impl From<NotOurs> for Failure {
    fn from(error: NotOurs) -> Self {
        let kind = match error {
            NotOurs::Incomplete => FailureKind::InvalidArgument,
            NotOurs::WrongState => FailureKind::LoginFailed,
        };
        Self::new(kind, format!("that is not the end of this login: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> String {
        match read(query, &Secret::new("S1")) {
            Ok(Returned::Code(code)) => format!("code {}", code.expose()),
            Ok(Returned::Denied(text)) => format!("denied {text}"),
            Err(NotOurs::Incomplete) => "incomplete".to_owned(),
            Err(NotOurs::WrongState) => "wrong".to_owned(),
        }
    }

    #[test]
    fn a_return_is_a_code_a_refusal_or_not_ours() {
        let table = [
            ("code=c%2F1&state=S1", "code c/1"),
            ("state=S1&code=c&extra=1", "code c"),
            ("code=c&state=S1&code=d&state=S2", "code c"),
            ("code=c&state=S2", "wrong"),
            ("code=c&state=S", "wrong"),
            ("code=c&state=S11", "wrong"),
            ("code=c", "incomplete"),
            ("code=&state=S1", "incomplete"),
            ("state=S1", "incomplete"),
            ("", "incomplete"),
            ("error=access_denied&state=S1", "denied access_denied"),
            ("error=access_denied&error_description=No+way", "denied access_denied (No way)"),
            ("error=access_denied&state=S2", "wrong"),
            ("error=e%1b%5B31m%E2%80%AEx", "denied e[31mx"),
            ("code=c&state=S1&error=e", "denied e"),
        ];
        for (query, expected) in table {
            assert_eq!(of(query), expected, "{query}");
        }
        let long = of(&format!("error={}", "x".repeat(999)));
        assert_eq!(long.len(), "denied ".len() + LONGEST_TEXT);
    }

    #[test]
    fn what_people_paste_is_understood() {
        let table = [
            "http://localhost:19284/callback?code=c&state=S1",
            "  http://localhost:19284/callback?state=S1&code=c\r\n",
            "?code=c&state=S1",
            "code=c&state=S1",
            "code=c&state=S1#_=_",
            "\"http://localhost:19284/callback?code=c&state=S1\"",
            "<http://localhost:19284/callback?code=c&state=S1#x?y>",
        ];
        for text in table {
            assert_eq!(of(pasted(text)), "code c", "{text}");
        }
        for text in
            ["", " \n", "c", "http://localhost:19284/callback", "https://mixpanel.com/oauth/authorize/?client_id=x"]
        {
            assert_eq!(of(pasted(text)), "incomplete", "{text}");
        }
        assert_eq!(of(pasted("https://mixpanel.com/oauth/authorize/?client_id=x&state=S1")), "incomplete");
    }
}
