//! `mpd --check`: whether a start would come to its end, found out by the steps of a start. What is missing would be made then, so it is no
//! problem; nothing is made now.

use mp_proto::location;
use mp_proto::wire::StartedBy;

use super::place::Place;
use super::{BootError, log_filter, upstream};
use crate::args::Options;
use crate::listen::Socket;
use crate::lock::{self, LockError};
use crate::telemetry;

/// Looks whether a daemon could be started with these options.
///
/// # Errors
/// With what the start would say.
pub(super) fn check(options: &Options) -> Result<(), BootError> {
    let place = Place::find(options)?;
    upstream(options)?;
    let run = location::run_dir(&place.root);
    let filter = log_filter(options);
    if !run.is_dir() {
        return Ok(telemetry::check(&filter, None)?);
    }
    let path = run.join("mpd.lock");
    if path.symlink_metadata().is_ok() {
        lock::open(&path).map_err(|source| LockError::Io { path, source })?;
    }
    let log = location::log_file(&place.root);
    let is_to_file = options.started_by == StartedBy::Client && log.symlink_metadata().is_ok();
    telemetry::check(&filter, is_to_file.then_some(log.as_path()))?;
    if place.socket.parent().is_some_and(|directory| directory.is_dir()) {
        Socket::check(&place.socket)?;
    }
    Ok(())
}
