//! What `ops/flags.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `FeatureFlag`.
pub(crate) const FEATURE_FLAG: Model = Model::new(
    "FeatureFlag",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("project_id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("key", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("status", Of::Word(&["enabled", "disabled", "archived"])).default("\"disabled\""),
        Field::new("tags", Of::Texts).default("[]"),
        Field::new("experiment_id", Of::Text),
        Field::new("context", Of::Text).default("\"\""),
        Field::new("data_group_id", Of::Text),
        Field::new("serving_method", Of::Word(&["client", "server", "remote_or_local", "remote_only"]))
            .default("\"client\""),
        Field::new("ruleset", Of::Object).default("{}"),
        Field::new("hash_salt", Of::Text),
        Field::new("workspace_id", Of::Int),
        Field::new("content_type", Of::Text),
        Field::new("created", Of::Text).default("\"\""),
        Field::new("modified", Of::Text).default("\"\""),
        Field::new("enabled_at", Of::Text),
        Field::new("deleted", Of::Text),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
        Field::new("creator_email", Of::Text),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
        Field::new("is_favorited", Of::Bool),
        Field::new("pinned_date", Of::Text),
        Field::new("can_edit", Of::Bool).default("false"),
    ],
)
.columns(&["id", "key", "name", "status"]);

/// `FlagHistoryResponse`.
pub(crate) const FLAG_HISTORY_RESPONSE: Model = Model::new(
    "FlagHistoryResponse",
    &[Field::new("events", Of::Values).required(), Field::new("count", Of::Int).required()],
);

/// `FlagLimitsResponse`.
pub(crate) const FLAG_LIMITS_RESPONSE: Model = Model::new(
    "FlagLimitsResponse",
    &[
        Field::new("limit", Of::Int).required(),
        Field::new("is_trial", Of::Bool).required(),
        Field::new("current_usage", Of::Int).required(),
        Field::new("contract_status", Of::Word(&["active", "grace_period", "expired"])).required(),
    ],
);
