//! Queries: reports that are computed when they are asked for.

use mp_proto::plane::Plane;

use super::inspect::TYPES;
use crate::models;
use crate::operation::{Call, Kind, Of, Operation, Param, Reply, Scope, Workflow};
use crate::shape::{activity, funnel, retention, saved_reports, series};

const EVENT: Param = Param::query("event", Kind::Str, "Event").short('e').required();

const FROM: Param = Param::query("from", Kind::Date, "First day, YYYY-MM-DD").wire("from_date").required();

const TO: Param = Param::query("to", Kind::Date, "Last day, YYYY-MM-DD").wire("to_date").required();

const DAYS: Param =
    Param::query("unit", Kind::OneOf(&["day", "week", "month"]), "Unit of time").short('u').default("day");

const HOURS: Param = Param::query("unit", Kind::OneOf(&["hour", "day"]), "Unit of time").short('u').default("day");

const TYPE: Param = Param::query("type", TYPES, "How they are counted").short('t').default("general");

const WHERE: Param =
    Param::query("where", Kind::Str, "Only events for which this expression is true").short('w').unless_empty();

const BY_NUMBER: Param = Param::query("on", Kind::Property, "Numeric property, or an expression").short('o').required();

const LINK: Param = Param::local("link", Kind::Flag, "Add a link to the report in Mixpanel");

/// The operations that compute.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "query.segmentation",
        command: &["query", "segmentation"],
        summary: "Count an event over time, optionally split by a property",
        params: &[
            EVENT,
            FROM,
            TO,
            DAYS,
            Param::query("on", Kind::Property, "Property to split by, or an expression").short('o').unless_empty(),
            WHERE,
            LINK,
        ],
        call: Call::get(Plane::Query, "segmentation").fixed(&[("type", "general")]).by(Workflow::ReportLink),
        reply: Reply::ONE
            .described(&models::SEGMENTATION_RESULT)
            .bare()
            .reshape(series::segmentation)
            .columns(&["date", "segment", "count"])
            .rows(series::segment_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.funnel",
        command: &["query", "funnel"],
        summary: "Run a saved funnel",
        params: &[
            Param::query("funnel_id", Kind::Int, "Id of the funnel").positional(),
            FROM,
            TO,
            Param::query("unit", Kind::Str, "Unit of time").short('u').unless_empty(),
            Param::query("on", Kind::Str, "Expression to split by").short('o').unless_empty(),
            LINK,
        ],
        call: Call::get(Plane::Query, "funnels").by(Workflow::ReportLink),
        reply: Reply::ONE
            .described(&models::FUNNEL_RESULT)
            .bare()
            .reshape(funnel::steps)
            .columns(&["step", "event", "count", "conversion_rate"])
            .rows(funnel::rows),
        ..Operation::READ
    },
    Operation {
        id: "query.retention",
        command: &["query", "retention"],
        summary: "Run a retention query",
        params: &[
            Param::query("born", Kind::Str, "Event that makes a user count").wire("born_event").short('b').required(),
            Param::query("return", Kind::Str, "Event by which a user returns").wire("event").short('r').required(),
            FROM,
            TO,
            Param::query("born_where", Kind::Str, "Only first events for which this expression is true").unless_empty(),
            Param::query("return_where", Kind::Str, "Only returns for which this expression is true")
                .wire("where")
                .unless_empty(),
            Param::local("interval", Kind::Int, "Units in a period").short('i').default("1"),
            Param::query("intervals", Kind::Int, "Number of periods").wire("interval_count").short('n').default("10"),
            Param::local("unit", Kind::OneOf(&["day", "week", "month"]), "Unit of time").short('u').default("day"),
        ],
        call: Call::get(Plane::Query, "retention").fixed(&[("retention_type", "birth")]).arrange(retention::period),
        reply: Reply::ONE.described(&models::RETENTION_RESULT).bare().reshape(retention::cohorts).rows(retention::rows),
        ..Operation::READ
    },
    Operation {
        id: "query.event-counts",
        command: &["query", "event-counts"],
        summary: "Count several events over time",
        params: &[
            Param::query("events", Kind::List, "Events, separated by commas").wire("event").short('e').required(),
            FROM,
            TO,
            TYPE,
            DAYS,
        ],
        call: Call::get(Plane::Query, "events"),
        reply: Reply::ONE
            .described(&models::EVENT_COUNTS_RESULT)
            .bare()
            .reshape(series::event_counts)
            .columns(&["date", "event", "count"])
            .rows(series::event_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.property-counts",
        command: &["query", "property-counts"],
        summary: "Count an event by property value over time",
        params: &[
            EVENT,
            Param::query("property", Kind::Str, "Property").wire("name").short('p').required(),
            FROM,
            TO,
            TYPE,
            DAYS,
            Param::query("limit", Kind::Int, "At most so many values").short('l').default("10"),
        ],
        call: Call::get(Plane::Query, "events/properties"),
        reply: Reply::ONE
            .described(&models::PROPERTY_COUNTS_RESULT)
            .bare()
            .reshape(series::property_counts)
            .columns(&["date", "value", "count"])
            .rows(series::value_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.activity-feed",
        command: &["query", "activity-feed"],
        summary: "Show the event stream of given users",
        scope: Scope::WorkspaceRequired,
        params: &[
            Param::body("users", Kind::List, "Distinct ids, separated by commas")
                .wire("distinct_ids")
                .short('U')
                .required(),
            Param::local("from", Kind::Date, "First day, YYYY-MM-DD"),
            Param::local("to", Kind::Date, "Last day, YYYY-MM-DD"),
            Param::body("limit", Kind::Int, "At most so many events"),
            Param::body("include_event", Kind::Str, "Only events of this name").wire("include_events").repeats(),
            Param::body("exclude_event", Kind::Str, "No events of this name").wire("exclude_events").repeats(),
            Param::body("paging_window", Kind::Int, "Days to look at in one page"),
            Param::body("sentinel_event", Kind::Json(Of::Object), "Where the former page ended, as it was answered"),
            Param::body("search", Kind::Str, "Only events that hold this text"),
            Param::body("use_custom_events", Kind::Flag, "With custom events"),
        ],
        call: Call::post(Plane::Query, "stream/bookmark").ids_in_body().arrange(activity::window),
        reply: Reply::ONE.described(&models::ACTIVITY_FEED_RESULT).reshape(activity::feed).rows(activity::rows),
        ..Operation::READ
    },
    Operation {
        id: "query.saved-report",
        command: &["query", "saved-report"],
        summary: "Run a saved report",
        params: &[Param::query("bookmark_id", Kind::Int, "Id of the report").positional(), LINK],
        call: Call::get(Plane::Query, "insights").by(Workflow::ReportLink),
        reply: Reply::ONE
            .described(&models::SAVED_REPORT_RESULT)
            .bare()
            .reshape(saved_reports::report)
            .rows(saved_reports::rows),
        ..Operation::READ
    },
    Operation {
        id: "query.flows",
        command: &["query", "flows"],
        summary: "Run a saved flows report",
        params: &[Param::query("bookmark_id", Kind::Int, "Id of the report").positional(), LINK],
        call: Call::get(Plane::Query, "arb_funnels").fixed(&[("query_type", "flows_sankey")]).by(Workflow::ReportLink),
        reply: Reply::ONE
            .described(&models::FLOWS_RESULT)
            .bare()
            .reshape(saved_reports::flows)
            .rows(saved_reports::flow_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.frequency",
        command: &["query", "frequency"],
        summary: "Show how often users do something per period",
        params: &[
            FROM,
            TO,
            DAYS,
            Param::query("addiction_unit", Kind::OneOf(&["hour", "day"]), "Time that counts once").default("hour"),
            Param::query("event", Kind::Str, "Only this event").short('e').unless_empty(),
            WHERE,
        ],
        call: Call::get(Plane::Query, "retention/addiction"),
        reply: Reply::ONE
            .described(&models::FREQUENCY_RESULT)
            .bare()
            .reshape(series::frequency)
            .rows(series::frequency_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.segmentation-numeric",
        command: &["query", "segmentation-numeric"],
        summary: "Count an event by buckets of a numeric property",
        params: &[EVENT, FROM, TO, BY_NUMBER, HOURS, TYPE, WHERE],
        call: Call::get(Plane::Query, "segmentation/numeric"),
        reply: Reply::ONE
            .described(&models::NUMERIC_BUCKET_RESULT)
            .bare()
            .reshape(series::numeric)
            .columns(&["date", "bucket", "count"])
            .rows(series::bucket_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.segmentation-sum",
        command: &["query", "segmentation-sum"],
        summary: "Sum a numeric property over time",
        params: &[EVENT, FROM, TO, BY_NUMBER, HOURS, WHERE],
        call: Call::get(Plane::Query, "segmentation/sum"),
        reply: Reply::ONE
            .described(&models::NUMERIC_SUM_RESULT)
            .bare()
            .reshape(series::sum)
            .columns(&["date", "sum"])
            .rows(series::sum_rows),
        ..Operation::READ
    },
    Operation {
        id: "query.segmentation-average",
        command: &["query", "segmentation-average"],
        summary: "Average a numeric property over time",
        params: &[EVENT, FROM, TO, BY_NUMBER, HOURS, WHERE],
        call: Call::get(Plane::Query, "segmentation/average"),
        reply: Reply::ONE
            .described(&models::NUMERIC_AVERAGE_RESULT)
            .bare()
            .reshape(series::average)
            .columns(&["date", "average"])
            .rows(series::average_rows),
        ..Operation::READ
    },
];
