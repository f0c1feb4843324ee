//! What `ops/annotations.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `Annotation`.
pub(crate) const ANNOTATION: Model = Model::new(
    "Annotation",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("project_id", Of::Int).required(),
        Field::new("date", Of::Text).required(),
        Field::new("description", Of::Text).required(),
        Field::new("user", Of::One(&ANNOTATION_USER)),
        Field::new("tags", Of::List(&ANNOTATION_TAG)).default("[]"),
    ],
)
.columns(&["id", "date", "description"]);

/// `AnnotationTag`.
pub(crate) const ANNOTATION_TAG: Model = Model::new(
    "AnnotationTag",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("project_id", Of::Int),
        Field::new("has_annotations", Of::Bool),
    ],
)
.columns(&["id", "name"]);

/// `AnnotationUser`.
pub(crate) const ANNOTATION_USER: Model = Model::new(
    "AnnotationUser",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("first_name", Of::Text).required(),
        Field::new("last_name", Of::Text).required(),
    ],
);
