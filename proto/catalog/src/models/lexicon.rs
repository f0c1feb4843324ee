//! What `ops/lexicon.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `AuditResponse`.
pub(crate) const AUDIT_RESPONSE: Model = Model::new(
    "AuditResponse",
    &[Field::new("violations", Of::List(&AUDIT_VIOLATION)).required(), Field::new("computed_at", Of::Text).required()],
);

/// `AuditViolation`.
pub(crate) const AUDIT_VIOLATION: Model = Model::new(
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

/// `BulkAnomalyEntry`.
pub(crate) const BULK_ANOMALY_ENTRY: Model = Model::new(
    "BulkAnomalyEntry",
    &[Field::new("id", Of::Int).required(), Field::new("anomaly_class", Of::Text).wire("anomalyClass").required()],
)
.closed();

/// `BulkEventUpdate`.
pub(crate) const BULK_EVENT_UPDATE: Model = Model::new(
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

/// `BulkPropertyUpdate`.
pub(crate) const BULK_PROPERTY_UPDATE: Model = Model::new(
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
pub(crate) const BULK_UPDATE_ANOMALY_PARAMS: Model = Model::new(
    "BulkUpdateAnomalyParams",
    &[Field::new("anomalies", Of::List(&BULK_ANOMALY_ENTRY)).required(), Field::new("status", Of::Text).required()],
)
.closed();

/// `BulkUpdateEventsParams`.
pub(crate) const BULK_UPDATE_EVENTS_PARAMS: Model =
    Model::new("BulkUpdateEventsParams", &[Field::new("events", Of::List(&BULK_EVENT_UPDATE)).required()]).closed();

/// `BulkUpdatePropertiesParams`.
pub(crate) const BULK_UPDATE_PROPERTIES_PARAMS: Model =
    Model::new("BulkUpdatePropertiesParams", &[Field::new("properties", Of::List(&BULK_PROPERTY_UPDATE)).required()])
        .closed();

/// `DataVolumeAnomaly`.
pub(crate) const DATA_VOLUME_ANOMALY: Model = Model::new(
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

/// `EventDefinition`.
pub(crate) const EVENT_DEFINITION: Model = Model::new(
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
pub(crate) const EVENT_DELETION_REQUEST: Model = Model::new(
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

/// `LexiconTag`.
pub(crate) const LEXICON_TAG: Model =
    Model::new("LexiconTag", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text).required()])
        .columns(&["id", "name"]);

/// `PropertyDefinition`.
pub(crate) const PROPERTY_DEFINITION: Model = Model::new(
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

/// `ReplaceSchemaEnforcementParams`.
pub(crate) const REPLACE_SCHEMA_ENFORCEMENT_PARAMS: Model = Model::new(
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

/// `SchemaEnforcementConfig`.
pub(crate) const SCHEMA_ENFORCEMENT_CONFIG: Model = Model::new(
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

/// `UpdateSchemaEnforcementParams`.
pub(crate) const UPDATE_SCHEMA_ENFORCEMENT_PARAMS: Model = Model::new(
    "UpdateSchemaEnforcementParams",
    &[
        Field::new("notification_emails", Of::Texts).wire("notificationEmails"),
        Field::new("rule_event", Of::Text).wire("ruleEvent"),
        Field::new("events", Of::Texts),
        Field::new("properties", Of::ListsByName),
    ],
)
.closed();
