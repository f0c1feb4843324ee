//! One value: checked against the kind of its parameter, and made what it means.

use serde_json::Value;

use super::list;
use crate::operation::{Kind, Of, Param};

/// Said of a list that is empty.
pub(super) const NONE: &str = "must name at least one";

/// Returns what a value means.
///
/// # Errors
/// With all that is wrong with it, each as the end of a sentence.
pub(super) fn single(param: &Param, given: &Value, notes: &mut Vec<String>) -> Result<Value, Vec<String>> {
    let (value, expected) = match param.kind {
        Kind::Str | Kind::Secret | Kind::Property => match given.as_str() {
            Some(text) => return param.text.checked(text).map(Value::from).map_err(|why| vec![why]),
            None => (None, "a text"),
        },
        Kind::Int => (list::integer(given).map(Value::Number), "an integer"),
        Kind::Ints => (list::integers(given, param.strict), "integers, separated by commas"),
        Kind::Id => (id(given), "an id"),
        Kind::List if param.repeats && given.is_string() => (list::names(given), "texts, separated by commas"),
        Kind::List => (list::texts(given), "texts, separated by commas"),
        Kind::Names => (list::names(given), "texts, separated by commas"),
        Kind::Flag | Kind::Toggle => (boolean(given), "true or false"),
        Kind::Date => (date(given), "a date such as 2025-01-31, or yesterday, -7d, 2025-W05, 2025-01, last-month"),
        Kind::Json(of) => return json(param, of, given, notes),
        Kind::JsonFile => return json(param, Of::Object, given, notes),
        Kind::TextFile => (given.as_str().map(Value::from), "a text"),
        Kind::File => return Err(vec!["is the body of the call, not one of its arguments".to_owned()]),
        Kind::Output => return Err(vec!["is for a command line only".to_owned()]),
        Kind::OneOf(words) => {
            let known = given.as_str().filter(|word| words.contains(word));
            return known.map(Value::from).ok_or_else(|| vec![format!("must be one of {}", words.join(", "))]);
        }
        Kind::AnyCase(words) => {
            let lower = given.as_str().map(str::to_lowercase).filter(|word| words.contains(&word.as_str()));
            return lower.map(Value::from).ok_or_else(|| vec![format!("must be one of {}", words.join(", "))]);
        }
    };
    let value = value.ok_or_else(|| vec![format!("must be {expected}")])?;
    let is_list = matches!(param.kind, Kind::Ints | Kind::List | Kind::Names);
    if is_list && list::is_empty(&value) && !(param.empty && list::is_meant(given)) {
        return Err(vec![NONE.to_owned()]);
    }
    Ok(value)
}

fn id(given: &Value) -> Option<Value> {
    match given {
        Value::String(text) => (!text.is_empty()).then(|| given.clone()),
        _ => list::integer(given).map(|number| number.to_string().into()),
    }
}

fn boolean(given: &Value) -> Option<Value> {
    match given {
        Value::Bool(_) => Some(given.clone()),
        Value::String(word) => word.parse().ok().map(Value::Bool),
        _ => None,
    }
}

/// A calendar date in the one spelling that Mixpanel takes.
fn date(given: &Value) -> Option<Value> {
    let text = given.as_str()?;
    let is_spelled_so = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_spelled_so && text.parse::<jiff::civil::Date>().is_ok()).then(|| given.clone())
}

/// Returns JSON that was given as a value or as its text. So where a JSON text is wanted, its text has quotes.
fn json(param: &Param, of: Of, given: &Value, notes: &mut Vec<String>) -> Result<Value, Vec<String>> {
    let read = match given {
        Value::String(text) => serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            vec![format!("must be JSON, and is not in line {line}, column {column}: {}", why(&error))]
        })?,
        other => other.clone(),
    };
    let sent = of.sent(&read)?;
    if !sent.left_out.is_empty() {
        notes.push(format!(
            "{} has fields that nothing is known of; left out: {}",
            param.name,
            sent.left_out.join(", ")
        ));
    }
    Ok(sent.value)
}

/// Returns what a reader of JSON says, without the place that it adds.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
