//! What is limited together, how somebody goes through its gate, and what is said to those who wait or may not.

use std::time::Duration;

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{ProjectId, Region};
use mp_proto::plane::Family;
use tokio::time::Instant;

use crate::call::request::Tool;

/// What is limited together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// The region of the project.
    pub(crate) region: Region,
    /// The project.
    pub(crate) project: ProjectId,
    /// Which limits apply.
    pub(crate) family: Family,
    /// What stands in for Mixpanel, where a caller's variables say so: its limits are its own.
    pub(crate) base: Option<String>,
}

/// How somebody goes through a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Whose turn it takes.
    pub(crate) tool: Tool,
    /// When it gives up.
    pub(crate) until: Instant,
    /// Whether its last turn came to nothing: then it is the next of its tool.
    pub(crate) is_again: bool,
    /// Whether it goes only if the hour has room for those who wait for it.
    pub(crate) is_paced: bool,
}

/// What somebody before a gate waits for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// For a person.
    pub(crate) detail: String,
    /// For how long nobody goes through, where that is known.
    pub(crate) closed_for: Option<Duration>,
}

impl Manner {
    /// Returns the manner of those who come for the first time and do not wait for the hour.
    #[cfg(test)]
    pub(crate) fn plain(tool: Tool, until: Instant) -> Self {
        Self { tool, until, is_again: false, is_paced: false }
    }
}

pub(super) fn closed_too_long(budget: &Budget, closed: Duration, now: Timestamp, waiting: usize) -> Failure {
    // Shown to the second, and not before it is over.
    let until = (now + closed + Duration::from_millis(999)).as_second();
    let until = Timestamp::from_second(until).unwrap_or(now);
    let detail = format!("{} is refused by Mixpanel until {until}, and {waiting} more wait", told_of(budget));
    limited(detail, Some(closed))
}

pub(super) fn hour_is_full(budget: &Budget, full: Duration, hourly: u64, reserve: u64) -> Failure {
    let rest = if reserve > 0 { format!(", of which {reserve} are kept for other tools") } else { String::new() };
    let detail = format!("{} has no free slot: Mixpanel allows {hourly} in an hour{rest}", told_of(budget));
    limited(detail, Some(full))
}

pub(super) fn told_of(budget: &Budget) -> String {
    let what = match budget.family {
        Family::Query => "a query",
        Family::Export => "an export",
    };
    format!("{what} of project {} ({})", budget.project, budget.region)
}

pub(super) fn limited(detail: String, closed: Option<Duration>) -> Failure {
    let mut failure = Failure::new(FailureKind::RateLimited, detail);
    failure.retry_after_s = closed.map(ceiling_s);
    failure.next("mp daemon status", "see what uses the limits of the project")
}

pub(super) fn ceiling_s(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
