//! Dashboards.

use crate::catalog::{Call, Effect, Host, Kind, Operation, Param, Reply, Scope, Stage};

/// The operations on dashboards.
pub(in crate::catalog) const ROWS: &[Operation] = &[Operation {
    id: "dashboards.list",
    command: &["dashboards", "list"],
    summary: "List the dashboards of the project or pinned workspace",
    detail: "",
    effect: Effect::Read,
    scope: Scope::WorkspaceOptional,
    params: &[Param::query("ids", Kind::Ints, "Only these ids, separated by commas")],
    call: Call::get(Host::App, "dashboards"),
    reply: Reply::LIST.columns(&["id", "title"]).times(&["created", "modified"]),
    stage: Stage::Stable,
}];
