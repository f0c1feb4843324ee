//! The business context: texts about an organization and its projects.

use serde_json::Value;

use super::{Fields, fields, given, object, take};
use crate::operation::PROJECT;

/// Returns the texts of an organization and of its project.
pub(crate) fn context_chain(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    let mut text = |name: &str| take(&mut answer, name).map(|text| if text.is_null() { "".into() } else { text });
    let (organization, project) = (text("org_context")?, text("project_context")?);
    Ok(Value::Object(object([
        ("organization", context("organization", &organization, Value::Null, Value::Null)),
        ("project", context("project", &project, Value::Null, given(arguments, PROJECT).to_string().into())),
    ])))
}

/// One row for each level that has a text, with the text.
pub(crate) fn levels(chain: &Value) -> Vec<Fields> {
    let row = |(_, context): (&String, &Value)| {
        ["level", "project_id", "character_count", "content"].map(|name| (name.to_owned(), context[name].clone()))
    };
    fields(chain).map(row).map(Fields::from_iter).collect()
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
