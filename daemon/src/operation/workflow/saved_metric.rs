//! Metrics are created and changed by code: an owner and a mark need a request of their own after the metric is there, and a new definition
//! keeps the stored kind, display and goals, which have to be asked for.

use mp_catalog::{metric_kind, results};
use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::saved_behavior::stored;

use crate::call::request::{Outgoing, Payload};
use crate::operation::call::{Answered, Run};

/// What a definition keeps of the stored one unless it says otherwise.
const KEPT: [&str; 2] = ["display", "goals"];

/// Runs it.
///
/// # Errors
/// When the kind would change, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    if run.operation.id == "metrics.create" { create(run).await } else { change(run).await }
}

async fn create(run: &Run<'_>) -> Result<Answered, Failure> {
    let created = run.ask(run.request(run.bound.clone()).await?).await?;
    let mut marks = Map::new();
    if let Some(owner) = run.bound.arguments.get("owner_id") {
        marks.insert("owned_by".to_owned(), json!({"id": owner}));
    }
    if run.is_set("verified") {
        marks.insert("verified".to_owned(), true.into());
    }
    if marks.is_empty() {
        return run.take(created);
    }
    let value = results((*created.value).clone());
    let id = value.as_object().and_then(|entries| entries.keys().next()).cloned();
    let id = id.ok_or_else(|| run.odd("no metric"))?;
    let request = Outgoing {
        method: Method::PATCH,
        payload: Payload::Json(Value::Object(marks)),
        repeatable: false,
        ..Outgoing::read(Plane::App, run.project_path(&format!("metrics/{id}"))?)
    };
    let changed = run.also(request).await.map_err(|mut failure| {
        failure.detail = format!("metric {id} was created, but its owner and mark were not set: {}", failure.detail);
        failure
    })?;
    run.taken(changed, None)
}

async fn change(run: &Run<'_>) -> Result<Answered, Failure> {
    let mut bound = run.bound.clone();
    if run.bound.arguments.contains_key("definition_file") {
        let stored = stored(run, "metrics", "metric_id").await?;
        let kind = metric_kind(&run.bound.arguments);
        // An old word for a metric of behavior.
        let was = if stored["type"] == "behavior" { Value::from("metric") } else { stored["type"].clone() };
        if was != kind {
            return Err(run.declined(format!("the metric is a {was} and cannot become a {kind}")));
        }
        let source = run.bound.arguments.get("warehouse_source_id");
        if let Some(source) = source.filter(|source| **source != stored["warehouse_source_id"]) {
            let is = &stored["warehouse_source_id"];
            return Err(run.declined(format!("the metric is of warehouse source {is} and cannot move to {source}")));
        }
        if let Some(Value::Object(definition)) = bound.body.as_mut().and_then(|body| body.get_mut("definition")) {
            for name in KEPT {
                if let Some(kept) = stored["definition"].get(name)
                    && !definition.contains_key(name)
                {
                    definition.insert(name.to_owned(), kept.clone());
                }
            }
        }
    }
    run.take(run.ask(run.request(bound).await?).await?)
}
