//! The arguments of the five families.

use super::cohorts::COHORT;
use super::filters::{BREAKDOWN, COHORT_FILTER, COMPARISON, FILTER, FLOW_FILTER, TEST, USERS_FILTER};
use super::metrics::{BEHAVIOR, EVENT_FILTER, FUNNEL_SETTINGS, METRIC, RETENTION_EVENT, RETENTION_SETTINGS, STEPS};
use super::words as w;
use crate::ask::codes as c;
use crate::ask::kind::{Choice, Field, Kind, Preset, Shape, field};

const PARAMS: &[Field] = &[field("params", Kind::Free, "A whole body, sent as it is, in place of the other arguments")];

const WORKSPACE: &[Field] = &[field("workspace_id", Kind::Int, "Workspace of the query, in place of the session's")];

const DATES: &[Field] = &[
    field("from_date", Kind::Date, "First day").wrong(c::V8_DATE_FORMAT),
    field("to_date", Kind::Date, "Last day; today when only from_date is given").wrong(c::V8_DATE_FORMAT),
    field("last", Kind::Int, "The last so many days; not with dates").preset(Preset::Int(30)),
];

const DATA_GROUP: &[Field] = &[field("data_group_id", Kind::Int, "Data group that is counted, in place of users")
    .wrong(c::DG1_INVALID_DATA_GROUP_ID)];

static A_BREAKDOWN: Kind = Kind::Choice(&BREAKDOWN);

const GROUP_BY: Field = field("group_by", Kind::Many(&A_BREAKDOWN), "What to break down by");

/// What insights, funnel and retention share.
const REPORT: &[Field] = &[
    field("time_comparison", Kind::Object(&COMPARISON), "A period to compare with"),
    field("limit", Kind::Int, "Most segments, 1 to 50000").preset(Preset::Int(3000)),
];

const UNIT: Field = field("unit", Kind::Word(w::UNITS), "Length of a time bucket").word("day");

static A_FILTER: Kind = Kind::Choice(&FILTER);

const WHERE: Field = field("where", Kind::Many(&A_FILTER), "Filters, all of which must pass");

pub(in crate::ask) static INSIGHTS: Shape = Shape {
    name: "InsightsArguments",
    about: "Arguments of ask.insights",
    key: "",
    fields: &[
        &[
            field("events", Kind::Many(&Kind::Choice(&METRIC)), "A metric, or several").needed_or(c::V0_NO_EVENTS),
            field("math", Kind::Word(w::MATHS), "How events given by name are measured")
                .word("total")
                .wrong(c::B9_INVALID_MATH),
            field("math_property", Kind::Text, "The property that is measured"),
            field("per_user", Kind::Word(w::PER_USER), "How it is taken per user first").wrong(c::B11_INVALID_PER_USER),
            field("percentile_value", Kind::Number, "Which percentile, for percentile"),
            field("formula", Kind::Text, "A formula over the list: B/A*100"),
            field("formula_label", Kind::Text, "Name of the formula"),
            field("rolling", Kind::Int, "Rolling average over so many periods"),
            field("cumulative", Kind::Bool, "Add the periods up").preset(Preset::Bool(false)),
            field("mode", Kind::Word(w::INSIGHTS_MODES), "What is shown").word("timeseries"),
            UNIT.wrong(c::B12_INVALID_TIME_UNIT),
            GROUP_BY,
            WHERE.wrong(c::V25_INVALID_FILTER_TYPE),
        ],
        DATES,
        REPORT,
        DATA_GROUP,
        WORKSPACE,
        PARAMS,
    ],
};

static FUNNEL_STEPS: Choice = Choice {
    name: "FunnelSteps",
    about: "The steps of a funnel, 2 to 100, or a saved one",
    plain: &[Kind::List(&Kind::Choice(&STEPS))],
    shapes: &[&BEHAVIOR],
    wrong: None,
};

pub(in crate::ask) static FUNNEL: Shape = Shape {
    name: "FunnelArguments",
    about: "Arguments of ask.funnel",
    key: "",
    fields: &[
        &[
            field("steps", Kind::Choice(&FUNNEL_STEPS), "The steps").needed_or(c::F1_MIN_STEPS),
            field("math", Kind::Word(w::FUNNEL_MATHS), "How it is measured")
                .word("conversion_rate_unique")
                .wrong(c::B9_INVALID_MATH),
            field("math_property", Kind::Text, "The property that is measured"),
            field("mode", Kind::Word(w::FUNNEL_MODES), "What is shown").word("steps"),
            UNIT.wrong(c::B12_INVALID_TIME_UNIT),
            GROUP_BY,
            WHERE,
        ],
        &FUNNEL_SETTINGS,
        DATES,
        REPORT,
        DATA_GROUP,
        WORKSPACE,
        PARAMS,
    ],
};

pub(in crate::ask) static BORN: Choice = Choice {
    name: "BornEvent",
    about: "The first event by its name or with filters, or saved retention",
    plain: &[Kind::Text],
    shapes: &[&BEHAVIOR, &RETENTION_EVENT],
    wrong: None,
};

pub(in crate::ask) static RETURN: Choice = Choice {
    name: "ReturnEvent",
    about: "The event that counts as a return, by its name or with filters",
    plain: &[Kind::Text],
    shapes: &[&RETENTION_EVENT],
    wrong: None,
};

pub(in crate::ask) static RETENTION: Shape = Shape {
    name: "RetentionArguments",
    about: "Arguments of ask.retention",
    key: "",
    fields: &[
        &[
            field("born_event", Kind::Choice(&BORN), "The first event")
                .needed_or(c::R1_EMPTY_BORN_EVENT)
                .wrong(c::R1_EMPTY_BORN_EVENT),
            field("return_event", Kind::Choice(&RETURN), "The return event; not with saved retention")
                .wrong(c::R2_EMPTY_RETURN_EVENT),
            field("math", Kind::Word(w::RETENTION_MATHS), "How it is measured")
                .word("retention_rate")
                .wrong(c::R9_INVALID_MATH),
            field("retention_cumulative", Kind::Bool, "Add the buckets up").preset(Preset::Bool(false)),
            field("mode", Kind::Word(w::RETENTION_MODES), "What is shown").word("curve").wrong(c::R10_INVALID_MODE),
            field("unit", Kind::Word(w::RETENTION_UNITS), "Length of a time bucket")
                .word("day")
                .wrong(c::R11_INVALID_UNIT),
            GROUP_BY,
            WHERE,
        ],
        &RETENTION_SETTINGS,
        DATES,
        REPORT,
        DATA_GROUP,
        WORKSPACE,
        PARAMS,
    ],
};

pub(in crate::ask) static ANCHOR: Shape = Shape {
    name: "Anchor",
    about: "An event that flows go through",
    key: "event",
    fields: &[&[
        field("event", Kind::Text, "Name of the event").needed(),
        field("forward", Kind::Int, "Steps after it, 0 to 5").wrong(c::FL_TYPE_FORWARD),
        field("reverse", Kind::Int, "Steps before it, 0 to 5").wrong(c::FL_TYPE_REVERSE),
        field("label", Kind::Text, "Name that the report shows"),
        field("filters", Kind::Many(&Kind::Choice(&EVENT_FILTER)), "Which of the events count"),
        field("filters_combinator", Kind::Word(w::ALL_OR_ANY), "Whether all filters must pass, or any")
            .word("all")
            .wrong(c::FL_INVALID_FILTERS_COMBINATOR),
        field("session_event", Kind::Word(w::SESSION_EVENTS), "That it is the start or the end of a session"),
    ]],
};

static ANCHORS: Choice = Choice {
    name: "AnchorOrName",
    about: "An event that flows go through, by its name or with filters",
    plain: &[Kind::Text],
    shapes: &[&ANCHOR],
    wrong: None,
};

pub(in crate::ask) static FLOW: Shape = Shape {
    name: "FlowArguments",
    about: "Arguments of ask.flow",
    key: "",
    fields: &[
        &[
            field("event", Kind::Many(&Kind::Choice(&ANCHORS)), "An event, or several").needed_or(c::FL1_EMPTY_STEPS),
            field("forward", Kind::Int, "Steps after an event, 0 to 5")
                .preset(Preset::Int(3))
                .wrong(c::FL_TYPE_FORWARD),
            field("reverse", Kind::Int, "Steps before an event, 0 to 5")
                .preset(Preset::Int(0))
                .wrong(c::FL_TYPE_REVERSE),
            field("count_type", Kind::Word(w::COUNTS), "What is counted")
                .word("unique")
                .wrong(c::FL_INVALID_COUNT_TYPE),
            field("cardinality", Kind::Int, "Nodes per step, 1 to 50").preset(Preset::Int(3)),
            field("conversion_window", Kind::Int, "How long a user may take").preset(Preset::Int(7)),
            field("conversion_window_unit", Kind::Word(w::FLOW_WINDOW_UNITS), "Unit of it")
                .word("day")
                .wrong(c::FL_INVALID_WINDOW_UNIT),
            field("collapse_repeated", Kind::Bool, "Show repeated events as one").preset(Preset::Bool(false)),
            field("hidden_events", Kind::List(&Kind::Text), "Events that are not shown")
                .wrong(c::FL_INVALID_HIDDEN_EVENT_TYPE),
            field("exclusions", Kind::List(&Kind::Text), "Events that end a flow"),
            field("mode", Kind::Word(w::FLOW_MODES), "What is shown").word("sankey").wrong(c::FL_INVALID_MODE),
            field(
                "where",
                Kind::Many(&Kind::Choice(&FLOW_FILTER)),
                "Filters, all of which must pass; one cohort at most",
            ),
            field("segments", Kind::Many(&Kind::Choice(&BREAKDOWN)), "What to break down by"),
            field("time_comparison", Kind::Refused, "Flows are not compared")
                .wrong(c::FL_TIME_COMPARISON_NOT_SUPPORTED),
        ],
        DATES,
        DATA_GROUP,
        WORKSPACE,
        PARAMS,
    ],
};

static SELECTOR: Choice = Choice {
    name: "UsersWhere",
    about: "Filters, all of which must pass, or a selector",
    plain: &[Kind::Text, Kind::List(&Kind::Choice(&USERS_FILTER))],
    shapes: &[&TEST, &COHORT_FILTER],
    wrong: Some(c::U9),
};

pub(in crate::ask) static USERS: Shape = Shape {
    name: "UsersArguments",
    about: "Arguments of ask.users",
    key: "",
    fields: &[
        &[
            field("mode", Kind::Word(w::USERS_MODES), "Profiles, or an aggregate of them").word("aggregate"),
            field("where", Kind::Choice(&SELECTOR), "Which profiles"),
            field("cohort", Kind::Choice(&COHORT), "A cohort that they are in"),
            field("include_all_users", Kind::Bool, "Users without a profile, too").preset(Preset::Bool(false)),
            field("group_id", Kind::Text, "Group whose profiles are meant"),
            field("properties", Kind::List(&Kind::Text), "Properties that are returned"),
            field("sort_by", Kind::Text, "Property to sort by"),
            field("sort_order", Kind::Text, "Order of sorting: descending or ascending").word("descending"),
            field("search", Kind::Text, "Words to search profiles for"),
            field("distinct_id", Kind::Text, "One user"),
            field("distinct_ids", Kind::List(&Kind::Text), "Several users"),
            field("as_of", Kind::Moment, "Profiles as they were then").wrong(c::U6),
            field("limit", Kind::Int, "Most profiles; null for all").preset(Preset::Int(1)).nullable(),
            field("parallel", Kind::Bool, "Fetch pages at once").preset(Preset::Bool(false)),
            field("workers", Kind::Int, "Pages at once, 1 to 5").preset(Preset::Int(5)),
            field("aggregate", Kind::Word(w::AGGREGATES), "What is computed").word("count").wrong(c::UP4),
            field("aggregate_property", Kind::Text, "The property that it is computed of"),
            field("percentile", Kind::Number, "Which percentile, between 0 and 100"),
            field("segment_by", Kind::List(&Kind::Int), "Ids of cohorts to break down by"),
        ],
        PARAMS,
    ],
};
