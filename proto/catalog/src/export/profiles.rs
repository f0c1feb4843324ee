//! An export of profiles.

use serde_json::{Map, Value};

use super::json_list;
use super::read::Reader;
use mp_proto::failure::Problem;
use mp_proto::json::ascii_json;

/// An export of profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// What selects and shapes them: the fields of each page's body, in their order.
    fields: Map<String, Value>,
    /// At most so many.
    pub limit: Option<u64>,
    /// Whether profiles stay as Mixpanel sends them.
    pub raw: bool,
    /// Whether nothing is asked for: a list of ids that is empty.
    pub is_empty: bool,
}

impl Profiles {
    /// Reads the arguments of `export.profiles`. `now` is the time in Unix seconds.
    ///
    /// # Errors
    /// With all problems at once.
    pub fn read(arguments: &Map<String, Value>, now: i64) -> Result<Self, Vec<Problem>> {
        let mut read = Reader::new(arguments);
        let mut fields = Map::new();
        let mut put = |name: &str, value: Option<Value>| drop(value.map(|value| fields.insert(name.to_owned(), value)));
        put("where", read.text("where").map(Value::from));
        let cohort = read.id("cohort_id");
        let of_cohort =
            |id: &String| Value::from(format!("{{\"id\": {}}}", ascii_json(&Value::from(id.as_str()).to_string())));
        put("filter_by_cohort", cohort.as_ref().map(of_cohort));
        put("output_properties", read.texts("properties").map(|names| json_list(&names).into()));
        let (one, several) = (read.text("distinct_id"), read.texts("distinct_ids").map(unique));
        if one.is_some() && several.is_some() {
            read.wrong("distinct_ids", "cannot be used together with distinct_id (AC2_DISTINCT_ID_CONFLICT)");
        }
        put("distinct_id", one.map(Value::from));
        put("distinct_ids", several.as_ref().map(|ids| json_list(ids).into()));
        put("data_group_id", read.id("group_id").map(Value::from));
        let behaviors = read.json("behaviors");
        if behaviors.as_ref().is_some_and(|value| !value.is_array()) {
            read.wrong("behaviors", "must be a list (AC5_BEHAVIORS_NOT_LIST)");
        }
        if behaviors.is_some() && cohort.is_some() {
            read.wrong("behaviors", "cannot be used together with cohort_id (AC3_BEHAVIORS_COHORT_CONFLICT)");
        }
        put("behaviors", behaviors.map(|value| spaced(&value).into()));
        let as_of = read.integer("as_of_timestamp");
        if as_of.is_some_and(|time| time > now) {
            read.wrong("as_of_timestamp", "must not be in the future (AC6_AS_OF_TIMESTAMP_FUTURE)");
        }
        put("as_of_timestamp", as_of.map(Value::from));
        let all = read.flag("include_all_users");
        if all && cohort.is_none() {
            read.wrong("include_all_users", "needs cohort_id (AC4_INCLUDE_ALL_USERS_REQUIRES_COHORT)");
        }
        // Mixpanel's own default is true, so it is always said.
        put("include_all_users", cohort.map(|_| all.into()));
        let limit = read.integer("limit");
        if limit.is_some_and(|limit| limit < 1) {
            read.wrong("limit", "must be at least 1");
        }
        put("limit", limit.map(Value::from));
        let raw = read.flag("raw");
        let is_empty = several.is_some_and(|ids| ids.is_empty());
        read.done(Some(Self { fields, limit: limit.and_then(|limit| u64::try_from(limit).ok()), raw, is_empty }))
    }

    /// Returns the body that asks for a page. The session is that of the page before.
    pub fn body(&self, project: &str, page: u64, session: Option<&str>) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("project_id".to_owned(), project.into());
        body.insert("page".to_owned(), page.into());
        body.extend(session.map(|session| ("session_id".to_owned(), session.into())));
        body.extend(self.fields.clone());
        body
    }
}

/// Leaves out what came before, and keeps the order.
fn unique(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}

/// Returns JSON text with a space after each comma and colon, and other scripts as escapes.
fn spaced(value: &Value) -> String {
    let text = |text: &str| ascii_json(&Value::from(text).to_string());
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{}: {}", text(name), spaced(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_750_000_000;

    fn read(arguments: &Value) -> Result<Profiles, Vec<Problem>> {
        Profiles::read(arguments.as_object().expect("an object"), NOW)
    }

    #[test]
    fn the_body_is_as_mixpanel_wants_it() {
        let body = |arguments: Value, page, session| {
            Value::Object(read(&arguments).expect("good").body("7", page, session)).to_string()
        };
        assert_eq!(body(json!({}), 0, None), r#"{"project_id":"7","page":0}"#);
        let some = json!({"where": "x", "cohort_id": 12, "properties": ["$name", "Käse"], "distinct_ids": ["b", "a", "b"],
            "group_id": "5", "as_of_timestamp": NOW, "include_all_users": true, "limit": 3});
        let expected = r#"{"project_id":"7","page":1,"session_id":"s","where":"x","filter_by_cohort":"{\"id\": \"12\"}","output_properties":"[\"$name\", \"K\\u00e4se\"]","distinct_ids":"[\"b\", \"a\"]","data_group_id":"5","as_of_timestamp":1750000000,"include_all_users":true,"limit":3}"#;
        assert_eq!(body(some, 1, Some("s")), expected);
        let cohort = body(json!({"cohort_id": "9"}), 0, None);
        assert!(cohort.ends_with(r#""include_all_users":false}"#), "{cohort}");
        let behaviors = body(json!({"behaviors": r#"[{"window":"1d","n":[1,null,1.50]}]"#}), 0, None);
        assert!(behaviors.ends_with(r#""behaviors":"[{\"window\": \"1d\", \"n\": [1, null, 1.50]}]"}"#), "{behaviors}");
    }

    #[test]
    fn what_excludes_each_other_is_told_by_its_code() {
        let wrong = json!({"distinct_id": "a", "distinct_ids": ["b"], "behaviors": {"a": 1}, "cohort_id": "1",
            "as_of_timestamp": NOW + 1});
        let codes = |arguments: &Value| -> Vec<String> {
            let problems = read(arguments).expect_err("is wrong");
            problems.iter().filter_map(|one| one.detail.split('(').nth(1)?.get(..3).map(str::to_owned)).collect()
        };
        assert_eq!(codes(&wrong), ["AC2", "AC5", "AC3", "AC6"]);
        assert_eq!(codes(&json!({"include_all_users": true})), ["AC4"]);
        assert!(read(&json!({"limit": 0})).is_err() && read(&json!({"behaviors": "[1"})).is_err());
        assert!(read(&json!({"distinct_ids": []})).is_ok_and(|asked| asked.is_empty));
        assert!(read(&json!({})).is_ok_and(|asked| !asked.is_empty && asked.limit.is_none()));
    }
}
