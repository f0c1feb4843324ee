//! What Mixpanel answered: passed on as it comes, or read as JSON. An answer that ends early is never taken for a whole one.

use std::fs::File;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use hyper::header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, TRAILER, TRANSFER_ENCODING};
use mp_proto::failure::{Failure, FailureKind, Upstream};
use mp_proto::json::unarmed_text;
use mp_proto::mend::{self, Mended};
use mp_proto::routes::REQUEST_ID_HEADER;
use mp_proto::visible::Spelling;
use serde_json::{Map, Value};

use crate::api::{Exchange, Streamed, trailed};
use crate::call::Call;
use crate::output::screen::Screen;
use crate::output::{self, Reader, View, fitted, stdout};
use crate::report;
use crate::transport::{Piece, Streaming, TransportError};

/// Largest answer that is read as JSON: all of it is in memory, several times its size. As it came it may be of any length.
const MAX_JSON: usize = 64 * 1024 * 1024;

/// Longest part of a refusal that is told on stderr.
const MAX_REASON: usize = 300;

/// Sends a request and returns the answer.
///
/// # Errors
/// When the daemon refuses it, or cannot be asked.
pub(super) async fn to(call: &mut Call<'_>, request: Streamed) -> Result<Streaming, Failure> {
    let (method, path, begun) = (request.method.clone(), request.path.clone(), Instant::now());
    let streaming = call.daemon.stream(request).await;
    if let Some(observer) = call.daemon.options().observer {
        let got = streaming.as_ref().ok();
        let request_id = got.and_then(|got| got.headers.get(REQUEST_ID_HEADER)?.to_str().ok());
        let status = got.map(|got| got.status.as_u16());
        observer(&Exchange { method: &method, path: &path, status, request_id, took: begun.elapsed() });
    }
    streaming
}

/// Prints an answer and returns the exit code of its status.
///
/// # Errors
/// When it does not come whole, or cannot be shown as wanted.
pub(super) async fn print(call: &mut Call<'_>, mut streaming: Streaming) -> Result<ExitCode, Failure> {
    let mut out = Stdout::open(&streaming.headers)?;
    if call.arguments.get_flag("include") {
        out.write(&head(streaming.status, &streaming.headers))?;
    }
    let as_json = call.text("format").is_some() || call.text("jq").is_some();
    let wait = call.daemon.options().deadline;
    if let Some(failure) = failure(streaming.status) {
        copy(&mut streaming, &mut out, wait).await?;
        return Ok(report::failure(&failure));
    }
    if !as_json {
        copy(&mut streaming, &mut out, wait).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let body = whole(&mut streaming, wait).await?;
    // A success may have nothing to say, as after DELETE.
    if !body.is_empty() {
        let value = json(call, &body, &streaming.headers)?;
        call.output.show(&value, || table(&value))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Passes a body on. When nobody reads any more, the rest is not wanted.
async fn copy(streaming: &mut Streaming, out: &mut Stdout, wait: Duration) -> Result<(), Failure> {
    while let Some(part) = next(streaming, wait).await? {
        out.write(&part)?;
        if out.is_closed {
            break;
        }
    }
    Ok(())
}

/// Returns all of a body.
///
/// # Errors
/// When it does not come whole, or is too large.
pub(super) async fn whole(streaming: &mut Streaming, wait: Duration) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(part) = next(streaming, wait).await? {
        if body.len() + part.len() > MAX_JSON {
            let detail =
                format!("the answer has more than {MAX_JSON} bytes: leave out -f and --jq to get it as it comes");
            return Err(Failure::new(FailureKind::UpstreamInvalid, detail));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Returns the next bytes of a body; none at its true end.
async fn next(streaming: &mut Streaming, wait: Duration) -> Result<Option<bytes::Bytes>, Failure> {
    let broken = |error: &TransportError| {
        Failure::new(FailureKind::Internal, format!("the answer ended early, so what came is not all of it: {error}"))
            .next("mp daemon logs", "see what happened to the daemon")
    };
    loop {
        let part = tokio::time::timeout(wait, streaming.next()).await;
        let part = part.map_err(|_| {
            let detail = format!(
                "the answer ended early, so what came is not all of it: nothing followed for {} s",
                wait.as_secs()
            );
            Failure::new(FailureKind::Timeout, detail)
        })?;
        match part.map_err(|error| broken(&error))? {
            None => return Ok(None),
            Some(Piece::Bytes(bytes)) => return Ok(Some(bytes)),
            Some(Piece::Trailers(trailers)) => match trailed(&trailers) {
                Some(failure) => return Err(failure),
                None => continue,
            },
        }
    }
}

/// Returns what a status means for the exit code; none for a success.
pub(super) fn failure(status: StatusCode) -> Option<Failure> {
    let kind = match status.as_u16() {
        200..=299 => return None,
        300..=399 => FailureKind::UpstreamInvalid,
        401 => FailureKind::CredentialRefused,
        404 => FailureKind::UpstreamNotFound,
        429 => FailureKind::RateLimited,
        400..=499 => FailureKind::UpstreamRefused,
        _ => FailureKind::UpstreamFault,
    };
    let mut failure = Failure::new(kind, format!("Mixpanel answered {}", titled(status)));
    failure.upstream = Some(Upstream { status: status.as_u16(), request_id: None });
    Some(failure)
}

/// Returns a status with its name, where it has one.
fn titled(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()).trim_end().to_owned()
}

/// Returns the reason in the body of a refusal, in one line that is not too long.
pub(super) fn reason(body: &[u8]) -> Option<String> {
    let (value, _) = mend::read(body).ok()?;
    let text = ["error", "message", "detail"].iter().find_map(|name| value.get(*name)?.as_str())?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(MAX_REASON).collect())
}

/// Reads a good answer as JSON.
///
/// # Errors
/// When it is something else.
pub(super) fn json(call: &Call<'_>, body: &[u8], headers: &HeaderMap) -> Result<Value, Failure> {
    let (value, mended) = read(body, headers)?;
    match mended.note() {
        Some(note) if call.arguments.get_flag("strict") => {
            let detail = format!("the answer has what --strict refuses: {note}");
            return Err(Failure::new(FailureKind::UpstreamInvalid, detail));
        }
        Some(note) if !call.quiet => report::note(&format!("{note}: without -f and --jq the answer is untouched")),
        _ => {}
    }
    Ok(value)
}

fn read(body: &[u8], headers: &HeaderMap) -> Result<(Value, Mended), Failure> {
    mend::read(body).map_err(|error| {
        let coding = headers.get(CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
        let cause = coding.map_or_else(|| error.to_string(), |coding| format!("it is encoded as {coding}"));
        let detail =
            format!("the answer is not JSON ({cause}): leave out -f, --jq and --paginate to get it as it comes");
        Failure::new(FailureKind::UpstreamInvalid, detail)
    })
}

/// Returns the head of an answer as HTTP writes it, without what describes the connection to the daemon.
fn head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", titled(status)).into_bytes();
    for (name, value) in headers.iter().filter(|(name, _)| ![CONNECTION, TRAILER, TRANSFER_ENCODING].contains(name)) {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Returns the entries of an answer for people: its `results` where it has such a list, in the columns of all of them.
pub(super) fn table(value: &Value) -> String {
    let results = value.get("results").filter(|results| results.is_array()).unwrap_or(value);
    let entries = results.as_array().map_or(std::slice::from_ref(results), Vec::as_slice);
    let mut columns: Vec<&str> = Vec::new();
    for name in entries.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    if columns.is_empty() {
        return if entries.is_empty() {
            "(none)".to_owned()
        } else {
            entries.iter().map(cell).collect::<Vec<_>>().join("\n")
        };
    }
    let view = View::of_stdout();
    let shown = |name: &str, value: Option<&Value>| match view.reader {
        Reader::Program => value.map_or_else(String::new, cell),
        Reader::Person => output::cell(name, value, Reader::Person),
    };
    let row = |entry: &Value| columns.iter().map(|column| shown(column, entry.get(*column))).collect();
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let titles: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    fitted(&titles, &rows, view.width)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => unarmed_text(other.to_string()),
    }
}

/// Standard output without a buffer: each part is passed on when it comes, in one write.
struct Stdout {
    file: Screen<File>,
    is_closed: bool,
}

impl Stdout {
    /// Returns it for an answer: on a terminal, one of JSON stays JSON.
    fn open(headers: &HeaderMap) -> Result<Self, Failure> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let spelling = if kind.contains("json") { Spelling::Json } else { Spelling::Plain };
        Ok(Self { file: stdout::unbuffered(spelling)?, is_closed: false })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.is_closed |= !stdout::is_read(self.file.write_all(bytes))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn exit(status: u16) -> u8 {
        let status = StatusCode::from_u16(status).expect("a status");
        failure(status).map_or(0, |failure| failure.kind.exit_code())
    }

    #[test]
    fn each_status_has_its_exit_code() {
        let cases = [
            (200, 0),
            (201, 0),
            (204, 0),
            (206, 0),
            (301, 1),
            (304, 1),
            (400, 3),
            (401, 2),
            (402, 3),
            (403, 3),
            (404, 4),
            (409, 3),
            (422, 3),
            (429, 5),
            (500, 1),
            (503, 1),
            (599, 1),
        ];
        for (status, code) in cases {
            assert_eq!(exit(status), code, "{status}");
        }
        let told = failure(StatusCode::NOT_FOUND).map(|failure| failure.detail);
        assert_eq!(told.as_deref(), Some("Mixpanel answered 404 Not Found"));
    }

    #[test]
    fn the_head_is_that_of_mixpanel() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "text/plain".parse().expect("a value"));
        headers.insert(TRANSFER_ENCODING, "chunked".parse().expect("a value"));
        let told = String::from_utf8(head(StatusCode::OK, &headers)).expect("ASCII");
        assert_eq!(told, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n");
        let odd = head(StatusCode::from_u16(599).expect("a status"), &HeaderMap::new());
        assert_eq!(odd, b"HTTP/1.1 599\r\n\r\n");
    }

    #[test]
    fn people_see_the_results_in_columns() {
        let answer =
            json!({"status": "ok", "results": [{"id": 1, "title": "A"}, {"id": 2, "tags": ["x"], "title": null}]});
        assert_eq!(table(&answer), "ID  TITLE  TAGS\n1   A\n2          [\"x\"]\n");
        assert_eq!(table(&json!({"status": "ok"})), "STATUS\nok\n");
        assert_eq!(table(&json!(["a", 2])), "a\n2");
        assert_eq!((table(&json!([])), table(&json!({"results": []}))), ("(none)".into(), "(none)".into()));
    }

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(reason(br#"{"status": "error", "error": "no\n such  thing"}"#).as_deref(), Some("no such thing"));
        assert_eq!((reason(b"<html>"), reason(br#"{"error": {"x": 1}}"#)), (None, None));
        let long = json!({"message": "x".repeat(1000)}).to_string();
        assert_eq!(reason(long.as_bytes()).map(|text| text.len()), Some(MAX_REASON));
    }

    #[test]
    fn what_is_not_json_is_told_with_its_encoding() {
        let mut headers = HeaderMap::new();
        assert!(read(b"<html>", &headers).expect_err("is refused").detail.contains("is not JSON (expected value"));
        headers.insert(CONTENT_ENCODING, "gzip".parse().expect("a value"));
        assert!(read(b"\x1f\x8b", &headers).expect_err("is refused").detail.contains("encoded as gzip"));
    }
}
