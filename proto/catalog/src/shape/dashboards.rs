//! Dashboards: the templates that they can be made of.

use serde_json::Value;

use super::{Fields, take_object};

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
