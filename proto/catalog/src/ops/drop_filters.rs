//! Manage drop filters.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Weight};
use crate::shape::effects;

const ID: Param = Param::body("id", Kind::Int, "Id of the drop filter").required();

/// The operations on drop filters.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "drop-filters.create",
        command: &["drop-filters", "create"],
        summary: "Create a drop filter; the whole list comes back",
        effect: Effect::Destroy,
        weight: Weight::settled("events that a filter drops are never kept, so they cannot be had back"),
        params: &[
            Param::body("event_name", Kind::Str, "Name of the event").required(),
            Param::body("filters", Kind::Json(Of::Any), "Which events, as JSON").required(),
        ],
        call: Call::post(Plane::App, "data-definitions/events/drop-filters/"),
        reply: Reply::LIST.of(&models::DROP_FILTER),
        ..Operation::APP
    },
    Operation {
        id: "drop-filters.delete",
        command: &["drop-filters", "delete"],
        summary: "Delete a drop filter; the remaining list comes back",
        effect: Effect::Destroy,
        params: &[ID],
        call: Call::delete(Plane::App, "data-definitions/events/drop-filters/"),
        reply: Reply::LIST.of(&models::DROP_FILTER),
        ..Operation::APP
    },
    Operation {
        id: "drop-filters.limits",
        command: &["drop-filters", "limits"],
        summary: "Show the drop filter quota",
        call: Call::get(Plane::App, "data-definitions/events/drop-filters/limits/"),
        reply: Reply::ONE.of(&models::DROP_FILTER_LIMITS_RESPONSE),
        ..Operation::APP
    },
    Operation {
        id: "drop-filters.list",
        command: &["drop-filters", "list"],
        summary: "List drop filters",
        call: Call::get(Plane::App, "data-definitions/events/drop-filters/"),
        reply: Reply::LIST.of(&models::DROP_FILTER),
        ..Operation::APP
    },
    Operation {
        id: "drop-filters.update",
        command: &["drop-filters", "update"],
        summary: "Change a drop filter; the whole list comes back",
        effect: Effect::Write,
        weight: Weight::destroys_if(
            effects::filters,
            "a filter that is not switched off drops events, which cannot be had back",
        ),
        params: &[
            ID,
            Param::body("event_name", Kind::Str, "Name of the event"),
            Param::body("filters", Kind::Json(Of::Any), "Which events, as JSON"),
            Param::body("active", Kind::Toggle, "Whether it is active"),
        ],
        call: Call::patch(Plane::App, "data-definitions/events/drop-filters/"),
        reply: Reply::LIST.of(&models::DROP_FILTER),
        ..Operation::APP
    },
];
