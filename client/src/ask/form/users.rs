//! `mp ask users`.

use super::model::Form;
use super::shared::MODE;
use crate::ask::flag::{Flag, Takes};
use crate::ask::values;
use crate::command::Values;

const AGGREGATE: &str = "aggregate";

const OF_PROFILES: &[Flag] = &[
    Flag::new("show", "NAME,NAME", "properties", Takes::Names, "Properties of a profile [default: all]")
        .names(Values::Properties),
    Flag::new(
        "sort",
        "PROPERTY",
        "sort_by",
        Takes::Made(values::sort),
        "Sort by a property; -PROPERTY puts the largest first",
    )
    .names(Values::Properties),
    Flag::new("limit", "N", "limit", Takes::Whole, "Most profiles [default: 1]"),
    Flag::switch("all", "limit", Takes::Null, "All profiles"),
    Flag::new("search", "TEXT", "search", Takes::Text, "Only profiles with a text"),
    Flag::new("id", "ID", "distinct_id", Takes::Text, "The profile with a distinct id"),
    Flag::new("ids", "ID,ID", "distinct_ids", Takes::Names, "The profiles with these distinct ids"),
    Flag::new("as-of", "DAY", "as_of", Takes::Made(values::as_of), "As profiles were on a day, or at a Unix time"),
    Flag::new(
        "parallel",
        "N",
        "parallel",
        Takes::Maybe(values::parallel),
        "Fetch pages side by side, up to 5: --parallel=3",
    ),
];

pub(super) const USERS: Form = Form {
    name: "users",
    about: "Ask how many users there are, what their properties add up to, or who they are",
    words: &[],
    flags: &[
        &[
            Flag::new(
                "where",
                "TESTS",
                "where",
                Takes::Tests,
                "Only users who pass: 'user.plan = \"pro\" and in cohort 12'; repeatable, all must pass",
            )
            .names(Values::Properties),
            Flag::new(
                "selector",
                "TEXT",
                "where",
                Takes::Text,
                "The same in Mixpanel's own words: 'properties[\"plan\"] == \"pro\"'",
            ),
            Flag::new("cohort", "ID", "cohort", Takes::Whole, "Only users of a saved cohort"),
            Flag::switch(
                "include-others",
                "include_all_users",
                Takes::Yes,
                "With --cohort: also those who have no profile",
            ),
            Flag::new("group-id", "ID", "group_id", Takes::Text, "Profiles of a group, not of users"),
        ],
        &[
            Flag::switch("count", AGGREGATE, Takes::Says("count"), "How many; that is usual"),
            Flag::new("extremes", "PROPERTY", AGGREGATE, Takes::Made(values::extremes), "Least and most of a property")
                .names(Values::Properties),
            Flag::new(
                "summary",
                "PROPERTY",
                AGGREGATE,
                Takes::Made(values::summary),
                "Sum, mean and deviation of a property",
            )
            .names(Values::Properties),
            Flag::new(
                "quantile",
                "N",
                AGGREGATE,
                Takes::Pair(values::quantile),
                "A percentile of a property: 90 PROPERTY",
            )
            .names(Values::Properties),
            Flag::new("segment-by", "ID,ID", "segment_by", Takes::Wholes, "One number for each of these cohorts"),
        ],
        &[Flag::switch("profiles", MODE, Takes::Says("profiles"), "Who they are; so do the options below")],
        OF_PROFILES,
    ],
    of_profiles: OF_PROFILES,
    has_link: false,
    more: "\
Examples:
  mp ask users --where 'user.plan = \"pro\"' --count
  mp ask users --where 'last_seen in last 7 days' --quantile 90 ltv --segment-by 12,13
  mp ask users --where 'plan in (\"pro\", \"team\")' --limit 50 --sort -ltv --show '$email,plan'",
};
