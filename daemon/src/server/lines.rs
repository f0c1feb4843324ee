//! Lines on their way to a caller, with what became of them told at their end.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http_body_util::StreamBody;
use hyper::body::Frame;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use mp_proto::failure::Failure;
use mp_proto::json::unarmed;
use mp_proto::routes::LINES_TRAILER;
use mp_proto::wire::LinesTally;

use crate::operation::call::{Lines, Told};
use crate::server::reply;

/// The names of the trailers, as a header announces them; a test holds them against those of the protocol.
const TRAILERS: &str = "mp-problem, mp-lines";

/// Answers 200 with lines that come one after the other. What fails in the middle is told as [`reply::streamed`] does; what was mended and
/// left out stands in the trailer [`LINES_TRAILER`].
///
/// Each part is whole lines, so no character is cut where what a terminal obeys is escaped. Raw lines stay as they are: whoever shows them
/// to people has to take care, as our client does.
pub(crate) fn answer(lines: Lines, takes_trailers: bool) -> Response {
    let Lines { parts, told, is_raw } = lines;
    let trailers = HeaderValue::from_static(TRAILERS);
    let body = if takes_trailers {
        let harmless = parts.map(move |part| if is_raw { part } else { part.map(unarmed) });
        Body::new(StreamBody::new(with_trailers(harmless, told).map(Ok::<_, std::convert::Infallible>)))
    } else {
        reply::told_when_broken(parts.map(move |part| if is_raw { part } else { part.map(unarmed) }), false)
    };
    reply::of_stream("application/jsonl", trailers, body)
}

/// Returns the parts as frames, the last of which are the trailers, if there is something to tell.
fn with_trailers(
    parts: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static,
    told: Told,
) -> impl Stream<Item = Frame<Bytes>> + Send + 'static {
    stream::unfold(Some((Box::pin(parts), told)), |state| async {
        let (mut parts, told) = state?;
        let mut trailers = match parts.next().await {
            Some(Ok(part)) => return Some((Frame::data(part), Some((parts, told)))),
            Some(Err(failure)) => reply::trailers(&failure),
            None => HeaderMap::new(),
        };
        add(&told.lock(), &mut trailers);
        (!trailers.is_empty()).then(|| (Frame::trailers(trailers), None))
    })
}

fn add(tally: &LinesTally, trailers: &mut HeaderMap) {
    if tally.is_empty() {
        return;
    }
    let text = serde_json::to_string(tally).unwrap_or_default();
    trailers.extend(HeaderValue::try_from(text).map(|value| (HeaderName::from_static(LINES_TRAILER), value)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use hyper::header::TRAILER;
    use mp_proto::failure::FailureKind;
    use mp_proto::routes::PROBLEM_TRAILER;
    use parking_lot::Mutex;
    use std::sync::Arc;

    async fn sent(
        parts: Vec<Result<Bytes, Failure>>,
        bad: u64,
        is_raw: bool,
        takes_trailers: bool,
    ) -> (Option<Bytes>, HeaderMap) {
        let told = Arc::new(Mutex::new(LinesTally { bad, ..LinesTally::default() }));
        let response = answer(Lines { parts: Box::pin(stream::iter(parts)), told, is_raw }, takes_trailers);
        assert_eq!(response.headers()[TRAILER], TRAILERS);
        match response.into_body().collect().await {
            Ok(all) => {
                let trailers = all.trailers().cloned().unwrap_or_default();
                (Some(all.to_bytes()), trailers)
            }
            Err(_) => (None, HeaderMap::new()),
        }
    }

    #[tokio::test]
    async fn what_became_of_lines_is_told_at_their_end() {
        assert_eq!(TRAILERS, format!("{PROBLEM_TRAILER}, {LINES_TRAILER}"));
        let line = || Ok(Bytes::from_static("[\"\u{9b}\"]\n".as_bytes()));
        let fails = || Err(Failure::new(FailureKind::Timeout, "late"));
        let (body, trailers) = sent(vec![line(), line()], 0, false, true).await;
        assert_eq!((body.as_deref(), trailers.len()), (Some(&b"[\"\\u009b\"]\n[\"\\u009b\"]\n"[..]), 0));
        let (body, trailers) = sent(vec![line()], 2, true, true).await;
        assert_eq!(body.as_deref(), Some("[\"\u{9b}\"]\n".as_bytes()), "raw is raw");
        assert!(trailers[LINES_TRAILER].to_str().expect("ASCII").contains("\"bad\":2"));
        let (_, trailers) = sent(vec![line(), fails()], 1, false, true).await;
        assert!(trailers.contains_key(PROBLEM_TRAILER) && trailers.contains_key(LINES_TRAILER));
        let (body, _) = sent(vec![line(), fails()], 1, false, false).await;
        assert_eq!(body, None, "it breaks");
        let (body, _) = sent(vec![line()], 1, false, false).await;
        assert!(body.is_some());
    }
}
