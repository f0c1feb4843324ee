//! `mp ask flow`.

use mp_catalog::ask::words;

use super::model::Form;
use super::shared::{BY, GROUP, MODE, RANGE, WHERE, WITHIN};
use crate::ask::flag::{Flag, Takes};
use crate::ask::values;
use crate::command::Values;

pub(super) const FLOW: Form = Form {
    name: "flow",
    about: "Ask what users do before and after an event",
    words: &[Flag::new(
        "EVENT",
        "EVENT",
        "event",
        Takes::Texts,
        "The event; with several, the way from one to the next",
    )
    .names(Values::Events)],
    flags: &[
        &[
            Flag::new("forward", "N", "forward", Takes::Whole, "Steps behind it, 0 to 5 [default: 3]"),
            Flag::new("reverse", "N", "reverse", Takes::Whole, "Steps before it, 0 to 5 [default: 0]"),
            Flag::new("count", "WHAT", "count_type", Takes::Word(words::COUNTS), "What is counted [default: unique]"),
            Flag::new("max-nodes", "N", "cardinality", Takes::Whole, "Most events of a step, 1 to 50 [default: 3]"),
            WITHIN,
            Flag::new("hide", "EVENT", "hidden_events", Takes::Texts, "Leave an event out of the way; repeatable")
                .names(Values::Events),
            Flag::new("exclude", "EVENT", "exclusions", Takes::Texts, "Leave out who does this; repeatable")
                .names(Values::Events),
            Flag::switch("collapse", "collapse_repeated", Takes::Yes, "Count an event that repeats once"),
        ],
        &[
            Flag::new("by", "PROPERTY", "segments", Takes::Each(values::breakdown), BY).names(Values::Properties),
            Flag::new("where", "TESTS", "where", Takes::Tests, WHERE).names(Values::Properties),
        ],
        RANGE,
        &[
            Flag::switch("paths", MODE, Takes::Says("paths"), "The most frequent ways as lists"),
            Flag::switch("tree", MODE, Takes::Says("tree"), "The ways as a tree"),
            GROUP,
        ],
    ],
    of_profiles: &[],
    has_link: true,
    more: "\
Examples:
  mp ask flow \"Sign Up\" --forward 4 -f chart
  mp ask flow Purchase --reverse 3 --forward 0 --paths
  mp ask flow \"Sign Up\" Purchase --hide \"Page View\" --within 1session --count session",
};
