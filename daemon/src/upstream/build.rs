//! From a row of the catalog, its bound arguments and a session to a request. Pure.

use mp_proto::catalog::{Bound, Effect, Host, Method, Operation, Scope};
use mp_proto::failure::Failure;

use crate::session::open::Session;
use crate::upstream::Plane;
use crate::upstream::request::{Outgoing, Query, Tool};

/// Builds the request of an operation.
///
/// # Errors
/// When the session has no project.
pub(crate) fn build(operation: &Operation, bound: Bound, session: &Session, tool: Tool) -> Result<Outgoing, Failure> {
    // A pinned workspace is part of a project, so a session without one is not complete.
    let project = session.project()?;
    let scope = match (operation.scope, session.workspace) {
        (Scope::WorkspaceOptional, Some(workspace)) => format!("workspaces/{workspace}"),
        _ => format!("projects/{project}"),
    };
    let plane = match operation.call.host {
        Host::App => Plane::App,
        Host::Query => Plane::Query,
        Host::Engage => Plane::Engage,
        Host::Export => Plane::Export,
    };
    Ok(Outgoing {
        method: match operation.call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        },
        query: Query::Pairs(bound.query),
        repeatable: operation.effect == Effect::Read,
        budget: Some(project.clone()),
        tool,
        ..Outgoing::read(plane, format!("/{scope}/{}", bound.path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::snapshot::Snapshot;
    use crate::session::open::open;
    use mp_proto::catalog::{bind, find};
    use mp_proto::context::Context;
    use mp_proto::failure::FailureKind;

    fn built(config: &str, workspace: Option<&str>) -> Result<Outgoing, Failure> {
        let snapshot = Snapshot::new(1, "/c".into(), Ok(Some(config.as_bytes())));
        let context = Context { workspace: workspace.map(str::to_owned), ..Context::default() };
        let operation = find("dashboards.list").expect("a row");
        let arguments = serde_json::json!({"ids": "1, 2"});
        let bound = bind(operation, arguments.as_object().expect("an object")).expect("good");
        build(operation, bound, &open(&snapshot, None, &context)?, Tool::default())
    }

    #[test]
    fn the_path_begins_with_the_pinned_workspace_or_the_project() {
        let account = "[active]\naccount = \"a\"\n[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\n";
        let config = format!("{account}default_project = \"3187654\"\n");
        let request = built(&config, None).expect("complete");
        assert_eq!((request.path.as_str(), request.repeatable), ("/projects/3187654/dashboards", true));
        assert_eq!(request.query, Query::Pairs(vec![("ids".to_owned(), "1,2".to_owned())]));
        assert_eq!(built(&config, Some("880102")).expect("complete").path, "/workspaces/880102/dashboards");
        let incomplete = built(account, Some("880102"));
        assert_eq!(
            incomplete.map(|request| request.path).map_err(|failure| failure.kind),
            Err(FailureKind::NeedsProject)
        );
    }
}
