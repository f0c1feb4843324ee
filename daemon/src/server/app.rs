//! What every request handler and background task shares.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::Timestamp;
use mp_proto::version::{BUILD, CAPABILITIES, ProtocolRange};
use mp_proto::wire::{StartedBy, VersionBody};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::call::gate::Gates;
use crate::call::reads::Reads;
use crate::clock::Clock;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::files::watch::WatchState;
use crate::hub::Hub;
use crate::identity::bridge::BridgeCache;
use crate::keeper::Keeper;
use crate::life::StopReason;
use crate::login::Logins;
use crate::me::cache::MeCache;
use crate::memo::SessionMemo;
use crate::mixpanel::Upstream;
use crate::store::Store;
use crate::telemetry::LogHandle;

/// The daemon, as its parts see it.
pub struct App {
    /// Where files are.
    pub paths: Paths,
    /// The socket that is served.
    pub socket: PathBuf,
    /// Who started it.
    pub started_by: StartedBy,
    /// When it started.
    pub started_at: Timestamp,
    /// Differs after each start.
    pub instance: String,
    /// After so long without a call it leaves; none means never.
    pub idle_exit: Option<Duration>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The config files.
    pub store: Store,
    /// Bridge files that were read.
    pub bridges: BridgeCache,
    /// Cached `/me` answers that were read.
    pub me: MeCache,
    /// Session answers that were rendered before.
    pub sessions: SessionMemo,
    /// The grants of browser accounts.
    pub keeper: Keeper,
    /// The logins that people are in the middle of.
    pub logins: Logins,
    /// Mixpanel.
    pub upstream: Upstream,
    /// What may be asked of it at once.
    pub gates: Gates,
    /// What of it is shared and kept.
    pub reads: Reads,
    /// Events.
    pub hub: Arc<Hub>,
    /// The state of the file watcher.
    pub watch: WatchState,
    /// The log.
    pub log: LogHandle,
    /// Where the log goes, if it is a file.
    pub log_file: Option<PathBuf>,
    /// Every task that must end before the process does.
    pub tasks: TaskTracker,
    /// Cancelled when the daemon is to stop.
    pub stop: CancellationToken,
    /// Why it stops; the first reason counts.
    pub stop_reason: StopReason,
    /// Wakes the task that compares files with what we believe.
    pub look_again: Arc<Notify>,
    /// Counters for status and metrics.
    pub counters: Counters,
    /// Our executable as it was at the start.
    pub executable: Option<(PathBuf, Signature)>,
}

/// Numbers that only grow, and the number of open connections.
#[derive(Debug, Default)]
pub struct Counters {
    /// Connections accepted.
    pub accepted: AtomicU64,
    /// Connections open now.
    pub connections: AtomicU64,
    /// Connections closed unread because of their uid.
    pub foreign: AtomicU64,
    /// Connections refused because of the limit.
    pub crowded: AtomicU64,
    /// Calls answered.
    pub calls: AtomicU64,
    /// Calls that are being answered; one whose answer is a stream counts until it ends.
    pub open: AtomicU64,
    /// Calls answered with a failure.
    pub failures: AtomicU64,
}

impl App {
    /// Returns who we are.
    pub fn version(&self) -> VersionBody {
        VersionBody {
            name: "mpd".to_owned(),
            version: BUILD.to_owned(),
            protocol: ProtocolRange::OURS,
            capabilities: CAPABILITIES.iter().map(|word| (*word).to_owned()).collect(),
            pid: std::process::id(),
            instance: self.instance.clone(),
            root: self.paths.root().display().to_string(),
        }
    }

    /// Returns whether our executable was replaced since the start, as an upgrade does.
    pub fn restart_pending(&self) -> bool {
        self.executable.as_ref().is_some_and(
            |(path, then)| !matches!(Signature::of(path), Ok(Some(now)) if now.identity() == then.identity()),
        )
    }

    /// Asks the daemon to stop. The first reason counts.
    pub fn request_stop(&self, reason: &'static str) {
        info!(reason, "stop was requested");
        self.stop_reason.set(reason);
        self.stop.cancel();
    }
}
