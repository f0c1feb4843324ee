//! Recordings are code because their files are found by a report, signed, and read one by one until there are no more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mp_proto::catalog::{
    Analysis, Recorded, find_recordings, find_tracked, is_recording, recording_row, recordings_of, tracked_of,
};
use mp_proto::failure::{Failure, FailureKind};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::upstream::Plane;
use crate::upstream::foreign;
use crate::upstream::request::{Outgoing, Payload};
use crate::upstream::run::{Answered, Run};

/// How long a signed URL works, in seconds.
const SIGNED_FOR_S: i64 = 300;

/// How long recordings are kept when nothing says so.
const USUAL_RETENTION: u64 = 30;

/// Largest file of a recording, and largest recording.
const MAX_FILE: usize = 64 * 1024 * 1024;
const MAX_RECORDING: usize = 256 * 1024 * 1024;

/// Most files of a recording, unless another number is given.
const MAX_FILES: u64 = 500;

/// Recordings of one report.
const LIMIT: u64 = 100;

/// Runs it.
///
/// # Errors
/// When there is no such recording, its project does not show any, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let value = match run.operation.id {
        "replays.sign" => show_signed(run).await?,
        "replays.fetch" => fetch(run).await?,
        "replays.analyze" => analyze(run).await?,
        _ => return for_user(run).await,
    };
    Ok(Answered { value, notes: Vec::new(), age: None })
}

/// A URL to the files of a recording, in two parts. Together they open them.
struct Signed {
    id: String,
    url: String,
    query: String,
}

async fn sign(run: &Run<'_>, ids: &[&str], env: &str) -> Result<Vec<Signed>, Failure> {
    let replays: Vec<Value> = ids.iter().map(|id| json!({"replay_id": id, "replay_env": env})).collect();
    let request = Outgoing {
        method: Method::POST,
        payload: Payload::Json(json!({"replays": replays})),
        ..Outgoing::read(Plane::App, run.project_path("replays/sign/bulk")?)
    };
    let answer = run.also(request).await.map_err(|mut failure| {
        // The project's settings hide recordings from whoever has no right of its own to them.
        if failure.detail.contains("SESSION_RECORDING_SENSITIVE_DATA") {
            failure.kind = FailureKind::CredentialRefused;
        }
        failure
    })?;
    let one = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().map(str::to_owned);
        Some(Signed { id: text("replay_id")?, url: text("url")?, query: text("query_string").unwrap_or_default() })
    };
    let signed: Option<Vec<Signed>> = answer.as_array().and_then(|list| list.iter().map(one).collect());
    signed.ok_or_else(|| run.odd("something else than signed recordings"))
}

async fn show_signed(run: &Run<'_>) -> Result<Value, Failure> {
    let ids = run.bound.arguments.get("replay_ids").and_then(Value::as_array);
    let ids: Vec<&str> = ids.into_iter().flatten().filter_map(Value::as_str).collect();
    let env = run.text("env").unwrap_or("prod");
    let is_revealed = run.is_set("reveal_signed_urls");
    let now = run.app.clock.now();
    let time = |time: Timestamp| Value::from(time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
    let expires = now.as_second().saturating_add(SIGNED_FOR_S);
    let expires = Timestamp::from_second(expires).map_or(Value::Null, time);
    let row = |signed: Signed| {
        let hidden = format!("<redacted {} chars>", signed.query.chars().count());
        let query = if is_revealed { signed.query } else { hidden };
        let mut row = json!({"replay_id": signed.id, "url": signed.url, "query_string": query, "env": env,
            "signed_at": time(now)});
        let (name, value) = match is_revealed {
            true => ("_warning", Value::from("whoever has this URL can read the recording until it ends")),
            false => ("expires_at", expires.clone()),
        };
        row[name] = value;
        row
    };
    Ok(sign(run, &ids, env).await?.into_iter().map(row).collect())
}

/// Finds when one recording began and how long it is kept; none when the report does not know it.
async fn find(run: &Run<'_>, id: &str) -> Result<Option<Recorded>, Failure> {
    let report = run.insights(find_recordings("$mp_replay_id", &json!([id]), None), run.session.workspace).await?;
    let found = recordings_of(report).map_err(|what| run.odd(&what))?;
    Ok(found.into_iter().find(|recorded| recorded.id == id))
}

/// Reads the files of a recording, from the first one to the last. A URL that has ended is signed anew, once.
async fn read(run: &Run<'_>, mut signed: Signed, env: &str, retention: u64) -> Result<Vec<Value>, Failure> {
    let most = run.bound.arguments.get("max_files").and_then(Value::as_u64).unwrap_or(MAX_FILES);
    let (mut events, mut size, mut number, mut is_renewed) = (Vec::new(), 0, 0, false);
    while number < most {
        let url = format!("{}{number:04}-{retention}.json?{}", signed.url, signed.query);
        let file = match foreign::get(run, &url, MAX_FILE).await? {
            Ok(file) => file,
            Err(StatusCode::FORBIDDEN) => {
                let again = if is_renewed { None } else { sign(run, &[&signed.id], env).await?.pop() };
                // The same signature once more would be refused once more.
                let again = again.filter(|again| (&again.url, &again.query) != (&signed.url, &signed.query));
                let what = || format!("recording '{}' cannot be read: its signature is refused", shown(&signed.id));
                (signed, is_renewed) = (again.ok_or_else(|| run.declined(what()))?, true);
                continue;
            }
            Err(_) => break,
        };
        size += file.len();
        if size > MAX_RECORDING {
            let detail = format!("recording '{}' has more than {MAX_RECORDING} bytes", shown(&signed.id));
            return Err(run.declined(detail).next("--max-files N", "read its beginning"));
        }
        let part: Option<Vec<Value>> =
            serde_json::from_slice(&file).ok().filter(|part: &Vec<Value>| is_recording(part));
        events.extend(part.ok_or_else(|| run.odd("a file that is no recording"))?);
        number += 1;
    }
    if number == 0 {
        let detail = format!("there is no recording '{}'", shown(&signed.id));
        return Err(Failure::new(FailureKind::UpstreamNotFound, detail).next("mp replays list", "find recordings"));
    }
    Ok(events)
}

fn shown(id: &str) -> String {
    id.escape_debug().to_string()
}

/// Finds and reads the one recording that was named.
async fn one(run: &Run<'_>) -> Result<(Vec<Value>, u64, Vec<Value>), Failure> {
    let id = run.text("replay_id").unwrap_or_default();
    let env = run.text("env").unwrap_or("prod");
    let found = find(run, id).await?;
    let retention = found.as_ref().map_or(USUAL_RETENTION, |found| found.retention_days);
    let signed = sign(run, &[id], env).await?.pop().ok_or_else(|| run.odd("no signed recording"))?;
    let tracked = match run.is_set("include_events") {
        true => tracked(run, &json!([id]), found.as_slice()).await?,
        false => Vec::new(),
    };
    Ok((read(run, signed, env, retention).await?, retention, tracked))
}

/// Returns what was tracked on the days on which recordings began.
async fn tracked(run: &Run<'_>, ids: &Value, of: &[Recorded]) -> Result<Vec<Value>, Failure> {
    let day = |recorded: &Recorded| {
        Timestamp::from_millisecond(recorded.start_ms).ok().map(|time| time.strftime("%Y-%m-%d").to_string())
    };
    let mut days: Vec<String> = of.iter().filter_map(day).collect();
    days.sort();
    let range = days.first().zip(days.last()).map(|(first, last)| (first.as_str(), last.as_str()));
    let report = run.insights(find_tracked(ids, &[], range), run.session.workspace).await?;
    let events = tracked_of(report, &[]).map_err(|what| run.odd(&what))?;
    let row = |event: mp_proto::catalog::Tracked| json!({"replay_id": event.recording, "event_name": event.event, "event_time": event.time_s});
    Ok(events.into_iter().map(row).collect())
}

async fn fetch(run: &Run<'_>) -> Result<Value, Failure> {
    let (events, retention, tracked) = one(run).await?;
    let analysis = Analysis::of(&events);
    let seconds = analysis.range_ms.map_or(0, |(first, last)| (last - first).div_euclid(1000));
    let summary = format!(
        "fetched {} — {} events, {}m {:02}s, {retention}-day retention",
        shown(run.text("replay_id").unwrap_or_default()),
        events.len(),
        seconds / 60,
        seconds % 60
    );
    let mut value = json!({"summary": summary, "retention_days": retention, "events": events});
    if run.is_set("include_events") {
        value["mixpanel_events"] = tracked.into();
    }
    Ok(value)
}

async fn analyze(run: &Run<'_>) -> Result<Value, Failure> {
    let (events, ..) = one(run).await?;
    let analysis = Analysis::of(&events);
    Ok(json!({"text": analysis.timeline(), "actions": analysis.actions}))
}

/// A recording of a user, read and interpreted.
struct Read {
    recorded: Recorded,
    tracked: usize,
    analysis: Analysis,
}

async fn for_user(run: &Run<'_>) -> Result<Answered, Failure> {
    let (user, from, to) = (
        run.text("user").unwrap_or_default(),
        run.text("from").unwrap_or_default(),
        run.text("to").unwrap_or_default(),
    );
    if from > to {
        return Err(run.wrong("to", "must not be before from"));
    }
    let report =
        run.insights(find_recordings("$distinct_id", &json!([user]), Some((from, to))), run.session.workspace).await?;
    let most = run.bound.arguments.get("limit").and_then(Value::as_u64).unwrap_or(LIMIT);
    let mut found = recordings_of(report).map_err(|what| run.odd(&what))?;
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    if found.is_empty() {
        let text = format!("no replays found for {} in {from}..{to}", shown(user));
        let value = json!({"text": text, "written": text, "replays": [], "files": {}});
        return Ok(Answered { value, notes: Vec::new(), age: None });
    }
    let mut signed = Vec::new();
    for recorded in &found {
        signed.extend(sign(run, &[&recorded.id], "prod").await?);
    }
    let ids: Value = found.iter().map(|recorded| recorded.id.as_str()).collect();
    let tracked = if run.is_set("mixpanel_events") { tracked(run, &ids, &found).await? } else { Vec::new() };
    let (mut read_ones, mut notes) = (Vec::new(), Vec::new());
    for (recorded, signed) in found.into_iter().zip(signed) {
        match read(run, signed, "prod", recorded.retention_days).await {
            Ok(events) => {
                let tracked = tracked.iter().filter(|event| event["replay_id"] == recorded.id.as_str()).count();
                read_ones.push(Read { tracked, analysis: Analysis::of(&events), recorded });
            }
            // The others are good nevertheless.
            Err(failure) => notes.push(failure.detail),
        }
    }
    if read_ones.is_empty() {
        return Err(run.declined(format!("none of the recordings could be read: {}", notes.join("; "))));
    }
    Ok(Answered { value: bundle(run, user, &read_ones), notes, age: None })
}

fn bundle(run: &Run<'_>, user: &str, all: &[Read]) -> Value {
    let sum = |count: fn(&Analysis) -> usize| all.iter().map(|one| count(&one.analysis)).sum::<usize>();
    let (actions, errors) = (sum(|one| one.actions.len()), sum(|one| one.count("error")));
    let wants = |word: &str| {
        let include = run.bound.arguments.get("include").and_then(Value::as_array);
        include.is_none_or(|words| words.iter().any(|one| one == word))
    };
    let mut text = String::new();
    if wants("summary") {
        text = format!(
            "# Bundle summary\n\n- replays: {}\n- total events: {}\n- total actions: {actions}\n- total errors: {errors}\n\n",
            all.len(),
            sum(|one| one.events)
        );
    }
    if wants("analyze") {
        text.extend(all.iter().map(|one| format!("{}\n\n---\n\n", one.analysis.timeline())));
    }
    let row = |one: &Read| {
        let kept = (one.recorded.start_ms, one.recorded.retention_days);
        recording_row(&one.recorded.id, user, kept, one.tracked, &one.analysis)
    };
    let rows: Value = all.iter().map(row).collect();
    let files: BTreeMap<String, Value> = all
        .iter()
        .map(|one| (format!("{}-summary.md", one.recorded.id), Value::from(one.analysis.timeline())))
        .chain([("index.json".to_owned(), rows.clone())])
        .collect();
    let written = format!(
        "wrote {} replays to {{folder}}/\ntotal: {actions} actions, {} clicks, {errors} errors",
        all.len(),
        sum(|one| one.count("click"))
    );
    let files: Map<String, Value> = files.into_iter().collect();
    json!({"text": text.trim_end(), "written": written, "replays": rows, "files": files})
}
