//! An export of profiles.

use mp_proto::failure::Problem;
use serde_json::{Map, Value};

use super::bad_line::OnBadLine;
use crate::binding::bind_with;
use crate::ops::export::PROFILES;
use crate::shape::exports::updated_since;

/// An export of profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// What selects and shapes them: the fields of each page's body, in their order.
    fields: Map<String, Value>,
    /// At most so many.
    pub limit: Option<u64>,
    /// Whether profiles stay as Mixpanel sends them.
    pub raw: bool,
    /// What becomes of what is no profile.
    pub on_bad_line: OnBadLine,
    /// Whether what would be mended is refused.
    pub strict: bool,
    /// Whether nothing is asked for: a list of ids that is empty.
    pub is_empty: bool,
}

impl Profiles {
    /// Reads the arguments of `export.profiles`. `now` is the time in Unix seconds.
    ///
    /// # Errors
    /// With all problems at once.
    pub fn read(arguments: &Map<String, Value>, now: i64) -> Result<Self, Vec<Problem>> {
        let bound = bind_with(&PROFILES, arguments, |arguments, problems| {
            if arguments.get("as_of_timestamp").and_then(Value::as_i64).is_some_and(|time| time > now) {
                problems.add("as_of_timestamp", "must not be in the future (AC6_AS_OF_TIMESTAMP_FUTURE)");
            }
        })?;
        let mut fields = bound.body.unwrap_or_default();
        if let Some(day) = bound.arguments.get("since").and_then(Value::as_str) {
            let filter = updated_since(day, fields.get("where").and_then(Value::as_str));
            fields.insert("where".to_owned(), filter.into());
        }
        Ok(Self {
            limit: bound.arguments.get("limit").and_then(Value::as_u64),
            raw: bound.arguments.get("raw").and_then(Value::as_bool).unwrap_or(false),
            on_bad_line: OnBadLine::read(&bound.arguments),
            strict: bound.arguments.get("strict").and_then(Value::as_bool).unwrap_or(false),
            is_empty: bound.arguments.get("distinct_ids").is_some_and(|ids| *ids == Value::Array(Vec::new())),
            fields,
        })
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
    fn since_is_a_filter_beside_others() {
        let filter = |arguments: Value| read(&arguments).expect("good").body("7", 0, None)["where"].clone();
        assert_eq!(filter(json!({"since": "2025-01-31"})), r#"properties["$last_seen"] >= "2025-01-31T00:00:00""#);
        let both = r#"(a == 1 or b) and properties["$last_seen"] >= "2025-01-31T00:00:00""#;
        assert_eq!(filter(json!({"since": "2025-01-31", "where": "a == 1 or b"})), both);
        let sized = read(&json!({"page_size": "500"})).expect("good").body("7", 3, Some("s"));
        assert_eq!(Value::Object(sized).to_string(), r#"{"project_id":"7","page":3,"session_id":"s","page_size":500}"#);
        for wrong in [json!({"page_size": 0}), json!({"page_size": 10_001}), json!({"since": "soon"})] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_excludes_each_other_is_told_by_its_code() {
        let wrong = json!({"distinct_id": "a", "distinct_ids": ["b"], "behaviors": {"a": 1}, "cohort_id": "1",
            "as_of_timestamp": NOW + 1});
        let codes = |arguments: &Value| -> Vec<String> {
            let problems = read(arguments).expect_err("is wrong");
            problems.iter().filter_map(|one| one.detail.split('(').nth(1)?.get(..3).map(str::to_owned)).collect()
        };
        // What is wrong with a value by itself comes first.
        assert_eq!(codes(&wrong), ["AC5", "AC2", "AC3", "AC6"]);
        assert_eq!(codes(&json!({"include_all_users": true})), ["AC4"]);
        assert!(read(&json!({"cohort_id": ""})).is_err() && read(&json!({"group_id": 1.5})).is_err());
        assert!(read(&json!({"limit": 0})).is_err() && read(&json!({"behaviors": "[1"})).is_err());
        assert!(read(&json!({"distinct_ids": []})).is_ok_and(|asked| asked.is_empty));
        assert!(read(&json!({})).is_ok_and(|asked| !asked.is_empty && asked.limit.is_none()));
    }
}
