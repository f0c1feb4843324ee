//! Manage cohorts.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Touches, Weight};
use crate::shape::bodies;

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

const DEFINITION: Param = Param::spread("definition", Kind::Json(Of::Object), "Its definition, as a JSON object");

const COHORT_ID: Param = Param::path("cohort_id", Kind::Int, "Id of the cohort");

/// The operations on cohorts.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "cohorts.bulk-delete",
        command: &["cohorts", "bulk-delete"],
        summary: "Delete several cohorts",
        effect: Effect::Destroy,
        params: &[Param::body("ids", Kind::Ints, "Ids, separated by commas").wire("cohort_ids").required()],
        call: Call::post(Plane::App, "cohorts/bulk-delete"),
        reply: Reply::EMPTY.done("Deleted cohorts {ids}"),
        touches: Some(Touches { argument: "ids", list: "cohorts.list", only: Some("ids"), id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.bulk-update",
        command: &["cohorts", "bulk-update"],
        summary: "Change several cohorts; each entry's definition is merged into the entry",
        effect: Effect::Write,
        weight: Weight::settled("each entry names its cohort, and changes what cohorts update changes of one"),
        params: &[Param::body(
            "entries",
            Kind::Json(Of::List(&models::BULK_UPDATE_COHORT_ENTRY)),
            "Changes, as a JSON list of objects with an id",
        )
        .wire("cohorts")
        .required()
        .through(bodies::flattened)],
        call: Call::post(Plane::App, "cohorts/bulk-update"),
        reply: Reply::EMPTY.done("Changed the cohorts"),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.create",
        command: &["cohorts", "create"],
        summary: "Create a cohort; the definition's keys go to the top level of the body",
        effect: Effect::Write,
        params: &[
            Param::body("name", Kind::Str, "Its name").required(),
            DESCRIPTION,
            Param::body("data_group_id", Kind::Str, "Id of the data group"),
            DEFINITION,
        ],
        call: Call::post(Plane::App, "cohorts").arrange(bodies::cohort),
        reply: Reply::ONE.of(&models::COHORT),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.delete",
        command: &["cohorts", "delete"],
        summary: "Delete one cohort",
        effect: Effect::Destroy,
        params: &[COHORT_ID],
        call: Call::delete(Plane::App, "cohorts/{cohort_id}"),
        reply: Reply::EMPTY.done("Deleted cohort {cohort_id}"),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.get",
        command: &["cohorts", "get"],
        summary: "Show one cohort",
        params: &[COHORT_ID],
        call: Call::get(Plane::App, "cohorts/{cohort_id}"),
        reply: Reply::ONE.of(&models::COHORT),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.list",
        command: &["cohorts", "list"],
        summary: "List cohorts with their definitions",
        params: &[
            Param::query("data_group_id", Kind::Str, "Only cohorts of this data group").unless_empty(),
            Param::query("ids", Kind::Ints, "Only these ids, separated by commas").strict(),
        ],
        call: Call::get(Plane::App, "cohorts"),
        reply: Reply::LIST.of(&models::COHORT),
        ..Operation::APP
    },
    Operation {
        id: "cohorts.update",
        command: &["cohorts", "update"],
        summary: "Change a cohort",
        effect: Effect::Write,
        params: &[COHORT_ID, Param::body("name", Kind::Str, "Its name"), DESCRIPTION, DEFINITION],
        call: Call::patch(Plane::App, "cohorts/{cohort_id}").arrange(bodies::cohort),
        reply: Reply::ONE.of(&models::COHORT),
        ..Operation::APP
    },
];
