//! Says what an end of the daemon would lose: grants whose newest tokens are in its memory alone.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::AccountName;

/// A grant whose newest tokens are in no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtRisk {
    /// Whose they are.
    pub account: AccountName,
    /// Why they are in none.
    pub detail: String,
}

impl AtRisk {
    /// Returns what a person should know who has just used them.
    pub fn note(&self) -> String {
        format!(
            "the newest tokens of account '{}' are only in the daemon's memory: {}. They are written as soon as that is possible; if \
             the daemon is killed before, a new login is needed",
            self.account, self.detail
        )
    }
}

/// Says why the daemon does not end.
pub fn would_lose(at_risk: &[AtRisk]) -> Failure {
    let lost =
        |it: &AtRisk| format!("the newest tokens of account '{}' are in its memory alone ({})", it.account, it.detail);
    let lost: Vec<String> = at_risk.iter().map(lost).collect();
    let detail = format!("mpd goes on: {}; if it ended now, a new login would be needed", lost.join("; "));
    let mut failure = Failure::new(FailureKind::Unsaved, detail);
    failure.account = at_risk.first().map(|first| first.account.to_string());
    failure.next("mp daemon stop", "again, when this is mended").next("mp daemon stop --force", "end it all the same")
}
