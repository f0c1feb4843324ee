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

    /// `DELETE /v1/bridge`.
    struct BridgeRemoved {
        /// Whether there was one.
        pub removed: bool,
        /// The file that is gone.
        pub path: Option<String>,
    }
}
