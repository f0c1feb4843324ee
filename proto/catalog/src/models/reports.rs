//! What `ops/reports.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `Bookmark`.
pub const BOOKMARK: Model = Model::new(
    "Bookmark",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("project_id", Of::Int),
        Field::new("name", Of::Text).required(),
        Field::new("bookmark_type", Of::Text).wire("type").required(),
        Field::new("description", Of::Text),
        Field::new("icon", Of::Text),
        Field::new("params", Of::Object),
        Field::new("dashboard_id", Of::Int),
        Field::new("include_in_dashboard", Of::Bool),
        Field::new("is_default", Of::Bool),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
        Field::new("creator_email", Of::Text),
        Field::new("created", Of::Time),
        Field::new("modified", Of::Time),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
        Field::new("metadata", Of::One(&BOOKMARK_METADATA)),
        Field::new("is_visibility_restricted", Of::Bool),
        Field::new("is_modification_restricted", Of::Bool),
        Field::new("can_update_basic", Of::Bool),
        Field::new("can_view", Of::Bool),
        Field::new("can_share", Of::Bool),
        Field::new("generation_type", Of::Text),
        Field::new("original_type", Of::Text),
        Field::new("unique_view_count", Of::Int),
        Field::new("total_view_count", Of::Int),
    ],
)
.columns(&["id", "name", "bookmark_type", "modified"]);

/// `BookmarkHistoryPagination`.
pub(crate) const BOOKMARK_HISTORY_PAGINATION: Model = Model::new(
    "BookmarkHistoryPagination",
    &[
        Field::new("next_cursor", Of::Text),
        Field::new("previous_cursor", Of::Text),
        Field::new("page_size", Of::Int).default("0"),
    ],
);

/// `BookmarkHistoryResponse`.
pub(crate) const BOOKMARK_HISTORY_RESPONSE: Model = Model::new(
    "BookmarkHistoryResponse",
    &[Field::new("results", Of::Values).default("[]"), Field::new("pagination", Of::One(&BOOKMARK_HISTORY_PAGINATION))],
);

/// `BookmarkMetadata`.
pub(crate) const BOOKMARK_METADATA: Model = Model::new(
    "BookmarkMetadata",
    &[
        Field::new("table_display_mode", Of::Text),
        Field::new("compare_enabled", Of::Bool),
        Field::new("compare_filters", Of::Values),
        Field::new("retention_calculation_type", Of::Text),
        Field::new("event_name", Of::Text),
        Field::new("funnel_conversion_window", Of::Int),
        Field::new("funnel_breakdown_limit", Of::Int),
    ],
);

/// `BulkUpdateBookmarkEntry`.
pub(crate) const BULK_UPDATE_BOOKMARK_ENTRY: Model = Model::new(
    "BulkUpdateBookmarkEntry",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text),
        Field::new("params", Of::Object),
        Field::new("description", Of::Text),
        Field::new("icon", Of::Text),
        Field::new("is_visibility_restricted", Of::Bool),
        Field::new("is_modification_restricted", Of::Bool),
    ],
)
.closed();
