//! Reads arguments one by one and gathers what is wrong with them.

use jiff::civil::Date;
use serde_json::{Map, Value};

use mp_proto::failure::Problem;

/// Arguments and what was wrong with them so far. A null counts as not given.
pub(super) struct Reader<'a> {
    arguments: &'a Map<String, Value>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(arguments: &'a Map<String, Value>) -> Self {
        Self { arguments, problems: Vec::new() }
    }

    /// Notes a problem.
    pub(super) fn wrong(&mut self, name: &str, detail: impl Into<String>) {
        self.problems.push(Problem::new(name, detail));
    }

    /// Returns what was made of the arguments, which is something if nothing was wrong.
    pub(super) fn done<T>(self, made: Option<T>) -> Result<T, Vec<Problem>> {
        match made {
            Some(made) if self.problems.is_empty() => Ok(made),
            _ => Err(self.problems),
        }
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.arguments.get(name).filter(|value| !value.is_null())
    }

    /// Reads a value; none when it is not given, or wrong.
    fn read<T>(&mut self, name: &str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let given = self.given(name)?;
        let value = read(given);
        if value.is_none() {
            self.wrong(name, format!("must be {expected}"));
        }
        value
    }

    /// Reads a day that must be given.
    pub(super) fn date(&mut self, name: &str) -> Option<Date> {
        if self.given(name).is_none() {
            self.wrong(name, "must be given");
        }
        self.read(name, "a date such as 2025-01-31", |value| {
            let text = value.as_str()?;
            let date: Date = text.parse().ok()?;
            // The parser takes other spellings, too; Mixpanel does not.
            (date.to_string() == text).then_some(date)
        })
    }

    /// Reads a text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.read(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// Reads an id, which may be given as a number.
    pub(super) fn id(&mut self, name: &str) -> Option<String> {
        self.read(name, "an id", |value| match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => number.as_i64().map(|id| id.to_string()),
            _ => None,
        })
    }

    /// Reads texts: a list, or one text with commas between them.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.read(name, "a list of texts", |value| match value {
            Value::String(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(parts.map(str::to_owned).collect())
            }
            Value::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => None,
        })
    }

    /// Reads an integer.
    pub(super) fn integer(&mut self, name: &str) -> Option<i64> {
        self.read(name, "an integer", |value| match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// Reads a switch, which is off when it is not given.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let read = |value: &Value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        self.read(name, "true or false", read).unwrap_or(false)
    }

    /// Reads JSON, or the text of it.
    pub(super) fn json(&mut self, name: &str) -> Option<Value> {
        self.read(name, "JSON", |value| match value {
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        })
    }
}
