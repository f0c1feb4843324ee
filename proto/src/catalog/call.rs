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
    /// Streams raw events as lines.
    ExportEvents,
    /// Streams the pages of profiles as lines.
    ExportProfiles,
}

/// Changes a request after its arguments were bound: what depends on several of them. Pure.
pub type Arrange = fn(&Map<String, Value>, &mut Bound) -> Result<(), Vec<Problem>>;

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
    /// What depends on several arguments.
    pub arrange: Option<Arrange>,
    /// Code that is needed besides.
    pub workflow: Option<Workflow>,
}

impl Call {
    /// Returns a GET.
    pub const fn get(host: Host, path: &'static str) -> Self {
        Self { host, method: Method::Get, path, fixed: &[], arrange: None, workflow: None }
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
