//! Properties, filters, breakdowns, comparisons.

use super::cohorts::COHORT;
use super::words as w;
use crate::ask::codes as c;
use crate::ask::kind::{Choice, Field, Kind, Preset, Shape, field};

/// A property: by its name, or a custom one.
pub(in crate::ask) static PROPERTY: Choice = Choice {
    name: "Property",
    about: "A property by its name, or a custom property",
    plain: &[Kind::Text],
    shapes: &[&CUSTOM_PROPERTY],
    wrong: None,
};

pub(in crate::ask) static CUSTOM_PROPERTY: Shape = Shape {
    name: "CustomProperty",
    about: "A custom property: the id of a saved one, or a formula",
    key: "custom_property",
    fields: &[&[field("custom_property", Kind::Choice(&CUSTOM), "Its id, or what it is").needed()]],
};

pub(in crate::ask) static CUSTOM: Choice = Choice {
    name: "CustomPropertyDefinition",
    about: "The id of a saved custom property, or one made for this query",
    plain: &[Kind::Int],
    shapes: &[&INLINE],
    wrong: None,
};

pub(in crate::ask) static INLINE: Shape = Shape {
    name: "InlineCustomProperty",
    about: "A custom property made for this query",
    key: "",
    fields: &[&[
        field("formula", Kind::Text, "Formula over the letters of the inputs").needed(),
        field("inputs", Kind::Map(&INPUT), "Properties by the letters A to Z that the formula uses").needed(),
        field("property_type", Kind::Word(w::SCALARS), "Type of the result"),
        field("resource_type", Kind::Word(w::RESOURCES), "Whose property it is").word("events"),
    ]],
};

pub(in crate::ask) static INPUT: Shape = Shape {
    name: "CustomPropertyInput",
    about: "A property that a formula uses",
    key: "",
    fields: &[&[
        field("name", Kind::Text, "Name of the property").needed(),
        field("type", Kind::Word(w::VALUES), "Its type").word("string"),
        field("resource_type", Kind::Word(w::INPUT_RESOURCES), "Whose property it is").word("event"),
    ]],
};

/// A member of a list of filters.
pub(in crate::ask) static FILTER: Choice = Choice {
    name: "Filter",
    about: "A test of a property, a cohort, or how often users did an event",
    plain: &[],
    shapes: &[&TEST, &COHORT_FILTER, &FREQUENCY_FILTER],
    wrong: None,
};

/// What a selector can be made of.
pub(in crate::ask) static USERS_FILTER: Choice =
    Choice { name: "UsersFilter", about: "A test of a property, or a cohort", wrong: Some(c::U0), ..NO_FREQUENCY };

/// What flows are filtered by.
pub(in crate::ask) static FLOW_FILTER: Choice =
    Choice { name: "FlowFilter", about: "A test of a property, or a cohort", ..NO_FREQUENCY };

const NO_FREQUENCY: Choice = Choice { name: "", about: "", plain: &[], shapes: &[&TEST, &COHORT_FILTER], wrong: None };

pub(in crate::ask) static TEST: Shape = Shape {
    name: "PropertyFilter",
    about: "A test of a property",
    key: "property",
    fields: &[&[
        field("property", Kind::Choice(&PROPERTY), "The property that is tested").needed(),
        field("op", Kind::Text, "The test: equals, contains, greater_than, between, is_set, on, in_the_last …")
            .needed(),
        field("value", Kind::Plain, "What it is tested against"),
        field("unit", Kind::Word(w::SPANS), "Unit of a relative date"),
        field("type", Kind::Word(w::FILTERED), "Type of the property, when the test does not tell it")
            .wrong(c::B14_INVALID_FILTER_TYPE),
        field("resource_type", Kind::Word(w::RESOURCES), "Whose property it is").word("events"),
        field("items", Kind::List(&Kind::Object(&TEST)), "Tests of an item, for list_contains"),
        field("quantifier", Kind::Word(w::ALL_OR_ANY), "How many items must pass, for list_contains")
            .word("any")
            .wrong(c::LC4_INVALID_QUANTIFIER),
    ]],
};

pub(in crate::ask) static COHORT_FILTER: Shape = Shape {
    name: "CohortFilter",
    about: "Users in a cohort, or not in it",
    key: "cohort",
    fields: &[&[
        field("cohort", Kind::Choice(&COHORT), "Id of a saved cohort, or its definition").needed(),
        field("name", Kind::Text, "Name that the report shows"),
        field("negated", Kind::Bool, "Users that are not in it").preset(Preset::Bool(false)),
    ]],
};

pub(in crate::ask) static FREQUENCY_FILTER: Shape = Shape {
    name: "FrequencyFilter",
    about: "Users by how often they did an event",
    key: "frequency",
    fields: &[&[field("frequency", Kind::Object(&FREQUENCY), "How often they did what").needed()]],
};

pub(in crate::ask) static FREQUENCY: Shape = Shape {
    name: "Frequency",
    about: "How often users did an event, per time bucket",
    key: "",
    fields: &[&[
        field("event", Kind::Text, "Name of the event").needed(),
        field("value", Kind::Number, "How often").needed(),
        field("operator", Kind::Word(w::FREQUENCY_TESTS), "The test")
            .word("is at least")
            .wrong(c::FF2_INVALID_OPERATOR),
        field("date_range_value", Kind::Int, "How far to look back"),
        field("date_range_unit", Kind::Word(w::RETENTION_UNITS), "Unit of it"),
        field("event_filters", Kind::Many(&Kind::Object(&TEST)), "Which of the events count"),
        field("label", Kind::Text, "Name that the report shows"),
    ]],
};

/// A breakdown.
pub(in crate::ask) static BREAKDOWN: Choice = Choice {
    name: "Breakdown",
    about: "A property by its name, a typed property, a field of list items, a cohort, or how often users did an event",
    plain: &[Kind::Text],
    shapes: &[&ITEM_BREAKDOWN, &TYPED_BREAKDOWN, &COHORT_BREAKDOWN, &FREQUENCY_BREAKDOWN],
    wrong: Some(c::BB1_GROUP_BY_ELEMENT_TYPE),
};

const BUCKETS: &[Field] = &[
    field("bucket_size", Kind::Number, "Size of a bucket of numbers; with bucket_min and bucket_max"),
    field("bucket_min", Kind::Number, "Where the buckets begin"),
    field("bucket_max", Kind::Number, "Where the buckets end"),
];

pub(in crate::ask) static TYPED_BREAKDOWN: Shape = Shape {
    name: "PropertyBreakdown",
    about: "By a property",
    key: "property",
    fields: &[
        &[
            field("property", Kind::Choice(&PROPERTY), "The property").needed(),
            field("type", Kind::Word(w::SCALARS), "Its type").word("string"),
        ],
        BUCKETS,
    ],
};

pub(in crate::ask) static ITEM_BREAKDOWN: Shape = Shape {
    name: "ListItemBreakdown",
    about: "By a field of the items of a list",
    key: "list_item",
    fields: &[
        &[
            field("property", Kind::Choice(&PROPERTY), "The property that holds the list").needed(),
            field("list_item", Kind::Object(&LIST_ITEM), "The field of its items").needed(),
        ],
        BUCKETS,
    ],
};

pub(in crate::ask) static LIST_ITEM: Shape = Shape {
    name: "ListItem",
    about: "A field of the items of a list",
    key: "",
    fields: &[&[
        field("sub", Kind::Text, "Name of the field").needed(),
        field("type", Kind::Word(w::SCALARS), "Its type").word("string").wrong(c::LG2_INVALID_SUB_TYPE),
    ]],
};

pub(in crate::ask) static COHORT_BREAKDOWN: Shape = Shape {
    name: "CohortBreakdown",
    about: "By being in a cohort, or not",
    key: "cohort",
    fields: &[&[
        field("cohort", Kind::Choice(&COHORT), "Id of a saved cohort, or its definition").needed(),
        field("name", Kind::Text, "Name that the report shows"),
        field("include_negated", Kind::Bool, "Show those that are not in it, too").preset(Preset::Bool(true)),
    ]],
};

pub(in crate::ask) static FREQUENCY_BREAKDOWN: Shape = Shape {
    name: "FrequencyBreakdown",
    about: "By how often users did an event",
    key: "frequency",
    fields: &[&[field("frequency", Kind::Object(&FREQUENCY_BUCKETS), "How often they did what").needed()]],
};

pub(in crate::ask) static FREQUENCY_BUCKETS: Shape = Shape {
    name: "FrequencyBuckets",
    about: "How often users did an event, in buckets",
    key: "",
    fields: &[&[
        field("event", Kind::Text, "Name of the event").needed(),
        field("bucket_size", Kind::Int, "Size of a bucket").preset(Preset::Int(1)),
        field("bucket_min", Kind::Int, "Where the buckets begin").preset(Preset::Int(0)),
        field("bucket_max", Kind::Int, "Where the buckets end").preset(Preset::Int(10)),
        field("label", Kind::Text, "Name that the report shows"),
    ]],
};

pub(in crate::ask) static COMPARISON: Shape = Shape {
    name: "TimeComparison",
    about: "What to compare with: the period before, or one that begins or ends on a day",
    key: "",
    fields: &[&[
        field("type", Kind::Word(w::COMPARISONS), "How the other period is told").needed().wrong(c::TC0_INVALID_TYPE),
        field("unit", Kind::Word(w::COMPARISON_UNITS), "How far back, for relative").wrong(c::TC1B_INVALID_UNIT),
        field("date", Kind::Date, "The day, for absolute-start and absolute-end"),
    ]],
};
