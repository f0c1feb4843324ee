//! Lists as lines, comma-separated values and plain words.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::line;
use serde_json::Value;

use super::text::compact;
use super::view::Reader;

/// The entries of a list; a single value is a list of one.
fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        single => std::slice::from_ref(single),
    }
}

/// Returns one JSON value a line.
pub(super) fn lines(value: &Value) -> String {
    entries(value).iter().map(|entry| format!("{}\n", compact(entry))).collect()
}

/// Returns RFC 4180 text with a line of names. Booleans are lower case, null is empty, nested values are JSON.
pub(super) fn csv(value: &Value, reader: Reader) -> Result<String, Failure> {
    let entries = entries(value);
    let mut names: Vec<&str> = Vec::new();
    for name in entries.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push("value");
    }
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut write = |record: Vec<String>| writer.write_record(record).map_err(|error| not_written(&error.to_string()));
    if !entries.is_empty() {
        write(names.iter().map(|name| seen(name, reader)).collect())?;
    }
    for entry in entries {
        let cells = match entry {
            Value::Object(fields) => names
                .iter()
                .map(|name| fields.get(*name).map_or_else(String::new, |value| text(value, reader)))
                .collect(),
            // What is no object is a row of one cell.
            single => (0..names.len()).map(|at| if at == 0 { text(single, reader) } else { String::new() }).collect(),
        };
        write(cells)?;
    }
    let bytes = writer.into_inner().map_err(|error| not_written(&error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| not_written(&error.to_string()))
}

fn not_written(reason: &str) -> Failure {
    Failure::new(FailureKind::Internal, format!("the table could not be written: {reason}"))
}

/// Returns the word that stands for each entry; a single object is shown as `key=value` lines.
pub(super) fn plain(value: &Value, reader: Reader) -> String {
    let field = |(name, value): (&String, &Value)| format!("{}={}\n", seen(name, reader), text(value, reader));
    match value {
        Value::Object(fields) => fields.iter().map(field).collect(),
        // There is nothing that a word could stand for.
        Value::Null => String::new(),
        _ => entries(value).iter().map(|entry| format!("{}\n", word(entry, reader))).collect(),
    }
}

/// Returns the word that stands for an object, if it has one, and the link to its report, which was asked for; else its fields.
pub(super) fn plain_answer(value: &Value, reader: Reader) -> String {
    let Some(word) = NAMES.iter().find_map(|name| value.get(name)) else { return plain(value, reader) };
    let link = value.get("report_url").filter(|link| link.is_string());
    let link = link.map(|link| format!("report_url={}\n", text(link, reader)));
    format!("{}\n{}", text(word, reader), link.unwrap_or_default())
}

/// Fields that stand for the whole, the best first.
const NAMES: [&str; 4] = ["name", "value", "event", "id"];

fn word(entry: &Value, reader: Reader) -> String {
    let Some(fields) = entry.as_object() else { return text(entry, reader) };
    let named = NAMES.iter().find_map(|name| fields.get(*name));
    named.or_else(|| fields.values().next()).map_or_else(String::new, |value| text(value, reader))
}

fn text(value: &Value, reader: Reader) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => seen(text, reader),
        other => compact(other),
    }
}

/// A line in the middle of a value would be one of its own for a person.
fn seen(text: &str, reader: Reader) -> String {
    match reader {
        Reader::Program => text.to_owned(),
        Reader::Person => line(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PROGRAM: Reader = Reader::Program;

    #[test]
    fn cells_of_a_csv_are_quoted_when_they_must_be() {
        let list =
            json!([{"name": "a,b", "ok": true, "id": null, "tags": ["x", {"y": "é"}]}, {"name": "é\"q\"", "extra": 1}]);
        let expected =
            "name,ok,id,tags,extra\n\"a,b\",true,,\"[\"\"x\"\", {\"\"y\"\": \"\"é\"\"}]\",\n\"é\"\"q\"\"\",,,,1\n";
        assert_eq!(csv(&list, PROGRAM).as_deref(), Ok(expected));
        assert_eq!(csv(&json!([]), PROGRAM).as_deref(), Ok(""));
    }

    #[test]
    fn plain_shows_the_word_that_stands_for_an_entry() {
        assert_eq!(plain(&json!([{"id": 7, "name": "web"}, {"id": 8}, "x", {"z": 1}]), PROGRAM), "web\n8\nx\n1\n");
        assert_eq!(plain(&json!({"name": "web", "workspace": null}), PROGRAM), "name=web\nworkspace=\n");
        assert_eq!(plain(&json!(880101), PROGRAM), "880101\n");
        assert_eq!(plain(&json!(null), PROGRAM), "", "no line where there is nothing");
    }

    #[test]
    fn a_person_sees_each_value_on_a_line_of_its_own() {
        let list = json!([{"name": "a\nb", "x\ny": "\r\n"}, "c\u{1b}"]);
        assert_eq!(plain(&list, Reader::Person), "a\\nb\nc\\u{1b}\n");
        assert_eq!(csv(&list, Reader::Person).as_deref(), Ok("name,x\\ny\na\\nb,\\r\\n\nc\\u{1b},\n"));
        assert_eq!(plain_answer(&json!({"z\n": "\n"}), Reader::Person), "z\\n=\\n\n");
        assert_eq!(plain(&list, PROGRAM), "a\nb\nc\u{1b}\n");
    }

    #[test]
    fn lines_are_one_value_each() {
        assert_eq!(lines(&json!([{"a": 1}, 2])), "{\"a\": 1}\n2\n");
        assert_eq!(lines(&json!({"a": 1})), "{\"a\": 1}\n");
    }

    fn read(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn the_csv_of_a_report_is_one_row() {
        let report = read(
            r#"{"events": ["Sign Up"], "from_date": "2025-01-01", "to_date": null, "ok": false,
                "series": {"Sign Up": {"2025-01-01": 100, "2025-01-02": 1.50}}}"#,
        );
        let expected = "events,from_date,to_date,ok,series\n\
            \"[\"\"Sign Up\"\"]\",2025-01-01,,false,\"{\"\"Sign Up\"\": {\"\"2025-01-01\"\": 100, \"\"2025-01-02\"\": 1.50}}\"\n";
        assert_eq!(csv(&report, PROGRAM).as_deref(), Ok(expected));
        assert_eq!(
            csv(&json!(["App Open", "Log In, again"]), PROGRAM).as_deref(),
            Ok("value\nApp Open\n\"Log In, again\"\n")
        );
    }

    #[test]
    fn the_word_for_a_report_is_the_one_that_stands_for_it() {
        let sum = json!({"event": "Purchase", "from_date": "2025-01-01", "results": {"2025-01-01": 1204.5}});
        assert_eq!(plain_answer(&sum, PROGRAM), "Purchase\n");
        assert_eq!(plain_answer(&json!({"id": 7, "name": "web"}), PROGRAM), "web\n");
        let linked = json!({"event": "Purchase", "report_url": "https://mixpanel.com/x"});
        assert_eq!(plain_answer(&linked, PROGRAM), "Purchase\nreport_url=https://mixpanel.com/x\n");
        let retention = json!({"born_event": "Sign Up", "cohorts": [{"date": "d", "retention": [1.0]}]});
        let expected = "born_event=Sign Up\ncohorts=[{\"date\": \"d\", \"retention\": [1.0]}]\n";
        assert_eq!(plain_answer(&retention, PROGRAM), expected);
        assert_eq!(plain(&json!(["App Open", "Log In"]), PROGRAM), "App Open\nLog In\n");
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12345678901234567890", "1.0", "1.10", "-0.0", "9007199254740993"] {
            let object = read(&format!(r#"{{"n": {digits}, "in": [{digits}]}}"#));
            assert_eq!(lines(&object), format!("{{\"n\": {digits}, \"in\": [{digits}]}}\n"));
            assert_eq!(csv(&object, PROGRAM).as_deref(), Ok(format!("n,in\n{digits},[{digits}]\n").as_str()));
            assert_eq!(plain_answer(&object, PROGRAM), format!("n={digits}\nin=[{digits}]\n"));
            assert_eq!(plain(&json!([object["n"]]), PROGRAM), format!("{digits}\n"));
            let pretty = crate::output::pretty(&object);
            assert_eq!(pretty, format!("{{\n  \"n\": {digits},\n  \"in\": [\n    {digits}\n  ]\n}}"));
        }
    }
}
