//! The parts of an export.

use mp_catalog::export::Days;

/// A part of an export: some days, or all there is where there are no days.
pub(super) type Part = Option<Days>;
