//! The metrics, declared once: what a scrape answers and the table in `packaging/docs/src/operators.md` are made of these rows.
//!
//! Labels have few values: templates of routes, statuses, words of our own; accounts and projects only up to [`MOST`], and then [`OTHERS`].

use super::page::{Family, Kind};

/// So many accounts, and so many projects, have rows of their own.
pub const MOST: usize = 50;

/// The accounts or projects beyond them, all together. No account and no project can have this name.
pub const OTHERS: &str = "(other)";

/// Declares the metrics, each as a static of its own, and all of them together.
macro_rules! families {
    ($($id:ident = $kind:ident $name:literal [$($label:literal),*] $help:literal;)+) => {
        $(#[doc = $help] pub static $id: Family =
            Family { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help };)+

        /// All of them, in the order of a scrape.
        pub static ALL: [&Family; [$($name),+].len()] = [$(&$id),+];
    };
}

families! {
    BUILD = Info "mpd_build" ["version"] "The build";
    UPTIME = Gauge "mpd_uptime_seconds" [] "Seconds since the start";

    CALLS = Counter "mpd_calls" ["route", "method", "code"] "Calls answered, by route, method and status";
    CALL_DURATION = Histogram "mpd_call_duration_seconds" ["route", "method"]
        "From the head of a call to the head of its answer; a stream goes on after that";
    CALLS_OPEN = Gauge "mpd_open_calls" [] "Calls that are being answered, streams until they end";
    FAILURES = Counter "mpd_failures" ["code"] "Calls answered with a failure, by its code; passed_on is a status of Mixpanel's own";

    CONNECTIONS_OPEN = Gauge "mpd_open_connections" [] "Open connections";
    CONNECTIONS_MOST = Gauge "mpd_max_connections" [] "Connections that may be open at once";
    CONNECTIONS = Counter "mpd_connections" [] "Connections accepted";
    FOREIGN = Counter "mpd_connections_foreign" [] "Connections of other users that were closed unread";
    CROWDED = Counter "mpd_connections_crowded" [] "Times without room for another connection";

    STREAMS = Gauge "mpd_event_streams" [] "Open event streams";
    EVENTS = Counter "mpd_events" ["type"] "Events published";
    NOTIFICATIONS = Counter "mpd_notifications" ["event", "outcome"] "What [settings.notify] ran, and what came of it";

    CONFIG_REVISION = Gauge "mpd_config_revision" [] "Contents of the config seen since the start";
    CONFIG_USABLE = Gauge "mpd_config_usable" [] "1 where the config has no problem, else 0";
    RESTART_PENDING = Gauge "mpd_restart_pending" [] "1 where the program was replaced since the start, else 0";

    ACCOUNT_STATE = Gauge "mpd_account_state" ["account", "state"] "1 for the state in which an account's credential is, 0 for the others";
    TOKEN_EXPIRY = Gauge "mpd_token_expiry_timestamp_seconds" ["account"] "When the access token of an account ends, in Unix time";
    LOGINS_OPEN = Gauge "mpd_open_logins" [] "Logins that wait or finish";

    REFRESHES = Counter "mpd_refreshes" [] "Tokens refreshed";
    REFRESH_FAILURES = Counter "mpd_refresh_failures" [] "Refreshes that brought no token";
    REFRESH_DURATION = Histogram "mpd_refresh_duration_seconds" ["outcome"]
        "Requests to the token endpoint: granted, refused, or failed for want of a sensible answer";

    UPSTREAM = Counter "mpd_upstream_requests" ["plane", "code"] "Answers of Mixpanel, by plane and status";
    UPSTREAM_DURATION = Histogram "mpd_upstream_request_duration_seconds" ["plane"]
        "From a request to Mixpanel to the head of its answer";
    UPSTREAM_FAILURES = Counter "mpd_upstream_failures" ["plane", "reason"] "Requests to Mixpanel without an answer";
    UPSTREAM_RETRIES = Counter "mpd_upstream_retries" ["plane", "reason"] "Requests that were sent again";
    UPSTREAM_OPEN = Gauge "mpd_open_upstream_requests" ["plane"] "Requests that wait for the head of their answer";

    WAIT_DURATION = Histogram "mpd_wait_duration_seconds" ["reason"]
        "What requests waited for before they were sent: their turn, the ledger of other tools, a pause after a refusal or fault, a token";

    BUDGET_RUNNING = Gauge "mpd_budget_running" ["region", "project", "family"] "Requests that run at Mixpanel";
    BUDGET_CONCURRENT = Gauge "mpd_budget_concurrent_limit" ["region", "project", "family"] "Requests that may run at once";
    BUDGET_WAITING = Gauge "mpd_budget_waiting" ["region", "project", "family"] "Requests that wait for their turn";
    BUDGET_USED = Gauge "mpd_budget_used_last_hour" ["region", "project", "family"] "Requests sent within the last 60 minutes";
    BUDGET_HOURLY = Gauge "mpd_budget_hourly_limit" ["region", "project", "family"] "Requests that Mixpanel allows in 60 minutes";
    BUDGET_CLOSED = Gauge "mpd_budget_closed_seconds" ["region", "project", "family"] "Seconds for which Mixpanel wants no more";

    KEPT = Gauge "mpd_answers_kept" [] "Answers of Mixpanel that are kept";
    KEPT_BYTES = Gauge "mpd_answers_kept_bytes" [] "Their size";
    KEPT_HITS = Counter "mpd_answers_kept_hits" [] "Calls that a kept answer was good for";
    JOINED = Counter "mpd_reads_joined" [] "Calls that joined a request under way";

    SPANS = Counter "mpd_spans" ["outcome"] "Spans for the trace collector: exported, dropped for want of room, or not taken";

    CPU = Counter "process_cpu_seconds" [] "User and system time of the process";
    START_TIME = Gauge "process_start_time_seconds" [] "When the process started, in Unix time";
    OPEN_FDS = Gauge "process_open_fds" [] "Open files";
    MAX_FDS = Gauge "process_max_fds" [] "Files that may be open at once";
    RESIDENT = Gauge "process_resident_memory_bytes" [] "Resident memory";
    VIRTUAL = Gauge "process_virtual_memory_bytes" [] "Virtual memory";
    THREADS = Gauge "process_threads" [] "Threads";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Names of families must not clash, with what their kinds add neither: that is what strict readers refuse.
    #[test]
    fn no_two_names_clash() {
        let mut names = BTreeSet::new();
        for family in ALL {
            let suffixes: &[&str] = match family.kind {
                Kind::Counter => &["", "_total", "_created"],
                Kind::Gauge => &[""],
                Kind::Histogram => &["", "_bucket", "_count", "_sum", "_created"],
                Kind::Info => &["", "_info"],
            };
            for suffix in suffixes {
                assert!(names.insert(format!("{}{suffix}", family.name)), "{}{suffix} is there twice", family.name);
            }
        }
    }

    #[test]
    fn names_and_texts_follow_the_rules_of_the_formats() {
        for family in ALL {
            let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(is_plain(family.name) && family.labels.iter().all(|label| is_plain(label)), "{}", family.name);
            assert!(!family.help.contains(['"', '\\', '\n']), "{}", family.name);
            for reserved in ["_total", "_info", "_bucket", "_count", "_sum"] {
                assert!(!family.name.ends_with(reserved), "{}", family.name);
            }
        }
    }
}
