//! Who may use the fake Mixpanel, and what they see: users, organisations, projects, workspaces, credentials.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mp_proto::ids::Region;
use serde_json::{Map, Value, json};

/// A user's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub u64);

/// Ada, who is there from the start: organisation 100 with the projects 3187654 and 3187655 in `us`.
pub const ADA: UserId = UserId(42);

/// Sol, who is there from the start: exactly one project, 4100001 in `us`.
pub const SOL: UserId = UserId(43);

/// A user.
#[derive(Debug, Clone)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// The full name.
    pub name: String,
    /// What the user belongs to.
    pub organizations: Vec<Organization>,
    /// What the user may see.
    pub projects: Vec<Project>,
}

/// An organisation.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The user's role in it.
    pub role: String,
}

/// A project. It lives in one region, and only there.
#[derive(Debug, Clone)]
pub struct Project {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The organisation it belongs to.
    pub organization: u64,
    /// Where it lives.
    pub region: Region,
    /// Its workspaces.
    pub workspaces: Vec<Workspace>,
}

/// A workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// Whether it is the project's default.
    pub is_default: bool,
    /// Whether it shows all of the project.
    pub is_global: bool,
}

impl User {
    /// Returns a user without any project.
    pub fn new(id: u64, email: &str, name: &str) -> Self {
        let (organizations, projects) = (Vec::new(), Vec::new());
        Self { id: UserId(id), email: email.to_owned(), name: name.to_owned(), organizations, projects }
    }

    /// Adds an organisation, as its administrator.
    #[must_use]
    pub fn organization(mut self, id: u64, name: &str) -> Self {
        self.organizations.push(Organization { id, name: name.to_owned(), role: "admin".to_owned() });
        self
    }

    /// Adds a project of the organisation added last.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn project(mut self, id: u64, name: &str, region: Region, workspaces: &[Workspace]) -> Self {
        let organization = self.organizations.last().expect("a project belongs to an organisation").id;
        let (name, workspaces) = (name.to_owned(), workspaces.to_vec());
        self.projects.push(Project { id, name, organization, region, workspaces });
        self
    }

    /// Returns the answer of `/me`.
    pub fn me(&self) -> Value {
        let organizations: Map<_, _> = self.organizations.iter().map(|one| (one.id.to_string(), one.me())).collect();
        let projects: Map<_, _> = self.projects.iter().map(|one| (one.id.to_string(), one.me())).collect();
        let workspaces = self
            .projects
            .iter()
            .flat_map(|project| project.workspaces.iter().map(|one| (one.id.to_string(), one.me(project.id))));
        let workspaces: Map<_, _> = workspaces.collect();
        json!({"status": "ok", "results": {
            "user_id": self.id.0, "user_email": self.email, "user_name": self.name,
            "organizations": organizations, "projects": projects, "workspaces": workspaces,
        }})
    }

    /// Returns the project that a place is in, if the user may see it in this region.
    pub(crate) fn sees(&self, region: Region, place: Place) -> Option<&Project> {
        self.projects.iter().filter(|project| project.region == region).find(|project| match place {
            Place::Project(id) => project.id == id,
            Place::Workspace(id) => project.workspaces.iter().any(|workspace| workspace.id == id),
        })
    }
}

impl Organization {
    fn me(&self) -> Value {
        json!({"id": self.id, "name": self.name, "role": self.role, "permissions": ["write_reports"]})
    }
}

impl Project {
    fn me(&self) -> Value {
        json!({
            "name": self.name, "organization_id": self.organization, "timezone": "US/Pacific",
            "has_workspaces": !self.workspaces.is_empty(), "domain": domain(self.region), "type": "PROJECT",
        })
    }

    pub(crate) fn dashboards(&self) -> Value {
        let title = ["Overview", "Sign-ups", "Retention"];
        let rows = (1..).zip(title).map(|(number, title)| {
            json!({"id": self.id * 10 + number, "title": format!("{}: {title}", self.name), "is_private": false})
        });
        json!({"status": "ok", "results": rows.collect::<Vec<_>>()})
    }
}

impl Workspace {
    /// Returns an ordinary workspace.
    pub fn new(id: u64, name: &str) -> Self {
        Self { id, name: name.to_owned(), is_default: false, is_global: false }
    }

    pub(crate) fn me(&self, project: u64) -> Value {
        json!({
            "id": self.id, "name": self.name, "project_id": project, "is_default": self.is_default,
            "is_global": self.is_global, "is_restricted": false, "is_visible": true, "description": null,
            "creator_name": null,
        })
    }
}

/// Returns the domain of a region, as projects name it.
pub fn domain(region: Region) -> &'static str {
    match region {
        Region::Us => "mixpanel.com",
        Region::Eu => "eu.mixpanel.com",
        Region::In => "in.mixpanel.com",
    }
}

/// What an App path is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A whole project.
    Project(u64),
    /// A workspace of one.
    Workspace(u64),
}

#[derive(Debug, Clone)]
struct Credential {
    region: Region,
    header: String,
    user: UserId,
}

/// Everybody, and the credentials that last. OAuth tokens are the provider's.
#[derive(Debug, Clone)]
pub(crate) struct People {
    users: Vec<User>,
    credentials: Vec<Credential>,
}

impl People {
    /// Returns Ada and Sol.
    pub(crate) fn new() -> Self {
        let global = Workspace { is_global: true, ..Workspace::new(880_101, "All Project Data") };
        let default = Workspace { is_default: true, ..Workspace::new(880_102, "Default") };
        let ada = User::new(ADA.0, "ada@example.com", "Ada L")
            .organization(100, "Acme Corp")
            .project(3_187_654, "Web Shop", Region::Us, &[global, default, Workspace::new(880_103, "Checkout")])
            .project(3_187_655, "Mobile", Region::Us, &[]);
        let sol = User::new(SOL.0, "sol@example.com", "Sol O").organization(101, "Solo Ltd").project(
            4_100_001,
            "Only One",
            Region::Us,
            &[Workspace { is_default: true, is_global: true, ..Workspace::new(890_001, "All Project Data") }],
        );
        Self { users: vec![ada, sol], credentials: Vec::new() }
    }

    /// Adds a user, or replaces the one with that id.
    pub(crate) fn put(&mut self, user: User) {
        self.users.retain(|known| known.id != user.id);
        self.users.push(user);
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn add_service_account(&mut self, region: Region, name: &str, secret: &str, user: UserId) {
        let header = format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")));
        self.credentials.push(Credential { region, header, user });
    }

    pub(crate) fn add_bearer(&mut self, region: Region, token: &str, user: UserId) {
        self.credentials.push(Credential { region, header: format!("Bearer {token}"), user });
    }

    pub(crate) fn remove_credentials(&mut self) {
        self.credentials.clear();
    }

    /// Returns whose lasting credential a header carries.
    pub(crate) fn holder(&self, region: Region, header: &str) -> Option<UserId> {
        let known = self.credentials.iter().find(|known| known.region == region && known.header == header)?;
        Some(known.user)
    }
}
