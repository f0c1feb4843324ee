//! Events, the behaviors made of them, and metrics.

use super::cohorts::COHORT;
use super::filters::COHORT_FILTER;
use super::filters::{PROPERTY, TEST};
use super::words as w;
use crate::ask::codes as c;
use crate::ask::kind::{Choice, Field, Kind, Preset, Shape, field};

/// A filter of one event.
pub(in crate::ask) static EVENT_FILTER: Choice = Choice {
    name: "EventFilter",
    about: "A test of a property, or a cohort",
    plain: &[],
    shapes: &[&TEST, &COHORT_FILTER],
    wrong: None,
};

static FILTERS: [Field; 2] = [
    field("filters", Kind::Many(&Kind::Choice(&EVENT_FILTER)), "Which of the events count"),
    field("filters_combinator", Kind::Word(w::ALL_OR_ANY), "Whether all filters must pass, or any").word("all"),
];

pub(in crate::ask) static CUSTOM_EVENT: Shape = Shape {
    name: "CustomEvent",
    about: "A custom event",
    key: "custom_event",
    fields: &[&[field("custom_event", Kind::Int, "Its id").needed()]],
};

pub(in crate::ask) static BEHAVIOR: Shape = Shape {
    name: "SavedBehavior",
    about: "A saved behavior",
    key: "behavior",
    fields: &[&[
        field("behavior", Kind::Int, "Its id").needed(),
        field("type", Kind::Word(w::BEHAVIORS), "What kind of behavior it is").needed().wrong(c::BR2_INVALID_TYPE),
    ]],
};

/// An event of a list of which any counts.
static NAMED_EVENT: Choice = Choice {
    name: "NamedEvent",
    about: "An event by its name, or a custom event",
    plain: &[Kind::Text],
    shapes: &[&CUSTOM_EVENT],
    wrong: Some(c::MT5_INVALID_EVENT_TYPE),
};

/// An event of a group.
pub(in crate::ask) static GROUPED_EVENT: Choice = Choice {
    name: "GroupedEvent",
    about: "An event by its name, a custom event, or an event with filters",
    plain: &[Kind::Text],
    shapes: &[&CUSTOM_EVENT, &STEP],
    wrong: Some(c::MT5_INVALID_EVENT_TYPE),
};

pub(in crate::ask) static GROUP: Shape = Shape {
    name: "AnyEvent",
    about: "Any of several events, each with filters of its own, as one series",
    key: "any_of",
    fields: &[&[
        field("any_of", Kind::List(&Kind::Choice(&GROUPED_EVENT)), "The events").needed(),
        field("name", Kind::Text, "Name of the series"),
    ]],
};

/// What a metric counts.
pub(in crate::ask) static EVENT: Choice = Choice {
    name: "Event",
    about: "An event by its name, a custom event, a list of which any counts, a group, or a saved behavior",
    plain: &[Kind::Text, Kind::List(&Kind::Choice(&NAMED_EVENT))],
    shapes: &[&CUSTOM_EVENT, &GROUP, &BEHAVIOR],
    wrong: Some(c::MT5_INVALID_EVENT_TYPE),
};

pub(in crate::ask) static STEP: Shape = Shape {
    name: "FunnelStep",
    about: "A step of a funnel",
    key: "event",
    fields: &[
        &[
            field("event", Kind::Text, "Name of the event").needed(),
            field("label", Kind::Text, "Name that the report shows"),
            field("order", Kind::Word(w::ORDERS), "Order of this step, when it is another than the funnel's"),
        ],
        &FILTERS,
    ],
};

/// A step of a funnel.
pub(in crate::ask) static STEPS: Choice = Choice {
    name: "FunnelStepOrName",
    about: "A step of a funnel: an event by its name, or with filters",
    plain: &[Kind::Text],
    shapes: &[&STEP],
    wrong: Some(c::F2_EMPTY_STEP_EVENT),
};

static EXCLUSIONS: Choice = Choice {
    name: "ExclusionOrName",
    about: "An event that takes a user out of the funnel",
    plain: &[Kind::Text],
    shapes: &[&EXCLUSION],
    wrong: None,
};

pub(in crate::ask) static EXCLUSION: Shape = Shape {
    name: "Exclusion",
    about: "An event that takes a user out of the funnel, between two steps",
    key: "event",
    fields: &[&[
        field("event", Kind::Text, "Name of the event").needed(),
        field("from_step", Kind::Int, "First step, counted from 0").preset(Preset::Int(0)),
        field("to_step", Kind::Int, "Last step, counted from 0; the funnel's last when left out"),
    ]],
};

static HELD: Choice = Choice {
    name: "HeldPropertyOrName",
    about: "A property that must stay the same over all steps",
    plain: &[Kind::Text],
    shapes: &[&HELD_PROPERTY],
    wrong: None,
};

pub(in crate::ask) static HELD_PROPERTY: Shape = Shape {
    name: "HeldProperty",
    about: "A property that must stay the same over all steps",
    key: "property",
    fields: &[&[
        field("property", Kind::Text, "Name of the property").needed(),
        field("resource_type", Kind::Word(w::RESOURCES), "Whose property it is").word("events"),
    ]],
};

/// What a funnel is beside its steps.
pub(in crate::ask) static FUNNEL_SETTINGS: [Field; 6] = [
    field("conversion_window", Kind::Int, "How long a user may take for all steps")
        .preset(Preset::Int(14))
        .wrong(c::F3_CONVERSION_WINDOW_TYPE),
    field("conversion_window_unit", Kind::Word(w::WINDOW_UNITS), "Unit of it")
        .word("day")
        .wrong(c::F7_INVALID_WINDOW_UNIT),
    field("order", Kind::Word(w::ORDERS), "Whether the order of steps counts").word("loose"),
    field("exclusions", Kind::List(&Kind::Choice(&EXCLUSIONS)), "Events that take a user out"),
    field("holding_constant", Kind::Many(&Kind::Choice(&HELD)), "Properties that must stay the same; 3 at most"),
    field("reentry_mode", Kind::Word(w::REENTRIES), "How a user may begin again").wrong(c::F12_INVALID_REENTRY_MODE),
];

pub(in crate::ask) static RETENTION_EVENT: Shape = Shape {
    name: "RetentionEvent",
    about: "An event with filters",
    key: "event",
    fields: &[&[field("event", Kind::Text, "Name of the event").needed()], &FILTERS],
};

/// What retention is beside its events.
pub(in crate::ask) static RETENTION_SETTINGS: [Field; 4] = [
    field("retention_unit", Kind::Word(w::RETENTION_UNITS), "Length of a bucket")
        .word("week")
        .wrong(c::R7_INVALID_RETENTION_UNIT),
    field("alignment", Kind::Word(w::ALIGNMENTS), "Where buckets begin").word("birth").wrong(c::R8_INVALID_ALIGNMENT),
    field("bucket_sizes", Kind::List(&Kind::Int), "Ends of buckets, rising").wrong(c::R5_BUCKET_SIZES_INTEGER),
    field("unbounded_mode", Kind::Word(w::UNBOUNDED), "How a return counts for other buckets")
        .wrong(c::R13_INVALID_UNBOUNDED_MODE),
];

/// A metric.
pub(in crate::ask) static METRIC: Choice = Choice {
    name: "Metric",
    about: "An event by its name, or an object: an event, cohort, funnel, retention, saved metric or formula",
    plain: &[Kind::Text],
    shapes: &[&FORMULA, &EVENT_METRIC, &COHORT_METRIC, &FUNNEL_METRIC, &RETENTION_METRIC, &SAVED_METRIC],
    wrong: Some(c::V21_INVALID_EVENT_TYPE),
};

/// An operand of a formula.
pub(in crate::ask) static OPERAND: Choice = Choice {
    name: "Operand",
    about: "An operand of a formula: an event with its measure, a cohort, a funnel, retention or a saved metric",
    plain: &[],
    shapes: &[&FORMULA, &EVENT_METRIC, &COHORT_METRIC, &FUNNEL_METRIC, &RETENTION_METRIC, &SAVED_METRIC],
    wrong: Some(c::V21_INVALID_EVENT_TYPE),
};

pub(in crate::ask) static EVENT_METRIC: Shape = Shape {
    name: "EventMetric",
    about: "An event with its own measure",
    key: "event",
    fields: &[
        &[
            field("event", Kind::Choice(&EVENT), "The event").needed(),
            field("math", Kind::Word(w::MATHS), "How it is measured").word("total").wrong(c::B9_INVALID_MATH),
            field("property", Kind::Choice(&PROPERTY), "The property that is measured"),
            field("per_user", Kind::Word(w::PER_USER), "How it is taken per user first").wrong(c::B11_INVALID_PER_USER),
            field("percentile_value", Kind::Number, "Which percentile, for percentile"),
            field("segment_method", Kind::Word(w::ALL_OR_FIRST), "Which events of a user count")
                .wrong(c::MT2_INVALID_SEGMENT_METHOD),
        ],
        &FILTERS,
    ],
};

pub(in crate::ask) static COHORT_METRIC: Shape = Shape {
    name: "CohortMetric",
    about: "Size of a saved cohort over time",
    key: "cohort",
    fields: &[&[
        field("cohort", Kind::Choice(&COHORT), "Id of the cohort").needed(),
        field("name", Kind::Text, "Name that the report shows"),
    ]],
};

static FUNNEL_BEHAVIOR: Choice = Choice {
    name: "FunnelBehavior",
    about: "A funnel: saved, or its steps",
    plain: &[],
    shapes: &[&BEHAVIOR, &FUNNEL],
    wrong: None,
};

pub(in crate::ask) static FUNNEL: Shape = Shape {
    name: "Funnel",
    about: "A funnel",
    key: "",
    fields: &[&[field("steps", Kind::List(&Kind::Choice(&STEPS)), "The steps, 2 at least").needed()], &FUNNEL_SETTINGS],
};

pub(in crate::ask) static FUNNEL_METRIC: Shape = Shape {
    name: "FunnelMetric",
    about: "A funnel as a series",
    key: "funnel",
    fields: &[&[
        field("funnel", Kind::Choice(&FUNNEL_BEHAVIOR), "The funnel").needed(),
        field("math", Kind::Word(w::FUNNEL_MATHS), "How it is measured")
            .word("conversion_rate_unique")
            .wrong(c::B9_INVALID_MATH),
        field("property", Kind::Choice(&PROPERTY), "The property that is measured"),
        field("step_index", Kind::Int, "The step that is shown, counted from 0").wrong(c::MT4_INVALID_INDEX),
        field("label", Kind::Text, "Name that the report shows"),
    ]],
};

static RETENTION_BEHAVIOR: Choice = Choice {
    name: "RetentionBehavior",
    about: "Retention: saved, or its events",
    plain: &[],
    shapes: &[&BEHAVIOR, &RETENTION],
    wrong: None,
};

/// The first event of a metric of retention, and the one that counts as a return.
static RETAINED: Choice = Choice {
    name: "RetentionEventOrName",
    about: "An event by its name, or with filters",
    plain: &[Kind::Text],
    shapes: &[&RETENTION_EVENT],
    wrong: None,
};

pub(in crate::ask) static RETENTION: Shape = Shape {
    name: "Retention",
    about: "Retention",
    key: "",
    fields: &[
        &[
            field("born_event", Kind::Choice(&RETAINED), "The first event").needed().wrong(c::R1_EMPTY_BORN_EVENT),
            field("return_event", Kind::Choice(&RETAINED), "The event that counts as a return")
                .needed()
                .wrong(c::R2_EMPTY_RETURN_EVENT),
        ],
        &RETENTION_SETTINGS,
    ],
};

pub(in crate::ask) static RETENTION_METRIC: Shape = Shape {
    name: "RetentionMetric",
    about: "Retention as a series",
    key: "retention",
    fields: &[&[
        field("retention", Kind::Choice(&RETENTION_BEHAVIOR), "The retention").needed(),
        field("math", Kind::Word(w::RETENTION_MATHS), "How it is measured")
            .word("retention_rate")
            .wrong(c::R9_INVALID_MATH),
        field("bucket_index", Kind::Int, "The bucket that is shown, counted from 0").wrong(c::MT4_INVALID_INDEX),
        field("retention_cumulative", Kind::Bool, "Add the buckets up").preset(Preset::Bool(false)),
        field("property", Kind::Choice(&PROPERTY), "The property that is measured"),
        field("label", Kind::Text, "Name that the report shows"),
    ]],
};

pub(in crate::ask) static SAVED_METRIC: Shape = Shape {
    name: "SavedMetric",
    about: "A saved metric, and what is changed of it",
    key: "metric",
    fields: &[&[
        field("metric", Kind::Int, "Its id").needed().wrong(c::MR4_INVALID_ID),
        field("type", Kind::Word(w::METRICS), "What kind of metric it is").word("metric").wrong(c::MR5_INVALID_TYPE),
        field("label", Kind::Text, "Name that the report shows").wrong(c::MR7_INVALID_OVERRIDE),
        field("math", Kind::Word(w::ALL_MATHS), "How it is measured").wrong(c::MR7_INVALID_OVERRIDE),
        field("property", Kind::Choice(&PROPERTY), "The property that is measured").wrong(c::MR7_INVALID_OVERRIDE),
        field("per_user", Kind::Word(w::PER_USER), "How it is taken per user first").wrong(c::MR7_INVALID_OVERRIDE),
        field("percentile_value", Kind::Number, "Which percentile").wrong(c::MR7_INVALID_OVERRIDE),
        field("segment_method", Kind::Word(w::ALL_OR_FIRST), "Which events of a user count")
            .wrong(c::MT2_INVALID_SEGMENT_METHOD),
        field("funnel_order", Kind::Word(w::ORDERS), "Whether the order of steps counts")
            .wrong(c::MR7_INVALID_OVERRIDE),
        field("step_index", Kind::Int, "The step that is shown, counted from 0").wrong(c::MR7_INVALID_OVERRIDE),
        field("bucket_index", Kind::Int, "The bucket that is shown, counted from 0").wrong(c::MR7_INVALID_OVERRIDE),
        field("hidden", Kind::Bool, "Leave it out of the report").wrong(c::MR7_INVALID_OVERRIDE),
        field("overrides", Kind::Free, "More changes, as the body has them").wrong(c::MR7_INVALID_OVERRIDE),
    ]],
};

pub(in crate::ask) static FORMULA: Shape = Shape {
    name: "Formula",
    about: "Arithmetic over the list of metrics, or over operands of its own",
    key: "formula",
    fields: &[&[
        field("formula", Kind::Text, "Letters, numbers, + - * / ^ ( ); A is the first metric").needed(),
        field("label", Kind::Text, "Name that the report shows"),
        field("metrics", Kind::List(&Kind::Choice(&OPERAND)), "Operands of its own"),
    ]],
};
