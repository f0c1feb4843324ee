//! What the query plane answers: invented, but always the same for the same question, in the shapes of Mixpanel.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::asking::{Asking, Refusal};
use super::data::{BOOKMARKS, COHORTS, EVENTS, PROPERTIES, mix_texts};
use super::query::Question;

type Answer = Result<Value, Refusal>;

const TYPES: [&str; 3] = ["general", "unique", "average"];
const UNITS: [&str; 5] = ["day", "hour", "week", "month", "minute"];
const COMPUTED: &str = "2025-01-08T10:30:00.252314+00:00";
const FUNNELS: [(u64, &str); 2] = [(2002, "Onboarding"), (2001, "Checkout")];
const STEPS: [&str; 3] = ["Sign Up", "Add to Cart", "Purchase"];

/// Returns a count that follows from its place.
pub(crate) fn count(question: &Question<'_>, place: &[&str]) -> u64 {
    mix_texts(&[place, &[&question.project.id.to_string()]].concat()) % 400
}

fn limit(asking: &mut Asking<'_>, default: u64) -> Result<usize, Refusal> {
    let limit = asking.number("limit", default, (1, 10_000))?;
    Ok(usize::try_from(limit).expect("at most ten thousand"))
}

/// Returns the beginnings of the units in the asked range.
fn dates(asking: &mut Asking<'_>) -> Result<Vec<String>, Refusal> {
    let unit = asking.choice("unit", &UNITS)?;
    let (from, to) = asking.range()?;
    Ok(beginnings(from, to, unit))
}

pub(crate) fn beginnings(from: Date, to: Date, unit: &str) -> Vec<String> {
    let mut dates = Vec::new();
    let begin = match unit {
        "week" => from.saturating_sub(i64::from(from.weekday().to_monday_zero_offset()).days()),
        "month" => from.first_of_month(),
        _ => from,
    };
    let step = match unit {
        "week" => 7.days(),
        "month" => 1.month(),
        _ => 1.day(),
    };
    for day in begin.series(step).take_while(|day| *day <= to) {
        match unit {
            "hour" => dates.extend((0..24).map(|hour| format!("{day} {hour:02}:00:00"))),
            "minute" => dates.extend((0..1440).map(|at| format!("{day} {:02}:{:02}:00", at / 60, at % 60))),
            _ => dates.push(day.to_string()),
        }
    }
    dates
}

/// Returns counts by segment and date.
fn series(question: &Question<'_>, segments: &[String], dates: &[String], about: &str) -> Value {
    let by_date = |segment: &String| {
        let row = dates.iter().map(|date| (date.clone(), json!(count(question, &[about, segment, date]))));
        (segment.clone(), Value::Object(row.collect()))
    };
    let values: Map<_, _> = segments.iter().map(by_date).collect();
    json!({"data": {"series": dates, "values": values}, "legend_size": segments.len(), "computed_at": COMPUTED})
}

/// Refuses an event that was never tracked.
fn known(event: &str) -> Result<(), Refusal> {
    let is_known = EVENTS.contains(&event);
    if is_known { Ok(()) } else { Err(Refusal::new(400, format!("event {event} does not exist"))) }
}

pub(crate) fn samples(property: &str) -> Vec<&'static str> {
    PROPERTIES.iter().find(|(name, ..)| *name == property).map_or_else(Vec::new, |(.., values)| values.to_vec())
}

pub(crate) fn names(_: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    asking.choice("type", &TYPES)?;
    let limit = limit(asking, 255)?;
    Ok(json!(&EVENTS[..limit.min(EVENTS.len())]))
}

pub(crate) fn properties(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let event = asking.required("event")?;
    known(event)?;
    let limit = limit(asking, 10)?;
    let rows = PROPERTIES.iter().take(limit);
    let rows = rows.map(|(name, ..)| ((*name).to_owned(), json!({"count": count(question, &[event, name])})));
    Ok(Value::Object(rows.collect()))
}

pub(crate) fn values(_: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let limit = limit(asking, 255)?;
    let mut values = samples(asking.required("name")?);
    if asking.optional("event").is_some_and(|event| known(event).is_err()) {
        values.clear();
    }
    values.truncate(limit);
    Ok(json!(values))
}

pub(crate) fn funnel_list(_: &Question<'_>, _: &mut Asking<'_>) -> Answer {
    Ok(FUNNELS.iter().map(|(id, name)| json!({"funnel_id": id, "name": name})).collect())
}

pub(crate) fn cohorts(question: &Question<'_>, _: &mut Asking<'_>) -> Answer {
    let row = |(id, name, description, is_visible): &(u64, &str, &str, u64)| {
        json!({
            "id": id, "name": name, "count": count(question, &[name]), "description": description,
            "created": "2024-12-01 10:00:00", "is_visible": is_visible, "data_group_id": null,
            "project_id": question.project.id,
        })
    };
    Ok(COHORTS.iter().map(row).collect())
}

pub(crate) fn top(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let kind = asking.choice("type", &TYPES)?;
    let limit = limit(asking, 100)?;
    let row = |event: &&str| {
        let change = json!((count(question, &[event, "change"]) as f64 - 200.0) / 400.0);
        json!({"event": event, "amount": count(question, &[event, kind]), "percent_change": change})
    };
    Ok(json!({"events": EVENTS.iter().take(limit).map(row).collect::<Vec<_>>(), "type": kind}))
}

pub(crate) fn definitions(_: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let with_properties = asking.choice("fetch_per_event_properties", &["false", "true"])? == "true";
    let row = |(at, event): (usize, &&str)| {
        let names = PROPERTIES.iter().enumerate().filter(|(number, _)| (number + at) % 2 == 0);
        let names: Vec<_> = names.map(|(_, (name, ..))| json!({"name": name})).collect();
        if with_properties { json!({"name": event, "properties": names}) } else { json!({"name": event}) }
    };
    Ok(json!({"status": "ok", "results": EVENTS.iter().enumerate().map(row).collect::<Vec<_>>()}))
}

pub(crate) fn segmentation(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    asking.choice("type", &TYPES)?;
    let (event, dates) = (asking.required("event")?, dates(asking)?);
    let limit = limit(asking, 60)?;
    let segments = match asking.optional("on") {
        None => vec![event.to_owned()],
        Some(on) => segments_of(on).into_iter().take(limit).collect(),
    };
    Ok(series(question, &segments, &dates, event))
}

/// Returns the values of the property that an expression names first.
fn segments_of(on: &str) -> Vec<String> {
    let name = on.split('"').nth(1).unwrap_or(on);
    let values = samples(name);
    if values.is_empty() { vec!["undefined".to_owned()] } else { values.iter().map(ToString::to_string).collect() }
}

pub(crate) fn numeric(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    asking.choice("type", &TYPES)?;
    let (event, dates) = (asking.required("event")?, dates(asking)?);
    let buckets: Vec<String> = (0..4).map(|at| format!("{} - {}", at * 25, at * 25 + 25)).collect();
    Ok(series(question, &buckets, &dates, event))
}

/// Returns an amount for each date.
fn amounts(question: &Question<'_>, asking: &mut Asking<'_>, about: &str) -> Result<Map<String, Value>, Refusal> {
    let (event, on, dates) = (asking.required("event")?, asking.required("on")?, dates(asking)?);
    let row = |date: String| {
        let amount = json!(count(question, &[about, event, on, &date]) as f64 + 0.5);
        (date, amount)
    };
    Ok(dates.into_iter().map(row).collect())
}

pub(crate) fn sum(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    Ok(json!({"status": "ok", "computed_at": COMPUTED, "results": amounts(question, asking, "sum")?}))
}

pub(crate) fn average(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    Ok(json!({"status": "ok", "results": amounts(question, asking, "average")?}))
}

pub(crate) fn funnel(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let id = asking.number("funnel_id", 0, (0, u64::MAX))?;
    let is_known = FUNNELS.iter().any(|(known, _)| *known == id) || BOOKMARKS.iter().any(|(known, ..)| *known == id);
    if !is_known {
        return Err(Refusal::new(400, format!("funnel {id} does not exist")));
    }
    limit(asking, 255)?;
    asking.number("length", 14, (1, 90))?;
    asking.choice("length_unit", &["day", "hour", "minute", "second"])?;
    let (from, to) = asking.range()?;
    let dates = beginnings(from, to, asking.optional("unit").unwrap_or("day"));
    let on = asking.optional("on").map(segments_of);
    let block = |date: &String| {
        let steps = |segment: &str| funnel_steps(question, &[&id.to_string(), segment, date]);
        match &on {
            None => json!({"steps": steps(""), "analysis": {"completion": count(question, &[date])}}),
            Some(segments) => {
                let rows = segments.iter().map(String::as_str).chain(["$overall"]);
                Value::Object(rows.map(|segment| (segment.to_owned(), json!(steps(segment)))).collect())
            }
        }
    };
    let data: Map<_, _> = dates.iter().map(|date| (date.clone(), block(date))).collect();
    Ok(json!({"meta": {"dates": dates}, "data": data}))
}

/// Returns steps of which each has half of those of the one before.
fn funnel_steps(question: &Question<'_>, place: &[&str]) -> Vec<Value> {
    let first = count(question, place) + 8;
    let step = |(at, name): (u32, &&str)| {
        let (now, before) = (first >> at, first >> at.saturating_sub(1));
        let (step, overall) = (now as f64 / before as f64, now as f64 / first as f64);
        json!({"count": now, "goal": name, "event": name, "step_conv_ratio": step, "overall_conv_ratio": overall})
    };
    (0..).zip(&STEPS).map(step).collect()
}

pub(crate) fn retention(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let (place, dates) = match asking.optional("bookmark_id") {
        Some(id) => {
            bookmark(id)?;
            (id.to_owned(), vec!["2025-01-01".to_owned(), "2025-01-02".to_owned()])
        }
        None => {
            let kind = asking.choice("retention_type", &["birth", "compounded"])?;
            let (born, back) = (asking.optional("born_event").unwrap_or_default(), asking.optional("event"));
            if kind == "birth" && born.is_empty() {
                return Err(asking.fault(400, "Missing required parameter: born_event"));
            }
            asking.number("interval", 1, (1, 90))?;
            (format!("{born}/{}", back.unwrap_or_default()), dates(asking)?)
        }
    };
    let intervals = asking.number("interval_count", 1, (1, 90))?;
    let cohort = |date: &String| {
        let first = count(question, &[&place, date]);
        let counts: Vec<u64> = (0..=intervals).map(|at| first / (at + 1)).collect();
        (date.clone(), json!({"counts": counts, "first": first}))
    };
    Ok(Value::Object(dates.iter().map(cohort).collect()))
}

pub(crate) fn addiction(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let unit = asking.choice("unit", &["day", "week", "month"])?;
    let buckets = match (asking.choice("addiction_unit", &["hour", "day"])?, unit) {
        ("hour", "day") => 24,
        (_, "week") => 7,
        _ => 31,
    };
    let (event, dates) = (asking.optional("event").unwrap_or_default(), dates(asking)?);
    let row = |date: &String| {
        let first = count(question, &[event, date]);
        (date.clone(), json!((1..=buckets).map(|at| first / at).collect::<Vec<u64>>()))
    };
    Ok(json!({"data": dates.iter().map(row).collect::<Map<_, _>>()}))
}

pub(crate) fn counts(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    asking.choice("type", &TYPES)?;
    let (events, dates) = (asking.texts("event")?.unwrap_or_default(), dates(asking)?);
    Ok(series(question, &events, &dates, "events"))
}

pub(crate) fn value_counts(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    asking.choice("type", &TYPES)?;
    let (event, name, dates) = (asking.required("event")?, asking.required("name")?, dates(asking)?);
    let (values, limit) = (asking.texts("values")?, limit(asking, 255)?);
    let values = values.unwrap_or_else(|| segments_of(name).into_iter().take(limit).collect());
    Ok(series(question, &values, &dates, event))
}

/// Finds a report by the text of its id.
fn bookmark(id: &str) -> Result<&'static str, Refusal> {
    let known = BOOKMARKS.iter().find(|(known, ..)| known.to_string() == id);
    known.map(|(_, kind, _)| *kind).ok_or_else(|| Refusal::new(404, format!("bookmark {id} does not exist")))
}

pub(crate) fn insights(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let kind = asking.optional("bookmark_id").map_or(Ok("insights"), bookmark)?;
    let header = if kind == "insights" { "$metric".to_owned() } else { format!("${}", kind.trim_end_matches('s')) };
    let row = |day: i8| {
        let date = format!("2025-01-{day:02}T00:00:00-08:00");
        let count = json!(count(question, &[kind, &date]));
        (date, count)
    };
    Ok(json!({
        "computed_at": COMPUTED,
        "date_range": {"from_date": "2025-01-01T00:00:00-08:00", "to_date": "2025-01-07T23:59:59-08:00"},
        "meta": {"min_sampling_factor": 1},
        "headers": [header],
        "series": {"Sign Up - Total": (1..=7).map(row).collect::<Map<_, _>>()},
    }))
}

pub(crate) fn flows(_: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    const KINDS: [&str; 3] = ["flows_sankey", "flows_top_paths", "flows"];
    asking.optional("bookmark_id").map_or(Ok("flows"), bookmark)?;
    asking.choice("query_type", &KINDS)?;
    // Mixpanel sends these counts as texts.
    Ok(json!({
        "computed_at": "2025-01-08T10:30:00+00:00",
        "metadata": {"sampled": false},
        "steps": [
            {"nodes": [{
                "event": "Sign Up", "type": "ANCHOR", "totalCount": "100",
                "edges": [{"event": "Purchase", "step": 1, "totalCount": "40"}],
            }]},
            {"nodes": [{"event": "Purchase", "totalCount": "40", "edges": []}]},
        ],
        "breakdowns": [],
        "overallConversionRate": 0.4,
    }))
}

pub(crate) fn activity(question: &Question<'_>, asking: &mut Asking<'_>) -> Answer {
    let body = &question.body;
    let workspace = body["workspace_id"].as_u64();
    let Some(workspace) = workspace else { return Err(asking.fault(400, "workspace_id must be a number")) };
    if !question.project.workspaces.iter().any(|one| one.id == workspace) {
        return Err(Refusal::new(403, "You do not have permission to access this workspace"));
    }
    if !body["bookmark"]["dateRange"]["type"].is_string() || body["mode"] != "raw" {
        return Err(asking.fault(400, "bookmark must have a dateRange, and mode must be raw"));
    }
    let Ok(users) = serde_json::from_value::<Vec<String>>(body["distinct_ids"].clone()) else {
        return Err(asking.fault(400, "distinct_ids must be an array of strings"));
    };
    let events = users.iter().flat_map(|user| (0..3).map(move |at| stream_event(user, at)));
    let all: Vec<Value> = events.filter(|event| is_wanted(body, &event["event"])).collect();
    let last = &body["sentinel_event"]["properties"]["$insert_id"];
    let start = all.iter().position(|event| event["properties"]["$insert_id"] == *last).map_or(0, |at| at + 1);
    let limit = body["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(all.len());
    let page = &all[start..all.len().min(start.saturating_add(limit))];
    let sentinel = page.last().filter(|_| start + page.len() < all.len());
    Ok(json!({"status": "ok", "results": {"events": page, "sentinel_event": sentinel}}))
}

fn is_wanted(body: &Value, event: &Value) -> bool {
    let has = |name: &str| body[name].as_array().map(|events| events.contains(event));
    has("include_events").unwrap_or(true) && !has("exclude_events").unwrap_or(false)
}

fn stream_event(user: &str, at: usize) -> Value {
    let time = 1_736_935_200 + 60 * at;
    json!({"event": EVENTS[at * 2], "properties": {
        "time": time, "$distinct_id": user, "plan": "pro", "$insert_id": format!("{user}-{at}"),
    }})
}
