//! Manage lookup tables.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Touches, Weight, Workflow};
use crate::shape::{definitions, effects};

const DATA_GROUP_ID: Param =
    Param::query("data_group_id", Kind::Int, "Id of the lookup table's data group").wire("data-group-id").required();

const NAME: Param = Param::body("name", Kind::Str, "Its name").required();

/// The operations on lookup tables.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "lookup-tables.delete",
        command: &["lookup-tables", "delete"],
        summary: "Delete lookup tables",
        effect: Effect::Destroy,
        params: &[Param::body("data_group_ids", Kind::Ints, "Ids of their data groups, separated by commas")
            .wire("data-group-ids")
            .required()],
        call: Call::delete(Plane::App, "data-definitions/lookup-tables/"),
        reply: Reply::EMPTY.done("Deleted lookup tables {data_group_ids}"),
        touches: Some(Touches { argument: "data_group_ids", list: "lookup-tables.list", only: None, id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.download",
        command: &["lookup-tables", "download"],
        summary: "Download a lookup table as CSV",
        params: &[
            DATA_GROUP_ID,
            Param::query("file_name", Kind::Str, "Name of the file").wire("file-name"),
            Param::query("limit", Kind::Int, "At most so many"),
            Param::local("output", Kind::Output, "File to write to, instead of standard output"),
        ],
        call: Call::get(Plane::App, "data-definitions/lookup-tables/download/"),
        reply: Reply::BYTES,
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.download-url",
        command: &["lookup-tables", "download-url"],
        summary: "Get a signed download URL",
        params: &[DATA_GROUP_ID],
        call: Call::get(Plane::App, "data-definitions/lookup-tables/download-url/"),
        reply: Reply::ONE.described(&models::DOWNLOAD_URL).reshape(definitions::download_url),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.list",
        command: &["lookup-tables", "list"],
        summary: "List lookup tables",
        params: &[Param::query("data_group_id", Kind::Int, "Id of the lookup table's data group").wire("data-group-id")],
        call: Call::get(Plane::App, "data-definitions/lookup-tables/"),
        reply: Reply::LIST.of(&models::LOOKUP_TABLE),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.mark-ready",
        command: &["lookup-tables", "mark-ready"],
        summary: "Register a file that was uploaded by a signed URL as a lookup table",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::replaces_a_table, "with a data group, the rows of its table are replaced"),
        params: &[
            NAME.filled().at_most(255),
            Param::body("key", Kind::Str, "Key that came with the URL of the upload").required(),
            Param::body("data_group_id", Kind::Int, "Id of the lookup table's data group").wire("data-group-id"),
        ],
        call: Call::post(Plane::App, "data-definitions/lookup-tables/").form(),
        reply: Reply::ONE.of(&models::LOOKUP_TABLE),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.update",
        command: &["lookup-tables", "update"],
        summary: "Rename a lookup table",
        effect: Effect::Write,
        params: &[
            Param::body("data_group_id", Kind::Int, "Id of the lookup table's data group")
                .wire("data-group-id")
                .required(),
            NAME,
        ],
        call: Call::patch(Plane::App, "data-definitions/lookup-tables/"),
        reply: Reply::ONE.of(&models::LOOKUP_TABLE),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.upload",
        command: &["lookup-tables", "upload"],
        summary: "Upload a CSV file as a lookup table",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::replaces_a_table, "with a data group, the rows of its table are replaced"),
        params: &[
            NAME.filled().at_most(255),
            Param::local("file", Kind::File, "The CSV file; - for standard input").required(),
            Param::body("data_group_id", Kind::Int, "Id of the lookup table's data group").wire("data-group-id"),
        ],
        call: Call::post(Plane::App, "data-definitions/lookup-tables/").form().by(Workflow::LookupTableUpload),
        reply: Reply::ONE.of(&models::LOOKUP_TABLE),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.upload-status",
        command: &["lookup-tables", "upload-status"],
        summary: "Show how far a file is taken in as a lookup table",
        params: &[Param::query("upload_id", Kind::Str, "Id that registering the file returned")
            .wire("upload-id")
            .required()],
        call: Call::get(Plane::App, "data-definitions/lookup-tables/upload-status/"),
        reply: Reply::ONE.described(&models::LOOKUP_TABLE_UPLOAD_STATUS),
        ..Operation::APP
    },
    Operation {
        id: "lookup-tables.upload-url",
        command: &["lookup-tables", "upload-url"],
        summary: "Get a signed upload URL",
        params: &[Param::query("content_type", Kind::Str, "Type of what will be uploaded")
            .wire("content-type")
            .default("text/csv")],
        call: Call::get(Plane::App, "data-definitions/lookup-tables/upload-url/"),
        reply: Reply::ONE.of(&models::LOOKUP_TABLE_UPLOAD_URL),
        ..Operation::APP
    },
];
