//! How an operation is asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Bound;
use crate::failure::Problem;

/// What an operation does to the data. Only reads are repeated without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Read,
    /// It changes something.
    Write,
    /// It takes something away that cannot be had back.
    Destroy,
}

/// Which part of a session an operation needs, and the head of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// None of it.
    None,
    /// The project. On the App API it heads the path; elsewhere it is a parameter, and a pinned workspace is one, too.
    Project,
    /// The pinned workspace, else the project, at the head of the path.
    WorkspaceOptional,
    /// A workspace: the pinned one, else the one that stands for the whole project. On the App API both head the path.
    WorkspaceRequired,
}

/// A family of endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The App API.
    App,
    /// Queries.
    Query,
    /// Profiles.
    Engage,
    /// Raw events.
    Export,
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

/// What a row cannot say: code of the daemon that sends the request of the row, and others around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workflow {
    /// Event names: a plan that limits the range of dates is asked again within it.
    EventNames,
    /// Properties of an event: of one that is unknown, the similar ones are told.
    EventProperties,
    /// Events, properties and their relations, from several answers.
    SchemaGraph,
    /// A report, with a link to it in Mixpanel where one is wanted.
    ReportLink,
    /// Streams raw events as lines.
    ExportEvents,
    /// Streams the pages of profiles as lines.
    ExportProfiles,
}

/// Changes a request after its arguments were bound: what depends on several of them. Pure.
pub type Arrange = fn(&Map<String, Value>, &mut Bound) -> Result<(), Vec<Problem>>;

/// Where project and workspace go when they do not head the path, as they do on the App API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Both into the query, the workspace only when one is pinned.
    Query,
    /// Both into the body, the workspace always; a pinned one into the query, too.
    Body,
}

/// Stands for the project as the value of a [`Call::fixed`] parameter.
pub const PROJECT_ID: &str = "{project_id}";

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Where to.
    pub host: Host,
    /// How.
    pub method: Method,
    /// The path below the scope, with `{name}` where a [`super::Place::Path`] parameter goes.
    pub path: &'static str,
    /// Query parameters that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
    /// Where project and workspace go outside of the App API.
    pub ids: Ids,
    /// Whether the query ends in Mixpanel's mark of where a call comes from. Parts of the App API refuse it.
    pub origin: bool,
    /// What depends on several arguments.
    pub arrange: Option<Arrange>,
    /// Code that is needed besides.
    pub workflow: Option<Workflow>,
}

impl Call {
    /// Returns a GET.
    pub const fn get(host: Host, path: &'static str) -> Self {
        let origin = matches!(host, Host::Query | Host::Engage);
        Self { host, method: Method::Get, path, fixed: &[], ids: Ids::Query, origin, arrange: None, workflow: None }
    }

    /// Returns a POST.
    pub const fn post(host: Host, path: &'static str) -> Self {
        Self { method: Method::Post, ..Self::get(host, path) }
    }

    /// It has query parameters that are always the same.
    pub const fn fixed(mut self, parameters: &'static [(&'static str, &'static str)]) -> Self {
        self.fixed = parameters;
        self
    }

    /// Project and workspace go into its body.
    pub const fn ids_in_body(mut self) -> Self {
        self.ids = Ids::Body;
        self
    }

    /// Its query ends in the mark of where a call comes from.
    pub const fn origin(mut self) -> Self {
        self.origin = true;
        self
    }

    /// Something in it depends on several arguments.
    pub const fn arrange(mut self, arrange: Arrange) -> Self {
        self.arrange = Some(arrange);
        self
    }

    /// Code runs it.
    pub const fn by(mut self, workflow: Workflow) -> Self {
        self.workflow = Some(workflow);
        self
    }
}
