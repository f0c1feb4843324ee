//! Recordings are code because their files are found by a report, signed, and read one by one until there are no more.

mod download;
mod user;

use mp_catalog::{
    Analysis, Bound, RECORDING_ID, Recording, Timeline, TrackedEvent, bind, days_of, fetched, find, find_recordings,
    find_tracked, recordings_of, results, rrweb_events, signatures, tracked_of,
};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::upstream::run::{Answered, DEADLINE, Run};
use download::{Wanted, download};

/// Which recordings are read where a command does not say.
const USUAL_ENV: &str = "prod";

/// Days for which a recording is kept that no report knows.
const USUAL_RETENTION: u64 = 30;

/// Most files of a recording that are read where a command does not say: as many as `--max-files` has by default.
const USUAL_FILES: usize = 500;

/// What Mixpanel answers where a project's recordings may not leave it.
const SENSITIVE: &str = "SESSION_RECORDING_SENSITIVE_DATA";

/// Most events, in bytes, that are passed on as a whole. What tools take of an answer is a little more.
const MOST_PASSED_ON: usize = 60 << 20;

/// Largest recording, in bytes, that is looked through. Only one file at a time is kept.
const MOST_READ: usize = 512 << 20;

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
    timeout(DEADLINE, work).await.unwrap_or_else(|_| {
        let detail = format!("{} was not done after {} s", run.operation.id, DEADLINE.as_secs());
        Err(Failure::new(FailureKind::Timeout, detail).account(&run.session.identity.name))
    })
}

async fn sign(run: &Run<'_>) -> Result<Answered, Failure> {
    let signed = signed(run, run.bound.clone()).await?;
    let (env, is_revealed) = (run.text("env").unwrap_or(USUAL_ENV), run.is_set("reveal_signed_urls"));
    let value = signatures(&signed, env, run.app.clock.now(), is_revealed).map_err(|what| run.odd(&what))?;
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

/// Reads a recording for what was done in it, and says if that is not all.
async fn look_through(run: &Run<'_>, id: &str, retention_days: u64) -> Result<(Analysis, Option<String>), Failure> {
    let wanted = Wanted { id, env: USUAL_ENV, retention_days, most_files: USUAL_FILES, most_bytes: MOST_READ };
    let (timeline, is_cut) = download(run, wanted, Timeline::default(), Timeline::read).await?;
    let analysis = timeline.finish();
    if analysis.events == 0 {
        return Err(nothing(run, id));
    }
    let note = match is_cut {
        true => Some(cut(id, USUAL_FILES)),
        false if analysis.is_cut => {
            Some(format!("{id} has more than {} actions; only those are told", analysis.actions.len()))
        }
        false => None,
    };
    Ok((analysis, note))
}

/// Notes are headers, so what Mixpanel or a person wrote is escaped.
fn answered(run: &Run<'_>, value: Value, notes: Vec<String>) -> Result<Answered, Failure> {
    let mut answered = run.taken(value, None)?;
    answered.notes.extend(notes.iter().map(|note| note.escape_default().to_string()));
    Ok(answered)
}

fn nothing(run: &Run<'_>, id: &str) -> Failure {
    let detail = format!("recording {id} has no files: its id is wrong, or it is older than it is kept");
    Failure::new(FailureKind::UpstreamNotFound, detail)
        .account(&run.session.identity.name)
        .next("mp replays list --user DISTINCT_ID --from DATE --to DATE", "see which recordings there are")
}

fn cut(id: &str, most_files: usize) -> String {
    format!("only the first {most_files} files of {id} were read; there may be more")
}

/// Returns the times of the first event and the last one.
fn span(events: &[Value]) -> Option<(i64, i64)> {
    let times = || events.iter().filter_map(|event| event.get("timestamp")?.as_f64()).map(|time| time as i64);
    times().min().zip(times().max())
}

/// Signs recordings and returns what Mixpanel says of each.
async fn signed(run: &Run<'_>, bound: Bound) -> Result<Value, Failure> {
    let answer = run.ask(run.request(bound).await?).await.map_err(|mut failure| {
        if failure.upstream.as_ref().is_some_and(|upstream| upstream.status == 403)
            && failure.detail.contains(SENSITIVE)
        {
            failure.kind = FailureKind::CredentialRefused;
        }
        failure
    })?;
    Ok(results((*answer.value).clone()))
}

/// A place for the files of a recording, and the secret that opens them.
struct Signed {
    url: String,
    query: Secret,
}

async fn sign_one(run: &Run<'_>, id: &str, env: &str) -> Result<Signed, Failure> {
    let mut bound = run.bound.clone();
    let replays = json!([{"replay_id": id, "replay_env": env}]);
    bound.body = Some(Map::from_iter([("replays".to_owned(), replays)]));
    let signed = signed(run, bound).await?;
    let entry = signed.as_array().and_then(|all| all.iter().find(|entry| entry["replay_id"] == id));
    let entry = entry.ok_or_else(|| nothing(run, id))?;
    let part = |name: &str| {
        let text = entry.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| run.odd(&format!("a signature without '{name}'")))
    };
    Ok(Signed { url: part("url")?, query: Secret::new(part("query_string")?) })
}

/// Asks a report, as the command that lists recordings does.
async fn report(run: &Run<'_>, bookmark: Value) -> Result<Value, Failure> {
    let operation = find("replays.list").expect("a row of the catalog");
    let anything = Map::from_iter([("replay_id".to_owned(), json!(["-"]))]);
    let mut bound = bind(operation, &anything).expect("ids are all that it needs");
    bound.body.get_or_insert_default().insert("bookmark".to_owned(), bookmark);
    let report = Run { operation, bound, upload: None, ..*run };
    let answer = report.ask(report.request(report.bound.clone()).await?).await?;
    Ok((*answer.value).clone())
}

async fn find_by(
    run: &Run<'_>,
    property: &str,
    value: &str,
    days: Option<(&str, &str)>,
) -> Result<Vec<Recording>, Failure> {
    let answer = report(run, find_recordings(property, &json!([value]), days)).await?;
    recordings_of(answer).map_err(|what| run.odd(&what))
}

/// Returns for how many days a recording is kept: it is part of the names of its files.
async fn retention(run: &Run<'_>, id: &str) -> Result<u64, Failure> {
    let found = find_by(run, RECORDING_ID, id, None).await?;
    let recorded = found.into_iter().find(|recorded| recorded.id == id);
    Ok(recorded.map_or(USUAL_RETENTION, |recorded| recorded.retention_days))
}

/// Returns what was tracked while recordings were made.
async fn tracked(run: &Run<'_>, ids: &[&str], span_ms: (i64, i64)) -> Result<Vec<Value>, Failure> {
    let days = days_of(span_ms);
    let days = days.as_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    let answer = report(run, find_tracked(&json!(ids), &[], days)).await?;
    let found = tracked_of(answer, &[]).map_err(|what| run.odd(&what))?;
    let row = |event: TrackedEvent| json!({"replay_id": event.recording, "event_name": event.event, "event_time": event.time_s});
    Ok(found.into_iter().map(row).collect())
}
