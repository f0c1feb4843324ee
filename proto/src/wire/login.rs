//! Bodies about logins, tokens, and what Mixpanel says of the user.

use serde::{Deserialize, Serialize};

use super::body::{body, whole};
use crate::failure::ProblemBody;
use crate::ids::{AccountName, AccountType, ProjectId, Region, WorkspaceId};
use crate::secret::{Secret, revealed};

/// Where a login is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LoginState {
    /// A person has to open `authorize_url`.
    WaitingForBrowser,
    /// The person is back; the code is exchanged and the user asked for.
    Finishing,
    /// There are several projects; one has to be chosen by [`LoginChoice`].
    ChooseProject,
    /// The account is stored.
    Done,
    /// It ended otherwise; `problem` says why.
    Failed,
}

impl LoginState {
    /// Returns whether nothing will change any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    /// Returns whether the next step is the daemon's and not a person's.
    pub const fn is_daemons_turn(self) -> bool {
        matches!(self, Self::Finishing)
    }
}

/// `POST /v1/logins`. The type of account follows from the fields and from the caller's environment, as for `mp login`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginStart {
    /// A browser account that exists: it gets new tokens and nothing else of it changes. Excludes all other fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Name of the account to make, or to log in again; derived from the first organisation when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AccountName>))]
    pub name: Option<String>,
    /// `us`, `eu` or `in`. When left out: `us` for the browser, else the first that accepts the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Region>))]
    pub region: Option<String>,
    /// Default project of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectId>))]
    pub project: Option<String>,
    /// Use a service account: `MP_USERNAME` of the caller, and `secret` or `MP_SECRET`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub service_account: bool,
    /// The service account's secret, where it is not in `MP_SECRET`.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, min_length = 1, value_type = Option<String>))]
    pub secret: Option<Secret>,
    /// Use the bearer in this variable of the caller, now and in future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub token_env: Option<String>,
    /// The caller wants to see the URL and will not open a browser; wrong for other types of account.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_browser: bool,
}

body! {
    /// One login, as all tools that show it see it.
    struct LoginBody {
        /// Its id.
        pub id: String,
        /// Where it is.
        pub state: LoginState,
        /// Counts its changes; `after` of the next look.
        pub revision: u64,
        /// How the account authenticates.
        pub r#type: AccountType,
        /// The account, once it is known.
        pub account: Option<AccountName>,
        /// The account's region, once it is known.
        pub region: Option<Region>,
        /// What to open in a browser.
        pub authorize_url: Option<String>,
        /// Where the provider sends the browser back to.
        pub redirect_uri: Option<String>,
        /// When the wait for the browser ends.
        pub expires_at: Option<jiff::Timestamp>,
        /// The projects to choose from, in the order to show.
        #[serde(default)]
        pub projects: Vec<LoginProject>,
        /// What was tried and decided on the way, for people: one line each.
        #[serde(default)]
        pub notes: Vec<String>,
        /// What came of it, in `done`.
        pub result: Option<LoginResult>,
        /// Why it failed.
        pub problem: Option<ProblemBody>,
    }

    /// A project that a login can choose.
    #[derive(PartialEq, Eq)]
    struct LoginProject {
        /// Its id.
        pub id: ProjectId,
        /// Its name.
        pub name: String,
        /// Its organisation's name, if there are several organisations.
        pub organization: Option<String>,
        /// The host its data is on.
        pub domain: Option<String>,
    }

    /// What a login has stored.
    struct LoginResult {
        /// Numeric id of the user.
        pub user_id: Option<i64>,
        /// Mail address of the user.
        pub user_email: Option<String>,
        /// The account's default project.
        pub project: Option<ProjectId>,
        /// Its name.
        pub project_name: Option<String>,
        /// When the token ends.
        pub expires_at: Option<jiff::Timestamp>,
        /// Where the tokens are, for a browser account.
        pub tokens_path: Option<String>,
        /// Where the client registration is, for a browser account.
        pub client_path: Option<String>,
    }

    /// `POST /v1/logins/{name}/project`.
    struct LoginChoice {
        /// One of the login's projects.
        #[cfg_attr(feature = "openapi", schema(value_type = ProjectId))]
        pub project: String,
    }

    /// `POST /v1/accounts/{name}/refresh`.
    #[derive(Default)]
    struct RefreshRequest {
        /// Do nothing if the account's token is newer than this generation already.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
        pub if_generation: Option<u64>,
    }

    /// A browser account's token, without the token.
    struct RefreshBody {
        /// The account.
        pub account: AccountName,
        /// Counts the account's tokens since the daemon started.
        pub generation: u64,
        /// When the token ends.
        pub expires_at: jiff::Timestamp,
        /// Whether this call got a new one.
        pub refreshed: bool,
    }

    /// `POST /v1/accounts/{name}/test`: what Mixpanel says to the credential. A refusal is a result, not a failure of the call.
    struct TestBody {
        /// The account.
        pub account_name: String,
        /// Whether Mixpanel accepted it.
        pub ok: bool,
        /// Who it belongs to.
        pub user: Option<TestUser>,
        /// How many projects it can see.
        pub accessible_project_count: Option<u64>,
        /// Why it was not accepted.
        pub problem: Option<ProblemBody>,
    }

    /// The user behind a credential.
    struct TestUser {
        /// Numeric id.
        pub id: i64,
        /// Mail address.
        pub email: String,
    }

    /// `GET /v1/projects`.
    struct ProjectsBody {
        /// The account that sees them.
        pub account: String,
        /// By name.
        pub projects: Vec<ProjectRow>,
    }

    /// A project in a list.
    struct ProjectRow {
        /// Its id.
        pub id: ProjectId,
        /// Its name.
        pub name: String,
        /// Its organisation.
        pub organization_id: Option<i64>,
        /// Its time zone.
        pub timezone: Option<String>,
        /// Whether it is the account's default project.
        pub is_active: bool,
    }

    /// `GET /v1/workspaces`.
    struct WorkspacesBody {
        /// The account that sees them.
        pub account: String,
        /// Their project.
        pub project: ProjectId,
        /// By name.
        pub workspaces: Vec<WorkspaceRow>,
    }

    /// A workspace in a list.
    struct WorkspaceRow {
        /// Its id.
        pub id: WorkspaceId,
        /// Its name.
        pub name: String,
        /// Whether it is the project's default.
        pub is_default: bool,
    }
}

/// `POST /v1/logins/{name}/callback`: where the browser was sent to. It holds the authorization code, so it counts as secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginCallback {
    /// The whole URL, or its query alone.
    #[serde(serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, value_type = String))]
    pub url: Option<Secret>,
}
