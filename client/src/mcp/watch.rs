//! The tool that tells what happened: a host keeps no stream for an agent, so each call goes on where the last one ended.

use std::time::Duration;

use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::api::Options;
use crate::events::{Item, Stream};

/// The longest wait: hosts give up after a minute.
const LONGEST: Duration = Duration::from_secs(50);

/// What happens together comes together: after the first event the others have so long.
const TOGETHER: Duration = Duration::from_millis(100);

/// Arguments of `events`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Since {
    after: Option<String>,
    types: Vec<String>,
    wait_s: Option<u64>,
}

/// Returns what happened since, and waits for it if nothing has.
pub(super) async fn events(options: Options, since: Since) -> Result<Value, Failure> {
    let unknown: Vec<&str> =
        since.types.iter().map(String::as_str).filter(|name| !Event::NAMES.contains(name)).collect();
    if !unknown.is_empty() {
        let detail =
            format!("types: {} is not known; expected some of {}", unknown.join(", "), Event::NAMES.join(", "));
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    let wait = Duration::from_secs(since.wait_s.unwrap_or(1).max(1)).min(LONGEST);
    let mut until = Instant::now() + wait;
    let mut stream = Stream::new(options, &since.types, since.after);
    let mut seen = Vec::new();
    while let Ok(item) = timeout_at(until, stream.next()).await {
        match item? {
            Item::Event(event) => seen.push(serde_json::from_str::<Value>(&event.json).unwrap_or_default()),
            // What came is told; the next call goes on.
            Item::Interrupted { .. } => break,
        }
        until = until.min(Instant::now() + TOGETHER);
    }
    Ok(json!({"events": seen, "after": stream.last()}))
}
