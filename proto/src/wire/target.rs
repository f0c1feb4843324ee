//! Bodies about targets.

use serde::{Deserialize, Serialize};

use super::body::{body, whole};
use crate::ids::{ProjectId, TargetName, WorkspaceId};

body! {
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
        #[cfg_attr(feature = "openapi", schema(value_type = TargetName))]
        pub name: String,
        /// An account that exists.
        pub account: String,
        /// Digits.
        #[cfg_attr(feature = "openapi", schema(value_type = ProjectId))]
        pub project: String,
        /// Positive.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<WorkspaceId>))]
        pub workspace: Option<i64>,
    }

    /// `DELETE /v1/targets/{name}`.
    struct TargetRemoved {
        /// The target that is gone.
        pub removed: TargetName,
        /// Revision of the config.
        pub revision: u64,
    }
}
