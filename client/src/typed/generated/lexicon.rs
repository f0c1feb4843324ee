//! The operations of `lexicon`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{AuditResponse, DataVolumeAnomaly, EventDefinition, EventDeletionRequest, LexiconTag, PropertyDefinition, SchemaEnforcementConfig};

calls! {
    /// Change the status of several anomalies.
    ///
    /// * `params`: The change, as a JSON object.
    bulk_update_anomalies BulkUpdateAnomaliesCall = "lexicon.anomalies.bulk-update" -> Value, answer {
        first params: json = "body";
    }

    /// List data volume anomalies.
    list_data_volume_anomalies ListDataVolumeAnomaliesCall = "lexicon.anomalies.list" -> Vec<DataVolumeAnomaly>, answer {
        /// Only with this status.
        option status: text = "status";
        /// At most so many.
        option limit: int = "limit";
    }

    /// Change the status of an anomaly.
    ///
    /// * `id`: Id of the anomaly.
    /// * `status`: Status.
    /// * `anomaly_class`: Class of the anomaly.
    update_anomaly UpdateAnomalyCall = "lexicon.anomalies.update" -> Value, answer {
        first id: int = "id";
        first status: text = "status";
        first anomaly_class: text = "anomaly_class";
    }

    /// Run the tracking audit.
    run_audit RunAuditCall = "lexicon.audit" -> AuditResponse, answer {
        /// Only events.
        option events_only: flag = "events_only";
    }

    /// Run the tracking audit.
    run_audit_events_only RunAuditEventsOnlyCall = "lexicon.audit" -> AuditResponse, answer {
        fixed "events_only" = "true";
    }

    /// Cancel a deletion request.
    ///
    /// * `request_id`: Id of the request.
    cancel_deletion_request CancelDeletionRequestCall = "lexicon.deletion-requests.cancel" -> Vec<EventDeletionRequest>, answer {
        first request_id: int = "id";
    }

    /// Ask for deletion of event data. It destroys.
    ///
    /// * `event_name`: Name of the event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    create_deletion_request CreateDeletionRequestCall = "lexicon.deletion-requests.create" -> Vec<EventDeletionRequest>, answer {
        first event_name: text = "event_name";
        first from_date: text = "from_date";
        first to_date: text = "to_date";
        /// Which of them, as a JSON object.
        option filters: json = "filters";
    }

    /// List data deletion requests.
    list_deletion_requests ListDeletionRequestsCall = "lexicon.deletion-requests.list" -> Vec<EventDeletionRequest>, answer {
    }

    /// Preview what a deletion request would match.
    ///
    /// * `event_name`: Name of the event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    preview_deletion_filters PreviewDeletionFiltersCall = "lexicon.deletion-requests.preview" -> Vec<Value>, answer {
        first event_name: text = "event_name";
        first from_date: text = "from_date";
        first to_date: text = "to_date";
        /// Which of them, as a JSON object.
        option filters: json = "filters";
    }

    /// Delete schema enforcement. It destroys.
    delete_schema_enforcement DeleteSchemaEnforcementCall = "lexicon.enforcement.delete" -> (), nothing {
    }

    /// Show schema enforcement settings.
    get_schema_enforcement GetSchemaEnforcementCall = "lexicon.enforcement.get" -> SchemaEnforcementConfig, answer {
        /// Only these fields, separated by commas.
        option fields: text = "fields";
    }

    /// Start schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.
    ///
    /// * `rule_event`: What happens to what does not fit.
    init_schema_enforcement InitSchemaEnforcementCall = "lexicon.enforcement.init" -> Value, answer {
        first rule_event: text = "rule_event";
    }

    /// Replace schema enforcement. It destroys.
    ///
    /// * `params`: The change, as a JSON object.
    replace_schema_enforcement ReplaceSchemaEnforcementCall = "lexicon.enforcement.replace" -> Value, answer {
        first params: json = "body";
    }

    /// Change schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.
    ///
    /// * `params`: The change, as a JSON object.
    update_schema_enforcement UpdateSchemaEnforcementCall = "lexicon.enforcement.update" -> Value, answer {
        first params: json = "body";
    }

    /// Show the change history of an event definition.
    ///
    /// * `event_name`: Name of the event.
    get_event_history GetEventHistoryCall = "lexicon.event-history" -> Vec<Value>, answer {
        first event_name: text = "event_name";
    }

    /// Change several event definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.
    ///
    /// * `params`: Changes, as a JSON object.
    bulk_update_event_definitions BulkUpdateEventDefinitionsCall = "lexicon.events.bulk-update" -> Vec<EventDefinition>, answer {
        first params: json = "data";
    }

    /// Delete one event definition. It destroys.
    ///
    /// * `event_name`: Its name.
    delete_event_definition DeleteEventDefinitionCall = "lexicon.events.delete" -> (), nothing {
        first event_name: text = "name";
    }

    /// Show event definitions by name.
    ///
    /// * `names`: Names, separated by commas.
    get_event_definitions GetEventDefinitionsCall = "lexicon.events.get" -> Vec<EventDefinition>, answer {
        first names: texts = "names";
    }

    /// Change one event definition. It may destroy: what is dropped is not kept any more, and cannot be had back.
    ///
    /// * `event_name`: Its name.
    update_event_definition UpdateEventDefinitionCall = "lexicon.events.update" -> EventDefinition, answer {
        first event_name: text = "name";
        /// Whether it is hidden.
        option hidden: flag = "hidden";
        /// Whether it is dropped.
        option dropped: flag = "dropped";
        /// Whether it is verified.
        option verified: flag = "verified";
        /// Name that people see.
        option display_name: text = "display_name";
        /// What it is about.
        option description: text = "description";
        /// Tags, separated by commas.
        option tags: texts = "tags";
    }

    /// Export definitions.
    export_lexicon ExportLexiconCall = "lexicon.export" -> Value, answer {
        /// What to export, separated by commas; else \["All Events and Properties","All User Profile Properties"\].
        option export_types: texts = "types";
    }

    /// Change several property definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.
    ///
    /// * `params`: Changes, as a JSON object.
    bulk_update_property_definitions BulkUpdatePropertyDefinitionsCall = "lexicon.properties.bulk-update" -> Vec<PropertyDefinition>, answer {
        first params: json = "data";
    }

    /// Show property definitions by name.
    ///
    /// * `names`: Names, separated by commas.
    get_property_definitions GetPropertyDefinitionsCall = "lexicon.properties.get" -> Vec<PropertyDefinition>, answer {
        first names: texts = "names";
        /// What has it: Event or User.
        option resource_type: text = "resource_type";
    }

    /// Change one property definition. It may destroy: what is dropped is not kept any more, and cannot be had back.
    ///
    /// * `property_name`: Its name.
    update_property_definition UpdatePropertyDefinitionCall = "lexicon.properties.update" -> PropertyDefinition, answer {
        first property_name: text = "name";
        /// Whether it is hidden.
        option hidden: flag = "hidden";
        /// Whether it is dropped.
        option dropped: flag = "dropped";
        /// Whether it is sensitive.
        option sensitive: flag = "sensitive";
        /// Name that people see.
        option display_name: text = "display_name";
        /// What it is about.
        option description: text = "description";
        /// An example.
        option example_value: text = "example_value";
        /// What has it: `Event`, `User`.
        option resource_type: text = "resource_type";
    }

    /// Show the change history of a property definition.
    ///
    /// * `property_name`: Name of the property.
    /// * `entity_type`: Kind of entity.
    get_property_history GetPropertyHistoryCall = "lexicon.property-history" -> Vec<Value>, answer {
        first property_name: text = "property_name";
        first entity_type: text = "entity_type";
    }

    /// Create a tag.
    ///
    /// * `name`: Its name.
    create_lexicon_tag CreateLexiconTagCall = "lexicon.tags.create" -> LexiconTag, answer {
        first name: text = "name";
    }

    /// Delete a tag by name. It destroys.
    ///
    /// * `tag_name`: Its name.
    delete_lexicon_tag DeleteLexiconTagCall = "lexicon.tags.delete" -> (), nothing {
        first tag_name: text = "name";
    }

    /// List tags.
    list_lexicon_tags ListLexiconTagsCall = "lexicon.tags.list" -> Vec<LexiconTag>, answer {
    }

    /// Rename a tag.
    ///
    /// * `tag_id`: Id of the tag.
    /// * `name`: Its name.
    update_lexicon_tag UpdateLexiconTagCall = "lexicon.tags.update" -> LexiconTag, answer {
        first tag_id: int = "id";
        first name: text = "name";
    }

    /// Show where an event is sent from.
    ///
    /// * `event_name`: Name of the event.
    get_tracking_metadata GetTrackingMetadataCall = "lexicon.tracking-metadata" -> Value, answer {
        first event_name: text = "event_name";
    }
}
