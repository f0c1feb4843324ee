//! What every route may use.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use mp_proto::version::{BUILD, CAPABILITIES, ProtocolRange};
use mp_proto::wire::{AccountStatus, StartedBy, VersionBody};

use tokio::net::UnixStream;
use tokio::sync::mpsc::Sender;

use crate::call::calls::Calls;
use crate::call::gate::Gates;
use crate::call::reads::Reads;
use crate::clock::Clock;
use crate::credential::Credentials;
use crate::files::paths::Paths;
use crate::files::read::Signature;
use crate::files::watch::Watch;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::life::limits::Limits;
use crate::login::logins::Logins;
use crate::me::users::Users;
use crate::memo::SessionMemo;
use crate::meter::Meters;
use crate::mixpanel::Mixpanel;
use crate::operation::services::Operations;
use crate::secrets::Secrets;
use crate::server::lanes::Lanes;
use crate::server::tally::Counters;
use crate::session::sessions::Sessions;
use crate::store::Store;
use crate::telemetry::LogHandle;
use crate::trace::Spans;

/// The services that boot has made, as routes see them.
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
    pub store: Arc<Store>,
    /// Opens sessions.
    pub sessions: Sessions,
    /// The threads that serve.
    pub lanes: Lanes,
    /// Session answers that were rendered before.
    pub memo: SessionMemo,
    /// The grants of browser accounts.
    pub keeper: Arc<Keeper>,
    /// Hands out credentials.
    pub credentials: Credentials,
    /// Where secrets are.
    pub secrets: Arc<Secrets>,
    /// The logins that people are in the middle of.
    pub logins: Logins,
    /// Where Mixpanel is.
    pub mixpanel: Arc<Mixpanel>,
    /// Sends requests to it.
    pub calls: Calls,
    /// What may be asked of it at once.
    pub gates: Gates,
    /// What of its answers is shared and kept.
    pub reads: Reads,
    /// Who is behind an account.
    pub users: Users,
    /// Runs operations.
    pub operations: Operations,
    /// Events.
    pub hub: Arc<Hub>,
    /// The watch over the files.
    pub watch: Arc<Watch>,
    /// The log.
    pub log: LogHandle,
    /// Where the log goes, if it is a file.
    pub log_file: Option<PathBuf>,
    /// Takes the connections of daemons that want to take over.
    pub handovers: Sender<UnixStream>,
    /// What the system lets the process do.
    pub limits: Limits,
    /// What of that everybody is told, for it is too little.
    pub limits_told: Vec<String>,
    /// Its end, and the tasks that must end before it does.
    pub life: Life,
    /// What the services count.
    pub meters: Arc<Meters>,
    /// Where spans go.
    pub spans: Arc<Spans>,
    /// What the server counts.
    pub counters: Counters,
    /// Our executable as it was at the start.
    pub executable: Option<(PathBuf, Signature)>,
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

    /// Returns how the credentials of all accounts are, by the last config that was good.
    pub fn account_states(&self) -> Vec<AccountStatus> {
        let snapshot = self.store.last_good();
        snapshot.config.accounts.values().map(|account| self.credentials.status(account)).collect()
    }

    /// Returns whether more than one connection is open.
    pub fn has_company(&self) -> bool {
        self.counters.connections.load(Ordering::Relaxed) > 1
    }

    /// Returns whether our executable was replaced since the start, as an upgrade does.
    pub fn restart_pending(&self) -> bool {
        self.executable.as_ref().is_some_and(
            |(path, then)| !matches!(Signature::behind(path), Ok(Some(now)) if now.identity() == then.identity()),
        )
    }
}
