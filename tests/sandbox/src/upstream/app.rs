//! The App API as far as it is faked: who am I, and the dashboards of a project.

use serde_json::json;

use super::asking::Asking;
use super::people::Place;
use super::reply::Reply;
use super::state::State;

/// What is at a path below `/{region}/app/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    /// `me`
    Me,
    /// `projects/{id}/dashboards` or `workspaces/{id}/dashboards`
    Dashboards(Place),
}

impl Resource {
    pub(crate) fn at(path: &str) -> Option<Self> {
        let words: Vec<&str> = path.split('/').collect();
        match words.as_slice() {
            ["me"] => Some(Self::Me),
            ["projects", id, "dashboards"] => Some(Self::Dashboards(Place::Project(id.parse().ok()?))),
            ["workspaces", id, "dashboards"] => Some(Self::Dashboards(Place::Workspace(id.parse().ok()?))),
            _ => None,
        }
    }
}

/// Answers a user whose credential was good.
pub(crate) fn answer(state: &State, resource: Resource, asking: &mut Asking<'_>) -> Reply {
    let Asking { region, user, received, problems } = asking;
    if received.method != "GET" {
        problems.push("the method must be GET".to_owned());
        return failure(405, "Method not allowed").header("Allow", "GET");
    }
    if !received.body.is_empty() {
        problems.push("a GET has no body".to_owned());
    }
    let found = match resource {
        Resource::Me => {
            if !received.query.is_empty() {
                problems.push("/me takes no parameters".to_owned());
            }
            Some(user.me())
        }
        Resource::Dashboards(place) => state.people.dashboards(user.id, *region, place),
    };
    match found {
        Some(body) => Reply::json(200, &body),
        None => failure(403, "You do not have permission to access this project"),
    }
}

/// Returns an error as the App API words it.
pub(crate) fn failure(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({"status": "error", "error": text}))
}
