//! What a caller chooses by flags and variables, checked.

use mp_proto::context::Context;
use mp_proto::failure::Problem;
use mp_proto::ids::{AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::wire::{Source, SourceKind};

use super::error::ResolveError;
use super::layer::source;
use super::model::{ENV_OAUTH_TOKEN, ENV_SERVICE_ACCOUNT};
use crate::config::model::Target;

/// Flags and variables of a caller, parsed.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    /// An account made of the environment alone: name, type, region, and the variable that carries its secret.
    pub(super) environment_account: Option<(&'static str, AccountType, Region, &'static str)>,
    /// `--account`, else `MP_ACCOUNT`.
    pub(super) account: Option<(&'a str, Source)>,
    /// `--target`, else `MP_TARGET`.
    pub(super) target: Option<(&'a str, Source)>,
    /// `MP_PROJECT_ID`.
    pub(super) env_project: Option<ProjectId>,
    /// `--project`.
    pub(super) project: Option<ProjectId>,
    /// `MP_WORKSPACE_ID`.
    pub(super) env_workspace: Option<WorkspaceId>,
    /// `--workspace`.
    pub(super) workspace: Option<WorkspaceId>,
    /// Whether no pin fills in for a workspace that is not choice.
    pub(super) exact: bool,
}

impl<'a> Choice<'a> {
    /// Reads a context.
    ///
    /// # Errors
    /// When values break their rules, all of them at once, or a target came together with what it decides.
    pub(super) fn read(context: &'a Context) -> Result<Self, ResolveError> {
        let mut problems = Vec::new();
        let env = &context.env;
        let region = checked("MP_REGION", env.get("MP_REGION"), Region::parse, &mut problems);
        let choice = Self {
            env_project: checked("MP_PROJECT_ID", env.get("MP_PROJECT_ID"), ProjectId::parse, &mut problems),
            env_workspace: checked("MP_WORKSPACE_ID", env.get("MP_WORKSPACE_ID"), WorkspaceId::parse, &mut problems),
            project: checked("--project", context.project.as_deref(), ProjectId::parse, &mut problems),
            workspace: checked("--workspace", context.workspace.as_deref(), WorkspaceId::parse, &mut problems),
            account: flag_or_variable(context.account.as_deref(), "--account", env.get("MP_ACCOUNT"), "MP_ACCOUNT"),
            target: flag_or_variable(context.target.as_deref(), "--target", env.get("MP_TARGET"), "MP_TARGET"),
            environment_account: None,
            exact: context.exact,
        };
        if !problems.is_empty() {
            return Err(ResolveError::Values { problems });
        }
        let accompanied = choice.account.is_some() || choice.project.is_some() || choice.workspace.is_some();
        if choice.target.is_some() && accompanied {
            return Err(ResolveError::TargetNotAlone);
        }
        let environment_account = region.filter(|_| choice.env_project.is_some()).and_then(|region| {
            let is_set = |name| env.get(name).is_some();
            if is_set("MP_USERNAME") && is_set("MP_SECRET") {
                Some((ENV_SERVICE_ACCOUNT, AccountType::ServiceAccount, region, "MP_USERNAME"))
            } else if is_set("MP_OAUTH_TOKEN") {
                Some((ENV_OAUTH_TOKEN, AccountType::OauthToken, region, "MP_OAUTH_TOKEN"))
            } else {
                None
            }
        });
        Ok(Self { environment_account, ..choice })
    }

    /// Returns what the caller asked for by a flag and did not get.
    pub(super) fn notes(&self, target: Option<&Target>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((_, _, _, variable)) = self.environment_account {
            let losers = [("--account", &self.account), ("--target", &self.target)];
            for (flag, asked) in losers {
                if let Some((name, by)) = asked
                    && by.at == flag
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

fn flag_or_variable<'a>(
    flag: Option<&'a str>,
    flag_name: &str,
    variable: Option<&'a str>,
    variable_name: &str,
) -> Option<(&'a str, Source)> {
    match (flag, variable) {
        (Some(name), _) => Some((name, source(SourceKind::Param, flag_name))),
        (None, Some(name)) => Some((name, source(SourceKind::Param, variable_name))),
        (None, None) => None,
    }
}

fn checked<T>(
    at: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, mp_proto::ids::IdError>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    match parse(text?) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(Problem::new(at, format!("{at}={} is not {}", error.value.escape_debug(), error.expected)));
            None
        }
    }
}
