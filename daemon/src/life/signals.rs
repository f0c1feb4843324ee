//! The signals that mean something to the daemon.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use super::Life;

/// SIGTERM, SIGINT, SIGHUP and SIGXFSZ.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    /// A write beyond the limit of a file's size: it shall fail, and not kill the daemon.
    _file_size: Signal,
}

impl Signals {
    /// Registers the handlers, before the daemon says it is ready.
    ///
    /// # Errors
    /// When the runtime cannot register one.
    pub fn register() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            _file_size: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    /// Turns SIGTERM and SIGINT into the end of the daemon, and SIGHUP into a look at the files.
    pub async fn follow(mut self, life: Life, look_again: Arc<Notify>) {
        loop {
            tokio::select! {
                biased;
                _ = life.pressed() => return,
                _ = self.terminate.recv() => life.request_stop("SIGTERM"),
                _ = self.interrupt.recv() => life.request_stop("SIGINT"),
                _ = self.hangup.recv() => look_again.notify_one(),
            }
        }
    }
}
