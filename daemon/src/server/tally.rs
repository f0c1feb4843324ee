//! What the server counts of its calls: by the row of the table of routes, never by a path that somebody has sent.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use mp_proto::failure::FailureKind;

use crate::meter::instruments::{Histogram, OF_CALLS, Statuses, Words};

/// What stands for a status of Mixpanel's own that was passed on, among the codes of failures.
const PASSED_ON: &str = "passed_on";

/// What stands for the route of a call that no route was found for.
const NO_ROUTE: (&str, &str) = ("(none)", "(none)");

/// Numbers that only grow, and those of what is open.
#[derive(Debug)]
pub struct Counters {
    /// Connections accepted.
    pub accepted: AtomicU64,
    /// Connections open now.
    pub connections: AtomicU64,
    /// Connections closed unread because of their uid.
    pub foreign: AtomicU64,
    /// How often there was no room for another connection.
    pub crowded: AtomicU64,
    /// Calls begun.
    pub calls: AtomicU64,
    /// Calls that are being answered; one whose answer is a stream counts until it ends.
    pub open: AtomicU64,
    /// Calls answered, by row of the table; the last place is that of calls without a route.
    rows: Vec<RowCount>,
    failures: Words<{ FailureKind::ALL.len() + 1 }>,
}

/// The calls of a row of the table of routes.
#[derive(Debug)]
pub struct RowCount {
    /// The template of its path.
    pub path: &'static str,
    /// Its method; `ANY` for those that take all.
    pub method: &'static str,
    /// How they were answered.
    pub statuses: Statuses,
    /// How long that took.
    pub time: Histogram,
}

/// The place of a row in the table; on an answer, the row that has made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) usize);

impl Row {
    /// No row: nothing is at the path.
    pub(crate) const NONE: Self = Self(usize::MAX);
}

impl Counters {
    /// Returns zeros for a table of these rows: template and method.
    pub fn new(table: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let row =
            |(path, method)| RowCount { path, method, statuses: Statuses::default(), time: Histogram::new(OF_CALLS) };
        let words = std::array::from_fn(|at| FailureKind::ALL.get(at).map_or(PASSED_ON, |kind| kind.code()));
        Self {
            accepted: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            foreign: AtomicU64::new(0),
            crowded: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            open: AtomicU64::new(0),
            rows: table.into_iter().chain([NO_ROUTE]).map(row).collect(),
            failures: Words::new(words),
        }
    }

    /// Counts an answer. `kind` is that of a failure of ours.
    pub(crate) fn answered(&self, row: Row, status: u16, kind: Option<FailureKind>, time: Duration) {
        let Some(row) = self.rows.get(row.0.min(self.rows.len() - 1)) else { return };
        row.statuses.count(status);
        row.time.observe(time);
        if status >= 400 {
            self.failures.count(kind.map_or(PASSED_ON, FailureKind::code));
        }
    }

    /// Returns the template of a row's path.
    pub(crate) fn template(&self, row: Row) -> &'static str {
        self.rows.get(row.0).map_or(NO_ROUTE.0, |row| row.path)
    }

    /// Returns the rows that were called.
    pub fn rows(&self) -> impl Iterator<Item = &RowCount> {
        self.rows.iter().filter(|row| !row.time.is_empty())
    }

    /// Returns the failures that there were, by their codes.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.failures.counted().filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_at_its_row_and_a_failure_by_its_code() {
        let counters = Counters::new([("/v1/a", "GET"), ("/v1/a", "POST")]);
        let second = Duration::from_secs(1);
        counters.answered(Row(1), 200, None, second);
        counters.answered(Row(1), 409, Some(FailureKind::LoginRequired), second);
        counters.answered(Row::NONE, 404, Some(FailureKind::RouteNotFound), second);
        counters.answered(Row(1), 418, None, second);
        let rows: Vec<_> = counters.rows().map(|row| (row.path, row.method, row.statuses.counted().count())).collect();
        assert_eq!(rows, [("/v1/a", "POST", 3), ("(none)", "(none)", 1)]);
        let failures: Vec<_> = counters.failures().collect();
        assert_eq!(failures, [("login_required", 1), ("route_not_found", 1), ("passed_on", 1)]);
    }
}
