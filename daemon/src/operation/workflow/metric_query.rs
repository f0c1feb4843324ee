//! A query of a saved metric is code because the report that runs it says what kind of metric it is, which has to be asked for first.

use mp_catalog::of_report;
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use serde_json::{Value, json};

use crate::call::request::Outgoing;
use crate::operation::call::{Answered, Run};

/// Runs it.
///
/// # Errors
/// Those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let time = time(run);
    let id = run.bound.arguments.get("metric_id").cloned().unwrap_or_default();
    let path = run.project_path(&format!("metrics/{id}"))?;
    let metric = run.also(Outgoing::read(Plane::App, path)).await?;
    let kind = metric.get(id.to_string()).map(|entry| entry["type"].clone());
    let kind = kind.ok_or_else(|| run.odd(&format!("something else than metric {id}")))?;
    let group = run.text("group_by").map(|name| {
        json!({"value": name, "propertyName": name, "resourceType": "events", "propertyType": "string",
            "propertyDefaultType": "string"})
    });
    let bookmark = json!({
        "sections": {"show": [{"type": kind, "id": id}], "time": [time], "filter": [],
            "group": group.into_iter().collect::<Vec<_>>()},
        "displayOptions": {"chartType": "line", "analysis": "linear"},
    });
    let answer = run.insights(bookmark.clone(), run.session.workspace).await?;
    let value = of_report("insights", &answer, &bookmark, "").map_err(|what| run.odd(&what))?;
    Ok(Answered { value, notes: Vec::new(), age: None })
}

/// Returns the range of days, which was checked.
fn time(run: &Run<'_>) -> Value {
    let unit = run.text("unit").unwrap_or("day");
    let Some(from) = run.text("from") else {
        let last = run.bound.arguments.get("last").and_then(Value::as_i64).unwrap_or(30);
        return json!({"dateRangeType": "in the last", "unit": unit, "window": {"unit": "day", "value": last}});
    };
    let today = || run.operations.clock.now().to_zoned(jiff::tz::TimeZone::system()).date().to_string();
    let to = run.text("to").map_or_else(today, str::to_owned);
    json!({"dateRangeType": "between", "unit": unit, "value": [from, to]})
}
