//! A new report is code because it is seen only when it is on a dashboard, which is a second request.

use mp_catalog::results;
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use reqwest::Method;
use serde_json::{Value, json};

use crate::call::request::{Outgoing, Payload};
use crate::operation::call::{Answered, Run};

/// Runs it.
///
/// # Errors
/// Those of the requests; when the report is there but not on the dashboard, the error says so.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let answer = run.ask(run.request(run.bound.clone()).await?).await?;
    let id = results((*answer.value).clone()).get("id").cloned().ok_or_else(|| run.odd("a report without 'id'"))?;
    let dashboard = run.bound.arguments.get("dashboard_id").cloned().unwrap_or_default();
    let content = json!({"content": {"action": "create", "content_type": "report",
        "content_params": {"source_bookmark_id": id}}});
    let request = Outgoing {
        method: Method::PATCH,
        payload: Payload::Json(content),
        repeatable: false,
        ..Outgoing::read(Plane::App, run.scoped_path(&format!("dashboards/{dashboard}"))?)
    };
    run.also(request).await.map_err(|mut failure| {
        failure.detail = format!("report {id} was saved, but is not on dashboard {dashboard}: {}", failure.detail);
        failure.next(add(&dashboard, &id), "put it there")
    })?;
    run.take(answer)
}

fn add(dashboard: &Value, id: &Value) -> String {
    format!("mp dashboards add-report {dashboard} {id}")
}
