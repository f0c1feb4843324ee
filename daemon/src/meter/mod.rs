//! What the daemon counts, and how that is told to those who watch it. Who counts knows nothing of formats, and who writes them nothing of
//! services.
//!
//! The numbers are our own, for they are counted on the way of every call: an addition to an atomic, found by its place in a table. The
//! crates for metrics find a number by hashing its labels, and write one of the two formats.

pub mod families;
pub mod instruments;
pub mod page;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use instruments::{Histogram, OF_NETWORK, Statuses, Words};

/// Where requests go: the planes of Mixpanel and what it has beside them.
pub const PLANES: [&str; 7] = ["app", "query", "engage", "export", "oauth", "web", "mcp"];

/// Why a request to Mixpanel had no answer.
const FAILURES: [&str; 4] = ["connect", "reset", "timeout", "other"];

/// Why a request to Mixpanel was sent again.
const RETRIES: [&str; 4] = ["limited", "fault", "reset", "token"];

/// What requests wait for.
const WAITS: [&str; 4] = ["turn", "ledger", "pause", "token"];

/// What a request to the token endpoint can bring.
const REFRESHES: [&str; 3] = ["granted", "refused", "failed"];

/// What is run to tell of something, and what can come of it.
const NOTIFIED: [&str; 2] = ["login_required", "error"];
const NOTICES: [&str; 5] = ["done", "failed", "timeout", "not_started", "limited"];

/// What can become of a span.
const SPANS: [&str; 3] = ["exported", "dropped", "refused"];

/// The numbers of all services but the server, which counts its calls by itself.
#[derive(Debug)]
pub struct Meters {
    planes: [Plane; PLANES.len()],
    waits: [Histogram; WAITS.len()],
    refreshes: [Histogram; REFRESHES.len()],
    notices: [Words<{ NOTICES.len() }>; NOTIFIED.len()],
    /// What became of spans.
    pub spans: Words<{ SPANS.len() }>,
}

/// The numbers of a plane.
#[derive(Debug)]
pub struct Plane {
    /// The statuses of its answers.
    pub statuses: Statuses,
    /// The time to the heads of its answers.
    pub time: Histogram,
    /// Requests without an answer.
    pub failures: Words<{ FAILURES.len() }>,
    /// Requests that were sent again.
    pub retries: Words<{ RETRIES.len() }>,
    open: AtomicU64,
}

/// A request to Mixpanel that has no answer yet. Dropping it is the end of that.
#[derive(Debug)]
pub struct OpenRequest<'a>(&'a Plane);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Plane {
    /// Counts a request for as long as what is returned lives.
    pub fn sending(&self) -> OpenRequest<'_> {
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenRequest(self)
    }

    /// Counts an answer.
    pub fn answered(&self, status: u16, time: Duration) {
        self.statuses.count(status);
        self.time.observe(time);
    }

    /// Returns how many requests have no answer yet.
    pub fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }
}

impl Default for Meters {
    fn default() -> Self {
        let plane = |_| Plane {
            statuses: Statuses::default(),
            time: Histogram::new(OF_NETWORK),
            failures: Words::new(FAILURES),
            retries: Words::new(RETRIES),
            open: AtomicU64::new(0),
        };
        Self {
            planes: std::array::from_fn(plane),
            waits: std::array::from_fn(|_| Histogram::new(OF_NETWORK)),
            refreshes: std::array::from_fn(|_| Histogram::new(OF_NETWORK)),
            notices: std::array::from_fn(|_| Words::new(NOTICES)),
            spans: Words::new(SPANS),
        }
    }
}

/// Returns the place of a word; that of one which is not listed is the last.
fn place(words: &[&str], word: &str) -> usize {
    words.iter().position(|known| *known == word).unwrap_or(words.len() - 1)
}

impl Meters {
    /// Returns the numbers of a plane, by its word.
    pub fn plane(&self, word: &str) -> &Plane {
        &self.planes[place(&PLANES, word)]
    }

    /// Counts a wait, by its reason.
    pub fn waited(&self, reason: &str, time: Duration) {
        self.waits[place(&WAITS, reason)].observe(time);
    }

    /// Counts a request to the token endpoint.
    pub fn refreshed(&self, outcome: &str, time: Duration) {
        self.refreshes[place(&REFRESHES, outcome)].observe(time);
    }

    /// Counts a command that told somebody of something.
    pub fn notified(&self, event: &str, outcome: &str) {
        self.notices[place(&NOTIFIED, event)].count(outcome);
    }

    /// Returns all planes, each by its word.
    pub fn planes(&self) -> impl Iterator<Item = (&'static str, &Plane)> {
        PLANES.into_iter().zip(&self.planes)
    }

    /// Returns all waits, each by its reason.
    pub fn waits(&self) -> impl Iterator<Item = (&'static str, &Histogram)> {
        WAITS.into_iter().zip(&self.waits)
    }

    /// Returns the requests to the token endpoint, by their outcome.
    pub fn refreshes(&self) -> impl Iterator<Item = (&'static str, &Histogram)> {
        REFRESHES.into_iter().zip(&self.refreshes)
    }

    /// Returns what was told, by its event.
    pub fn notices(&self) -> impl Iterator<Item = (&'static str, &Words<{ NOTICES.len() }>)> {
        NOTIFIED.into_iter().zip(&self.notices)
    }
}
