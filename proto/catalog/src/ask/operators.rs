//! The tests that filters make: their words in arguments and on the wire, and the value that each takes.

/// What value a test takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ask) enum Takes {
    /// A text or a list of texts; or numbers, or a boolean, which then tell the type.
    Values,
    /// A text.
    Text,
    /// A number.
    Number,
    /// Two numbers.
    Numbers,
    /// No value.
    Nothing,
    /// A day.
    Day,
    /// Two days.
    Days,
    /// So many of a unit.
    Span,
    /// Tests of the items of a list.
    Items,
}

/// A test.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ask) struct Operator {
    pub(in crate::ask) name: &'static str,
    pub(in crate::ask) wire: &'static str,
    /// The type of the property, when nothing else tells it.
    pub(in crate::ask) kind: &'static str,
    pub(in crate::ask) takes: Takes,
}

const fn op(name: &'static str, wire: &'static str, kind: &'static str, takes: Takes) -> Operator {
    Operator { name, wire, kind, takes }
}

pub(in crate::ask) static OPERATORS: &[Operator] = &[
    op("equals", "equals", "string", Takes::Values),
    op("not_equals", "does not equal", "string", Takes::Values),
    op("contains", "contains", "string", Takes::Text),
    op("not_contains", "does not contain", "string", Takes::Text),
    op("starts_with", "starts with", "string", Takes::Text),
    op("ends_with", "ends with", "string", Takes::Text),
    op("greater_than", "is greater than", "number", Takes::Number),
    op("less_than", "is less than", "number", Takes::Number),
    op("at_least", "is at least", "number", Takes::Number),
    op("at_most", "is at most", "number", Takes::Number),
    op("between", "is between", "number", Takes::Numbers),
    op("not_between", "not between", "number", Takes::Numbers),
    op("is_set", "is set", "string", Takes::Nothing),
    op("is_not_set", "is not set", "string", Takes::Nothing),
    op("is_true", "true", "boolean", Takes::Nothing),
    op("is_false", "false", "boolean", Takes::Nothing),
    op("on", "was on", "datetime", Takes::Day),
    op("not_on", "was not on", "datetime", Takes::Day),
    op("before", "was before", "datetime", Takes::Day),
    op("since", "was since", "datetime", Takes::Day),
    op("date_between", "was between", "datetime", Takes::Days),
    op("date_not_between", "was not between", "datetime", Takes::Days),
    op("in_the_last", "was in the", "datetime", Takes::Span),
    op("not_in_the_last", "was not in the", "datetime", Takes::Span),
    op("in_the_next", "was in the next", "datetime", Takes::Span),
    op("list_contains", "list_contains", "object", Takes::Items),
];

impl Operator {
    /// Finds a test by its word in arguments, or by the one of the wire.
    pub(in crate::ask) fn find(word: &str) -> Option<&'static Self> {
        let word = if word == "is equal to" { "equals" } else { word };
        OPERATORS.iter().find(|op| op.name == word).or_else(|| OPERATORS.iter().find(|op| op.wire == word))
    }

    /// The test that a boolean passes when it is so.
    pub(in crate::ask) fn of_truth(is_true: bool) -> &'static Self {
        let name = if is_true { "is_true" } else { "is_false" };
        OPERATORS.iter().find(|op| op.name == name).expect("both stand in the table")
    }

    pub(in crate::ask) fn is_truth(&self) -> bool {
        matches!(self.wire, "true" | "false")
    }

    pub(in crate::ask) fn names() -> Vec<&'static str> {
        OPERATORS.iter().map(|op| op.name).collect()
    }
}
