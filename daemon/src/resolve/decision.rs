//! The decision: from all layers to account, project and workspace.

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::wire::{Source, SourceKind};

use super::account::{Chooser, ChosenAccount, account_of};
use super::choice::Choice;
use super::error::ResolveError;
use super::headers;
use super::layer::{source, strongest};
use super::model::{Axis, Origin, Resolved, ResolvedAccount};
use crate::config::model::{Config, Lookup, Target};
use crate::config::problem::{ConfigProblem, Scope};
use crate::identity::bridge::Bridge;

/// Resolves a context on the files it means.
///
/// # Errors
/// When a value breaks its rule, a name leads nowhere, or a chosen block of the config is wrong.
pub fn resolve(
    config: &Config,
    path: &Path,
    bridge: Option<&Bridge>,
    context: &Context,
) -> Result<Resolved, ResolveError> {
    let choice = Choice::read(context)?;
    let layers = Layers { config, path, bridge, choice: &choice };
    let target = layers.target()?;
    let account = account_of(config, bridge, context);
    layers.check_account(account.as_ref())?;
    layers.header_is_good()?;
    let project = layers.project(target, account.as_ref());
    let workspace = layers.workspace(target, account.as_ref(), project.as_ref())?;
    let variable = account.as_ref().and_then(ChosenAccount::variable);
    let in_force = bridge.filter(|_| account.as_ref().is_some_and(ChosenAccount::is_of_bridge));
    let mut notes = choice.notes(variable, target);
    notes.extend(in_force.map(note_of));
    Ok(Resolved {
        headers: headers::merge(config, path, in_force, context),
        account: account.as_ref().map(|account| layers.shown(account)),
        project,
        workspace,
        notes,
    })
}

/// Says whose account a call uses: a file that came from elsewhere is never used without a word.
fn note_of(bridge: &Bridge) -> String {
    format!("account '{}' comes from the bridge file {}", bridge.account.name, bridge.path.display())
}

/// All that decides.
struct Layers<'a> {
    config: &'a Config,
    path: &'a Path,
    bridge: Option<&'a Bridge>,
    choice: &'a Choice<'a>,
}

impl<'a> Layers<'a> {
    fn target(&self) -> Result<Option<&'a Target>, ResolveError> {
        let Some((name, flag)) = self.choice.target else { return Ok(None) };
        match self.config.target(name) {
            Lookup::Found(target) => Ok(Some(target)),
            Lookup::Invalid(problems) => Err(self.block(format!("target '{name}'"), problems)),
            Lookup::Missing => {
                Err(ResolveError::NoSuchTarget { name: name.to_owned(), by: source(SourceKind::Param, flag) })
            }
        }
    }

    /// Refuses an account that is nowhere or whose block is wrong. The one that `[active]` names may be nowhere: a person with a
    /// dangling name there must still see the session.
    fn check_account(&self, account: Option<&ChosenAccount<'_>>) -> Result<(), ResolveError> {
        if account.is_none_or(ChosenAccount::is_active) {
            self.active_is_good()?;
        }
        let Some(account) = account.filter(|account| account.origin == Origin::Missing) else { return Ok(()) };
        match self.config.account(account.name) {
            Lookup::Invalid(problems) => Err(self.block(format!("account '{}'", account.name), problems)),
            Lookup::Missing if !account.is_active() => {
                Err(ResolveError::NoSuchAccount { name: account.name.to_owned(), by: self.chooser(account.by) })
            }
            Lookup::Missing | Lookup::Found(_) => Ok(()),
        }
    }

    fn shown(&self, account: &ChosenAccount<'_>) -> ResolvedAccount {
        let (r#type, region) = account.known().unzip();
        let source = self.chooser(account.by);
        ResolvedAccount { name: account.name.to_owned(), r#type, region, origin: account.origin, source }
    }

    fn chooser(&self, by: Chooser<'_>) -> Source {
        match by {
            Chooser::Environment(account) => source(SourceKind::Env, account.variable),
            Chooser::Flag(flag) => source(SourceKind::Param, flag),
            Chooser::Target(target) => source(SourceKind::Target, self.target_at(target)),
            Chooser::Bridge(bridge) => source(SourceKind::Bridge, bridge.path.display().to_string()),
            Chooser::Active(line) => source(SourceKind::Config, self.line(line)),
        }
    }

    fn project(&self, target: Option<&Target>, account: Option<&ChosenAccount<'_>>) -> Option<Axis<ProjectId>> {
        let bridge = self.bridge.filter(|_| account.is_some_and(ChosenAccount::is_of_bridge));
        strongest([
            self.choice.env_project.clone().map(|id| (SourceKind::Env, id, "MP_PROJECT_ID".to_owned())),
            self.choice.project.clone().map(|id| (SourceKind::Param, id, "--project".to_owned())),
            target.map(|target| (SourceKind::Target, target.project.clone(), self.target_at(target))),
            bridge.and_then(|bridge| {
                let id = bridge.project.clone()?;
                Some((SourceKind::Bridge, id, bridge.path.display().to_string()))
            }),
            account.and_then(|account| self.default_project(account)),
        ])
    }

    fn default_project(&self, account: &ChosenAccount<'_>) -> Option<(SourceKind, ProjectId, String)> {
        let project = account.definition?.default_project.as_ref()?;
        Some(match (account.origin, self.bridge) {
            (Origin::Bridge, Some(bridge)) => {
                (SourceKind::Bridge, project.value.clone(), bridge.path.display().to_string())
            }
            _ => (SourceKind::Config, project.value.clone(), self.line(project.line)),
        })
    }

    fn workspace(
        &self,
        target: Option<&Target>,
        account: Option<&ChosenAccount<'_>>,
        project: Option<&Axis<ProjectId>>,
    ) -> Result<Option<Axis<WorkspaceId>>, ResolveError> {
        let bridge = self.bridge.filter(|bridge| {
            let pinned = bridge.project.as_ref().or(bridge.account.default_project.as_ref().map(|own| &own.value));
            !self.choice.exact
                && account.is_some_and(ChosenAccount::is_of_bridge)
                && project.map(|axis| &axis.value) == pinned
        });
        let decided = strongest([
            self.choice.env_workspace.map(|id| (SourceKind::Env, id, "MP_WORKSPACE_ID".to_owned())),
            self.choice.workspace.map(|id| (SourceKind::Param, id, "--workspace".to_owned())),
            target.and_then(|target| Some((SourceKind::Target, target.workspace?, self.target_at(target)))),
            bridge.and_then(|bridge| Some((SourceKind::Bridge, bridge.workspace?, bridge.path.display().to_string()))),
        ]);
        if decided.is_some() || self.choice.exact || !self.pin_applies(account, project) {
            return Ok(decided);
        }
        self.active_is_good()?;
        let pin = self.config.active.workspace.as_ref();
        Ok(strongest([pin.map(|pin| (SourceKind::Config, pin.value, self.line(pin.line)))]))
    }

    /// The pin of `[active]` is for the active account and the project that was its own when it was pinned.
    fn pin_applies(&self, account: Option<&ChosenAccount<'_>>, project: Option<&Axis<ProjectId>>) -> bool {
        let Some(account) = account else { return true };
        let is_active = matches!(account.origin, Origin::Config | Origin::Missing)
            && self.config.active.account.as_ref().is_some_and(|active| active.value == account.name);
        let own = account.definition.and_then(|definition| definition.default_project.as_ref());
        is_active && project.map(|axis| &axis.value) == own.map(|own| &own.value)
    }

    fn active_is_good(&self) -> Result<(), ResolveError> {
        let problems = self.config.problems_for(&Scope::Active);
        if problems.is_empty() { Ok(()) } else { Err(self.block("[active]".to_owned(), problems)) }
    }

    fn header_is_good(&self) -> Result<(), ResolveError> {
        let problems = self.config.problems_for(&Scope::Header);
        if problems.is_empty() { Ok(()) } else { Err(self.block("[settings].custom_header".to_owned(), problems)) }
    }

    fn block(&self, what: String, problems: Vec<&ConfigProblem>) -> ResolveError {
        ResolveError::Block { what, problems: self.config.tell(&problems, self.path) }
    }

    fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    fn target_at(&self, target: &Target) -> String {
        format!("target {} ({})", target.name.as_str().escape_debug(), self.line(target.line))
    }
}
