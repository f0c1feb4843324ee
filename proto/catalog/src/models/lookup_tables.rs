//! What `ops/lookup_tables.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `LookupTable`.
pub(crate) const LOOKUP_TABLE: Model = Model::new(
    "LookupTable",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("token", Of::Text),
        Field::new("created_at", Of::Text).wire("createdAt"),
        Field::new("last_modified_at", Of::Text).wire("lastModifiedAt"),
        Field::new("has_mapped_properties", Of::Bool).wire("hasMappedProperties"),
    ],
)
.columns(&["id", "name", "last_modified_at"]);

/// `LookupTableUploadUrl`.
pub(crate) const LOOKUP_TABLE_UPLOAD_URL: Model = Model::new(
    "LookupTableUploadUrl",
    &[
        Field::new("url", Of::Text).required(),
        Field::new("path", Of::Text).required(),
        Field::new("key", Of::Text).required(),
    ],
);

/// How far a file is taken in. Mixpanel tells `SUCCESS`, `FAILURE`, `REVOKED` or `NOTFOUND` at the end.
pub(crate) const LOOKUP_TABLE_UPLOAD_STATUS: Model =
    Model::new("LookupTableUploadStatus", &[Field::new("uploadStatus", Of::Text), Field::new("result", Of::Object)]);
