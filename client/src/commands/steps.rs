//! Shows the steps of `mp setup` and its parts.

use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use crate::call::Call;
use crate::output::fitted;
use crate::report;
use crate::setup::{Part, State, Step};

/// Shows what was done, or would be.
///
/// # Errors
/// When something went wrong, or a part that was named cannot be had.
pub(super) fn shown(call: &mut Call<'_>, steps: &[Step], is_dry: bool, is_named: bool) -> Result<(), Failure> {
    let records = steps.iter().map(|step| step.record(is_dry)).collect();
    let rows: Vec<Vec<String>> = steps.iter().map(Step::row).collect();
    call.output.show(&Value::Array(records), || {
        let title = if is_dry { "WOULD BE" } else { "NOW" };
        fitted(&["WHAT", title, "WHERE", ""], &rows, None)
    })?;
    if !call.quiet {
        for step in steps.iter().filter(|step| step.state != State::Removed) {
            step.next.iter().for_each(|next| report::hint(next, &step.what));
        }
    }
    let is_bad = |step: &&Step| step.state == State::Failed || (is_named && step.state == State::Skipped);
    match steps.iter().find(is_bad) {
        None => Ok(()),
        Some(step) => {
            let kind = if step.part == Part::Unit { FailureKind::Unreachable } else { FailureKind::Storage };
            let declined = step.state == State::Skipped && step.part != Part::Unit;
            let kind = if declined { FailureKind::Declined } else { kind };
            Err(Failure::new(kind, format!("{}: {}", step.what, step.detail)))
        }
    }
}
