//! What Mixpanel has said about a project, as it is asked for and as it is kept on disk. Answers are read leniently: a field that is not
//! as expected is left out, and nothing else.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What is known of a project.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Names of all events, if Mixpanel has said them.
    pub names: Option<Vec<String>>,
    /// Definitions, and which event has which properties.
    pub graph: Option<Graph>,
    /// What the schema registry says.
    pub schemas: Option<Vec<Schema>>,
}

/// Definitions, and which event has which properties: what `inspect.schema-graph` answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Graph {
    /// Events.
    pub events: Vec<Definition>,
    /// Properties of events.
    pub properties: Vec<Definition>,
    /// Properties of users.
    pub user_properties: Vec<Definition>,
    /// The properties of each event.
    pub event_to_properties: BTreeMap<String, Vec<String>>,
}

/// An event or a property in the lexicon.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Definition {
    /// Its name.
    pub name: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name that people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is hidden.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Whether its data is dropped.
    #[serde(skip_serializing_if = "is_false")]
    pub dropped: bool,
    /// Whether somebody has verified it.
    #[serde(skip_serializing_if = "is_false")]
    pub verified: bool,
    /// Its status, in Mixpanel's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Its type, of a property.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
}

/// Rows have more fields than these, and the same under several names.
impl From<Value> for Definition {
    fn from(row: Value) -> Self {
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| row.get(name)?.as_str());
            found.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let is = |name: &str| row.get(name) == Some(&Value::Bool(true));
        let words = |names: &[&str]| names.iter().filter_map(|name| row.get(name)).flat_map(words_of).collect();
        Self {
            name: text(&["name"]),
            description: text(&["description"]),
            display_name: text(&["displayName", "display_name"]),
            hidden: is("hidden"),
            dropped: is("dropped"),
            verified: is("verified"),
            status: text(&["status"]),
            kind: text(&["type", "propertyType"]),
            tags: words(&["tags"]),
            owners: words(&["owners", "contacts", "teamContacts"]),
        }
    }
}

fn is_false(one: &bool) -> bool {
    !one
}

/// An entry of the schema registry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// `event`, `profile` or another.
    #[serde(alias = "entityType", deserialize_with = "lenient")]
    pub entity_type: Option<String>,
    /// The name of the event.
    #[serde(deserialize_with = "lenient")]
    pub name: Option<String>,
    /// The schema.
    #[serde(alias = "schemaJson", alias = "schema_definition", deserialize_with = "lenient")]
    pub schema_json: Declared,
}

/// What a schema declares.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// What the event is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its properties.
    #[serde(deserialize_with = "lenient")]
    pub properties: BTreeMap<String, DeclaredProperty>,
    /// What Mixpanel adds.
    #[serde(deserialize_with = "lenient")]
    pub metadata: Metadata,
}

/// What Mixpanel adds to a schema.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The same as in the lexicon.
    #[serde(rename = "com.mixpanel", deserialize_with = "lenient")]
    pub ours: Definition,
}

/// A property in a schema.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeclaredProperty {
    /// Its type, or several.
    #[serde(rename = "type", deserialize_with = "words")]
    pub kinds: Vec<String>,
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Reads a field, or leaves it out.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

/// Reads words: a list of them, of objects with names, or one alone.
fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(words_of(&Value::deserialize(from)?))
}

fn words_of(value: &Value) -> Vec<String> {
    let word = |value: &Value| {
        let named = ["name", "email"].iter().find_map(|key| value.get(key)?.as_str());
        value.as_str().or(named).map(str::to_owned)
    };
    match value {
        Value::Array(list) => list.iter().filter_map(word).collect(),
        other => word(other).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_odd_field_costs_nothing_but_itself() {
        let row = json!({"name": "A", "description": 5, "hidden": "x", "tags": [{"name": "core"}, "b", 7], "displayName": "B",
            "contacts": ["ada@x"], "owners": [], "display_name": "C", "type": null, "count": {"a": 1}});
        let read: Definition = serde_json::from_value(row).expect("it is read");
        assert_eq!((read.name.as_deref(), read.description, read.hidden), (Some("A"), None, false));
        assert_eq!(
            (read.tags, read.owners, read.display_name.as_deref()),
            (vec!["core".into(), "b".into()], vec!["ada@x".into()], Some("B"))
        );
        let schema = json!({"entityType": "event", "name": "A", "schemaJson": {"properties": {"n": {"type": ["number", "null"]}, "s": {"type": "string"}},
            "metadata": {"com.mixpanel": {"tags": ["x"], "dropped": true}}}});
        let read: Schema = serde_json::from_value(schema).expect("it is read");
        assert_eq!(read.schema_json.properties["n"].kinds, ["number", "null"]);
        assert!(read.schema_json.metadata.ours.dropped);
    }
}
