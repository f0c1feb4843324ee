//! What `ops/schemas.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `BulkCreateSchemasResponse`.
pub(crate) const BULK_CREATE_SCHEMAS_RESPONSE: Model = Model::new(
    "BulkCreateSchemasResponse",
    &[Field::new("added", Of::Int).required(), Field::new("deleted", Of::Int).required()],
);

/// `BulkPatchResult`.
pub(crate) const BULK_PATCH_RESULT: Model = Model::new(
    "BulkPatchResult",
    &[
        Field::new("entity_type", Of::Text).wire("entityType").required(),
        Field::new("name", Of::Text).required(),
        Field::new("status", Of::Text).required(),
        Field::new("error", Of::Text),
    ],
)
.columns(&["entity_type", "name", "status", "error"]);

/// `DeleteSchemasResponse`.
pub(crate) const DELETE_SCHEMAS_RESPONSE: Model =
    Model::new("DeleteSchemasResponse", &[Field::new("delete_count", Of::Int).wire("deleteCount").required()]);

/// `SchemaEntry`.
pub(crate) const SCHEMA_ENTRY: Model = Model::new(
    "SchemaEntry",
    &[
        Field::new("entity_type", Of::Text).wire("entityType").required(),
        Field::new("name", Of::Text).required(),
        Field::new("version", Of::Text),
        Field::new("schema_definition", Of::Object).wire("schemaJson").required(),
    ],
)
.columns(&["entity_type", "name", "version"]);
