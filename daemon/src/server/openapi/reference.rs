//! How the document refers to the schema of a body.

use utoipa::openapi::{Content, Ref, RefOr, Schema};

/// Returns a content of the schema of that name.
pub(super) fn reference(name: &str) -> Content {
    Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(name))))
}
