//! Insights: metrics over time or in total, split as deep as they were grouped.

use serde_json::{Map, Value, json};

use super::answer::{OVERALL, Read, entries, fields, head, series, taken};
use super::table::Table;

/// The key of a number that is of no day.
const ALL: &str = "all";

/// How much of a time a table shows: the time of day without its zone.
const TIME: usize = "2025-01-01T00:00:00".len();

/// The columns that every table has; no segment may take their names.
const OWN: [&str; 3] = ["date", "event", "count"];

/// What stands first among the headers and names no segment.
const METRICS: [&str; 2] = ["$metric", "$event"];

/// The charts over time.
const OVER_TIME: [&str; 4] = ["line", "column", "stacked-line", "stacked-column"];

pub(super) fn read(params: &Value, mut answer: Map<String, Value>) -> Result<Read, String> {
    let series = series(&mut answer)?;
    if !series.is_object() {
        return Err("a 'series' that is no object".to_owned());
    }
    let mut result = head(&mut answer);
    let headers = taken(&mut answer, "headers", || json!([]));
    let table = table(&series, entries(&headers), params);
    result.insert("headers".to_owned(), headers);
    result.insert("series".to_owned(), series);
    result.insert("meta".to_owned(), taken(&mut answer, "meta", || json!({})));
    Ok(Read { result: Value::Object(result), table, edges: None })
}

/// A number of the table.
struct Leaf<'a> {
    metric: &'a str,
    segments: Vec<&'a str>,
    key: &'a str,
    value: &'a Value,
}

fn table(series: &Value, headers: &[Value], params: &Value) -> Value {
    let mut leaves = Vec::new();
    for (metric, node) in fields(series).filter(|(_, node)| node.is_object()) {
        descend(metric, node, &mut Vec::new(), &mut leaves);
    }
    let (has_dates, depth, names) = if leaves.is_empty() {
        let names = match headers {
            [first, rest @ ..] if METRICS.iter().any(|word| first == word) => rest,
            all => all,
        };
        (is_over_time(params), names.len(), names)
    } else {
        let depth = leaves.iter().map(|leaf| leaf.segments.len()).max().unwrap_or(0);
        (leaves.iter().any(|leaf| leaf.key != ALL), depth, headers.get(1..).unwrap_or_default())
    };
    let dates = has_dates.then(|| "date".to_owned());
    let columns = dates.into_iter().chain(["event".to_owned()]).chain(segment_columns(depth, names));
    let mut table = Table::new(columns.chain(["count".to_owned()]));
    for leaf in leaves {
        let filled = leaf.segments.iter().copied().chain(std::iter::repeat(OVERALL)).take(depth);
        let head = has_dates.then(|| date(leaf.key)).into_iter().chain([leaf.metric.into()]);
        table.push(head.chain(filled.map(Value::from)).chain([leaf.value.clone()]));
    }
    table.into_value()
}

/// Collects the numbers below a node. One without inner objects holds numbers; what is no object beside objects tells of none.
fn descend<'a>(metric: &'a str, node: &'a Value, path: &mut Vec<&'a str>, leaves: &mut Vec<Leaf<'a>>) {
    if !fields(node).any(|(_, inner)| inner.is_object()) {
        leaves.extend(fields(node).map(|(key, value)| Leaf { metric, segments: path.clone(), key, value }));
        return;
    }
    for (name, inner) in fields(node).filter(|(_, inner)| inner.is_object()) {
        path.push(name);
        descend(metric, inner, path, leaves);
        path.pop();
    }
}

fn date(key: &str) -> Value {
    match key {
        ALL => Value::Null,
        time if time.contains('T') => time.chars().take(TIME).collect::<String>().into(),
        other => other.into(),
    }
}

/// Returns the names of the columns of segments: those of the headers where they tell them apart.
fn segment_columns(depth: usize, headers: &[Value]) -> Vec<String> {
    if depth == 1 {
        return vec!["segment".to_owned()];
    }
    let names: Vec<&str> = headers.iter().filter_map(Value::as_str).filter(|name| !OWN.contains(name)).collect();
    let is_unique = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    if names.len() == depth && headers.len() == depth && is_unique {
        return names.into_iter().map(str::to_owned).collect();
    }
    (1..=depth).map(|at| format!("segment_{at}")).collect()
}

fn is_over_time(params: &Value) -> bool {
    params["displayOptions"]["chartType"].as_str().is_none_or(|chart| OVER_TIME.contains(&chart))
}
