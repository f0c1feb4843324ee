//! Saved reports.

use serde_json::Value;

use crate::operation::PROJECT;

use super::{Fields, entries, fields, given, object, take, take_list, take_object};

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

/// Returns templates of dashboards, each with the name under which it stands.
pub(crate) fn templates(_: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let named = |(name, template): (String, Value)| match template {
        Value::Object(mut fields) => {
            fields.insert("name".to_owned(), name.into());
            Ok(Value::Object(fields))
        }
        _ => Err(format!("a template '{name}' that is no object")),
    };
    take_object(&mut answer, "templates")?.into_iter().map(named).collect()
}

/// Moves the fields of each entry's `definition` up into the entry.
pub(crate) fn flattened(entries: Value) -> Result<Value, String> {
    let flat = |entry: Value| match entry {
        Value::Object(mut fields) => {
            if let Some(Value::Object(definition)) = fields.shift_remove("definition") {
                fields.extend(definition);
            }
            Value::Object(fields)
        }
        other => other,
    };
    match entries {
        Value::Array(all) => Ok(all.into_iter().map(flat).collect()),
        other => Ok(other),
    }
}

/// Returns the texts of an organization and of its project.
pub(crate) fn context_chain(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut text = |name: &str| take(&mut answer, name).map(|text| if text.is_null() { "".into() } else { text });
    let (organization, project) = (text("org_context")?, text("project_context")?);
    Ok(Value::Object(object([
        ("organization", context("organization", &organization, Value::Null, Value::Null)),
        ("project", context("project", &project, Value::Null, given(arguments, PROJECT).to_string().into())),
    ])))
}

/// Returns a text of the business context with all that is known of it.
pub fn context(level: &str, content: &Value, organization: Value, project: Value) -> Value {
    let text = content.as_str().unwrap_or_default();
    Value::Object(object([
        ("level", level.into()),
        ("content", text.into()),
        ("organization_id", organization),
        ("project_id", project),
        ("is_empty", text.is_empty().into()),
        ("character_count", text.chars().count().into()),
    ]))
}
