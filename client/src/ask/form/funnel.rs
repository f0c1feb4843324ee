//! `mp ask funnel`.

use mp_catalog::ask::words;

use super::model::Form;
use super::shared::{MODE, PARTS, RANGE, REPORT, WITHIN};
use crate::ask::flag::{Flag, Takes};
use crate::ask::values;
use crate::command::Values;

pub(super) const FUNNEL: Form = Form {
    name: "funnel",
    about: "Ask how many users go through steps, one after the other",
    words: &[Flag::new("STEP", "STEP", "steps", Takes::Texts, "The events, two at least, in their order")
        .names(Values::Events)],
    flags: &[
        &[
            WITHIN,
            Flag::new(
                "order",
                "ORDER",
                "order",
                Takes::Word(words::ORDERS),
                "Whether steps come in their order [default: loose]",
            ),
            Flag::new(
                "exclude",
                "EVENT[:FROM-TO]",
                "exclusions",
                Takes::Each(values::exclusion),
                "Leave out who does this between steps, which count from 1; repeatable",
            )
            .names(Values::Events),
            Flag::new(
                "hold",
                "PROPERTY",
                "holding_constant",
                Takes::Each(values::held),
                "Must be the same in all steps, also user.NAME; three at most",
            )
            .names(Values::Properties),
            Flag::new(
                "reentry",
                "HOW",
                "reentry_mode",
                Takes::Word(words::REENTRIES),
                "What coming back to the first step means",
            ),
            Flag::new(
                "math",
                "MATH",
                "math",
                Takes::Word(words::FUNNEL_MATHS),
                "What is counted [default: conversion_rate_unique]",
            ),
            Flag::new("of", "PROPERTY", "math_property", Takes::Text, "Property that is measured")
                .names(Values::Properties),
        ],
        PARTS,
        RANGE,
        &[
            Flag::new(
                "unit",
                "UNIT",
                "unit",
                Takes::Word(words::UNITS),
                "With --trend: a number for each of these [default: day]",
            ),
            Flag::switch("steps", MODE, Takes::Says("steps"), "A number for each step; that is usual"),
            Flag::switch("trend", MODE, Takes::Says("trends"), "Over time"),
            Flag::switch("table", MODE, Takes::Says("table"), "As a table"),
        ],
        REPORT,
    ],
    of_profiles: &[],
    has_link: true,
    more: "\
Examples:
  mp ask funnel \"View Item\" \"Add to Cart\" Purchase --within 7d -f chart
  mp ask funnel \"Sign Up\" Purchase --within 1session --math conversion_rate_session --by '$browser'
  mp ask funnel \"View Item\" Purchase --exclude Refund:1-2 --hold item_id --last 12w",
};
