//! What code makes of answers: the results of queries, and what discovery finds. Callers read it here; `shape/` makes it.

use crate::operation::{Field, Model, Of};

const FROM: Field = Field::new("from_date", Of::Text).required();
const TO: Field = Field::new("to_date", Of::Text).required();
const UNIT: Field = Field::new("unit", Of::Text);
const EVENT: Field = Field::new("event", Of::Text).required();
const PROPERTY_EXPR: Field = Field::new("property_expr", Of::Text).required();
const COMPUTED_AT: Field = Field::new("computed_at", Of::Text);
/// Where Mixpanel shows the report, if that was asked for; or why there is no link.
const REPORT_URL: Field = Field::new("report_url", Of::Text);
const REPORT_URL_ERROR: Field = Field::new("report_url_error", Of::Text);

/// `SegmentationResult`.
pub(crate) const SEGMENTATION_RESULT: Model = Model::new(
    "SegmentationResult",
    &[
        EVENT,
        FROM,
        TO,
        UNIT,
        Field::new("segment_property", Of::Text),
        Field::new("total", Of::Number).required(),
        Field::new("series", Of::Object).required(),
        REPORT_URL,
        REPORT_URL_ERROR,
    ],
)
.closed();

/// `FunnelResult`.
pub(crate) const FUNNEL_RESULT: Model = Model::new(
    "FunnelResult",
    &[
        Field::new("funnel_id", Of::Int).required(),
        Field::new("funnel_name", Of::Text),
        FROM,
        TO,
        Field::new("conversion_rate", Of::Number).required(),
        Field::new("steps", Of::List(&FUNNEL_RESULT_STEP)).required(),
        REPORT_URL,
        REPORT_URL_ERROR,
    ],
)
.closed();

/// `FunnelResultStep`.
const FUNNEL_RESULT_STEP: Model = Model::new(
    "FunnelResultStep",
    &[EVENT, Field::new("count", Of::Number).required(), Field::new("conversion_rate", Of::Number).required()],
)
.closed();

/// `RetentionResult`.
pub(crate) const RETENTION_RESULT: Model = Model::new(
    "RetentionResult",
    &[
        Field::new("born_event", Of::Text).required(),
        Field::new("return_event", Of::Text).required(),
        FROM,
        TO,
        UNIT,
        Field::new("cohorts", Of::List(&COHORT_INFO)).required(),
    ],
)
.closed();

/// `CohortInfo`.
const COHORT_INFO: Model = Model::new(
    "CohortInfo",
    &[
        Field::new("date", Of::Text).required(),
        Field::new("size", Of::Number).required(),
        Field::new("retention", Of::Values).required(),
    ],
)
.closed();

/// `EventCountsResult`.
pub(crate) const EVENT_COUNTS_RESULT: Model = Model::new(
    "EventCountsResult",
    &[
        Field::new("events", Of::Texts).required(),
        FROM,
        TO,
        UNIT,
        Field::new("type", Of::Text),
        Field::new("series", Of::Object).required(),
    ],
)
.closed();

/// `PropertyCountsResult`.
pub(crate) const PROPERTY_COUNTS_RESULT: Model = Model::new(
    "PropertyCountsResult",
    &[
        EVENT,
        Field::new("property_name", Of::Text).required(),
        FROM,
        TO,
        UNIT,
        Field::new("type", Of::Text),
        Field::new("series", Of::Object).required(),
    ],
)
.closed();

/// `ActivityFeedResult`.
pub(crate) const ACTIVITY_FEED_RESULT: Model = Model::new(
    "ActivityFeedResult",
    &[
        Field::new("distinct_ids", Of::Texts).required(),
        Field::new("from_date", Of::Text),
        Field::new("to_date", Of::Text),
        Field::new("event_count", Of::Int).required(),
        Field::new("events", Of::List(&USER_EVENT)).required(),
        Field::new("sentinel_event", Of::Object),
    ],
)
.closed();

/// `UserEvent`.
const USER_EVENT: Model = Model::new(
    "UserEvent",
    &[
        Field::new("event", Of::Text),
        Field::new("time", Of::Text).required(),
        Field::new("properties", Of::Object).required(),
    ],
)
.closed();

/// `SavedReportResult`.
pub(crate) const SAVED_REPORT_RESULT: Model = Model::new(
    "SavedReportResult",
    &[
        Field::new("bookmark_id", Of::Int).required(),
        COMPUTED_AT,
        FROM,
        TO,
        Field::new("headers", Of::Values),
        Field::new("series", Of::Any),
        Field::new("report_type", Of::Text).required(),
        REPORT_URL,
        REPORT_URL_ERROR,
    ],
)
.closed();

/// `FlowsResult`.
pub(crate) const FLOWS_RESULT: Model = Model::new(
    "FlowsResult",
    &[
        Field::new("bookmark_id", Of::Int).required(),
        COMPUTED_AT,
        Field::new("steps", Of::Values),
        Field::new("breakdowns", Of::Values),
        Field::new("overall_conversion_rate", Of::Number),
        Field::new("metadata", Of::Object),
        REPORT_URL,
        REPORT_URL_ERROR,
    ],
)
.closed();

/// `FrequencyResult`.
pub(crate) const FREQUENCY_RESULT: Model = Model::new(
    "FrequencyResult",
    &[
        Field::new("event", Of::Text),
        FROM,
        TO,
        UNIT,
        Field::new("addiction_unit", Of::Text),
        Field::new("data", Of::Object).required(),
    ],
)
.closed();

/// `NumericBucketResult`.
pub(crate) const NUMERIC_BUCKET_RESULT: Model = Model::new(
    "NumericBucketResult",
    &[EVENT, FROM, TO, PROPERTY_EXPR, UNIT, Field::new("series", Of::Object).required()],
)
.closed();

/// `NumericSumResult`.
pub(crate) const NUMERIC_SUM_RESULT: Model = Model::new(
    "NumericSumResult",
    &[EVENT, FROM, TO, PROPERTY_EXPR, UNIT, Field::new("results", Of::Object).required(), COMPUTED_AT],
)
.closed();

/// `NumericAverageResult`.
pub(crate) const NUMERIC_AVERAGE_RESULT: Model = Model::new(
    "NumericAverageResult",
    &[EVENT, FROM, TO, PROPERTY_EXPR, UNIT, Field::new("results", Of::Object).required()],
)
.closed();

/// `QueryResult`: of any report that is run by its parameters; which of the fields there are depends on its type.
pub(crate) const QUERY_RESULT: Model = Model::new(
    "QueryResult",
    &[
        COMPUTED_AT,
        Field::new("from_date", Of::Text),
        Field::new("to_date", Of::Text),
        Field::new("headers", Of::Values),
        Field::new("series", Of::Any),
        Field::new("params", Of::Any),
        Field::new("meta", Of::Any),
    ],
);

/// `ResolvedReport`: what a link leads to; after a run, a result in its place.
pub(crate) const RESOLVED_REPORT: Model = Model::new(
    "ResolvedReport",
    &[
        Field::new("source", Of::Text),
        Field::new("report_type", Of::Text),
        Field::new("params", Of::Any),
        Field::new("project_id", Of::Int),
        Field::new("workspace_id", Of::Int),
        Field::new("region", Of::Text),
        Field::new("url", Of::Text),
        Field::new("slug", Of::Text),
        Field::new("bookmark_id", Of::Int),
        Field::new("bookmark", Of::Object),
        Field::new("name", Of::Text),
        Field::new("description", Of::Text),
        Field::new("input", Of::Text),
        Field::new("expanded_url", Of::Text),
        Field::new("overrides", Of::Any),
    ],
);

/// `ReportLink`.
pub(crate) const REPORT_LINK: Model = Model::new(
    "ReportLink",
    &[
        Field::new("url", Of::Text).required(),
        Field::new("slug", Of::Text).required(),
        Field::new("report_type", Of::Text).required(),
        Field::new("project_id", Of::Int),
        Field::new("workspace_id", Of::Int),
        Field::new("name", Of::Text),
        Field::new("description", Of::Text),
        Field::new("bookmark_id", Of::Int),
        Field::new("created_at", Of::Text),
    ],
);

/// `SubPropertyInfo`.
pub(crate) const SUB_PROPERTY_INFO: Model = Model::new(
    "SubPropertyInfo",
    &[
        Field::new("name", Of::Text).required(),
        Field::new("type", Of::Text).required(),
        Field::new("sample_values", Of::Values).required(),
    ],
)
.closed();

/// `FunnelInfo`.
pub(crate) const FUNNEL_INFO: Model =
    Model::new("FunnelInfo", &[Field::new("funnel_id", Of::Int).required(), Field::new("name", Of::Text).required()])
        .closed();

/// `SavedCohort`.
pub(crate) const SAVED_COHORT: Model = Model::new(
    "SavedCohort",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("count", Of::Int),
        Field::new("description", Of::Text),
    ],
)
.closed();

/// `TopEvent`.
pub(crate) const TOP_EVENT: Model = Model::new(
    "TopEvent",
    &[EVENT, Field::new("count", Of::Number).required(), Field::new("percent_change", Of::Number)],
)
.closed();

/// `BookmarkInfo`.
pub(crate) const BOOKMARK_INFO: Model = Model::new(
    "BookmarkInfo",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("type", Of::Text).required(),
        Field::new("modified", Of::Text),
    ],
)
.closed();

/// `LexiconSchemaInfo`.
pub(crate) const LEXICON_SCHEMA_INFO: Model = Model::new(
    "LexiconSchemaInfo",
    &[
        Field::new("entity_type", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("property_count", Of::Int).required(),
        Field::new("description", Of::Text),
    ],
)
.closed();

/// `LexiconSchema`.
pub(crate) const LEXICON_SCHEMA: Model = Model::new(
    "LexiconSchema",
    &[
        Field::new("entity_type", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("schema_json", Of::Object).required(),
    ],
)
.closed();

/// `SchemaGraphResult`.
pub(crate) const SCHEMA_GRAPH_RESULT: Model = Model::new(
    "SchemaGraphResult",
    &[
        COMPUTED_AT,
        Field::new("events", Of::Values),
        Field::new("properties", Of::Values),
        Field::new("user_properties", Of::Values),
        Field::new("event_to_properties", Of::ListsByName),
        Field::new("property_to_events", Of::ListsByName),
        Field::new("meta", Of::Object),
    ],
);

/// `BusinessContext`.
pub(crate) const BUSINESS_CONTEXT: Model = Model::new(
    "BusinessContext",
    &[
        Field::new("level", Of::Word(&["organization", "project"])).required(),
        Field::new("content", Of::Text).required(),
        Field::new("organization_id", Of::Int),
        Field::new("project_id", Of::Text),
        Field::new("is_empty", Of::Bool).required(),
        Field::new("character_count", Of::Int).required(),
    ],
)
.closed();

/// `BusinessContextChain`.
pub(crate) const BUSINESS_CONTEXT_CHAIN: Model = Model::new(
    "BusinessContextChain",
    &[
        Field::new("organization", Of::One(&BUSINESS_CONTEXT)).required(),
        Field::new("project", Of::One(&BUSINESS_CONTEXT)).required(),
    ],
)
.closed();

/// `DownloadUrl`.
pub(crate) const DOWNLOAD_URL: Model = Model::new("DownloadUrl", &[Field::new("url", Of::Text).required()]).closed();

/// `ReplaySummary`.
pub(crate) const REPLAY_SUMMARY: Model = Model::new(
    "ReplaySummary",
    &[
        Field::new("replay_id", Of::Text).required(),
        Field::new("distinct_id", Of::Text),
        Field::new("project_id", Of::Any),
        Field::new("start_time", Of::Any),
        Field::new("retention_days", Of::Any),
    ],
);

/// `ReplayEvent`.
pub(crate) const REPLAY_EVENT: Model = Model::new(
    "ReplayEvent",
    &[
        Field::new("replay_id", Of::Text).required(),
        Field::new("event_name", Of::Text),
        Field::new("event_time", Of::Any),
        Field::new("properties", Of::Object),
    ],
);

/// `ReplayAnalysis`.
pub(crate) const REPLAY_ANALYSIS: Model = Model::new(
    "ReplayAnalysis",
    &[Field::new("text", Of::Text).required(), Field::new("actions", Of::Values).required()],
);

/// `Replay`.
pub(crate) const REPLAY: Model =
    Model::new("Replay", &[Field::new("summary", Of::Text).required(), Field::new("events", Of::Values).required()]);

/// `ReplayBundle`.
pub(crate) const REPLAY_BUNDLE: Model = Model::new(
    "ReplayBundle",
    &[
        Field::new("text", Of::Text).required(),
        Field::new("recordings", Of::Values).required(),
        Field::new("files", Of::Any),
        Field::new("written", Of::Text),
    ],
);

/// `SignedReplay`.
pub(crate) const SIGNED_REPLAY: Model = Model::new(
    "SignedReplay",
    &[
        Field::new("replay_id", Of::Text).required(),
        Field::new("url", Of::Text),
        Field::new("query_string", Of::Text),
        Field::new("env", Of::Text),
        Field::new("signed_at", Of::Any),
        Field::new("expires_at", Of::Any),
    ],
);
