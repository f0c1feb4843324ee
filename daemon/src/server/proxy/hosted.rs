//! Mixpanel's hosted MCP server with the credential of the session: `/v1/mcp`, by which bridges of this machine share one login.
//!
//! One message of Streamable HTTP comes in and goes out as it is, with the headers of that protocol and no others; the answer, which may be
//! a stream that lasts for hours, comes back the same way. What the protocol means is the bridge's business: here it is only known that a
//! token is got, and after a 401 a newer one, as for all other planes.
//!
//! Streams end when the daemon does, at once those on which the server speaks by itself: their listeners go on with the next daemon.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use mp_proto::failure::{Failure, FailureKind};
use tokio::time::Instant;

use super::body::{self, Received};
use super::{Ends, answer};
use crate::call::request::{Coding, Faults, Outgoing};
use crate::mixpanel::Host;
use crate::server::app::App;
use crate::server::call::{Caller, Parameters};
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};

/// The headers of the protocol, and those that say what a body is.
const PASSED: [HeaderName; 7] = [
    ACCEPT,
    CONTENT_TYPE,
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-protocol-version"),
    METHOD,
    HeaderName::from_static("mcp-name"),
    HeaderName::from_static("last-event-id"),
];

/// The method of the message, as its revisions since 2026-07-28 repeat it.
const METHOD: HeaderName = HeaderName::from_static("mcp-method");

/// What the names of headers begin with that repeat an argument of a tool.
const ARGUMENT: &str = "mcp-param-";

/// The method whose answer is a stream that lasts.
const LISTEN: &str = "subscriptions/listen";

/// What is said of a message.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    read: bool,
}

/// `POST`, `GET` and `DELETE /v1/mcp`.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    caller: Caller,
    Extension(peer): Extension<Peer>,
    Parameters(about): Parameters<About>,
    request: Request,
) -> Answer {
    let (head, body) = request.into_parts();
    let mut headers = of_request(&head.headers)?;
    let session = app.sessions.open(&caller.0)?;
    let received = body::receive(body).await?;
    let trouble = received.trouble();
    headers.extend(received.length.map(|length| (CONTENT_LENGTH, HeaderValue::from(length))));
    let lasts = head.method == Method::GET || headers.get(METHOD).is_some_and(|method| method == LISTEN);
    let outgoing = Outgoing {
        repeatable: about.read || head.method != Method::POST,
        method: head.method,
        headers,
        payload: received.payload,
        coding: Coding::AsSent,
        faults: Faults::Told,
        tool: peer.tool(),
        ..Outgoing::read(Host::Mcp, "")
    };
    // Who waits for an answer has gone long before, and that ends it.
    let deadline = Instant::now() + Host::Mcp.patience();
    let opened = app.calls.open(&session.identity, &outgoing, deadline).await;
    let opened = opened.map_err(|failure| Received::blame(&trouble, failure))?;
    let ends = if lasts && opened.status == StatusCode::OK { Ends::With(app.life.clone()) } else { Ends::ByItself };
    answer(opened, (false, reply::takes_trailers(&head.headers)), ends, &session).await
}

/// Returns what goes out of a caller's headers.
///
/// # Errors
/// When one came twice: it would be read one way here and another way there.
fn of_request(headers: &HeaderMap) -> Result<HeaderMap, Failure> {
    let is_passed = |name: &HeaderName| PASSED.contains(name) || name.as_str().starts_with(ARGUMENT);
    let mut passed = HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| is_passed(name)) {
        if passed.insert(name, value.clone()).is_some() {
            return Err(Failure::new(FailureKind::InvalidArgument, format!("the header {name} came twice")));
        }
    }
    // A stream in compression is held back by whoever packs it.
    passed.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_of_the_protocol_pass_and_nothing_that_says_who_asks() {
        let sent = |pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            let headers: HeaderMap = pairs.iter().map(pair).collect();
            of_request(&headers).map(|passed| passed.keys().map(ToString::to_string).collect::<Vec<_>>())
        };
        for name in ["authorization", "cookie", "host", "user-agent", "mp-context", "accept-encoding", "origin", "mcp"]
        {
            assert_eq!(sent(&[(name, "x")]).expect("good"), ["accept-encoding"], "{name}");
        }
        for name in ["mcp-session-id", "mcp-param-region", "last-event-id", "mcp-name"] {
            assert_eq!(sent(&[(name, "x")]).expect("good"), [name, "accept-encoding"]);
        }
        let mut twice = HeaderMap::new();
        for value in ["a", "b"] {
            twice.append("mcp-session-id", HeaderValue::from_static(value));
        }
        assert!(of_request(&twice).is_err());
    }
}
