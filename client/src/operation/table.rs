//! An answer as a table: the columns that its row names, else all that there are.

use mp_catalog::Operation;
use serde_json::{Map, Value};

use crate::output::{compact, fitted};

/// Returns the table of an answer, no wider than `width` where one is given.
pub(super) fn of(operation: &Operation, value: &Value, width: Option<usize>) -> String {
    let rows = rows(operation, value);
    let link = value.get("report_url").and_then(Value::as_str).map(|url| format!("report_url: {url}\n"));
    if rows.is_empty() {
        let nothing = if value.is_null() { String::new() } else { "(none)\n".to_owned() };
        return nothing + &link.unwrap_or_default();
    }
    let columns = columns(operation, &rows);
    let titles: Vec<String> = columns.iter().map(|column| column.to_uppercase().replace('_', " ")).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| cell(row.get(*column))).collect()).collect();
    fitted(&titles, &cells, width) + &link.unwrap_or_default()
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

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(yes)) => if *yes { "Yes" } else { "No" }.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => compact(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_catalog::find;
    use serde_json::json;

    fn table(id: &str, value: &Value) -> String {
        of(find(id).expect("a row"), value, None)
    }

    #[test]
    fn a_table_has_the_columns_of_the_row() {
        let list = json!([{"id": 77001, "title": "Weekly KPIs", "is_private": false}, {"id": 2}]);
        assert_eq!(table("dashboards.list", &list), "ID     TITLE\n77001  Weekly KPIs\n2\n");
        assert_eq!(table("dashboards.list", &json!([])), "(none)\n");
        assert_eq!(table("inspect.events", &json!(["a", "b"])), "VALUE\na\nb\n");
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
            let table = of(find("inspect.lexicon-schemas").expect("a row"), &schemas, Some(width));
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
