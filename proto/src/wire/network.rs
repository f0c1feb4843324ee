//! Bodies about the daemon's way to Mixpanel, and about what the system lets it do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::body::body;
use crate::failure::Next;

body! {
    /// The way to Mixpanel: what `[settings.network]` decides, else the variables that were set where the daemon was started.
    #[derive(Default)]
    struct NetworkStatus {
        /// The proxy, without a password; none when requests go directly.
        #[serde(default)]
        pub proxy: Option<Decided>,
        /// The hosts that go past the proxy.
        #[serde(default)]
        pub no_proxy: Option<Decided>,
        /// Where the trusted certificates are; none when they are the system's.
        #[serde(default)]
        pub ca_file: Option<Decided>,
        /// Why Mixpanel cannot be asked at all.
        #[serde(default)]
        pub problem: Option<String>,
        /// The namespaces of the daemon by their kind, where the system has such: a caller in another one sees another network or other
        /// files.
        #[serde(default)]
        pub namespaces: BTreeMap<String, String>,
    }

    /// A value and who decided it.
    struct Decided {
        /// The value.
        pub value: String,
        /// The setting or the variable.
        pub by: String,
    }

    /// What the system lets the process do.
    #[derive(Default)]
    struct ProcessStatus {
        /// How many files it may have open.
        #[serde(default)]
        pub open_files: u64,
        /// How many connections it serves at once; others wait.
        #[serde(default)]
        pub most_connections: u64,
        /// The largest file that it may write, in bytes; none when there is no limit.
        #[serde(default)]
        pub file_size: Option<u64>,
        /// What is too little for a daemon of all tools.
        #[serde(default)]
        pub problems: Vec<String>,
    }

    /// `GET /v1/network`.
    struct NetworkBody {
        /// The way to Mixpanel.
        pub network: NetworkStatus,
        /// What was tried, in order; what comes after a failure was not tried.
        pub tries: Vec<NetworkTry>,
        /// By how many seconds the clock here is ahead of Mixpanel's, if Mixpanel was asked and told.
        pub ahead_s: Option<i64>,
    }

    /// Something that was tried on the way to Mixpanel.
    struct NetworkTry {
        /// What.
        pub what: String,
        /// Why it failed; none when it went well.
        pub problem: Option<String>,
        /// What would help.
        #[serde(default)]
        pub next: Vec<Next>,
    }
}
