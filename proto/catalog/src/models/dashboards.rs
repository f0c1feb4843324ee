//! What `ops/dashboards.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `BlueprintTemplate`.
pub(crate) const BLUEPRINT_TEMPLATE: Model = Model::new(
    "BlueprintTemplate",
    &[
        Field::new("title_key", Of::Text).required(),
        Field::new("description_key", Of::Text).required(),
        Field::new("alternative_description_key", Of::Text),
        Field::new("number_of_reports", Of::Int),
    ],
)
.columns(&["name", "title_key", "number_of_reports"]);

/// `BlueprintConfig`.
pub(crate) const BLUEPRINT_CONFIG: Model = Model::new("BlueprintConfig", &[Field::new("variables", Of::Object)]);

/// A card of a dashboard that is made from a template: a text or a report, an existing one by its id, a new one by what it holds.
pub(crate) const BLUEPRINT_CARD: Model = Model::new(
    "BlueprintCard",
    &[
        Field::new("type", Of::Text).required(),
        Field::new("text_card_id", Of::Int),
        Field::new("bookmark_id", Of::Int),
        Field::new("markdown", Of::Text),
        Field::new("name", Of::Text),
        Field::new("params", Of::Object),
    ],
)
.closed();

/// `Dashboard`.
pub(crate) const DASHBOARD: Model = Model::new(
    "Dashboard",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("title", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("is_private", Of::Bool).default("false"),
        Field::new("is_restricted", Of::Bool).default("false"),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
        Field::new("creator_email", Of::Text),
        Field::new("created", Of::Time),
        Field::new("modified", Of::Time),
        Field::new("is_favorited", Of::Bool).default("false"),
        Field::new("pinned_date", Of::Text),
        Field::new("layout_version", Of::Any),
        Field::new("unique_view_count", Of::Int),
        Field::new("total_view_count", Of::Int),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
        Field::new("filters", Of::Values),
        Field::new("breakdowns", Of::Values),
        Field::new("time_filter", Of::Any),
        Field::new("generation_type", Of::Text),
        Field::new("parent_dashboard_id", Of::Int),
        Field::new("child_dashboards", Of::Values),
        Field::new("can_update_basic", Of::Bool).default("false"),
        Field::new("can_share", Of::Bool).default("false"),
        Field::new("can_view", Of::Bool).default("false"),
        Field::new("can_update_restricted", Of::Bool).default("false"),
        Field::new("can_update_visibility", Of::Bool).default("false"),
        Field::new("is_superadmin", Of::Bool).default("false"),
        Field::new("allow_staff_override", Of::Bool).default("false"),
        Field::new("can_pin", Of::Bool).default("false"),
        Field::new("is_shared_with_project", Of::Bool).default("false"),
        Field::new("creator", Of::Text),
        Field::new("ancestors", Of::Values).default("[]"),
        Field::new("layout", Of::Any),
        Field::new("contents", Of::Any),
        Field::new("num_active_public_links", Of::Int),
        Field::new("new_content", Of::Any),
        Field::new("template_type", Of::Text),
    ],
)
.columns(&["id", "title"]);

/// `RcaSourceData`.
pub(crate) const RCA_SOURCE_DATA: Model = Model::new(
    "RcaSourceData",
    &[
        Field::new("source_type", Of::Text).wire("type").required(),
        Field::new("date", Of::Text),
        Field::new("metric_source", Of::Bool),
    ],
);
