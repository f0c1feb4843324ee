//! Writes down every answer, so that the end-to-end tests can hold them all against the document. Builds for tests alone have this; a
//! release does not.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use http_body_util::{BodyExt, Collected};
use hyper::body::Body as _;
use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// The directory that takes what is written down.
const DIRECTORY: &str = "MPD_ANSWERS";

/// Where answers are written down; nowhere, if the daemon was not started for it.
static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = PathBuf::from(std::env::var_os(DIRECTORY)?).join(format!("{}.jsonl", std::process::id()));
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).ok()
});

/// Writes down an answer. One that streams is written down with each part that is an event.
pub(crate) async fn note(method: &str, path: &str, response: Response) -> Response {
    let Some(file) = &*FILE else { return response };
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let line = json!({"method": method, "path": path, "status": response.status().as_u16(), "type": kind});
    let is_of_events = kind.starts_with("text/event-stream");
    let (parts, body) = response.into_parts();
    let body = if body.size_hint().exact().is_some() {
        let bytes = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        write(file, &with(line, "body", &bytes));
        Body::from(bytes)
    } else if is_of_events {
        Body::new(body.map_frame(move |frame| {
            if let Some(data) = frame.data_ref() {
                write(file, &with(line.clone(), "event", data));
            }
            frame
        }))
    } else {
        write(file, &line);
        body
    };
    Response::from_parts(parts, body)
}

fn with(mut line: Value, name: &str, bytes: &[u8]) -> Value {
    line[name] = String::from_utf8_lossy(bytes).into_owned().into();
    line
}

fn write(mut file: &File, line: &Value) {
    // A test that misses a line fails for it, and nobody else reads them.
    let _ = file.write_all(format!("{line}\n").as_bytes());
}
