//! The words that arguments take. Public are those that `mp ask` takes, too.

/// What a number of a report over time is for.
pub const UNITS: &[&str] = &["hour", "day", "week", "month", "quarter"];
/// What a cohort of a retention, and each of its buckets, is for.
pub const RETENTION_UNITS: &[&str] = &["day", "week", "month"];
pub(in crate::ask) const COMPARISONS: &[&str] = &["relative", "absolute-start", "absolute-end"];
pub(in crate::ask) const COMPARISON_UNITS: &[&str] = &["day", "week", "month", "quarter", "year"];

/// Maths that are of a property.
pub(in crate::ask) const OF_PROPERTY: &[&str] = &[
    "average",
    "median",
    "min",
    "max",
    "p25",
    "p75",
    "p90",
    "p99",
    "percentile",
    "histogram",
    "unique_values",
    "most_frequent",
    "first_value",
    "multi_attribution",
    "numeric_summary",
];
/// Maths that may be of a property.
pub(in crate::ask) const MAY_HAVE_PROPERTY: &[&str] = &["total"];
/// Maths that are not taken per user.
pub(in crate::ask) const NOT_PER_USER: &[&str] = &["unique", "dau", "wau", "mau"];

/// How an event is measured.
pub const MATHS: &[&str] = &[
    "total",
    "unique",
    "dau",
    "wau",
    "mau",
    "cumulative_unique",
    "sessions",
    "average",
    "median",
    "min",
    "max",
    "p25",
    "p75",
    "p90",
    "p99",
    "percentile",
    "histogram",
    "unique_values",
    "most_frequent",
    "first_value",
    "multi_attribution",
    "numeric_summary",
];
/// How the steps of a funnel are measured.
pub const FUNNEL_MATHS: &[&str] = &[
    "conversion_rate_unique",
    "conversion_rate_total",
    "conversion_rate_session",
    "unique",
    "total",
    "average",
    "median",
    "min",
    "max",
    "p25",
    "p75",
    "p90",
    "p99",
    "histogram",
];
pub(in crate::ask) const SESSION_MATH: &str = "conversion_rate_session";
/// How a retention is measured.
pub const RETENTION_MATHS: &[&str] = &["retention_rate", "unique", "total", "average"];
/// What a saved metric of any kind may be measured by.
pub(in crate::ask) const ALL_MATHS: &[&str] = &[
    "total",
    "unique",
    "dau",
    "wau",
    "mau",
    "cumulative_unique",
    "sessions",
    "average",
    "median",
    "min",
    "max",
    "p25",
    "p75",
    "p90",
    "p99",
    "percentile",
    "histogram",
    "unique_values",
    "most_frequent",
    "first_value",
    "multi_attribution",
    "numeric_summary",
    "conversion_rate_unique",
    "conversion_rate_total",
    "conversion_rate_session",
    "retention_rate",
];
/// How an event is measured for each user first.
pub const PER_USER: &[&str] = &["total", "average", "min", "max", "unique_values"];

pub(in crate::ask) const ALL_OR_ANY: &[&str] = &["all", "any"];
pub(in crate::ask) const ALL_OR_FIRST: &[&str] = &["all", "first"];
pub(in crate::ask) const RESOURCES: &[&str] = &["events", "people"];
pub(in crate::ask) const INPUT_RESOURCES: &[&str] = &["event", "user"];
/// Types of a property that is one value.
pub const SCALARS: &[&str] = &["string", "number", "boolean", "datetime"];
pub(in crate::ask) const VALUES: &[&str] = &["string", "number", "boolean", "datetime", "list"];
pub(in crate::ask) const FILTERED: &[&str] = &["string", "number", "boolean", "datetime", "list", "object"];
/// What spans of time are counted in.
pub const SPANS: &[&str] = &["hour", "day", "week", "month"];
pub(in crate::ask) const FREQUENCY_TESTS: &[&str] =
    &["is at least", "is at most", "is greater than", "is less than", "is equal to"];
pub(in crate::ask) const AGGREGATIONS: &[&str] = &["total", "unique", "average", "min", "max", "median"];

/// In which order the steps of a funnel are taken.
pub const ORDERS: &[&str] = &["loose", "any"];
/// How a user enters a funnel again.
pub const REENTRIES: &[&str] = &["default", "basic", "aggressive", "optimized"];
/// Where the buckets of a retention begin.
pub const ALIGNMENTS: &[&str] = &["birth", "interval_start"];
/// For which other buckets one of a retention counts, too.
pub const UNBOUNDED: &[&str] = &["none", "carry_back", "carry_forward", "consecutive_forward"];
pub(in crate::ask) const BEHAVIORS: &[&str] = &["simple", "funnel", "retention"];
pub(in crate::ask) const METRICS: &[&str] = &["metric", "formula", "warehouse"];
pub(in crate::ask) const SESSION_EVENTS: &[&str] = &["start", "end"];
/// What a flow counts.
pub const COUNTS: &[&str] = &["unique", "total", "session"];

pub(in crate::ask) const INSIGHTS_MODES: &[&str] = &["timeseries", "total", "table"];
pub(in crate::ask) const FUNNEL_MODES: &[&str] = &["steps", "trends", "table"];
pub(in crate::ask) const RETENTION_MODES: &[&str] = &["curve", "trends", "table"];
pub(in crate::ask) const FLOW_MODES: &[&str] = &["sankey", "paths", "tree"];
pub(in crate::ask) const USERS_MODES: &[&str] = &["aggregate", "profiles"];
pub(in crate::ask) const AGGREGATES: &[&str] = &["count", "extremes", "percentile", "numeric_summary"];
pub(in crate::ask) const SORT_ORDERS: &[&str] = &["descending", "ascending"];

/// Units of a conversion window, with the longest one.
pub(in crate::ask) const WINDOWS: &[(&str, i128)] = &[
    ("second", 31_708_800),
    ("minute", 528_480),
    ("hour", 8808),
    ("day", 367),
    ("week", 52),
    ("month", 12),
    ("session", 1),
];
pub(in crate::ask) const WINDOW_UNITS: &[&str] = &["second", "minute", "hour", "day", "week", "month", "session"];
/// The same of a flow; that a session is one has a code of its own.
pub(in crate::ask) const FLOW_WINDOWS: &[(&str, i128)] = &[("day", 366), ("week", 52), ("month", 12)];
pub(in crate::ask) const FLOW_WINDOW_UNITS: &[&str] = &["day", "week", "month", "session"];

/// Names of tests inside a cohort.
pub(in crate::ask) const COHORT_TESTS: &[&str] = &[
    "equals",
    "not_equals",
    "contains",
    "not_contains",
    "greater_than",
    "less_than",
    "is_set",
    "is_not_set",
    "between",
];
/// Tests of a profile property inside a cohort, with their operators.
pub(in crate::ask) const PROFILE_TESTS: &[&str] =
    &["equals", "not_equals", "contains", "not_contains", "greater_than", "less_than", "is_set", "is_not_set"];
