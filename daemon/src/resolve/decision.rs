//! The decision: from all layers to account, project and workspace.

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::ids::{AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::wire::{Source, SourceKind};

use super::choice::Choice;
use super::error::ResolveError;
use super::headers;
use super::layer::{source, strongest};
use super::model::{Axis, Origin, Resolved, ResolvedAccount};
use crate::config::account::Account;
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
    let account = layers.account(target)?;
    let project = layers.project(target, account.as_ref());
    let workspace = layers.workspace(target, account.as_ref(), project.as_ref())?;
    let notes = choice.notes(target);
    Ok(Resolved {
        headers: headers::merge(config, path, bridge, context),
        account: account.map(|account| account.shown),
        project,
        workspace,
        notes,
    })
}

/// All that decides.
struct Layers<'a> {
    config: &'a Config,
    path: &'a Path,
    bridge: Option<&'a Bridge>,
    choice: &'a Choice<'a>,
}

/// The decided account, and its definition where that is in the config.
struct Chosen<'a> {
    shown: ResolvedAccount,
    definition: Option<&'a Account>,
}

impl<'a> Layers<'a> {
    fn target(&self) -> Result<Option<&'a Target>, ResolveError> {
        let Some((name, by)) = &self.choice.target else { return Ok(None) };
        match self.config.target(name) {
            Lookup::Found(target) => Ok(Some(target)),
            Lookup::Invalid(problems) => Err(self.block(format!("target '{name}'"), problems)),
            Lookup::Missing => Err(ResolveError::NoSuchTarget { name: (*name).to_owned(), by: by.clone() }),
        }
    }

    fn account(&self, target: Option<&'a Target>) -> Result<Option<Chosen<'a>>, ResolveError> {
        if let Some((name, kind, region, at)) = self.choice.environment_account {
            let by = source(SourceKind::Env, at);
            return Ok(Some(Chosen::new(name, Some((kind, region)), Origin::Environment, by, None)));
        }
        if let Some((name, by)) = &self.choice.account {
            return self.configured(name, by.clone()).map(Some);
        }
        if let Some(target) = target {
            let by = source(SourceKind::Target, self.target_at(target, target.line));
            return self.configured(&target.account, by).map(Some);
        }
        if let Some(bridge) = self.bridge {
            let by = source(SourceKind::Bridge, bridge.path.display().to_string());
            let account = &bridge.account;
            let known = Some((account.account_type(), account.region));
            return Ok(Some(Chosen::new(account.name.as_str(), known, Origin::Bridge, by, Some(account))));
        }
        self.active_account()
    }

    /// The one name that may lead nowhere without an error: a person with a dangling `[active]` must still see the session.
    fn active_account(&self) -> Result<Option<Chosen<'a>>, ResolveError> {
        self.active_is_good()?;
        let Some(active) = &self.config.active.account else { return Ok(None) };
        let by = source(SourceKind::Config, self.line(active.line));
        match self.configured(&active.value, by) {
            Err(ResolveError::NoSuchAccount { name, by }) => {
                Ok(Some(Chosen::new(&name, None, Origin::Missing, by, None)))
            }
            other => other.map(Some),
        }
    }

    fn configured(&self, name: &str, by: Source) -> Result<Chosen<'a>, ResolveError> {
        match self.config.account(name) {
            Lookup::Found(account) => {
                let known = Some((account.account_type(), account.region));
                Ok(Chosen::new(name, known, Origin::Config, by, Some(account)))
            }
            Lookup::Invalid(problems) => Err(self.block(format!("account '{name}'"), problems)),
            Lookup::Missing => Err(ResolveError::NoSuchAccount { name: name.to_owned(), by }),
        }
    }

    fn project(&self, target: Option<&Target>, account: Option<&Chosen<'_>>) -> Option<Axis<ProjectId>> {
        let bridge = self.bridge.filter(|_| account.is_some_and(Chosen::is_of_bridge));
        strongest([
            self.choice.env_project.clone().map(|id| (SourceKind::Env, id, "MP_PROJECT_ID".to_owned())),
            self.choice.project.clone().map(|id| (SourceKind::Param, id, "--project".to_owned())),
            target.map(|target| (SourceKind::Target, target.project.clone(), self.target_at(target, target.line))),
            bridge.and_then(|bridge| {
                let id = bridge.project.clone()?;
                Some((SourceKind::Bridge, id, bridge.path.display().to_string()))
            }),
            account.and_then(|account| self.default_project(account)),
        ])
    }

    fn default_project(&self, account: &Chosen<'_>) -> Option<(SourceKind, ProjectId, String)> {
        let project = account.definition?.default_project.as_ref()?;
        Some(match (account.shown.origin, self.bridge) {
            (Origin::Bridge, Some(bridge)) => {
                (SourceKind::Bridge, project.value.clone(), bridge.path.display().to_string())
            }
            _ => (SourceKind::Config, project.value.clone(), self.line(project.line)),
        })
    }

    fn workspace(
        &self,
        target: Option<&Target>,
        account: Option<&Chosen<'_>>,
        project: Option<&Axis<ProjectId>>,
    ) -> Result<Option<Axis<WorkspaceId>>, ResolveError> {
        let bridge = self.bridge.filter(|bridge| {
            let pinned = bridge.project.as_ref().or(bridge.account.default_project.as_ref().map(|own| &own.value));
            !self.choice.exact && account.is_some_and(Chosen::is_of_bridge) && project.map(|axis| &axis.value) == pinned
        });
        let decided = strongest([
            self.choice.env_workspace.map(|id| (SourceKind::Env, id, "MP_WORKSPACE_ID".to_owned())),
            self.choice.workspace.map(|id| (SourceKind::Param, id, "--workspace".to_owned())),
            target
                .and_then(|target| Some((SourceKind::Target, target.workspace?, self.target_at(target, target.line)))),
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
    fn pin_applies(&self, account: Option<&Chosen<'_>>, project: Option<&Axis<ProjectId>>) -> bool {
        let Some(account) = account else { return true };
        let is_active = matches!(account.shown.origin, Origin::Config | Origin::Missing)
            && self.config.active.account.as_ref().is_some_and(|active| active.value == account.shown.name);
        let own = account.definition.and_then(|definition| definition.default_project.as_ref());
        is_active && project.map(|axis| &axis.value) == own.map(|own| &own.value)
    }

    fn active_is_good(&self) -> Result<(), ResolveError> {
        let problems = self.config.problems_for(&Scope::Active);
        if problems.is_empty() { Ok(()) } else { Err(self.block("[active]".to_owned(), problems)) }
    }

    fn block(&self, what: String, problems: Vec<&ConfigProblem>) -> ResolveError {
        ResolveError::Block { what, problems: self.config.tell(&problems, self.path) }
    }

    fn line(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    fn target_at(&self, target: &Target, line: usize) -> String {
        format!("target {} ({})", target.name.as_str().escape_debug(), self.line(line))
    }
}

impl<'a> Chosen<'a> {
    fn new(
        name: &str,
        known: Option<(AccountType, Region)>,
        origin: Origin,
        source: Source,
        definition: Option<&'a Account>,
    ) -> Self {
        let (r#type, region) = known.unzip();
        Self { shown: ResolvedAccount { name: name.to_owned(), r#type, region, origin, source }, definition }
    }

    fn is_of_bridge(&self) -> bool {
        self.shown.origin == Origin::Bridge
    }
}
