//! What Mixpanel knows of the caller's account: `/v1/me`, its projects, its workspaces, and whether its credential is good.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::ProjectId;
use mp_proto::wire::{ProjectRow, ProjectsBody, WorkspaceRow, WorkspacesBody};

use crate::me::user::Me;
use crate::server::app::App;
use crate::server::call::{Caller, Parameters};
use crate::server::reply::{self, Answer};
use crate::session::Session;

/// Whether what is cached is good enough.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Freshness {
    #[serde(default)]
    refresh: bool,
    #[serde(default)]
    cached: bool,
}

impl Freshness {
    /// Returns a session's user; none if only what is cached is wanted, and nothing is.
    async fn me(&self, app: &App, session: &Session) -> Result<Option<Arc<Me>>, Failure> {
        if self.cached {
            return Ok(app.users.known(session));
        }
        app.users.of_session(session, self.refresh).await.map(Some)
    }
}

/// Whose workspaces.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct OfProject {
    project: Option<String>,
    #[serde(default)]
    refresh: bool,
    #[serde(default)]
    cached: bool,
}

/// `GET /v1/me`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<Freshness>,
    caller: Caller,
) -> Answer {
    let session = app.sessions.open(&caller.0)?;
    let me = app.users.of_session(&session, wanted.refresh).await?;
    reply::ok(me.answer())
}

/// `GET /v1/projects`. It works without a project, for it is how one is found.
pub(crate) async fn projects(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<Freshness>,
    caller: Caller,
) -> Answer {
    let session = app.sessions.open(&caller.0)?;
    let me = wanted.me(&app, &session).await?;
    let own = session.account.as_ref().and_then(|account| Some(&account.default_project.as_ref()?.value));
    let body = ProjectsBody {
        account: session.identity.name.clone(),
        projects: me.map(|me| project_rows(&me, own)).unwrap_or_default(),
    };
    reply::ok(&body)
}

/// `GET /v1/workspaces`.
pub(crate) async fn workspaces(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<OfProject>,
    caller: Caller,
) -> Answer {
    let session = app.sessions.open(&caller.0)?;
    let project = match wanted.project.as_deref() {
        Some(id) => ProjectId::parse(id).map_err(|error| {
            Failure::new(
                FailureKind::InvalidValue,
                format!("project={} is not {}", error.value.escape_debug(), error.expected),
            )
        })?,
        None => session.project()?.clone(),
    };
    let freshness = Freshness { refresh: wanted.refresh, cached: wanted.cached };
    let me = freshness.me(&app, &session).await?;
    let workspaces = me.map(|me| workspace_rows(&me, &project)).unwrap_or_default();
    reply::ok(&WorkspacesBody { account: session.identity.name.clone(), project, workspaces })
}

fn project_rows(me: &Me, own: Option<&ProjectId>) -> Vec<ProjectRow> {
    let mut rows: Vec<_> = me
        .projects()
        .into_iter()
        .map(|project| ProjectRow {
            is_active: own == Some(&project.id),
            id: project.id,
            name: project.name,
            organization_id: project.organization_id,
            timezone: project.timezone,
        })
        .collect();
    rows.sort_by_cached_key(|row| row.name.to_lowercase());
    rows
}

fn workspace_rows(me: &Me, project: &ProjectId) -> Vec<WorkspaceRow> {
    let row = |one: crate::me::rows::Workspace| WorkspaceRow { id: one.id, name: one.name, is_default: one.is_default };
    let mut rows: Vec<_> = me.workspaces(project).into_iter().map(row).collect();
    // By the bytes of the name, as the Python tool does: capital letters first.
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn me() -> Me {
        Me::from_answer(json!({
            "user_id": 4401, "user_email": "dana@acme.example",
            "projects": {"3187654": {"name": "Acme Web", "organization_id": 501, "timezone": "US/Pacific"},
                "3187655": {"name": "Acme Mobile", "organization_id": 501, "timezone": "US/Eastern"},
                "3187700": {"name": "labs sandbox", "organization_id": 502, "timezone": "UTC"}},
            "workspaces": {"880103": {"name": "marketing", "project_id": 3187654},
                "880102": {"name": "Growth Team", "project_id": 3187654, "is_default": true},
                "880201": {"name": "Mobile Default", "project_id": 3187655, "is_default": true}}
        }))
        .expect("an object")
    }

    #[test]
    fn rows_are_sorted_as_recorded() {
        let web = ProjectId::parse("3187654").expect("digits");
        let rows: Vec<_> = project_rows(&me(), Some(&web)).into_iter().map(|row| (row.name, row.is_active)).collect();
        let expected = [("Acme Mobile", false), ("Acme Web", true), ("labs sandbox", false)];
        assert_eq!(rows, expected.map(|(name, is_active)| (name.to_owned(), is_active)));
        let names: Vec<_> = workspace_rows(&me(), &web).into_iter().map(|row| (row.id.get(), row.is_default)).collect();
        assert_eq!(names, [(880_102, true), (880_103, false)]);
        assert!(project_rows(&me(), None).iter().all(|row| !row.is_active));
    }
}
