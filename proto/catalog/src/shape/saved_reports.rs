//! What saved reports answer when they are run.

use serde_json::{Value, json};

use super::{Fields, entries, fields, flows, given, object, results, take, take_list};

pub(crate) fn report(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_object() {
        return Err("something else than a report".to_owned());
    }
    let range = take(&mut answer, "date_range").unwrap_or_default();
    let date = |name: &str| range.get(name).cloned().unwrap_or_else(|| "".into());
    let headers = take_list(&mut answer, "headers");
    let holds = |word: &&&str| entries(&headers).filter_map(Value::as_str).any(|header| header.contains(**word));
    let kind = ["$retention", "$funnel", "$flows"].iter().find(holds).map_or("insights", |word| &word[1..]);
    Ok(Value::Object(object([
        ("bookmark_id", given(arguments, "bookmark_id")),
        ("computed_at", take(&mut answer, "computed_at").unwrap_or_else(|_| "".into())),
        ("from_date", date("from_date")),
        ("to_date", date("to_date")),
        ("headers", headers),
        ("series", take(&mut answer, "series")?),
        ("report_type", kind.into()),
    ])))
}

pub(crate) fn flows(arguments: &Fields, mut answer: Value, _: &mut Vec<String>) -> Result<Value, String> {
    if !answer.is_object() {
        return Err("something else than a report".to_owned());
    }
    Ok(Value::Object(object([
        ("bookmark_id", given(arguments, "bookmark_id")),
        ("computed_at", take(&mut answer, "computed_at").unwrap_or_else(|_| "".into())),
        ("steps", take(&mut answer, "steps")?),
        ("breakdowns", take_list(&mut answer, "breakdowns")),
        ("overall_conversion_rate", take(&mut answer, "overallConversionRate").unwrap_or_else(|_| 0.0.into())),
        ("metadata", take(&mut answer, "metadata").unwrap_or_else(|_| Fields::new().into())),
    ])))
}

pub(crate) fn flow_rows(report: &Value) -> Vec<Fields> {
    let nodes = flows::rows(report);
    if nodes.is_empty() {
        entries(&report["steps"]).filter_map(|step| step.as_object().cloned()).collect()
    } else {
        nodes
    }
}

/// The rows of a report of its type, as if it had been run by its parameters. One whose numbers are arranged in some other way is a row.
pub(crate) fn rows(report: &Value) -> Vec<Fields> {
    let kind = match report["report_type"].as_str() {
        Some("funnel") => "funnels",
        Some("retention") => "retention",
        _ => "insights",
    };
    let of_type = results::of_report(kind, &json!({"series": report["series"]}), &Value::Null, "");
    let rows = of_type.map(|shaped| results::rows(&shaped)).unwrap_or_default();
    let has_numbers = fields(&report["series"]).next().is_some();
    if rows.is_empty() && has_numbers { report.as_object().cloned().into_iter().collect() } else { rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(report: &Value) -> Vec<String> {
        rows(report).into_iter().map(|row| Value::Object(row).to_string()).collect()
    }

    #[test]
    fn a_saved_report_has_the_rows_of_its_type() {
        let insights = json!({"report_type": "insights", "series": {"A": {"2025-01-01T00:00:00-08:00": 3}}});
        assert_eq!(shown(&insights), [r#"{"date":"2025-01-01T00:00:00","event":"A","count":3}"#]);
        let count = json!({"1. A": {"all": 9}, "2. B": {"all": 4}});
        let funnel = json!({"report_type": "funnel", "series": {"f": {"$overall": {"count": count}}}});
        assert_eq!(rows(&funnel).len(), 2);
        let odd = json!({"report_type": "retention", "series": {"a": 1, "b": 2}});
        assert_eq!(shown(&odd), [odd.to_string()], "nothing is left out");
        assert_eq!(shown(&json!({"report_type": "insights", "series": {}})), [""; 0]);
    }

    #[test]
    fn a_flow_is_a_row_for_each_of_its_nodes() {
        let nodes = json!({"steps": [{"nodes": [{"event": "A", "totalCount": "9", "edges": []}]}]});
        assert_eq!(flow_rows(&nodes)[0]["count"], "9");
        assert_eq!(flow_rows(&json!({"steps": [{"x": 1}]})).len(), 1);
    }
}
