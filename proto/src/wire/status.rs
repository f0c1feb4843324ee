//! Bodies about the daemon itself: how it is, and what it does at Mixpanel.

use serde::{Deserialize, Serialize};

use super::body::body;
use super::network::{NetworkStatus, ProcessStatus};
use crate::failure::{Next, Problem};
use crate::ids::{AccountName, AccountType, ProjectId, Region, SecretStore};
use crate::plane::Family;
use crate::version::ProtocolRange;

/// An enum whose words travel: readable, writable, described, shown by its word. On the wire a variant is its name in snake case, which is
/// its word; a rename by the word itself would not reach utoipa through a macro.
macro_rules! words {
    ($($(#[$meta:meta])* enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(rename_all = "snake_case")]
            pub enum $name {
                $($(#[$doc])* $variant,)+
                /// A word of a newer daemon.
                #[serde(other)]
                Unknown,
            }

            impl $name {
                /// Returns the word used on the wire.
                pub const fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$variant => $word,)+
                        Self::Unknown => "unknown",
                    }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.pad(self.as_str())
                }
            }
        )+
    };
}

words! {
    /// How an account's credential is.
    enum CredentialState {
        /// It can be used.
        Ok = "ok",
        /// The access token has ended; the next call refreshes it.
        Expired = "expired",
        /// It is being refreshed.
        Refreshing = "refreshing",
        /// A refresh failed and will be tried again.
        Backoff = "backoff",
        /// It can be used, but is not on disk.
        Degraded = "degraded",
        /// Somebody has to log in.
        LoginRequired = "login_required",
        /// Its file cannot be read.
        Unreadable = "unreadable",
        /// The token is in the caller's environment.
        Caller = "caller",
    }

    /// How changes of files are noticed.
    enum WatchMode {
        /// The system tells.
        Events = "events",
        /// By looking again and again.
        Polling = "polling",
    }

    /// Whether the config file can be used.
    enum ConfigState {
        /// It can.
        Ok = "ok",
        /// There is none.
        Missing = "missing",
        /// It cannot.
        Invalid = "invalid",
    }
}

/// How the daemon came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StartedBy {
    /// A client that found none.
    Client,
    /// systemd or launchd.
    Service,
    /// A person, in a terminal.
    Hand,
}

/// The word of a daemon that a service manager starts again.
pub const RESTARTING: &str = "restarting";

body! {
    /// `GET /v1/health`.
    struct HealthBody {
        /// `ok`.
        pub status: String,
    }

    /// `GET /v1/version`.
    struct VersionBody {
        /// `mpd`.
        pub name: String,
        /// Version of the build.
        pub version: String,
        /// Protocols it speaks.
        pub protocol: ProtocolRange,
        /// What it can do; ask for a word here instead of comparing versions.
        pub capabilities: Vec<String>,
        /// Process id: information, never proof of life.
        pub pid: u32,
        /// Differs after each start; event ids begin with it.
        pub instance: String,
        /// The storage root it owns.
        pub root: String,
    }

    /// `PUT /v1/log-level`.
    struct LogLevel {
        /// A tracing filter, such as `debug` or `mp_daemon=trace`.
        pub level: String,
    }

    /// `POST /v1/shutdown`; without a body it is a stop that loses nothing.
    #[derive(Default)]
    struct Shutdown {
        /// Stop also if tokens that could not be saved are lost.
        #[serde(default)]
        pub force: bool,
        /// Stop to be started again: under a service manager the daemon leaves with a status by which that starts the next one.
        #[serde(default)]
        pub again: bool,
    }

    /// The answer to `POST /v1/shutdown`.
    struct Accepted {
        /// `stopping`, or `restarting` where a service manager starts the next one.
        pub status: String,
    }

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
        /// The way to Mixpanel.
        #[serde(default)]
        pub network: NetworkStatus,
        /// What the system lets the process do.
        #[serde(default)]
        pub process: ProcessStatus,
        /// The log filter in force.
        pub log_level: String,
        /// The log file; none when the log goes to stderr.
        pub log_file: Option<String>,
        /// The config file.
        pub config: ConfigStatus,
        /// Where new secrets are kept.
        #[serde(default)]
        pub secret_store: SecretStore,
        /// What is the matter with that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub secrets_problem: Option<String>,
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
        /// What calls wait for at Mixpanel.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub waits: Vec<WaitStatus>,
    }

    /// What calls wait for at Mixpanel just now.
    struct WaitStatus {
        /// The ids that the calls came with in the header `Mp-Call`; those who ask for the same wait together.
        #[serde(default)]
        pub calls: Vec<String>,
        /// The account that they ask as.
        pub account: String,
        /// What for, and for how long if that is known.
        pub detail: String,
        /// Since when.
        pub since: jiff::Timestamp,
        /// Until then, where that is known.
        pub until: Option<jiff::Timestamp>,
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
        /// What is limited.
        pub family: Family,
        /// Requests that run.
        pub running: u64,
        /// Requests that wait for their turn.
        pub waiting: u64,
        /// How many may run at once.
        pub concurrent: u64,
        /// Requests that were sent within the last 60 minutes.
        pub used: u64,
        /// How many Mixpanel allows in 60 minutes. Only exports that wait for the hour keep it: what else uses the project is not known
        /// here.
        pub hourly: u64,
        /// How many of them such exports leave to others.
        #[serde(default)]
        pub reserve: u64,
        /// Seconds for which Mixpanel wants no more, since it has answered 429.
        pub closed_for_s: Option<u64>,
    }

    /// The config file in a status.
    struct ConfigStatus {
        /// Where it is.
        pub path: String,
        /// Whether it can be used.
        pub state: ConfigState,
        /// Counts the contents seen since the start.
        pub revision: u64,
        /// What is wrong with it.
        pub problems: Vec<Problem>,
    }

    /// The file watcher in a status.
    struct WatchStatus {
        /// How it notices changes.
        pub mode: WatchMode,
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
        /// How it is.
        pub state: CredentialState,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_travel_and_a_new_one_is_no_error() {
        let read = |text: &str| serde_json::from_str::<CredentialState>(text).expect("a word");
        assert_eq!(serde_json::to_string(&CredentialState::LoginRequired).expect("plain"), "\"login_required\"");
        assert_eq!((read("\"backoff\""), read("\"brand_new\"")), (CredentialState::Backoff, CredentialState::Unknown));
        for state in [CredentialState::Ok, CredentialState::LoginRequired, CredentialState::Unknown] {
            assert_eq!(serde_json::to_value(state).expect("plain"), state.as_str());
        }
        assert_eq!(format!("{:>8}|", WatchMode::Events), "  events|");
    }
}
