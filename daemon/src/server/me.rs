//! What Mixpanel knows of the caller's account: `/v1/me`, its projects, its workspaces, and whether its credential is good.

use std::sync::Arc;

use axum::extract::State;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, ProjectId};
use mp_proto::plane::Plane;
use mp_proto::wire::{ProjectRow, ProjectsBody, TestBody, TestUser, WorkspaceRow, WorkspacesBody};

use crate::config::Lookup;
use crate::me::ask::ask;
use crate::me::cache::Me;
use crate::me::key::{Kept, Key};
use crate::me::obtain;
use crate::resolve::Origin;
use crate::server::app::App;
use crate::server::call::{Caller, Parameters};
use crate::server::reply::{self, Answer};
use crate::server::session::{config_file, find_bridge, pin};
use crate::session::{Session, callers_header, identity_of, open};

use crate::identity::Identity;

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
    async fn me(&self, app: &Arc<App>, caller: &Caller, session: &Session) -> Result<Option<Arc<Me>>, Failure> {
        if self.cached {
            return Ok(known(app, caller, session));
        }
        of_session(app, caller, session, self.refresh).await.map(Some)
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
    let session = session(&app, &caller)?;
    let me = of_session(&app, &caller, &session, wanted.refresh).await?;
    reply::ok_with_notes(me.answer(), &session.notes)
}

/// `GET /v1/projects`. It works without a project, for it is how one is found.
pub(crate) async fn projects(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<Freshness>,
    caller: Caller,
) -> Answer {
    let session = session(&app, &caller)?;
    let me = wanted.me(&app, &caller, &session).await?;
    let own = session.account.as_ref().and_then(|account| Some(&account.default_project.as_ref()?.value));
    let body = ProjectsBody {
        account: session.identity.name.clone(),
        projects: me.map(|me| project_rows(&me, own)).unwrap_or_default(),
    };
    reply::ok_with_notes(&body, &session.notes)
}

/// `GET /v1/workspaces`.
pub(crate) async fn workspaces(
    State(app): State<Arc<App>>,
    Parameters(wanted): Parameters<OfProject>,
    caller: Caller,
) -> Answer {
    let session = session(&app, &caller)?;
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
    let me = freshness.me(&app, &caller, &session).await?;
    let workspaces = me.map(|me| workspace_rows(&me, &project)).unwrap_or_default();
    reply::ok_with_notes(
        &WorkspacesBody { account: session.identity.name.clone(), project, workspaces },
        &session.notes,
    )
}

/// Opens the session of a caller.
///
/// # Errors
/// When the config or the bridge cannot be used, or there is no account.
pub(crate) fn session(app: &App, caller: &Caller) -> Result<Session, Failure> {
    let (snapshot, found) = (pin(app, caller)?, find_bridge(app, &caller.0)?);
    let mut session = open(&snapshot, found.bridge.as_ref(), &caller.0)?;
    session.notes.extend(found.passed_over.map(|why| why.escape_default().to_string()));
    Ok(session)
}

/// Returns a session's user, whom Mixpanel is asked about if nothing is known or `refresh` is wanted.
///
/// # Errors
/// Those of the request.
pub(crate) async fn of_session(
    app: &Arc<App>,
    caller: &Caller,
    session: &Session,
    refresh: bool,
) -> Result<Arc<Me>, Failure> {
    obtain(app, &session.identity, &key(app, caller, session)?, refresh).await
}

/// Returns what is known of a session's user without asking Mixpanel.
pub(crate) fn known(app: &App, caller: &Caller, session: &Session) -> Option<Arc<Me>> {
    app.me.known(app, &key(app, caller, session).ok()?)
}

fn key(app: &App, caller: &Caller, session: &Session) -> Result<Key, Failure> {
    let identity = &session.identity;
    let definition = match (session.origin, &session.account) {
        (Origin::Config, Some(account)) => Some((config_file(app, caller)?, Arc::clone(account))),
        _ => None,
    };
    // A file is kept by the name of an account; one of the environment is whoever it is today.
    let file = match session.origin {
        Origin::Config | Origin::Bridge => AccountName::parse(&identity.name).ok(),
        Origin::Environment | Origin::Missing => None,
    };
    let base = app.upstream.base(identity.region, Plane::App, &identity.bases);
    Ok(Key::new(identity, &base, file.map(|account| Kept { account, definition })))
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

/// Asks Mixpanel whether an account's credential is good. A refusal is a result; only what cannot be asked is a failure.
///
/// # Errors
/// When there is no such account, its block is wrong, or the caller must bring a variable.
pub(crate) async fn test_account(app: &Arc<App>, name: &str, caller: &Caller) -> Result<TestBody, Failure> {
    let asked = match tested(app, name, caller) {
        Ok(identity) => ask(app, &identity).await,
        Err(failure) if failure.kind == FailureKind::TokenMissing => Err(failure),
        Err(failure) => return Err(failure),
    };
    Ok(result(name, asked))
}

/// Returns the identity to test: an account of the config, or the one that the caller's bridge or environment makes.
fn tested(app: &App, name: &str, caller: &Caller) -> Result<Identity, Failure> {
    let snapshot = pin(app, caller)?;
    let lent = || {
        let session = session(app, caller).ok()?;
        let is_lent = matches!(session.origin, Origin::Environment | Origin::Bridge) && session.identity.name == name;
        is_lent.then_some(Identity { headers: callers_header(&caller.0), ..session.identity })
    };
    if matches!(snapshot.config.account(name), Lookup::Missing) {
        return lent().ok_or_else(|| snapshot.no_account(name));
    }
    identity_of(snapshot.account(name)?, &caller.0)
}

fn result(name: &str, asked: Result<Me, Failure>) -> TestBody {
    let account_name = name.to_owned();
    match asked {
        Ok(me) => TestBody {
            account_name,
            ok: true,
            user: me.user_id.zip(me.user_email.clone()).map(|(id, email)| TestUser { id, email }),
            accessible_project_count: Some(me.projects().len() as u64),
            problem: None,
        },
        Err(failure) => TestBody {
            account_name,
            ok: false,
            user: None,
            accessible_project_count: None,
            problem: Some(failure.to_body()),
        },
    }
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

    #[test]
    fn a_test_shows_the_user_only_with_id_and_address() {
        let whole = result("acme", Ok(me()));
        assert_eq!((whole.ok, whole.accessible_project_count), (true, Some(3)));
        assert!(whole.user.is_some_and(|user| user.id == 4401 && user.email == "dana@acme.example"));
        let lean = result("acme", Ok(Me::from_answer(json!({"user_id": 1})).expect("an object")));
        assert!(lean.ok && lean.user.is_none() && lean.accessible_project_count == Some(0));
        let refused = result("acme", Err(Failure::new(FailureKind::CredentialRefused, "no")));
        assert!(!refused.ok && refused.problem.is_some_and(|problem| problem.code == "credential_refused"));
    }
}
