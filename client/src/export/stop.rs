//! Why an export ends before all is there.

use mp_proto::failure::Failure;

/// Why an export has ended too early.
#[derive(Debug)]
pub(super) enum Stop {
    /// It could not be fetched, or not be written.
    Failed(Failure),
    /// Nobody reads the output any more.
    NobodyReads,
    /// The user has pressed Ctrl-C.
    Interrupted,
}
