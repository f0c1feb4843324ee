//! How long the daemon lives: the signal to stop with its reason, and the tasks that must end before the process does.

pub mod beside;
pub mod limits;
pub mod service;
pub mod signals;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mp_proto::event::Event;
use mp_proto::failure::{Failure, FailureKind};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::hub::Hub;

/// Why it stops when a client wants it to, whatever is lost.
pub const FORCED: &str = "a client insisted";

/// Why it stops when its program was replaced.
pub const REPLACED: &str = "the program was replaced";

/// Why it stops when another daemon serves in its place. Whoever listens to events goes on there.
pub const HANDED_OVER: &str = "another daemon has taken over";

/// Why it stops when a client wants the service manager to start it again.
pub const AGAIN: &str = "a client asked for a restart";

/// The life of the daemon. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Life(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    tasks: TaskTracker,
    stop: CancellationToken,
    press: CancellationToken,
    over: CancellationToken,
    closed: CancellationToken,
    reason: OnceLock<&'static str>,
}

impl Life {
    /// Asks the daemon to stop. The first reason counts. Whatever is under way has some seconds left then, but after a hand-over all the
    /// time it needs: nobody waits for its end, unless a stop is requested once more.
    pub fn request_stop(&self, reason: &'static str) {
        info!(reason, "stop was requested");
        let _ = self.0.reason.set(reason);
        self.0.stop.cancel();
        if reason != HANDED_OVER {
            self.0.press.cancel();
        }
    }

    /// Notes that no connection is accepted any more.
    pub fn close(&self) {
        self.0.closed.cancel();
    }

    /// Waits until no connection is accepted any more.
    pub async fn closed(&self) {
        self.0.closed.cancelled().await;
    }

    /// Returns whether the daemon has to end soon, whatever is under way.
    pub fn is_pressed(&self) -> bool {
        self.0.press.is_cancelled()
    }

    /// Waits until the daemon has to end soon, or until all has been done. Returns whether it is the former.
    pub async fn pressed(&self) -> bool {
        tokio::select! {
            biased;
            () = self.0.press.cancelled() => true,
            () = self.0.over.cancelled() => false,
        }
    }

    /// Returns why it stops.
    pub fn reason(&self) -> &'static str {
        self.0.reason.get().copied().unwrap_or("stopping")
    }

    /// Returns whether it stops whatever is lost.
    pub fn is_forced(&self) -> bool {
        self.reason() == FORCED
    }

    /// Returns whether it was asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.0.stop.is_cancelled()
    }

    /// Waits until it is asked to stop.
    pub async fn stopping(&self) {
        self.0.stop.cancelled().await;
    }

    /// Starts a task that must end before the process does.
    pub fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.tasks.spawn(task)
    }

    /// As [`Self::spawn`], in a runtime of its own.
    pub fn spawn_on(&self, runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn_on(task, runtime);
    }

    /// Runs what waits for the disk on a thread of its own, to its end, also when the caller has gone.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let done = self.0.tasks.spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(Failure::new(FailureKind::Internal, "the daemon made an error; its log says more")))
    }

    /// Tells everyone that the daemon leaves: the service manager and the event streams.
    pub fn say_farewell(&self, hub: &Hub) {
        service::notify(sd_notify::NotifyState::Stopping);
        hub.publish(&Event::DaemonStopping { reason: self.reason().to_owned() });
    }

    /// Waits for the end of the tasks, for so long at most.
    pub async fn end(&self, patience: Duration) {
        self.0.over.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            warn!(left = self.0.tasks.len(), "tasks were cut off");
        }
        info!(reason = self.reason(), "stopped");
    }
}
