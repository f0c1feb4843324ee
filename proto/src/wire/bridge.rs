//! Bodies about bridge files.

use serde::{Deserialize, Serialize};

use super::body::{body, whole};
use crate::ids::{AccountName, AccountType, ProjectId, Region, WorkspaceId};

body! {
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
        #[cfg_attr(feature = "openapi", schema(value_type = Option<ProjectId>))]
        pub project: Option<String>,
        /// Workspace to pin.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<WorkspaceId>))]
        pub workspace: Option<i64>,
    }

    /// A bridge file that was written.
    struct BridgeExported {
        /// Where it is, as it was asked for.
        pub path: String,
    }

    /// `POST /v1/bridge/allowed`: let calls use the bridge file in a working directory.
    #[derive(Default)]
    struct BridgeAllow {
        /// The file, or its directory; the caller's directory when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub path: Option<String>,
    }

    /// A bridge file that calls may use now, as long as it holds what it holds.
    struct BridgeAllowed {
        /// Where it is.
        pub path: String,
        /// The account that it carries.
        pub account: BridgeAccount,
        /// The variable that its account takes the token from.
        pub token_env: Option<String>,
        /// The names of the headers that it adds.
        pub headers: Vec<String>,
    }

    /// `GET /v1/bridge/allowed`.
    struct BridgesAllowed {
        /// The bridge files that were allowed.
        pub bridges: Vec<AllowedBridge>,
    }

    /// A bridge file that was allowed.
    struct AllowedBridge {
        /// Where it is.
        pub path: String,
        /// The SHA-256 of what it held then.
        pub sha256: String,
        /// Whether it still holds that.
        pub in_force: bool,
    }

    /// `DELETE /v1/bridge`, `DELETE /v1/bridge/allowed`.
    struct BridgeRemoved {
        /// Whether there was one.
        pub removed: bool,
        /// The file that is gone, or not allowed any more.
        pub path: Option<String>,
    }
}
