//! Manage saved behaviors.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Scope, Touches, Workflow};
use crate::shape::saved_definitions;

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about").at_most(255);

const NO_VALIDATE: Param = Param::local("no_validate", Kind::Flag, "Leave it to Mixpanel to check the definition");

const BEHAVIOR_ID: Param = Param::path("behavior_id", Kind::Int, "Id of the behavior");

/// The operations on behaviors.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "behaviors.create",
        command: &["behaviors", "create"],
        summary: "Create a saved behavior from a definition file",
        effect: Effect::Write,
        scope: Scope::Project,
        params: &[
            Param::body("name", Kind::Str, "Its name").required().trimmed().not_blank().at_most(255),
            Param::body("definition_file", Kind::JsonFile, "File with the definition, as JSON; - for standard input")
                .wire("definition")
                .required(),
            DESCRIPTION,
            NO_VALIDATE,
        ],
        call: Call::post(Plane::App, "behaviors").arrange(saved_definitions::behavior),
        reply: Reply::ONE.of(&models::SAVED_BEHAVIOR).reshape(saved_definitions::only),
        ..Operation::APP
    },
    Operation {
        id: "behaviors.delete",
        command: &["behaviors", "delete"],
        summary: "Delete saved behaviors that the account may edit",
        effect: Effect::Destroy,
        scope: Scope::Project,
        params: &[
            Param::local("behavior_ids", Kind::Int, "Ids of behaviors").positional().repeats(),
            Param::local("force", Kind::Flag, "Also those that the account may not edit"),
        ],
        call: Call::delete(Plane::App, "behaviors").arrange(saved_definitions::ids).by(Workflow::CheckedDelete),
        reply: Reply::EMPTY.done("Deleted behaviors {behavior_ids}"),
        touches: Some(Touches { argument: "behavior_ids", list: "behaviors.list", only: None, id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "behaviors.get",
        command: &["behaviors", "get"],
        summary: "Show one saved behavior",
        scope: Scope::Project,
        params: &[BEHAVIOR_ID],
        call: Call::get(Plane::App, "behaviors/{behavior_id}"),
        reply: Reply::ONE.of(&models::SAVED_BEHAVIOR).reshape(saved_definitions::only),
        ..Operation::APP
    },
    Operation {
        id: "behaviors.list",
        command: &["behaviors", "list"],
        summary: "List saved behaviors; filters are applied by the client",
        scope: Scope::Project,
        params: &[
            Param::local("type", Kind::Str, "Only behaviors of this type"),
            Param::local("name_contains", Kind::Str, "Only with this in their name, in any case"),
        ],
        call: Call::get(Plane::App, "behaviors"),
        reply: Reply::LIST.of(&models::SAVED_BEHAVIOR).reshape(saved_definitions::list),
        ..Operation::APP
    },
    Operation {
        id: "behaviors.update",
        command: &["behaviors", "update"],
        summary: "Change a saved behavior",
        effect: Effect::Write,
        scope: Scope::Project,
        params: &[
            BEHAVIOR_ID,
            Param::body("name", Kind::Str, "Its name").trimmed().not_blank().at_most(255),
            DESCRIPTION,
            Param::body("definition_file", Kind::JsonFile, "File with the definition, as JSON; - for standard input")
                .wire("definition"),
            Param::body("verified", Kind::Toggle, "Whether it is verified"),
            NO_VALIDATE,
        ],
        call: Call::patch(Plane::App, "behaviors/{behavior_id}")
            .arrange(saved_definitions::changed_behavior)
            .by(Workflow::SavedBehavior),
        reply: Reply::ONE.of(&models::SAVED_BEHAVIOR).reshape(saved_definitions::only),
        ..Operation::APP
    },
];
