//! What `ops/cohorts.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `BulkUpdateCohortEntry`.
pub(crate) const BULK_UPDATE_COHORT_ENTRY: Model = Model::new(
    "BulkUpdateCohortEntry",
    &[
        Field::new("definition", Of::Object),
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text),
        Field::new("description", Of::Text),
    ],
)
.closed();

/// `Cohort`.
pub(crate) const COHORT: Model = Model::new(
    "Cohort",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("count", Of::Int),
        Field::new("is_visible", Of::Bool),
        Field::new("is_locked", Of::Bool),
        Field::new("data_group_id", Of::Text),
        Field::new("last_edited", Of::Text),
        Field::new("created_by", Of::One(&COHORT_CREATOR)),
        Field::new("referenced_by", Of::Ints),
        Field::new("verified", Of::Bool).default("false"),
        Field::new("last_queried", Of::Text),
        Field::new("referenced_directly_by", Of::Ints).default("[]"),
        Field::new("active_integrations", Of::Ints).default("[]"),
    ],
)
.columns(&["id", "name", "count", "description"]);

/// `CohortCreator`.
pub(crate) const COHORT_CREATOR: Model = Model::new(
    "CohortCreator",
    &[Field::new("id", Of::Int), Field::new("name", Of::Text), Field::new("email", Of::Text)],
);
