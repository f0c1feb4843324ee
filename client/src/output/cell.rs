//! What stands in a cell of a table. A program gets a nested value as JSON, as it always did; a person sees what it says.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::moment::{local_text, moment};
use super::table::fitted;
use super::text::compact;
use super::view::{Reader, View};

/// Columns of what was tracked: it is shown letter by letter, for it is looked for by that.
const TRACKED: [&str; 5] = ["value", "segment", "bucket", "name", "event"];

/// Fields that stand for a whole object, the best first.
const NAMES: [&str; 5] = ["name", "title", "email", "display_name", "displayName"];

/// Returns the heading of a column.
pub(crate) fn title(name: &str, reader: Reader) -> String {
    let name = name.replace('_', " ");
    match reader {
        Reader::Program => name.to_uppercase(),
        Reader::Person => parted(&name).to_uppercase(),
    }
}

/// Puts a space before each new word of a name such as `eventName`.
fn parted(name: &str) -> String {
    let mut parted = String::with_capacity(name.len() + 2);
    let mut was_small = false;
    for c in name.chars() {
        if was_small && c.is_uppercase() {
            parted.push(' ');
        }
        was_small = c.is_lowercase();
        parted.push(c);
    }
    parted
}

/// Returns what a cell shows of the value of a field.
pub(crate) fn cell(name: &str, value: Option<&Value>, reader: Reader) -> String {
    match (value, reader) {
        (None | Some(Value::Null), _) => String::new(),
        (Some(Value::Bool(yes)), _) => if *yes { "Yes" } else { "No" }.to_owned(),
        (Some(Value::String(text)), Reader::Person) if !TRACKED.contains(&name) => {
            local_text(text).unwrap_or_else(|| text.clone())
        }
        (Some(Value::String(text)), _) => text.clone(),
        (Some(nested @ (Value::Array(_) | Value::Object(_))), Reader::Person) => words(nested),
        (Some(other), _) => compact(other),
    }
}

/// Returns a single object in a view: a line for each of its fields, for side by side they would not fit.
pub(crate) fn fields(object: &Map<String, Value>, view: &View) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::Array(_) | Value::Object(_) => vec![name.clone(), words(value)],
        _ => vec![name.clone(), cell(name, Some(value), view.reader)],
    };
    fitted(&["FIELD", "VALUE"], &object.iter().map(line).collect::<Vec<_>>(), view.width)
}

/// Returns a time that a field has as a number of such parts of a second.
pub(crate) fn epoch(value: &Value, per_second: u32, reader: Reader) -> Option<String> {
    let micros = value.as_f64()? * 1e6 / f64::from(per_second);
    Timestamp::from_microsecond(micros.round() as i64).ok().map(|time| moment(time, reader))
}

/// Returns what a value says: the name of what has one, else its fields; a list as what its entries say.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => local_text(text).unwrap_or_else(|| text.clone()),
        Value::Array(entries) => entries.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => named(fields).unwrap_or_else(|| told(fields)),
        scalar => compact(scalar),
    }
}

fn named(fields: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let whole = || Some(format!("{} {}", text("first_name")?, text("last_name")?));
    NAMES.iter().find_map(|name| text(name)).map(str::to_owned).or_else(whole)
}

fn told(fields: &Map<String, Value>) -> String {
    let is_said = |(_, value): &(&String, &Value)| !words(value).is_empty();
    let field = |(name, value): (&String, &Value)| match value {
        Value::Array(_) | Value::Object(_) => format!("{name}=({})", words(value)),
        _ => format!("{name}={}", words(value)),
    };
    fields.iter().filter(is_said).map(field).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_person_sees_no_json_and_a_program_nothing_else() {
        let cases = [
            (json!({"id": 1, "name": "Dana Reyes", "email": "d@x"}), "Dana Reyes"),
            (json!({"id": 1, "first_name": "Dana", "last_name": "Reyes"}), "Dana Reyes"),
            (json!([{"id": 61, "name": "release"}, {"id": 62, "name": "outage"}]), "release, outage"),
            (
                json!([{"property": "env", "operator": "equals", "value": "staging"}]),
                "property=env operator=equals value=staging",
            ),
            (
                json!({"description": [null, "text"], "by": {"email": "d@x"}, "none": null}),
                "description=(, text) by=(d@x)",
            ),
            (json!([false, null, 7, 12345678901234567890_u64, "a"]), "false, , 7, 12345678901234567890, a"),
            (json!([]), ""),
            (json!({}), ""),
        ];
        for (value, expected) in cases {
            assert_eq!(cell("x", Some(&value), Reader::Person), expected);
            assert_eq!(cell("x", Some(&value), Reader::Program), compact(&value));
        }
    }

    #[test]
    fn what_was_tracked_is_shown_letter_by_letter() {
        let time = json!("2025-01-10T12:30:00+00:00");
        assert_eq!(cell("segment", Some(&time), Reader::Person), "2025-01-10T12:30:00+00:00");
        assert_ne!(cell("created", Some(&time), Reader::Person), "2025-01-10T12:30:00+00:00");
        assert_eq!(cell("created", Some(&time), Reader::Program), "2025-01-10T12:30:00+00:00");
    }

    #[test]
    fn a_single_object_has_no_json_for_anybody() {
        let tested = json!({"ok": true, "user": {"id": 42, "email": "ada@example.com"}, "error": null});
        let view = View { reader: Reader::Program, width: None };
        let expected = "FIELD  VALUE\nok     Yes\nuser   ada@example.com\nerror\n";
        assert_eq!(fields(tested.as_object().expect("an object"), &view), expected);
    }

    #[test]
    fn headings_are_words() {
        assert_eq!(title("fromDate", Reader::Person), "FROM DATE");
        assert_eq!(title("fromDate", Reader::Program), "FROMDATE");
        assert_eq!(title("$insert_id", Reader::Person), "$INSERT ID");
    }

    #[test]
    fn numbers_of_seconds_and_their_parts_are_times() {
        assert_eq!(epoch(&json!(1736935200), 1, Reader::Program).as_deref(), Some("2025-01-15T10:00:00Z"));
        assert_eq!(epoch(&json!(1736935200000_u64), 1000, Reader::Program).as_deref(), Some("2025-01-15T10:00:00Z"));
        assert_eq!(epoch(&json!("soon"), 1, Reader::Program), None);
        assert_eq!(epoch(&json!(1e300), 1, Reader::Program), None, "no time that there can be");
    }
}
