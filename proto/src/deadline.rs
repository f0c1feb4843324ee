//! How long each side waits. A client waits longer than the daemon, and the daemon no less than it gives Mixpanel, so that whoever knows
//! the reason tells it: the pairs stand here side by side, and their order is checked at compile time.

use std::time::Duration;

/// What one side gives a call, and the other side waits for it.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// After so long the daemon gives up and says why.
    pub daemon: Duration,
    /// After so long a client takes the daemon for hanging.
    pub client: Duration,
}

impl Deadline {
    const fn new(daemon_s: u64, client_s: u64) -> Self {
        // The daemon's answer has to travel, and a daemon that was just started has to get ready.
        assert!(daemon_s + 5 <= client_s, "a client must outwait the daemon");
        Self { daemon: Duration::from_secs(daemon_s), client: Duration::from_secs(client_s) }
    }
}

/// A call that the daemon answers by itself, or with one quick request.
pub const CALL: Deadline = Deadline::new(55, 60);

/// A call in which Mixpanel tells about a user. The answer names every project of an organisation, and Mixpanel takes its time over it.
pub const IDENTITY: Deadline = Deadline::new(135, 150);

/// A call of Mixpanel's APIs, an operation or its pass-through: queries run for minutes.
pub const UPSTREAM: Deadline = Deadline::new(590, 600);

/// How long an export may be silent before its next bytes.
pub const EXPORT: Deadline = Deadline::new(600, 630);

// A longer kind of call is never given less time than a shorter one.
const _: () = assert!(
    CALL.client.as_secs() <= IDENTITY.daemon.as_secs()
        && IDENTITY.client.as_secs() <= UPSTREAM.daemon.as_secs()
        && UPSTREAM.daemon.as_secs() <= EXPORT.daemon.as_secs()
);
