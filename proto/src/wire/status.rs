//! Bodies about the daemon itself: how it is, and what it does at Mixpanel.

use serde::{Deserialize, Serialize};

use super::{StartedBy, VersionBody};
use crate::failure::{Next, Problem};
use crate::ids::{AccountName, AccountType, ProjectId, Region};

body! {
    /// `GET /v1/status`.
    struct StatusBody {
        /// Version, process and root.
        pub daemon: VersionBody,
        /// Who started it.
        pub started_by: StartedBy,
        /// When it started.
        pub started_at: jiff::Timestamp,
        /// Seconds since then.
        pub uptime_s: u64,
        /// Its socket.
        pub socket: String,
        /// Its executable was replaced since it started.
        pub restart_pending: bool,
        /// Seconds without a call after which it exits; none means never.
        pub idle_exit_s: Option<u64>,
        /// Open connections.
        pub connections: u64,
        /// Calls answered since the start.
        pub calls: u64,
        /// Open event streams.
        pub event_streams: u64,
        /// Where requests go in place of Mixpanel; none in real life.
        #[serde(default)]
        pub upstream: Option<String>,
        /// The log filter in force.
        pub log_level: String,
        /// The log file; none when the log goes to stderr.
        pub log_file: Option<String>,
        /// The config file.
        pub config: ConfigStatus,
        /// The file watcher.
        pub watch: WatchStatus,
        /// Each account's credential.
        pub accounts: Vec<AccountStatus>,
        /// What was used of Mixpanel's limits within the last hour.
        #[serde(default)]
        pub limits: Vec<BudgetStatus>,
        /// Answers of Mixpanel that tools share.
        #[serde(default)]
        pub reads: ReadsStatus,
    }

    /// Answers of Mixpanel that tools share.
    #[derive(Default)]
    struct ReadsStatus {
        /// Answers that are kept.
        pub entries: u64,
        /// Their size, as it was sent.
        pub bytes: u64,
        /// Calls that were answered by one that was kept.
        pub hits: u64,
        /// Calls that joined another one's request while it was going on.
        pub joined: u64,
    }

    /// What Mixpanel allows a project, all tools together, and what of it is used.
    struct BudgetStatus {
        /// Region of the project.
        pub region: Region,
        /// The project.
        pub project: ProjectId,
        /// `query` or `export`.
        pub family: String,
        /// Requests that run.
        pub running: u64,
        /// Requests that wait for their turn.
        pub waiting: u64,
        /// How many may run at once.
        pub concurrent: u64,
        /// Requests that were sent within the last 60 minutes.
        pub used: u64,
        /// How many Mixpanel allows in 60 minutes. It is not kept by us: what else uses the project is not known here.
        pub hourly: u64,
        /// Seconds for which Mixpanel wants no more, since it has answered 429.
        pub closed_for_s: Option<u64>,
    }

    /// The config file in a status.
    struct ConfigStatus {
        /// Where it is.
        pub path: String,
        /// `ok`, `missing` or `invalid`.
        pub state: String,
        /// Counts the contents seen since the start.
        pub revision: u64,
        /// What is wrong with it.
        pub problems: Vec<Problem>,
    }

    /// The file watcher in a status.
    struct WatchStatus {
        /// `events` or `polling`.
        pub mode: String,
        /// Why it polls, or that it could not start.
        pub detail: Option<String>,
    }

    /// An account's credential in a status.
    struct AccountStatus {
        /// Its name.
        pub name: AccountName,
        /// How it authenticates.
        pub r#type: AccountType,
        /// Its region.
        pub region: Region,
        /// `ok`; `expired` (the next call refreshes), `refreshing`, `backoff`, `degraded` (not on disk), `login_required`, `unreadable`;
        /// `caller` where the token is in the caller's environment.
        pub state: String,
        /// When the token ends.
        pub expires_at: Option<jiff::Timestamp>,
        /// Why the state is not `ok`.
        pub detail: Option<String>,
        /// Since when it is so, as far as this daemon knows.
        #[serde(default)]
        pub since: Option<jiff::Timestamp>,
        /// When the next refresh may be tried, in `backoff`.
        #[serde(default)]
        pub retry_at: Option<jiff::Timestamp>,
        /// Counts the account's tokens since the daemon started.
        #[serde(default)]
        pub generation: u64,
        /// What to run.
        #[serde(default)]
        pub next: Vec<Next>,
    }
}
