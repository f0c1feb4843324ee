//! The objects of answers.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::typed::record::{Field, Record, deserialize, may, must, records};

records! {
    /// `ActivityFeedResult` of an answer.
    ActivityFeedResult {
        must distinct_ids: Vec<String> = "distinct_ids" or "";
        must event_count: i64 = "event_count" or "";
        must events: Vec<UserEvent> = "events" or "";
        may from_date: String = "from_date";
        may to_date: String = "to_date";
        may sentinel_event: Map<String, Value> = "sentinel_event";
    }

    /// `AlertBookmark` of an answer.
    AlertBookmark {
        must id: i64 = "id" or "";
        may name: String = "name";
        may type_: String = "type";
    }

    /// `AlertCount` of an answer.
    AlertCount {
        must anomaly_alerts_count: i64 = "anomaly_alerts_count" or "";
        must alert_limit: i64 = "alert_limit" or "";
        must is_below_limit: bool = "is_below_limit" or "";
    }

    /// `AlertCreator` of an answer.
    AlertCreator {
        must id: i64 = "id" or "";
        may first_name: String = "first_name";
        may last_name: String = "last_name";
        may email: String = "email";
    }

    /// `AlertHistoryPagination` of an answer.
    AlertHistoryPagination {
        must page_size: i64 = "page_size" or "20";
        may next_cursor: String = "next_cursor";
        may previous_cursor: String = "previous_cursor";
    }

    /// `AlertHistoryResponse` of an answer.
    AlertHistoryResponse {
        must results: Vec<Map<String, Value>> = "results" or "[]";
        may pagination: AlertHistoryPagination = "pagination";
    }

    /// `AlertProject` of an answer.
    AlertProject {
        must id: i64 = "id" or "";
        may name: String = "name";
    }

    /// `AlertScreenshotResponse` of an answer.
    AlertScreenshotResponse {
        must signed_url: String = "signed_url" or "";
    }

    /// `AlertValidation` of an answer.
    AlertValidation {
        must alert_id: i64 = "alert_id" or "";
        must alert_name: String = "alert_name" or "";
        must valid: bool = "valid" or "";
        may reason: String = "reason";
    }

    /// `AlertWorkspace` of an answer.
    AlertWorkspace {
        must id: i64 = "id" or "";
        may name: String = "name";
    }

    /// `Annotation` of an answer.
    Annotation {
        must id: i64 = "id" or "";
        must project_id: i64 = "project_id" or "";
        must date: String = "date" or "";
        must description: String = "description" or "";
        must tags: Vec<AnnotationTag> = "tags" or "[]";
        may user: AnnotationUser = "user";
    }

    /// `AnnotationTag` of an answer.
    AnnotationTag {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        may project_id: i64 = "project_id";
        may has_annotations: bool = "has_annotations";
    }

    /// `AnnotationUser` of an answer.
    AnnotationUser {
        must id: i64 = "id" or "";
        must first_name: String = "first_name" or "";
        must last_name: String = "last_name" or "";
    }

    /// `AuditResponse` of an answer.
    AuditResponse {
        must violations: Vec<AuditViolation> = "violations" or "";
        must computed_at: String = "computed_at" or "";
    }

    /// `AuditViolation` of an answer.
    AuditViolation {
        must violation: String = "violation" or "";
        must name: String = "name" or "";
        must count: i64 = "count" or "";
        may platform: String = "platform";
        may version: String = "version";
        may event: String = "event";
        may sensitive: bool = "sensitive";
        may property_type_error: String = "propertyTypeError";
    }

    /// `BlueprintConfig` of an answer.
    BlueprintConfig {
        may variables: Map<String, Value> = "variables";
    }

    /// `BlueprintTemplate` of an answer.
    BlueprintTemplate {
        must title_key: String = "title_key" or "";
        must description_key: String = "description_key" or "";
        may alternative_description_key: String = "alternative_description_key";
        may number_of_reports: i64 = "number_of_reports";
    }

    /// `Bookmark` of an answer.
    Bookmark {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must bookmark_type: String = "bookmark_type" or "";
        may project_id: i64 = "project_id";
        may description: String = "description";
        may icon: String = "icon";
        may params: Map<String, Value> = "params";
        may dashboard_id: i64 = "dashboard_id";
        may include_in_dashboard: bool = "include_in_dashboard";
        may is_default: bool = "is_default";
        may creator_id: i64 = "creator_id";
        may creator_name: String = "creator_name";
        may creator_email: String = "creator_email";
        may created: String = "created";
        may modified: String = "modified";
        may last_modified_by_id: i64 = "last_modified_by_id";
        may last_modified_by_name: String = "last_modified_by_name";
        may last_modified_by_email: String = "last_modified_by_email";
        may metadata: BookmarkMetadata = "metadata";
        may is_visibility_restricted: bool = "is_visibility_restricted";
        may is_modification_restricted: bool = "is_modification_restricted";
        may can_update_basic: bool = "can_update_basic";
        may can_view: bool = "can_view";
        may can_share: bool = "can_share";
        may generation_type: String = "generation_type";
        may original_type: String = "original_type";
        may unique_view_count: i64 = "unique_view_count";
        may total_view_count: i64 = "total_view_count";
    }

    /// `BookmarkHistoryPagination` of an answer.
    BookmarkHistoryPagination {
        must page_size: i64 = "page_size" or "0";
        may next_cursor: String = "next_cursor";
        may previous_cursor: String = "previous_cursor";
    }

    /// `BookmarkHistoryResponse` of an answer.
    BookmarkHistoryResponse {
        must results: Vec<Value> = "results" or "[]";
        may pagination: BookmarkHistoryPagination = "pagination";
    }

    /// `BookmarkInfo` of an answer.
    BookmarkInfo {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must type_: String = "type" or "";
        may modified: String = "modified";
    }

    /// `BookmarkMetadata` of an answer.
    BookmarkMetadata {
        may table_display_mode: String = "table_display_mode";
        may compare_enabled: bool = "compare_enabled";
        may compare_filters: Vec<Value> = "compare_filters";
        may retention_calculation_type: String = "retention_calculation_type";
        may event_name: String = "event_name";
        may funnel_conversion_window: i64 = "funnel_conversion_window";
        may funnel_breakdown_limit: i64 = "funnel_breakdown_limit";
    }

    /// `BulkCreateSchemasResponse` of an answer.
    BulkCreateSchemasResponse {
        must added: i64 = "added" or "";
        must deleted: i64 = "deleted" or "";
    }

    /// `BulkPatchResult` of an answer.
    BulkPatchResult {
        must entity_type: String = "entityType" or "";
        must name: String = "name" or "";
        must status: String = "status" or "";
        may error: String = "error";
    }

    /// `BusinessContext` of an answer.
    BusinessContext {
        must level: String = "level" or "";
        must content: String = "content" or "";
        must is_empty: bool = "is_empty" or "";
        must character_count: i64 = "character_count" or "";
        may organization_id: i64 = "organization_id";
        may project_id: String = "project_id";
    }

    /// `BusinessContextChain` of an answer.
    BusinessContextChain {
        must organization: BusinessContext = "organization" or "";
        must project: BusinessContext = "project" or "";
    }

    /// `Cohort` of an answer.
    Cohort {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must verified: bool = "verified" or "false";
        must referenced_directly_by: Vec<i64> = "referenced_directly_by" or "[]";
        must active_integrations: Vec<i64> = "active_integrations" or "[]";
        may description: String = "description";
        may count: i64 = "count";
        may is_visible: bool = "is_visible";
        may is_locked: bool = "is_locked";
        may data_group_id: String = "data_group_id";
        may last_edited: String = "last_edited";
        may created_by: CohortCreator = "created_by";
        may referenced_by: Vec<i64> = "referenced_by";
        may last_queried: String = "last_queried";
    }

    /// `CohortCreator` of an answer.
    CohortCreator {
        may id: i64 = "id";
        may name: String = "name";
        may email: String = "email";
    }

    /// `CohortInfo` of an answer.
    CohortInfo {
        must date: String = "date" or "";
        must size: f64 = "size" or "";
        must retention: Vec<Value> = "retention" or "";
    }

    /// `ComposedPropertyValue` of an answer.
    ComposedPropertyValue {
        must resource_type: String = "resource_type" or "";
        may type_: String = "type";
        may type_cast: String = "type_cast";
        may value: String = "value";
        may label: String = "label";
        may property_default_type: String = "property_default_type";
        may behavior: Value = "behavior";
        may join_property_type: String = "join_property_type";
    }

    /// `CustomAlert` of an answer.
    CustomAlert {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must condition: Map<String, Value> = "condition" or "{}";
        must frequency: i64 = "frequency" or "0";
        must paused: bool = "paused" or "false";
        must subscriptions: Vec<Map<String, Value>> = "subscriptions" or "[]";
        must created: String = "created" or "\"\"";
        must modified: String = "modified" or "\"\"";
        must valid: bool = "valid" or "true";
        may bookmark: AlertBookmark = "bookmark";
        may notification_windows: Map<String, Value> = "notification_windows";
        may creator: AlertCreator = "creator";
        may workspace: AlertWorkspace = "workspace";
        may project: AlertProject = "project";
        may last_checked: String = "last_checked";
        may last_fired: String = "last_fired";
        may results: Map<String, Value> = "results";
    }

    /// `CustomEvent` of an answer.
    CustomEvent {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must alternatives: Vec<CustomEventAlternative> = "alternatives" or "[]";
    }

    /// `CustomEventAlternative` of an answer.
    CustomEventAlternative {
        must event: String = "event" or "";
    }

    /// `CustomProperty` of an answer.
    CustomProperty {
        must custom_property_id: i64 = "custom_property_id" or "";
        must name: String = "name" or "";
        must resource_type: String = "resource_type" or "";
        may description: String = "description";
        may property_type: String = "property_type";
        may display_formula: String = "display_formula";
        may composed_properties: BTreeMap<String, ComposedPropertyValue> = "composed_properties";
        may is_locked: bool = "is_locked";
        may is_visible: bool = "is_visible";
        may data_group_id: String = "data_group_id";
        may created: String = "created";
        may modified: String = "modified";
        may example_value: String = "example_value";
    }

    /// `Dashboard` of an answer.
    Dashboard {
        must id: i64 = "id" or "";
        must title: String = "title" or "";
        must is_private: bool = "is_private" or "false";
        must is_restricted: bool = "is_restricted" or "false";
        must is_favorited: bool = "is_favorited" or "false";
        must can_update_basic: bool = "can_update_basic" or "false";
        must can_share: bool = "can_share" or "false";
        must can_view: bool = "can_view" or "false";
        must can_update_restricted: bool = "can_update_restricted" or "false";
        must can_update_visibility: bool = "can_update_visibility" or "false";
        must is_superadmin: bool = "is_superadmin" or "false";
        must allow_staff_override: bool = "allow_staff_override" or "false";
        must can_pin: bool = "can_pin" or "false";
        must is_shared_with_project: bool = "is_shared_with_project" or "false";
        must ancestors: Vec<Value> = "ancestors" or "[]";
        may description: String = "description";
        may creator_id: i64 = "creator_id";
        may creator_name: String = "creator_name";
        may creator_email: String = "creator_email";
        may created: String = "created";
        may modified: String = "modified";
        may pinned_date: String = "pinned_date";
        may layout_version: Value = "layout_version";
        may unique_view_count: i64 = "unique_view_count";
        may total_view_count: i64 = "total_view_count";
        may last_modified_by_id: i64 = "last_modified_by_id";
        may last_modified_by_name: String = "last_modified_by_name";
        may last_modified_by_email: String = "last_modified_by_email";
        may filters: Vec<Value> = "filters";
        may breakdowns: Vec<Value> = "breakdowns";
        may time_filter: Value = "time_filter";
        may generation_type: String = "generation_type";
        may parent_dashboard_id: i64 = "parent_dashboard_id";
        may child_dashboards: Vec<Value> = "child_dashboards";
        may creator: String = "creator";
        may layout: Value = "layout";
        may contents: Value = "contents";
        may num_active_public_links: i64 = "num_active_public_links";
        may new_content: Value = "new_content";
        may template_type: String = "template_type";
    }

    /// `DataVolumeAnomaly` of an answer.
    DataVolumeAnomaly {
        must id: i64 = "id" or "";
        must actual_count: i64 = "actualCount" or "";
        must predicted_upper: i64 = "predictedUpper" or "";
        must predicted_lower: i64 = "predictedLower" or "";
        must percent_variance: String = "percentVariance" or "";
        must status: String = "status" or "";
        must project: i64 = "project" or "";
        must anomaly_class: String = "anomalyClass" or "";
        may timestamp: String = "timestamp";
        may event: i64 = "event";
        may event_name: String = "eventName";
        may property: i64 = "property";
        may property_name: String = "propertyName";
        may metric: i64 = "metric";
        may metric_name: String = "metricName";
        may metric_type: String = "metricType";
        may primary_type: String = "primaryType";
        may drift_types: Map<String, Value> = "driftTypes";
    }

    /// `DeleteSchemasResponse` of an answer.
    DeleteSchemasResponse {
        must delete_count: i64 = "deleteCount" or "";
    }

    /// `DownloadUrl` of an answer.
    DownloadUrl {
        must url: String = "url" or "";
    }

    /// `DropFilter` of an answer.
    DropFilter {
        must id: i64 = "id" or "";
        must event_name: String = "event_name" or "";
        may filters: Vec<Value> = "filters";
        may active: bool = "active";
        may display_name: String = "display_name";
        may created: String = "created";
    }

    /// `DropFilterLimitsResponse` of an answer.
    DropFilterLimitsResponse {
        must filter_limit: i64 = "filter_limit" or "";
    }

    /// `EventCountsResult` of an answer.
    EventCountsResult {
        must events: Vec<String> = "events" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must series: Map<String, Value> = "series" or "";
        may unit: String = "unit";
        may type_: String = "type";
    }

    /// `EventDefinition` of an answer.
    EventDefinition {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        may display_name: String = "display_name";
        may description: String = "description";
        may hidden: bool = "hidden";
        may dropped: bool = "dropped";
        may merged: bool = "merged";
        may verified: bool = "verified";
        may tags: Vec<String> = "tags";
        may custom_event_id: i64 = "custom_event_id";
        may last_modified: String = "last_modified";
        may status: String = "status";
        may platforms: Vec<String> = "platforms";
        may created_utc: String = "created_utc";
        may modified_utc: String = "modified_utc";
    }

    /// `EventDeletionRequest` of an answer.
    EventDeletionRequest {
        must id: i64 = "id" or "";
        must event_name: String = "eventName" or "";
        must from_date: String = "fromDate" or "";
        must to_date: String = "toDate" or "";
        must status: String = "status" or "";
        must deleted_events_count: i64 = "deletedEventsCount" or "";
        must created: String = "created" or "";
        must requesting_user: Map<String, Value> = "requestingUser" or "";
        may display_name: String = "displayName";
        may filters: Map<String, Value> = "filters";
    }

    /// `Experiment` of an answer.
    Experiment {
        must id: String = "id" or "";
        must name: String = "name" or "";
        may description: String = "description";
        may hypothesis: String = "hypothesis";
        may status: String = "status";
        may variants: Value = "variants";
        may metrics: Value = "metrics";
        may settings: Map<String, Value> = "settings";
        may exposures_cache: Map<String, Value> = "exposures_cache";
        may results_cache: Map<String, Value> = "results_cache";
        may start_date: String = "start_date";
        may end_date: String = "end_date";
        may created: String = "created";
        may updated: String = "updated";
        may creator: ExperimentCreator = "creator";
        may feature_flag: Map<String, Value> = "feature_flag";
        may is_favorited: bool = "is_favorited";
        may pinned_date: String = "pinned_date";
        may tags: Vec<String> = "tags";
        may can_edit: bool = "can_edit";
        may last_modified_by_id: i64 = "last_modified_by_id";
        may last_modified_by_name: String = "last_modified_by_name";
        may last_modified_by_email: String = "last_modified_by_email";
    }

    /// `ExperimentCreator` of an answer.
    ExperimentCreator {
        may id: i64 = "id";
        may first_name: String = "first_name";
        may last_name: String = "last_name";
    }

    /// `FeatureFlag` of an answer.
    FeatureFlag {
        must id: String = "id" or "";
        must project_id: i64 = "project_id" or "";
        must name: String = "name" or "";
        must key: String = "key" or "";
        must status: String = "status" or "\"disabled\"";
        must tags: Vec<String> = "tags" or "[]";
        must context: String = "context" or "\"\"";
        must serving_method: String = "serving_method" or "\"client\"";
        must ruleset: Map<String, Value> = "ruleset" or "{}";
        must created: String = "created" or "\"\"";
        must modified: String = "modified" or "\"\"";
        must can_edit: bool = "can_edit" or "false";
        may description: String = "description";
        may experiment_id: String = "experiment_id";
        may data_group_id: String = "data_group_id";
        may hash_salt: String = "hash_salt";
        may workspace_id: i64 = "workspace_id";
        may content_type: String = "content_type";
        may enabled_at: String = "enabled_at";
        may deleted: String = "deleted";
        may creator_id: i64 = "creator_id";
        may creator_name: String = "creator_name";
        may creator_email: String = "creator_email";
        may last_modified_by_id: i64 = "last_modified_by_id";
        may last_modified_by_name: String = "last_modified_by_name";
        may last_modified_by_email: String = "last_modified_by_email";
        may is_favorited: bool = "is_favorited";
        may pinned_date: String = "pinned_date";
    }

    /// `FlagHistoryResponse` of an answer.
    FlagHistoryResponse {
        must events: Vec<Value> = "events" or "";
        must count: i64 = "count" or "";
    }

    /// `FlagLimitsResponse` of an answer.
    FlagLimitsResponse {
        must limit: i64 = "limit" or "";
        must is_trial: bool = "is_trial" or "";
        must current_usage: i64 = "current_usage" or "";
        must contract_status: String = "contract_status" or "";
    }

    /// `FlowQueryResult` of an answer.
    FlowQueryResult {
        may computed_at: String = "computed_at";
        may steps: Vec<Value> = "steps";
        may flows: Vec<Value> = "flows";
        may breakdowns: Vec<Value> = "breakdowns";
        may overall_conversion_rate: f64 = "overall_conversion_rate";
        may mode: String = "mode";
        may trees: Vec<Value> = "trees";
        may params: Value = "params";
        may meta: Value = "meta";
    }

    /// `FlowsResult` of an answer.
    FlowsResult {
        must bookmark_id: i64 = "bookmark_id" or "";
        may computed_at: String = "computed_at";
        may steps: Vec<Value> = "steps";
        may breakdowns: Vec<Value> = "breakdowns";
        may overall_conversion_rate: f64 = "overall_conversion_rate";
        may metadata: Map<String, Value> = "metadata";
        may report_url: String = "report_url";
        may report_url_error: String = "report_url_error";
    }

    /// `FrequencyResult` of an answer.
    FrequencyResult {
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must data: Map<String, Value> = "data" or "";
        may event: String = "event";
        may unit: String = "unit";
        may addiction_unit: String = "addiction_unit";
    }

    /// `FunnelInfo` of an answer.
    FunnelInfo {
        must funnel_id: i64 = "funnel_id" or "";
        must name: String = "name" or "";
    }

    /// `FunnelQueryResult` of an answer.
    FunnelQueryResult {
        may computed_at: String = "computed_at";
        may from_date: String = "from_date";
        may to_date: String = "to_date";
        may steps_data: Vec<Value> = "steps_data";
        may series: Value = "series";
        may overall_conversion_rate: f64 = "overall_conversion_rate";
        may params: Value = "params";
        may meta: Value = "meta";
    }

    /// `FunnelResult` of an answer.
    FunnelResult {
        must funnel_id: i64 = "funnel_id" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must conversion_rate: f64 = "conversion_rate" or "";
        must steps: Vec<FunnelResultStep> = "steps" or "";
        may funnel_name: String = "funnel_name";
        may report_url: String = "report_url";
        may report_url_error: String = "report_url_error";
    }

    /// `FunnelResultStep` of an answer.
    FunnelResultStep {
        must event: String = "event" or "";
        must count: f64 = "count" or "";
        must conversion_rate: f64 = "conversion_rate" or "";
    }

    /// `LexiconSchema` of an answer.
    LexiconSchema {
        must entity_type: String = "entity_type" or "";
        must name: String = "name" or "";
        must schema_json: Map<String, Value> = "schema_json" or "";
    }

    /// `LexiconSchemaInfo` of an answer.
    LexiconSchemaInfo {
        must entity_type: String = "entity_type" or "";
        must name: String = "name" or "";
        must property_count: i64 = "property_count" or "";
        may description: String = "description";
    }

    /// `LexiconTag` of an answer.
    LexiconTag {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
    }

    /// `LookupTable` of an answer.
    LookupTable {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        may token: String = "token";
        may created_at: String = "created_at";
        may last_modified_at: String = "last_modified_at";
        may has_mapped_properties: bool = "has_mapped_properties";
    }

    /// `LookupTableUploadStatus` of an answer.
    LookupTableUploadStatus {
        may upload_status: String = "uploadStatus";
        may result: Map<String, Value> = "result";
    }

    /// `LookupTableUploadUrl` of an answer.
    LookupTableUploadUrl {
        must url: String = "url" or "";
        must path: String = "path" or "";
        must key: String = "key" or "";
    }

    /// `NumericAverageResult` of an answer.
    NumericAverageResult {
        must event: String = "event" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must property_expr: String = "property_expr" or "";
        must results: Map<String, Value> = "results" or "";
        may unit: String = "unit";
    }

    /// `NumericBucketResult` of an answer.
    NumericBucketResult {
        must event: String = "event" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must property_expr: String = "property_expr" or "";
        must series: Map<String, Value> = "series" or "";
        may unit: String = "unit";
    }

    /// `NumericSumResult` of an answer.
    NumericSumResult {
        must event: String = "event" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must property_expr: String = "property_expr" or "";
        must results: Map<String, Value> = "results" or "";
        may unit: String = "unit";
        may computed_at: String = "computed_at";
    }

    /// `ProjectWebhook` of an answer.
    ProjectWebhook {
        must id: String = "id" or "";
        must name: String = "name" or "";
        must url: String = "url" or "";
        must is_enabled: bool = "is_enabled" or "";
        may auth_type: String = "auth_type";
        may created: String = "created";
        may modified: String = "modified";
        may creator_id: i64 = "creator_id";
        may creator_name: String = "creator_name";
    }

    /// `PropertyCountsResult` of an answer.
    PropertyCountsResult {
        must event: String = "event" or "";
        must property_name: String = "property_name" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must series: Map<String, Value> = "series" or "";
        may unit: String = "unit";
        may type_: String = "type";
    }

    /// `PropertyDefinition` of an answer.
    PropertyDefinition {
        must name: String = "name" or "";
        may id: i64 = "id";
        may resource_type: String = "resource_type";
        may display_name: String = "display_name";
        may description: String = "description";
        may example_value: String = "example_value";
        may hidden: bool = "hidden";
        may dropped: bool = "dropped";
        may merged: bool = "merged";
        may sensitive: bool = "sensitive";
        may data_group_id: String = "data_group_id";
    }

    /// `QueryResult` of an answer.
    QueryResult {
        may computed_at: String = "computed_at";
        may from_date: String = "from_date";
        may to_date: String = "to_date";
        may headers: Vec<Value> = "headers";
        may series: Value = "series";
        may params: Value = "params";
        may meta: Value = "meta";
    }

    /// `Replay` of an answer.
    Replay {
        must summary: String = "summary" or "";
        must events: Vec<Value> = "events" or "";
    }

    /// `ReplayAnalysis` of an answer.
    ReplayAnalysis {
        must text: String = "text" or "";
        must actions: Vec<Value> = "actions" or "";
    }

    /// `ReplayBundle` of an answer.
    ReplayBundle {
        must text: String = "text" or "";
        must recordings: Vec<Value> = "recordings" or "";
        may files: Value = "files";
        may written: String = "written";
    }

    /// `ReplayEvent` of an answer.
    ReplayEvent {
        must replay_id: String = "replay_id" or "";
        may event_name: String = "event_name";
        may event_time: Value = "event_time";
        may properties: Map<String, Value> = "properties";
    }

    /// `ReplaySummary` of an answer.
    ReplaySummary {
        must replay_id: String = "replay_id" or "";
        may distinct_id: String = "distinct_id";
        may project_id: Value = "project_id";
        may start_time: Value = "start_time";
        may retention_days: Value = "retention_days";
    }

    /// `ReportLink` of an answer.
    ReportLink {
        must url: String = "url" or "";
        must slug: String = "slug" or "";
        must report_type: String = "report_type" or "";
        may project_id: i64 = "project_id";
        may workspace_id: i64 = "workspace_id";
        may name: String = "name";
        may description: String = "description";
        may bookmark_id: i64 = "bookmark_id";
        may created_at: String = "created_at";
    }

    /// `ResolvedReport` of an answer.
    ResolvedReport {
        may source: String = "source";
        may report_type: String = "report_type";
        may params: Value = "params";
        may project_id: i64 = "project_id";
        may workspace_id: i64 = "workspace_id";
        may region: String = "region";
        may url: String = "url";
        may slug: String = "slug";
        may bookmark_id: i64 = "bookmark_id";
        may bookmark: Map<String, Value> = "bookmark";
        may name: String = "name";
        may description: String = "description";
        may input: String = "input";
        may expanded_url: String = "expanded_url";
        may overrides: Value = "overrides";
    }

    /// `RetentionQueryResult` of an answer.
    RetentionQueryResult {
        may computed_at: String = "computed_at";
        may from_date: String = "from_date";
        may to_date: String = "to_date";
        may cohorts: Value = "cohorts";
        may average: Value = "average";
        may segments: Value = "segments";
        may segment_averages: Value = "segment_averages";
        may params: Value = "params";
        may meta: Value = "meta";
    }

    /// `RetentionResult` of an answer.
    RetentionResult {
        must born_event: String = "born_event" or "";
        must return_event: String = "return_event" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must cohorts: Vec<CohortInfo> = "cohorts" or "";
        may unit: String = "unit";
    }

    /// `SavedBehavior` of an answer.
    SavedBehavior {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must type_: String = "type" or "";
        must definition: Map<String, Value> = "definition" or "";
        must verified: bool = "verified" or "false";
        may description: String = "description";
        may created: String = "created";
        may modified: String = "modified";
        may created_by: CohortCreator = "created_by";
        may last_verified: String = "last_verified";
        may last_verified_by: CohortCreator = "last_verified_by";
        may is_visible: bool = "is_visible";
        may is_locked: bool = "is_locked";
        may can_view: bool = "can_view";
        may can_update_basic: bool = "can_update_basic";
        may can_share: bool = "can_share";
    }

    /// `SavedCohort` of an answer.
    SavedCohort {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        may count: i64 = "count";
        may description: String = "description";
    }

    /// `SavedMetric` of an answer.
    SavedMetric {
        must id: i64 = "id" or "";
        must name: String = "name" or "";
        must type_: String = "type" or "";
        must description: String = "description" or "\"\"";
        must definition: Map<String, Value> = "definition" or "";
        must contacts: Vec<String> = "contacts" or "[]";
        must verified: bool = "verified" or "false";
        may created: String = "created";
        may modified: String = "modified";
        may created_by: CohortCreator = "created_by";
        may owned_by: CohortCreator = "owned_by";
        may last_verified: String = "last_verified";
        may last_verified_by: CohortCreator = "last_verified_by";
        may warehouse_source_id: i64 = "warehouse_source_id";
        may is_visible: bool = "is_visible";
        may is_locked: bool = "is_locked";
        may can_view: bool = "can_view";
        may can_update_basic: bool = "can_update_basic";
        may can_share: bool = "can_share";
    }

    /// `SavedReportResult` of an answer.
    SavedReportResult {
        must bookmark_id: i64 = "bookmark_id" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must report_type: String = "report_type" or "";
        may computed_at: String = "computed_at";
        may headers: Vec<Value> = "headers";
        may series: Value = "series";
        may report_url: String = "report_url";
        may report_url_error: String = "report_url_error";
    }

    /// `SchemaEnforcementConfig` of an answer.
    SchemaEnforcementConfig {
        may id: i64 = "id";
        may last_modified: String = "lastModified";
        may last_modified_by: Map<String, Value> = "lastModifiedBy";
        may rule_event: String = "ruleEvent";
        may notification_emails: Vec<String> = "notificationEmails";
        may events: Vec<Map<String, Value>> = "events";
        may common_properties: Vec<Map<String, Value>> = "commonProperties";
        may user_properties: Vec<Map<String, Value>> = "userProperties";
        may initialized_by: Map<String, Value> = "initializedBy";
        may initialized_from: String = "initializedFrom";
        may initialized_to: String = "initializedTo";
        may state: String = "state";
    }

    /// `SchemaEntry` of an answer.
    SchemaEntry {
        must entity_type: String = "entityType" or "";
        must name: String = "name" or "";
        must schema_definition: Map<String, Value> = "schemaJson" or "";
        may version: String = "version";
    }

    /// `SchemaGraphResult` of an answer.
    SchemaGraphResult {
        may computed_at: String = "computed_at";
        may events: Vec<Value> = "events";
        may properties: Vec<Value> = "properties";
        may user_properties: Vec<Value> = "user_properties";
        may event_to_properties: BTreeMap<String, Vec<String>> = "event_to_properties";
        may property_to_events: BTreeMap<String, Vec<String>> = "property_to_events";
        may meta: Map<String, Value> = "meta";
    }

    /// `SegmentationResult` of an answer.
    SegmentationResult {
        must event: String = "event" or "";
        must from_date: String = "from_date" or "";
        must to_date: String = "to_date" or "";
        must total: f64 = "total" or "";
        must series: Map<String, Value> = "series" or "";
        may unit: String = "unit";
        may segment_property: String = "segment_property";
        may report_url: String = "report_url";
        may report_url_error: String = "report_url_error";
    }

    /// `SignedReplay` of an answer.
    SignedReplay {
        must replay_id: String = "replay_id" or "";
        may url: String = "url";
        may query_string: String = "query_string";
        may env: String = "env";
        may signed_at: Value = "signed_at";
        may expires_at: Value = "expires_at";
    }

    /// `SubPropertyInfo` of an answer.
    SubPropertyInfo {
        must name: String = "name" or "";
        must type_: String = "type" or "";
        must sample_values: Vec<Value> = "sample_values" or "";
    }

    /// `TopEvent` of an answer.
    TopEvent {
        must event: String = "event" or "";
        must count: f64 = "count" or "";
        may percent_change: f64 = "percent_change";
    }

    /// `UserEvent` of an answer.
    UserEvent {
        must time: String = "time" or "";
        must properties: Map<String, Value> = "properties" or "";
        may event: String = "event";
    }

    /// `UserQueryResult` of an answer.
    UserQueryResult {
        may computed_at: String = "computed_at";
        may total: f64 = "total";
        may profiles: Vec<Value> = "profiles";
        may mode: String = "mode";
        may aggregate_data: Value = "aggregate_data";
        may value: f64 = "value";
        may params: Value = "params";
        may meta: Value = "meta";
    }

    /// `ValidateAlertsForBookmarkResponse` of an answer.
    ValidateAlertsForBookmarkResponse {
        must alert_validations: Vec<AlertValidation> = "alert_validations" or "[]";
        must invalid_count: i64 = "invalid_count" or "0";
    }

    /// `WebhookMutationResult` of an answer.
    WebhookMutationResult {
        must id: String = "id" or "";
        must name: String = "name" or "";
    }

    /// `WebhookTestResult` of an answer.
    WebhookTestResult {
        must success: bool = "success" or "";
        must status_code: i64 = "status_code" or "";
        must message: String = "message" or "";
    }
}
