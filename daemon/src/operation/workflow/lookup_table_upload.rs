//! An upload is code because it takes four requests: for a place, of the file itself, for its registration, and until it is taken in.

use std::time::Duration;

use mp_catalog::results;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::call::refusal::failed_records;
use crate::call::request::{Outgoing, Query};
use crate::operation::call::{Answered, Run};
use crate::operation::storage;

/// Pause between two questions whether the file is taken in.
const PAUSE: Duration = Duration::from_secs(2);

/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs it.
///
/// # Errors
/// When there is no file, Mixpanel does not take it, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let upload = run.upload.as_ref().ok_or_else(|| run.wrong("file", "must be the body of the call"))?;
    let place = run.also(read(run, "upload-url/", ("content-type", "text/csv"))?).await?;
    let part = |name: &str| {
        let text = place.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| run.odd(&format!("a place without '{name}'")))
    };
    let (url, path, key) = (part("url")?, part("path")?, part("key")?);
    let body = upload.body.lock().take();
    let body = body.ok_or_else(|| run.wrong("file", "can be sent only once"))?;
    storage::put(run, &url, "text/csv", upload.length, body).await?;
    let mut bound = run.bound.clone();
    let fields = bound.body.get_or_insert_default();
    fields.insert("path".to_owned(), path.into());
    fields.insert("key".to_owned(), key.into());
    let mut table = results((*run.ask(run.request(bound).await?).await?.value).clone());
    if let Some(id) = table.get("uploadId").and_then(Value::as_str) {
        table = taken_in(run, id).await?;
    }
    if let (Value::Object(fields), Some(name)) = (&mut table, run.text("name")) {
        fields.entry("name").or_insert_with(|| name.into());
    }
    run.taken(table, None)
}

fn read(run: &Run<'_>, below: &str, (name, value): (&str, &str)) -> Result<Outgoing, Failure> {
    let path = run.scoped_path(&format!("data-definitions/lookup-tables/{below}"))?;
    let query = Query::Pairs(vec![(name.to_owned(), value.to_owned())]);
    Ok(Outgoing { query, ..Outgoing::read(Plane::App, path) })
}

/// Waits until a file is taken in.
async fn taken_in(run: &Run<'_>, id: &str) -> Result<Value, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = run.also(read(run, "upload-status/", ("upload-id", id))?).await?;
        let word = status.get("uploadStatus").and_then(Value::as_str).unwrap_or_default().to_owned();
        match word.as_str() {
            "SUCCESS" => return Ok(status.get("result").cloned().unwrap_or(status)),
            "FAILURE" | "REVOKED" | "NOTFOUND" => {
                let words = status.get("result").map_or_else(String::new, |result| format!(": {result}"));
                let failed = status.get("result").map(failed_records).unwrap_or_default();
                return Err(run.odd(&format!("an upload that ended as {word}{words}")).errors(failed));
            }
            _ if Instant::now() >= deadline => {
                let detail = format!("upload {id} is not taken in after {} s", PATIENCE.as_secs());
                return Err(Failure::new(FailureKind::Timeout, detail)
                    .next("mp lookup-tables list", "see whether it is there by now"));
            }
            _ => sleep(PAUSE).await,
        }
    }
}
