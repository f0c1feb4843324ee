//! The operations of `flags`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{FeatureFlag, FlagHistoryResponse, FlagLimitsResponse};

calls! {
    /// Archive a feature flag.
    ///
    /// * `flag_id`: Id of the flag.
    archive_feature_flag ArchiveFeatureFlagCall = "flags.archive" -> (), nothing {
        first flag_id: text = "flag_id";
    }

    /// Create a feature flag; several defaults are always sent.
    ///
    /// * `name`: Its name.
    /// * `key`: Key that programs ask for.
    create_feature_flag CreateFeatureFlagCall = "flags.create" -> FeatureFlag, answer {
        first name: text = "name";
        first key: text = "key";
        /// What it is about.
        option description: text = "description";
        /// Status: `enabled`, `disabled`, `archived`.
        option status: text = "status";
        /// Tags, separated by commas.
        option tags: texts = "tags";
        /// Where it is decided; else client: `client`, `server`, `remote_or_local`, `remote_only`.
        option serving_method: text = "serving_method";
        /// Who gets which variant, as a JSON object.
        option ruleset: json = "ruleset";
    }

    /// Delete a feature flag. It destroys.
    ///
    /// * `flag_id`: Id of the flag.
    delete_feature_flag DeleteFeatureFlagCall = "flags.delete" -> (), nothing {
        first flag_id: text = "flag_id";
    }

    /// Copy a feature flag.
    ///
    /// * `flag_id`: Id of the flag.
    duplicate_feature_flag DuplicateFeatureFlagCall = "flags.duplicate" -> FeatureFlag, answer {
        first flag_id: text = "flag_id";
    }

    /// Show one feature flag.
    ///
    /// * `flag_id`: Id of the flag.
    get_feature_flag GetFeatureFlagCall = "flags.get" -> FeatureFlag, answer {
        first flag_id: text = "flag_id";
    }

    /// Show one page of a flag's change history.
    ///
    /// * `flag_id`: Id of the flag.
    get_flag_history GetFlagHistoryCall = "flags.history" -> FlagHistoryResponse, answer {
        first flag_id: text = "flag_id";
        /// Which page.
        option page: text = "page";
        /// Entries of a page.
        option page_size: int = "page_size";
    }

    /// Show the flag quota of the project.
    get_flag_limits GetFlagLimitsCall = "flags.limits" -> FlagLimitsResponse, answer {
    }

    /// List feature flags.
    list_feature_flags ListFeatureFlagsCall = "flags.list" -> Vec<FeatureFlag>, answer {
        /// Also archived ones.
        option include_archived: flag = "include_archived";
    }

    /// Restore an archived feature flag.
    ///
    /// * `flag_id`: Id of the flag.
    restore_feature_flag RestoreFeatureFlagCall = "flags.restore" -> FeatureFlag, answer {
        first flag_id: text = "flag_id";
    }

    /// Set the test users of a feature flag. It may destroy: without users, all test users are taken off the flag.
    ///
    /// * `flag_id`: Id of the flag.
    /// * `users`: Variants by user, as a JSON object.
    set_flag_test_users SetFlagTestUsersCall = "flags.set-test-users" -> (), nothing {
        first flag_id: text = "flag_id";
        first users: json = "users";
    }

    /// Replace a feature flag completely.
    ///
    /// * `flag_id`: Id of the flag.
    /// * `name`: Its name.
    /// * `key`: Key that programs ask for.
    /// * `status`: Status: `enabled`, `disabled`, `archived`.
    /// * `ruleset`: Who gets which variant, as a JSON object.
    update_feature_flag UpdateFeatureFlagCall = "flags.update" -> FeatureFlag, answer {
        first flag_id: text = "flag_id";
        first name: text = "name";
        first key: text = "key";
        first status: text = "status";
        first ruleset: json = "ruleset";
        /// What it is about.
        option description: text = "description";
        /// Tags, separated by commas.
        option tags: texts = "tags";
        /// What tells users apart; else distinct_id.
        option context: text = "context";
        /// Where it is decided; else client: `client`, `server`, `remote_or_local`, `remote_only`.
        option serving_method: text = "serving_method";
    }
}
