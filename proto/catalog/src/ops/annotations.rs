//! Manage annotations and their tags.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply};

const TAGS: Param = Param::body("tags", Kind::Ints, "Ids of tags, separated by commas").or_none();

const ANNOTATION_ID: Param = Param::path("annotation_id", Kind::Int, "Id of the annotation");

/// The operations on annotations.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "annotations.create",
        command: &["annotations", "create"],
        summary: "Create an annotation",
        effect: Effect::Write,
        params: &[
            Param::body("date", Kind::Str, "When, such as 2025-01-31 or 2025-01-31 12:00:00").required(),
            Param::body("description", Kind::Str, "What happened").required().at_most(512),
            TAGS,
            Param::body("user_id", Kind::Int, "Id of the user it is from"),
        ],
        call: Call::post(Plane::App, "annotations/"),
        reply: Reply::ONE.of(&models::ANNOTATION),
        ..Operation::APP
    },
    Operation {
        id: "annotations.delete",
        command: &["annotations", "delete"],
        summary: "Delete an annotation",
        effect: Effect::Destroy,
        params: &[ANNOTATION_ID],
        call: Call::delete(Plane::App, "annotations/{annotation_id}/"),
        reply: Reply::EMPTY.done("Deleted annotation {annotation_id}"),
        ..Operation::APP
    },
    Operation {
        id: "annotations.get",
        command: &["annotations", "get"],
        summary: "Show one annotation",
        params: &[ANNOTATION_ID],
        call: Call::get(Plane::App, "annotations/{annotation_id}/"),
        reply: Reply::ONE.of(&models::ANNOTATION),
        ..Operation::APP
    },
    Operation {
        id: "annotations.list",
        command: &["annotations", "list"],
        summary: "List annotations",
        params: &[
            Param::query("from", Kind::Date, "Only from this day on").wire("fromDate"),
            Param::query("to", Kind::Date, "Only up to this day").wire("toDate"),
            Param::query("tags", Kind::Ints, "Only with one of these tags, ids separated by commas"),
        ],
        call: Call::get(Plane::App, "annotations/"),
        reply: Reply::LIST.of(&models::ANNOTATION),
        ..Operation::APP
    },
    Operation {
        id: "annotations.tags.create",
        command: &["annotations", "tags", "create"],
        summary: "Create an annotation tag",
        effect: Effect::Write,
        params: &[Param::body("name", Kind::Str, "Its name").required()],
        call: Call::post(Plane::App, "annotations/tags/"),
        reply: Reply::ONE.of(&models::ANNOTATION_TAG),
        ..Operation::APP
    },
    Operation {
        id: "annotations.tags.list",
        command: &["annotations", "tags", "list"],
        summary: "List annotation tags",
        call: Call::get(Plane::App, "annotations/tags/"),
        reply: Reply::LIST.of(&models::ANNOTATION_TAG),
        ..Operation::APP
    },
    Operation {
        id: "annotations.update",
        command: &["annotations", "update"],
        summary: "Change an annotation",
        effect: Effect::Write,
        params: &[ANNOTATION_ID, Param::body("description", Kind::Str, "What it is about").at_most(512), TAGS],
        call: Call::patch(Plane::App, "annotations/{annotation_id}/"),
        reply: Reply::ONE.of(&models::ANNOTATION),
        ..Operation::APP
    },
];
