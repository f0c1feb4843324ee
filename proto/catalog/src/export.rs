//! What an export is asked for, and how a range of days is cut into parts that are fetched side by side. Pure: both ends use it.

mod profiles;
mod read;
mod split;

use jiff::civil::Date;
use serde_json::{Map, Value};

pub use profiles::Profiles;
pub use split::{Days, most_parts, split};

use mp_proto::failure::Problem;
use read::Reader;

/// Most events that Mixpanel returns when it is given a limit.
const MOST_EVENTS: i64 = 100_000;

/// Returns a list of texts as Mixpanel's parameters have it: JSON, other scripts as escapes, a space after each comma.
pub fn json_list(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| {
        let text = serde_json::to_string(text).expect("a text always serialises");
        mp_proto::json::ascii_json(&text)
    });
    format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
}

/// An export of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The days.
    pub days: Days,
    /// Only events of these names; all when it is empty.
    pub names: Vec<String>,
    /// Only events for which this is true.
    pub filter: Option<String>,
    /// At most so many.
    pub limit: Option<i64>,
    /// Whether lines stay as Mixpanel sends them.
    pub raw: bool,
}

impl Events {
    /// Reads the arguments of `export.events`.
    ///
    /// # Errors
    /// With all problems at once.
    pub fn read(arguments: &Map<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut read = Reader::new(arguments);
        let (from, to) = (read.date("from"), read.date("to"));
        let names = read.texts("event").unwrap_or_default();
        let filter = read.text("where");
        let limit = read.integer("limit");
        let raw = read.flag("raw");
        match limit {
            Some(limit) if limit < 1 => read.wrong("limit", "must be at least 1 (WR2_LIMIT_TOO_SMALL)"),
            Some(limit) if limit > MOST_EVENTS => {
                read.wrong("limit", format!("must be at most {MOST_EVENTS} (WR3_LIMIT_TOO_LARGE)"));
            }
            _ => {}
        }
        let days = match (from, to) {
            (Some(from), Some(to)) if from > to => {
                read.wrong("to", format!("must not be before {from}"));
                None
            }
            (Some(from), Some(to)) => Some(Days { from, to }),
            _ => None,
        };
        let days = read.done(days)?;
        Ok(Self { days, names, filter, limit, raw })
    }

    /// Returns the query parameters of the request.
    pub fn query(&self, project: &str) -> Vec<(String, String)> {
        let Days { from, to } = self.days;
        let mut query = vec![("project_id", project.to_owned()), ("from_date", text(from)), ("to_date", text(to))];
        if !self.names.is_empty() {
            query.push(("event", json_list(&self.names)));
        }
        query.extend(self.filter.clone().map(|filter| ("where", filter)));
        query.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn text(date: Date) -> String {
    date.to_string()
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
    fn all_problems_are_told_at_once() {
        let wrong = json!({"from": "2025-02-30", "event": [1], "where": 5, "limit": 100_001, "raw": "perhaps"});
        let problems = read(wrong).expect_err("is wrong");
        let at: Vec<&str> = problems.iter().filter_map(|problem| problem.split(' ').next()).collect();
        assert_eq!(at, ["from", "to", "event", "where", "raw", "limit"]);
        assert!(problems[5].contains("WR3_LIMIT_TOO_LARGE"), "{problems:?}");
        let small = read(json!({"from": "2025-01-02", "to": "2025-01-01", "limit": 0})).expect_err("is wrong");
        assert_eq!(small, ["limit must be at least 1 (WR2_LIMIT_TOO_SMALL)", "to must not be before 2025-01-02"]);
        for odd in ["2025-1-1", "20250101", "2025-01-01T00:00:00", "yesterday", ""] {
            assert!(read(json!({"from": odd, "to": "2025-01-01"})).is_err(), "{odd}");
        }
    }
}
