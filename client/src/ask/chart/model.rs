//! What a chart shows.

use jiff::civil::DateTime;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ask) struct Picture {
    /// What stands above it.
    pub(super) title: String,
    /// What is drawn.
    pub(super) kind: Kind,
    /// Whether numbers are parts of a whole.
    pub(super) is_percent: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A line for each series, over what they have in common.
    Lines(Vec<Along>, Vec<Series>),
    /// A bar for each.
    Bars(Vec<Bar>),
}

/// A place along the axis of a chart of lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Along {
    /// What is written there.
    pub(super) label: String,
    /// When it is, if it is a time.
    pub(super) time: Option<DateTime>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    /// A number for each place; none where there is none.
    pub(super) numbers: Vec<Option<f64>>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) number: f64,
    /// What else is said of it.
    pub(super) note: String,
}
