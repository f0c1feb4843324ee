//! One budget for all tools: what Mixpanel allows a project to run at once and in an hour, and the queue in front of it.

use std::time::Duration;

use mp_proto::failure::Failure;
use mp_proto::ids::{ProjectId, Region};
use tokio::time::Instant;

use crate::upstream::Plane;
use crate::upstream::request::Tool;

/// What is limited together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// The region of the project.
    pub(crate) region: Region,
    /// The project.
    pub(crate) project: ProjectId,
    /// Which limits apply.
    pub(crate) family: Family,
}

/// Planes that share their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    /// Queries and profiles.
    Query,
    /// Raw events.
    Export,
}

impl Family {
    /// Returns the limits of a plane; none where there are none.
    pub(crate) const fn of(plane: Plane) -> Option<Self> {
        match plane {
            Plane::Query | Plane::Engage => Some(Self::Query),
            Plane::Export => Some(Self::Export),
            Plane::App | Plane::Oauth | Plane::Web => None,
        }
    }
}

/// The gates of all budgets.
#[derive(Debug, Default)]
pub struct Gates {}

/// The right to one request. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Permit {}

impl Gates {
    /// Waits for the right to a request.
    ///
    /// # Errors
    /// When there will be none before `until`, saying when there may be one.
    pub(crate) async fn enter(&self, _budget: &Budget, _tool: Tool, _until: Instant) -> Result<Permit, Failure> {
        Ok(Permit {})
    }
}

impl Permit {
    /// Closes the gate for everybody, because Mixpanel has answered 429.
    pub(crate) fn was_refused(self, _pause: Duration) {}
}
