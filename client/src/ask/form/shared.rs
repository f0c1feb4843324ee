//! Flags that several families have.

use crate::ask::flag::{Flag, Takes};
use crate::ask::values;
use crate::command::Values;

pub(super) const MODE: &str = "mode";

/// Which days.
pub(super) const RANGE: &[Flag] = &[
    Flag::new(
        "from",
        "DAY",
        "from_date",
        Takes::Day(false),
        "First day: 2025-01-31, or a word such as -7d or last-month",
    ),
    Flag::new("to", "DAY", "to_date", Takes::Day(true), "Last day [default: today, by the clock of this machine]"),
    Flag::new(
        "last",
        "LENGTH",
        "last",
        Takes::Made(values::last),
        "So long until today: 30d, 4w, 12m, 1q, 1y [default: 30d]",
    ),
];

/// Which part of the events, and by what they are parted.
pub(super) const PARTS: &[Flag] = &[
    Flag::new("by", "PROPERTY", "group_by", Takes::Each(values::breakdown), BY).names(Values::Properties),
    Flag::new("where", "TESTS", "where", Takes::Tests, WHERE).names(Values::Properties),
];

pub(super) const BY: &str =
    "Break down by a property, also PROPERTY:number:SIZE,MIN,MAX, custom(ID) or cohort:ID; repeatable";
pub(super) const WHERE: &str = "Count only what passes: 'plan = \"pro\" and age > 30'; repeatable, all must pass";

/// What else insights, funnels and retention have.
pub(super) const REPORT: &[Flag] = &[
    Flag::new(
        "compare",
        "WITH",
        "time_comparison",
        Takes::Made(values::compare),
        "Compare with the time a day, week, month, quarter or year before, or start=DAY, end=DAY",
    ),
    Flag::new("limit", "N", "limit", Takes::Whole, "Most segments [default: 3000]"),
    GROUP,
];

pub(super) const GROUP: Flag =
    Flag::new("data-group", "ID", "data_group_id", Takes::Whole, "Count a data group, not users");

pub(super) const WITHIN: Flag = Flag::new(
    "within",
    "LENGTH",
    "conversion_window",
    Takes::Made(values::within),
    "Time for all steps: 30s, 15min, 12h, 7d, 4w, 1m (month), 1session",
);
