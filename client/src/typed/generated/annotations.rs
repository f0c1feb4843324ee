//! The operations of `annotations`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{Annotation, AnnotationTag};

calls! {
    /// Create an annotation.
    ///
    /// * `date`: When, such as 2025-01-31 or 2025-01-31 12:00:00.
    /// * `description`: What happened.
    create_annotation CreateAnnotationCall = "annotations.create" -> Annotation, answer {
        first date: text = "date";
        first description: text = "description";
        /// Ids of tags, separated by commas.
        option tags: ints = "tags";
        /// Id of the user it is from.
        option user_id: int = "user_id";
    }

    /// Delete an annotation. It destroys.
    ///
    /// * `annotation_id`: Id of the annotation.
    delete_annotation DeleteAnnotationCall = "annotations.delete" -> (), nothing {
        first annotation_id: int = "annotation_id";
    }

    /// Show one annotation.
    ///
    /// * `annotation_id`: Id of the annotation.
    get_annotation GetAnnotationCall = "annotations.get" -> Annotation, answer {
        first annotation_id: int = "annotation_id";
    }

    /// List annotations.
    list_annotations ListAnnotationsCall = "annotations.list" -> Vec<Annotation>, answer {
        /// Only from this day on.
        option from_date: text = "from";
        /// Only up to this day.
        option to_date: text = "to";
        /// Only with one of these tags, ids separated by commas.
        option tags: ints = "tags";
    }

    /// Create an annotation tag.
    ///
    /// * `name`: Its name.
    create_annotation_tag CreateAnnotationTagCall = "annotations.tags.create" -> AnnotationTag, answer {
        first name: text = "name";
    }

    /// List annotation tags.
    list_annotation_tags ListAnnotationTagsCall = "annotations.tags.list" -> Vec<AnnotationTag>, answer {
    }

    /// Change an annotation.
    ///
    /// * `annotation_id`: Id of the annotation.
    update_annotation UpdateAnnotationCall = "annotations.update" -> Annotation, answer {
        first annotation_id: int = "annotation_id";
        /// What it is about.
        option description: text = "description";
        /// Ids of tags, separated by commas.
        option tags: ints = "tags";
    }
}
