//! What questions (`ask.*`) answer: a result beside the parameters that were sent and a table. Which fields a result has depends on the
//! family, and the library has a class for each.

use mp_catalog::{Field, Model, Of};

const COMPUTED_AT: Field = Field::new("computed_at", Of::Text);
const FROM: Field = Field::new("from_date", Of::Text);
const TO: Field = Field::new("to_date", Of::Text);
const META: Field = Field::new("meta", Of::Any);
const SERIES: Field = Field::new("series", Of::Any);
const PARAMS: Field = Field::new("params", Of::Any);
const RATE: Field = Field::new("overall_conversion_rate", Of::Number);

const RESULTS: &[(&str, Model)] = &[
    (
        "ask.insights",
        Model::new("QueryResult", &[COMPUTED_AT, FROM, TO, Field::new("headers", Of::Values), SERIES, PARAMS, META]),
    ),
    (
        "ask.funnel",
        Model::new(
            "FunnelQueryResult",
            &[COMPUTED_AT, FROM, TO, Field::new("steps_data", Of::Values), SERIES, RATE, PARAMS, META],
        ),
    ),
    (
        "ask.retention",
        Model::new(
            "RetentionQueryResult",
            &[
                COMPUTED_AT,
                FROM,
                TO,
                Field::new("cohorts", Of::Any),
                Field::new("average", Of::Any),
                Field::new("segments", Of::Any),
                Field::new("segment_averages", Of::Any),
                PARAMS,
                META,
            ],
        ),
    ),
    (
        "ask.flow",
        Model::new(
            "FlowQueryResult",
            &[
                COMPUTED_AT,
                Field::new("steps", Of::Values),
                Field::new("flows", Of::Values),
                Field::new("breakdowns", Of::Values),
                RATE,
                Field::new("mode", Of::Text),
                Field::new("trees", Of::Values),
                PARAMS,
                META,
            ],
        ),
    ),
    (
        "ask.users",
        Model::new(
            "UserQueryResult",
            &[
                COMPUTED_AT,
                Field::new("total", Of::Number),
                Field::new("profiles", Of::Values),
                Field::new("mode", Of::Text),
                Field::new("aggregate_data", Of::Any),
                Field::new("value", Of::Number),
                PARAMS,
                META,
            ],
        ),
    ),
];

/// Returns what an operation that asks has as its result; none of another one.
pub(crate) fn result(id: &str) -> Option<&'static Model> {
    RESULTS.iter().find(|(own, _)| *own == id).map(|(_, model)| model)
}

/// Returns whether the answer of an operation may have a link to the same report.
pub(crate) fn has_link(id: &str) -> bool {
    result(id).is_some() && id != "ask.users"
}
