//! The shape of a `/me` answer: checked leniently, put into the order in which the Python tool writes it, and written so. Pure.

use jiff::Timestamp;
use mp_proto::json::ascii_json;
use serde_json::{Map, Value, json};

use crate::me::rows::text;
use crate::me::user::{Me, seconds};

/// The maps of an answer and the fields that the Python tool declares for an entry, each with its default.
const MAPS: [(&str, &[&str]); 3] = [
    ("organizations", &["id", "name", "role", "permissions"]),
    ("projects", &["name", "organization_id", "timezone", "has_workspaces", "domain", "type"]),
    (
        "workspaces",
        &[
            "id",
            "name",
            "project_id",
            "is_default",
            "is_global",
            "is_restricted",
            "is_visible",
            "description",
            "creator_name",
        ],
    ),
];

/// Lists of people in a workspace. They can be long, and nobody asks the cache for them.
const STRIPPED: [&str; 2] = ["member_list", "unified_member_list"];

/// What the cache adds to an answer.
const ADDED: [&str; 2] = ["cached_at", "cached_region"];

impl Me {
    /// Takes Mixpanel's answer; none when it is no object. A map that is missing or null counts as empty, unknown fields are kept.
    pub fn from_answer(answer: Value) -> Option<Self> {
        let Value::Object(fields) = answer else { return None };
        Some(Self::of_fields(fields, None))
    }

    /// Reads a cached answer; none when it is damaged.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else { return None };
        // A missing time, or a text, never expires: so the Python tool reads it.
        let cached_at = fields.get("cached_at").and_then(Value::as_f64);
        Some(Self::of_fields(fields, cached_at))
    }

    fn of_fields(mut fields: Map<String, Value>, cached_at: Option<f64>) -> Self {
        for name in ADDED {
            fields.shift_remove(name);
        }
        let mut shaped = Map::new();
        for name in ["user_id", "user_email", "user_name"] {
            shaped.insert(name.to_owned(), fields.shift_remove(name).unwrap_or(Value::Null));
        }
        let user_id = whole(&shaped["user_id"]);
        if let Some(id) = user_id {
            shaped["user_id"] = id.into();
        }
        for (name, declared) in MAPS {
            let map = match fields.shift_remove(name) {
                Some(Value::Object(map)) => map,
                _ => Map::new(),
            };
            let entries = map.into_iter().map(|(id, value)| (id, entry(value, declared)));
            shaped.insert(name.to_owned(), entries.collect::<Map<_, _>>().into());
        }
        shaped.extend(fields);
        Self { user_id, user_email: text(&shaped, "user_email"), cached_at, fields: shaped }
    }

    /// Returns the answer, as Mixpanel gave it less the lists of people.
    pub fn answer(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Returns the text of `me.json`: two spaces per level, ASCII, no newline at its end.
    pub(super) fn to_text(&self, now: Timestamp) -> String {
        let mut file = Map::new();
        let declared = 3 + MAPS.len();
        file.extend(self.fields.iter().take(declared).map(|(name, value)| (name.clone(), value.clone())));
        file.insert("cached_at".to_owned(), json!(seconds(now)));
        file.insert("cached_region".to_owned(), Value::Null);
        file.extend(self.fields.iter().skip(declared).map(|(name, value)| (name.clone(), value.clone())));
        let text = serde_json::to_string_pretty(&file).expect("JSON values always serialise");
        // Line by line: the newlines between them are layout, and those inside texts are escaped already.
        text.split('\n').map(ascii_json).collect::<Vec<_>>().join("\n")
    }
}

/// The Python tool takes a user id in quotes, too.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Puts the declared fields of an entry first, with explicit nulls.
fn entry(value: Value, declared: &[&str]) -> Value {
    let Value::Object(mut fields) = value else { return value };
    for name in STRIPPED {
        fields.shift_remove(name);
    }
    let mut shaped = Map::new();
    for name in declared {
        let default = if *name == "permissions" { json!([]) } else { Value::Null };
        shaped.insert((*name).to_owned(), fields.shift_remove(*name).unwrap_or(default));
    }
    shaped.extend(fields);
    shaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made like the recorded login of a browser account with one project, and more of everything that is optional.
    const ANSWER: &str = r#"{"extra_top": {"a": 1}, "user_id": "4701", "user_email": "mia@solo.example", "user_name": "Mia Huber",
        "organizations": {"801": {"plan": "ent", "id": 801, "name": "Solo Süß & Co.", "role": "owner", "permissions": ["read_org"]}},
        "projects": {"3199001": {"name": "Solo App", "organization_id": 801, "timezone": "Europe/Vienna",
            "has_workspaces": true, "domain": "mixpanel.com", "type": "PROJECT"}},
        "workspaces": {"660101": {"id": 660101, "name": "All Project Data", "project_id": 3199001, "is_default": true,
            "is_global": true, "is_restricted": false, "is_visible": true, "description": null,
            "created_iso": "2024-06-01T10:00:00", "member_list": [4701], "unified_member_list": [4701]}}}"#;

    const FILE: &str = r#"{
  "user_id": 4701,
  "user_email": "mia@solo.example",
  "user_name": "Mia Huber",
  "organizations": {
    "801": {
      "id": 801,
      "name": "Solo S\u00fc\u00df & Co.",
      "role": "owner",
      "permissions": [
        "read_org"
      ],
      "plan": "ent"
    }
  },
  "projects": {
    "3199001": {
      "name": "Solo App",
      "organization_id": 801,
      "timezone": "Europe/Vienna",
      "has_workspaces": true,
      "domain": "mixpanel.com",
      "type": "PROJECT"
    }
  },
  "workspaces": {
    "660101": {
      "id": 660101,
      "name": "All Project Data",
      "project_id": 3199001,
      "is_default": true,
      "is_global": true,
      "is_restricted": false,
      "is_visible": true,
      "description": null,
      "creator_name": null,
      "created_iso": "2024-06-01T10:00:00"
    }
  },
  "cached_at": 1795373649.196734,
  "cached_region": null,
  "extra_top": {
    "a": 1
  }
}"#;

    fn answer(text: &str) -> Option<Me> {
        Me::from_answer(serde_json::from_str(text).expect("JSON"))
    }

    #[test]
    fn the_file_is_byte_for_byte_that_of_the_python_tool() {
        let now: Timestamp = "2026-11-22T18:54:09.196734Z".parse().expect("a time");
        let me = answer(ANSWER).expect("an object");
        assert_eq!((me.user_id, me.user_email.as_deref()), (Some(4701), Some("mia@solo.example")));
        assert_eq!(me.to_text(now), FILE);
        let back = Me::parse(FILE.as_bytes()).expect("good");
        assert_eq!(back.cached_at, Some(1_795_373_649.196_734));
        assert_eq!(back.to_text(now), FILE, "what was read is written as it was");
        assert_eq!(back.answer(), me.answer());
    }

    #[test]
    fn a_lean_answer_is_taken_and_anything_but_an_object_is_not() {
        let now = Timestamp::from_second(1000).expect("a time");
        for lean in ["{}", "{\"projects\": null, \"organizations\": 5}", "{\"status\": \"ok\"}"] {
            let me = answer(lean).expect("an object");
            assert!(me.projects().is_empty() && me.organizations().is_empty(), "{lean}");
            assert!(me.to_text(now).contains("\"projects\": {}") && me.to_text(now).contains("1000.0"));
        }
        for odd in ["[]", "null", "5", "\"x\""] {
            assert!(answer(odd).is_none(), "{odd}");
        }
    }
}
