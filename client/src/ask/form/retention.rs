//! `mp ask retention`.

use mp_catalog::ask::words;

use super::model::Form;
use super::shared::{MODE, PARTS, RANGE, REPORT};
use crate::ask::flag::{Flag, Takes};
use crate::command::Values;

pub(super) const RETENTION: Form = Form {
    name: "retention",
    about: "Ask how many users come back after a first event",
    words: &[
        Flag::new("FIRST", "FIRST", "born_event", Takes::Text, "What users do first").names(Values::Events),
        Flag::new("AGAIN", "AGAIN", "return_event", Takes::Text, "What they come back for").names(Values::Events),
    ],
    flags: &[
        &[
            Flag::new(
                "every",
                "UNIT",
                "retention_unit",
                Takes::Word(words::RETENTION_UNITS),
                "Length of a bucket [default: week]",
            ),
            Flag::new("buckets", "N,N", "bucket_sizes", Takes::Wholes, "Buckets of these sizes: 1,3,7"),
            Flag::new(
                "align",
                "HOW",
                "alignment",
                Takes::Word(words::ALIGNMENTS),
                "Where buckets begin [default: birth]",
            ),
            Flag::new(
                "unbounded",
                "HOW",
                "unbounded_mode",
                Takes::Word(words::UNBOUNDED),
                "Whether coming back counts for other buckets, too [default: none]",
            ),
            Flag::switch("retained-cumulative", "retention_cumulative", Takes::Yes, "Add buckets up"),
            Flag::new(
                "math",
                "MATH",
                "math",
                Takes::Word(words::RETENTION_MATHS),
                "What is counted [default: retention_rate]",
            ),
        ],
        PARTS,
        RANGE,
        &[
            Flag::new(
                "unit",
                "UNIT",
                "unit",
                Takes::Word(words::RETENTION_UNITS),
                "A cohort for each of these [default: day]",
            ),
            Flag::switch("curve", MODE, Takes::Says("curve"), "A number for each bucket; that is usual"),
            Flag::switch("trend", MODE, Takes::Says("trends"), "Over time"),
            Flag::switch("table", MODE, Takes::Says("table"), "As a table"),
        ],
        REPORT,
    ],
    of_profiles: &[],
    has_link: true,
    more: "\
Examples:
  mp ask retention \"Sign Up\" Login --every week --last 12w -f chart
  mp ask retention \"Sign Up\" Purchase --buckets 1,3,7,14 --by plan
  mp ask retention Login Login --every day --where 'country in (\"DE\", \"AT\")' -f csv",
};
