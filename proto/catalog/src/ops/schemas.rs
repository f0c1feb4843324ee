//! Manage the schema registry.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Confirm, Effect, Kind, Of, Operation, Param, Reply, Weight};
use crate::shape::{effects, lexicon};

const ENTITY_TYPE: Param = Param::path("entity_type", Kind::Str, "Kind of entity").option();

const ENTITY_NAME: Param = Param::path("entity_name", Kind::Str, "Name of the entity").option();

const SCHEMA_JSON: Param =
    Param::spread("schema_json", Kind::Json(Of::Object), "The schema, as a JSON object").required();

const ENTRIES: Param =
    Param::body("entries", Kind::Json(Of::List(&models::SCHEMA_ENTRY)), "Schemas, as a JSON list").required();

const ENTITY_TYPE_NEW: Param = Param::local("entity_type", Kind::Str, "Kind of entity").unless_empty();

/// The operations on schemas.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "schemas.create",
        command: &["schemas", "create"],
        summary: "Register one schema; the body is the schema itself",
        effect: Effect::Write,
        params: &[ENTITY_TYPE, ENTITY_NAME, SCHEMA_JSON],
        call: Call::post(Plane::App, "schemas/{entity_type}/{entity_name}"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "schemas.create-bulk",
        command: &["schemas", "create-bulk"],
        summary: "Register several schemas",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::truncates, "with truncate, all other schemas are deleted"),
        params: &[
            ENTRIES,
            Param::body("truncate", Kind::Toggle, "Delete all others first"),
            Param::body("entity_type", Kind::Str, "Kind of entity").wire("entityType"),
        ],
        call: Call::post(Plane::App, "schemas"),
        reply: Reply::ONE.of_wire(&models::BULK_CREATE_SCHEMAS_RESPONSE),
        ..Operation::APP
    },
    Operation {
        id: "schemas.delete",
        command: &["schemas", "delete"],
        summary: "Delete schemas, all of them when no filter is given",
        effect: Effect::Destroy,
        params: &[ENTITY_TYPE_NEW, Param::local("entity_name", Kind::Str, "Name of the entity")],
        call: Call::delete(Plane::App, "schemas").arrange(lexicon::below),
        confirm: Confirm::Always(|arguments| !arguments.contains_key("entity_type")),
        reply: Reply::ONE.of_wire(&models::DELETE_SCHEMAS_RESPONSE),
        ..Operation::APP
    },
    Operation {
        id: "schemas.list",
        command: &["schemas", "list"],
        summary: "List schema registry entries",
        params: &[ENTITY_TYPE_NEW],
        call: Call::get(Plane::App, "schemas").arrange(lexicon::below),
        reply: Reply::LIST.of_wire(&models::SCHEMA_ENTRY),
        ..Operation::APP
    },
    Operation {
        id: "schemas.update",
        command: &["schemas", "update"],
        summary: "Merge changes into one schema",
        effect: Effect::Write,
        params: &[ENTITY_TYPE, ENTITY_NAME, SCHEMA_JSON],
        call: Call::patch(Plane::App, "schemas/{entity_type}/{entity_name}"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "schemas.update-bulk",
        command: &["schemas", "update-bulk"],
        summary: "Merge changes into several schemas",
        effect: Effect::Write,
        weight: Weight::settled("it merges into what is there, and takes nothing out"),
        params: &[ENTRIES],
        call: Call::patch(Plane::App, "schemas"),
        reply: Reply::LIST.of_wire(&models::BULK_PATCH_RESULT),
        ..Operation::APP
    },
];
