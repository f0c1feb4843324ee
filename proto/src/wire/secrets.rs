//! Bodies about where secrets are. None holds one.

use serde::{Deserialize, Serialize};

use super::body::body;
use crate::ids::{AccountName, SecretStore};

body! {
    /// `GET /v1/secrets`: where secrets are, and what can keep them.
    struct SecretsBody {
        /// Where new secrets go.
        pub store: SecretStore,
        /// What there is to keep them in, and whether it works.
        pub places: Vec<SecretsPlace>,
        /// All secrets of the storage root.
        pub secrets: Vec<SecretRow>,
        /// What is kept under the name of this storage root and nothing refers to.
        pub left_over: Vec<SecretRow>,
        /// Files of the storage root that still hold a secret that is kept elsewhere.
        pub exposed: Vec<String>,
    }

    /// A place that can keep secrets.
    struct SecretsPlace {
        /// Which.
        pub store: SecretStore,
        /// `ok`, `locked`, `absent`, `silent` or `failing`.
        pub state: String,
        /// Why it is not `ok`.
        #[serde(default)]
        pub detail: Option<String>,
    }

    /// A secret.
    struct SecretRow {
        /// Whose.
        pub account: AccountName,
        /// `secret`, `token` or `grant`.
        pub kind: String,
        /// Where it is.
        pub store: SecretStore,
        /// Where it was before this call moved it, or would be moved to, if this call was a dry run.
        #[serde(default)]
        pub moved: Option<SecretStore>,
    }

    /// `POST /v1/secrets`: where secrets are to be.
    #[derive(Default)]
    struct SecretsChange {
        /// Keep new secrets there, and move those that there are.
        #[serde(default)]
        pub store: Option<SecretStore>,
        /// Change nothing, and tell what would be moved.
        #[serde(default)]
        pub dry_run: bool,
        /// Let the keyring ask for its password, and wait for that.
        #[serde(default)]
        pub unlock: bool,
        /// Remove what nothing refers to.
        #[serde(default)]
        pub prune: bool,
    }
}
