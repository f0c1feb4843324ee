//! What resolving decides: account, project, workspace and headers, each with its source.

use mp_proto::ids::{AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::secret::Secret;
use mp_proto::wire::Source;

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

/// A header that goes out with every Mixpanel request. Its value may be a credential of a proxy.
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// Who set it.
    pub source: Source,
}

impl PartialEq for Header {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value.expose() == other.value.expose() && self.source == other.source
    }
}

impl Eq for Header {}
