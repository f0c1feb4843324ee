//! Funnels: the steps of all dates added up.

use serde_json::Value;

use super::number::Number;
use super::{Fields, entries, given, object, take_object};

/// A step over all dates.
struct Step {
    event: String,
    count: Number,
}

pub(crate) fn steps(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (date, day) in &take_object(&mut answer, "data")? {
        // With a split, the whole stands in a block of its own.
        let block = day.get("steps").or_else(|| day.get("$overall")).and_then(Value::as_array);
        let block = block.ok_or_else(|| format!("no steps at {date}"))?;
        for (at, step) in block.iter().enumerate() {
            let count =
                step.get("count").and_then(Number::of).ok_or_else(|| format!("a step without a count at {date}"))?;
            let event = name(step, at);
            match steps.get_mut(at) {
                Some(known) => *known = Step { event, count: known.count.plus(count) },
                None => steps.push(Step { event, count }),
            }
        }
    }
    let overall = match (steps.first(), steps.last()) {
        (Some(first), Some(last)) => last.count.part_of(first.count),
        _ => Value::from(0.0),
    };
    let rates = steps.iter().enumerate().map(|(at, step)| match at.checked_sub(1) {
        Some(before) => step.count.part_of(steps[before].count),
        None => Value::from(1.0),
    });
    let rows = steps.iter().zip(rates).map(|(step, rate)| {
        let (event, count) = (step.event.clone().into(), step.count.value());
        Value::Object(object([("event", event), ("count", count), ("conversion_rate", rate)]))
    });
    Ok(Value::Object(object([
        ("funnel_id", given(arguments, "funnel_id")),
        // Mixpanel's answer does not name it.
        ("funnel_name", "".into()),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("conversion_rate", overall),
        ("steps", rows.collect()),
    ])))
}

fn name(step: &Value, at: usize) -> String {
    let named = ["event", "goal"].iter().find_map(|key| step.get(key).and_then(Value::as_str));
    named.map_or_else(|| format!("Step {}", at + 1), str::to_owned)
}

pub(crate) fn rows(report: &Value) -> Vec<Fields> {
    let row = |(at, step): (usize, &Value)| {
        let mut row = object([("step", (at + 1).into())]);
        row.extend(step.as_object().cloned().unwrap_or_default());
        row
    };
    entries(&report["steps"]).enumerate().map(row).collect()
}
