//! Bodies about accounts and their tokens.

use serde::{Deserialize, Serialize};

use super::body::{body, whole};
use crate::ids::{AccountName, AccountType, ProjectId, Region};
use crate::secret::{Secret, revealed};

body! {
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
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
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
}

/// `POST /v1/accounts`. Texts, so that all problems can be told at once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountAdd {
    /// Its name; derived from the first organisation when left out, which needs a service account or a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AccountName>))]
    pub name: Option<String>,
    /// `service_account`, `oauth_browser` or `oauth_token`.
    #[cfg_attr(feature = "openapi", schema(value_type = AccountType))]
    pub r#type: String,
    /// `us`, `eu` or `in`. When left out: `us` for a browser account, else the first that accepts the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Region>))]
    pub region: Option<String>,
    /// Digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectId>))]
    pub default_project: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub username: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, min_length = 1, value_type = Option<String>))]
    pub secret: Option<Secret>,
    /// Token account only; excludes `token_env`.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, min_length = 1, value_type = Option<String>))]
    pub token: Option<Secret>,
    /// Token account only; the name of a variable of the callers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub token_env: Option<String>,
}

/// `PATCH /v1/accounts/{name}`: what is given replaces, the rest stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountUpdate {
    /// `us`, `eu` or `in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Region>))]
    pub region: Option<String>,
    /// Digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectId>))]
    pub default_project: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub username: Option<String>,
    /// Service account only.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, min_length = 1, value_type = Option<String>))]
    pub secret: Option<Secret>,
    /// Token account only; replaces `token_env`.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "revealed")]
    #[cfg_attr(feature = "openapi", schema(write_only, min_length = 1, value_type = Option<String>))]
    pub token: Option<Secret>,
    /// Token account only; replaces `token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub token_env: Option<String>,
}
