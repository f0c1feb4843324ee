//! What of an answer is drawn: time series and retention as lines, funnels and totals as bars.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use super::model::{Along, Bar, Kind, Picture, Series};
use crate::ask::figures::percent;
use crate::ask::rows::Rows;

/// Columns that are numbers about a row, or say of what kind it is; what else there is names the row.
const ABOUT: [&str; 17] = [
    "count",
    "value",
    "rate",
    "total_count",
    "drop_off_count",
    "converted_count",
    "type",
    "anchor_type",
    "is_custom_event",
    "conversion_rate_change",
    "step_conv_ratio",
    "overall_conv_ratio",
    "avg_time",
    "avg_time_from_start",
    "date",
    "path",
    "step_number",
];

/// Returns what is drawn of an answer of a family; none when no number is in it.
pub(in crate::ask) fn picture(family: &str, answer: &Value, rows: &Rows<'_>) -> Option<Picture> {
    let kind = match family {
        "retention" => retention(answer, rows),
        "funnel" if !rows.has("date") => steps(rows),
        "users" => numbers(rows),
        "flow" => bars(rows, if rows.has("total_count") { "total_count" } else { "count" }),
        _ if rows.has("date") => {
            over_time(rows, if rows.has("count") && family == "insights" { "count" } else { "overall_conv_ratio" })
        }
        _ => bars(rows, "count"),
    };
    let is_percent = family == "retention" || (family == "funnel" && rows.has("date"));
    let is_empty = match &kind {
        Kind::Lines(_, series) => series.iter().flat_map(|series| &series.numbers).all(Option::is_none),
        Kind::Bars(bars) => bars.is_empty(),
    };
    (!is_empty).then(|| Picture { title: title(family, answer), kind, is_percent })
}

/// Returns what a chart is about: the family, and the days.
fn title(family: &str, answer: &Value) -> String {
    let day = |name: &str| {
        let text = answer.pointer(name).and_then(Value::as_str)?;
        Some(text.get(..10).unwrap_or(text).to_owned())
    };
    let every = answer.pointer("/params/sections/show/0/behavior/retentionUnit").and_then(Value::as_str);
    let what = match (family, every) {
        ("retention", Some(unit)) => format!("retention by {unit}"),
        _ => family.to_owned(),
    };
    match (day("/result/from_date"), day("/result/to_date")) {
        (Some(from), Some(to)) if !from.is_empty() && !to.is_empty() => format!("{what}, {from} to {to}"),
        _ => what,
    }
}

fn number(row: &Map<String, Value>, column: &str) -> Option<f64> {
    row.get(column).and_then(Value::as_f64).filter(|number| number.is_finite())
}

/// Returns a row's name: what stands in the columns that are not numbers about it.
fn name(rows: &Rows<'_>, row: &Map<String, Value>) -> String {
    let text = |column: &&str| match row.get(*column)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    rows.columns.iter().filter(|column| !ABOUT.contains(column)).filter_map(text).collect::<Vec<_>>().join(" · ")
}

/// Returns a line for each name, over the days.
fn over_time(rows: &Rows<'_>, column: &str) -> Kind {
    let dated = rows.rows.iter().filter_map(|row| Some((row.get("date")?.as_str()?, row)));
    let dated: Vec<_> = dated.collect();
    let mut days: Vec<&str> = dated.iter().map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let mut series: Vec<Series> = Vec::new();
    for (day, row) in dated {
        let name = name(rows, row);
        let at = series.iter().position(|series| series.name == name).unwrap_or_else(|| {
            series.push(Series { name, numbers: vec![None; days.len()] });
            series.len() - 1
        });
        let place = days.binary_search(&day).expect("it is one of them");
        series[at].numbers[place] = number(row, column);
    }
    let all_midnight = days.iter().all(|day| day.ends_with("T00:00:00") || day.len() == 10);
    Kind::Lines(days.iter().map(|day| along(day, all_midnight)).collect(), series)
}

fn along(day: &str, all_midnight: bool) -> Along {
    let time = day.parse::<DateTime>().ok().or_else(|| day.parse::<Date>().ok().map(Date::into));
    let label = match time {
        Some(time) if all_midnight => time.date().to_string(),
        Some(time) => time.strftime("%m-%d %H:%M").to_string(),
        None => day.to_owned(),
    };
    Along { label, time }
}

/// Returns a bar for each row.
fn bars(rows: &Rows<'_>, column: &str) -> Kind {
    let bar = |row: &&Map<String, Value>| {
        let depth = row.get("depth").and_then(Value::as_u64).unwrap_or(0).min(10) as usize;
        let label = match row.get("event").and_then(Value::as_str).filter(|_| rows.has("depth")) {
            Some(event) => format!("{}{event}", "  ".repeat(depth)),
            None => name(rows, row),
        };
        Some(Bar { label, number: number(row, column)?, note: String::new() })
    };
    Kind::Bars(rows.rows.iter().filter_map(bar).collect())
}

/// Returns a bar for each step of a funnel, with how many of all and of the step before come so far.
fn steps(rows: &Rows<'_>) -> Kind {
    let bar = |(at, row): (usize, &&Map<String, Value>)| {
        let text = row.get("event").and_then(Value::as_str).unwrap_or_default();
        let part = |column| number(row, column).map(percent).unwrap_or_default();
        let before = if at == 0 { String::new() } else { format!("  {} of the step before", part("step_conv_ratio")) };
        let note = format!("{:>6}{before}", part("overall_conv_ratio"));
        let label = format!("{} {text}", row.get("step").cloned().unwrap_or_default());
        Some(Bar { label, number: number(row, "count")?, note })
    };
    Kind::Bars(rows.rows.iter().enumerate().filter_map(bar).collect())
}

/// Returns the curve of all users and those of the segments; where there is none, a curve for each cohort.
fn retention(answer: &Value, rows: &Rows<'_>) -> Kind {
    let rates = |of: &Value| -> Vec<Option<f64>> {
        of.get("rates").and_then(Value::as_array).into_iter().flatten().map(Value::as_f64).collect()
    };
    let mut series = Vec::new();
    let mut add = |name: &str, numbers: Vec<Option<f64>>| {
        if !numbers.is_empty() {
            series.push(Series { name: name.to_owned(), numbers });
        }
    };
    if let Some(average) = answer.pointer("/result/average") {
        add("average", rates(average));
    }
    let segments = answer.pointer("/result/segment_averages").and_then(Value::as_object);
    segments.into_iter().flatten().for_each(|(name, average)| add(name, rates(average)));
    if series.is_empty() {
        series = cohorts(rows);
    }
    let length = series.iter().map(|series| series.numbers.len()).max().unwrap_or(0);
    series.iter_mut().for_each(|series| series.numbers.resize(length, None));
    Kind::Lines((0..length).map(|at| Along { label: at.to_string(), time: None }).collect(), series)
}

fn cohorts(rows: &Rows<'_>) -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    for row in &rows.rows {
        let text = |column: &str| row.get(column).and_then(Value::as_str);
        let name = [text("segment"), text("cohort_date")].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        match series.last_mut().filter(|series| series.name == name) {
            Some(series) => series.numbers.push(number(row, "rate")),
            None => series.push(Series { name, numbers: vec![number(row, "rate")] }),
        }
    }
    series
}

/// Returns a bar for each number of users: `value`, or each member that is a number.
fn numbers(rows: &Rows<'_>) -> Kind {
    if rows.has("distinct_id") {
        return Kind::Bars(Vec::new());
    }
    let mut bars = Vec::new();
    for row in &rows.rows {
        let text = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default();
        let head = if rows.has("segment") { text("segment") } else { text("metric") };
        for column in rows.columns.iter().filter(|column| !["metric", "segment"].contains(*column)) {
            let label = if *column == "value" { head.to_owned() } else { format!("{head} {column}") };
            bars.extend(number(row, column).map(|number| Bar { label, number, note: String::new() }));
        }
    }
    Kind::Bars(bars)
}
