//! Ask live questions: what a report would answer, without saving one.

use mp_proto::plane::Plane;

use crate::ask::{Family, read};
use crate::operation::{Call, Operation, Reply, Workflow};

/// What an answer has beside its result.
const DETAIL: &str = "The answer has the parameters that were sent (params), the result, and the same as a table; dry_run returns the \
                      parameters alone, link stores them as a report and returns its URL. All problems of the arguments are told at \
                      once, each with a code, before anything is sent.";

const ASK: Operation = Operation {
    detail: DETAIL,
    call: Call::post(Plane::Query, "insights").ids_of_workspace().by(Workflow::Ask),
    reply: Reply::ONE.bare().rows(read::rows),
    ..Operation::READ
};

/// The questions.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "ask.insights",
        command: &["ask", "insights"],
        summary: "Measure events over time or in total, by any property or formula",
        asks: Some(Family::Insights),
        ..ASK
    },
    Operation {
        id: "ask.funnel",
        command: &["ask", "funnel"],
        summary: "Count how many users go through steps, and where they are lost",
        asks: Some(Family::Funnel),
        ..ASK
    },
    Operation {
        id: "ask.retention",
        command: &["ask", "retention"],
        summary: "Count how many users come back, by when they came first",
        asks: Some(Family::Retention),
        ..ASK
    },
    Operation {
        id: "ask.flow",
        command: &["ask", "flow"],
        summary: "Show which ways users take to and from an event",
        asks: Some(Family::Flow),
        call: Call::post(Plane::Query, "arb_funnels").ids_of_workspace().by(Workflow::Ask),
        ..ASK
    },
    Operation {
        id: "ask.users",
        command: &["ask", "users"],
        summary: "Count or list users by what they are and did",
        detail: "It counts unless mode is profiles, which lists one unless limit says how many (null: all). The answer has the parameters \
                 that were sent (params), the result, and the same as a table; dry_run returns the parameters alone.",
        asks: Some(Family::Users),
        call: Call::post(Plane::Engage, "stats").by(Workflow::Ask),
        ..ASK
    },
];
