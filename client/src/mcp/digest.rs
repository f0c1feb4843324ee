//! What is in a long answer: its rows, its columns, the first of them, and sums. Pure.

use mp_catalog::Operation;
use serde_json::{Map, Value, json};

/// So many bytes of first rows stand in a digest.
const FIRST: usize = 2_500;

/// So many columns are named.
const COLUMNS: usize = 60;

/// So long a text of a row may be where the row would not fit otherwise.
const TEXT: usize = 500;

/// The rows of an answer, and where they stand in it.
pub(super) struct Rows {
    pub(super) rows: Vec<Value>,
    /// The name of the field that holds them; none where the answer itself does, or where they are made of it.
    at: Option<String>,
}

/// Returns the rows of an answer: those that its operation makes of it, else the entries of its largest part.
pub(super) fn rows(operation: Option<&Operation>, value: &Value) -> Rows {
    if let Some(make) = operation.and_then(|operation| operation.reply.rows) {
        return Rows { rows: make(value).into_iter().map(Value::Object).collect(), at: None };
    }
    match value {
        Value::Array(entries) => Rows { rows: entries.clone(), at: None },
        Value::Object(fields) => {
            let largest = fields
                .iter()
                .filter(|(_, part)| size(part) > 1)
                .max_by_key(|(_, part)| (size(part), part.to_string().len()));
            match largest {
                Some((name, Value::Array(entries))) => Rows { rows: entries.clone(), at: Some(name.clone()) },
                Some((name, Value::Object(entries))) => {
                    let entry = |(key, value): (&String, &Value)| json!({"key": key, "value": value});
                    Rows { rows: entries.iter().map(entry).collect(), at: Some(name.clone()) }
                }
                _ => Rows { rows: vec![value.clone()], at: None },
            }
        }
        one => Rows { rows: vec![one.clone()], at: None },
    }
}

/// Returns how many entries a value has.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(entries) => entries.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    }
}

/// Returns what is in an answer, in a few kilobytes.
pub(super) fn digest(operation: Option<&Operation>, value: &Value) -> Value {
    let Rows { rows, at } = rows(operation, value);
    let names = columns(&rows);
    let mut shown = json!({"rows": rows.len(), "columns": names.iter().take(COLUMNS).collect::<Vec<_>>()});
    if names.len() > COLUMNS {
        shown["more_columns"] = (names.len() - COLUMNS).into();
    }
    if let Some(at) = at {
        shown["rows_of"] = at.into();
    }
    shown["first"] = fitting(rows.iter(), FIRST, usize::MAX).0.into();
    let totals = totals(&rows, &names);
    if !totals.is_empty() {
        shown["totals"] = totals.into();
    }
    let fields: Map<String, Value> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, field)| {
            matches!(field, Value::Number(_) | Value::Bool(_)) || field.as_str().is_some_and(|text| text.len() < 200)
        })
        .take(20)
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect();
    if !fields.is_empty() {
        shown["fields"] = fields.into();
    }
    shown
}

/// Returns the first of some rows that fit into so many bytes, one at the least, which is shortened if it must be; and how many they are.
pub(super) fn fitting<'a>(rows: impl Iterator<Item = &'a Value>, bytes: usize, most: usize) -> (Vec<Value>, usize) {
    let (mut taken, mut used) = (Vec::new(), 0);
    for row in rows.take(most) {
        let size = row.to_string().len();
        if used + size > bytes {
            if taken.is_empty() {
                taken.push(shortened(row, bytes));
            }
            break;
        }
        used += size + 1;
        taken.push(row.clone());
    }
    let count = taken.len();
    (taken, count)
}

/// Returns a row that is too long for one answer: its long texts cut, and its lists and objects told by their size.
fn shortened(row: &Value, bytes: usize) -> Value {
    let cut = |value: &Value| match value {
        Value::String(text) if text.len() > TEXT => {
            let end = text.floor_char_boundary(TEXT);
            format!("{}… ({} bytes)", &text[..end], text.len()).into()
        }
        Value::Array(_) | Value::Object(_) if value.to_string().len() > TEXT => {
            format!("({} entries)", size(value)).into()
        }
        other => other.clone(),
    };
    let shown = match row {
        Value::Object(fields) => {
            fields.iter().take(COLUMNS).map(|(name, value)| (shorter(name), cut(value))).collect::<Map<_, _>>().into()
        }
        other => cut(other),
    };
    if shown.to_string().len() <= bytes.max(TEXT * 2) {
        shown
    } else {
        format!("(a row of {} bytes)", row.to_string().len()).into()
    }
}

fn shorter(name: &str) -> String {
    name[..name.floor_char_boundary(TEXT)].to_owned()
}

/// Returns the names of the fields of all rows, in the order of their first appearance.
fn columns(rows: &[Value]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut names = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if seen.insert(name.as_str()) {
            names.push(shorter(name));
        }
    }
    names
}

/// Returns the sum, the least and the most of each column of numbers, but for those that only name something.
fn totals(rows: &[Value], names: &[String]) -> Map<String, Value> {
    let mut totals = Map::new();
    for name in names.iter().take(COLUMNS).filter(|name| !is_name(name)) {
        let values: Vec<&Value> =
            rows.iter().filter_map(|row| row.get(name)).filter(|value| !value.is_null()).collect();
        let numbers: Vec<f64> = values.iter().filter_map(|value| value.as_f64()).collect();
        if numbers.len() < 2 || numbers.len() != values.len() {
            continue;
        }
        let fold = |begin: f64, of: fn(f64, f64) -> f64| numbers.iter().copied().fold(begin, of);
        let told = json!({"sum": fold(0.0, |a, b| a + b), "min": fold(f64::INFINITY, f64::min), "max": fold(f64::NEG_INFINITY, f64::max)});
        totals.insert(name.clone(), told);
    }
    totals
}

fn is_name(column: &str) -> bool {
    let column = column.to_ascii_lowercase();
    column == "id" || column.ends_with("_id") || column.ends_with("time") || column.ends_with("_at") || column == "step"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_tells_what_is_there() {
        let list: Value =
            (0..2000).map(|n| json!({"id": n, "title": format!("Dashboard {n}"), "views": 2, "tags": null})).collect();
        let told = digest(None, &list);
        assert_eq!((&told["rows"], &told["columns"]), (&json!(2000), &json!(["id", "title", "views", "tags"])));
        assert_eq!(told["totals"], json!({"views": {"sum": 4000.0, "min": 2.0, "max": 2.0}}));
        assert_eq!(told["first"][0]["title"], "Dashboard 0");
        assert!(told.to_string().len() < 4_000, "{}", told.to_string().len());
    }

    #[test]
    fn rows_are_found_wherever_they_are() {
        let found = |value: &Value| {
            let Rows { rows, at } = rows(None, value);
            (rows.len(), at)
        };
        assert_eq!(found(&json!({"a": [1, 2, 3], "b": {"x": 1, "y": 2}, "c": 7})), (3, Some("a".to_owned())));
        assert_eq!(found(&json!({"days": {"1": [1, 2, 3, 4], "2": 2}})), (2, Some("days".to_owned())));
        assert_eq!(found(&json!({"a": 1})), (1, None));
        assert_eq!(found(&json!("x".repeat(9))), (1, None));
        let report = json!({"event": "a", "from": "f", "to": "t", "unit": "day", "segment": null, "total": 3,
            "series": {"DE": {"2025-01-01": 1, "2025-01-02": 2}}});
        let operation = mp_catalog::find("query.segmentation");
        assert_eq!(rows(operation, &report).rows.len(), 2, "those of its table");
    }

    #[test]
    fn odd_rows_stay_within_bounds() {
        let huge = json!([{"text": "ü".repeat(1_000_000), "list": vec![0; 100_000]}, {"n": 1}]);
        let told = digest(None, &huge);
        assert!(told.to_string().len() < 4_000, "{}", told.to_string().len());
        let wide: Map<String, Value> = (0..10_000).map(|n| (format!("column {n}"), json!(n))).collect();
        let told = digest(None, &json!([wide, wide]));
        assert!(told.to_string().len() < 20_000 && told["more_columns"] == 9_940, "{}", told.to_string().len());
        let mixed = digest(None, &json!([{"a": 1}, {"a": "x"}, 7, null, [1]]));
        assert_eq!(mixed.get("totals"), None);
        assert_eq!(fitting(std::iter::empty(), 10, 10).1, 0);
    }
}
