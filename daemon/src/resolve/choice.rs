//! What a caller chooses by flags and variables, checked.

use mp_proto::context::{Context, target_stands_alone};
use mp_proto::failure::Problems;
use mp_proto::ids::{IdError, ProjectId, Region, WorkspaceId};

use super::account::{account_flag, target_flag};
use super::error::ResolveError;
use crate::config::header::refusal;
use crate::config::model::Target;

/// Flags and variables of a caller, parsed.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// The account, and the flag or variable that names it.
    account: Option<(&'a str, &'static str)>,
    /// The target, and the flag or variable that names it.
    pub(super) target: Option<(&'a str, &'static str)>,
    /// `MP_PROJECT_ID`.
    pub(super) env_project: Option<ProjectId>,
    /// `--project`.
    pub(super) project: Option<ProjectId>,
    /// `MP_WORKSPACE_ID`.
    pub(super) env_workspace: Option<WorkspaceId>,
    /// `--workspace`.
    pub(super) workspace: Option<WorkspaceId>,
    /// Whether no pin fills in for a workspace that is not given.
    pub(super) exact: bool,
}

impl<'a> Choice<'a> {
    /// Reads a context.
    ///
    /// # Errors
    /// When values break their rules, all of them at once, or a target came together with what it decides.
    pub(super) fn read(context: &'a Context) -> Result<Self, ResolveError> {
        let mut problems = Problems::default();
        let env = |name| context.env.get(name);
        // Checked here with the rest; it is used where the account is chosen.
        let _region = checked("MP_REGION", env("MP_REGION"), Region::parse, &mut problems);
        let choice = Self {
            env_project: checked("MP_PROJECT_ID", env("MP_PROJECT_ID"), ProjectId::parse, &mut problems),
            env_workspace: checked("MP_WORKSPACE_ID", env("MP_WORKSPACE_ID"), WorkspaceId::parse, &mut problems),
            project: checked("--project", context.project.as_deref(), ProjectId::parse, &mut problems),
            workspace: checked("--workspace", context.workspace.as_deref(), WorkspaceId::parse, &mut problems),
            account: account_flag(context),
            target: target_flag(context),
            exact: context.exact,
        };
        if let (Some(name), Some(_)) = (env("MP_CUSTOM_HEADER_NAME"), env("MP_CUSTOM_HEADER_VALUE"))
            && let Some(why) = refusal(name)
        {
            problems.add("MP_CUSTOM_HEADER_NAME", format!("MP_CUSTOM_HEADER_NAME={}: {why}", name.escape_debug()));
        }
        let choice = problems.check(Some(choice)).map_err(|problems| ResolveError::Values { problems })?;
        match target_stands_alone(&choice.target, &choice.account, &choice.project, &choice.workspace) {
            true => Ok(choice),
            false => Err(ResolveError::TargetNotAlone),
        }
    }

    /// Returns what the caller asked for by a flag and did not get. `account` is the variable that makes the account, if one does.
    pub(super) fn notes(&self, account: Option<&str>, target: Option<&Target>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(variable) = account {
            for (flag, asked) in [("--account", self.account), ("--target", self.target)] {
                if let Some((name, by)) = asked
                    && by == flag
                {
                    notes.push(format!("{variable} wins over {flag} {}", name.escape_default()));
                }
            }
        }
        note("MP_PROJECT_ID", &self.env_project, "--project", &self.project, &mut notes);
        note("MP_WORKSPACE_ID", &self.env_workspace, "--workspace", &self.workspace, &mut notes);
        if let Some(target) = target {
            let of = |axis: &str| format!("the {axis} of target {},", target.name.as_str().escape_default());
            note("MP_PROJECT_ID", &self.env_project, &of("project"), &Some(target.project.clone()), &mut notes);
            note("MP_WORKSPACE_ID", &self.env_workspace, &of("workspace"), &target.workspace, &mut notes);
        }
        notes
    }
}

fn note<T: PartialEq + std::fmt::Display>(
    variable: &str,
    winner: &Option<T>,
    flag: &str,
    loser: &Option<T>,
    notes: &mut Vec<String>,
) {
    if let (Some(winner), Some(loser)) = (winner, loser)
        && winner != loser
    {
        notes.push(format!("{variable}={winner} wins over {flag} {loser}"));
    }
}

fn checked<T>(
    at: &str,
    text: Option<&str>,
    parse: fn(&str) -> Result<T, IdError>,
    problems: &mut Problems,
) -> Option<T> {
    let told = |error: IdError| format!("{at}={} is not {}", error.value.escape_debug(), error.expected);
    problems.take(at, parse(text?).map_err(told))
}
