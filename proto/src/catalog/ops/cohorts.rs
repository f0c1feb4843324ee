//! Cohorts.

use crate::catalog::{Call, Effect, Host, Kind, Operation, Param, Reply, Scope, Stage};

/// The operations on cohorts.
pub(in crate::catalog) const ROWS: &[Operation] = &[Operation {
    id: "cohorts.list",
    command: &["cohorts", "list"],
    summary: "List cohorts with their definitions",
    detail: "",
    effect: Effect::Read,
    scope: Scope::WorkspaceOptional,
    params: &[
        Param::query("data_group_id", Kind::Str, "Only cohorts of this data group"),
        Param::query("ids", Kind::Ints, "Only these ids, separated by commas"),
    ],
    call: Call::get(Host::App, "cohorts"),
    reply: Reply::LIST.columns(&["id", "name", "count", "description"]),
    stage: Stage::Stable,
}];
