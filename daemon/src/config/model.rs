//! What a config file means: accounts, targets, what is active, and what is wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mp_proto::failure::Problem;
use mp_proto::ids::{AccountName, ProjectId, SecretStore, TargetName, WorkspaceId};
use mp_proto::secret::Secret;

use super::account::Account;
use super::limits::Limits;
use super::network::NetworkSettings;
use super::notify::NotifySettings;
use super::output::OutputSettings;
use super::problem::{ConfigProblem, Located, Scope};
use super::telemetry::TelemetrySettings;

/// The meaning of a config file: what is good in it, and all that is wrong.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The accounts without a problem. One bad block does not take the others away.
    pub accounts: BTreeMap<AccountName, Arc<Account>>,
    /// The targets without a problem.
    pub targets: BTreeMap<TargetName, Target>,
    /// What is persisted as active.
    pub active: Active,
    /// The header of `[settings].custom_header`.
    pub custom_header: Option<Located<CustomHeader>>,
    /// Where new secrets are kept.
    pub secret_store: SecretStore,
    /// What `[settings.limits]` says.
    pub limits: Limits,
    /// What `[settings.network]` says.
    pub network: NetworkSettings,
    /// What `[settings.output]` says.
    pub output: OutputSettings,
    /// What `[settings.notify]` says.
    pub notify: NotifySettings,
    /// What `[settings.telemetry]` says.
    pub telemetry: TelemetrySettings,
    /// What is wrong, in the order of the file.
    pub problems: Vec<ConfigProblem>,
}

/// The block `[active]`.
#[derive(Debug, Clone, Default)]
pub struct Active {
    /// The active account. It need not exist.
    pub account: Option<Located<String>>,
    /// The pinned workspace.
    pub workspace: Option<Located<WorkspaceId>>,
}

/// A block `[targets.NAME]`.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub name: TargetName,
    /// The account it uses. It need not exist.
    pub account: String,
    /// Its project.
    pub project: ProjectId,
    /// Its workspace.
    pub workspace: Option<WorkspaceId>,
    /// Line of the block.
    pub line: usize,
}

/// A header that is added to every Mixpanel request.
#[derive(Debug, Clone)]
pub struct CustomHeader {
    /// Its name.
    pub name: String,
    /// Its value, which may be a key to a proxy.
    pub value: Secret,
}

/// What there is under a name.
#[derive(Debug)]
pub enum Lookup<'a, T> {
    /// A good block.
    Found(&'a T),
    /// A block with problems.
    Invalid(Vec<&'a ConfigProblem>),
    /// No such block.
    Missing,
}

impl Config {
    /// Returns what there is under an account's name.
    pub fn account(&self, name: &str) -> Lookup<'_, Arc<Account>> {
        self.lookup(self.accounts.get(name), &Scope::Account(name.to_owned()))
    }

    /// Returns what there is under a target's name.
    pub fn target(&self, name: &str) -> Lookup<'_, Target> {
        self.lookup(self.targets.get(name), &Scope::Target(name.to_owned()))
    }

    /// Returns the problems that keep the whole file from being used.
    pub fn blocking_problems(&self) -> Vec<&ConfigProblem> {
        self.problems.iter().filter(|problem| problem.scope.is_blocking()).collect()
    }

    /// Returns the problems of one part of the file.
    pub fn problems_for(&self, scope: &Scope) -> Vec<&ConfigProblem> {
        self.problems.iter().filter(|problem| problem.scope == *scope).collect()
    }

    /// Returns some problems as the socket API tells them, and after them all others: whoever corrects a file wants to do it once.
    pub fn tell(&self, first: &[&ConfigProblem], path: &Path) -> Vec<Problem> {
        let others = self.problems.iter().filter(|problem| !first.contains(problem));
        first.iter().copied().chain(others).map(|problem| problem.to_problem(path)).collect()
    }

    /// Returns the names of the targets that use an account.
    pub fn targets_of(&self, account: &str) -> Vec<String> {
        self.targets.values().filter(|target| target.account == account).map(|target| target.name.to_string()).collect()
    }

    fn lookup<'a, T>(&'a self, found: Option<&'a T>, scope: &Scope) -> Lookup<'a, T> {
        if let Some(found) = found {
            return Lookup::Found(found);
        }
        let problems = self.problems_for(scope);
        if problems.is_empty() { Lookup::Missing } else { Lookup::Invalid(problems) }
    }
}

impl Target {
    /// Returns whether two targets mean the same, wherever they stand in the file.
    pub fn same_settings(&self, other: &Self) -> bool {
        self.name == other.name
            && self.account == other.account
            && self.project == other.project
            && self.workspace == other.workspace
    }
}
