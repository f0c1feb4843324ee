//! What comes back from the provider: by the browser to our listener, or pasted by a person. Pure.

use mp_proto::failure::{Failure, FailureKind};
use std::borrow::Cow;

use mp_proto::secret::Secret;
use url::form_urlencoded;

/// The reasons that a provider may give (RFC 6749, 4.1.2.1; OpenID Connect, 3.1.2.6). They alone are repeated to people: what else stands
/// in a refusal is anybody's text, and would be read on terminals and by agents.
const REASONS: [&str; 11] = [
    "access_denied",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "login_required",
];

/// The provider's answer to an authorization request.
#[derive(Debug, Clone)]
pub enum Returned {
    /// The person agreed.
    Code(Secret),
    /// The person or the provider refused, for this reason if it is a known one.
    Denied(Option<&'static str>),
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

/// Reads a query. Only what bears the right `state` is an answer, be it a code or a refusal: anything else may come from any page or
/// program. A refusal comes first.
///
/// # Errors
/// When it is not the answer to the request with this state.
pub fn read(query: &str, state: &Secret) -> Result<Returned, NotOurs> {
    // Of a repeated field the first one counts, and an empty one is none.
    let mut fields: [Option<Cow<'_, str>>; 3] = [const { None }; 3];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let known = ["code", "state", "error"].iter().position(|known| *known == name);
        if let Some(known) = known.filter(|known| fields[*known].is_none() && !value.is_empty()) {
            fields[known] = Some(value);
        }
    }
    let [code, given, error] = fields;
    let is_right = given.as_ref().map(|given| same(given, state.expose()));
    match (code, is_right, error) {
        (_, Some(false), _) => Err(NotOurs::WrongState),
        (_, Some(true), Some(error)) => Ok(Returned::Denied(REASONS.into_iter().find(|reason| *reason == error))),
        (Some(code), Some(true), None) => Ok(Returned::Code(Secret::new(code.into_owned()))),
        (None, _, None) | (_, None, _) => Err(NotOurs::Incomplete),
    }
}

/// Returns the query of what a person pasted: a whole address, `?code=…`, or the fields alone. An address that a terminal or a mail has
/// broken into lines is joined; it has no blanks of its own.
pub fn pasted(text: &str) -> String {
    let joined: String = text.split_whitespace().collect();
    let text = joined.trim_matches(['"', '\'', '<', '>']);
    let text = text.split('#').next().unwrap_or_default();
    text.split_once('?').map_or(text, |(_, query)| query).to_owned()
}

/// Compares without telling by the time taken where two texts differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differences == 0
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
            Ok(Returned::Denied(reason)) => format!("denied {}", reason.unwrap_or("?")),
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
            ("error=access_denied", "incomplete"),
            ("error=access_denied&error_description=No+way", "incomplete"),
            ("error=access_denied&state=", "incomplete"),
            ("code=c&error=access_denied", "incomplete"),
            ("error=access_denied&state=S2", "wrong"),
            ("error=server_error&error_description=No+way&state=S1", "denied server_error"),
            ("error=Run+curl+evil.example&state=S1", "denied ?"),
            ("code=c&state=S1&error=e", "denied ?"),
        ];
        for (query, expected) in table {
            assert_eq!(of(query), expected, "{query}");
        }
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
            "http://localhost:19284/callback?co\nde=c&sta\r\n  te=S1\n",
            "http://localhost:19284/call\n back?code=c&state=S1",
        ];
        for text in table {
            assert_eq!(of(&pasted(text)), "code c", "{text}");
        }
        for text in
            ["", " \n", "c", "http://localhost:19284/callback", "https://mixpanel.com/oauth/authorize/?client_id=x"]
        {
            assert_eq!(of(&pasted(text)), "incomplete", "{text}");
        }
        assert_eq!(of(&pasted("https://mixpanel.com/oauth/authorize/?client_id=x&state=S1")), "incomplete");
    }
}
