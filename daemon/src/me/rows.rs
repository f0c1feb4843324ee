//! Rows of a `/me` answer: organisations, projects and workspaces. Pure.
//!
//! Mixpanel's maps come from elsewhere: an entry that is not as expected is left out, and a missing name is its id.

use mp_proto::ids::{ProjectId, WorkspaceId};
use serde_json::{Map, Value};

use crate::me::user::Me;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its organisation.
    pub organization_id: Option<i64>,
    /// Its time zone.
    pub timezone: Option<String>,
    /// The host its data is on.
    pub domain: Option<String>,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Whether it is its project's default.
    pub is_default: bool,
    /// Whether it shows all of its project's data.
    pub is_global: bool,
    /// Whether people see it; so it is when nothing is said.
    pub is_visible: bool,
}

impl Me {
    /// Returns the organisations, in Mixpanel's order.
    pub fn organizations(&self) -> Vec<Organization> {
        self.entries("organizations")
            .map(|(id, fields)| Organization { id: id.clone(), name: name(id, fields) })
            .collect()
    }

    /// Returns the projects, in Mixpanel's order.
    pub fn projects(&self) -> Vec<Project> {
        self.entries("projects").filter_map(|(id, fields)| project(id, fields)).collect()
    }

    /// Returns the workspaces of a project, in Mixpanel's order.
    pub fn workspaces(&self, project: &ProjectId) -> Vec<Workspace> {
        let of_project = |fields: &Map<String, Value>| match fields.get("project_id") {
            Some(Value::String(id)) => id == project.as_str(),
            Some(Value::Number(id)) => id.to_string() == project.as_str(),
            _ => false,
        };
        let own = self.entries("workspaces").filter(|(_, fields)| of_project(fields));
        own.filter_map(|(id, fields)| Workspace::read(id, fields)).collect()
    }

    /// Returns the name of the user.
    pub fn user_name(&self) -> Option<String> {
        text(&self.fields, "user_name")
    }

    /// Returns the name of a project.
    pub fn project_name(&self, id: &ProjectId) -> Option<String> {
        text(self.entry("projects", id.as_str())?, "name")
    }

    /// Returns the name of a project's organisation.
    pub fn organization_name(&self, id: &ProjectId) -> Option<String> {
        let organization = self.entry("projects", id.as_str())?.get("organization_id")?;
        text(self.entry("organizations", &organization.to_string())?, "name")
    }

    /// Returns the name of a workspace.
    pub fn workspace_name(&self, id: WorkspaceId) -> Option<String> {
        text(self.entry("workspaces", &id.to_string())?, "name")
    }

    fn entries(&self, map: &str) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
        let entries = self.fields.get(map).and_then(Value::as_object).into_iter().flatten();
        entries.filter_map(|(id, value)| Some((id, value.as_object()?)))
    }

    fn entry(&self, map: &str, id: &str) -> Option<&Map<String, Value>> {
        self.fields.get(map)?.get(id)?.as_object()
    }
}

fn project(id: &str, fields: &Map<String, Value>) -> Option<Project> {
    Some(Project {
        id: ProjectId::parse(id).ok()?,
        name: name(id, fields),
        organization_id: fields.get("organization_id").and_then(Value::as_i64),
        timezone: text(fields, "timezone"),
        domain: text(fields, "domain"),
    })
}

impl Workspace {
    /// Reads a workspace of Mixpanel; none when its id is no id.
    pub fn read(id: &str, fields: &Map<String, Value>) -> Option<Self> {
        let is = |flag: &str| fields.get(flag).and_then(Value::as_bool);
        Some(Self {
            id: WorkspaceId::parse(id).ok()?,
            name: name(id, fields),
            is_default: is("is_default").unwrap_or(false),
            is_global: is("is_global").unwrap_or(false),
            is_visible: is("is_visible").unwrap_or(true),
        })
    }
}

fn name(id: &str, fields: &Map<String, Value>) -> String {
    text(fields, "name").unwrap_or_else(|| id.to_owned())
}

pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_keep_the_order_of_the_answer_and_leave_out_what_is_odd() {
        let me = Me::from_answer(json!({
            "organizations": {"9": {"id": 9, "name": "Zeta"}, "1": {"id": 1, "name": "Acme"}},
            "projects": {"8": {"name": "B", "organization_id": 9, "timezone": "UTC", "domain": "eu.mixpanel.com"},
                "7": {"organization_id": "odd"}, "x": {"name": "no id"}, "6": 5},
            "workspaces": {"70": {"id": 70, "name": "Hidden", "project_id": 8, "is_visible": false},
                "71": {"id": 71, "name": "All", "project_id": "8", "is_global": true, "is_default": true},
                "72": {"id": 72, "name": "Other", "project_id": 7}}
        }))
        .expect("an object");
        let names: Vec<_> = me.organizations().into_iter().map(|one| (one.id, one.name)).collect();
        assert_eq!(names, [("9".into(), "Zeta".into()), ("1".into(), "Acme".into())]);
        let projects = me.projects();
        let shown: Vec<_> = projects.iter().map(|one| (one.id.as_str(), &*one.name, one.organization_id)).collect();
        assert_eq!(shown, [("8", "B", Some(9)), ("7", "7", None)]);
        assert_eq!(
            (projects[0].timezone.as_deref(), projects[0].domain.as_deref()),
            (Some("UTC"), Some("eu.mixpanel.com"))
        );
        let workspaces = me.workspaces(&projects[0].id);
        let shown: Vec<_> =
            workspaces.iter().map(|one| (&*one.name, one.is_visible, one.is_global, one.is_default)).collect();
        assert_eq!(shown, [("Hidden", false, false, false), ("All", true, true, true)]);
    }
}
