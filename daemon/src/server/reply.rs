//! Answers: JSON, problems, and the headers that every answer carries.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::StreamBody;
use hyper::StatusCode;
use hyper::body::Frame;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, TE, TRAILER};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::ProjectId;
use mp_proto::json::{ascii_json, unarmed};
use mp_proto::routes::{
    BUILD_HEADER, FORMAT_HEADER, NOTE_HEADER, ORIGIN_HEADER, PROBLEM_TRAILER, PROTOCOL_HEADER, REQUEST_ID_HEADER,
    WAITED_HEADER,
};
use mp_proto::version::{BUILD, ProtocolRange};
use serde::Serialize;
use tracing::{debug, error};

use crate::notes::Told;
use crate::server::app::App;
use crate::server::surroundings::is_of_network;

static ORIGIN: HeaderName = HeaderName::from_static(ORIGIN_HEADER);
static PROTOCOL_NAME: HeaderName = HeaderName::from_static(PROTOCOL_HEADER);
static BUILD_NAME: HeaderName = HeaderName::from_static(BUILD_HEADER);
static REQUEST_ID: HeaderName = HeaderName::from_static(REQUEST_ID_HEADER);
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
/// `ProtocolRange::OURS` as a header; a test keeps the two equal.
const PROTOCOL: HeaderValue = HeaderValue::from_static("1-1");

/// So many headers an answer has usually.
const HEADERS: usize = 8;

/// Digits of the number of a call.
const LONGEST_NUMBER: usize = 20;

/// A wait that a person notices.
const NOTICED: Duration = Duration::from_secs(1);

/// What a handler answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// A failure on its way out. Its own type, because neither the trait nor the failure is ours.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Failure);

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        failure(&self.0)
    }
}

/// Answers 200 with a body.
pub(crate) fn ok<T: Serialize>(body: &T) -> Answer {
    with_status(StatusCode::OK, body)
}

/// Answers with a status and a body.
pub(crate) fn with_status<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    Ok(of_bytes(status, JSON, to_json(body)?))
}

/// Returns a body as JSON.
///
/// # Errors
/// When it cannot be written, which plain data always can.
pub(crate) fn to_json<T: Serialize>(body: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(body)
        .map(unarmed)
        .map_err(|source| Failure::new(FailureKind::Internal, format!("could not write an answer: {source}")))
}

/// Answers 200 with a body, and tells the caller something beside it.
pub(crate) fn ok_with_notes<T: Serialize>(body: &T, notes: &[String]) -> Answer {
    Ok(rendered(to_json(body)?, notes))
}

/// Answers 201 with a body, and tells the caller something beside it.
pub(crate) fn created_with_notes<T: Serialize>(body: &T, notes: &[String]) -> Answer {
    let mut response = rendered(to_json(body)?, notes);
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Answers 200 with a body that is JSON already.
pub(crate) fn rendered(body: impl Into<Body>, notes: &[String]) -> Response {
    let mut response = of_bytes(StatusCode::OK, JSON, body);
    add_notes(response.headers_mut(), notes);
    response
}

/// Adds what the caller should be told beside the answer, each note once.
pub(crate) fn add_notes(headers: &mut HeaderMap, notes: &[String]) {
    for note in notes {
        let Ok(value) = HeaderValue::try_from(ascii(note)) else { continue };
        if !headers.get_all(NOTE_HEADER).iter().any(|known| *known == value) {
            headers.append(HeaderName::from_static(NOTE_HEADER), value);
        }
    }
}

/// Headers take printable ASCII alone.
fn ascii(note: &str) -> String {
    let shown = |c: char| if c == ' ' || c.is_ascii_graphic() { c.to_string() } else { c.escape_default().to_string() };
    note.chars().map(shown).collect()
}

/// Answers 200 with parts that come one after the other.
///
/// What fails in the middle is told in the trailer [`PROBLEM_TRAILER`] to callers that take trailers; the others see the connection
/// break before the end of the body, so that a short answer is never taken for a whole one.
pub(crate) fn streamed(
    content_type: &'static str,
    parts: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static,
    takes_trailers: bool,
) -> Response {
    let body = told_when_broken(parts, takes_trailers);
    of_stream(content_type, HeaderValue::from_static(PROBLEM_TRAILER), body)
}

/// Answers 200 with a body that comes part by part and may end with trailers of these names.
pub(crate) fn of_stream(content_type: &'static str, trailers: HeaderValue, body: Body) -> Response {
    let mut response = rendered(body, &[]);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(TRAILER, trailers);
    response
}

/// Tells how long a call has waited for its turn at Mixpanel, and if a person would notice, also why.
pub(crate) fn tell_wait(response: &mut Response, waited: Duration, project: Option<&ProjectId>) {
    let millis = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(WAITED_HEADER), HeaderValue::from(millis));
    if let Some(project) = project.filter(|_| waited > NOTICED) {
        let seconds = waited.as_secs();
        let note = format!(
            "waited {seconds} s for its turn: all tools share what Mixpanel allows project {project} at once; \
             `mp daemon status` shows it"
        );
        if let Ok(value) = HeaderValue::try_from(note) {
            headers.append(HeaderName::from_static(NOTE_HEADER), value);
        }
    }
}

/// Returns the parts as a body which tells of a failure in the middle as [`streamed`] says.
pub(crate) fn told_when_broken(
    parts: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static,
    takes_trailers: bool,
) -> Body {
    Body::new(StreamBody::new(parts.then(move |part| async move {
        match part {
            Ok(bytes) => Ok(Frame::data(bytes)),
            Err(failure) if takes_trailers => Ok(Frame::trailers(trailers(&failure))),
            Err(failure) => {
                // hyper drops what it has not written when a body fails, and with it even the head: first it gets to write that.
                tokio::task::yield_now().await;
                Err(std::io::Error::other(failure.detail))
            }
        }
    })))
}

/// Returns whether the sender of a request takes trailers (RFC 9110, 10.1.4).
pub(crate) fn takes_trailers(headers: &HeaderMap) -> bool {
    let values = headers.get_all(TE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| coding.trim().eq_ignore_ascii_case("trailers"))
}

/// Returns a failure as the trailer of a stream that it ends.
pub(crate) fn trailers(failure: &Failure) -> HeaderMap {
    let body = serde_json::to_string(&failure.to_body()).unwrap_or_default();
    let value = HeaderValue::try_from(ascii_json(&body));
    value.into_iter().map(|value| (HeaderName::from_static(PROBLEM_TRAILER), value)).collect()
}

/// A failure of the network in an answer: only its connection knows whether the caller sees another network.
#[derive(Debug, Clone)]
pub(crate) struct Refused(pub(crate) Failure);

/// What kind of failure an answer is, for those who count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed(pub(crate) FailureKind);

/// Puts another text of the same failure into an answer.
pub(crate) fn say_instead(response: &mut Response, failure: &Failure) {
    let text = serde_json::to_vec(&failure.to_body()).unwrap_or_default();
    // The router has written down how long the first one was.
    if response.headers_mut().remove(CONTENT_LENGTH).is_some() {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    }
    *response.body_mut() = Body::from(text);
}

/// Answers with a failure as RFC 9457 has it.
pub(crate) fn failure(failure: &Failure) -> Response {
    let text = unarmed(serde_json::to_vec(&failure.to_body()).unwrap_or_default());
    let status = StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = of_bytes(status, PROBLEM, text);
    response.extensions_mut().insert(Failed(failure.kind));
    if is_of_network(failure.kind) {
        response.extensions_mut().insert(Refused(failure.clone()));
    }
    if failure.upstream.is_some() {
        response.headers_mut().insert(&ORIGIN, HeaderValue::from_static("upstream"));
    }
    if let Some(seconds) = failure.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    match failure.kind {
        FailureKind::Internal | FailureKind::Storage => {
            error!(code = failure.kind.code(), detail = %failure.detail, "a call failed")
        }
        _ => debug!(code = failure.kind.code(), detail = %failure.detail, "a call failed"),
    }
    response
}

fn of_bytes(status: StatusCode, content_type: HeaderValue, bytes: impl Into<Body>) -> Response {
    let mut response = Response::new(bytes.into());
    *response.status_mut() = status;
    // With room for all that every answer carries.
    response.headers_mut().reserve(HEADERS);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Adds what every answer carries and what was noted while it was made.
pub(crate) fn finish(app: &Arc<App>, number: u64, noted: &Told, response: &mut Response) {
    let headers = response.headers_mut();
    add_notes(headers, &noted.notes);
    headers
        .extend(noted.format.map(|format| (HeaderName::from_static(FORMAT_HEADER), HeaderValue::from_static(format))));
    headers.entry(&ORIGIN).or_insert(HeaderValue::from_static("daemon"));
    headers.insert(&PROTOCOL_NAME, PROTOCOL);
    headers.insert(&BUILD_NAME, HeaderValue::from_static(BUILD));
    let mut id = String::with_capacity(app.instance.len() + 1 + LONGEST_NUMBER);
    // Writing into a text cannot fail.
    let _ = write!(id, "{}-{number}", app.instance);
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(&REQUEST_ID, id);
    }
}

/// Returns a failure as the whole text of an answer that ends its connection: for those whom no service answers. To a HEAD request, an
/// answer has no body.
pub(crate) fn last_words(failure: &Failure, is_head: bool) -> Vec<u8> {
    let body = serde_json::to_string(&failure.to_body()).unwrap_or_default();
    let status = StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let pause = failure.retry_after_s.map(|seconds| format!("{RETRY_AFTER}: {seconds}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\n{ORIGIN_HEADER}: daemon\r\n{PROTOCOL_HEADER}: {}\r\n{pause}\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        ProtocolRange::OURS,
        body.len()
    );
    [head.as_str(), if is_head { "" } else { &body }].concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_header_is_the_protocol_of_this_build() {
        assert_eq!(PROTOCOL, ProtocolRange::OURS.to_string().as_str());
    }

    #[test]
    fn a_wait_is_told_and_a_long_one_explained() {
        let told = |millis: u64| {
            let mut response = rendered("{}", &[]);
            let project = ProjectId::parse("7").expect("digits");
            tell_wait(&mut response, Duration::from_millis(millis), Some(&project));
            let header =
                |name: &str| response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned());
            (
                header(WAITED_HEADER),
                header(NOTE_HEADER).is_some_and(|note| note.starts_with("waited 12 s for its turn")),
            )
        };
        assert_eq!(told(0), (None, false));
        assert_eq!(told(12), (Some("12".to_owned()), false));
        assert_eq!(told(12_345), (Some("12345".to_owned()), true));
    }

    #[test]
    fn a_note_is_printable_ascii_and_stands_there_once() {
        let notes = ["'a' \u{e9}\u{1b}[2J\u{202e}\n", "again", "again"].map(str::to_owned);
        let mut response = rendered("{}", &notes[1..]);
        add_notes(response.headers_mut(), &notes);
        let told: Vec<_> = response.headers().get_all(NOTE_HEADER).iter().map(|note| note.to_str().ok()).collect();
        assert_eq!(told, [Some("again"), Some(r"'a' \u{e9}\u{1b}[2J\u{202e}\n")]);
    }

    #[test]
    fn a_note_is_a_header_whatever_it_says() {
        let response = rendered("{}", &["/h/Jos\u{e9}'s\r\nMp-Origin: x\u{7f}".to_owned()]);
        assert_eq!(response.headers()[NOTE_HEADER], "/h/Jos\\u{e9}'s\\r\\nMp-Origin: x\\u{7f}");
    }

    #[test]
    fn a_failure_has_its_status_its_type_and_its_pause() {
        let mut made = Failure::new(FailureKind::TargetNotFound, "no target 'x'");
        made.retry_after_s = Some(7);
        let response = failure(&made);
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[RETRY_AFTER], "7");
    }
}
