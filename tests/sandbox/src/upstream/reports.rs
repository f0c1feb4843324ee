//! What reports answer that are asked for by their parameters: numbers that follow from the question and from nothing else. Whatever
//! Mixpanel would not understand of the parameters is refused.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::answers::{beginnings, count, samples};
use super::asking::{Asking, Refusal};
use super::data::EVENTS;
use super::query::Question;

type Answer = Result<Value, Refusal>;

/// The last day of what is asked for relative to today: the numbers never change.
const TODAY: Date = Date::constant(2025, 1, 31);

const COMPUTED: &str = "2025-01-31T10:30:00.252314+00:00";
const OVERALL: &str = "$overall";
const CHARTS: [&str; 6] = ["line", "bar", "table", "column", "funnel-steps", "retention-curve"];
const BEHAVIORS: [&str; 6] = ["event", "custom-event", "simple", "cohort", "funnel", "retention"];

/// Ends that a range may have, in days.
const LONGEST: i64 = 3650;

/// A report: its parameters, and what they say of days and segments.
struct Report<'a> {
    question: &'a Question<'a>,
    sections: &'a Value,
    range: (Date, Date),
    unit: &'a str,
    /// Whether its numbers are of days.
    is_dated: bool,
    /// The segments of each breakdown.
    groups: Vec<Vec<String>>,
    headers: Vec<Value>,
    limit: usize,
}

/// Answers to the parameters of insights, of a funnel or of retention.
pub(crate) fn insights(question: &Question<'_>, _: &mut Asking<'_>) -> Answer {
    let bookmark = &question.body["bookmark"];
    let sections = &bookmark["sections"];
    if !sections.is_object() {
        return Err(wrong("bookmark.sections must be an object"));
    }
    let show = list(&sections["show"]);
    let kinds = show.iter().map(|clause| kind(clause)).collect::<Result<Vec<_>, _>>()?;
    let report = Report::of(question, bookmark)?;
    let (header, series) = match kinds.first() {
        Some(&"funnel") if kinds.len() == 1 => ("$funnel", report.funnel(&show[0]["behavior"])?),
        Some(&"retention") if kinds.len() == 1 => ("$retention", report.retention(&show[0]["behavior"])?),
        _ => ("$metric", report.metrics(show)),
    };
    let headers: Vec<Value> = std::iter::once(header.into()).chain(report.headers.iter().cloned()).collect();
    let segments: usize = report.groups.iter().map(|group| group.len() + 1).product();
    let day = |day: Date, time: &str| format!("{day}T{time}-08:00");
    Ok(json!({
        "computed_at": COMPUTED,
        "date_range": {"from_date": day(report.range.0, "00:00:00"), "to_date": day(report.range.1, "23:59:59")},
        "meta": {"min_sampling_factor": 1, "is_segmentation_limit_hit": segments > report.limit},
        "headers": headers,
        "series": series,
    }))
}

fn wrong(text: impl Into<String>) -> Refusal {
    Refusal::new(400, text)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Returns what a clause shows.
fn kind(clause: &Value) -> Result<&'static str, Refusal> {
    if clause["type"] == "formula" {
        let has_text = clause["definition"].as_str().is_some_and(|text| !text.is_empty());
        return if has_text { Ok("formula") } else { Err(wrong("a formula must have a definition")) };
    }
    // One that is saved is known by its id alone.
    if clause.get("behavior").is_none() && clause["id"].is_u64() {
        return Ok("saved");
    }
    if !clause["measurement"].is_object() {
        return Err(wrong("a metric must have a measurement"));
    }
    let given = clause["behavior"]["type"].as_str().unwrap_or_default();
    let known = BEHAVIORS.iter().find(|known| **known == given);
    known.copied().ok_or_else(|| wrong(format!("unknown type of a behavior '{given}'")))
}

impl<'a> Report<'a> {
    fn of(question: &'a Question<'a>, bookmark: &'a Value) -> Result<Self, Refusal> {
        let sections = &bookmark["sections"];
        let time = &sections["time"][0];
        let unit = time["unit"].as_str().unwrap_or("day");
        let chart = bookmark["displayOptions"]["chartType"].as_str().unwrap_or("line");
        if !CHARTS.contains(&chart) {
            return Err(wrong(format!("unknown chartType '{chart}'")));
        }
        let groups = list(&sections["group"]);
        Ok(Self {
            question,
            sections,
            range: range(time)?,
            unit,
            is_dated: ["line", "column"].contains(&chart),
            groups: groups.iter().map(segments).collect(),
            headers: groups.iter().map(|group| group["value"].clone()).collect(),
            limit: question.body["queryLimits"]["limit"]
                .as_u64()
                .and_then(|limit| limit.try_into().ok())
                .unwrap_or(3000),
        })
    }

    /// Returns a number; a filter makes another one.
    fn number(&self, place: &[&str]) -> u64 {
        let filter = self.sections["filter"].to_string();
        count(self.question, &[place, &[&filter]].concat())
    }

    /// Returns the times of the range, as the query plane writes them.
    fn times(&self) -> Vec<String> {
        let zoned = |time: &str| match time.split_once(' ') {
            Some((day, time)) => format!("{day}T{time}-08:00"),
            None => format!("{time}T00:00:00-08:00"),
        };
        let unit = if self.unit == "quarter" { "month" } else { self.unit };
        beginnings(self.range.0, self.range.1, unit).iter().map(|time| zoned(time)).collect()
    }

    /// Returns a number for each day, or one of all.
    fn numbers(&self, make: impl Fn(&str) -> Value) -> Value {
        if !self.is_dated {
            return json!({"all": make("all")});
        }
        Value::Object(self.times().into_iter().map(|time| (time.clone(), make(&time))).collect())
    }

    /// Returns what is made for each segment, as deep as there are breakdowns; the whole stands beside them.
    fn split(&self, path: &mut Vec<String>, make: &impl Fn(&[String]) -> Value) -> Value {
        let Some(group) = self.groups.get(path.len()) else { return make(path) };
        let mut parts = Map::new();
        for segment in std::iter::once(OVERALL).chain(group.iter().map(String::as_str).take(self.limit)) {
            path.push(segment.to_owned());
            // The whole is not split again.
            let part = if segment == OVERALL { make(path) } else { self.split(path, make) };
            path.pop();
            parts.insert(segment.to_owned(), part);
        }
        Value::Object(parts)
    }

    fn metrics(&self, show: &[Value]) -> Value {
        let mut series = Map::new();
        for clause in show.iter().filter(|clause| clause["isHidden"] != true) {
            let name = name(clause);
            let made = self.split(&mut Vec::new(), &|path| {
                self.numbers(|time| json!(self.number(&[&name, &path.join("/"), time])))
            });
            series.insert(name, made);
        }
        if show.is_empty() {
            series.insert("Sign Up - Total".to_owned(), self.numbers(|time| json!(self.number(&["", time]))));
        }
        Value::Object(series)
    }

    fn funnel(&self, behavior: &Value) -> Answer {
        let names: Vec<String> = match list(&behavior["behaviors"]) {
            [] if behavior["id"].is_u64() => vec!["Sign Up".to_owned(), "Purchase".to_owned()],
            [_, _, ..] if behavior["conversionWindowDuration"].is_u64() => {
                list(&behavior["behaviors"]).iter().map(behavior_name).collect()
            }
            _ => return Err(wrong("a funnel must have two behaviors and a conversion window")),
        };
        let whole = format!("{} to {}", names[0], names[names.len() - 1]);
        let part = |path: &[String]| {
            let first = |time: &str| self.number(&[&whole, &path.join("/"), time]) + 8;
            // Each step has half of those of the one before.
            let of = |make: &dyn Fn(usize, u64) -> Value| -> Value {
                let step = |(at, name): (usize, &String)| {
                    (format!("{}. {name}", at + 1), self.numbers(|time| make(at, first(time))))
                };
                Value::Object(names.iter().enumerate().map(step).collect())
            };
            let part_of = |all: u64, at: usize| if all == 0 { 0.0 } else { (all >> at.min(63)) as f64 / all as f64 };
            json!({
                "count": of(&|at, all| json!(all >> at.min(63))),
                "step_conv_ratio": of(&|at, all| json!(if at == 0 { 1.0 } else { part_of(all, at) / part_of(all, at - 1).max(0.001) })),
                "overall_conv_ratio": of(&|at, all| json!(part_of(all, at))),
                "avg_time": of(&|at, _| if at == 0 { Value::Null } else { json!(3600 * at) }),
                "avg_time_from_start": of(&|at, _| if at == 0 { Value::Null } else { json!(1800 * at * (at + 1)) }),
            })
        };
        let parts =
            if self.groups.is_empty() { json!({OVERALL: part(&[])}) } else { self.split(&mut Vec::new(), &part) };
        Ok(json!({whole.as_str(): parts}))
    }

    fn retention(&self, behavior: &Value) -> Answer {
        let names: Vec<String> = list(&behavior["behaviors"]).iter().map(behavior_name).collect();
        if names.len() != 2 && !behavior["id"].is_u64() {
            return Err(wrong("retention must have two behaviors"));
        }
        let unit = behavior["retentionUnit"].as_str().unwrap_or("week");
        let buckets = list(&behavior["retentionCustomBucketSizes"]).len().max(4);
        let cohorts = |path: &[String]| {
            let cohort = |first: u64| {
                let counts: Vec<u64> = (0..=buckets as u64).map(|at| first / (at + 1)).collect();
                let rates: Vec<f64> = counts.iter().map(|count| *count as f64 / first as f64).collect();
                json!({"first": first, "counts": counts, "rates": rates})
            };
            let days = beginnings(self.range.0, self.range.1, unit);
            let of_day = |day: &String| {
                let first = self.number(&[&names.join("/"), &path.join("/"), day]) + 1;
                (format!("{day}T00:00:00-08:00"), cohort(first))
            };
            let mut cohorts: Map<String, Value> = days.iter().map(of_day).collect();
            cohorts.insert("$average".to_owned(), cohort(self.number(&[&names.join("/"), &path.join("/")]) + 1));
            Value::Object(cohorts)
        };
        let named = if names.is_empty() { "Retention".to_owned() } else { names.join(" and then ") };
        Ok(json!({named.as_str(): self.split(&mut Vec::new(), &cohorts)}))
    }
}

/// Returns the days of a time section.
fn range(time: &Value) -> Result<(Date, Date), Refusal> {
    let date = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.parse::<Date>().map_err(|_| wrong(format!("'{text}' is not a date of the form YYYY-MM-DD")))
    };
    match time["dateRangeType"].as_str() {
        None if time.is_null() => Ok((TODAY.saturating_sub(29.days()), TODAY)),
        Some("between") => {
            let (from, to) = (date(&time["value"][0])?, date(&time["value"][1])?);
            if from > to { Err(wrong("the range ends before it begins")) } else { Ok((from, to)) }
        }
        Some("in the last") => {
            let days = time["window"]["value"].as_i64().filter(|days| (1..=LONGEST).contains(days));
            let days = days.filter(|_| time["window"]["unit"] == "day");
            let days = days.ok_or_else(|| wrong("a window must have a number of days"))?;
            Ok((TODAY.saturating_sub((days - 1).days()), TODAY))
        }
        other => Err(wrong(format!("unknown dateRangeType {other:?}"))),
    }
}

/// Returns the segments of a breakdown: the values of a property, the labels of a cohort, or buckets of numbers.
fn segments(group: &Value) -> Vec<String> {
    if let Some(labels) = group["value"].as_array() {
        return labels.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if let Some(bucket) = group.get("customBucket") {
        let number = |name: &str| bucket[name].as_i64().unwrap_or(0);
        let size = number("bucketSize").max(1);
        let starts = (0..20).map(|at| number("min") + at * size).take_while(|start| *start < number("max"));
        return starts.map(|start| format!("{start} - {}", start + size)).collect();
    }
    let values = group["value"].as_str().map(samples).unwrap_or_default();
    if values.is_empty() { vec!["undefined".to_owned()] } else { values.iter().map(ToString::to_string).collect() }
}

fn behavior_name(behavior: &Value) -> String {
    let named = ["renamed", "name"].iter().find_map(|key| behavior[*key].as_str());
    named.map_or_else(|| format!("${}", behavior["id"]), str::to_owned)
}

/// Returns the name of a metric: that of its event with how it is measured, or its own.
fn name(clause: &Value) -> String {
    let own = [&clause["name"], &clause["overrides"]["name"], &clause["definition"]];
    if let Some(own) = own.into_iter().find_map(Value::as_str) {
        return own.to_owned();
    }
    if clause.get("behavior").is_none() {
        return format!("Metric {}", clause["id"]);
    }
    let math = clause["measurement"]["math"].as_str().unwrap_or("total");
    let mut letters = math.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let math: String =
        first.into_iter().chain(letters.map(|letter| if letter == '_' { ' ' } else { letter })).collect();
    format!("{} - {math}", behavior_name(&clause["behavior"]))
}

/// What those who ask for flows may want.
const FLOWS: [&str; 3] = ["flows_sankey", "flows_top_paths", "flows"];

/// Answers to the parameters of flows. Counts are texts there.
pub(crate) fn flows(question: &Question<'_>, _: &mut Asking<'_>) -> Answer {
    let (bookmark, kind) = (&question.body["bookmark"], &question.body["query_type"]);
    let Some(kind) = kind.as_str().filter(|kind| FLOWS.contains(kind)) else {
        return Err(wrong(format!("unknown query_type {kind}")));
    };
    let anchor = &bookmark["steps"][0];
    let start = anchor["event"].as_str().unwrap_or("Sign Up");
    let steps = |name: &str, default: u64| anchor[name].as_u64().unwrap_or(default).min(5) as usize;
    let (forward, reverse) = (steps("forward", 2), steps("reverse", 0));
    let width = bookmark["cardinality_threshold"].as_u64().unwrap_or(3).clamp(1, 5) as usize;
    let others: Vec<&str> = EVENTS.iter().copied().filter(|event| *event != start).take(width).collect();
    let first = count(question, &[start, "flow"]) + 100;
    let of = |event: &str, depth: usize| (first >> (depth + 1)) / (1 + count(question, &[event]) % 3);
    let mut answer = json!({
        "computed_at": COMPUTED, "metadata": {"sampled": false}, "steps": [], "flows": [], "breakdowns": [],
        "overallConversionRate": 0.4,
    });
    match kind {
        "flows_top_paths" => {
            let step = |event: &str, kind: &str, count: u64| json!({"event": event, "type": kind, "totalCount": count.to_string()});
            let path = |event: &&str| {
                let rest = (0..forward).map(|depth| step(event, "FORWARD", of(event, depth)));
                json!({"flowSteps": std::iter::once(step(start, "ANCHOR", first)).chain(rest).collect::<Vec<_>>()})
            };
            answer["flows"] = others.iter().map(path).collect();
        }
        "flows" => {
            answer["trees"] = json!([{"root": tree(start, first, (&others, forward, 0), &of)}]);
        }
        _ => answer["steps"] = sankey(start, first, &others, (forward, reverse), &of),
    }
    Ok(answer)
}

/// Returns the nodes of steps: those before the anchor, the anchor, and those after it. Whoever goes nowhere leaves.
fn sankey(
    start: &str,
    first: u64,
    others: &[&str],
    (forward, reverse): (usize, usize),
    of: &impl Fn(&str, usize) -> u64,
) -> Value {
    let edges = |depth: usize, step: usize, all: u64| {
        let mut edges: Vec<Value> = others
            .iter()
            .map(|event| json!({"event": event, "type": "FORWARD", "step": step, "totalCount": of(event, depth).to_string()}))
            .collect();
        let gone: u64 = others.iter().map(|event| of(event, depth)).sum();
        edges.push(json!({"event": "DROPOFF", "type": "DROPOFF", "totalCount": all.saturating_sub(gone).to_string()}));
        edges
    };
    let nodes = |kind: &str, depth: usize| -> Vec<Value> {
        let node = |event: &&str| json!({"event": event, "type": kind, "totalCount": of(event, depth).to_string(), "edges": []});
        others.iter().map(node).collect()
    };
    let before = (0..reverse).rev().map(|depth| json!({"nodes": nodes("REVERSE", depth)}));
    let leaving = if forward == 0 { Vec::new() } else { edges(0, reverse + 1, first) };
    let anchor = json!({"nodes": [{"event": start, "type": "ANCHOR", "anchorType": "NORMAL", "totalCount": first.to_string(), "edges": leaving}]});
    let after = (0..forward).map(|depth| json!({"nodes": nodes("FORWARD", depth)}));
    before.chain([anchor]).chain(after).collect()
}

fn tree(
    event: &str,
    all: u64,
    (others, forward, depth): (&[&str], usize, usize),
    of: &impl Fn(&str, usize) -> u64,
) -> Value {
    let inner = if depth < forward { others.get(..2.min(others.len())).unwrap_or_default() } else { &[] };
    let children: Vec<Value> =
        inner.iter().map(|next| tree(next, of(next, depth), (others, forward, depth + 1), of)).collect();
    let converted: u64 = inner.iter().map(|next| of(next, depth)).sum();
    let kind = if depth == 0 { "ANCHOR" } else { "FORWARD" };
    json!({
        "step": {"event": event, "type": kind, "stepNumber": depth, "anchorType": "NORMAL"},
        "totalCount": all.to_string(), "convertedTotalCount": converted.min(all).to_string(),
        "dropOffTotalCount": all.saturating_sub(converted).to_string(), "children": children,
    })
}
