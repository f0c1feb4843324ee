//! How an operation is asked for.

use mp_proto::failure::Problems;
use mp_proto::plane::Plane;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bound::Bound;

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

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// What a row cannot say: code of the daemon that sends the request of the row, and others around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workflow {
    /// A question whose arguments are nested: its body is built, and its answer read, by code.
    Ask,
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
    /// Texts of a project or an organization, whose id may have to be found.
    BusinessContext,
    /// Deletes what the account may edit, after asking whether it may.
    CheckedDelete,
    /// A custom event that may be named instead of numbered.
    CustomEvent,
    /// Asks for a place, uploads a file there, registers it and waits until it is taken in.
    LookupTableUpload,
    /// A query that refers to a saved metric, whose kind is asked for first.
    MetricQuery,
    /// Finds, signs and reads the files of recordings.
    Recording,
    /// Saves a report, then puts it on a dashboard.
    ReportCreate,
    /// Follows a link to a report, and runs it.
    ReportResolve,
    /// Stores parameters under a name that is made here, and returns the link to them.
    ReportStore,
    /// Changes a behavior, whose kind must stay.
    SavedBehavior,
    /// Creates or changes a metric: its owner and mark need a call of their own, its kind must stay.
    SavedMetric,
}

/// Checks what arguments must be to each other. It is given those that are good by themselves, and the problems of the others, so that
/// all is told at once. Pure.
pub type Check = fn(arguments: &Map<String, Value>, problems: &mut Problems);

/// Changes a request after its arguments were bound: what depends on several of them, and what is wrong with them together. Pure.
pub type Arrange = fn(arguments: &Map<String, Value>, request: &mut Bound, problems: &mut Problems);

/// Where project and workspace go when they do not head the path, as they do on the App API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Both into the query, the workspace only when one is pinned.
    Query,
    /// Both into the body, the workspace always; a pinned one into the query, too.
    Body,
    /// A pinned workspace into the query.
    Workspace,
}

/// Stands for the project as the value of a [`Call::fixed`] parameter, and as a text in the body.
pub const PROJECT_ID: &str = "{project_id}";

/// The name under which the arguments of a reshape have the number of the project.
pub const PROJECT: &str = "$project_id";

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Where to.
    pub plane: Plane,
    /// How.
    pub method: Method,
    /// The path below the scope, with `{name}` where a [`super::param::Slot::Path`] parameter goes.
    pub path: &'static str,
    /// Query parameters that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
    /// Fields of the body that are always the same: their names, with dots for those inside of others, and JSON texts.
    pub fixed_body: &'static [(&'static str, &'static str)],
    /// Whether the body is a form instead of JSON.
    pub form: bool,
    /// Where project and workspace go outside of the App API.
    pub ids: Ids,
    /// Whether the query ends in Mixpanel's mark of where a call comes from. Parts of the App API refuse it.
    pub origin: bool,
    /// What arguments must be to each other.
    pub check: Option<Check>,
    /// What depends on several arguments.
    pub arrange: Option<Arrange>,
    /// Code that is needed besides.
    pub workflow: Option<Workflow>,
}

impl Call {
    /// Returns a GET.
    pub const fn get(plane: Plane, path: &'static str) -> Self {
        let origin = matches!(plane, Plane::Query | Plane::Engage);
        Self {
            plane,
            method: Method::Get,
            path,
            fixed: &[],
            fixed_body: &[],
            form: false,
            ids: Ids::Query,
            origin,
            check: None,
            arrange: None,
            workflow: None,
        }
    }

    /// Returns a POST.
    pub const fn post(plane: Plane, path: &'static str) -> Self {
        Self { method: Method::Post, ..Self::get(plane, path) }
    }

    /// Returns a PUT.
    pub const fn put(plane: Plane, path: &'static str) -> Self {
        Self { method: Method::Put, ..Self::get(plane, path) }
    }

    /// Returns a PATCH.
    pub const fn patch(plane: Plane, path: &'static str) -> Self {
        Self { method: Method::Patch, ..Self::get(plane, path) }
    }

    /// Returns a DELETE.
    pub const fn delete(plane: Plane, path: &'static str) -> Self {
        Self { method: Method::Delete, ..Self::get(plane, path) }
    }

    /// It has fields of the body that are always the same.
    pub const fn fixed_body(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.fixed_body = fields;
        self
    }

    /// Its body is a form.
    pub const fn form(mut self) -> Self {
        self.form = true;
        self
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

    /// A pinned workspace goes into its query, and the project nowhere.
    pub const fn ids_of_workspace(mut self) -> Self {
        self.ids = Ids::Workspace;
        self
    }

    /// Its query ends in the mark of where a call comes from.
    pub const fn origin(mut self) -> Self {
        self.origin = true;
        self
    }

    /// Arguments must fit together.
    pub const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
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
