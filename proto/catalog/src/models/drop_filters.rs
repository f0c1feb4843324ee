//! What `ops/drop_filters.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `DropFilter`.
pub(crate) const DROP_FILTER: Model = Model::new(
    "DropFilter",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("event_name", Of::Text).wire("eventName").required(),
        Field::new("filters", Of::Values),
        Field::new("active", Of::Bool),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("created", Of::Text),
    ],
)
.columns(&["id", "event_name", "active", "filters"]);

/// `DropFilterLimitsResponse`.
pub(crate) const DROP_FILTER_LIMITS_RESPONSE: Model =
    Model::new("DropFilterLimitsResponse", &[Field::new("filter_limit", Of::Int).wire("filterLimit").required()]);
