//! What `ops/experiments.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `Experiment`.
pub(crate) const EXPERIMENT: Model = Model::new(
    "Experiment",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("hypothesis", Of::Text),
        Field::new("status", Of::Word(&["draft", "active", "concluded", "success", "fail"])),
        Field::new("variants", Of::Any),
        Field::new("metrics", Of::Any),
        Field::new("settings", Of::Object),
        Field::new("exposures_cache", Of::Object),
        Field::new("results_cache", Of::Object),
        Field::new("start_date", Of::Text),
        Field::new("end_date", Of::Text),
        Field::new("created", Of::Text),
        Field::new("updated", Of::Text),
        Field::new("creator", Of::One(&EXPERIMENT_CREATOR)),
        Field::new("feature_flag", Of::Object),
        Field::new("is_favorited", Of::Bool),
        Field::new("pinned_date", Of::Text),
        Field::new("tags", Of::Texts),
        Field::new("can_edit", Of::Bool),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
    ],
)
.columns(&["id", "name", "status", "start_date", "end_date"]);

/// `ExperimentCreator`.
pub(crate) const EXPERIMENT_CREATOR: Model = Model::new(
    "ExperimentCreator",
    &[Field::new("id", Of::Int), Field::new("first_name", Of::Text), Field::new("last_name", Of::Text)],
);
