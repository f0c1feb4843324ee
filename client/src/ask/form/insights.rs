//! `mp ask insights`.

use mp_catalog::ask::words;

use super::model::Form;
use super::shared::{MODE, PARTS, RANGE, REPORT};
use crate::ask::flag::{Flag, Takes};
use crate::ask::values;
use crate::command::Values;

pub(super) const INSIGHTS: Form = Form {
    name: "insights",
    about: "Ask how often events happened, or what their properties add up to",
    words: &[],
    flags: &[
        &[
            Flag::new(
                "event",
                "EVENT[:MATH[(PROPERTY)]]",
                "events",
                Takes::Each(values::metric),
                "An event, and how to measure it: -e \"Sign Up\" -e 'Purchase:average(amount)'; repeatable",
            )
            .letter('e')
            .names(Values::Events),
            Flag::new("metric", "ID", "events", Takes::Each(values::saved_metric), "A saved metric; repeatable"),
            Flag::new(
                "cohort-size",
                "ID",
                "events",
                Takes::Each(values::cohort_size),
                "The size of a saved cohort; repeatable",
            ),
            Flag::new(
                "formula",
                "FORMULA",
                "formula",
                Takes::Text,
                "Arithmetic over those, the first of which is A: B/A*100",
            ),
            Flag::new("label", "TEXT", "formula_label", Takes::Text, "What the formula is called"),
            Flag::new("math", "MATH", "math", Takes::Made(values::math), MATH),
            Flag::new("of", "PROPERTY", "math_property", Takes::Made(values::of_property), "Property that is measured")
                .names(Values::Properties),
            Flag::new("per-user", "HOW", "per_user", Takes::Word(words::PER_USER), "Measure each user first"),
            Flag::new("percentile", "N", "percentile_value", Takes::Number, "With --math percentile: which"),
        ],
        PARTS,
        RANGE,
        &[
            Flag::new("unit", "UNIT", "unit", Takes::Word(words::UNITS), "A number for each of these [default: day]"),
            Flag::new("rolling", "N", "rolling", Takes::Whole, "Average over so many of them"),
            Flag::switch("cumulative", "cumulative", Takes::Yes, "Add up"),
            Flag::switch("total", MODE, Takes::Says("total"), "One number for the whole time"),
            Flag::switch("table", MODE, Takes::Says("table"), "As a table of totals"),
        ],
        REPORT,
    ],
    of_profiles: &[],
    has_link: true,
    more: "\
Examples:
  mp ask insights -e \"Sign Up\" -e Purchase --by country --last 30d -f chart
  mp ask insights -e 'Purchase:average(amount)' --where 'plan = \"pro\" and age > 30' --unit week
  mp ask insights -e \"Sign Up\" -e Purchase --formula 'B/A*100' --label \"bought, %\" --total",
};

const MATH: &str = "How to measure events that do not say it: total, unique, dau, wau, mau, sessions; of a property average, median, \
                    min, max, p95, histogram, unique_values and more [default: total]";
