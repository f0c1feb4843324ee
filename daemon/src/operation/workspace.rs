//! The workspace that stands for a whole project, for calls that need one where none is pinned.

use mp_catalog::results;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::plane::Plane;
use serde_json::Value;

use crate::me::rows::Workspace;
use crate::operation::services::Operations;
use crate::session::Session;

use crate::call::reads::Freshness;
use crate::call::request::Outgoing;

/// The name that Mixpanel gives to the workspace which shows all data.
const ALL: &str = "All Project Data";

/// Finds the workspace of a session's project: in what is known of the account's user, else by asking Mixpanel in two ways.
///
/// # Errors
/// When the account can see no workspace of the project, or Mixpanel cannot be asked.
pub(crate) async fn of_project(
    operations: &Operations,
    session: &Session,
    freshness: Freshness,
) -> Result<WorkspaceId, Failure> {
    let project = session.project()?;
    let known = operations.users.known(session).and_then(|me| choose(me.workspaces(project)));
    if let Some(id) = known {
        return Ok(id);
    }
    for (path, rows) in [
        (format!("/projects/{project}/workspaces/public"), public as fn(&Value, &ProjectId) -> Vec<Workspace>),
        ("/projects/metadata/index".to_owned(), of_index),
    ] {
        let answer = match operations.reads.read(&session.identity, Outgoing::read(Plane::App, path), freshness).await {
            Ok(answer) => answer,
            Err(failure) if is_closed(&failure) => continue,
            Err(failure) => return Err(failure),
        };
        if let Some(id) = choose(rows(&answer.value, project)) {
            return Ok(id);
        }
    }
    let name = &session.identity.name;
    let detail = format!("account '{name}' can see no workspace of project {project}");
    Err(Failure::new(FailureKind::NeedsWorkspace, detail)
        .account(name)
        .next("mp workspace use ID", "pin one, if you know its id"))
}

/// An account may be allowed one of the two ways and not the other.
fn is_closed(failure: &Failure) -> bool {
    failure.upstream.as_ref().is_some_and(|said| matches!(said.status, 403 | 404))
}

/// Chooses the workspace that shows the most.
fn choose(rows: Vec<Workspace>) -> Option<WorkspaceId> {
    let rank = |row: &Workspace| match row {
        row if row.is_global => 0,
        row if row.name == ALL => 1,
        row if row.is_default => 2,
        row if row.is_visible => 3,
        _ => 4,
    };
    // Of equals the first.
    rows.into_iter().min_by_key(rank).map(|row| row.id)
}

/// A list of workspaces, each with its id.
fn public(answer: &Value, _: &ProjectId) -> Vec<Workspace> {
    let list = results(answer.clone());
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| Workspace::read(&row.get("id")?.to_string(), row.as_object()?))
        .collect()
}

/// Projects by their ids, each with its workspaces by their ids.
fn of_index(answer: &Value, project: &ProjectId) -> Vec<Workspace> {
    let index = results(answer.clone());
    let workspaces =
        index.get(project.as_str()).and_then(|project| project.get("workspaces")).and_then(Value::as_object);
    workspaces.into_iter().flatten().filter_map(|(id, row)| Workspace::read(id, row.as_object()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chosen(rows: Value) -> Option<u64> {
        choose(public(&rows, &ProjectId::parse("7").expect("digits"))).map(WorkspaceId::get)
    }

    #[test]
    fn the_workspace_that_shows_the_most_is_chosen() {
        let row = |id: u64, more: Value| {
            let mut row = json!({"id": id, "name": format!("w{id}"), "is_visible": true});
            row.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            row
        };
        let (plain, hidden) = (row(1, json!({"is_visible": false})), row(2, json!({})));
        let (default, named) = (row(3, json!({"is_default": true})), row(4, json!({"name": ALL})));
        let global = row(5, json!({"is_global": true}));
        assert_eq!(chosen(json!([plain, hidden, default, named, global])), Some(5));
        assert_eq!(chosen(json!([plain, hidden, default, named])), Some(4));
        assert_eq!(chosen(json!({"results": [plain, hidden, default]})), Some(3));
        assert_eq!(chosen(json!([plain, hidden])), Some(2));
        assert_eq!(chosen(json!([plain])), Some(1));
        for nothing in [json!([]), json!({}), json!("x"), json!([{"name": "no id"}, 5])] {
            assert_eq!(chosen(nothing), None);
        }
    }

    #[test]
    fn the_index_is_searched_for_the_project() {
        let index = json!({"status": "ok", "results": {"7": {"workspaces": {"70": {"name": "a"}, "x": {}}}, "8": {}}});
        let of = |project: &str| of_index(&index, &ProjectId::parse(project).expect("digits")).len();
        assert_eq!((of("7"), of("8"), of("9")), (1, 0, 0));
    }
}
