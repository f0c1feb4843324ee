//! Questions are code because their bodies are built, their answers are read by what was asked, and users come in pages.

mod users;

use mp_catalog::ask::Family;
use mp_catalog::ask::read::{Read, flow_mode, report};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::WorkspaceId;
use serde_json::{Map, Value, json};

use super::report_link::stored;
use crate::operation::call::{Answered, Run};
use crate::operation::question::{Question, problem};

/// Segments that an answer may have unless the caller says otherwise.
const SEGMENTS: u64 = 3000;

/// Runs it.
///
/// # Errors
/// Those of the requests, and when an answer is one to something else. A link that cannot be made is only told.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let asked = || Failure::new(FailureKind::Internal, format!("{} asks nothing", run.operation.id));
    let question = run.question.as_ref().ok_or_else(asked)?;
    let params = &question.built.params;
    let Read { result, table, edges } = match question.family {
        Family::Users => users::ask(run, params).await?,
        family => ask(run, family, params).await?,
    };
    let mut answer = Map::new();
    let mut add = |name: &str, value: Value| drop(answer.insert(name.to_owned(), value));
    add("params", params.clone());
    add("result", result);
    add("table", table);
    if let Some(edges) = edges {
        add("edges", edges);
    }
    let warnings: Vec<Problem> = question.built.warnings.iter().cloned().map(problem).collect();
    if !warnings.is_empty() {
        add("warnings", json!(warnings));
    }
    let mut notes = Vec::new();
    if question.link {
        let link = link(run, question).await;
        notes.extend(link.as_ref().err().map(|failure| format!("no link to the report: {}", failure.detail)));
        add("link", link.ok().into());
    }
    Ok(Answered { value: Value::Object(answer), notes, age: None })
}

/// Asks for a report.
async fn ask(run: &Run<'_>, family: Family, params: &Value) -> Result<Read, Failure> {
    let workspace = named_workspace(run).or(run.session.workspace);
    let mode = run.text("mode").unwrap_or_else(|| flow_mode(params));
    let answer = if family == Family::Flow {
        let kind = match mode {
            "tree" => "flows",
            "paths" => "flows_top_paths",
            _ => "flows_sankey",
        };
        run.report("/arb_funnels", json!({"bookmark": params, "query_type": kind}), workspace).await?
    } else {
        let limit = run.bound.arguments.get("limit").and_then(Value::as_u64).unwrap_or(SEGMENTS);
        run.report("/insights", json!({"bookmark": params, "queryLimits": {"limit": limit}}), workspace).await?
    };
    report(family, params, mode, answer).map_err(|what| run.odd(&what))
}

/// Returns the workspace that the arguments name, which wins over the pinned one.
fn named_workspace(run: &Run<'_>) -> Option<WorkspaceId> {
    let named = run.bound.arguments.get("workspace_id").filter(|id| !id.is_null())?;
    WorkspaceId::parse(&named.to_string()).ok()
}

/// Stores what was asked, and returns the link to it.
async fn link(run: &Run<'_>, question: &Question) -> Result<String, Failure> {
    let kind = match question.family {
        Family::Funnel => "funnels",
        Family::Retention => "retention",
        Family::Flow => "flows",
        Family::Insights | Family::Users => "insights",
    };
    stored(run, kind, &question.built.params, named_workspace(run)).await
}
