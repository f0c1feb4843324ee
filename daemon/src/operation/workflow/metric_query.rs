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
/// When the range makes no sense, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let time = time(run)?;
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

fn time(run: &Run<'_>) -> Result<Value, Failure> {
    let unit = run.text("unit").unwrap_or("day");
    let last = run.bound.arguments.get("last").and_then(Value::as_i64).unwrap_or(30);
    match (run.text("from"), run.text("to")) {
        (None, None) if last < 1 => Err(run.wrong("last", "must be at least 1")),
        (None, None) => {
            Ok(json!({"dateRangeType": "in the last", "unit": unit, "window": {"unit": "day", "value": last}}))
        }
        (None, Some(_)) => Err(run.wrong("from", "must be given with to")),
        (Some(from), to) => {
            let today = || run.operations.clock.now().to_zoned(jiff::tz::TimeZone::system()).date().to_string();
            let to = to.map_or_else(today, str::to_owned);
            if *from > *to {
                return Err(run.wrong("to", "must not be before from"));
            }
            Ok(json!({"dateRangeType": "between", "unit": unit, "value": [from, to]}))
        }
    }
}
