//! Why there is no daemon.

use mp_proto::handover::not_handed_over;

use super::place::PlaceError;
use crate::args::ArgsError;
use crate::handover::HandoverError;
use crate::listen::ListenError;
use crate::lock::LockError;
use crate::telemetry::TelemetryError;

/// Why the daemon did not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The command line.
    #[error(transparent)]
    Args(#[from] ArgsError),
    /// Root, directories or socket.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The daemon that serves.
    #[error("{}", not_handed_over(&.0.to_string()))]
    Handover(#[from] HandoverError),
    /// The log.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The socket.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// What should take Mixpanel's place is no loopback URL.
    #[error("the upstream {url:?} {problem}")]
    Upstream {
        /// What was given.
        url: String,
        /// What is wrong.
        problem: String,
    },
    /// The system refused something every process may do.
    #[error("could not {step}")]
    System {
        /// What was tried.
        step: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
}
