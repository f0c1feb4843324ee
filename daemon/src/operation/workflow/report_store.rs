//! A link to unsaved parameters is code because its name is made here, and the link names a workspace that may have to be found.

use mp_proto::failure::Failure;
use serde_json::{Map, Value};

use super::report_link::{slug, url};
use crate::operation::call::{Answered, Run};

/// Runs it.
///
/// # Errors
/// When there are no parameters, or those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let argument = |name: &str| run.bound.arguments.get(name).cloned();
    let params = match (argument("params"), argument("params_file")) {
        (Some(_), Some(_)) => return Err(run.wrong("params_file", "cannot go with params")),
        (None, None) => return Err(run.wrong("params", "or params_file must be given")),
        (params, file) => params.or(file).unwrap_or_default(),
    };
    let workspace = match argument("workspace_id").and_then(|id| id.as_u64()) {
        Some(id) => Some(id),
        // A link without one works, too.
        None => run.workspace().await.ok().map(|id| id.get()),
    };
    let (slug, kind) = (slug(), run.text("type").unwrap_or("insights").to_owned());
    let mut bound = run.bound.clone();
    let body = bound.body.get_or_insert_default();
    body.retain(|_, value| *value != "");
    body.insert("slug".to_owned(), slug.clone().into());
    body.insert("params".to_owned(), params);
    let stored = run.ask(run.request(bound).await?).await?;
    let stored = mp_catalog::results((*stored.value).clone());
    let app = if kind == "flows" { "flows" } else { "insights" };
    let link = url(run, workspace.map(|id| id.to_string()).as_deref(), &format!("{app}#{slug}"))?;
    let text = |name: &str| Value::from(run.text(name).unwrap_or_default());
    let project = crate::operation::outgoing::project_number(run.session.project()?);
    let fields = [
        ("url", link.into()),
        ("slug", slug.into()),
        ("report_type", kind.into()),
        ("project_id", project),
        ("workspace_id", workspace.into()),
        ("name", text("name")),
        ("description", text("description")),
        ("bookmark_id", argument("bookmark_id").unwrap_or_default()),
        ("created_at", stored.get("created_at").cloned().unwrap_or_default()),
    ];
    let value = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>();
    Ok(Answered { value: Value::Object(value), notes: Vec::new(), age: None })
}
