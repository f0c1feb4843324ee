//! What a service manager is told (sd_notify), where there is one.

use tracing::warn;

/// Tells the service manager, if it asked to be told.
pub fn notify(state: sd_notify::NotifyState<'_>) {
    if std::env::var_os("NOTIFY_SOCKET").is_some()
        && let Err(error) = sd_notify::notify(&[state])
    {
        warn!(%error, "the service manager was not told");
    }
}
