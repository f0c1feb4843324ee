//! What saved reports answer when they are run.

use serde_json::Value;

use super::{Fields, entries, fields, given, object, take, take_list};

pub(crate) fn report(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_object() {
        return Err("something else than a report".to_owned());
    }
    let range = take(&mut answer, "date_range").unwrap_or_default();
    let date = |name: &str| range.get(name).cloned().unwrap_or_else(|| "".into());
    let headers = take_list(&mut answer, "headers");
    let holds = |word: &&&str| entries(&headers).filter_map(Value::as_str).any(|header| header.contains(**word));
    let kind = ["$retention", "$funnel", "$flows"].iter().find(holds).map_or("insights", |word| &word[1..]);
    Ok(Value::Object(object([
        ("bookmark_id", given(arguments, "bookmark_id")),
        ("computed_at", take(&mut answer, "computed_at").unwrap_or_else(|_| "".into())),
        ("from_date", date("from_date")),
        ("to_date", date("to_date")),
        ("headers", headers),
        ("series", take(&mut answer, "series")?),
        ("report_type", kind.into()),
    ])))
}

pub(crate) fn flows(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_object() {
        return Err("something else than a report".to_owned());
    }
    Ok(Value::Object(object([
        ("bookmark_id", given(arguments, "bookmark_id")),
        ("computed_at", take(&mut answer, "computed_at").unwrap_or_else(|_| "".into())),
        ("steps", take(&mut answer, "steps")?),
        ("breakdowns", take_list(&mut answer, "breakdowns")),
        ("overall_conversion_rate", take(&mut answer, "overallConversionRate").unwrap_or_else(|_| 0.0.into())),
        ("metadata", take(&mut answer, "metadata").unwrap_or_else(|_| Fields::new().into())),
    ])))
}

pub(crate) fn flow_rows(report: &Value) -> Vec<Fields> {
    entries(&report["steps"])
        .map(|step| fields(step).map(|(name, value)| (name.clone(), value.clone())).collect())
        .collect()
}
