//! `mp project`: the projects that an account can see, and the persisted one of the active account.

use hyper::Method;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::Failure;
use mp_proto::routes::{PROJECTS, SESSION};
use mp_proto::wire::{ActiveBody, ProjectRow, ProjectsBody, SessionPatch};
use serde_json::Value;

use crate::arg::{positional, switch};
use crate::call::Call;
use crate::command::{Command, Flags, Run, Section, Values};
use crate::output::{Reader, View, escaped, json, listed};

/// The row of `mp project`.
pub(super) const COMMAND: Command = Command {
    name: "project",
    section: Section::Login,
    about: "Show or choose the project",
    run: Run::Group(COMMANDS),
    ..Command::ROW
};

const COMMANDS: &[Command] = &[
    Command {
        name: "list",
        about: "List the projects that the account can see",
        arguments: |command| {
            command.arg(switch("refresh", "Ask Mixpanel, not the cache; also --remote").alias("remote"))
        },
        run: Run::Call(|call| Box::pin(list(call))),
        ..Command::ROW
    },
    Command {
        name: "use",
        about: "Make a project the default of the active account, or of --account",
        arguments: |command| command.arg(positional("id", "PROJECT_ID", "Digits")),
        flags: Flags::WithoutProject,
        values: &[("id", Values::Projects)],
        run: Run::Call(|call| Box::pin(set(call))),
        ..Command::ROW
    },
    Command {
        name: "show",
        about: "Show the stored default project; the environment does not count here",
        flags: Flags::WithoutProject,
        run: Run::Call(|call| Box::pin(show(call))),
        ..Command::ROW
    },
];

async fn list(call: &mut Call<'_>) -> Result<(), Failure> {
    call.allow(IDENTITY);
    let path =
        if call.arguments.get_flag("refresh") { format!("{PROJECTS}?refresh=true") } else { PROJECTS.to_owned() };
    let projects = call.get::<ProjectsBody>(&path).await?.projects;
    call.output.show(&json(&projects), || table(&projects, &View::of_stdout()))
}

/// Longest name that a program is shown whole, as the Python tool has it.
const NAME: usize = 33;

fn table(projects: &[ProjectRow], view: &View) -> String {
    if projects.is_empty() {
        return "(no projects accessible via /me)".to_owned();
    }
    let row = |project: &ProjectRow| {
        let longest = if view.reader == Reader::Program { NAME } else { usize::MAX };
        vec![
            if project.is_active { "*" } else { "" }.to_owned(),
            project.id.to_string(),
            escaped(&project.name).chars().take(longest).collect(),
            project.organization_id.map(|id| id.to_string()).unwrap_or_default(),
        ]
    };
    listed(&["", "ID", "NAME", "ORG"], &[1, 15, NAME], &projects.iter().map(row).collect::<Vec<_>>(), view)
}

async fn set(call: &mut Call<'_>) -> Result<(), Failure> {
    let id = call.required("id");
    let patch = SessionPatch { project: Some(id.clone()), ..SessionPatch::default() };
    let answer = call.daemon.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    let active = call.body(answer).account.unwrap_or_default();
    // The daemon prefers the account of this call to the active account, and answers with the latter.
    let wanted = call.text("account").or_else(|| call.environment.get("MP_ACCOUNT").map(str::to_owned));
    let account = wanted.unwrap_or(active);
    call.output.line(&format!("Set default_project for account '{account}' to '{id}'"))
}

async fn show(call: &mut Call<'_>) -> Result<(), Failure> {
    let project = call.persisted().await?.project.map(|project| project.to_string());
    let shown = project.clone().unwrap_or_else(|| "(no active project)".to_owned());
    call.output.show(&project.map_or(Value::Null, Value::from), || shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_fixed_widths_and_marks_the_default() {
        let body = serde_json::json!([
            {"id": "3713224", "name": "AI Demo", "organization_id": 100, "timezone": "UTC", "is_active": true},
            {"id": "3018488", "name": "é".repeat(40), "organization_id": null, "timezone": null, "is_active": false},
        ]);
        let projects: Vec<ProjectRow> = serde_json::from_value(body.clone()).expect("rows");
        let expected = format!(
            "  ID              NAME                              ORG\n\
             * 3713224         AI Demo                           100\n\
             \u{20} 3018488         {}\n",
            "é".repeat(33)
        );
        let view = View { reader: Reader::Program, width: Some(20) };
        assert_eq!(table(&projects, &view), expected);
        assert_eq!(table(&[], &view), "(no projects accessible via /me)");
        assert_eq!(json(&projects), body, "nothing is left out");
    }
}
