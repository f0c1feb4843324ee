//! The operations of `ask`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{FlowQueryResult, FunnelQueryResult, QueryResult, RetentionQueryResult, UserQueryResult};
use crate::typed::record::{Asked, Params};

calls! {
    /// Measure events over time or in total, by any property or formula. The answer has the parameters that were sent (params), the
    /// result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All
    /// problems of the arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `events`: A metric, or several.
    query QueryCall = "ask.insights" -> Asked<QueryResult>, answer {
        /// A metric, or several.
        option events: json = "events";
        /// How events given by name are measured; else total: `total`, `unique`, `dau`, `wau`, `mau`, `cumulative_unique`, `sessions`,
        /// `average`, `median`, `min`, `max`, `p25`, `p75`, `p90`, `p99`, `percentile`, `histogram`, `unique_values`, `most_frequent`,
        /// `first_value`, `multi_attribution`, `numeric_summary`.
        option math: text = "math";
        /// The property that is measured.
        option math_property: text = "math_property";
        /// How it is taken per user first: `total`, `average`, `min`, `max`, `unique_values`.
        option per_user: text = "per_user";
        /// Which percentile, for percentile.
        option percentile_value: number = "percentile_value";
        /// A formula over the list: B/A*100.
        option formula: text = "formula";
        /// Name of the formula.
        option formula_label: text = "formula_label";
        /// Rolling average over so many periods.
        option rolling: int = "rolling";
        /// Add the periods up; else false.
        option cumulative: flag = "cumulative";
        /// What is shown; else timeseries: `timeseries`, `total`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `hour`, `day`, `week`, `month`, `quarter`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
        link link;
    }

    /// Measure events over time or in total, by any property or formula. The answer has the parameters that were sent (params), the
    /// result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All
    /// problems of the arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `events`: A metric, or several.
    build_params BuildParamsCall = "ask.insights" -> Params, answer {
        say "dry_run" = "true";
        /// A metric, or several.
        option events: json = "events";
        /// How events given by name are measured; else total: `total`, `unique`, `dau`, `wau`, `mau`, `cumulative_unique`, `sessions`,
        /// `average`, `median`, `min`, `max`, `p25`, `p75`, `p90`, `p99`, `percentile`, `histogram`, `unique_values`, `most_frequent`,
        /// `first_value`, `multi_attribution`, `numeric_summary`.
        option math: text = "math";
        /// The property that is measured.
        option math_property: text = "math_property";
        /// How it is taken per user first: `total`, `average`, `min`, `max`, `unique_values`.
        option per_user: text = "per_user";
        /// Which percentile, for percentile.
        option percentile_value: number = "percentile_value";
        /// A formula over the list: B/A*100.
        option formula: text = "formula";
        /// Name of the formula.
        option formula_label: text = "formula_label";
        /// Rolling average over so many periods.
        option rolling: int = "rolling";
        /// Add the periods up; else false.
        option cumulative: flag = "cumulative";
        /// What is shown; else timeseries: `timeseries`, `total`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `hour`, `day`, `week`, `month`, `quarter`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }

    /// Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params), the result,
    /// and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of
    /// the arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `steps`: The steps.
    query_funnel QueryFunnelCall = "ask.funnel" -> Asked<FunnelQueryResult>, answer {
        /// The steps.
        option steps: json = "steps";
        /// How it is measured; else conversion_rate_unique: `conversion_rate_unique`, `conversion_rate_total`, `conversion_rate_session`,
        /// `unique`, `total`, `average`, `median`, `min`, `max`, `p25`, `p75`, `p90`, `p99`, `histogram`.
        option math: text = "math";
        /// The property that is measured.
        option math_property: text = "math_property";
        /// What is shown; else steps: `steps`, `trends`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `hour`, `day`, `week`, `month`, `quarter`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// How long a user may take for all steps; else 14.
        option conversion_window: int = "conversion_window";
        /// Unit of it; else day: `second`, `minute`, `hour`, `day`, `week`, `month`, `session`.
        option conversion_window_unit: text = "conversion_window_unit";
        /// Whether the order of steps counts; else loose: `loose`, `any`.
        option order: text = "order";
        /// Events that take a user out.
        option exclusions: list = "exclusions";
        /// Properties that must stay the same; 3 at most.
        option holding_constant: json = "holding_constant";
        /// How a user may begin again: `default`, `basic`, `aggressive`, `optimized`.
        option reentry_mode: text = "reentry_mode";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
        link link;
    }

    /// Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params), the result,
    /// and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of
    /// the arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `steps`: The steps.
    build_funnel_params BuildFunnelParamsCall = "ask.funnel" -> Params, answer {
        say "dry_run" = "true";
        /// The steps.
        option steps: json = "steps";
        /// How it is measured; else conversion_rate_unique: `conversion_rate_unique`, `conversion_rate_total`, `conversion_rate_session`,
        /// `unique`, `total`, `average`, `median`, `min`, `max`, `p25`, `p75`, `p90`, `p99`, `histogram`.
        option math: text = "math";
        /// The property that is measured.
        option math_property: text = "math_property";
        /// What is shown; else steps: `steps`, `trends`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `hour`, `day`, `week`, `month`, `quarter`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// How long a user may take for all steps; else 14.
        option conversion_window: int = "conversion_window";
        /// Unit of it; else day: `second`, `minute`, `hour`, `day`, `week`, `month`, `session`.
        option conversion_window_unit: text = "conversion_window_unit";
        /// Whether the order of steps counts; else loose: `loose`, `any`.
        option order: text = "order";
        /// Events that take a user out.
        option exclusions: list = "exclusions";
        /// Properties that must stay the same; 3 at most.
        option holding_constant: json = "holding_constant";
        /// How a user may begin again: `default`, `basic`, `aggressive`, `optimized`.
        option reentry_mode: text = "reentry_mode";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }

    /// Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the result, and
    /// the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
    /// arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `born_event`: The first event.
    /// * `return_event`: The return event; not with saved retention.
    query_retention QueryRetentionCall = "ask.retention" -> Asked<RetentionQueryResult>, answer {
        /// The first event.
        option born_event: json = "born_event";
        /// The return event; not with saved retention.
        option return_event: json = "return_event";
        /// How it is measured; else retention_rate: `retention_rate`, `unique`, `total`, `average`.
        option math: text = "math";
        /// Add the buckets up; else false.
        option retention_cumulative: flag = "retention_cumulative";
        /// What is shown; else curve: `curve`, `trends`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `day`, `week`, `month`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// Length of a bucket; else week: `day`, `week`, `month`.
        option retention_unit: text = "retention_unit";
        /// Where buckets begin; else birth: `birth`, `interval_start`.
        option alignment: text = "alignment";
        /// Ends of buckets, rising.
        option bucket_sizes: ints = "bucket_sizes";
        /// How a return counts for other buckets: `none`, `carry_back`, `carry_forward`, `consecutive_forward`.
        option unbounded_mode: text = "unbounded_mode";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
        link link;
    }

    /// Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the result, and
    /// the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
    /// arguments are told at once, each with a code, before anything is sent.
    ///
    /// * `born_event`: The first event.
    /// * `return_event`: The return event; not with saved retention.
    build_retention_params BuildRetentionParamsCall = "ask.retention" -> Params, answer {
        say "dry_run" = "true";
        /// The first event.
        option born_event: json = "born_event";
        /// The return event; not with saved retention.
        option return_event: json = "return_event";
        /// How it is measured; else retention_rate: `retention_rate`, `unique`, `total`, `average`.
        option math: text = "math";
        /// Add the buckets up; else false.
        option retention_cumulative: flag = "retention_cumulative";
        /// What is shown; else curve: `curve`, `trends`, `table`.
        option mode: text = "mode";
        /// Length of a time bucket; else day: `day`, `week`, `month`.
        option unit: text = "unit";
        /// What to break down by.
        option group_by: json = "group_by";
        /// Filters, all of which must pass.
        option where_: json = "where";
        /// Length of a bucket; else week: `day`, `week`, `month`.
        option retention_unit: text = "retention_unit";
        /// Where buckets begin; else birth: `birth`, `interval_start`.
        option alignment: text = "alignment";
        /// Ends of buckets, rising.
        option bucket_sizes: ints = "bucket_sizes";
        /// How a return counts for other buckets: `none`, `carry_back`, `carry_forward`, `consecutive_forward`.
        option unbounded_mode: text = "unbounded_mode";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// A period to compare with.
        option time_comparison: json = "time_comparison";
        /// Most segments, 1 to 50000; else 3000.
        option limit: int = "limit";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }

    /// Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and the same
    /// as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments
    /// are told at once, each with a code, before anything is sent.
    ///
    /// * `event`: An event, or several.
    query_flow QueryFlowCall = "ask.flow" -> Asked<FlowQueryResult>, answer {
        /// An event, or several.
        option event: json = "event";
        /// Steps after an event, 0 to 5; else 3.
        option forward: int = "forward";
        /// Steps before an event, 0 to 5; else 0.
        option reverse: int = "reverse";
        /// What is counted; else unique: `unique`, `total`, `session`.
        option count_type: text = "count_type";
        /// Nodes per step, 1 to 50; else 3.
        option cardinality: int = "cardinality";
        /// How long a user may take; else 7.
        option conversion_window: int = "conversion_window";
        /// Unit of it; else day: `day`, `week`, `month`, `session`.
        option conversion_window_unit: text = "conversion_window_unit";
        /// Show repeated events as one; else false.
        option collapse_repeated: flag = "collapse_repeated";
        /// Events that are not shown.
        option hidden_events: texts = "hidden_events";
        /// Events that end a flow.
        option exclusions: texts = "exclusions";
        /// What is shown; else sankey: `sankey`, `paths`, `tree`.
        option mode: text = "mode";
        /// Filters, all of which must pass; one cohort at most.
        option where_: json = "where";
        /// What to break down by.
        option segments: json = "segments";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
        link link;
    }

    /// Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and the same
    /// as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments
    /// are told at once, each with a code, before anything is sent.
    ///
    /// * `event`: An event, or several.
    build_flow_params BuildFlowParamsCall = "ask.flow" -> Params, answer {
        say "dry_run" = "true";
        /// An event, or several.
        option event: json = "event";
        /// Steps after an event, 0 to 5; else 3.
        option forward: int = "forward";
        /// Steps before an event, 0 to 5; else 0.
        option reverse: int = "reverse";
        /// What is counted; else unique: `unique`, `total`, `session`.
        option count_type: text = "count_type";
        /// Nodes per step, 1 to 50; else 3.
        option cardinality: int = "cardinality";
        /// How long a user may take; else 7.
        option conversion_window: int = "conversion_window";
        /// Unit of it; else day: `day`, `week`, `month`, `session`.
        option conversion_window_unit: text = "conversion_window_unit";
        /// Show repeated events as one; else false.
        option collapse_repeated: flag = "collapse_repeated";
        /// Events that are not shown.
        option hidden_events: texts = "hidden_events";
        /// Events that end a flow.
        option exclusions: texts = "exclusions";
        /// What is shown; else sankey: `sankey`, `paths`, `tree`.
        option mode: text = "mode";
        /// Filters, all of which must pass; one cohort at most.
        option where_: json = "where";
        /// What to break down by.
        option segments: json = "segments";
        /// First day.
        option from_date: text = "from_date";
        /// Last day; today when only from_date is given.
        option to_date: text = "to_date";
        /// The last so many days; not with dates; else 30.
        option last: int = "last";
        /// Data group that is counted, in place of users.
        option data_group_id: int = "data_group_id";
        /// Workspace of the query, in place of the session's.
        option workspace_id: int = "workspace_id";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }

    /// Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how many (null:
    /// all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run returns the parameters
    /// alone.
    query_user QueryUserCall = "ask.users" -> Asked<UserQueryResult>, answer {
        /// Profiles, or an aggregate of them; else aggregate: `aggregate`, `profiles`.
        option mode: text = "mode";
        /// Which profiles.
        option where_: json = "where";
        /// A cohort that they are in.
        option cohort: json = "cohort";
        /// Users without a profile, too; else false.
        option include_all_users: flag = "include_all_users";
        /// Group whose profiles are meant.
        option group_id: text = "group_id";
        /// Properties that are returned.
        option properties: texts = "properties";
        /// Property to sort by.
        option sort_by: text = "sort_by";
        /// Order of sorting: descending or ascending; else descending.
        option sort_order: text = "sort_order";
        /// Words to search profiles for.
        option search: text = "search";
        /// One user.
        option distinct_id: text = "distinct_id";
        /// Several users.
        option distinct_ids: texts = "distinct_ids";
        /// Profiles as they were then.
        option as_of: json = "as_of";
        /// Most profiles; null for all; else 1.
        option limit: int = "limit";
        /// Fetch pages at once; else false.
        option parallel: flag = "parallel";
        /// Pages at once, 1 to 5; else 5.
        option workers: int = "workers";
        /// What is computed; else count: `count`, `extremes`, `percentile`, `numeric_summary`.
        option aggregate: text = "aggregate";
        /// The property that it is computed of.
        option aggregate_property: text = "aggregate_property";
        /// Which percentile, between 0 and 100.
        option percentile: number = "percentile";
        /// Ids of cohorts to break down by.
        option segment_by: ints = "segment_by";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }

    /// Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how many (null:
    /// all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run returns the parameters
    /// alone.
    build_user_params BuildUserParamsCall = "ask.users" -> Params, answer {
        say "dry_run" = "true";
        /// Profiles, or an aggregate of them; else aggregate: `aggregate`, `profiles`.
        option mode: text = "mode";
        /// Which profiles.
        option where_: json = "where";
        /// A cohort that they are in.
        option cohort: json = "cohort";
        /// Users without a profile, too; else false.
        option include_all_users: flag = "include_all_users";
        /// Group whose profiles are meant.
        option group_id: text = "group_id";
        /// Properties that are returned.
        option properties: texts = "properties";
        /// Property to sort by.
        option sort_by: text = "sort_by";
        /// Order of sorting: descending or ascending; else descending.
        option sort_order: text = "sort_order";
        /// Words to search profiles for.
        option search: text = "search";
        /// One user.
        option distinct_id: text = "distinct_id";
        /// Several users.
        option distinct_ids: texts = "distinct_ids";
        /// Profiles as they were then.
        option as_of: json = "as_of";
        /// Most profiles; null for all; else 1.
        option limit: int = "limit";
        /// Fetch pages at once; else false.
        option parallel: flag = "parallel";
        /// Pages at once, 1 to 5; else 5.
        option workers: int = "workers";
        /// What is computed; else count: `count`, `extremes`, `percentile`, `numeric_summary`.
        option aggregate: text = "aggregate";
        /// The property that it is computed of.
        option aggregate_property: text = "aggregate_property";
        /// Which percentile, between 0 and 100.
        option percentile: number = "percentile";
        /// Ids of cohorts to break down by.
        option segment_by: ints = "segment_by";
        /// A whole body, sent as it is, in place of the other arguments.
        option params: json = "params";
    }
}
