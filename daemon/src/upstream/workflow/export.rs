//! Exports are code because they are streams of lines, not values.

use mp_proto::failure::{Failure, FailureKind};

use crate::upstream::run::{Ran, Run};

/// Runs an export.
///
/// # Errors
/// Those of its requests.
pub(crate) async fn run(_run: Run<'_>) -> Result<Ran, Failure> {
    Err(Failure::new(FailureKind::Internal, "exports are not made yet"))
}
