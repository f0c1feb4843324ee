//! Manage custom events.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Weight, Workflow};
use crate::shape::{definitions, effects};

const ID: Param = Param::local("id", Kind::Int, "Id of the custom event").also("custom-event-id");

const NAME: Param = Param::local("name", Kind::Str, "Its name, if the id is not known");

/// The operations on custom events.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "custom-events.create",
        command: &["custom-events", "create"],
        summary: "Create a custom event out of existing events",
        effect: Effect::Write,
        params: &[
            Param::body("name", Kind::Str, "Its name").required().not_blank(),
            Param::body("alternative", Kind::Str, "Event that counts as one")
                .wire("alternatives")
                .required()
                .repeats()
                .not_blank()
                .through(definitions::alternatives),
        ],
        call: Call::post(Plane::App, "custom_events/").form(),
        reply: Reply::ONE.of(&models::CUSTOM_EVENT).bare().reshape(definitions::custom_event),
        ..Operation::APP
    },
    Operation {
        id: "custom-events.delete",
        command: &["custom-events", "delete"],
        summary: "Delete a custom event",
        effect: Effect::Destroy,
        params: &[ID, NAME],
        call: Call::delete(Plane::App, "data-definitions/events/").by(Workflow::CustomEvent),
        reply: Reply::EMPTY.done("Deleted the custom event"),
        ..Operation::APP
    },
    Operation {
        id: "custom-events.list",
        command: &["custom-events", "list"],
        summary: "List custom events",
        call: Call::get(Plane::App, "data-definitions/events/").fixed(&[("custom_event", "true")]),
        // By this id they are changed and deleted; the other one is that of the definition.
        reply: Reply::LIST.of(&models::EVENT_DEFINITION).columns(&[
            "custom_event_id",
            "name",
            "display_name",
            "hidden",
            "dropped",
            "verified",
            "description",
        ]),
        ..Operation::APP
    },
    Operation {
        id: "custom-events.update",
        command: &["custom-events", "update"],
        summary: "Change the definition of a custom event",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::drops, "what is dropped is not kept any more, and cannot be had back"),
        params: &[
            ID,
            NAME,
            Param::body("hidden", Kind::Toggle, "Whether it is hidden"),
            Param::body("dropped", Kind::Toggle, "Whether it is dropped"),
            Param::body("description", Kind::Str, "What it is about"),
            Param::body("verified", Kind::Toggle, "Whether it is verified"),
        ],
        call: Call::patch(Plane::App, "data-definitions/events/").by(Workflow::CustomEvent),
        reply: Reply::ONE.of(&models::EVENT_DEFINITION),
        ..Operation::APP
    },
];
