//! What `ops/metrics.rs` sends and gets.

use super::cohorts::COHORT_CREATOR;
use crate::operation::{Field, Model, Of};

/// `SavedMetric`.
pub(crate) const SAVED_METRIC: Model = Model::new(
    "SavedMetric",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("type", Of::Text).required(),
        Field::new("description", Of::Text).default("\"\""),
        Field::new("definition", Of::Object).required(),
        Field::new("created", Of::Time),
        Field::new("modified", Of::Time),
        Field::new("created_by", Of::One(&COHORT_CREATOR)),
        Field::new("owned_by", Of::One(&COHORT_CREATOR)),
        Field::new("contacts", Of::Texts).default("[]"),
        Field::new("verified", Of::Bool).default("false"),
        Field::new("last_verified", Of::Time),
        Field::new("last_verified_by", Of::One(&COHORT_CREATOR)),
        Field::new("warehouse_source_id", Of::Int),
        Field::new("is_visible", Of::Bool),
        Field::new("is_locked", Of::Bool),
        Field::new("can_view", Of::Bool),
        Field::new("can_update_basic", Of::Bool),
        Field::new("can_share", Of::Bool),
    ],
)
.columns(&["id", "name", "type", "verified"]);
