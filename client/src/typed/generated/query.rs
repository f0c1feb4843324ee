//! The operations of `query`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{ActivityFeedResult, EventCountsResult, FlowsResult, FrequencyResult, FunnelResult, NumericAverageResult, NumericBucketResult, NumericSumResult, PropertyCountsResult, RetentionResult, SavedReportResult, SegmentationResult};

calls! {
    /// Count an event over time, optionally split by a property.
    ///
    /// * `event`: Event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    segmentation SegmentationCall = "query.segmentation" -> SegmentationResult, answer {
        first event: text = "event";
        first from_date: text = "from";
        first to_date: text = "to";
        /// Unit of time; else day: `day`, `week`, `month`.
        option unit: text = "unit";
        /// Property to split by, or an expression.
        option on: text = "on";
        /// Only events for which this expression is true.
        option where_: text = "where";
        /// Add a link to the report in Mixpanel.
        option link: flag = "link";
    }

    /// Run a saved funnel.
    ///
    /// * `funnel_id`: Id of the funnel.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    funnel FunnelCall = "query.funnel" -> FunnelResult, answer {
        first funnel_id: int = "funnel_id";
        first from_date: text = "from";
        first to_date: text = "to";
        /// Unit of time.
        option unit: text = "unit";
        /// Expression to split by.
        option on: text = "on";
        /// Add a link to the report in Mixpanel.
        option link: flag = "link";
    }

    /// Run a retention query.
    ///
    /// * `born_event`: Event that makes a user count.
    /// * `return_event`: Event by which a user returns.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    retention RetentionCall = "query.retention" -> RetentionResult, answer {
        first born_event: text = "born";
        first return_event: text = "return";
        first from_date: text = "from";
        first to_date: text = "to";
        /// Number of periods; else 10.
        option interval_count: int = "intervals";
        /// Only first events for which this expression is true.
        option born_where: text = "born_where";
        /// Only returns for which this expression is true.
        option return_where: text = "return_where";
        /// Units in a period; else 1.
        option interval: int = "interval";
        /// Unit of time; else day: `day`, `week`, `month`.
        option unit: text = "unit";
    }

    /// Count several events over time.
    ///
    /// * `events`: Events, separated by commas.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    event_counts EventCountsCall = "query.event-counts" -> EventCountsResult, answer {
        first events: texts = "events";
        first from_date: text = "from";
        first to_date: text = "to";
        /// How they are counted; else general: `general`, `unique`, `average`.
        option type_: text = "type";
        /// Unit of time; else day: `day`, `week`, `month`.
        option unit: text = "unit";
    }

    /// Count an event by property value over time.
    ///
    /// * `event`: Event.
    /// * `property_name`: Property.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    property_counts PropertyCountsCall = "query.property-counts" -> PropertyCountsResult, answer {
        first event: text = "event";
        first property_name: text = "property";
        first from_date: text = "from";
        first to_date: text = "to";
        /// How they are counted; else general: `general`, `unique`, `average`.
        option type_: text = "type";
        /// Unit of time; else day: `day`, `week`, `month`.
        option unit: text = "unit";
        /// At most so many values; else 10.
        option limit: int = "limit";
    }

    /// Show the event stream of given users.
    ///
    /// * `distinct_ids`: Distinct ids, separated by commas.
    activity_feed ActivityFeedCall = "query.activity-feed" -> ActivityFeedResult, answer {
        first distinct_ids: texts = "users";
        /// Only events of this name.
        option include_events: texts = "include_event";
        /// No events of this name.
        option exclude_events: texts = "exclude_event";
        /// First day, YYYY-MM-DD.
        option from_date: text = "from";
        /// Last day, YYYY-MM-DD.
        option to_date: text = "to";
        /// At most so many events.
        option limit: int = "limit";
        /// Days to look at in one page.
        option paging_window: int = "paging_window";
        /// Where the former page ended, as it was answered.
        option sentinel_event: json = "sentinel_event";
        /// Only events that hold this text.
        option search: text = "search";
        /// With custom events.
        option use_custom_events: flag = "use_custom_events";
    }

    /// Run a saved report.
    ///
    /// * `bookmark_id`: Id of the report.
    query_saved_report QuerySavedReportCall = "query.saved-report" -> SavedReportResult, answer {
        first bookmark_id: int = "bookmark_id";
        /// Add a link to the report in Mixpanel.
        option link: flag = "link";
    }

    /// Run a saved flows report.
    ///
    /// * `bookmark_id`: Id of the report.
    query_saved_flows QuerySavedFlowsCall = "query.flows" -> FlowsResult, answer {
        first bookmark_id: int = "bookmark_id";
        /// Add a link to the report in Mixpanel.
        option link: flag = "link";
    }

    /// Show how often users do something per period.
    ///
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    frequency FrequencyCall = "query.frequency" -> FrequencyResult, answer {
        first from_date: text = "from";
        first to_date: text = "to";
        /// Unit of time; else day: `day`, `week`, `month`.
        option unit: text = "unit";
        /// Time that counts once; else hour: `hour`, `day`.
        option addiction_unit: text = "addiction_unit";
        /// Only this event.
        option event: text = "event";
        /// Only events for which this expression is true.
        option where_: text = "where";
    }

    /// Count an event by buckets of a numeric property.
    ///
    /// * `event`: Event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    /// * `on`: Numeric property, or an expression.
    segmentation_numeric SegmentationNumericCall = "query.segmentation-numeric" -> NumericBucketResult, answer {
        first event: text = "event";
        first from_date: text = "from";
        first to_date: text = "to";
        first on: text = "on";
        /// Unit of time; else day: `hour`, `day`.
        option unit: text = "unit";
        /// How they are counted; else general: `general`, `unique`, `average`.
        option type_: text = "type";
        /// Only events for which this expression is true.
        option where_: text = "where";
    }

    /// Sum a numeric property over time.
    ///
    /// * `event`: Event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    /// * `on`: Numeric property, or an expression.
    segmentation_sum SegmentationSumCall = "query.segmentation-sum" -> NumericSumResult, answer {
        first event: text = "event";
        first from_date: text = "from";
        first to_date: text = "to";
        first on: text = "on";
        /// Unit of time; else day: `hour`, `day`.
        option unit: text = "unit";
        /// Only events for which this expression is true.
        option where_: text = "where";
    }

    /// Average a numeric property over time.
    ///
    /// * `event`: Event.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    /// * `on`: Numeric property, or an expression.
    segmentation_average SegmentationAverageCall = "query.segmentation-average" -> NumericAverageResult, answer {
        first event: text = "event";
        first from_date: text = "from";
        first to_date: text = "to";
        first on: text = "on";
        /// Unit of time; else day: `hour`, `day`.
        option unit: text = "unit";
        /// Only events for which this expression is true.
        option where_: text = "where";
    }
}
