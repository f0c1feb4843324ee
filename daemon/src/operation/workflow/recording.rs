//! Recordings are code because their files are found by a report, signed, and read one by one until there are no more.

mod download;
mod look;
mod signing;
mod user;

use mp_catalog::{RECORDING_ID, fetched, rrweb_events, signatures};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::operation::call::{Answered, Run};
use download::{Wanted, download};
use look::{USUAL_ENV, USUAL_FILES, answered, cut, look_through, span};
use signing::{find_by, nothing, signed, tracked};

/// Days for which a recording is kept that no report knows.
const USUAL_RETENTION: u64 = 30;

/// Most events, in bytes, that are passed on as a whole. What tools take of an answer is a little more.
const MOST_PASSED_ON: usize = 60 << 20;

/// Runs it.
///
/// # Errors
/// When there is no such recording, it is none, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let work = async {
        match run.operation.id {
            "replays.sign" => sign(run).await,
            "replays.fetch" => fetch(run).await,
            "replays.analyze" => analyze(run).await,
            _ => user::run(run).await,
        }
    };
    timeout(UPSTREAM.daemon, work).await.unwrap_or_else(|_| {
        let detail = format!("{} was not done after {} s", run.operation.id, UPSTREAM.daemon.as_secs());
        Err(Failure::new(FailureKind::Timeout, detail).account(&run.session.identity.name))
    })
}

async fn sign(run: &Run<'_>) -> Result<Answered, Failure> {
    let signed = signed(run, run.bound.clone()).await?;
    let (env, is_revealed) = (run.text("env").unwrap_or(USUAL_ENV), run.is_set("reveal_signed_urls"));
    let value = signatures(&signed, env, run.operations.clock.now(), is_revealed).map_err(|what| run.odd(&what))?;
    run.taken(value, None)
}

async fn fetch(run: &Run<'_>) -> Result<Answered, Failure> {
    let id = run.text("replay_id").unwrap_or_default();
    let retention_days = retention(run, id).await?;
    let most_files = run.bound.arguments.get("max_files").and_then(Value::as_u64);
    let most_files = most_files.and_then(|most| usize::try_from(most).ok()).unwrap_or(USUAL_FILES);
    let env = run.text("env").unwrap_or(USUAL_ENV);
    let wanted = Wanted { id, env, retention_days, most_files, most_bytes: MOST_PASSED_ON };
    let add = |events: &mut Vec<Value>, file: &[u8]| rrweb_events(file).map(|more| events.extend(more));
    let (events, is_cut) = download(run, wanted, Vec::new(), add).await?;
    let Some(span) = span(&events) else { return Err(nothing(run, id)) };
    let mut notes: Vec<String> = is_cut.then(|| cut(id, most_files)).into_iter().collect();
    let mut value = Map::new();
    value.insert("replay_id".to_owned(), id.into());
    value.insert("retention_days".to_owned(), retention_days.into());
    value.insert("summary".to_owned(), fetched(id, events.len(), span, retention_days).into());
    if run.is_set("include_events") {
        match tracked(run, &[id], span).await {
            Ok(tracked) => drop(value.insert("mixpanel_events".to_owned(), tracked.into())),
            Err(failure) => notes.push(format!("the tracked events are left out: {}", failure.detail)),
        }
    }
    value.insert("events".to_owned(), events.into());
    answered(run, Value::Object(value), notes)
}

async fn analyze(run: &Run<'_>) -> Result<Answered, Failure> {
    let id = run.text("replay_id").unwrap_or_default();
    let (analysis, note) = look_through(run, id, retention(run, id).await?).await?;
    let text = if analysis.actions.is_empty() { format!("no actions in {id}") } else { analysis.text() };
    let value = json!({"replay_id": id, "text": text, "events": analysis.events, "actions": analysis.rows()});
    answered(run, value, note.into_iter().collect())
}

/// Returns for how many days a recording is kept: it is part of the names of its files.
async fn retention(run: &Run<'_>, id: &str) -> Result<u64, Failure> {
    let found = find_by(run, RECORDING_ID, id, None).await?;
    let recorded = found.into_iter().find(|recorded| recorded.id == id);
    Ok(recorded.map_or(USUAL_RETENTION, |recorded| recorded.retention_days))
}
