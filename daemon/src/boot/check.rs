//! `mpd --check`: whether a start would come to its end, found out by the steps of a start. What is missing would be made then, so it is no
//! problem; nothing is made now.

use mp_proto::location;
use mp_proto::wire::StartedBy;

use super::place::Place;
use crate::listen::{ListenError, Socket};
use crate::lock::{self, LockError};
use crate::telemetry::{self, TelemetryError};

/// Looks whether a daemon could be started at a place, with this log filter.
///
/// # Errors
/// With what the start would say.
pub(super) fn check<E>(place: &Place, filter: &str, started_by: StartedBy) -> Result<(), E>
where
    E: From<LockError> + From<TelemetryError> + From<ListenError>,
{
    if !place.run.is_dir() {
        return Ok(telemetry::check(filter, None)?);
    }
    let path = location::lock_file(&place.run);
    if path.symlink_metadata().is_ok() {
        lock::open(&path).map_err(|source| LockError::Io { path, source })?;
    }
    let log = location::log_file(&place.run);
    let is_to_file = started_by == StartedBy::Client && log.symlink_metadata().is_ok();
    telemetry::check(filter, is_to_file.then_some(log.as_path()))?;
    if place.socket.parent().is_some_and(|directory| directory.is_dir()) {
        Socket::check(&place.socket)?;
    }
    Ok(())
}
