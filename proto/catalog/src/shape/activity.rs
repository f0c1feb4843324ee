//! What single users did, and the relations of events and properties.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

use super::{Fields, entries, fields, given, object, take, take_list};
use crate::operation::Bound;
use mp_proto::failure::Problems;

/// Days that a feed shows when nothing else is said.
const DAYS: i64 = 30;

/// Puts the range of dates where Mixpanel wants it.
pub(crate) fn window(arguments: &Fields, bound: &mut Bound, problems: &mut Problems) {
    let date = |name: &str| arguments.get(name).and_then(Value::as_str);
    let range = match (date("from"), date("to")) {
        (Some(from), Some(to)) => json!({"type": "between", "from": from, "to": to}),
        (Some(from), None) => json!({"type": "since", "from": from}),
        (None, Some(to)) => json!({"type": "between", "from": before(to), "to": to}),
        (None, None) => json!({"type": "relative_after", "window": {"unit": "day", "value": DAYS}}),
    };
    let mut body: Map<String, Value> = object([("bookmark", json!({"dateRange": range, "entries": []}))]);
    body.extend(bound.body.take().unwrap_or_default());
    body.insert("mode".to_owned(), "raw".into());
    bound.body = Some(body);
    if arguments.contains_key("include_event") && arguments.contains_key("exclude_event") {
        problems.add("exclude_event", "cannot be given together with include_event");
    }
}

/// Returns the date so many days before one, as far as the calendar goes.
fn before(date: &str) -> String {
    let date: Date = date.parse().unwrap_or(Date::MIN);
    date.saturating_sub(Span::new().days(DAYS)).to_string()
}

pub(crate) fn feed(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let list = take_list(&mut answer, "events");
    let events = entries(&list).map(event).collect::<Result<Vec<_>, _>>()?;
    Ok(Value::Object(object([
        ("distinct_ids", given(arguments, "users")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("event_count", events.len().into()),
        ("events", events.into()),
        ("sentinel_event", take(&mut answer, "sentinel_event").unwrap_or_default()),
    ])))
}

fn event(entry: &Value) -> Result<Value, String> {
    let properties = entry.get("properties").filter(|properties| properties.is_object());
    let properties = properties.ok_or("an event without 'properties'")?;
    let time = properties.get("time").and_then(time_of).ok_or("an event whose 'time' is no number of seconds")?;
    let name = entry.get("event").cloned().unwrap_or_default();
    Ok(Value::Object(object([("event", name), ("time", time.into()), ("properties", properties.clone())])))
}

/// Returns Unix seconds as a time in UTC.
fn time_of(seconds: &Value) -> Option<String> {
    let micros = match seconds.as_i64() {
        Some(whole) => whole.checked_mul(1_000_000)?,
        None => (seconds.as_f64()? * 1e6).round() as i64,
    };
    let time = Timestamp::from_microsecond(micros).ok()?;
    let format = if micros % 1_000_000 == 0 { "%Y-%m-%dT%H:%M:%S+00:00" } else { "%Y-%m-%dT%H:%M:%S.%6f+00:00" };
    Some(time.strftime(format).to_string())
}

/// One row an event: its time, whose it is, and its properties.
pub(crate) fn rows(report: &Value) -> Vec<Fields> {
    let row = |event: &Value| {
        let properties = &event["properties"];
        let id = ["$distinct_id", "distinct_id"].iter().find_map(|name| properties.get(name)).cloned();
        let mut row = object([
            ("event", event["event"].clone()),
            ("time", event["time"].clone()),
            ("distinct_id", id.unwrap_or_default()),
        ]);
        for (name, value) in fields(properties).filter(|(name, _)| *name != "$distinct_id") {
            row.entry(name).or_insert_with(|| value.clone());
        }
        row
    };
    entries(&report["events"]).map(row).collect()
}

/// One row for each property of each event.
pub(crate) fn graph_rows(graph: &Value) -> Vec<Fields> {
    let density = |name: &Value| {
        let known = entries(&graph["properties"]).find(|property| property.get("name") == Some(name));
        known.and_then(|property| property.get("densityLocal")).cloned().unwrap_or_default()
    };
    let of_event = |(event, names): (&String, &Value)| {
        let row = |name: &Value| {
            object([("event", event.clone().into()), ("property", name.clone()), ("density_local", density(name))])
        };
        entries(names).map(row).collect::<Vec<_>>()
    };
    fields(&graph["event_to_properties"]).flat_map(of_event).collect()
}
