//! Cohorts that are defined in place.

use super::filters::TEST;
use super::words as w;
use crate::ask::kind::{Choice, Field, Kind, Shape, field};

/// A cohort: saved, or defined in place.
pub(in crate::ask) static COHORT: Choice = Choice {
    name: "Cohort",
    about: "Id of a saved cohort, or a definition",
    plain: &[Kind::Int],
    shapes: &[&ALL_OF, &ANY_OF],
    wrong: None,
};

/// What a definition is made of.
pub(in crate::ask) static CRITERION: Choice = Choice {
    name: "Criterion",
    about: "A criterion of a cohort, or several joined",
    plain: &[],
    shapes: &[&ALL_OF, &ANY_OF, &DID, &DID_NOT, &HAS_PROPERTY, &IN_COHORT, &NOT_IN_COHORT],
    wrong: None,
};

pub(in crate::ask) static ALL_OF: Shape = Shape {
    name: "AllOf",
    about: "Users that meet all criteria",
    key: "all_of",
    fields: &[&[field("all_of", Kind::List(&Kind::Choice(&CRITERION)), "The criteria, at least one").needed()]],
};

pub(in crate::ask) static ANY_OF: Shape = Shape {
    name: "AnyOf",
    about: "Users that meet one of the criteria",
    key: "any_of",
    fields: &[&[field("any_of", Kind::List(&Kind::Choice(&CRITERION)), "The criteria, at least one").needed()]],
};

const WINDOW: &[Field] = &[
    field("within_days", Kind::Int, "In the last so many days"),
    field("within_weeks", Kind::Int, "In the last so many weeks"),
    field("within_months", Kind::Int, "In the last so many months"),
    field("from_date", Kind::Date, "From this day; with to_date"),
    field("to_date", Kind::Date, "To this day; with from_date"),
];

pub(in crate::ask) static DID: Shape = Shape {
    name: "Did",
    about: "Users that did an event so many times",
    key: "did",
    fields: &[
        &[
            field("did", Kind::Text, "Name of the event").needed(),
            field("at_least", Kind::Int, "So many times or more"),
            field("at_most", Kind::Int, "So many times or less"),
            field("exactly", Kind::Int, "So many times"),
            field("where", Kind::Many(&Kind::Object(&TEST)), "Which of the events count"),
            field("aggregation", Kind::Word(w::AGGREGATIONS), "Aggregate of a property, instead of how many times"),
            field("aggregation_property", Kind::Text, "The property that is aggregated"),
        ],
        WINDOW,
    ],
};

pub(in crate::ask) static DID_NOT: Shape = Shape {
    name: "DidNot",
    about: "Users that did not do an event",
    key: "did_not",
    fields: &[&[field("did_not", Kind::Text, "Name of the event").needed()], WINDOW],
};

pub(in crate::ask) static HAS_PROPERTY: Shape = Shape {
    name: "HasProperty",
    about: "Users by a property of their profile",
    key: "has_property",
    fields: &[&[
        field("has_property", Kind::Text, "Name of the property").needed(),
        field("value", Kind::Plain, "What it is tested against"),
        field("op", Kind::Word(w::PROFILE_TESTS), "The test").word("equals"),
        field("type", Kind::Word(w::VALUES), "Type of the property").word("string"),
    ]],
};

pub(in crate::ask) static IN_COHORT: Shape = Shape {
    name: "InCohort",
    about: "Users in a saved cohort",
    key: "in_cohort",
    fields: &[&[field("in_cohort", Kind::Int, "Id of the cohort").needed()]],
};

pub(in crate::ask) static NOT_IN_COHORT: Shape = Shape {
    name: "NotInCohort",
    about: "Users that are not in a saved cohort",
    key: "not_in_cohort",
    fields: &[&[field("not_in_cohort", Kind::Int, "Id of the cohort").needed()]],
};
