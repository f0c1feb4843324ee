//! Mixpanel's own API with the credential of the session: `ANY /v1/api/{plane}/{path…}`.
//!
//! A caller names a plane and a path, never a URL; neither its credentials nor its connection are passed on. What Mixpanel answers
//! is passed back as it is, whatever its status.

mod body;
mod headers;
pub(super) mod hosted;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use hyper::body::Frame;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRAILER};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::ProjectId;
use mp_proto::plane::Plane;
use mp_proto::routes::{API_HEAD, ORIGIN_HEADER, PROBLEM_TRAILER, WAITED_HEADER};
use serde_json::{Map, Value};
use tokio::time::Instant;
use url::form_urlencoded;

use crate::life::Life;
use crate::server::app::App;
use crate::server::call::Caller;
use crate::server::peer::Peer;
use crate::server::reply::{self, Answer};
use crate::session::Session;

use crate::call::answer::OpenAnswer;
use crate::call::path::{self, Path};
use crate::call::request::{Coding, Outgoing, Payload, Query};
use body::Received;

/// The parameter that says which project is meant, on the planes whose paths do not.
const PROJECT: &str = "project_id";

/// An answer up to this size is taken whole before it is passed on: one that is cut off is an error then, not half an answer, and it goes
/// out in one piece. In bytes.
const WHOLE: u64 = 16 * 1024;

/// `ANY /v1/api/{plane}/{path…}`.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    caller: Caller,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Answer {
    passed(&app, &caller, peer, request).await
}

/// Passes a request on.
pub(super) async fn passed(app: &App, caller: &Caller, peer: Peer, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let (plane, path) = target(head.uri.path())?;
    let headers = headers::of_request(&head.headers)?;
    let session = app.sessions.open(&caller.0)?;
    let path = path.map_or(Ok(String::new()), |path| path.fill(&session))?;
    let received = body::receive(body).await?;
    let trouble = received.trouble();
    let outgoing = outgoing(&head, (plane, path), headers, received, &session)?;
    let outgoing = Outgoing { tool: peer.tool(), ..outgoing };
    let opened = app.calls.open(&session.identity, &outgoing, Instant::now() + UPSTREAM.daemon).await;
    let opened = opened.map_err(|failure| Received::blame(&trouble, failure))?;
    let manner = (head.method == Method::HEAD, reply::takes_trailers(&head.headers));
    answer(opened, manner, Ends::ByItself, &session).await
}

fn outgoing(
    head: &Parts,
    (plane, path): (Plane, String),
    mut headers: HeaderMap,
    received: Received,
    session: &Session,
) -> Result<Outgoing, Failure> {
    if let Some(length) = received.length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    let query = head.uri.query();
    let given = given_project(query, &head.headers, &received.payload);
    // Whichever it names: a second one in the query would contradict it.
    let own = || session.project.as_ref().map(ToString::to_string).unwrap_or_default();
    let given = given.or_else(|| received.names_project.then(own));
    let (query, budget) = scoped(plane, query, given.as_deref(), session)?;
    Ok(Outgoing {
        method: head.method.clone(),
        query,
        headers,
        payload: received.payload,
        coding: Coding::AsSent,
        repeatable: is_repeatable(plane, &head.method),
        budget,
        ..Outgoing::read(plane, path)
    })
}

/// Returns the plane and the path below it. The path is empty for the plane itself, which only the profiles have as an address.
fn target(path: &str) -> Result<(Plane, Option<Path>), Failure> {
    let below = path.strip_prefix(API_HEAD).unwrap_or_default();
    let (name, rest) = below.split_once('/').unwrap_or((below, ""));
    let plane = [Plane::App, Plane::Query, Plane::Engage, Plane::Export].into_iter().find(|one| one.as_str() == name);
    let plane = plane.ok_or_else(|| {
        let name = name.escape_debug();
        let detail = format!("there is no plane '{name}' below {API_HEAD}; there are app, query, engage and export");
        Failure::new(FailureKind::RouteNotFound, detail)
    })?;
    match (plane, rest) {
        (Plane::Engage, "") => Ok((plane, None)),
        _ => Ok((plane, Some(path::parse(rest)?))),
    }
}

/// Whether a request may be sent again without asking. The planes beside the App API only read, by POST as well.
fn is_repeatable(plane: Plane, method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD) || (plane != Plane::App && *method == Method::POST)
}

/// Returns the project that the caller has given, in the query or in a body that is kept.
fn given_project(query: Option<&str>, headers: &HeaderMap, payload: &Payload) -> Option<String> {
    let in_pairs = |text: &[u8]| {
        let mut pairs = form_urlencoded::parse(text);
        pairs.find_map(|(name, value)| (name == PROJECT).then(|| value.into_owned()))
    };
    let in_body = || {
        let Payload::Bytes(bytes) = payload else { return None };
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return in_pairs(bytes);
        }
        match serde_json::from_slice::<Map<String, Value>>(bytes).ok()?.remove(PROJECT)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    };
    in_pairs(query.unwrap_or_default().as_bytes()).or_else(in_body)
}

/// Returns the query with the session's project where the caller has given none, and the project whose budget the request takes from.
///
/// # Errors
/// When there is no project at all where one is needed.
fn scoped(
    plane: Plane,
    query: Option<&str>,
    given: Option<&str>,
    session: &Session,
) -> Result<(Query, Option<ProjectId>), Failure> {
    let as_it_is = query.map_or(Query::Pairs(Vec::new()), |query| Query::Raw(query.to_owned()));
    match (plane, given) {
        (Plane::App, _) => Ok((as_it_is, None)),
        (_, Some(given)) => Ok((as_it_is, ProjectId::parse(given).ok().or_else(|| session.project.clone()))),
        (_, None) => {
            let project = session.project()?;
            let separator = if query.is_none_or(str::is_empty) { "" } else { "&" };
            let query = format!("{}{separator}{PROJECT}={project}", query.unwrap_or_default());
            Ok((Query::Raw(query), Some(project.clone())))
        }
    }
}

/// When a stream ends.
enum Ends {
    /// When Mixpanel ends it.
    ByItself,
    /// And when the daemon stops, so that nobody waits for it.
    With(Life),
}

async fn answer(
    mut opened: OpenAnswer,
    (is_head, takes_trailers): (bool, bool),
    ends: Ends,
    session: &Session,
) -> Answer {
    let status = opened.status;
    if !(200..600).contains(&status.as_u16()) {
        let detail = format!("Mixpanel answered {}, which is no status of a final answer", status.as_u16());
        return Err(Failure::new(FailureKind::UpstreamInvalid, detail).account(&session.identity.name).into());
    }
    let mut headers = headers::of_answer(&opened.headers, opened.credential.expose());
    headers.insert(HeaderName::from_static(ORIGIN_HEADER), HeaderValue::from_static("upstream"));
    if !opened.waited.is_zero() {
        let milliseconds = u64::try_from(opened.waited.as_millis()).unwrap_or(u64::MAX);
        headers.insert(HeaderName::from_static(WAITED_HEADER), HeaderValue::from(milliseconds));
    }
    let has_body = !is_head && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if has_body && opened.length().is_some_and(|length| length <= WHOLE) {
        let mut response = Response::new(Body::from(opened.whole().await?));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        return Ok(response);
    }
    // A body whose length is announced has no room for trailers; a cut is seen by its length.
    let takes_trailers = takes_trailers && !headers.contains_key(CONTENT_LENGTH);
    if has_body && takes_trailers {
        headers.insert(TRAILER, HeaderValue::from_static(PROBLEM_TRAILER));
    }
    let mut response = Response::new(if has_body { flow(opened, takes_trailers, ends) } else { Body::new(NoBody) });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Passes the body on as it comes. Whoever drops it ends the request.
fn flow(opened: OpenAnswer, takes_trailers: bool, ends: Ends) -> Body {
    let parts = try_unfold((opened, ends), |(mut opened, ends)| async {
        let part: Option<Bytes> = match &ends {
            Ends::ByItself => opened.chunk().await?,
            Ends::With(life) => tokio::select! {
                part = opened.chunk() => part?,
                () = life.stopping() => None,
            },
        };
        Ok(part.map(|part| (part, (opened, ends))))
    });
    reply::told_when_broken(parts, takes_trailers)
}

/// No body, of a length that is not known: its headers tell of a body that would be there for another request.
struct NoBody;

impl hyper::body::Body for NoBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_plane_and_a_path() {
        let plane =
            |path: &str| target(path).map(|(plane, path)| (plane, path.is_some())).map_err(|failure| failure.kind);
        assert_eq!(plane("/v1/api/app/me"), Ok((Plane::App, true)));
        assert_eq!(plane("/v1/api/engage/revenue"), Ok((Plane::Engage, true)));
        for whole in ["/v1/api/engage", "/v1/api/engage/"] {
            assert_eq!(plane(whole), Ok((Plane::Engage, false)), "{whole}");
        }
        for none in ["", "/app/me", "App/me", "%61pp/me", "oauth/token", "web/x", "..", "{project_id}/x"] {
            assert_eq!(plane(&format!("{API_HEAD}{none}")), Err(FailureKind::RouteNotFound), "{none}");
        }
        for bad in ["app", "app/", "query//x", "export/../x", "engage//"] {
            assert_eq!(plane(&format!("{API_HEAD}{bad}")), Err(FailureKind::InvalidArgument), "{bad}");
        }
    }

    #[test]
    fn a_given_project_is_found_wherever_it_stands() {
        let found = |query: Option<&str>, kind: &'static str, body: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            given_project(query, &headers, &Payload::Bytes(Bytes::from_static(body.as_bytes())))
        };
        let form = "Application/X-WWW-Form-URLEncoded; charset=utf-8";
        assert_eq!(found(Some("a=1&project%5Fid=7&project_id=8"), "", "").as_deref(), Some("7"));
        assert_eq!(found(None, form, "a=1&project_id=9").as_deref(), Some("9"));
        assert_eq!(found(None, "application/json", r#"{"project_id": 10}"#).as_deref(), Some("10"));
        assert_eq!(found(None, "", r#" {"project_id": "11"}"#).as_deref(), Some("11"));
        assert_eq!(found(Some("project_id=1"), "application/json", r#"{"project_id": 2}"#).as_deref(), Some("1"));
        assert_eq!(found(Some("project_ids=1"), "application/json", r#"{"a": {"project_id": 2}}"#), None);
        assert_eq!(found(None, "application/json", "project_id=9"), None);
        assert_eq!(given_project(None, &HeaderMap::new(), &Payload::None), None);
    }

    #[test]
    fn reads_are_repeated_and_changes_are_not() {
        for (method, app, query) in [
            (Method::GET, true, true),
            (Method::HEAD, true, true),
            (Method::POST, false, true),
            (Method::PUT, false, false),
            (Method::DELETE, false, false),
        ] {
            assert_eq!(is_repeatable(Plane::App, &method), app, "{method}");
            assert_eq!(is_repeatable(Plane::Query, &method), query, "{method}");
        }
    }
}
