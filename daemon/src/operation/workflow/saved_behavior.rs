//! A behavior is changed by code because a new definition must be of the kind that is stored, and the kind has to be asked for.

use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use serde_json::Value;

use crate::call::request::Outgoing;
use crate::operation::call::{Answered, Run, plain};

/// Runs it.
///
/// # Errors
/// When the kind would change, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    if let Some(definition) = run.bound.arguments.get("definition_file") {
        let stored = stored(run, "behaviors", "behavior_id").await?;
        let (is, was) = (&definition["behavior"]["type"], &stored["type"]);
        if is != was {
            return Err(run.declined(format!("the behavior is a {was} and cannot become a {is}")));
        }
    }
    plain(run).await
}

/// Returns what is stored.
pub(super) async fn stored(run: &Run<'_>, noun: &str, argument: &str) -> Result<Value, Failure> {
    let id = run.bound.arguments.get(argument).cloned().unwrap_or_default();
    let path = run.project_path(&format!("{noun}/{id}"))?;
    let found = run.also(Outgoing::read(Plane::App, path)).await?;
    found.get(id.to_string()).cloned().ok_or_else(|| run.odd(&format!("something else than the {noun} {id}")))
}
