//! The end of the daemon: signals, being idle, and the reason that event streams are told.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mp_proto::event::Event;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use crate::app::App;
use crate::service;

/// Why the daemon stops. The first reason counts.
#[derive(Debug, Default)]
pub struct StopReason(OnceLock<&'static str>);

impl StopReason {
    /// Records a reason, unless there is one.
    pub fn set(&self, reason: &'static str) {
        let _ = self.0.set(reason);
    }

    /// Returns the reason.
    pub fn get(&self) -> &'static str {
        self.0.get().copied().unwrap_or("stopping")
    }
}

/// The signals that mean something to us.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
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
        })
    }

    /// Turns SIGTERM and SIGINT into the stop signal, and SIGHUP into a look at the files.
    pub async fn watch(mut self, app: Arc<App>) {
        loop {
            tokio::select! {
                biased;
                () = app.stop.cancelled() => return,
                _ = self.terminate.recv() => return app.request_stop("SIGTERM"),
                _ = self.interrupt.recv() => return app.request_stop("SIGINT"),
                _ = self.hangup.recv() => app.look_again.notify_one(),
            }
        }
    }
}

/// Tells everyone that the daemon leaves: the service manager and the event streams.
pub fn farewell(app: &App) {
    service::notify(sd_notify::NotifyState::Stopping);
    app.hub.publish(&Event::DaemonStopping { reason: app.stop_reason.get().to_owned() });
}

/// Stops a daemon that nobody has called for a while. It looks often and compares with the clock, for laptops sleep.
pub async fn leave_when_idle(app: Arc<App>, after: Duration) {
    let period = (after / 4).clamp(Duration::from_millis(100), Duration::from_secs(30));
    let mut tick = tokio::time::interval(period);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = app.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if is_idle(&app, after) {
            info!(after_s = after.as_secs(), "left for being idle");
            return app.request_stop("idle");
        }
    }
}

fn is_idle(app: &App, after: Duration) -> bool {
    let now = u64::try_from(app.clock.now().as_second()).unwrap_or(0);
    let last = app.counters.last_call_s.load(Ordering::Relaxed);
    if now < last {
        // The clock was set back: count from here, or the daemon would stay for as long as the jump was.
        app.counters.last_call_s.store(now, Ordering::Relaxed);
        return false;
    }
    app.hub.streams() == 0 && now - last >= after.as_secs()
}
