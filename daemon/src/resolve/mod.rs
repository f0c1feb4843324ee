//! Who wins: account, project and workspace of a call, each with the layer that decided and where exactly. Pure.
//!
//! Precedence on each axis: environment, flag, target, bridge, config. A project or workspace that a bridge or the config pins
//! belongs to its own account: a call that chooses another account does not inherit it. The pinned workspace of `[active]` also
//! belongs to the project it was pinned in, for a workspace is part of one project.

mod axis;
mod headers;
#[cfg(test)]
mod properties;
impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let detail = error.to_string();
        match error {
            ResolveError::Values { problems } if problems.len() == 1 => Self::new(FailureKind::InvalidValue, detail),
            ResolveError::Values { problems } => {
                Self::new(FailureKind::InvalidValue, "flags or variables are wrong").errors(problems)
            }
            ResolveError::TargetNotAlone => Self::new(FailureKind::InvalidArgument, detail),
            ResolveError::NoSuchAccount { name, .. } => Self::new(FailureKind::AccountNotFound, detail)
                .account(name)
                .next("mp account list", "see the accounts"),
            ResolveError::NoSuchTarget { .. } => {
                Self::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
            }
            ResolveError::Block { problems, .. } => Self::new(FailureKind::ConfigInvalid, detail).errors(problems),
        }
    }
}

#[cfg(test)]
mod tests;

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::wire::Source;

use crate::config::{Account, Config, ConfigProblem, Lookup, Scope, Target};
use crate::identity::bridge::Bridge;
use crate::resolve::axis::{Candidate, Given, source, strongest};

pub use headers::Header;

/// Name of the account that `MP_USERNAME` and its three companions make.
pub const ENV_SERVICE_ACCOUNT: &str = "env-service-account";

/// Name of the account that `MP_OAUTH_TOKEN` and its two companions make.
pub const ENV_OAUTH_TOKEN: &str = "env-oauth-token";

/// A decided project or workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis<T> {
    /// What was decided.
    pub value: T,
    /// By whom.
    pub source: Source,
}

/// Where an account's definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the caller's environment.
    Environment,
    /// In the bridge file.
    Bridge,
    /// In the config file.
    Config,
    /// Nowhere: the config's active account names none.
    Missing,
}

/// The decided account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedAccount {
    /// Its name.
    pub name: String,
    /// How it authenticates; unknown for one that is defined nowhere.
    pub r#type: Option<AccountType>,
    /// Its region; unknown for one that is defined nowhere.
    pub region: Option<Region>,
    /// Where its definition is.
    pub origin: Origin,
    /// Who chose it.
    pub source: Source,
}

/// A session without credentials. An axis that nobody decided is none, which is no error here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The account.
    pub account: Option<ResolvedAccount>,
    /// The project.
    pub project: Option<Axis<ProjectId>>,
    /// The workspace; none means that the first call that needs one finds it.
    pub workspace: Option<Axis<WorkspaceId>>,
    /// Custom headers, at most one per spelling.
    pub headers: Vec<Header>,
    /// What lost against a stronger layer although the caller asked for it.
    pub notes: Vec<String>,
}

/// Why a context cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Flags or variables break their rule; all of them.
    #[error("{}", problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("; "))]
    Values {
        /// Which, and why.
        problems: Vec<Problem>,
    },
    /// A target came together with what it decides.
    #[error("--target is mutually exclusive with --account/--project/--workspace.")]
    TargetNotAlone,
    /// A name that leads nowhere.
    #[error("account '{name}' is not configured ({})", by.at)]
    NoSuchAccount {
        /// The name.
        name: String,
        /// Who chose it.
        by: Source,
    },
    /// A target that does not exist.
    #[error("target '{name}' is not configured ({})", by.at)]
    NoSuchTarget {
        /// The name.
        name: String,
        /// Who chose it.
        by: Source,
    },
    /// The chosen account, target or `[active]` table is wrong in the file.
    #[error("{what} cannot be used as it stands")]
    Block {
        /// What was chosen.
        what: String,
        /// What is wrong with it, and after that with the rest of the file.
        problems: Vec<Problem>,
    },
}

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
    let given = Given::read(context)?;
    let input = Input { config, path, bridge, given: &given };
    let target = input.target()?;
    let account = input.account(target)?;
    let project = input.project(target, account.as_ref());
    let workspace = input.workspace(target, account.as_ref(), project.as_ref())?;
    let notes = given.notes(target);
    Ok(Resolved {
        headers: headers::merge(config, path, bridge, context),
        account: account.map(|account| account.shown),
        project,
        workspace,
        notes,
    })
}

/// Everything that decides.
struct Input<'a> {
    config: &'a Config,
    path: &'a Path,
    bridge: Option<&'a Bridge>,
    given: &'a Given<'a>,
}

/// The decided account, and its definition where that is in the config.
struct Chosen<'a> {
    shown: ResolvedAccount,
    definition: Option<&'a Account>,
}

impl<'a> Input<'a> {
    fn target(&self) -> Result<Option<&'a Target>, ResolveError> {
        let Some((name, by)) = &self.given.target else { return Ok(None) };
        match self.config.target(name) {
            Lookup::Found(target) => Ok(Some(target)),
            Lookup::Invalid(problems) => Err(self.block(format!("target '{name}'"), problems)),
            Lookup::Missing => Err(ResolveError::NoSuchTarget { name: (*name).to_owned(), by: by.clone() }),
        }
    }

    fn account(&self, target: Option<&'a Target>) -> Result<Option<Chosen<'a>>, ResolveError> {
        if let Some((name, kind, region, at)) = self.given.environment_account {
            let by = source(Candidate::Env, at);
            return Ok(Some(Chosen::new(name, Some((kind, region)), Origin::Environment, by, None)));
        }
        if let Some((name, by)) = &self.given.account {
            return self.configured(name, by.clone()).map(Some);
        }
        if let Some(target) = target {
            let by = source(Candidate::Target, self.target_at(target, target.line));
            return self.configured(&target.account, by).map(Some);
        }
        if let Some(bridge) = self.bridge {
            let by = source(Candidate::Bridge, bridge.path.display().to_string());
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
        let by = source(Candidate::Config, self.line(active.line));
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
            self.given.env_project.clone().map(|id| (Candidate::Env, id, "MP_PROJECT_ID".to_owned())),
            self.given.project.clone().map(|id| (Candidate::Param, id, "--project".to_owned())),
            target.map(|target| (Candidate::Target, target.project.clone(), self.target_at(target, target.line))),
            bridge.and_then(|bridge| {
                let id = bridge.project.clone()?;
                Some((Candidate::Bridge, id, bridge.path.display().to_string()))
            }),
            account.and_then(|account| self.default_project(account)),
        ])
    }

    fn default_project(&self, account: &Chosen<'_>) -> Option<(Candidate, ProjectId, String)> {
        let project = account.definition?.default_project.as_ref()?;
        Some(match (account.shown.origin, self.bridge) {
            (Origin::Bridge, Some(bridge)) => {
                (Candidate::Bridge, project.value.clone(), bridge.path.display().to_string())
            }
            _ => (Candidate::Config, project.value.clone(), self.line(project.line)),
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
            !self.given.exact && account.is_some_and(Chosen::is_of_bridge) && project.map(|axis| &axis.value) == pinned
        });
        let decided = strongest([
            self.given.env_workspace.map(|id| (Candidate::Env, id, "MP_WORKSPACE_ID".to_owned())),
            self.given.workspace.map(|id| (Candidate::Param, id, "--workspace".to_owned())),
            target.and_then(|target| Some((Candidate::Target, target.workspace?, self.target_at(target, target.line)))),
            bridge.and_then(|bridge| Some((Candidate::Bridge, bridge.workspace?, bridge.path.display().to_string()))),
        ]);
        if decided.is_some() || self.given.exact || !self.pin_applies(account, project) {
            return Ok(decided);
        }
        self.active_is_good()?;
        let pin = self.config.active.workspace.as_ref();
        Ok(strongest([pin.map(|pin| (Candidate::Config, pin.value, self.line(pin.line)))]))
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
