//! Saved metrics and behaviors are deleted by code because it asks first whether the account may: Mixpanel itself deletes what only others
//! should.

use mp_proto::failure::Failure;
use mp_proto::plane::Plane;
use reqwest::Method;
use serde_json::Value;

use crate::call::request::Outgoing;
use crate::operation::call::{Answered, Run, plain};

/// Runs it.
///
/// # Errors
/// When the account may not edit one of them, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let (noun, argument) = match run.operation.id {
        "metrics.delete" => ("metrics", "metric_ids"),
        _ => ("behaviors", "behavior_ids"),
    };
    let ids: Vec<&Value> = run.bound.arguments.get(argument).and_then(Value::as_array).into_iter().flatten().collect();
    // One that is not there is told also when all are to be deleted whoever owns them.
    let path = match ids.as_slice() {
        [only] => format!("{noun}/{only}"),
        _ if run.is_set("force") => return plain(run).await,
        _ => noun.to_owned(),
    };
    let request = Outgoing { method: Method::GET, ..Outgoing::read(Plane::App, run.project_path(&path)?) };
    let listed = run.also(request).await?;
    if !run.is_set("force") {
        let entry = |id: &Value| listed.get(id.to_string());
        let is_closed = |id: &&&Value| entry(id).is_some_and(|entry| entry["can_update_basic"] == Value::Bool(false));
        let closed: Vec<String> = ids.iter().filter(is_closed).map(ToString::to_string).collect();
        if !closed.is_empty() {
            let detail = format!("nothing was deleted: the account may not edit {noun} {}", closed.join(", "));
            return Err(run.declined(detail).next(run.again("", " --force"), "delete them nevertheless"));
        }
    }
    plain(run).await
}
