//! Numbers over time, split or not.

use serde_json::Value;

use super::number::Number;
use super::{Fields, entries, fields, given, object, take, take_object};

/// Returns `data.values`.
fn values(mut answer: Value) -> Result<Value, String> {
    let mut data = Value::Object(take_object(&mut answer, "data")?);
    take_object(&mut data, "values").map(Value::Object)
}

pub(crate) fn segmentation(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let series = values(answer)?;
    let mut total = Number::ZERO;
    for (segment, counts) in fields(&series) {
        for (date, count) in fields(counts) {
            let count = Number::of(count).ok_or_else(|| format!("no number for '{segment}' at {date}"))?;
            total = total.plus(count);
        }
    }
    Ok(Value::Object(object([
        ("event", given(arguments, "event")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("unit", given(arguments, "unit")),
        ("segment_property", given(arguments, "on")),
        ("total", total.value()),
        ("series", series),
    ])))
}

pub(crate) fn event_counts(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    Ok(Value::Object(object([
        ("events", given(arguments, "events")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("unit", given(arguments, "unit")),
        ("type", given(arguments, "type")),
        ("series", values(answer)?),
    ])))
}

pub(crate) fn property_counts(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    Ok(Value::Object(object([
        ("event", given(arguments, "event")),
        ("property_name", given(arguments, "property")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("unit", given(arguments, "unit")),
        ("type", given(arguments, "type")),
        ("series", values(answer)?),
    ])))
}

/// What every report about a numeric property repeats of its question.
fn numeric_question(arguments: &Fields) -> Fields {
    object([
        ("event", given(arguments, "event")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("property_expr", given(arguments, "on")),
        ("unit", given(arguments, "unit")),
    ])
}

pub(crate) fn numeric(arguments: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut report = numeric_question(arguments);
    report.insert("series".to_owned(), values(answer)?);
    Ok(Value::Object(report))
}

pub(crate) fn sum(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut report = numeric_question(arguments);
    report.insert("results".to_owned(), take_object(&mut answer, "results")?.into());
    if let Ok(computed_at) = take(&mut answer, "computed_at") {
        report.insert("computed_at".to_owned(), computed_at);
    }
    Ok(Value::Object(report))
}

pub(crate) fn average(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut report = numeric_question(arguments);
    report.insert("results".to_owned(), take_object(&mut answer, "results")?.into());
    Ok(Value::Object(report))
}

pub(crate) fn frequency(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    Ok(Value::Object(object([
        ("event", given(arguments, "event")),
        ("from_date", given(arguments, "from")),
        ("to_date", given(arguments, "to")),
        ("unit", given(arguments, "unit")),
        ("addiction_unit", given(arguments, "addiction_unit")),
        ("data", take_object(&mut answer, "data")?.into()),
    ])))
}

/// One row for each date of each series, under the title that the report has for a series.
fn flattened(report: &Value, title: &str) -> Vec<Fields> {
    let of_one = |(name, counts): (&String, &Value)| {
        let row = |(date, count): (&String, &Value)| {
            object([("date", date.clone().into()), (title, name.clone().into()), ("count", count.clone())])
        };
        fields(counts).map(row).collect::<Vec<_>>()
    };
    fields(&report["series"]).flat_map(of_one).collect()
}

pub(crate) fn segment_rows(report: &Value) -> Vec<Fields> {
    flattened(report, "segment")
}

pub(crate) fn event_rows(report: &Value) -> Vec<Fields> {
    flattened(report, "event")
}

pub(crate) fn value_rows(report: &Value) -> Vec<Fields> {
    flattened(report, "value")
}

pub(crate) fn bucket_rows(report: &Value) -> Vec<Fields> {
    flattened(report, "bucket")
}

fn result_rows(report: &Value, title: &str) -> Vec<Fields> {
    let row = |(date, value): (&String, &Value)| object([("date", date.clone().into()), (title, value.clone())]);
    fields(&report["results"]).map(row).collect()
}

pub(crate) fn sum_rows(report: &Value) -> Vec<Fields> {
    result_rows(report, "sum")
}

pub(crate) fn average_rows(report: &Value) -> Vec<Fields> {
    result_rows(report, "average")
}

pub(crate) fn frequency_rows(report: &Value) -> Vec<Fields> {
    let row = |(date, counts): (&String, &Value)| {
        let periods = entries(counts).enumerate().map(|(at, count)| (format!("period_{}", at + 1), count.clone()));
        object([("date", date.clone().into())]).into_iter().chain(periods).collect()
    };
    fields(&report["data"]).map(row).collect()
}
