"""What methods take and answer. Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit."""

# ruff: noqa

from __future__ import annotations

from typing import Any, Dict, List, Literal, Mapping, Optional, Sequence, Union

from typing import TypedDict

from ._ask import *
from ._filters import *
from ._records import Record


class ActivityFeedResult(Record):
    """`ActivityFeedResult` of an answer."""

    _parts = {"events": "UserEvent"}
    _unfolds = ("events", (), "event")
    distinct_ids: List[str]
    from_date: Optional[str]
    to_date: Optional[str]
    event_count: int
    events: List[UserEvent]
    sentinel_event: Optional[Dict[str, Any]]


class AlertBookmark(Record):
    """`AlertBookmark` of an answer."""

    id: int
    name: Optional[str]
    type: Optional[str]


class AlertCount(Record):
    """`AlertCount` of an answer."""

    anomaly_alerts_count: int
    alert_limit: int
    is_below_limit: bool


class AlertCreator(Record):
    """`AlertCreator` of an answer."""

    id: int
    first_name: Optional[str]
    last_name: Optional[str]
    email: Optional[str]


class AlertHistoryPagination(Record):
    """`AlertHistoryPagination` of an answer."""

    next_cursor: Optional[str]
    previous_cursor: Optional[str]
    page_size: int


class AlertHistoryResponse(Record):
    """`AlertHistoryResponse` of an answer."""

    _parts = {"pagination": "AlertHistoryPagination"}
    results: List[Dict[str, Any]]
    pagination: Optional[AlertHistoryPagination]


class AlertProject(Record):
    """`AlertProject` of an answer."""

    id: int
    name: Optional[str]


class AlertScreenshotResponse(Record):
    """`AlertScreenshotResponse` of an answer."""

    signed_url: str


class AlertValidation(Record):
    """`AlertValidation` of an answer."""

    alert_id: int
    alert_name: str
    valid: bool
    reason: Optional[str]


class AlertWorkspace(Record):
    """`AlertWorkspace` of an answer."""

    id: int
    name: Optional[str]


class Annotation(Record):
    """`Annotation` of an answer."""

    _parts = {"user": "AnnotationUser", "tags": "AnnotationTag"}
    id: int
    project_id: int
    date: str
    description: str
    user: Optional[AnnotationUser]
    tags: List[AnnotationTag]


class AnnotationTag(Record):
    """`AnnotationTag` of an answer."""

    id: int
    name: str
    project_id: Optional[int]
    has_annotations: Optional[bool]


class AnnotationUser(Record):
    """`AnnotationUser` of an answer."""

    id: int
    first_name: str
    last_name: str


class AuditResponse(Record):
    """`AuditResponse` of an answer."""

    _parts = {"violations": "AuditViolation"}
    violations: List[AuditViolation]
    computed_at: str


class AuditViolation(Record):
    """`AuditViolation` of an answer."""

    _keys = {"property_type_error": "propertyTypeError"}
    violation: str
    name: str
    platform: Optional[str]
    version: Optional[str]
    count: int
    event: Optional[str]
    sensitive: Optional[bool]
    property_type_error: Optional[str]


class BlueprintConfig(Record):
    """`BlueprintConfig` of an answer."""

    variables: Optional[Dict[str, Any]]


class BlueprintTemplate(Record):
    """`BlueprintTemplate` of an answer."""

    title_key: str
    description_key: str
    alternative_description_key: Optional[str]
    number_of_reports: Optional[int]


class Bookmark(Record):
    """`Bookmark` of an answer."""

    _parts = {"metadata": "BookmarkMetadata"}
    id: int
    project_id: Optional[int]
    name: str
    bookmark_type: str
    description: Optional[str]
    icon: Optional[str]
    params: Optional[Dict[str, Any]]
    dashboard_id: Optional[int]
    include_in_dashboard: Optional[bool]
    is_default: Optional[bool]
    creator_id: Optional[int]
    creator_name: Optional[str]
    creator_email: Optional[str]
    created: Optional[str]
    modified: Optional[str]
    last_modified_by_id: Optional[int]
    last_modified_by_name: Optional[str]
    last_modified_by_email: Optional[str]
    metadata: Optional[BookmarkMetadata]
    is_visibility_restricted: Optional[bool]
    is_modification_restricted: Optional[bool]
    can_update_basic: Optional[bool]
    can_view: Optional[bool]
    can_share: Optional[bool]
    generation_type: Optional[str]
    original_type: Optional[str]
    unique_view_count: Optional[int]
    total_view_count: Optional[int]


class BookmarkHistoryPagination(Record):
    """`BookmarkHistoryPagination` of an answer."""

    next_cursor: Optional[str]
    previous_cursor: Optional[str]
    page_size: int


class BookmarkHistoryResponse(Record):
    """`BookmarkHistoryResponse` of an answer."""

    _parts = {"pagination": "BookmarkHistoryPagination"}
    results: List[Any]
    pagination: Optional[BookmarkHistoryPagination]


class BookmarkInfo(Record):
    """`BookmarkInfo` of an answer."""

    id: int
    name: str
    type: str
    modified: Optional[str]


class BookmarkMetadata(Record):
    """`BookmarkMetadata` of an answer."""

    table_display_mode: Optional[str]
    compare_enabled: Optional[bool]
    compare_filters: Optional[List[Any]]
    retention_calculation_type: Optional[str]
    event_name: Optional[str]
    funnel_conversion_window: Optional[int]
    funnel_breakdown_limit: Optional[int]


class BulkCreateSchemasResponse(Record):
    """`BulkCreateSchemasResponse` of an answer."""

    added: int
    deleted: int


class BulkPatchResult(Record):
    """`BulkPatchResult` of an answer."""

    _keys = {"entity_type": "entityType"}
    entity_type: str
    name: str
    status: str
    error: Optional[str]


class BusinessContext(Record):
    """`BusinessContext` of an answer."""

    level: str
    content: str
    organization_id: Optional[int]
    project_id: Optional[str]
    is_empty: bool
    character_count: int


class BusinessContextChain(Record):
    """`BusinessContextChain` of an answer."""

    _parts = {"organization": "BusinessContext", "project": "BusinessContext"}
    organization: BusinessContext
    project: BusinessContext


class Cohort(Record):
    """`Cohort` of an answer."""

    _parts = {"created_by": "CohortCreator"}
    id: int
    name: str
    description: Optional[str]
    count: Optional[int]
    is_visible: Optional[bool]
    is_locked: Optional[bool]
    data_group_id: Optional[str]
    last_edited: Optional[str]
    created_by: Optional[CohortCreator]
    referenced_by: Optional[List[int]]
    verified: bool
    last_queried: Optional[str]
    referenced_directly_by: List[int]
    active_integrations: List[int]


class CohortCreator(Record):
    """`CohortCreator` of an answer."""

    id: Optional[int]
    name: Optional[str]
    email: Optional[str]


class CohortInfo(Record):
    """`CohortInfo` of an answer."""

    date: str
    size: float
    retention: List[Any]


class ComposedPropertyValue(Record):
    """`ComposedPropertyValue` of an answer."""

    type: Optional[str]
    type_cast: Optional[str]
    resource_type: str
    value: Optional[str]
    label: Optional[str]
    property_default_type: Optional[str]
    behavior: Any
    join_property_type: Optional[str]


class CustomAlert(Record):
    """`CustomAlert` of an answer."""

    _parts = {"bookmark": "AlertBookmark", "creator": "AlertCreator", "workspace": "AlertWorkspace", "project": "AlertProject"}
    id: int
    name: str
    bookmark: Optional[AlertBookmark]
    condition: Dict[str, Any]
    frequency: int
    paused: bool
    subscriptions: List[Dict[str, Any]]
    notification_windows: Optional[Dict[str, Any]]
    creator: Optional[AlertCreator]
    workspace: Optional[AlertWorkspace]
    project: Optional[AlertProject]
    created: str
    modified: str
    last_checked: Optional[str]
    last_fired: Optional[str]
    valid: bool
    results: Optional[Dict[str, Any]]


class CustomEvent(Record):
    """`CustomEvent` of an answer."""

    _parts = {"alternatives": "CustomEventAlternative"}
    id: int
    name: str
    alternatives: List[CustomEventAlternative]


class CustomEventAlternative(Record):
    """`CustomEventAlternative` of an answer."""

    event: str


class CustomProperty(Record):
    """`CustomProperty` of an answer."""

    _parts = {"composed_properties": "ComposedPropertyValue"}
    custom_property_id: int
    name: str
    description: Optional[str]
    resource_type: str
    property_type: Optional[str]
    display_formula: Optional[str]
    composed_properties: Optional[Dict[str, ComposedPropertyValue]]
    is_locked: Optional[bool]
    is_visible: Optional[bool]
    data_group_id: Optional[str]
    created: Optional[str]
    modified: Optional[str]
    example_value: Optional[str]


class Dashboard(Record):
    """`Dashboard` of an answer."""

    id: int
    title: str
    description: Optional[str]
    is_private: bool
    is_restricted: bool
    creator_id: Optional[int]
    creator_name: Optional[str]
    creator_email: Optional[str]
    created: Optional[str]
    modified: Optional[str]
    is_favorited: bool
    pinned_date: Optional[str]
    layout_version: Any
    unique_view_count: Optional[int]
    total_view_count: Optional[int]
    last_modified_by_id: Optional[int]
    last_modified_by_name: Optional[str]
    last_modified_by_email: Optional[str]
    filters: Optional[List[Any]]
    breakdowns: Optional[List[Any]]
    time_filter: Any
    generation_type: Optional[str]
    parent_dashboard_id: Optional[int]
    child_dashboards: Optional[List[Any]]
    can_update_basic: bool
    can_share: bool
    can_view: bool
    can_update_restricted: bool
    can_update_visibility: bool
    is_superadmin: bool
    allow_staff_override: bool
    can_pin: bool
    is_shared_with_project: bool
    creator: Optional[str]
    ancestors: List[Any]
    layout: Any
    contents: Any
    num_active_public_links: Optional[int]
    new_content: Any
    template_type: Optional[str]


class DataVolumeAnomaly(Record):
    """`DataVolumeAnomaly` of an answer."""

    _keys = {"actual_count": "actualCount", "predicted_upper": "predictedUpper", "predicted_lower": "predictedLower", "percent_variance": "percentVariance", "event_name": "eventName", "property_name": "propertyName", "metric_name": "metricName", "metric_type": "metricType", "primary_type": "primaryType", "drift_types": "driftTypes", "anomaly_class": "anomalyClass"}
    id: int
    timestamp: Optional[str]
    actual_count: int
    predicted_upper: int
    predicted_lower: int
    percent_variance: str
    status: str
    project: int
    event: Optional[int]
    event_name: Optional[str]
    property: Optional[int]
    property_name: Optional[str]
    metric: Optional[int]
    metric_name: Optional[str]
    metric_type: Optional[str]
    primary_type: Optional[str]
    drift_types: Optional[Dict[str, Any]]
    anomaly_class: str


class DeleteSchemasResponse(Record):
    """`DeleteSchemasResponse` of an answer."""

    _keys = {"delete_count": "deleteCount"}
    delete_count: int


class DownloadUrl(Record):
    """`DownloadUrl` of an answer."""

    url: str


class DropFilter(Record):
    """`DropFilter` of an answer."""

    id: int
    event_name: str
    filters: Optional[List[Any]]
    active: Optional[bool]
    display_name: Optional[str]
    created: Optional[str]


class DropFilterLimitsResponse(Record):
    """`DropFilterLimitsResponse` of an answer."""

    filter_limit: int


class EventCountsResult(Record):
    """`EventCountsResult` of an answer."""

    _unfolds = ("series", ("event", "date", ), "count")
    events: List[str]
    from_date: str
    to_date: str
    unit: Optional[str]
    type: Optional[str]
    series: Dict[str, Any]


class EventDefinition(Record):
    """`EventDefinition` of an answer."""

    id: int
    name: str
    display_name: Optional[str]
    description: Optional[str]
    hidden: Optional[bool]
    dropped: Optional[bool]
    merged: Optional[bool]
    verified: Optional[bool]
    tags: Optional[List[str]]
    custom_event_id: Optional[int]
    last_modified: Optional[str]
    status: Optional[str]
    platforms: Optional[List[str]]
    created_utc: Optional[str]
    modified_utc: Optional[str]


class EventDeletionRequest(Record):
    """`EventDeletionRequest` of an answer."""

    _keys = {"display_name": "displayName", "event_name": "eventName", "from_date": "fromDate", "to_date": "toDate", "deleted_events_count": "deletedEventsCount", "requesting_user": "requestingUser"}
    id: int
    display_name: Optional[str]
    event_name: str
    from_date: str
    to_date: str
    filters: Optional[Dict[str, Any]]
    status: str
    deleted_events_count: int
    created: str
    requesting_user: Dict[str, Any]


class Experiment(Record):
    """`Experiment` of an answer."""

    _parts = {"creator": "ExperimentCreator"}
    id: str
    name: str
    description: Optional[str]
    hypothesis: Optional[str]
    status: Optional[str]
    variants: Any
    metrics: Any
    settings: Optional[Dict[str, Any]]
    exposures_cache: Optional[Dict[str, Any]]
    results_cache: Optional[Dict[str, Any]]
    start_date: Optional[str]
    end_date: Optional[str]
    created: Optional[str]
    updated: Optional[str]
    creator: Optional[ExperimentCreator]
    feature_flag: Optional[Dict[str, Any]]
    is_favorited: Optional[bool]
    pinned_date: Optional[str]
    tags: Optional[List[str]]
    can_edit: Optional[bool]
    last_modified_by_id: Optional[int]
    last_modified_by_name: Optional[str]
    last_modified_by_email: Optional[str]


class ExperimentCreator(Record):
    """`ExperimentCreator` of an answer."""

    id: Optional[int]
    first_name: Optional[str]
    last_name: Optional[str]


class FeatureFlag(Record):
    """`FeatureFlag` of an answer."""

    id: str
    project_id: int
    name: str
    key: str
    description: Optional[str]
    status: str
    tags: List[str]
    experiment_id: Optional[str]
    context: str
    data_group_id: Optional[str]
    serving_method: str
    ruleset: Dict[str, Any]
    hash_salt: Optional[str]
    workspace_id: Optional[int]
    content_type: Optional[str]
    created: str
    modified: str
    enabled_at: Optional[str]
    deleted: Optional[str]
    creator_id: Optional[int]
    creator_name: Optional[str]
    creator_email: Optional[str]
    last_modified_by_id: Optional[int]
    last_modified_by_name: Optional[str]
    last_modified_by_email: Optional[str]
    is_favorited: Optional[bool]
    pinned_date: Optional[str]
    can_edit: bool


class FlagHistoryResponse(Record):
    """`FlagHistoryResponse` of an answer."""

    events: List[Any]
    count: int


class FlagLimitsResponse(Record):
    """`FlagLimitsResponse` of an answer."""

    limit: int
    is_trial: bool
    current_usage: int
    contract_status: str


class FlowQueryResult(Record):
    """`FlowQueryResult` of an answer."""

    computed_at: Optional[str]
    steps: Optional[List[Any]]
    flows: Optional[List[Any]]
    breakdowns: Optional[List[Any]]
    overall_conversion_rate: Optional[float]
    mode: Optional[str]
    trees: Optional[List[Any]]
    params: Any
    meta: Any


class FlowsResult(Record):
    """`FlowsResult` of an answer."""

    _unfolds = ("steps", (), "step")
    bookmark_id: int
    computed_at: Optional[str]
    steps: Optional[List[Any]]
    breakdowns: Optional[List[Any]]
    overall_conversion_rate: Optional[float]
    metadata: Optional[Dict[str, Any]]
    report_url: Optional[str]
    report_url_error: Optional[str]


class FrequencyResult(Record):
    """`FrequencyResult` of an answer."""

    _unfolds = ("data", ("date", ), "period")
    event: Optional[str]
    from_date: str
    to_date: str
    unit: Optional[str]
    addiction_unit: Optional[str]
    data: Dict[str, Any]


class FunnelInfo(Record):
    """`FunnelInfo` of an answer."""

    funnel_id: int
    name: str


class FunnelQueryResult(Record):
    """`FunnelQueryResult` of an answer."""

    computed_at: Optional[str]
    from_date: Optional[str]
    to_date: Optional[str]
    steps_data: Optional[List[Any]]
    series: Any
    overall_conversion_rate: Optional[float]
    params: Any
    meta: Any


class FunnelResult(Record):
    """`FunnelResult` of an answer."""

    _parts = {"steps": "FunnelResultStep"}
    _unfolds = ("steps", (), "step")
    funnel_id: int
    funnel_name: Optional[str]
    from_date: str
    to_date: str
    conversion_rate: float
    steps: List[FunnelResultStep]
    report_url: Optional[str]
    report_url_error: Optional[str]


class FunnelResultStep(Record):
    """`FunnelResultStep` of an answer."""

    event: str
    count: float
    conversion_rate: float


class LexiconSchema(Record):
    """`LexiconSchema` of an answer."""

    entity_type: str
    name: str
    schema_json: Dict[str, Any]


class LexiconSchemaInfo(Record):
    """`LexiconSchemaInfo` of an answer."""

    entity_type: str
    name: str
    property_count: int
    description: Optional[str]


class LexiconTag(Record):
    """`LexiconTag` of an answer."""

    id: int
    name: str


class LookupTable(Record):
    """`LookupTable` of an answer."""

    id: int
    name: str
    token: Optional[str]
    created_at: Optional[str]
    last_modified_at: Optional[str]
    has_mapped_properties: Optional[bool]


class LookupTableUploadStatus(Record):
    """`LookupTableUploadStatus` of an answer."""

    uploadStatus: Optional[str]
    result: Optional[Dict[str, Any]]


class LookupTableUploadUrl(Record):
    """`LookupTableUploadUrl` of an answer."""

    url: str
    path: str
    key: str


class NumericAverageResult(Record):
    """`NumericAverageResult` of an answer."""

    _unfolds = ("results", ("date", ), "average")
    event: str
    from_date: str
    to_date: str
    property_expr: str
    unit: Optional[str]
    results: Dict[str, Any]


class NumericBucketResult(Record):
    """`NumericBucketResult` of an answer."""

    _unfolds = ("series", ("bucket", "date", ), "count")
    event: str
    from_date: str
    to_date: str
    property_expr: str
    unit: Optional[str]
    series: Dict[str, Any]


class NumericSumResult(Record):
    """`NumericSumResult` of an answer."""

    _unfolds = ("results", ("date", ), "sum")
    event: str
    from_date: str
    to_date: str
    property_expr: str
    unit: Optional[str]
    results: Dict[str, Any]
    computed_at: Optional[str]


class ProjectWebhook(Record):
    """`ProjectWebhook` of an answer."""

    id: str
    name: str
    url: str
    is_enabled: bool
    auth_type: Optional[str]
    created: Optional[str]
    modified: Optional[str]
    creator_id: Optional[int]
    creator_name: Optional[str]


class PropertyCountsResult(Record):
    """`PropertyCountsResult` of an answer."""

    _unfolds = ("series", ("value", "date", ), "count")
    event: str
    property_name: str
    from_date: str
    to_date: str
    unit: Optional[str]
    type: Optional[str]
    series: Dict[str, Any]


class PropertyDefinition(Record):
    """`PropertyDefinition` of an answer."""

    id: Optional[int]
    name: str
    resource_type: Optional[str]
    display_name: Optional[str]
    description: Optional[str]
    example_value: Optional[str]
    hidden: Optional[bool]
    dropped: Optional[bool]
    merged: Optional[bool]
    sensitive: Optional[bool]
    data_group_id: Optional[str]


class QueryResult(Record):
    """`QueryResult` of an answer."""

    _unfolds = ("series", ("event", "date", ), "count")
    computed_at: Optional[str]
    from_date: Optional[str]
    to_date: Optional[str]
    headers: Optional[List[Any]]
    series: Any
    params: Any
    meta: Any


class Replay(Record):
    """`Replay` of an answer."""

    summary: str
    events: List[Any]


class ReplayAnalysis(Record):
    """`ReplayAnalysis` of an answer."""

    text: str
    actions: List[Any]


class ReplayBundle(Record):
    """`ReplayBundle` of an answer."""

    text: str
    recordings: List[Any]
    files: Any
    written: Optional[str]


class ReplayEvent(Record):
    """`ReplayEvent` of an answer."""

    replay_id: str
    event_name: Optional[str]
    event_time: Any
    properties: Optional[Dict[str, Any]]


class ReplaySummary(Record):
    """`ReplaySummary` of an answer."""

    replay_id: str
    distinct_id: Optional[str]
    project_id: Any
    start_time: Any
    retention_days: Any


class ReportLink(Record):
    """`ReportLink` of an answer."""

    url: str
    slug: str
    report_type: str
    project_id: Optional[int]
    workspace_id: Optional[int]
    name: Optional[str]
    description: Optional[str]
    bookmark_id: Optional[int]
    created_at: Optional[str]


class ResolvedReport(Record):
    """`ResolvedReport` of an answer."""

    source: Optional[str]
    report_type: Optional[str]
    params: Any
    project_id: Optional[int]
    workspace_id: Optional[int]
    region: Optional[str]
    url: Optional[str]
    slug: Optional[str]
    bookmark_id: Optional[int]
    bookmark: Optional[Dict[str, Any]]
    name: Optional[str]
    description: Optional[str]
    input: Optional[str]
    expanded_url: Optional[str]
    overrides: Any


class RetentionQueryResult(Record):
    """`RetentionQueryResult` of an answer."""

    computed_at: Optional[str]
    from_date: Optional[str]
    to_date: Optional[str]
    cohorts: Any
    average: Any
    segments: Any
    segment_averages: Any
    params: Any
    meta: Any


class RetentionResult(Record):
    """`RetentionResult` of an answer."""

    _parts = {"cohorts": "CohortInfo"}
    _unfolds = ("cohorts", (), "cohort")
    born_event: str
    return_event: str
    from_date: str
    to_date: str
    unit: Optional[str]
    cohorts: List[CohortInfo]


class SavedBehavior(Record):
    """`SavedBehavior` of an answer."""

    _parts = {"created_by": "CohortCreator", "last_verified_by": "CohortCreator"}
    id: int
    name: str
    type: str
    description: Optional[str]
    definition: Dict[str, Any]
    created: Optional[str]
    modified: Optional[str]
    created_by: Optional[CohortCreator]
    verified: bool
    last_verified: Optional[str]
    last_verified_by: Optional[CohortCreator]
    is_visible: Optional[bool]
    is_locked: Optional[bool]
    can_view: Optional[bool]
    can_update_basic: Optional[bool]
    can_share: Optional[bool]


class SavedCohort(Record):
    """`SavedCohort` of an answer."""

    id: int
    name: str
    count: Optional[int]
    description: Optional[str]


class SavedMetric(Record):
    """`SavedMetric` of an answer."""

    _parts = {"created_by": "CohortCreator", "owned_by": "CohortCreator", "last_verified_by": "CohortCreator"}
    id: int
    name: str
    type: str
    description: str
    definition: Dict[str, Any]
    created: Optional[str]
    modified: Optional[str]
    created_by: Optional[CohortCreator]
    owned_by: Optional[CohortCreator]
    contacts: List[str]
    verified: bool
    last_verified: Optional[str]
    last_verified_by: Optional[CohortCreator]
    warehouse_source_id: Optional[int]
    is_visible: Optional[bool]
    is_locked: Optional[bool]
    can_view: Optional[bool]
    can_update_basic: Optional[bool]
    can_share: Optional[bool]


class SavedReportResult(Record):
    """`SavedReportResult` of an answer."""

    _unfolds = ("series", ("event", "date", ), "count")
    bookmark_id: int
    computed_at: Optional[str]
    from_date: str
    to_date: str
    headers: Optional[List[Any]]
    series: Any
    report_type: str
    report_url: Optional[str]
    report_url_error: Optional[str]


class SchemaEnforcementConfig(Record):
    """`SchemaEnforcementConfig` of an answer."""

    _keys = {"last_modified": "lastModified", "last_modified_by": "lastModifiedBy", "rule_event": "ruleEvent", "notification_emails": "notificationEmails", "common_properties": "commonProperties", "user_properties": "userProperties", "initialized_by": "initializedBy", "initialized_from": "initializedFrom", "initialized_to": "initializedTo"}
    id: Optional[int]
    last_modified: Optional[str]
    last_modified_by: Optional[Dict[str, Any]]
    rule_event: Optional[str]
    notification_emails: Optional[List[str]]
    events: Optional[List[Dict[str, Any]]]
    common_properties: Optional[List[Dict[str, Any]]]
    user_properties: Optional[List[Dict[str, Any]]]
    initialized_by: Optional[Dict[str, Any]]
    initialized_from: Optional[str]
    initialized_to: Optional[str]
    state: Optional[str]


class SchemaEntry(Record):
    """`SchemaEntry` of an answer."""

    _keys = {"entity_type": "entityType", "schema_definition": "schemaJson"}
    entity_type: str
    name: str
    version: Optional[str]
    schema_definition: Dict[str, Any]


class SchemaGraphResult(Record):
    """`SchemaGraphResult` of an answer."""

    _unfolds = ("event_to_properties", ("event", ), "property")
    computed_at: Optional[str]
    events: Optional[List[Any]]
    properties: Optional[List[Any]]
    user_properties: Optional[List[Any]]
    event_to_properties: Optional[Dict[str, List[str]]]
    property_to_events: Optional[Dict[str, List[str]]]
    meta: Optional[Dict[str, Any]]


class SegmentationResult(Record):
    """`SegmentationResult` of an answer."""

    _unfolds = ("series", ("segment", "date", ), "count")
    event: str
    from_date: str
    to_date: str
    unit: Optional[str]
    segment_property: Optional[str]
    total: float
    series: Dict[str, Any]
    report_url: Optional[str]
    report_url_error: Optional[str]


class SignedReplay(Record):
    """`SignedReplay` of an answer."""

    replay_id: str
    url: Optional[str]
    query_string: Optional[str]
    env: Optional[str]
    signed_at: Any
    expires_at: Any


class SubPropertyInfo(Record):
    """`SubPropertyInfo` of an answer."""

    name: str
    type: str
    sample_values: List[Any]


class TopEvent(Record):
    """`TopEvent` of an answer."""

    event: str
    count: float
    percent_change: Optional[float]


class UserEvent(Record):
    """`UserEvent` of an answer."""

    event: Optional[str]
    time: str
    properties: Dict[str, Any]


class UserQueryResult(Record):
    """`UserQueryResult` of an answer."""

    computed_at: Optional[str]
    total: Optional[float]
    profiles: Optional[List[Any]]
    mode: Optional[str]
    aggregate_data: Any
    value: Optional[float]
    params: Any
    meta: Any


class ValidateAlertsForBookmarkResponse(Record):
    """`ValidateAlertsForBookmarkResponse` of an answer."""

    _parts = {"alert_validations": "AlertValidation"}
    alert_validations: List[AlertValidation]
    invalid_count: int


class WebhookMutationResult(Record):
    """`WebhookMutationResult` of an answer."""

    id: str
    name: str


class WebhookTestResult(Record):
    """`WebhookTestResult` of an answer."""

    success: bool
    status_code: int
    message: str


class AskAllOf(TypedDict):
    """`AskAllOf` as it is given."""

    all_of: Sequence[AskCriterion]


class _AskAnchor(TypedDict):
    event: str


class AskAnchor(_AskAnchor, total=False):
    """`AskAnchor` as it is given."""

    forward: int
    reverse: int
    label: str
    filters: Union[AskEventFilter, Sequence[AskEventFilter]]
    filters_combinator: Literal["all", "any"]
    session_event: Literal["start", "end"]


class _AskAnyEvent(TypedDict):
    any_of: Sequence[AskGroupedEvent]


class AskAnyEvent(_AskAnyEvent, total=False):
    """`AskAnyEvent` as it is given."""

    name: str


class AskAnyOf(TypedDict):
    """`AskAnyOf` as it is given."""

    any_of: Sequence[AskCriterion]


class _AskCohortBreakdown(TypedDict):
    cohort: AskCohort


class AskCohortBreakdown(_AskCohortBreakdown, total=False):
    """`AskCohortBreakdown` as it is given."""

    name: str
    include_negated: bool


class _AskCohortFilter(TypedDict):
    cohort: AskCohort


class AskCohortFilter(_AskCohortFilter, total=False):
    """`AskCohortFilter` as it is given."""

    name: str
    negated: bool


class _AskCohortMetric(TypedDict):
    cohort: AskCohort


class AskCohortMetric(_AskCohortMetric, total=False):
    """`AskCohortMetric` as it is given."""

    name: str


class AskCustomEvent(TypedDict):
    """`AskCustomEvent` as it is given."""

    custom_event: int


class AskCustomProperty(TypedDict):
    """`AskCustomProperty` as it is given."""

    custom_property: AskCustomPropertyDefinition


class _AskCustomPropertyInput(TypedDict):
    name: str


class AskCustomPropertyInput(_AskCustomPropertyInput, total=False):
    """`AskCustomPropertyInput` as it is given."""

    type: Literal["string", "number", "boolean", "datetime", "list"]
    resource_type: Literal["event", "user"]


class _AskDid(TypedDict):
    did: str


class AskDid(_AskDid, total=False):
    """`AskDid` as it is given."""

    at_least: int
    at_most: int
    exactly: int
    where: Union[Union[AskPropertyFilter, Filter], Sequence[Union[AskPropertyFilter, Filter]]]
    aggregation: Literal["total", "unique", "average", "min", "max", "median"]
    aggregation_property: str
    within_days: int
    within_weeks: int
    within_months: int
    from_date: str
    to_date: str


class _AskDidNot(TypedDict):
    did_not: str


class AskDidNot(_AskDidNot, total=False):
    """`AskDidNot` as it is given."""

    within_days: int
    within_weeks: int
    within_months: int
    from_date: str
    to_date: str


class _AskEventMetric(TypedDict):
    event: AskEvent


class AskEventMetric(_AskEventMetric, total=False):
    """`AskEventMetric` as it is given."""

    math: Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary"]
    property: AskProperty
    per_user: Literal["total", "average", "min", "max", "unique_values"]
    percentile_value: float
    segment_method: Literal["all", "first"]
    filters: Union[AskEventFilter, Sequence[AskEventFilter]]
    filters_combinator: Literal["all", "any"]


class _AskExclusion(TypedDict):
    event: str


class AskExclusion(_AskExclusion, total=False):
    """`AskExclusion` as it is given."""

    from_step: int
    to_step: int


class _AskFormula(TypedDict):
    formula: str


class AskFormula(_AskFormula, total=False):
    """`AskFormula` as it is given."""

    label: str
    metrics: Sequence[AskOperand]


class _AskFrequency(TypedDict):
    event: str
    value: float


class AskFrequency(_AskFrequency, total=False):
    """`AskFrequency` as it is given."""

    operator: Literal["is at least", "is at most", "is greater than", "is less than", "is equal to"]
    date_range_value: int
    date_range_unit: Literal["day", "week", "month"]
    event_filters: Union[Union[AskPropertyFilter, Filter], Sequence[Union[AskPropertyFilter, Filter]]]
    label: str


class AskFrequencyBreakdown(TypedDict):
    """`AskFrequencyBreakdown` as it is given."""

    frequency: AskFrequencyBuckets


class _AskFrequencyBuckets(TypedDict):
    event: str


class AskFrequencyBuckets(_AskFrequencyBuckets, total=False):
    """`AskFrequencyBuckets` as it is given."""

    bucket_size: int
    bucket_min: int
    bucket_max: int
    label: str


class AskFrequencyFilter(TypedDict):
    """`AskFrequencyFilter` as it is given."""

    frequency: AskFrequency


class _AskFunnel(TypedDict):
    steps: Sequence[AskFunnelStepOrName]


class AskFunnel(_AskFunnel, total=False):
    """`AskFunnel` as it is given."""

    conversion_window: int
    conversion_window_unit: Literal["second", "minute", "hour", "day", "week", "month", "session"]
    order: Literal["loose", "any"]
    exclusions: Sequence[AskExclusionOrName]
    holding_constant: Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]
    reentry_mode: Literal["default", "basic", "aggressive", "optimized"]


class _AskFunnelMetric(TypedDict):
    funnel: AskFunnelBehavior


class AskFunnelMetric(_AskFunnelMetric, total=False):
    """`AskFunnelMetric` as it is given."""

    math: Literal["conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "histogram"]
    property: AskProperty
    step_index: int
    label: str


class _AskFunnelStep(TypedDict):
    event: str


class AskFunnelStep(_AskFunnelStep, total=False):
    """`AskFunnelStep` as it is given."""

    label: str
    order: Literal["loose", "any"]
    filters: Union[AskEventFilter, Sequence[AskEventFilter]]
    filters_combinator: Literal["all", "any"]


class _AskHasProperty(TypedDict):
    has_property: str


class AskHasProperty(_AskHasProperty, total=False):
    """`AskHasProperty` as it is given."""

    value: Union[str, float, bool, Sequence[Union[str, float, bool]]]
    op: Literal["equals", "not_equals", "contains", "not_contains", "greater_than", "less_than", "is_set", "is_not_set"]
    type: Literal["string", "number", "boolean", "datetime", "list"]


class _AskHeldProperty(TypedDict):
    property: str


class AskHeldProperty(_AskHeldProperty, total=False):
    """`AskHeldProperty` as it is given."""

    resource_type: Literal["events", "people"]


class AskInCohort(TypedDict):
    """`AskInCohort` as it is given."""

    in_cohort: int


class _AskInlineCustomProperty(TypedDict):
    formula: str
    inputs: Mapping[str, Union[AskCustomPropertyInput, PropertyInput]]


class AskInlineCustomProperty(_AskInlineCustomProperty, total=False):
    """`AskInlineCustomProperty` as it is given."""

    property_type: Literal["string", "number", "boolean", "datetime"]
    resource_type: Literal["events", "people"]


class _AskListItem(TypedDict):
    sub: str


class AskListItem(_AskListItem, total=False):
    """`AskListItem` as it is given."""

    type: Literal["string", "number", "boolean", "datetime"]


class _AskListItemBreakdown(TypedDict):
    property: AskProperty
    list_item: Union[AskListItem, ListItemGroupMode]


class AskListItemBreakdown(_AskListItemBreakdown, total=False):
    """`AskListItemBreakdown` as it is given."""

    bucket_size: float
    bucket_min: float
    bucket_max: float


class AskNotInCohort(TypedDict):
    """`AskNotInCohort` as it is given."""

    not_in_cohort: int


class _AskPropertyBreakdown(TypedDict):
    property: AskProperty


class AskPropertyBreakdown(_AskPropertyBreakdown, total=False):
    """`AskPropertyBreakdown` as it is given."""

    type: Literal["string", "number", "boolean", "datetime"]
    bucket_size: float
    bucket_min: float
    bucket_max: float


class _AskPropertyFilter(TypedDict):
    property: AskProperty
    op: str


class AskPropertyFilter(_AskPropertyFilter, total=False):
    """`AskPropertyFilter` as it is given."""

    value: Union[str, float, bool, Sequence[Union[str, float, bool]]]
    unit: Literal["hour", "day", "week", "month"]
    type: Literal["string", "number", "boolean", "datetime", "list", "object"]
    resource_type: Literal["events", "people"]
    items: Sequence[Union[AskPropertyFilter, Filter]]
    quantifier: Literal["all", "any"]


class _AskRetention(TypedDict):
    born_event: AskRetentionEventOrName
    return_event: AskRetentionEventOrName


class AskRetention(_AskRetention, total=False):
    """`AskRetention` as it is given."""

    retention_unit: Literal["day", "week", "month"]
    alignment: Literal["birth", "interval_start"]
    bucket_sizes: Sequence[int]
    unbounded_mode: Literal["none", "carry_back", "carry_forward", "consecutive_forward"]


class _AskRetentionEvent(TypedDict):
    event: str


class AskRetentionEvent(_AskRetentionEvent, total=False):
    """`AskRetentionEvent` as it is given."""

    filters: Union[AskEventFilter, Sequence[AskEventFilter]]
    filters_combinator: Literal["all", "any"]


class _AskRetentionMetric(TypedDict):
    retention: AskRetentionBehavior


class AskRetentionMetric(_AskRetentionMetric, total=False):
    """`AskRetentionMetric` as it is given."""

    math: Literal["retention_rate", "unique", "total", "average"]
    bucket_index: int
    retention_cumulative: bool
    property: AskProperty
    label: str


class AskSavedBehavior(TypedDict):
    """`AskSavedBehavior` as it is given."""

    behavior: int
    type: Literal["simple", "funnel", "retention"]


class _AskSavedMetric(TypedDict):
    metric: int


class AskSavedMetric(_AskSavedMetric, total=False):
    """`AskSavedMetric` as it is given."""

    type: Literal["metric", "formula", "warehouse"]
    label: str
    math: Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary", "conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "retention_rate"]
    property: AskProperty
    per_user: Literal["total", "average", "min", "max", "unique_values"]
    percentile_value: float
    segment_method: Literal["all", "first"]
    funnel_order: Literal["loose", "any"]
    step_index: int
    bucket_index: int
    hidden: bool
    overrides: Mapping[str, Any]


class _AskTimeComparison(TypedDict):
    type: Literal["relative", "absolute-start", "absolute-end"]


class AskTimeComparison(_AskTimeComparison, total=False):
    """`AskTimeComparison` as it is given."""

    unit: Literal["day", "week", "month", "quarter", "year"]
    date: str


class _BlueprintCard(TypedDict):
    type: str


class BlueprintCard(_BlueprintCard, total=False):
    """`BlueprintCard` as it is given."""

    text_card_id: int
    bookmark_id: int
    markdown: str
    name: str
    params: Mapping[str, Any]


class BulkAnomalyEntry(TypedDict):
    """`BulkAnomalyEntry` as it is given."""

    id: int
    anomaly_class: str


class BulkEventUpdate(TypedDict, total=False):
    """`BulkEventUpdate` as it is given."""

    name: str
    id: int
    hidden: bool
    dropped: bool
    merged: bool
    verified: bool
    tags: Sequence[str]
    displayName: str
    contacts: Sequence[str]
    team_contacts: Sequence[str]


class _BulkPropertyUpdate(TypedDict):
    name: str
    resource_type: Literal["Event", "User"]


class BulkPropertyUpdate(_BulkPropertyUpdate, total=False):
    """`BulkPropertyUpdate` as it is given."""

    id: int
    hidden: bool
    dropped: bool
    sensitive: bool
    display_name: str
    example_value: str
    data_group_id: str


class BulkUpdateAnomalyParams(TypedDict):
    """`BulkUpdateAnomalyParams` as it is given."""

    anomalies: Sequence[BulkAnomalyEntry]
    status: str


class _BulkUpdateBookmarkEntry(TypedDict):
    id: int


class BulkUpdateBookmarkEntry(_BulkUpdateBookmarkEntry, total=False):
    """`BulkUpdateBookmarkEntry` as it is given."""

    name: str
    params: Mapping[str, Any]
    description: str
    icon: str
    is_visibility_restricted: bool
    is_modification_restricted: bool


class _BulkUpdateCohortEntry(TypedDict):
    id: int


class BulkUpdateCohortEntry(_BulkUpdateCohortEntry, total=False):
    """`BulkUpdateCohortEntry` as it is given."""

    definition: Mapping[str, Any]
    name: str
    description: str


class BulkUpdateEventsParams(TypedDict):
    """`BulkUpdateEventsParams` as it is given."""

    events: Sequence[BulkEventUpdate]


class BulkUpdatePropertiesParams(TypedDict):
    """`BulkUpdatePropertiesParams` as it is given."""

    properties: Sequence[BulkPropertyUpdate]


class _ComposedPropertyValueInput(TypedDict):
    resource_type: str


class ComposedPropertyValueInput(_ComposedPropertyValueInput, total=False):
    """`ComposedPropertyValueInput` as it is given."""

    type: str
    type_cast: str
    value: str
    label: str
    property_default_type: Literal["string", "number", "boolean", "datetime"]
    behavior: Any
    join_property_type: str


class _RcaSourceData(TypedDict):
    source_type: str


class RcaSourceData(_RcaSourceData, total=False):
    """`RcaSourceData` as it is given."""

    date: str
    metric_source: bool


class _ReplaceSchemaEnforcementParams(TypedDict):
    common_properties: Sequence[Mapping[str, Any]]
    user_properties: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    rule_event: str
    notification_emails: Sequence[str]


class ReplaceSchemaEnforcementParams(_ReplaceSchemaEnforcementParams, total=False):
    """`ReplaceSchemaEnforcementParams` as it is given."""

    schema_id: int


class _SchemaEntryInput(TypedDict):
    entity_type: str
    name: str
    schema_definition: Mapping[str, Any]


class SchemaEntryInput(_SchemaEntryInput, total=False):
    """`SchemaEntryInput` as it is given."""

    version: str


class UpdateSchemaEnforcementParams(TypedDict, total=False):
    """`UpdateSchemaEnforcementParams` as it is given."""

    notification_emails: Sequence[str]
    rule_event: str
    events: Sequence[str]
    properties: Mapping[str, Sequence[str]]


AskAnchorOrName = Union[str, Union["AskAnchor", "FlowStep"]]


AskBornEvent = Union[str, Union["AskSavedBehavior", "BehaviorRef"], Union["AskRetentionEvent", "RetentionEvent"]]


AskBreakdown = Union[str, Union["AskListItemBreakdown", "GroupBy"], Union["AskPropertyBreakdown", "GroupBy"], Union["AskCohortBreakdown", "CohortBreakdown"], Union["AskFrequencyBreakdown", "FrequencyBreakdown"]]


AskCohort = Union[int, Union["AskAllOf", "CohortDefinition"], Union["AskAnyOf", "CohortDefinition"]]


AskCriterion = Union[Union["AskAllOf", "CohortDefinition"], Union["AskAnyOf", "CohortDefinition"], Union["AskDid", "CohortCriteria"], Union["AskDidNot", "CohortCriteria"], Union["AskHasProperty", "CohortCriteria"], Union["AskInCohort", "CohortCriteria"], Union["AskNotInCohort", "CohortCriteria"]]


AskCustomPropertyDefinition = Union[int, "AskInlineCustomProperty"]


AskEvent = Union[str, Sequence["AskNamedEvent"], Union["AskCustomEvent", "CustomEventRef"], Union["AskAnyEvent", "SimpleBehavior"], Union["AskSavedBehavior", "BehaviorRef"]]


AskEventFilter = Union[Union["AskPropertyFilter", "Filter"], Union["AskCohortFilter", "Filter"]]


AskExclusionOrName = Union[str, Union["AskExclusion", "Exclusion"]]


AskFilter = Union[Union["AskPropertyFilter", "Filter"], Union["AskCohortFilter", "Filter"], Union["AskFrequencyFilter", "FrequencyFilter"]]


AskFlowFilter = Union[Union["AskPropertyFilter", "Filter"], Union["AskCohortFilter", "Filter"]]


AskFunnelBehavior = Union[Union["AskSavedBehavior", "BehaviorRef"], Union["AskFunnel", "FunnelBehavior"]]


AskFunnelStepOrName = Union[str, Union["AskFunnelStep", "FunnelStep"]]


AskFunnelSteps = Union[Sequence["AskFunnelStepOrName"], Union["AskSavedBehavior", "BehaviorRef"]]


AskGroupedEvent = Union[str, Union["AskCustomEvent", "CustomEventRef"], Union["AskFunnelStep", "FunnelStep"]]


AskHeldPropertyOrName = Union[str, Union["AskHeldProperty", "HoldingConstant"]]


AskMetric = Union[str, Union["AskFormula", "Formula"], Union["AskEventMetric", "Metric"], Union["AskCohortMetric", "CohortMetric"], Union["AskFunnelMetric", "FunnelMetric"], Union["AskRetentionMetric", "RetentionMetric"], Union["AskSavedMetric", "MetricRef"]]


AskNamedEvent = Union[str, Union["AskCustomEvent", "CustomEventRef"]]


AskOperand = Union[Union["AskFormula", "Formula"], Union["AskEventMetric", "Metric"], Union["AskCohortMetric", "CohortMetric"], Union["AskFunnelMetric", "FunnelMetric"], Union["AskRetentionMetric", "RetentionMetric"], Union["AskSavedMetric", "MetricRef"]]


AskProperty = Union[str, Union["AskCustomProperty", "CustomPropertyRef", "InlineCustomProperty"]]


AskRetentionBehavior = Union[Union["AskSavedBehavior", "BehaviorRef"], Union["AskRetention", "RetentionBehavior"]]


AskRetentionEventOrName = Union[str, Union["AskRetentionEvent", "RetentionEvent"]]


AskReturnEvent = Union[str, Union["AskRetentionEvent", "RetentionEvent"]]


AskUsersFilter = Union[Union["AskPropertyFilter", "Filter"], Union["AskCohortFilter", "Filter"]]


AskUsersWhere = Union[str, Sequence["AskUsersFilter"], Union["AskPropertyFilter", "Filter"], Union["AskCohortFilter", "Filter"]]


class BlueprintFinishParams(TypedDict):
    """`BlueprintFinishParams`: arguments in one object."""

    dashboard_id: int
    cards: Sequence[BlueprintCard]


class _BulkCreateSchemasParams(TypedDict):
    entries: Sequence[SchemaEntryInput]


class BulkCreateSchemasParams(_BulkCreateSchemasParams, total=False):
    """`BulkCreateSchemasParams`: arguments in one object."""

    truncate: bool
    entity_type: str


class BulkUpdateSchemasParams(TypedDict):
    """`BulkUpdateSchemasParams`: arguments in one object."""

    entries: Sequence[SchemaEntryInput]


class _CreateAlertParams(TypedDict):
    bookmark_id: int
    name: str
    condition: Mapping[str, Any]
    frequency: int


class CreateAlertParams(_CreateAlertParams, total=False):
    """`CreateAlertParams`: arguments in one object."""

    paused: bool
    subscriptions: Sequence[Mapping[str, Any]]
    notification_windows: Mapping[str, Any]


class _CreateAnnotationParams(TypedDict):
    date: str
    description: str


class CreateAnnotationParams(_CreateAnnotationParams, total=False):
    """`CreateAnnotationParams`: arguments in one object."""

    tags: Sequence[int]
    user_id: int


class CreateAnnotationTagParams(TypedDict):
    """`CreateAnnotationTagParams`: arguments in one object."""

    name: str


class _CreateBehaviorParams(TypedDict):
    behavior: Mapping[str, Any]
    name: str


class CreateBehaviorParams(_CreateBehaviorParams, total=False):
    """`CreateBehaviorParams`: arguments in one object."""

    description: str
    no_validate: bool


class _CreateBookmarkParams(TypedDict):
    bookmark_type: Literal["insights", "funnels", "retention", "flows", "user"]
    name: str
    params: Mapping[str, Any]
    dashboard_id: int


class CreateBookmarkParams(_CreateBookmarkParams, total=False):
    """`CreateBookmarkParams`: arguments in one object."""

    description: str


class _CreateCohortParams(TypedDict):
    name: str


class CreateCohortParams(_CreateCohortParams, total=False):
    """`CreateCohortParams`: arguments in one object."""

    description: str
    data_group_id: str
    definition: Mapping[str, Any]


class CreateCustomEventParams(TypedDict):
    """`CreateCustomEventParams`: arguments in one object."""

    alternatives: Sequence[str]
    name: str


class _CreateCustomPropertyParams(TypedDict):
    name: str
    resource_type: Literal["events", "people", "group_profiles"]


class CreateCustomPropertyParams(_CreateCustomPropertyParams, total=False):
    """`CreateCustomPropertyParams`: arguments in one object."""

    display_formula: str
    composed_properties: Mapping[str, ComposedPropertyValueInput]
    behavior: Mapping[str, Any]
    description: str


class _CreateDashboardParams(TypedDict):
    title: str


class CreateDashboardParams(_CreateDashboardParams, total=False):
    """`CreateDashboardParams`: arguments in one object."""

    is_private: bool
    is_restricted: bool
    description: str
    duplicate: int


class _CreateDeletionRequestParams(TypedDict):
    event_name: str
    from_date: str
    to_date: str


class CreateDeletionRequestParams(_CreateDeletionRequestParams, total=False):
    """`CreateDeletionRequestParams`: arguments in one object."""

    filters: Mapping[str, Any]


class CreateDropFilterParams(TypedDict):
    """`CreateDropFilterParams`: arguments in one object."""

    event_name: str
    filters: Any


class _CreateExperimentParams(TypedDict):
    name: str


class CreateExperimentParams(_CreateExperimentParams, total=False):
    """`CreateExperimentParams`: arguments in one object."""

    description: str
    hypothesis: str
    settings: Mapping[str, Any]


class _CreateFeatureFlagParams(TypedDict):
    name: str
    key: str


class CreateFeatureFlagParams(_CreateFeatureFlagParams, total=False):
    """`CreateFeatureFlagParams`: arguments in one object."""

    description: str
    status: Literal["enabled", "disabled", "archived"]
    tags: Sequence[str]
    serving_method: Literal["client", "server", "remote_or_local", "remote_only"]
    ruleset: Mapping[str, Any]


class _CreateMetricParams(TypedDict):
    definition: Mapping[str, Any]
    name: str


class CreateMetricParams(_CreateMetricParams, total=False):
    """`CreateMetricParams`: arguments in one object."""

    owned_by: int
    kind: Literal["metric", "formula", "warehouse"]
    warehouse_source_id: int
    description: str
    verified: bool
    no_validate: bool


class CreateRcaDashboardParams(TypedDict):
    """`CreateRcaDashboardParams`: arguments in one object."""

    rca_source_id: int
    rca_source_data: RcaSourceData


class CreateTagParams(TypedDict):
    """`CreateTagParams`: arguments in one object."""

    name: str


class _CreateWebhookParams(TypedDict):
    name: str
    url: str


class CreateWebhookParams(_CreateWebhookParams, total=False):
    """`CreateWebhookParams`: arguments in one object."""

    auth_type: Literal["basic"]
    username: str
    password: str


class DuplicateExperimentParams(TypedDict):
    """`DuplicateExperimentParams`: arguments in one object."""

    name: str


class _ExperimentDecideParams(TypedDict):
    success: bool


class ExperimentDecideParams(_ExperimentDecideParams, total=False):
    """`ExperimentDecideParams`: arguments in one object."""

    variant: str
    message: str


class InitSchemaEnforcementParams(TypedDict):
    """`InitSchemaEnforcementParams`: arguments in one object."""

    rule_event: str


class _MarkLookupTableReadyParams(TypedDict):
    name: str
    key: str


class MarkLookupTableReadyParams(_MarkLookupTableReadyParams, total=False):
    """`MarkLookupTableReadyParams`: arguments in one object."""

    data_group_id: int


class _PreviewDeletionFiltersParams(TypedDict):
    event_name: str
    from_date: str
    to_date: str


class PreviewDeletionFiltersParams(_PreviewDeletionFiltersParams, total=False):
    """`PreviewDeletionFiltersParams`: arguments in one object."""

    filters: Mapping[str, Any]


class SetTestUsersParams(TypedDict):
    """`SetTestUsersParams`: arguments in one object."""

    users: Mapping[str, str]


class _TestAlertParams(TypedDict):
    bookmark_id: int
    name: str
    condition: Mapping[str, Any]
    frequency: int


class TestAlertParams(_TestAlertParams, total=False):
    """`TestAlertParams`: arguments in one object."""

    subscriptions: Sequence[Mapping[str, Any]]


class UpdateAlertParams(TypedDict, total=False):
    """`UpdateAlertParams`: arguments in one object."""

    name: str
    bookmark_id: int
    condition: Mapping[str, Any]
    frequency: int
    paused: bool
    subscriptions: Sequence[Mapping[str, Any]]
    notification_windows: Mapping[str, Any]


class UpdateAnnotationParams(TypedDict, total=False):
    """`UpdateAnnotationParams`: arguments in one object."""

    description: str
    tags: Sequence[int]


class UpdateAnomalyParams(TypedDict):
    """`UpdateAnomalyParams`: arguments in one object."""

    id: int
    status: str
    anomaly_class: str


class UpdateBehaviorParams(TypedDict, total=False):
    """`UpdateBehaviorParams`: arguments in one object."""

    behavior: Mapping[str, Any]
    name: str
    description: str
    verified: bool
    no_validate: bool


class UpdateBookmarkParams(TypedDict, total=False):
    """`UpdateBookmarkParams`: arguments in one object."""

    name: str
    params: Mapping[str, Any]
    description: str


class UpdateCohortParams(TypedDict, total=False):
    """`UpdateCohortParams`: arguments in one object."""

    name: str
    description: str
    definition: Mapping[str, Any]


class UpdateCustomEventParams(TypedDict, total=False):
    """`UpdateCustomEventParams`: arguments in one object."""

    name: str
    hidden: bool
    dropped: bool
    description: str
    verified: bool


class UpdateCustomPropertyParams(TypedDict, total=False):
    """`UpdateCustomPropertyParams`: arguments in one object."""

    name: str
    description: str
    display_formula: str
    composed_properties: Mapping[str, ComposedPropertyValueInput]
    is_locked: bool
    is_visible: bool


class UpdateDashboardParams(TypedDict, total=False):
    """`UpdateDashboardParams`: arguments in one object."""

    is_private: bool
    is_restricted: bool
    title: str
    description: str


class _UpdateDropFilterParams(TypedDict):
    id: int


class UpdateDropFilterParams(_UpdateDropFilterParams, total=False):
    """`UpdateDropFilterParams`: arguments in one object."""

    event_name: str
    filters: Any
    active: bool


class UpdateEventDefinitionParams(TypedDict, total=False):
    """`UpdateEventDefinitionParams`: arguments in one object."""

    hidden: bool
    dropped: bool
    verified: bool
    display_name: str
    description: str
    tags: Sequence[str]


class UpdateExperimentParams(TypedDict, total=False):
    """`UpdateExperimentParams`: arguments in one object."""

    name: str
    description: str
    hypothesis: str
    variants: Any
    metrics: Any
    settings: Mapping[str, Any]
    tags: Sequence[str]


class _UpdateFeatureFlagParams(TypedDict):
    name: str
    key: str
    status: Literal["enabled", "disabled", "archived"]
    ruleset: Mapping[str, Any]


class UpdateFeatureFlagParams(_UpdateFeatureFlagParams, total=False):
    """`UpdateFeatureFlagParams`: arguments in one object."""

    description: str
    tags: Sequence[str]
    context: str
    serving_method: Literal["client", "server", "remote_or_local", "remote_only"]


class UpdateLookupTableParams(TypedDict):
    """`UpdateLookupTableParams`: arguments in one object."""

    name: str


class UpdateMetricParams(TypedDict, total=False):
    """`UpdateMetricParams`: arguments in one object."""

    definition: Mapping[str, Any]
    owned_by: int
    name: str
    description: str
    kind: Literal["metric", "formula", "warehouse"]
    warehouse_source_id: int
    verified: bool
    no_validate: bool


class UpdatePropertyDefinitionParams(TypedDict, total=False):
    """`UpdatePropertyDefinitionParams`: arguments in one object."""

    hidden: bool
    dropped: bool
    sensitive: bool
    display_name: str
    description: str
    example_value: str
    resource_type: Literal["Event", "User"]


class UpdateReportLinkParams(TypedDict):
    """`UpdateReportLinkParams`: arguments in one object."""

    link_type: str


class UpdateTagParams(TypedDict):
    """`UpdateTagParams`: arguments in one object."""

    name: str


class UpdateTextCardParams(TypedDict, total=False):
    """`UpdateTextCardParams`: arguments in one object."""

    markdown: str


class UpdateWebhookParams(TypedDict, total=False):
    """`UpdateWebhookParams`: arguments in one object."""

    is_enabled: bool
    name: str
    url: str
    auth_type: Literal["basic"]
    username: str
    password: str


class _UploadLookupTableParams(TypedDict):
    name: str
    file_path: str


class UploadLookupTableParams(_UploadLookupTableParams, total=False):
    """`UploadLookupTableParams`: arguments in one object."""

    data_group_id: int


class ValidateAlertsForBookmarkParams(TypedDict):
    """`ValidateAlertsForBookmarkParams`: arguments in one object."""

    alert_ids: Sequence[int]
    bookmark_type: Literal["insights", "funnels"]
    bookmark_params: Mapping[str, Any]


class _ValidateCustomPropertyParams(TypedDict):
    name: str
    resource_type: Literal["events", "people", "group_profiles"]


class ValidateCustomPropertyParams(_ValidateCustomPropertyParams, total=False):
    """`ValidateCustomPropertyParams`: arguments in one object."""

    display_formula: str
    composed_properties: Mapping[str, ComposedPropertyValueInput]
    behavior: Mapping[str, Any]


class _WebhookTestParams(TypedDict):
    url: str


class WebhookTestParams(_WebhookTestParams, total=False):
    """`WebhookTestParams`: arguments in one object."""

    name: str
    auth_type: Literal["basic"]
    username: str
    password: str


__all__ = [
    "ActivityFeedResult",
    "AlertBookmark",
    "AlertCount",
    "AlertCreator",
    "AlertHistoryPagination",
    "AlertHistoryResponse",
    "AlertProject",
    "AlertScreenshotResponse",
    "AlertValidation",
    "AlertWorkspace",
    "Annotation",
    "AnnotationTag",
    "AnnotationUser",
    "AuditResponse",
    "AuditViolation",
    "BlueprintConfig",
    "BlueprintTemplate",
    "Bookmark",
    "BookmarkHistoryPagination",
    "BookmarkHistoryResponse",
    "BookmarkInfo",
    "BookmarkMetadata",
    "BulkCreateSchemasResponse",
    "BulkPatchResult",
    "BusinessContext",
    "BusinessContextChain",
    "Cohort",
    "CohortCreator",
    "CohortInfo",
    "ComposedPropertyValue",
    "CustomAlert",
    "CustomEvent",
    "CustomEventAlternative",
    "CustomProperty",
    "Dashboard",
    "DataVolumeAnomaly",
    "DeleteSchemasResponse",
    "DownloadUrl",
    "DropFilter",
    "DropFilterLimitsResponse",
    "EventCountsResult",
    "EventDefinition",
    "EventDeletionRequest",
    "Experiment",
    "ExperimentCreator",
    "FeatureFlag",
    "FlagHistoryResponse",
    "FlagLimitsResponse",
    "FlowQueryResult",
    "FlowsResult",
    "FrequencyResult",
    "FunnelInfo",
    "FunnelQueryResult",
    "FunnelResult",
    "FunnelResultStep",
    "LexiconSchema",
    "LexiconSchemaInfo",
    "LexiconTag",
    "LookupTable",
    "LookupTableUploadStatus",
    "LookupTableUploadUrl",
    "NumericAverageResult",
    "NumericBucketResult",
    "NumericSumResult",
    "ProjectWebhook",
    "PropertyCountsResult",
    "PropertyDefinition",
    "QueryResult",
    "Replay",
    "ReplayAnalysis",
    "ReplayBundle",
    "ReplayEvent",
    "ReplaySummary",
    "ReportLink",
    "ResolvedReport",
    "RetentionQueryResult",
    "RetentionResult",
    "SavedBehavior",
    "SavedCohort",
    "SavedMetric",
    "SavedReportResult",
    "SchemaEnforcementConfig",
    "SchemaEntry",
    "SchemaGraphResult",
    "SegmentationResult",
    "SignedReplay",
    "SubPropertyInfo",
    "TopEvent",
    "UserEvent",
    "UserQueryResult",
    "ValidateAlertsForBookmarkResponse",
    "WebhookMutationResult",
    "WebhookTestResult",
    "AskAllOf",
    "AskAnchor",
    "AskAnyEvent",
    "AskAnyOf",
    "AskCohortBreakdown",
    "AskCohortFilter",
    "AskCohortMetric",
    "AskCustomEvent",
    "AskCustomProperty",
    "AskCustomPropertyInput",
    "AskDid",
    "AskDidNot",
    "AskEventMetric",
    "AskExclusion",
    "AskFormula",
    "AskFrequency",
    "AskFrequencyBreakdown",
    "AskFrequencyBuckets",
    "AskFrequencyFilter",
    "AskFunnel",
    "AskFunnelMetric",
    "AskFunnelStep",
    "AskHasProperty",
    "AskHeldProperty",
    "AskInCohort",
    "AskInlineCustomProperty",
    "AskListItem",
    "AskListItemBreakdown",
    "AskNotInCohort",
    "AskPropertyBreakdown",
    "AskPropertyFilter",
    "AskRetention",
    "AskRetentionEvent",
    "AskRetentionMetric",
    "AskSavedBehavior",
    "AskSavedMetric",
    "AskTimeComparison",
    "BlueprintCard",
    "BulkAnomalyEntry",
    "BulkEventUpdate",
    "BulkPropertyUpdate",
    "BulkUpdateAnomalyParams",
    "BulkUpdateBookmarkEntry",
    "BulkUpdateCohortEntry",
    "BulkUpdateEventsParams",
    "BulkUpdatePropertiesParams",
    "ComposedPropertyValueInput",
    "RcaSourceData",
    "ReplaceSchemaEnforcementParams",
    "SchemaEntryInput",
    "UpdateSchemaEnforcementParams",
    "AskAnchorOrName",
    "AskBornEvent",
    "AskBreakdown",
    "AskCohort",
    "AskCriterion",
    "AskCustomPropertyDefinition",
    "AskEvent",
    "AskEventFilter",
    "AskExclusionOrName",
    "AskFilter",
    "AskFlowFilter",
    "AskFunnelBehavior",
    "AskFunnelStepOrName",
    "AskFunnelSteps",
    "AskGroupedEvent",
    "AskHeldPropertyOrName",
    "AskMetric",
    "AskNamedEvent",
    "AskOperand",
    "AskProperty",
    "AskRetentionBehavior",
    "AskRetentionEventOrName",
    "AskReturnEvent",
    "AskUsersFilter",
    "AskUsersWhere",
    "BlueprintFinishParams",
    "BulkCreateSchemasParams",
    "BulkUpdateSchemasParams",
    "CreateAlertParams",
    "CreateAnnotationParams",
    "CreateAnnotationTagParams",
    "CreateBehaviorParams",
    "CreateBookmarkParams",
    "CreateCohortParams",
    "CreateCustomEventParams",
    "CreateCustomPropertyParams",
    "CreateDashboardParams",
    "CreateDeletionRequestParams",
    "CreateDropFilterParams",
    "CreateExperimentParams",
    "CreateFeatureFlagParams",
    "CreateMetricParams",
    "CreateRcaDashboardParams",
    "CreateTagParams",
    "CreateWebhookParams",
    "DuplicateExperimentParams",
    "ExperimentDecideParams",
    "InitSchemaEnforcementParams",
    "MarkLookupTableReadyParams",
    "PreviewDeletionFiltersParams",
    "SetTestUsersParams",
    "TestAlertParams",
    "UpdateAlertParams",
    "UpdateAnnotationParams",
    "UpdateAnomalyParams",
    "UpdateBehaviorParams",
    "UpdateBookmarkParams",
    "UpdateCohortParams",
    "UpdateCustomEventParams",
    "UpdateCustomPropertyParams",
    "UpdateDashboardParams",
    "UpdateDropFilterParams",
    "UpdateEventDefinitionParams",
    "UpdateExperimentParams",
    "UpdateFeatureFlagParams",
    "UpdateLookupTableParams",
    "UpdateMetricParams",
    "UpdatePropertyDefinitionParams",
    "UpdateReportLinkParams",
    "UpdateTagParams",
    "UpdateTextCardParams",
    "UpdateWebhookParams",
    "UploadLookupTableParams",
    "ValidateAlertsForBookmarkParams",
    "ValidateCustomPropertyParams",
    "WebhookTestParams",
]
