//! An export of events.

use jiff::civil::Date;
use mp_proto::failure::Problem;
use serde_json::{Map, Value};

use super::bad_line::OnBadLine;
use super::days::{Days, complete};
use crate::binding::bind;
use crate::ops::export::EVENTS;

/// An export of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The days.
    pub days: Days,
    /// At most so many.
    pub limit: Option<i64>,
    /// Whether lines stay as Mixpanel sends them.
    pub raw: bool,
    /// The zone that times are shown in; UTC when none is named.
    pub timezone: Option<String>,
    /// The zone that Mixpanel has stored them in; UTC when none is named.
    pub stored_in: Option<String>,
    /// What becomes of lines that are no events.
    pub on_bad_line: OnBadLine,
    /// Whether what would be mended is refused.
    pub strict: bool,
    /// What the request says beside the project.
    query: Vec<(String, String)>,
}

impl Events {
    /// Reads the arguments of `export.events`.
    ///
    /// # Errors
    /// With all problems at once.
    pub fn read(arguments: &Map<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut arguments = arguments.clone();
        complete(&EVENTS, &mut arguments);
        let bound = bind(&EVENTS, &arguments)?;
        let day = |name: &str| -> Date {
            let text = bound.arguments[name].as_str().unwrap_or_default();
            text.parse().expect("a bound date is one")
        };
        let text = |name: &str| bound.arguments.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            days: Days { from: day("from"), to: day("to") },
            limit: bound.arguments.get("limit").and_then(Value::as_i64),
            raw: bound.arguments.get("raw").and_then(Value::as_bool).unwrap_or(false),
            on_bad_line: OnBadLine::read(&bound.arguments),
            strict: bound.arguments.get("strict").and_then(Value::as_bool).unwrap_or(false),
            timezone: text("timezone"),
            stored_in: text("stored_in"),
            query: bound.query,
        })
    }

    /// Returns the query parameters of the request.
    pub fn query(&self, project: &str) -> Vec<(String, String)> {
        std::iter::once(("project_id".to_owned(), project.to_owned())).chain(self.query.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(arguments: Value) -> Result<Events, Vec<String>> {
        let problems = |problems: Vec<Problem>| {
            problems.into_iter().map(|problem| format!("{} {}", problem.at, problem.detail)).collect()
        };
        Events::read(arguments.as_object().expect("an object")).map_err(problems)
    }

    #[test]
    fn the_query_is_as_mixpanel_wants_it() {
        let least = read(json!({"from": "2025-01-01", "to": "2025-01-31"})).expect("good");
        let pairs = |events: &Events| -> Vec<String> {
            events.query("7").into_iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        assert_eq!(pairs(&least), ["project_id=7", "from_date=2025-01-01", "to_date=2025-01-31"]);
        let all = json!({"from": "2025-01-01", "to": "2025-01-01", "event": ["Sign, Up", "Käse"], "where": "a == 1",
            "limit": "5", "raw": true});
        let all = read(all).expect("good");
        assert!(all.raw);
        assert_eq!(pairs(&all)[3..], ["event=[\"Sign, Up\", \"K\\u00e4se\"]", "where=a == 1", "limit=5"]);
    }

    #[test]
    fn names_are_a_list_or_a_text_with_commas() {
        let asked = |event: Value| {
            let query =
                read(json!({"from": "2025-01-01", "to": "2025-01-01", "event": event})).expect("good").query("7");
            query.into_iter().find(|(name, _)| name == "event").map(|(_, value)| value)
        };
        assert_eq!(asked(json!("a, b,")).as_deref(), Some(r#"["a", "b"]"#));
        assert_eq!(asked(json!(["a, b", ""])).as_deref(), Some(r#"["a, b", ""]"#), "a name that was given is one");
        assert_eq!(asked(Value::Null), None);
        for nothing in [json!([]), json!(" , "), json!([" "])] {
            let told =
                read(json!({"from": "2025-01-01", "to": "2025-01-01", "event": nothing})).expect_err("is nothing");
            assert_eq!(told, ["event must name at least one"], "nothing is not everything");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let wrong = json!({"from": "2025-02-30", "event": [1], "where": 5, "limit": 100_001, "raw": "perhaps"});
        let problems = read(wrong).expect_err("is wrong");
        let at: Vec<&str> = problems.iter().filter_map(|problem| problem.split(' ').next()).collect();
        assert_eq!(at, ["from", "to", "event", "where", "limit", "raw"]);
        assert!(problems[4].contains("WR3_LIMIT_TOO_LARGE"), "{problems:?}");
        let small = read(json!({"from": "2025-01-02", "to": "2025-01-01", "limit": 0})).expect_err("is wrong");
        assert_eq!(small, ["limit must be at least 1 (WR2_LIMIT_TOO_SMALL)", "to must not be before 2025-01-02"]);
        for odd in ["2025-1-1", "20250101", "2025-01-01T00:00:00", "yesterday", ""] {
            assert!(read(json!({"from": odd, "to": "2025-01-01"})).is_err(), "{odd}");
        }
    }
}
