//! Bodies about the session: what it is, what is persisted of it, and what it authenticates with.

use serde::{Deserialize, Serialize};

use super::body::{body, whole};
use crate::failure::Next;
use crate::ids::{AccountType, ProjectId, Region, WorkspaceId};
use crate::secret::{Secret, revealed};

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

body! {
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
        #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectId>))]
        pub project: Option<String>,
        /// Workspace to pin.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<WorkspaceId>))]
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
        /// How Mixpanel's hosted MCP server is called as this session.
        pub mcp: Option<McpEndpoint>,
    }

    /// Mixpanel's hosted MCP server, for clients that call it themselves.
    struct McpEndpoint {
        /// Where it is. The credential belongs nowhere else.
        pub url: String,
        /// The value of `Authorization`: with a bearer, or for a service account the two words that this server wants.
        #[serde(serialize_with = "revealed")]
        pub authorization: Option<Secret>,
    }

    /// A custom header with its value.
    struct CredentialHeader {
        /// Its name.
        pub name: String,
        /// Its value, which may be a secret.
        #[serde(serialize_with = "revealed")]
        pub value: Option<Secret>,
    }
}
