//! Bodies of the socket API. Fields may be added, and a reader ignores those it does not know; a meaning never changes.
//!
//! Few fields here hold a secret: those of [`AccountAdd`] and [`AccountUpdate`] go to the daemon and never come back, and those of
//! [`TokenBody`] and [`CredentialBody`] are what their routes exist for.

use serde::{Deserialize, Serialize};

use crate::failure::Next;
use crate::ids::{AccountName, AccountType, ProjectId, Region, TargetName, WorkspaceId};
use crate::secret::{Secret, revealed};
use crate::version::ProtocolRange;

/// A struct of the socket API: readable, writable, described.
macro_rules! body {
    ($($(#[$meta:meta])* struct $name:ident { $($fields:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            pub struct $name { $($fields)* }
        )+
    };
}

mod login;
mod status;

pub use login::*;
pub use status::*;

/// Which layer decided an axis of the session. The order is that of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The caller's environment.
    Env,
    /// A flag, or a variable that stands for one.
    Param,
    /// The chosen target.
    Target,
    /// The bridge file.
    Bridge,
    /// The config file.
    Config,
}

impl SourceKind {
    /// Returns the word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Param => "param",
            Self::Target => "target",
            Self::Bridge => "bridge",
            Self::Config => "config",
        }
    }
}

/// Whether a session can be used for calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Account and project are known.
    Ok,
    /// There is no account, or the chosen one does not exist.
    NeedsAccount,
    /// There is an account without a project.
    NeedsProject,
}

/// How the daemon came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StartedBy {
    /// A client that found none.
    Client,
    /// systemd or launchd.
    Service,
    /// A person, in a terminal.
    Hand,
}

body! {
    /// `GET /v1/health`.
    struct HealthBody {
        /// `ok`.
        pub status: String,
    }

    /// `GET /v1/version`.
    struct VersionBody {
        /// `mpd`.
        pub name: String,
        /// Version of the build.
        pub version: String,
        /// Protocols it speaks.
        pub protocol: ProtocolRange,
        /// What it can do; ask for a word here instead of comparing versions.
        pub capabilities: Vec<String>,
        /// Process id: information, never proof of life.
        pub pid: u32,
        /// Differs after each start; event ids begin with it.
        pub instance: String,
        /// The storage root it owns.
        pub root: String,
    }

    /// Which layer decided, and where exactly.
    #[derive(PartialEq, Eq)]
    struct Source {
        /// The layer.
        pub kind: SourceKind,
        /// The variable, the flag, or `file:line`.
        pub at: String,
    }

    /// The account of a session. Type and region are unknown where the persisted name is not configured.
    struct SessionAccount {
        /// Its name.
        pub name: String,
        /// How it authenticates.
        pub r#type: Option<AccountType>,
        /// Its region.
        pub region: Option<Region>,
        /// Who decided.
        pub source: Source,
    }

    /// The project of a session.
    struct SessionProject {
        /// Its id.
        pub id: ProjectId,
        /// Its name, if the cached `/me` knows it.
        pub name: Option<String>,
        /// Its organisation's name, if the cached `/me` knows it.
        pub organization: Option<String>,
        /// Who decided.
        pub source: Source,
    }

    /// The workspace of a session. None means: resolved on the first call that needs one.
    struct SessionWorkspace {
        /// Its id.
        pub id: WorkspaceId,
        /// Its name, if the cached `/me` knows it.
        pub name: Option<String>,
        /// Who decided.
        pub source: Source,
    }

    /// The user behind an account, from the cached `/me`.
    struct SessionUser {
        /// Numeric id at Mixpanel.
        pub id: Option<i64>,
        /// Mail address.
        pub email: Option<String>,
    }

    /// A custom header that goes out with every Mixpanel request. Its value stays in the daemon.
    struct SessionHeader {
        /// Its name.
        pub name: String,
        /// Who set it.
        pub source: Source,
    }

    /// `GET /v1/session`.
    struct SessionBody {
        /// Whether it can be used.
        pub state: SessionState,
        /// The account.
        pub account: Option<SessionAccount>,
        /// The project.
        pub project: Option<SessionProject>,
        /// The workspace.
        pub workspace: Option<SessionWorkspace>,
        /// The user, from the cached `/me`.
        pub user: Option<SessionUser>,
        /// Whether there is a cached `/me` for the account.
        pub me_cached: bool,
        /// Custom headers by name.
        #[serde(default)]
        pub headers: Vec<SessionHeader>,
        /// What lost against a stronger layer, such as `MP_PROJECT_ID=7 wins over --project 9`.
        #[serde(default)]
        pub notes: Vec<String>,
        /// What to run when the state is not `ok`.
        #[serde(default)]
        pub next: Vec<Next>,
        /// Revision of the config it was resolved from.
        pub revision: u64,
    }

    /// `PATCH /v1/session`: what to persist. `target` stands alone.
    #[derive(Default)]
    struct SessionPatch {
        /// Account to make the active one; it also clears the pinned workspace.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub account: Option<String>,
        /// Default project of the active account, or of `account`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub project: Option<String>,
        /// Workspace to pin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub workspace: Option<i64>,
        /// Target to apply.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target: Option<String>,
    }

    /// What is persisted, after a change of it.
    struct ActiveBody {
        /// The active account.
        pub account: Option<String>,
        /// Its default project.
        pub project: Option<ProjectId>,
        /// The pinned workspace.
        pub workspace: Option<WorkspaceId>,
        /// Revision of the config that holds it.
        pub revision: u64,
    }

    /// An account as listings show it: never a secret.
    struct AccountSummary {
        /// Its name.
        pub name: AccountName,
        /// How it authenticates.
        pub r#type: AccountType,
        /// Its region.
        pub region: Region,
        /// Always `untested`; the Python tool's listing has the field.
        pub status: String,
        /// Whether it is the persisted one.
        pub is_active: bool,
        /// Names of the targets that use it.
        pub referenced_by_targets: Vec<String>,
        /// Its default project.
        #[serde(default)]
        pub default_project: Option<ProjectId>,
        /// User name of a service account.
        #[serde(default)]
        pub username: Option<String>,
        /// Variable that holds the token, for an `oauth_token` account without an inline one.
        #[serde(default)]
        pub token_env: Option<String>,
    }

    /// `GET /v1/accounts`.
    struct AccountsBody {
        /// All accounts by name.
        pub accounts: Vec<AccountSummary>,
        /// Revision of the config.
        pub revision: u64,
    }

    /// One account after a change of it.
    struct AccountBody {
        /// The account.
        pub account: AccountSummary,
        /// Revision of the config.
        pub revision: u64,
    }

    /// `DELETE /v1/accounts/{name}`.
    struct AccountRemoved {
        /// The account that is gone.
        pub removed: AccountName,
        /// Targets that now name a missing account.
        pub orphaned_targets: Vec<String>,
        /// Revision of the config.
        pub revision: u64,
    }

    /// `POST /v1/accounts/{name}/logout`.
    struct LogoutBody {
        /// The account.
        pub account: AccountName,
        /// Whether there were tokens to remove.
        pub removed: bool,
    }

    /// `POST /v1/accounts/{name}/token` and `POST /v1/session/credential`.
    #[derive(Default)]
    struct TokenRequest {
        /// Seconds for which the token must stay valid, at least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub min_valid_s: Option<u64>,
    }

    /// The answer of the route that reveals an account's token.
    struct TokenBody {
        /// The account.
        pub account: AccountName,
        /// How it authenticates.
        pub r#type: AccountType,
        /// The bearer; none for a service account, which has no token.
        #[serde(serialize_with = "revealed")]
        pub token: Option<Secret>,
        /// When it ends, RFC 3339; none when nobody knows.
        pub expires_at: Option<jiff::Timestamp>,
    }

    /// `POST /v1/session/credential`: what the session of a context authenticates with, wherever it comes from, be it the
    /// environment of the caller or a bridge file. Either `token` or `username` and `secret` are there.
    struct CredentialBody {
        /// The account's name.
        pub account: String,
        /// How it authenticates.
        pub r#type: AccountType,
        /// Its region.
        pub region: Region,
        /// The session's project.
        pub project: Option<ProjectId>,
        /// The session's pinned workspace.
        pub workspace: Option<WorkspaceId>,
        /// The bearer.
        #[serde(serialize_with = "revealed")]
        pub token: Option<Secret>,
        /// When the bearer ends, RFC 3339; none when nobody knows.
        pub expires_at: Option<jiff::Timestamp>,
        /// User name of a service account.
        pub username: Option<String>,
        /// Secret of a service account.
        #[serde(serialize_with = "revealed")]
        pub secret: Option<Secret>,
        /// Custom headers that go out with every request of the session.
        pub headers: Vec<CredentialHeader>,
        /// The base URL of all planes where the daemon was started to use another in place of Mixpanel's: then nothing else takes the
        /// credential.
        pub base_url: Option<String>,
    }

    /// A custom header with its value.
    struct CredentialHeader {
        /// Its name.
        pub name: String,
        /// Its value, which may be a secret.
        #[serde(serialize_with = "revealed")]
        pub value: Option<Secret>,
    }

    /// A target.
    struct TargetBody {
        /// Its name.
        pub name: TargetName,
        /// The account it uses.
        pub account: String,
        /// Its project.
        pub project: ProjectId,
        /// Its workspace.
        pub workspace: Option<WorkspaceId>,
    }

    /// `GET /v1/targets`.
    struct TargetsBody {
        /// All targets by name.
        pub targets: Vec<TargetBody>,
        /// Revision of the config.
        pub revision: u64,
    }

    /// `POST /v1/targets`. Texts, so that all problems can be told at once.
    struct TargetAdd {
        /// Its name.
        pub name: String,
        /// An account that exists.
        pub account: String,
        /// Digits.
        pub project: String,
        /// Positive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub workspace: Option<i64>,
    }

    /// `DELETE /v1/targets/{name}`.
    struct TargetRemoved {
        /// The target that is gone.
        pub removed: TargetName,
        /// Revision of the config.
        pub revision: u64,
    }

    /// `GET /v1/bridge`.
    struct BridgeBody {
        /// The bridge that the caller's context finds, or none.
        pub bridge: Option<BridgeStatus>,
    }

    /// A bridge file, without its secrets.
    struct BridgeStatus {
        /// Where it is.
        pub path: String,
        /// Always 2.
        pub version: u32,
        /// The account it carries.
        pub account: BridgeAccount,
        /// The project it pins.
        pub project: Option<ProjectId>,
        /// The workspace it pins.
        pub workspace: Option<WorkspaceId>,
        /// The headers it adds.
        pub headers: std::collections::BTreeMap<String, String>,
    }

    /// The account of a bridge.
    struct BridgeAccount {
        /// Its name.
        pub name: AccountName,
        /// How it authenticates.
        pub r#type: AccountType,
        /// Its region.
        pub region: Region,
    }

    /// `POST /v1/bridge`: write a bridge file.
    #[derive(Default)]
    struct BridgeExport {
        /// Account to export; the active one when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub account: Option<String>,
        /// Where to; relative to the caller's directory; `mixpanel_auth.json` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<String>,
        /// Project to pin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub project: Option<String>,
        /// Workspace to pin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub workspace: Option<i64>,
    }

    /// A bridge file that was written.
    struct BridgeExported {
        /// Where it is, as it was asked for.
        pub path: String,
    }

    /// `DELETE /v1/bridge`.
    struct BridgeRemoved {
        /// Whether there was one.
        pub removed: bool,
        /// The file that is gone.
        pub path: Option<String>,
    }

    /// `PUT /v1/log-level`.
    struct LogLevel {
        /// A tracing filter, such as `debug` or `mp_daemon=trace`.
        pub level: String,
    }

    /// `POST /v1/shutdown`.
    struct Accepted {
        /// `stopping`.
        pub status: String,
    }
}

/// `POST /v1/accounts`. Texts, so that all problems can be told at once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountAdd {
    /// Its name; derived from the first organisation when left out, which needs a service account or a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `service_account`, `oauth_browser` or `oauth_token`.
    pub r#type: String,
    /// `us`, `eu` or `in`. When left out: `us` for a browser account, else the first that accepts the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_project: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, value_type = Option<String>))]
    pub secret: Option<Secret>,
    /// Token account only; excludes `token_env`.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, value_type = Option<String>))]
    pub token: Option<Secret>,
    /// Token account only; the name of a variable of the callers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_env: Option<String>,
}

/// `PATCH /v1/accounts/{name}`: what is given replaces, the rest stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountUpdate {
    /// `us`, `eu` or `in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_project: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, value_type = Option<String>))]
    pub secret: Option<Secret>,
    /// Token account only; replaces `token_env`.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, value_type = Option<String>))]
    pub token: Option<Secret>,
    /// Token account only; replaces `token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_env: Option<String>,
}
