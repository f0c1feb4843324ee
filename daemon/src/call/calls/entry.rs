//! A query's place in the ledger that other tools on this machine keep.

use std::time::Duration;

use hyper::Uri;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Family;
use serde_json::Value;
use tokio::time::Instant;

use super::{Progress, Sending};
use crate::call::ledger::{Outcome, Reserved, counts};
use crate::call::request::Payload;

/// Longest wait that is a caller's own business: whoever waits for the hour does so itself, all others give up, as the tools do with
/// which the ledger is shared.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long is nobody's business.
const BRIEF: Duration = Duration::from_secs(2);

impl Sending<'_> {
    /// Enters the query in the ledger of its project, if there is one, and waits for its slot.
    pub(super) async fn enter(&self, uri: &Uri, progress: &mut Progress) -> Result<(), Failure> {
        let (request, calls) = (self.request, self.calls);
        let Some(project) = request.budget.as_ref().filter(|_| self.is_counted()) else { return Ok(()) };
        let limits = calls.store.last_good().config.limits.clone();
        let left = self.deadline.saturating_duration_since(Instant::now());
        let (patience, reserve) =
            if request.is_paced { (BRIEF, Some(limits.export_reserve)) } else { (PATIENCE.min(left), None) };
        match calls.ledgers.reserve(uri, project, limits.ledger, (patience, reserve)).await {
            Reserved::Unpaced => {}
            Reserved::In(wait, entry) => {
                calls.meters.waited("ledger", wait);
                progress.entry = Some(entry);
                if !wait.is_zero() {
                    let detail = format!(
                        "a query of project {project} waits for {:.0} s: all tools of this machine share Mixpanel's hour",
                        wait.as_secs_f64()
                    );
                    calls.waits.pause(&self.identity.name, &detail, wait).await;
                    progress.waited += wait;
                }
            }
            Reserved::TooLong(wait) => {
                let detail = format!(
                    "a query of project {project} has no free slot: other tools of this machine share its hour"
                );
                let mut failure = Failure::new(FailureKind::RateLimited, detail).account(&self.identity.name);
                failure.retry_after_s = Some(wait.as_secs() + 1);
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Notes in the ledger what came of the query.
    pub(super) async fn settle(&self, progress: &mut Progress, outcome: Outcome) {
        if let Some(entry) = progress.entry.take() {
            entry.settle(outcome).await;
        }
    }

    /// Whether the ledger counts such a request: not the further pages of profiles, which belong to a query that was counted.
    fn is_counted(&self) -> bool {
        let Some(plane) = self.request.host.plane() else { return false };
        if plane.family() != Some(Family::Query) {
            return false;
        }
        if plane.as_str() != "engage" {
            return counts(&self.request.path);
        }
        let has_session = match &self.request.payload {
            Payload::Json(body) => body.get("session_id").is_some_and(Value::is_string),
            Payload::Bytes(body) => memchr::memmem::find(body, b"session_id").is_some(),
            Payload::None | Payload::Stream(_) => false,
        };
        !has_session && !self.request.path.contains("aliases")
    }
}
