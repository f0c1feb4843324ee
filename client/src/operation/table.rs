//! An answer as a table: the columns that its row names, else all that there are.

use mp_catalog::Operation;
use serde_json::{Map, Value};

use crate::output::{self, Reader, View, cell, epoch, fitted, title};

/// What stands below a table, where an answer has it: where to look at it, and what leads to the next page.
const BELOW: [(&str, &str); 3] =
    [("report_url", "/report_url"), ("next_cursor", "/pagination/next_cursor"), ("next_page", "/next_page")];

/// Returns the table of an answer, in a view.
pub(super) fn of(operation: &Operation, value: &Value, view: &View) -> String {
    let rows = rows(operation, value);
    let below: String = BELOW.iter().filter_map(|(name, at)| line_below(name, value.pointer(at)?)).collect();
    if rows.is_empty() {
        let nothing = if value.is_null() { String::new() } else { "(none)\n".to_owned() };
        return nothing + &below;
    }
    if let (Value::Object(fields), None, Reader::Person) = (value, operation.reply.rows, view.reader) {
        return output::fields(fields, view);
    }
    let columns = columns(operation, &rows);
    let titles: Vec<String> = columns.iter().map(|column| title(column, view.reader)).collect();
    let shown = |row: &Map<String, Value>| {
        columns.iter().map(|column| field(operation, column, row.get(*column), view.reader)).collect()
    };
    let cells: Vec<Vec<String>> = rows.iter().map(shown).collect();
    fitted(&titles, &cells, view.width) + &below
}

fn line_below(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!("{name}: {text}\n")),
        Value::Number(number) => Some(format!("{name}: {number}\n")),
        _ => None,
    }
}

fn field(operation: &Operation, name: &str, value: Option<&Value>, reader: Reader) -> String {
    let known = operation.reply.epochs.iter().find(|(epoch, _)| *epoch == name);
    let time = known.zip(value).and_then(|((_, of), value)| epoch(value, of.per_second(), reader));
    time.unwrap_or_else(|| cell(name, value, reader))
}

/// Returns the rows of an answer that has other rows than its entries, each with the link that stands below a table.
pub(super) fn tidy(operation: &Operation, value: &Value) -> Option<Value> {
    let link = value.get("report_url").filter(|link| link.is_string());
    let linked = |mut row: Map<String, Value>| {
        row.extend(link.map(|link| ("report_url".to_owned(), link.clone())));
        Value::Object(row)
    };
    operation.reply.rows.map(|rows| rows(value).into_iter().map(linked).collect())
}

/// Returns the words that stand for the entries of an answer, where the operation knows better ones than their names.
pub(super) fn words(operation: &Operation, value: &Value) -> Option<Vec<String>> {
    let word = operation.reply.word?;
    Some(value.as_array()?.iter().filter_map(word).collect())
}

fn rows(operation: &Operation, value: &Value) -> Vec<Map<String, Value>> {
    if let Some(rows) = operation.reply.rows {
        return rows(value);
    }
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        Value::Null => return Vec::new(),
        one => std::slice::from_ref(one),
    };
    let row = |entry: &Value| match entry {
        Value::Object(fields) => fields.clone(),
        scalar => Map::from_iter([("value".to_owned(), scalar.clone())]),
    };
    entries.iter().map(row).collect()
}

/// Returns the columns in the order of the row, else in that of their first appearance.
fn columns<'a>(operation: &'a Operation, rows: &'a [Map<String, Value>]) -> Vec<&'a str> {
    let named = operation.reply.shown_columns();
    if !named.is_empty() {
        return named;
    }
    let mut seen: Vec<&str> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        // The link stands below the table.
        if !seen.contains(&name.as_str()) && name != "report_url" {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::find;
    use serde_json::json;

    fn table(id: &str, value: &Value) -> String {
        of(find(id).expect("a row"), value, &View { reader: Reader::Program, width: None })
    }

    fn seen(id: &str, value: &Value) -> String {
        of(find(id).expect("a row"), value, &View { reader: Reader::Person, width: Some(80) })
    }

    #[test]
    fn a_table_has_the_columns_of_the_row() {
        let list = json!([{"id": 77001, "title": "Weekly KPIs", "is_private": false}, {"id": 2}]);
        assert_eq!(table("dashboards.list", &list), "ID     TITLE\n77001  Weekly KPIs\n2\n");
        assert_eq!(table("dashboards.list", &json!([])), "(none)\n");
        assert_eq!(table("inspect.events", &json!(["a", "b"])), "VALUE\na\nb\n");
    }

    #[test]
    fn a_history_is_a_row_for_each_of_its_entries() {
        let page = json!({"results": [{"id": 101, "triggered_at": "2025-02-01T07:00:00Z", "fired": false}],
            "pagination": {"next_cursor": "c2", "previous_cursor": null}});
        let expected = "ID   TRIGGERED AT          FIRED\n101  2025-02-01T07:00:00Z  No\nnext_cursor: c2\n";
        assert_eq!(table("alerts.history", &page), expected);
        let page = json!({"events": [[5, "created", "2025-01-05T10:00:00Z", {"by": "dana@acme.example"}]], "count": 1, "next_page": 2});
        let expected = "ID  ACTION   TIME                  DETAILS\n\
                        5   created  2025-01-05T10:00:00Z  {\"by\": \"dana@acme.example\"}\nnext_page: 2\n";
        assert_eq!(table("flags.history", &page), expected);
        assert!(seen("flags.history", &page).contains("  by=dana@acme.example\n"));
    }

    #[test]
    fn numbers_that_are_times_are_shown_as_times() {
        let list = json!([{"replay_id": "r", "start_time": 1736935200000_u64, "retention_days": 30}]);
        let expected = "REPLAY ID  START TIME            RETENTION DAYS\nr          2025-01-15T10:00:00Z  30\n";
        assert_eq!(table("replays.list", &list), expected);
    }

    #[test]
    fn a_custom_event_is_shown_with_the_id_by_which_it_is_changed() {
        let list = json!([{"id": 7101, "name": "Any Conversion", "custom_event_id": 9101, "hidden": false}]);
        assert!(table("custom-events.list", &list).starts_with("CUSTOM EVENT ID  NAME"));
    }

    #[test]
    fn a_single_object_is_a_line_for_each_of_its_fields_for_a_person() {
        let flag = json!({"id": 7, "name": "beta", "creator": {"id": 1, "name": "Dana"}, "tags": ["a", "b"], "x": "y".repeat(90)});
        let expected = "FIELD    VALUE\nid       7\nname     beta\ncreator  Dana\ntags     a, b\n";
        let seen = seen("flags.get", &flag);
        assert!(seen.starts_with(expected) && seen.ends_with("y…\n"), "{seen}");
        assert_eq!(table("flags.get", &flag).lines().count(), 2, "a program gets a row");
    }

    #[test]
    fn the_rows_of_a_report_are_rows_of_a_csv_with_its_link() {
        let tidied = |report| tidy(find("query.segmentation").expect("a row"), &report).map(|rows| rows.to_string());
        let mut report = json!({"series": {"US": {"2025-01-01": 1}}});
        let row = r#"{"date":"2025-01-01","segment":"US","count":1"#;
        assert_eq!(tidied(report.clone()), Some(format!("[{row}}}]")));
        report["report_url"] = "https://mixpanel.com/x".into();
        assert_eq!(tidied(report), Some(format!("[{row},\"report_url\":\"https://mixpanel.com/x\"}}]")));
        assert_eq!(tidy(find("dashboards.list").expect("a row"), &json!([])), None);
    }

    #[test]
    fn a_signed_recording_is_the_address_that_was_asked_for() {
        let signed = |secret: &str| json!([{"replay_id": "r", "url": "https://h/r/", "query_string": secret}]);
        let words = |secret| words(find("replays.sign").expect("a row"), &signed(secret)).expect("words");
        assert_eq!(words("Signature=s&Expires=1"), ["https://h/r/?Signature=s&Expires=1"]);
        assert_eq!(words("<redacted 28 chars>"), ["r"]);
    }

    #[test]
    fn a_report_is_a_row_for_each_of_its_numbers() {
        let report =
            json!({"series": {"US": {"2025-01-01": 12345678901234567890_u64}}, "report_url": "https://mixpanel.com/x"});
        let expected = "DATE        SEGMENT  COUNT\n2025-01-01  US       12345678901234567890\nreport_url: https://mixpanel.com/x\n";
        assert_eq!(table("query.segmentation", &report), expected);
        let ragged = json!({"cohorts": [{"date": "d1", "size": 2, "retention": [1.0, 0.5]}, {"date": "d2", "size": 0, "retention": []}]});
        let expected =
            "COHORT DATE  COHORT SIZE  PERIOD 0  PERIOD 1\nd1           2            1.0       0.5\nd2           0\n";
        assert_eq!(table("query.retention", &ragged), expected);
        let samples = json!([{"name": "gift", "type": "boolean", "sample_values": [false, null, "a"]}]);
        assert_eq!(
            table("inspect.subproperties", &samples),
            "NAME  TYPE     SAMPLE VALUES\ngift  boolean  [false, null, \"a\"]\n"
        );
    }

    #[test]
    fn a_table_fits_its_terminal() {
        let schemas = json!([
            {"entity_type": "event", "name": "Purchase", "property_count": 2,
             "description": "A completed order, with everything that was in the cart when it was paid for, and the way it was paid"},
            {"entity_type": "event", "name": "購入が完了しました", "property_count": 12345678901234567890_u64,
             "description": "注文が完了し、支払いが行われたときに送信されるイベントです。カートの中身も含まれます"},
            {"entity_type": "profile", "name": "Retention – Q1 📈", "property_count": 1.0, "description": null},
            {"entity_type": "event", "name": "moves\u{1b}[2Jthe\ncursor", "description": true},
        ]);
        for width in [40, 80, 120] {
            let table = of(
                find("inspect.lexicon-schemas").expect("a row"),
                &schemas,
                &View { reader: Reader::Program, width: Some(width) },
            );
            insta::assert_snapshot!(format!("lexicon_schemas_{width}"), table);
            let is_narrow = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= width;
            assert!(table.lines().all(is_narrow), "{width}:\n{table}");
        }
    }

    #[test]
    fn a_ragged_table_has_all_columns_and_gaps() {
        let feed = json!({"distinct_ids": ["u-1"], "events": [
            {"event": "Sign Up", "time": "2025-01-15T10:00:00+00:00", "properties": {"time": 1736935200, "plan": "pro"}},
            {"event": "Page View", "time": "2025-01-15T10:01:00+00:00", "properties": {"time": 1736935260, "page": "/cart"}}]});
        insta::assert_snapshot!(table("query.activity-feed", &feed));
        let frequency = json!({"event": null, "data": {"2025-01-01": [305, 107, 60], "2025-01-02": [495]}});
        insta::assert_snapshot!(table("query.frequency", &frequency));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12345678901234567890", "1.0", "1.10"] {
            let text = format!(r#"{{"results": {{"2025-01-01": {digits}}}}}"#);
            let report = serde_json::from_str(&text).expect("JSON");
            let table = table("query.segmentation-sum", &report);
            assert_eq!(table.lines().last(), Some(format!("2025-01-01  {digits}").as_str()));
        }
    }

    #[test]
    fn an_answer_without_rows_says_so() {
        assert_eq!(table("query.segmentation", &json!({"series": {}})), "(none)\n");
        let linked = json!({"series": {}, "report_url": "https://mixpanel.com/x"});
        assert_eq!(table("query.segmentation", &linked), "(none)\nreport_url: https://mixpanel.com/x\n");
        let failed = json!({"series": {}, "report_url": null, "report_url_error": "no"});
        assert_eq!(table("query.segmentation", &failed), "(none)\n");
    }
}
