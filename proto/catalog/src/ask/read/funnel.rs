//! Funnels: a row for each step, over time a row for each day and step.

use serde_json::{Map, Value, json};

use super::answer::{OVERALL, Read, fields, head, series, taken};
use super::table::Table;

/// What a funnel tells of each step.
const OF_STEP: [&str; 5] = ["count", "step_conv_ratio", "overall_conv_ratio", "avg_time", "avg_time_from_start"];

/// The key of a number that is of no day.
const ALL: &str = "all";

pub(super) fn read(mut answer: Map<String, Value>) -> Result<Read, String> {
    let series = series(&mut answer)?;
    let steps = steps(&series);
    let mut result = head(&mut answer);
    let overall = steps.last().and_then(|step| step.get("overall_conv_ratio")).filter(|ratio| ratio.is_number());
    let overall = overall.cloned().unwrap_or_else(|| 0.into());
    let table = table(&steps);
    result.insert("steps_data".to_owned(), Value::Array(steps));
    result.insert("series".to_owned(), series);
    result.insert("meta".to_owned(), taken(&mut answer, "meta", || json!({})));
    result.insert("overall_conversion_rate".to_owned(), overall);
    Ok(Read { result: Value::Object(result), table, edges: None })
}

/// Returns the steps: a list as it is, or one made of an object for each number.
fn steps(series: &Value) -> Vec<Value> {
    let lists = [series, &series["steps"], &series[OVERALL]["steps"], &series[OVERALL]];
    if let Some(list) = lists.into_iter().find_map(Value::as_array) {
        return list.clone();
    }
    fields(series).find_map(|(_, inner)| block(inner)).map(of_block).unwrap_or_default()
}

/// Returns the object with a number for each step: this one, the one of the whole, or the first below that is one.
fn block(value: &Value) -> Option<&Value> {
    let below = fields(value).map(|(_, inner)| inner);
    [value, &value[OVERALL]].into_iter().chain(below).find(|block| block.get("count").is_some())
}

fn of_block(block: &Value) -> Vec<Value> {
    let count = &block["count"];
    let mut names: Vec<&String> = fields(count).map(|(name, _)| name).collect();
    // Names without a number come last, in their order.
    names.sort_by_key(|name| number(name).unwrap_or(u64::MAX));
    let days = days(count);
    if days.is_empty() {
        return names.into_iter().map(|name| step(block, name, ALL)).collect();
    }
    let of_day = |day: &str| {
        let dated = names.iter().map(|name| {
            let mut step = step(block, name, day);
            step["date"] = date(day).into();
            step
        });
        dated.collect::<Vec<_>>()
    };
    days.into_iter().flat_map(of_day).collect()
}

/// Returns the days of numbers that are of days alone, as those over time are; none where they are totals.
fn days(count: &Value) -> Vec<&str> {
    let mut days: Vec<&str> = Vec::new();
    for (_, leaf) in fields(count) {
        for (key, _) in fields(leaf) {
            if key == ALL {
                return Vec::new();
            }
            if !days.contains(&key.as_str()) {
                days.push(key);
            }
        }
    }
    days.sort_unstable();
    days
}

fn step(block: &Value, name: &str, key: &str) -> Value {
    let event = name.split_once(". ").filter(|_| number(name).is_some()).map_or(name, |(_, event)| event);
    let of = |what: &str| match &block[what][name] {
        Value::Object(leaf) => leaf.get(key).cloned().unwrap_or_else(|| 0.into()),
        Value::Null => 0.into(),
        plain if key == ALL => plain.clone(),
        _ => 0.into(),
    };
    let values = OF_STEP.map(|what| (what.to_owned(), of(what)));
    Value::Object([("event".to_owned(), event.into())].into_iter().chain(values).collect())
}

/// Returns the number before the name of a step.
fn number(name: &str) -> Option<u64> {
    name.split_once('.')?.0.trim().parse().ok()
}

fn date(day: &str) -> String {
    day.split('T').next().unwrap_or(day).to_owned()
}

fn table(steps: &[Value]) -> Value {
    let has_dates = steps.iter().any(|step| step.get("date").is_some());
    let head = has_dates.then_some("date").into_iter().chain(["step", "event"]);
    let mut table = Table::new(head.chain(OF_STEP));
    let (mut day, mut before) = (&Value::Null, 0);
    for (at, step) in steps.iter().enumerate() {
        // Steps count anew with each day.
        if has_dates && step["date"] != *day {
            (day, before) = (&step["date"], at);
        }
        let place = at - before + 1;
        let event = step["event"].as_str().map_or_else(|| format!("Step {place}"), str::to_owned);
        let head = has_dates.then(|| step["date"].clone()).into_iter().chain([place.into(), event.into()]);
        table.push(head.chain(OF_STEP.map(|what| step.get(what).cloned().unwrap_or_else(|| 0.into()))));
    }
    table.into_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_time_a_row_is_of_a_day_and_a_step() {
        let count = json!({"2. Buy": {"2025-01-02T00:00:00-08:00": 3, "2025-01-01T00:00:00-08:00": 2},
            "1. View": {"2025-01-01T00:00:00-08:00": 5, "2025-01-02T00:00:00-08:00": 6}});
        let answer = json!({"series": {"f": {"$overall": {"count": count}}}});
        let read = read(answer.as_object().cloned().unwrap_or_default()).expect("a funnel");
        assert_eq!(read.table["columns"][0], "date");
        let row = |at: usize| {
            let row = &read.table["rows"][at];
            (row["date"].clone(), row["step"].clone(), row["event"].clone(), row["count"].clone())
        };
        assert_eq!(row(0), (json!("2025-01-01"), json!(1), json!("View"), json!(5)));
        assert_eq!(row(3), (json!("2025-01-02"), json!(2), json!("Buy"), json!(3)));
        assert_eq!(read.table["rows"].as_array().map(Vec::len), Some(4));
    }
}
