//! From a row of the catalog, its bound arguments and a session to a request. Pure.

use mp_catalog::{Bound, Effect, Ids, Method, Operation, PROJECT_ID, Scope};
use mp_proto::failure::Failure;
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::plane::Plane;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value};

use crate::call::request::{Outgoing, Payload, Query, Tool};
use crate::session::Session;

/// How Mixpanel knows where a call comes from, on the planes that take it.
pub(super) const ORIGIN: (&str, &str) = ("query_origin", "mixpanel-headless");

/// Builds the request of an operation. `workspace` is the pinned one, or the one that was found for a row that needs one.
///
/// # Errors
/// When the session has no project, and the row needs one.
pub(crate) fn build(
    operation: &Operation,
    bound: Bound,
    session: &Session,
    workspace: Option<WorkspaceId>,
    tool: Tool,
) -> Result<Outgoing, Failure> {
    // A pinned workspace is part of a project, so a session without one is not complete.
    let project = if operation.scope == Scope::None { None } else { Some(session.project()?) };
    let call = &operation.call;
    let (path, query) =
        (path(operation, &bound.path, project, workspace), query(operation, bound.query, project, session));
    let mut headers = HeaderMap::new();
    let payload = match (call.ids, project, workspace) {
        (Ids::Body, Some(project), Some(workspace)) => Payload::Json(with_ids(bound.body, project, workspace)),
        (Ids::Workspace, Some(project), _) => Payload::Json(with_project(bound.body, project)),
        _ => match bound.body {
            None => Payload::None,
            Some(fields) if call.form => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                Payload::Bytes(form(&fields).into())
            }
            Some(fields) => Payload::Json(Value::Object(fields)),
        },
    };
    Ok(Outgoing {
        headers,
        method: match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        },
        query: Query::Pairs(query),
        payload,
        repeatable: operation.effect == Effect::Read,
        budget: project.cloned(),
        tool,
        ..Outgoing::read(call.plane, path)
    })
}

/// Returns the path. On the App API project and workspace head it.
fn path(operation: &Operation, below: &str, project: Option<&ProjectId>, workspace: Option<WorkspaceId>) -> String {
    let Some(project) = project.filter(|_| operation.call.plane == Plane::App) else { return format!("/{below}") };
    match (operation.scope, workspace) {
        (Scope::WorkspaceOptional, Some(workspace)) => format!("/workspaces/{workspace}/{below}"),
        (Scope::WorkspaceRequired, Some(workspace)) => format!("/projects/{project}/workspaces/{workspace}/{below}"),
        _ => format!("/projects/{project}/{below}"),
    }
}

/// Returns the query: the command's own parameters, then project and pinned workspace, then the mark.
fn query(
    operation: &Operation,
    own: Vec<(String, String)>,
    project: Option<&ProjectId>,
    session: &Session,
) -> Vec<(String, String)> {
    let call = &operation.call;
    let named = |(name, value): (String, String)| match project {
        Some(project) if value == PROJECT_ID && call.fixed.contains(&(&*name, PROJECT_ID)) => {
            (name, project.to_string())
        }
        _ => (name, value),
    };
    let mut query: Vec<_> = own.into_iter().map(named).collect();
    let pair = |name: &str, value: String| (name.to_owned(), value);
    if call.plane != Plane::App {
        query.extend(project.filter(|_| call.ids == Ids::Query).map(|id| pair("project_id", id.to_string())));
        query.extend(session.workspace.map(|id| pair("workspace_id", id.to_string())));
    }
    if call.origin {
        query.push(pair(ORIGIN.0, ORIGIN.1.to_owned()));
    }
    query
}

/// Returns the fields of a form. A value that is no text stands there as JSON.
pub(super) fn form(fields: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields.iter().map(|(name, value)| (name, text(value))))
        .finish()
}

/// Puts the number of the project into a body.
pub(super) fn with_project(body: Option<Map<String, Value>>, project: &ProjectId) -> Value {
    let mut body = body.unwrap_or_default();
    body.insert("project_id".to_owned(), project_number(project));
    Value::Object(body)
}

/// Returns the id of a project as a number, which it is at Mixpanel.
pub(super) fn project_number(project: &ProjectId) -> Value {
    project.as_str().parse::<u64>().map_or_else(|_| Value::from(project.as_str()), Value::from)
}

/// Puts project and workspace at the head of a body.
fn with_ids(body: Option<Map<String, Value>>, project: &ProjectId, workspace: WorkspaceId) -> Value {
    let head = [("project_id", Value::from(project.as_str())), ("workspace_id", Value::from(workspace.get()))];
    let head = head.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::Object(head.chain(body.unwrap_or_default()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::open;
    use crate::store::Pinned;
    use mp_catalog::{bind, find};
    use mp_proto::context::Context;
    use mp_proto::failure::FailureKind;
    use serde_json::json;

    const ACCOUNT: &str = "[active]\naccount = \"a\"\n[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\n";

    fn session(config: &str, workspace: Option<&str>) -> Session {
        let context = Context { workspace: workspace.map(str::to_owned), ..Context::default() };
        open(&Pinned::of(config), None, &context).expect("an account")
    }

    fn built(id: &str, arguments: &Value, config: &str, workspace: Option<&str>) -> Result<Outgoing, Failure> {
        let operation = find(id).expect("a row");
        let bound = bind(operation, arguments.as_object().expect("an object")).expect("good");
        let session = session(config, workspace);
        // As if the one for the whole project had been found.
        let found = session.workspace.or_else(|| WorkspaceId::parse("880101").ok());
        let workspace = if operation.scope == Scope::WorkspaceRequired { found } else { session.workspace };
        build(operation, bound, &session, workspace, Tool::default())
    }

    fn line(request: &Outgoing) -> String {
        let pairs = match &request.query {
            Query::Pairs(pairs) => pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(),
            Query::Raw(raw) => vec![raw.clone()],
        };
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        let body = match &request.payload {
            Payload::Json(json) => format!(" {json}"),
            Payload::Bytes(bytes) => format!(" {}", String::from_utf8_lossy(bytes)),
            _ => String::new(),
        };
        format!("{} {}{}{query}{body}", request.method, request.host.as_str(), request.path)
    }

    #[test]
    fn the_path_begins_with_the_pinned_workspace_or_the_project() {
        let (config, ids) = (format!("{ACCOUNT}default_project = \"3187654\"\n"), json!({"ids": "1, 2"}));
        let request = built("dashboards.list", &ids, &config, None).expect("complete");
        assert_eq!(line(&request), "GET app/projects/3187654/dashboards?ids=1,2");
        assert!(request.repeatable);
        let pinned = built("dashboards.list", &ids, &config, Some("880102")).expect("complete");
        assert_eq!(pinned.path, "/workspaces/880102/dashboards");
        let incomplete = built("dashboards.list", &ids, ACCOUNT, Some("880102")).map(|request| request.path);
        assert_eq!(incomplete.map_err(|failure| failure.kind), Err(FailureKind::NeedsProject));
    }

    #[test]
    fn ids_that_belong_into_the_body_go_there() {
        let config = format!("{ACCOUNT}default_project = \"7\"\n");
        let feed = |workspace| {
            line(&built("query.activity-feed", &json!({"users": "u"}), &config, workspace).expect("complete"))
        };
        assert!(
            feed(None).contains(
                "stream/bookmark?query_origin=mixpanel-headless {\"project_id\":\"7\",\"workspace_id\":880101,"
            )
        );
        assert!(
            feed(Some("5"))
                .contains("?workspace_id=5&query_origin=mixpanel-headless {\"project_id\":\"7\",\"workspace_id\":5,")
        );
    }
}
