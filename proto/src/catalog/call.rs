//! How an operation is asked for.

use serde::{Deserialize, Serialize};

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
    /// The project.
    Project,
    /// The pinned workspace, else the project.
    WorkspaceOptional,
}

/// A family of endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The App API.
    App,
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

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Where to.
    pub host: Host,
    /// How.
    pub method: Method,
    /// The path below the scope, with `{name}` where a [`super::Place::Path`] parameter goes.
    pub path: &'static str,
}
