//! Mixpanel's objects, as its App API has them; sorted by name.

use super::model::{Field, Model, Of};

/// `AlertBookmark`.
pub(super) const ALERT_BOOKMARK: Model = Model::new(
    "AlertBookmark",
    &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text), Field::new("type", Of::Text)],
);

/// `AlertCount`.
pub(super) const ALERT_COUNT: Model = Model::new(
    "AlertCount",
    &[
        Field::new("anomaly_alerts_count", Of::Int).required(),
        Field::new("alert_limit", Of::Int).required(),
        Field::new("is_below_limit", Of::Bool).required(),
    ],
);

/// `AlertCreator`.
pub(super) const ALERT_CREATOR: Model = Model::new(
    "AlertCreator",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("first_name", Of::Text),
        Field::new("last_name", Of::Text),
        Field::new("email", Of::Text),
    ],
);

/// `AlertHistoryPagination`.
pub(super) const ALERT_HISTORY_PAGINATION: Model = Model::new(
    "AlertHistoryPagination",
    &[
        Field::new("next_cursor", Of::Text),
        Field::new("previous_cursor", Of::Text),
        Field::new("page_size", Of::Int).default("20"),
    ],
);

/// `AlertHistoryResponse`.
pub(super) const ALERT_HISTORY_RESPONSE: Model = Model::new(
    "AlertHistoryResponse",
    &[Field::new("results", Of::Objects).default("[]"), Field::new("pagination", Of::One(&ALERT_HISTORY_PAGINATION))],
);

/// `AlertProject`.
pub(super) const ALERT_PROJECT: Model =
    Model::new("AlertProject", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text)]);

/// `AlertScreenshotResponse`.
pub(super) const ALERT_SCREENSHOT_RESPONSE: Model =
    Model::new("AlertScreenshotResponse", &[Field::new("signed_url", Of::Text).required()]);

/// `AlertValidation`.
pub(super) const ALERT_VALIDATION: Model = Model::new(
    "AlertValidation",
    &[
        Field::new("alert_id", Of::Int).required(),
        Field::new("alert_name", Of::Text).required(),
        Field::new("valid", Of::Bool).required(),
        Field::new("reason", Of::Text),
    ],
);

/// `AlertWorkspace`.
pub(super) const ALERT_WORKSPACE: Model =
    Model::new("AlertWorkspace", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text)]);

/// `Annotation`.
pub(super) const ANNOTATION: Model = Model::new(
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
pub(super) const ANNOTATION_TAG: Model = Model::new(
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
pub(super) const ANNOTATION_USER: Model = Model::new(
    "AnnotationUser",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("first_name", Of::Text).required(),
        Field::new("last_name", Of::Text).required(),
    ],
);

/// `AuditResponse`.
pub(super) const AUDIT_RESPONSE: Model = Model::new(
    "AuditResponse",
    &[Field::new("violations", Of::List(&AUDIT_VIOLATION)).required(), Field::new("computed_at", Of::Text).required()],
);

/// `AuditViolation`.
pub(super) const AUDIT_VIOLATION: Model = Model::new(
    "AuditViolation",
    &[
        Field::new("violation", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("platform", Of::Text),
        Field::new("version", Of::Text),
        Field::new("count", Of::Int).required(),
        Field::new("event", Of::Text),
        Field::new("sensitive", Of::Bool),
        Field::new("property_type_error", Of::Text).wire("propertyTypeError"),
    ],
);

/// `BlueprintTemplate`.
pub(super) const BLUEPRINT_TEMPLATE: Model = Model::new(
    "BlueprintTemplate",
    &[
        Field::new("title_key", Of::Text).required(),
        Field::new("description_key", Of::Text).required(),
        Field::new("alternative_description_key", Of::Text),
        Field::new("number_of_reports", Of::Int),
    ],
)
.columns(&["name", "title_key", "number_of_reports"]);

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
pub(super) const BOOKMARK_HISTORY_PAGINATION: Model = Model::new(
    "BookmarkHistoryPagination",
    &[
        Field::new("next_cursor", Of::Text),
        Field::new("previous_cursor", Of::Text),
        Field::new("page_size", Of::Int).default("0"),
    ],
);

/// `BookmarkHistoryResponse`.
pub(super) const BOOKMARK_HISTORY_RESPONSE: Model = Model::new(
    "BookmarkHistoryResponse",
    &[Field::new("results", Of::Values).default("[]"), Field::new("pagination", Of::One(&BOOKMARK_HISTORY_PAGINATION))],
);

/// `BookmarkMetadata`.
pub(super) const BOOKMARK_METADATA: Model = Model::new(
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

/// `BulkAnomalyEntry`.
pub(super) const BULK_ANOMALY_ENTRY: Model = Model::new(
    "BulkAnomalyEntry",
    &[Field::new("id", Of::Int).required(), Field::new("anomaly_class", Of::Text).wire("anomalyClass").required()],
)
.closed();

/// `BulkCreateSchemasResponse`.
pub(super) const BULK_CREATE_SCHEMAS_RESPONSE: Model = Model::new(
    "BulkCreateSchemasResponse",
    &[Field::new("added", Of::Int).required(), Field::new("deleted", Of::Int).required()],
);

/// `BulkEventUpdate`.
pub(super) const BULK_EVENT_UPDATE: Model = Model::new(
    "BulkEventUpdate",
    &[
        Field::new("name", Of::Text),
        Field::new("id", Of::Int),
        Field::new("hidden", Of::Bool),
        Field::new("dropped", Of::Bool),
        Field::new("merged", Of::Bool),
        Field::new("verified", Of::Bool),
        Field::new("tags", Of::Texts),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("contacts", Of::Texts),
        Field::new("team_contacts", Of::Texts),
    ],
)
.closed()
.by_wire_names();

/// `BulkPatchResult`.
pub(super) const BULK_PATCH_RESULT: Model = Model::new(
    "BulkPatchResult",
    &[
        Field::new("entity_type", Of::Text).wire("entityType").required(),
        Field::new("name", Of::Text).required(),
        Field::new("status", Of::Text).required(),
        Field::new("error", Of::Text),
    ],
)
.columns(&["entity_type", "name", "status", "error"]);

/// `BulkPropertyUpdate`.
pub(super) const BULK_PROPERTY_UPDATE: Model = Model::new(
    "BulkPropertyUpdate",
    &[
        Field::new("name", Of::Text).required(),
        Field::new("resource_type", Of::Word(&["Event", "User"])).wire("resourceType").required(),
        Field::new("id", Of::Int),
        Field::new("hidden", Of::Bool),
        Field::new("dropped", Of::Bool),
        Field::new("sensitive", Of::Bool),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("example_value", Of::Text).wire("exampleValue"),
        Field::new("data_group_id", Of::Text).wire("dataGroupId"),
    ],
)
.closed();

/// `BulkUpdateAnomalyParams`.
pub(super) const BULK_UPDATE_ANOMALY_PARAMS: Model = Model::new(
    "BulkUpdateAnomalyParams",
    &[Field::new("anomalies", Of::List(&BULK_ANOMALY_ENTRY)).required(), Field::new("status", Of::Text).required()],
)
.closed();

/// `BulkUpdateBookmarkEntry`.
pub(super) const BULK_UPDATE_BOOKMARK_ENTRY: Model = Model::new(
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

/// `BulkUpdateCohortEntry`.
pub(super) const BULK_UPDATE_COHORT_ENTRY: Model = Model::new(
    "BulkUpdateCohortEntry",
    &[
        Field::new("definition", Of::Object),
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text),
        Field::new("description", Of::Text),
    ],
)
.closed();

/// `BulkUpdateEventsParams`.
pub(super) const BULK_UPDATE_EVENTS_PARAMS: Model =
    Model::new("BulkUpdateEventsParams", &[Field::new("events", Of::List(&BULK_EVENT_UPDATE)).required()]).closed();

/// `BulkUpdatePropertiesParams`.
pub(super) const BULK_UPDATE_PROPERTIES_PARAMS: Model =
    Model::new("BulkUpdatePropertiesParams", &[Field::new("properties", Of::List(&BULK_PROPERTY_UPDATE)).required()])
        .closed();

/// `Cohort`.
pub(super) const COHORT: Model = Model::new(
    "Cohort",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("count", Of::Int),
        Field::new("is_visible", Of::Bool),
        Field::new("is_locked", Of::Bool),
        Field::new("data_group_id", Of::Text),
        Field::new("last_edited", Of::Text),
        Field::new("created_by", Of::One(&COHORT_CREATOR)),
        Field::new("referenced_by", Of::Ints),
        Field::new("verified", Of::Bool).default("false"),
        Field::new("last_queried", Of::Text),
        Field::new("referenced_directly_by", Of::Ints).default("[]"),
        Field::new("active_integrations", Of::Ints).default("[]"),
    ],
)
.columns(&["id", "name", "count", "description"]);

/// `CohortCreator`.
pub(super) const COHORT_CREATOR: Model = Model::new(
    "CohortCreator",
    &[Field::new("id", Of::Int), Field::new("name", Of::Text), Field::new("email", Of::Text)],
);

/// `ComposedPropertyValue`.
pub(super) const COMPOSED_PROPERTY_VALUE: Model = Model::new(
    "ComposedPropertyValue",
    &[
        Field::new("type", Of::Text),
        Field::new("type_cast", Of::Text).wire("typeCast"),
        Field::new("resource_type", Of::Text).wire("resourceType").required(),
        Field::new("value", Of::Text),
        Field::new("label", Of::Text),
        Field::new("property_default_type", Of::Word(&["string", "number", "boolean", "datetime"]))
            .wire("propertyDefaultType"),
        Field::new("behavior", Of::Any),
        Field::new("join_property_type", Of::Text).wire("joinPropertyType"),
    ],
);

/// `CustomAlert`.
pub(super) const CUSTOM_ALERT: Model = Model::new(
    "CustomAlert",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("bookmark", Of::One(&ALERT_BOOKMARK)),
        Field::new("condition", Of::Object).default("{}"),
        Field::new("frequency", Of::Int).default("0"),
        Field::new("paused", Of::Bool).default("false"),
        Field::new("subscriptions", Of::Objects).default("[]"),
        Field::new("notification_windows", Of::Object),
        Field::new("creator", Of::One(&ALERT_CREATOR)),
        Field::new("workspace", Of::One(&ALERT_WORKSPACE)),
        Field::new("project", Of::One(&ALERT_PROJECT)),
        Field::new("created", Of::Text).default("\"\""),
        Field::new("modified", Of::Text).default("\"\""),
        Field::new("last_checked", Of::Text),
        Field::new("last_fired", Of::Text),
        Field::new("valid", Of::Bool).default("true"),
        Field::new("results", Of::Object),
    ],
)
.columns(&["id", "name", "paused", "frequency", "last_fired"]);

/// `CustomEvent`.
pub(super) const CUSTOM_EVENT: Model = Model::new(
    "CustomEvent",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("alternatives", Of::List(&CUSTOM_EVENT_ALTERNATIVE)).default("[]"),
    ],
);

/// `CustomEventAlternative`.
pub(super) const CUSTOM_EVENT_ALTERNATIVE: Model =
    Model::new("CustomEventAlternative", &[Field::new("event", Of::Text).required()]);

/// `CustomProperty`.
pub(super) const CUSTOM_PROPERTY: Model = Model::new(
    "CustomProperty",
    &[
        Field::new("custom_property_id", Of::Int).wire("customPropertyId").required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("resource_type", Of::Word(&["events", "people", "group_profiles"])).wire("resourceType").required(),
        Field::new("property_type", Of::Text).wire("propertyType"),
        Field::new("display_formula", Of::Text).wire("displayFormula"),
        Field::new("composed_properties", Of::Map(&COMPOSED_PROPERTY_VALUE)).wire("composedProperties"),
        Field::new("is_locked", Of::Bool).wire("isLocked"),
        Field::new("is_visible", Of::Bool).wire("isVisible"),
        Field::new("data_group_id", Of::Text).wire("dataGroupId"),
        Field::new("created", Of::Text),
        Field::new("modified", Of::Text),
        Field::new("example_value", Of::Text).wire("exampleValue"),
    ],
)
.columns(&["custom_property_id", "name", "resource_type", "property_type", "description"]);

/// `Dashboard`.
pub(super) const DASHBOARD: Model = Model::new(
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

/// `DataVolumeAnomaly`.
pub(super) const DATA_VOLUME_ANOMALY: Model = Model::new(
    "DataVolumeAnomaly",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("timestamp", Of::Text),
        Field::new("actual_count", Of::Int).wire("actualCount").required(),
        Field::new("predicted_upper", Of::Int).wire("predictedUpper").required(),
        Field::new("predicted_lower", Of::Int).wire("predictedLower").required(),
        Field::new("percent_variance", Of::Text).wire("percentVariance").required(),
        Field::new("status", Of::Text).required(),
        Field::new("project", Of::Int).required(),
        Field::new("event", Of::Int),
        Field::new("event_name", Of::Text).wire("eventName"),
        Field::new("property", Of::Int),
        Field::new("property_name", Of::Text).wire("propertyName"),
        Field::new("metric", Of::Int),
        Field::new("metric_name", Of::Text).wire("metricName"),
        Field::new("metric_type", Of::Text).wire("metricType"),
        Field::new("primary_type", Of::Text).wire("primaryType"),
        Field::new("drift_types", Of::Object).wire("driftTypes"),
        Field::new("anomaly_class", Of::Text).wire("anomalyClass").required(),
    ],
)
.columns(&["id", "status", "anomaly_class", "event_name", "property_name", "percent_variance"]);

/// `DeleteSchemasResponse`.
pub(super) const DELETE_SCHEMAS_RESPONSE: Model =
    Model::new("DeleteSchemasResponse", &[Field::new("delete_count", Of::Int).wire("deleteCount").required()]);

/// `DropFilter`.
pub(super) const DROP_FILTER: Model = Model::new(
    "DropFilter",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("event_name", Of::Text).wire("eventName").required(),
        Field::new("filters", Of::Values),
        Field::new("active", Of::Bool),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("created", Of::Text),
    ],
)
.columns(&["id", "event_name", "active", "filters"]);

/// `DropFilterLimitsResponse`.
pub(super) const DROP_FILTER_LIMITS_RESPONSE: Model =
    Model::new("DropFilterLimitsResponse", &[Field::new("filter_limit", Of::Int).wire("filterLimit").required()]);

/// `EventDefinition`.
pub(super) const EVENT_DEFINITION: Model = Model::new(
    "EventDefinition",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("description", Of::Text),
        Field::new("hidden", Of::Bool),
        Field::new("dropped", Of::Bool),
        Field::new("merged", Of::Bool),
        Field::new("verified", Of::Bool),
        Field::new("tags", Of::Texts),
        Field::new("custom_event_id", Of::Int).wire("customEventId"),
        Field::new("last_modified", Of::Text).wire("lastModified"),
        Field::new("status", Of::Text),
        Field::new("platforms", Of::Texts),
        Field::new("created_utc", Of::Text).wire("createdUtc"),
        Field::new("modified_utc", Of::Text).wire("modifiedUtc"),
    ],
)
.columns(&["name", "display_name", "hidden", "dropped", "verified", "description"]);

/// `EventDeletionRequest`.
pub(super) const EVENT_DELETION_REQUEST: Model = Model::new(
    "EventDeletionRequest",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("event_name", Of::Text).wire("eventName").required(),
        Field::new("from_date", Of::Text).wire("fromDate").required(),
        Field::new("to_date", Of::Text).wire("toDate").required(),
        Field::new("filters", Of::Object),
        Field::new("status", Of::Text).required(),
        Field::new("deleted_events_count", Of::Int).wire("deletedEventsCount").required(),
        Field::new("created", Of::Text).required(),
        Field::new("requesting_user", Of::Object).wire("requestingUser").required(),
    ],
)
.columns(&["id", "event_name", "from_date", "to_date", "status"]);

/// `Experiment`.
pub(super) const EXPERIMENT: Model = Model::new(
    "Experiment",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("hypothesis", Of::Text),
        Field::new("status", Of::Word(&["draft", "active", "concluded", "success", "fail"])),
        Field::new("variants", Of::Any),
        Field::new("metrics", Of::Any),
        Field::new("settings", Of::Object),
        Field::new("exposures_cache", Of::Object),
        Field::new("results_cache", Of::Object),
        Field::new("start_date", Of::Text),
        Field::new("end_date", Of::Text),
        Field::new("created", Of::Text),
        Field::new("updated", Of::Text),
        Field::new("creator", Of::One(&EXPERIMENT_CREATOR)),
        Field::new("feature_flag", Of::Object),
        Field::new("is_favorited", Of::Bool),
        Field::new("pinned_date", Of::Text),
        Field::new("tags", Of::Texts),
        Field::new("can_edit", Of::Bool),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
    ],
)
.columns(&["id", "name", "status", "start_date", "end_date"]);

/// `ExperimentCreator`.
pub(super) const EXPERIMENT_CREATOR: Model = Model::new(
    "ExperimentCreator",
    &[Field::new("id", Of::Int), Field::new("first_name", Of::Text), Field::new("last_name", Of::Text)],
);

/// `FeatureFlag`.
pub(super) const FEATURE_FLAG: Model = Model::new(
    "FeatureFlag",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("project_id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("key", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("status", Of::Word(&["enabled", "disabled", "archived"])).default("\"disabled\""),
        Field::new("tags", Of::Texts).default("[]"),
        Field::new("experiment_id", Of::Text),
        Field::new("context", Of::Text).default("\"\""),
        Field::new("data_group_id", Of::Text),
        Field::new("serving_method", Of::Word(&["client", "server", "remote_or_local", "remote_only"]))
            .default("\"client\""),
        Field::new("ruleset", Of::Object).default("{}"),
        Field::new("hash_salt", Of::Text),
        Field::new("workspace_id", Of::Int),
        Field::new("content_type", Of::Text),
        Field::new("created", Of::Text).default("\"\""),
        Field::new("modified", Of::Text).default("\"\""),
        Field::new("enabled_at", Of::Text),
        Field::new("deleted", Of::Text),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
        Field::new("creator_email", Of::Text),
        Field::new("last_modified_by_id", Of::Int),
        Field::new("last_modified_by_name", Of::Text),
        Field::new("last_modified_by_email", Of::Text),
        Field::new("is_favorited", Of::Bool),
        Field::new("pinned_date", Of::Text),
        Field::new("can_edit", Of::Bool).default("false"),
    ],
)
.columns(&["id", "key", "name", "status"]);

/// `FlagHistoryResponse`.
pub(super) const FLAG_HISTORY_RESPONSE: Model = Model::new(
    "FlagHistoryResponse",
    &[Field::new("events", Of::Values).required(), Field::new("count", Of::Int).required()],
);

/// `FlagLimitsResponse`.
pub(super) const FLAG_LIMITS_RESPONSE: Model = Model::new(
    "FlagLimitsResponse",
    &[
        Field::new("limit", Of::Int).required(),
        Field::new("is_trial", Of::Bool).required(),
        Field::new("current_usage", Of::Int).required(),
        Field::new("contract_status", Of::Word(&["active", "grace_period", "expired"])).required(),
    ],
);

/// `LexiconTag`.
pub(super) const LEXICON_TAG: Model =
    Model::new("LexiconTag", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text).required()])
        .columns(&["id", "name"]);

/// `LookupTable`.
pub(super) const LOOKUP_TABLE: Model = Model::new(
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
pub(super) const LOOKUP_TABLE_UPLOAD_URL: Model = Model::new(
    "LookupTableUploadUrl",
    &[
        Field::new("url", Of::Text).required(),
        Field::new("path", Of::Text).required(),
        Field::new("key", Of::Text).required(),
    ],
);

/// `ProjectWebhook`.
pub(super) const PROJECT_WEBHOOK: Model = Model::new(
    "ProjectWebhook",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("url", Of::Text).required(),
        Field::new("is_enabled", Of::Bool).required(),
        Field::new("auth_type", Of::Word(&["basic"])),
        Field::new("created", Of::Text),
        Field::new("modified", Of::Text),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
    ],
)
.columns(&["id", "name", "url", "is_enabled"]);

/// `PropertyDefinition`.
pub(super) const PROPERTY_DEFINITION: Model = Model::new(
    "PropertyDefinition",
    &[
        Field::new("id", Of::Int),
        Field::new("name", Of::Text).required(),
        Field::new("resource_type", Of::Text).wire("resourceType"),
        Field::new("display_name", Of::Text).wire("displayName"),
        Field::new("description", Of::Text),
        Field::new("example_value", Of::Text).wire("exampleValue"),
        Field::new("hidden", Of::Bool),
        Field::new("dropped", Of::Bool),
        Field::new("merged", Of::Bool),
        Field::new("sensitive", Of::Bool),
        Field::new("data_group_id", Of::Text).wire("dataGroupId"),
    ],
)
.columns(&["name", "resource_type", "display_name", "hidden", "dropped", "description"]);

/// `RcaSourceData`.
pub(super) const RCA_SOURCE_DATA: Model = Model::new(
    "RcaSourceData",
    &[
        Field::new("source_type", Of::Text).wire("type").required(),
        Field::new("date", Of::Text),
        Field::new("metric_source", Of::Bool),
    ],
);

/// `ReplaceSchemaEnforcementParams`.
pub(super) const REPLACE_SCHEMA_ENFORCEMENT_PARAMS: Model = Model::new(
    "ReplaceSchemaEnforcementParams",
    &[
        Field::new("common_properties", Of::Objects).wire("commonProperties").required(),
        Field::new("user_properties", Of::Objects).wire("userProperties").required(),
        Field::new("events", Of::Objects).required(),
        Field::new("rule_event", Of::Text).wire("ruleEvent").required(),
        Field::new("notification_emails", Of::Texts).wire("notificationEmails").required(),
        Field::new("schema_id", Of::Int).wire("schemaId"),
    ],
)
.closed();

/// `SavedBehavior`.
pub(super) const SAVED_BEHAVIOR: Model = Model::new(
    "SavedBehavior",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("type", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("definition", Of::Object).required(),
        Field::new("created", Of::Time),
        Field::new("modified", Of::Time),
        Field::new("created_by", Of::One(&COHORT_CREATOR)),
        Field::new("verified", Of::Bool).default("false"),
        Field::new("last_verified", Of::Time),
        Field::new("last_verified_by", Of::One(&COHORT_CREATOR)),
        Field::new("is_visible", Of::Bool),
        Field::new("is_locked", Of::Bool),
        Field::new("can_view", Of::Bool),
        Field::new("can_update_basic", Of::Bool),
        Field::new("can_share", Of::Bool),
    ],
)
.columns(&["id", "name", "type", "verified"]);

/// `SavedMetric`.
pub(super) const SAVED_METRIC: Model = Model::new(
    "SavedMetric",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("type", Of::Text).required(),
        Field::new("description", Of::Text).default("\"\""),
        Field::new("definition", Of::Object).required(),
        Field::new("created", Of::Time),
        Field::new("modified", Of::Time),
        Field::new("created_by", Of::One(&COHORT_CREATOR)),
        Field::new("owned_by", Of::One(&COHORT_CREATOR)),
        Field::new("contacts", Of::Texts).default("[]"),
        Field::new("verified", Of::Bool).default("false"),
        Field::new("last_verified", Of::Time),
        Field::new("last_verified_by", Of::One(&COHORT_CREATOR)),
        Field::new("warehouse_source_id", Of::Int),
        Field::new("is_visible", Of::Bool),
        Field::new("is_locked", Of::Bool),
        Field::new("can_view", Of::Bool),
        Field::new("can_update_basic", Of::Bool),
        Field::new("can_share", Of::Bool),
    ],
)
.columns(&["id", "name", "type", "verified"]);

/// `SchemaEnforcementConfig`.
pub(super) const SCHEMA_ENFORCEMENT_CONFIG: Model = Model::new(
    "SchemaEnforcementConfig",
    &[
        Field::new("id", Of::Int),
        Field::new("last_modified", Of::Text).wire("lastModified"),
        Field::new("last_modified_by", Of::Object).wire("lastModifiedBy"),
        Field::new("rule_event", Of::Text).wire("ruleEvent"),
        Field::new("notification_emails", Of::Texts).wire("notificationEmails"),
        Field::new("events", Of::Objects),
        Field::new("common_properties", Of::Objects).wire("commonProperties"),
        Field::new("user_properties", Of::Objects).wire("userProperties"),
        Field::new("initialized_by", Of::Object).wire("initializedBy"),
        Field::new("initialized_from", Of::Text).wire("initializedFrom"),
        Field::new("initialized_to", Of::Text).wire("initializedTo"),
        Field::new("state", Of::Text),
    ],
);

/// `SchemaEntry`.
pub(super) const SCHEMA_ENTRY: Model = Model::new(
    "SchemaEntry",
    &[
        Field::new("entity_type", Of::Text).wire("entityType").required(),
        Field::new("name", Of::Text).required(),
        Field::new("version", Of::Text),
        Field::new("schema_definition", Of::Object).wire("schemaJson").required(),
    ],
)
.columns(&["entity_type", "name", "version"]);

/// `UpdateSchemaEnforcementParams`.
pub(super) const UPDATE_SCHEMA_ENFORCEMENT_PARAMS: Model = Model::new(
    "UpdateSchemaEnforcementParams",
    &[
        Field::new("notification_emails", Of::Texts).wire("notificationEmails"),
        Field::new("rule_event", Of::Text).wire("ruleEvent"),
        Field::new("events", Of::Texts),
        Field::new("properties", Of::Object),
    ],
)
.closed();

/// `ValidateAlertsForBookmarkResponse`.
pub(super) const VALIDATE_ALERTS_FOR_BOOKMARK_RESPONSE: Model = Model::new(
    "ValidateAlertsForBookmarkResponse",
    &[
        Field::new("alert_validations", Of::List(&ALERT_VALIDATION)).default("[]"),
        Field::new("invalid_count", Of::Int).default("0"),
    ],
);

/// `WebhookMutationResult`.
pub(super) const WEBHOOK_MUTATION_RESULT: Model = Model::new(
    "WebhookMutationResult",
    &[Field::new("id", Of::Text).required(), Field::new("name", Of::Text).required()],
);

/// `WebhookTestResult`.
pub(super) const WEBHOOK_TEST_RESULT: Model = Model::new(
    "WebhookTestResult",
    &[
        Field::new("success", Of::Bool).required(),
        Field::new("status_code", Of::Int).required(),
        Field::new("message", Of::Text).required(),
    ],
);
