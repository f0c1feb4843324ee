//! What the far side answers: JSON, or a stream that goes on where it broke off, or a refusal in whichever form.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use tokio::time::{sleep, timeout};

use super::bridge::Bridge;
use super::fate::Trouble;
use super::message::Message;
use super::pipes::LONGEST;
use super::session::Place;
use crate::api::trailed;
use crate::events::{Parser, RawEvent};
use crate::transport::{Piece, Streaming};

/// Before a stream is opened again, unless the far side says how long; and the longest that it may say.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// How often it is opened again in vain.
const TRIES: u32 = 8;

/// How long a stream may last after its answer.
const REST: Duration = Duration::from_secs(1);

/// Longest text of a refusal that is passed on.
const WORDS: usize = 300;

/// Largest refusal that is read.
const REFUSAL: usize = 1024 * 1024;

/// An answer, with the headers that it came with.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) message: Message,
    pub(super) headers: HeaderMap,
}

/// Reads the answer to a request. What else comes on its stream goes to the client.
///
/// # Errors
/// When there is none.
pub(super) async fn to(
    bridge: &Bridge,
    request: &Message,
    place: &Place,
    mut got: Streaming,
) -> Result<Reply, Trouble> {
    let headers = got.headers.clone();
    let message = match (got.status.is_success(), kind(&headers).as_str()) {
        (false, _) => refusal(request, place, &mut got).await?,
        (_, "text/event-stream") => of_stream(bridge, request, place, Feed::new(got)).await?,
        (_, "application/json") => {
            let body = whole(&mut got, LONGEST).await?;
            let message = Message::read(body).map_err(|(_, why)| said(&format!("the answer {why}")))?;
            match message.answers(request) {
                true => message,
                false => return Err(said("it answered something that was not asked")),
            }
        }
        (_, "") => return Err(said(&format!("it answered {} and nothing else", got.status.as_u16()))),
        (_, other) => return Err(said(&format!("it answered {}, which is not MCP", other.escape_debug()))),
    };
    Ok(Reply { message, headers })
}

/// Reads what became of a message that has no answer.
///
/// # Errors
/// When it was not taken.
pub(super) async fn to_none(message: &Message, place: &Place, mut got: Streaming) -> Result<(), Trouble> {
    if got.status.is_success() {
        return Ok(());
    }
    // An error about a message that has no answer goes to nobody.
    refusal(message, place, &mut got).await.map(drop)
}

fn said(what: &str) -> Trouble {
    Trouble::Said(format!("Mixpanel's hosted MCP server cannot be understood: {what}"))
}

/// Returns the type of a body, without its parameters.
fn kind(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Reads a body.
async fn whole(got: &mut Streaming, longest: usize) -> Result<Bytes, Trouble> {
    let mut all = BytesMut::new();
    loop {
        match got.next().await {
            Ok(None) => return Ok(all.freeze()),
            Ok(Some(Piece::Bytes(piece))) if all.len() + piece.len() > longest => {
                return Err(said(&format!("its answer has more than {longest} bytes")));
            }
            Ok(Some(Piece::Bytes(piece))) => all.extend_from_slice(&piece),
            Ok(Some(Piece::Trailers(trailers))) => cut(&trailers)?,
            Err(error) => return Err(Trouble::Broken(format!("the answer broke off: {error}"))),
        }
    }
}

/// Says why a body has ended early, if it has.
fn cut(trailers: &HeaderMap) -> Result<(), Trouble> {
    match trailed(trailers) {
        Some(failure) => Err(Trouble::Broken(failure.detail)),
        None => Ok(()),
    }
}

async fn of_stream(bridge: &Bridge, request: &Message, place: &Place, mut feed: Feed) -> Result<Message, Trouble> {
    let mut last = None;
    loop {
        while let Some(event) = feed.next().await? {
            last = event.id.or(last);
            // An event without a message says how far the stream has come.
            if event.json.trim().is_empty() {
                continue;
            }
            let message = Message::read(event.json.into()).map_err(|(_, why)| said(&format!("an event {why}")))?;
            if message.answers(request) {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "nobody waits for the rest of an answer; it ends with its time"
                )]
                tokio::spawn(timeout(REST, feed.drain()));
                return Ok(message);
            }
            bridge.pass(message).await;
        }
        let broken = || Trouble::Broken(feed.why.clone());
        if request.is_stateless() {
            return Err(broken());
        }
        feed = again(bridge, place, last.as_deref().ok_or_else(broken)?, &feed).await?;
    }
}

/// Opens a stream again, after the last event that came.
async fn again(bridge: &Bridge, place: &Place, last: &str, before: &Feed) -> Result<Feed, Trouble> {
    for attempt in 0..TRIES {
        sleep(before.pause(attempt)).await;
        match bridge.far.listen(place, Some(last)).await {
            Ok(got) if got.status == StatusCode::OK && kind(&got.headers) == "text/event-stream" => {
                return Ok(Feed { retry: before.retry, ..Feed::new(got) });
            }
            Ok(got) if got.status.is_client_error() && got.status != StatusCode::CONFLICT => break,
            Ok(_) | Err(_) => {}
        }
    }
    Err(Trouble::Broken(before.why.clone()))
}

/// A stream of events that is open.
pub(super) struct Feed {
    got: Streaming,
    parser: Parser,
    waiting: VecDeque<RawEvent>,
    /// How long the far side wants to be left alone before it is asked again.
    retry: Option<Duration>,
    /// Why there is nothing more.
    why: String,
}

impl Feed {
    pub(super) fn new(got: Streaming) -> Self {
        let why = "Mixpanel's hosted MCP server has ended the stream before its answer".to_owned();
        Self { got, parser: Parser::default(), waiting: VecDeque::new(), retry: None, why }
    }

    /// Returns the next event; none where the stream is over, however it ended.
    ///
    /// # Errors
    /// When an event is larger than any message.
    pub(super) async fn next(&mut self) -> Result<Option<RawEvent>, Trouble> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            if self.parser.held() > LONGEST {
                return Err(said(&format!("an event has more than {LONGEST} bytes")));
            }
            let piece = self.got.next().await;
            self.retry = self.parser.retry().or(self.retry);
            match piece {
                Ok(Some(Piece::Bytes(piece))) => self.parser.take(&piece, &mut self.waiting),
                Ok(Some(Piece::Trailers(trailers))) => {
                    if let Err(Trouble::Broken(why)) = cut(&trailers) {
                        self.why = why;
                    }
                }
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.why = format!("the answer broke off: {error}");
                    return Ok(None);
                }
            }
        }
    }

    /// Returns how long to wait before it is opened again.
    pub(super) fn pause(&self, attempt: u32) -> Duration {
        let told = self.parser.retry().or(self.retry).unwrap_or(AGAIN.0).max(Duration::from_millis(50));
        told.saturating_mul(2_u32.saturating_pow(attempt.min(6))).min(AGAIN.1)
    }

    /// Reads on for nobody, so that the connection can be used again.
    async fn drain(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }
}

/// Returns the error with which a request is refused, if that is one of the protocol.
async fn refusal(request: &Message, place: &Place, got: &mut Streaming) -> Result<Message, Trouble> {
    let body = whole(got, REFUSAL).await.unwrap_or_default();
    judge(request, place, (got.status, &got.headers, body))
}

fn judge(
    request: &Message,
    place: &Place,
    (status, headers, body): (StatusCode, &HeaderMap, Bytes),
) -> Result<Message, Trouble> {
    let text = words(&body);
    let has_session = place.is_known() && !request.is_stateless();
    let after = headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.trim().parse().ok());
    let error = Message::read(body).ok().and_then(|message| message.error_for(request));
    match (status.as_u16(), error) {
        (401, _) => Err(Trouble::Refused),
        (403, _) if is_about_scope(headers, &text) => Err(Trouble::Scope { said: text }),
        (429, _) => Err(Trouble::Limited { after }),
        // Some servers say with 400 what the protocol says with 404.
        (404, _) if has_session => Err(Trouble::Lost),
        (400, _) if has_session && is_about_session(&text) => Err(Trouble::Lost),
        (502..=504, _) | (500..=599, None) => Err(Trouble::Fault { status: status.as_u16(), after }),
        (_, Some(error)) => Ok(error),
        (status, None) => Err(Trouble::Said(format!("Mixpanel's hosted MCP server refused it ({status}): {text}"))),
    }
}

fn is_about_scope(headers: &HeaderMap, text: &str) -> bool {
    let mut challenges = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    challenges.any(|challenge| challenge.contains("insufficient_scope")) || text.to_lowercase().contains("scope")
}

fn is_about_session(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("session") || text.contains("not initialized")
}

/// Returns the words of a refusal, so many as a person reads.
fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|one| !one.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn judged(status: u16, body: &str, has_session: bool) -> String {
        let request = Message::read(r#"{"id":7,"method":"tools/call"}"#.into()).expect("a message");
        let place = if has_session { Place::known("s") } else { Place::default() };
        let status = StatusCode::from_u16(status).expect("a status");
        let (headers, body) = (HeaderMap::new(), Bytes::copy_from_slice(body.as_bytes()));
        match judge(&request, &place, (status, &headers, body)) {
            Ok(message) => format!("{} {}", message.id, message.whole()["error"]["code"]),
            Err(trouble) => format!("{trouble:?}").split([' ', '(']).next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn refusals_are_told_apart_as_servers_in_the_wild_word_them() {
        let lost = r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}"#;
        let uninitialised =
            r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}"#;
        let unsupported =
            r#"{"jsonrpc":"2.0","error":{"code":-32022,"message":"Unsupported protocol version"},"id":7}"#;
        assert_eq!(judged(404, lost, true), "Lost");
        assert_eq!(judged(404, "Not Found", true), "Lost");
        assert_eq!(judged(400, uninitialised, true), "Lost");
        assert_eq!(judged(400, "Bad Request: No valid session ID provided", true), "Lost");
        assert_eq!(judged(404, lost, false), "7 -32001");
        assert_eq!(judged(400, uninitialised, false), "7 -32000", "so a client of both eras falls back");
        assert_eq!(judged(400, unsupported, true), "7 -32022");
        assert_eq!(judged(404, "<html>gone</html>", false), "Said");
        assert_eq!(judged(401, "", true), "Refused");
        assert_eq!(judged(403, r#"{"error":"Missing scope: metrics"}"#, true), "Scope");
        assert_eq!(judged(403, "MCP access is not enabled for this project", true), "Said");
        assert_eq!((judged(429, "", true), judged(503, lost, true)), ("Limited".to_owned(), "Fault".to_owned()));
        assert_eq!((judged(500, "oops", true), judged(500, lost, false)), ("Fault".to_owned(), "7 -32001".to_owned()));
    }

    #[test]
    fn a_challenge_tells_about_scopes_too() {
        let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\", scope=\"metrics\"");
        assert!(is_about_scope(&HeaderMap::from_iter([(WWW_AUTHENTICATE, challenge)]), ""));
        assert_eq!(words(b"a\x1b[31m \n b"), "a[31m b");
    }
}
