//! Custom events are changed by code because they may be named, and Mixpanel wants their number.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use serde_json::{Value, json};

use crate::call::request::{Outgoing, Query};
use crate::operation::call::{Answered, Run};

/// Where they are defined.
const PATH: &str = "data-definitions/events/";

/// Runs it.
///
/// # Errors
/// When no event or several have the name, the answer is about another one, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let id = match (run.bound.arguments.get("id").and_then(Value::as_i64), run.text("name")) {
        (Some(_), Some(_)) => return Err(run.wrong("name", "cannot go with id")),
        (None, None) => return Err(run.wrong("id", "or name must be given")),
        (Some(id), None) => id,
        (None, Some(name)) => named(run, name).await?,
    };
    let mut bound = run.bound.clone();
    bound.body.get_or_insert_default().insert("customEventId".to_owned(), id.into());
    let answered = run.take(run.ask(run.request(bound).await?).await?)?;
    let about = &answered.value["custom_event_id"];
    if about.as_i64().is_some_and(|about| about != id) {
        return Err(run.odd(&format!("the definition of custom event {about} instead of {id}")));
    }
    Ok(answered)
}

/// Returns the number of the one custom event of a name.
async fn named(run: &Run<'_>, name: &str) -> Result<i64, Failure> {
    let query = Query::Pairs(vec![("custom_event".to_owned(), "true".to_owned())]);
    let listed = run.also(Outgoing { query, ..Outgoing::read(Plane::App, run.scoped_path(PATH)?) }).await?;
    let number = |entry: &Value| entry.get("customEventId").and_then(Value::as_i64).filter(|id| *id > 0);
    let is_named = |entry: &&Value| entry["name"] == name || entry["displayName"] == name;
    let found: Vec<i64> = listed.as_array().into_iter().flatten().filter(is_named).filter_map(number).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let detail = format!("there is no custom event named {}", json!(name));
            Err(Failure::new(FailureKind::InvalidArgument, detail).next("mp custom-events list", "see their names"))
        }
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            let detail = format!("{} custom events are named {}: {}", several.len(), json!(name), ids.join(", "));
            Err(Failure::new(FailureKind::InvalidArgument, detail).next(
                format!("mp {} --id {}", run.operation.command.join(" "), several[0]),
                "say which, such as this one",
            ))
        }
    }
}
