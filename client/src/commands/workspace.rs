//! `mp workspace`: the workspaces of a project, and the pinned one.

use clap::{Arg, value_parser};
use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::Failure;
use mp_proto::routes::{SESSION, WORKSPACES, encode_segment};
use mp_proto::wire::{ActiveBody, SessionPatch, WorkspaceRow, WorkspacesBody};
use serde_json::Value;

use crate::arg::{positional, switch};
use crate::call::Call;
use crate::command::{Command, Flags, Run, Section, Values};
use crate::output::{View, json, listed};

/// The row of `mp workspace`.
pub(super) const COMMAND: Command = Command {
    name: "workspace",
    section: Section::Login,
    about: "Show or choose the workspace",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

/// A list names the project that it wants: `--project` is no flag of the session, which the environment would win over.
const COMMANDS: &[Command] = &[
    Command {
        name: "list",
        about: "List the workspaces of the project, or of --project",
        arguments: |command| {
            command.arg(switch("refresh", "Ask Mixpanel, not the cache; also --remote").alias("remote"))
        },
        flags: Flags::WithoutProject,
        run: Run::Call(|call| Box::pin(list(call))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Pin a workspace until another account is used",
        arguments: |command| command.arg(workspace_id()),
        flags: Flags::WithoutProject,
        values: &[("id", Values::Workspaces)],
        run: Run::Call(|call| Box::pin(set(call))),
        ..Command::ROW
    },
    Command {
        name: "show",
        about: "Show the pinned workspace; the environment does not count here",
        flags: Flags::WithoutProject,
        run: Run::Call(|call| Box::pin(show(call))),
        ..Command::ROW
    },
];

/// Returns the argument that is the id of a workspace.
pub(super) fn workspace_id() -> Arg {
    positional("id", "WORKSPACE_ID", "A positive integer").value_parser(value_parser!(i64)).allow_negative_numbers(true)
}

async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    call.allow(IDENTITY);
    let path = path(call.text("project").as_deref(), call.arguments.get_flag("refresh"));
    let workspaces = call.get::<WorkspacesBody>(&path).await?.workspaces;
    call.output.show(&json(&workspaces), || table(&workspaces, &View::of_stdout()))
}

fn path(project: Option<&str>, refresh: bool) -> String {
    let project = project.map(|id| format!("project={}", encode_segment(id)));
    let query: Vec<String> = project.into_iter().chain(refresh.then(|| "refresh=true".to_owned())).collect();
    if query.is_empty() { WORKSPACES.to_owned() } else { format!("{WORKSPACES}?{}", query.join("&")) }
}

fn table(workspaces: &[WorkspaceRow], view: &View) -> String {
    if workspaces.is_empty() {
        return "(no workspaces accessible via /me)".to_owned();
    }
    let row = |workspace: &WorkspaceRow| {
        let default = if workspace.is_default { "*" } else { "" };
        vec![workspace.id.to_string(), workspace.name.clone(), default.to_owned()]
    };
    listed(&["ID", "NAME", "DEFAULT"], &[15, 33], &workspaces.iter().map(row).collect::<Vec<_>>(), view)
}

async fn set(call: &mut Call<'_>) -> Result<(), Failure> {
    let id = call.number("id");
    let patch = SessionPatch { workspace: id, ..SessionPatch::default() };
    let answer = call.daemon.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    call.body(answer);
    call.output.line(&format!("Active workspace: {}", id.unwrap_or_default()))
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let workspace = call.persisted().await?.workspace;
    let shown =
        workspace.map_or_else(|| "(workspace will be auto-resolved on first use)".to_owned(), |id| id.to_string());
    call.output.show(&workspace.map_or(Value::Null, |id| Value::from(id.get())), || shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Reader;

    #[test]
    fn the_project_is_named_in_the_path() {
        assert_eq!(path(None, false), "/v1/workspaces");
        assert_eq!(path(None, true), "/v1/workspaces?refresh=true");
        assert_eq!(path(Some("1&2"), true), "/v1/workspaces?project=1%262&refresh=true");
    }

    #[test]
    fn the_table_has_fixed_widths_and_marks_the_default() {
        let body = serde_json::json!([
            {"id": 880_101, "name": "All Project Data", "is_default": false},
            {"id": 880_102, "name": "Growth Team", "is_default": true},
        ]);
        let workspaces: Vec<WorkspaceRow> = serde_json::from_value(body.clone()).expect("rows");
        let expected = "ID              NAME                              DEFAULT\n\
                        880101          All Project Data\n\
                        880102          Growth Team                       *\n";
        let view = View { reader: Reader::Program, width: Some(20) };
        assert_eq!(table(&workspaces, &view), expected);
        assert_eq!(table(&[], &view), "(no workspaces accessible via /me)");
        assert_eq!(json(&workspaces), body, "nothing is left out");
    }
}
