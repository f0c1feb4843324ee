//! Finding session recordings. Mixpanel has no list of them; a report on the events they leave behind says which there are.

use serde_json::{Map, Value, json};

use super::{Fields, entries, fields, given, take_object};
use crate::operation::{Bound, PROJECT};
use mp_proto::failure::Problems;

/// The event that is tracked for every recording.
const RECORD: &str = "$mp_session_record";

/// The id of its recording, as a property of an event.
pub const ID: &str = "$mp_replay_id";

/// How long its recording is kept, in days, as a property of an event.
const RETENTION: &str = "$mp_replay_retention_period";

/// Days to look back when no range is given: none is kept longer.
const LOOK_BACK: u32 = 90;

/// Properties that can be shown with an event: a report has no more columns.
const MOST_PROPERTIES: usize = 5;

/// A recording that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its id.
    pub id: String,
    /// When it begins, in Unix milliseconds.
    pub start_ms: i64,
    /// How long it is kept.
    pub retention_days: u64,
}

/// An event that was tracked while a recording was made.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedEvent {
    /// The recording.
    pub recording: String,
    /// Its name.
    pub event: String,
    /// When, in Unix seconds.
    pub time_s: i64,
    /// What was asked for of its properties.
    pub properties: Fields,
}

/// A range of days, both included.
pub type DayRange<'a> = Option<(&'a str, &'a str)>;

/// Returns the report that finds recordings by a property of theirs.
pub fn find_recordings(property: &str, values: &Value, days: DayRange<'_>) -> Value {
    let measurement = json!({"math": "min", "property": {"name": "$time", "resourceType": "events"}});
    report(RECORD, &measurement, days, json!([filter(property, "equals", values)]), &[ID, RETENTION])
}

/// Returns the report that finds what was tracked while recordings were made.
pub fn find_tracked(ids: &Value, properties: &[&str], days: DayRange<'_>) -> Value {
    let filters = json!([filter(ID, "equals", ids), filter("$event_name", "does not equal", &json!([RECORD]))]);
    let groups: Vec<&str> = ["$time", "$event_name", ID].into_iter().chain(properties.iter().copied()).collect();
    report("$all_events", &json!({"math": "total"}), days, filters, &groups)
}

fn filter(property: &str, operator: &str, values: &Value) -> Value {
    json!({"resourceType": "events", "filterType": "string", "defaultType": "string", "filterValue": values,
        "filterOperator": operator, "value": property})
}

fn report(event: &str, measurement: &Value, days: DayRange<'_>, filters: Value, groups: &[&str]) -> Value {
    let group = |name: &&str| {
        json!({"value": name, "propertyName": name, "resourceType": "events", "propertyType": "string",
            "propertyDefaultType": "string"})
    };
    let time = match days {
        Some((from, to)) => json!({"dateRangeType": "between", "unit": "day", "value": [from, to]}),
        None => json!({"dateRangeType": "in the last", "unit": "day", "window": {"unit": "day", "value": LOOK_BACK}}),
    };
    json!({
        "sections": {
            "show": [{
                "type": "metric",
                "behavior": {"type": "event", "name": event, "resourceType": "events", "filtersDeterminer": "all",
                    "filters": []},
                "measurement": measurement,
            }],
            "time": [time],
            "filter": filters,
            "group": groups.iter().map(group).collect::<Vec<_>>(),
        },
        "displayOptions": {"chartType": "table", "analysis": "linear"},
    })
}

/// Returns the recordings of a report, the first ones first.
///
/// # Errors
/// When it is no such report: what is missing, as the end of a sentence.
pub fn recordings_of(mut answer: Value) -> Result<Vec<Recording>, String> {
    let mut found = Vec::new();
    for (id, kept) in of_first_metric(take_object(&mut answer, "series")?) {
        for (days, times) in fields(&kept) {
            let start = times.get("all").and_then(Value::as_f64).filter(|start| *start > 0.0);
            let Some(start) = start.filter(|_| days != "$overall") else { continue };
            let retention_days = days.parse().unwrap_or(30);
            found.push(Recording { id: id.clone(), start_ms: start as i64, retention_days });
        }
    }
    found.sort_by(|one, other| (one.start_ms, &one.id).cmp(&(other.start_ms, &other.id)));
    Ok(found)
}

/// Returns the tracked events of a report, sorted by their times.
///
/// # Errors
/// As [`recordings_of`].
pub fn tracked_of(mut answer: Value, properties: &[&str]) -> Result<Vec<TrackedEvent>, String> {
    let mut found = Vec::new();
    for (time, of_time) in of_first_metric(take_object(&mut answer, "series")?) {
        let Some(time_s) = seconds(&time) else { continue };
        for (event, of_event) in below(&of_time) {
            for (recording, of_recording) in below(of_event) {
                deeper(of_recording, properties, &mut Map::new(), &mut |properties| {
                    let (recording, event) = (recording.clone(), event.clone());
                    found.push(TrackedEvent { recording, event, time_s, properties: properties.clone() });
                });
            }
        }
    }
    found.sort_by_key(|event| event.time_s);
    Ok(found)
}

fn deeper(at: &Value, names: &[&str], so_far: &mut Fields, found: &mut impl FnMut(&Fields)) {
    match names {
        [] => found(so_far),
        [name, rest @ ..] => {
            for (value, inner) in below(at) {
                so_far.insert((*name).to_owned(), value.as_str().into());
                deeper(inner, rest, so_far, found);
            }
        }
    }
}

fn of_first_metric(series: Fields) -> impl Iterator<Item = (String, Value)> {
    let first = series.into_iter().next().map(|(_, metric)| metric);
    let entries = first.and_then(|metric| match metric {
        Value::Object(entries) => Some(entries),
        _ => None,
    });
    entries.unwrap_or_default().into_iter().filter(|(name, _)| name != "$overall")
}

fn below(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    fields(value).filter(|(name, value)| *name != "$overall" && value.is_object())
}

/// Reads a time that a report groups by: local to UTC, or with an offset.
fn seconds(time: &str) -> Option<i64> {
    let with_offset = time.parse::<jiff::Timestamp>().ok();
    let civil = || time.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    with_offset.or_else(|| civil().map(|time| time.timestamp())).map(jiff::Timestamp::as_second)
}

/// Returns the range of days that was given; none when there is none, or a wrong one.
fn days<'a>(arguments: &'a Fields, problems: &mut Problems) -> DayRange<'a> {
    let day = |name: &str| arguments.get(name).and_then(Value::as_str);
    match (day("from"), day("to")) {
        (Some(from), Some(to)) if from > to => problems.add("to", "must not be before from"),
        (Some(from), Some(to)) => return Some((from, to)),
        (None, None) => {}
        (Some(_), None) => problems.add("to", "must be given with from"),
        (None, Some(_)) => problems.add("from", "must be given with to"),
    }
    None
}

/// Puts a report into the body.
pub(crate) fn put(bound: &mut Bound, bookmark: Value) {
    bound.body.get_or_insert_default().insert("bookmark".to_owned(), bookmark);
}

/// Finds the recordings of a user in a range of days, or those of some ids.
pub(crate) fn list(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    let days = days(arguments, problems);
    match (arguments.get("user"), arguments.get("replay_id")) {
        _ if !problems.is_empty() => {}
        (Some(_), None) if days.is_none() => problems.add("from", "must be given with user"),
        (Some(user), None) => put(bound, find_recordings("$distinct_id", &json!([user]), days)),
        (None, Some(ids)) => put(bound, find_recordings(ID, ids, days)),
        (None, None) => problems.add("user", "or replay_id must be given"),
        (Some(_), Some(_)) => problems.add("replay_id", "cannot go with user"),
    }
}

/// Finds what was tracked while a recording was made.
pub(crate) fn events(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    let properties = properties(arguments);
    if properties.len() > MOST_PROPERTIES {
        return problems.add("properties", format!("must not name more than {MOST_PROPERTIES} properties"));
    }
    let ids = json!([given(arguments, "replay_id")]);
    put(bound, find_tracked(&ids, &properties, days(arguments, problems)));
}

fn properties(arguments: &Fields) -> Vec<&str> {
    arguments.get("properties").into_iter().flat_map(entries).filter_map(Value::as_str).collect()
}

/// Names the recordings to be signed.
pub(crate) fn sign(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    let one = |id: &Value| json!({"replay_id": id, "replay_env": arguments.get("env")});
    let replays = arguments.get("replay_ids").into_iter().flat_map(entries).map(one).collect();
    bound.body.get_or_insert_default().insert("replays".to_owned(), replays);
}

/// Most files of a recording: their numbers have four digits.
const MOST_FILES: i64 = 10_000;

/// Returns the address to which the names of a recording's files are added, with its secret part where that is shown; without it the
/// address is of no use, and the id stands for the recording.
pub(crate) fn signed_url(signed: &Value) -> Option<String> {
    let text = |name: &str| signed.get(name).and_then(Value::as_str);
    let (url, secret) = (text("url")?, text("query_string")?);
    match secret.starts_with('<') {
        true => text("replay_id").map(str::to_owned),
        false => Some(format!("{url}?{secret}")),
    }
}

/// Checks how many files of a recording are wanted.
pub(crate) fn fetch(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    if arguments.get("max_files").and_then(Value::as_i64).is_some_and(|files| !(1..=MOST_FILES).contains(&files)) {
        problems.add("max_files", format!("must be from 1 to {MOST_FILES}"));
    }
}

/// Checks which recordings of a user are wanted.
pub(crate) fn of_user(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    days(arguments, problems);
    if problems.is_empty() && arguments.get("limit").and_then(Value::as_i64).is_some_and(|limit| limit < 1) {
        problems.add("limit", "must be at least 1");
    }
}

/// Returns the recordings that were found, as many as are wanted.
pub(crate) fn listed(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let most = arguments.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let row = |recording: Recording| {
        json!({"replay_id": recording.id, "distinct_id": given(arguments, "user"),
            "project_id": given(arguments, PROJECT), "start_time": recording.start_ms,
            "retention_days": recording.retention_days})
    };
    Ok(recordings_of(answer)?.into_iter().take(most.unwrap_or(usize::MAX)).map(row).collect())
}

/// Returns the events that were found.
pub(crate) fn tracked(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let row = |event: TrackedEvent| {
        let properties = if event.properties.is_empty() { Value::Null } else { Value::Object(event.properties) };
        json!({"replay_id": event.recording, "event_name": event.event, "event_time": event.time_s,
            "properties": properties})
    };
    Ok(tracked_of(answer, &properties(arguments))?.into_iter().map(row).collect())
}
