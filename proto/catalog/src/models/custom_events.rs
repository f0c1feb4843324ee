//! What `ops/custom_events.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `CustomEvent`.
pub(crate) const CUSTOM_EVENT: Model = Model::new(
    "CustomEvent",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("alternatives", Of::List(&CUSTOM_EVENT_ALTERNATIVE)).default("[]"),
    ],
);

/// `CustomEventAlternative`.
pub(crate) const CUSTOM_EVENT_ALTERNATIVE: Model =
    Model::new("CustomEventAlternative", &[Field::new("event", Of::Text).required()]);
