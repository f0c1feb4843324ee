//! Dashboards.

use crate::catalog::{Call, Effect, Host, Kind, Operation, Param, Reply, Scope, Stage};

/// The operations on dashboards.
pub(in crate::catalog) const ROWS: &[Operation] = &[
    Operation {
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
    },
    Operation {
        id: "dashboards.get",
        command: &["dashboards", "get"],
        summary: "Show one dashboard",
        detail: "",
        effect: Effect::Read,
        scope: Scope::WorkspaceOptional,
        params: &[Param::path("dashboard_id", Kind::Int, "Id of the dashboard")],
        call: Call::get(Host::App, "dashboards/{dashboard_id}"),
        reply: Reply::ONE.times(&["created", "modified"]),
        stage: Stage::Stable,
    },
];
