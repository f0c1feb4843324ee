//! Retention: how many of those who came come back.

use serde_json::{Value, json};

use super::number::Number;
use super::{Fields, entries, given, object};
use crate::operation::Bound;
use mp_proto::failure::Problems;

/// Asks for periods by their length, or by the unit if they are one unit long: Mixpanel takes one or the other.
pub(crate) fn period(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    let interval = given(arguments, "interval");
    let (name, value) = if interval == json!(1) { ("unit", given(arguments, "unit")) } else { ("interval", interval) };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    bound.query.push((name.to_owned(), text));
}

pub(crate) fn cohorts(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let Value::Object(dates) = answer else { return Err("something else than an object of dates".to_owned()) };
    let mut cohorts = dates.iter().map(|(date, one)| cohort(date, one)).collect::<Result<Vec<_>, _>>()?;
    cohorts.sort_by(|one, other| one["date"].as_str().cmp(&other["date"].as_str()));
    Ok(Value::Object(object([
        ("born_event", given(arguments, "born")),
        ("return_event", given(arguments, "return")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("unit", given(arguments, "unit")),
        ("cohorts", cohorts.into()),
    ])))
}

fn cohort(date: &str, one: &Value) -> Result<Value, String> {
    let number = |value: &Value| Number::of(value).ok_or_else(|| format!("no number at {date}"));
    let size = number(one.get("first").ok_or_else(|| format!("no 'first' at {date}"))?)?;
    let counts =
        one.get("counts").filter(|counts| counts.is_array()).ok_or_else(|| format!("no 'counts' at {date}"))?;
    let parts = entries(counts).map(|count| Ok(number(count)?.part_of(size))).collect::<Result<Value, String>>()?;
    Ok(json!({"date": date, "size": size.value(), "retention": parts}))
}

pub(crate) fn rows(report: &Value) -> Vec<Fields> {
    let row = |cohort: &Value| {
        let periods =
            entries(&cohort["retention"]).enumerate().map(|(at, part)| (format!("period_{at}"), part.clone()));
        let head = [("cohort_date", cohort["date"].clone()), ("cohort_size", cohort["size"].clone())];
        object(head).into_iter().chain(periods).collect()
    };
    entries(&report["cohorts"]).map(row).collect()
}
