//! Lists that come page by page, and others inside of an object: the rows of their tables.

use serde_json::Value;

use super::{Fields, entries, object};

/// Returns a page of a history, with what leads to the next one; a bare list is all there is.
pub(crate) fn history(_: &Fields, answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    match answer {
        Value::Array(_) => Ok(Value::Object(object([("results", answer), ("pagination", Value::Null)]))),
        Value::Object(fields) if fields.contains_key("results") => Ok(Value::Object(fields)),
        _ => Err("an answer without 'results'".to_owned()),
    }
}

/// One row for each entry of a page.
pub(crate) fn entries_of(page: &Value) -> Vec<Fields> {
    objects(&page["results"])
}

/// One row for each finding of an audit.
pub(crate) fn violations(audit: &Value) -> Vec<Fields> {
    objects(&audit["violations"])
}

/// One row for each metric of a review.
pub(crate) fn metrics(review: &Value) -> Vec<Fields> {
    objects(&review["metrics"])
}

/// The entries of a list as rows. One that is no object is a row of one cell.
fn objects(list: &Value) -> Vec<Fields> {
    let row = |entry: &Value| match entry {
        Value::Object(fields) => fields.clone(),
        single => object([("value", single.clone())]),
    };
    entries(list).map(row).collect()
}

/// What Mixpanel tells of a change of a flag, in its order.
const OF_CHANGE: [&str; 4] = ["id", "action", "time", "details"];

/// One row for each change of a flag, which comes as a list.
pub(crate) fn flag_changes(page: &Value) -> Vec<Fields> {
    let name = |at: usize| OF_CHANGE.get(at).map_or_else(|| format!("field_{}", at + 1), |name| (*name).to_owned());
    let row = |change: &Value| match change {
        Value::Array(parts) => parts.iter().enumerate().map(|(at, part)| (name(at), part.clone())).collect(),
        other => objects(&Value::Array(vec![other.clone()])).swap_remove(0),
    };
    entries(&page["events"]).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(rows: Vec<Fields>) -> Vec<String> {
        rows.into_iter().map(|row| Value::Object(row).to_string()).collect()
    }

    #[test]
    fn a_page_is_a_row_for_each_of_its_entries() {
        let page = json!({"results": [{"id": 1, "fired": true}, 7], "pagination": {"next_cursor": "c2"}});
        assert_eq!(shown(entries_of(&page)), [r#"{"id":1,"fired":true}"#, r#"{"value":7}"#]);
        assert_eq!(entries_of(&json!({"results": null})), Vec::new());
        let audit = json!({"violations": [{"name": "a"}], "computed_at": ""});
        assert_eq!(shown(violations(&audit)), [r#"{"name":"a"}"#]);
    }

    #[test]
    fn a_change_of_a_flag_has_the_names_of_its_parts() {
        let page = json!({"events": [[5, "created", "2025-01-05T10:00:00Z", {"by": "d"}, 1], {"id": 6}], "count": 2});
        let expected = [
            r#"{"id":5,"action":"created","time":"2025-01-05T10:00:00Z","details":{"by":"d"},"field_5":1}"#,
            r#"{"id":6}"#,
        ];
        assert_eq!(shown(flag_changes(&page)), expected);
    }
}
