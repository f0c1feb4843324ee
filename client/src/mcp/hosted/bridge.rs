//! What all messages of a bridge share: both sides, the session, what is known of the tools, and the requests on their way.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep};

use super::far::Far;
use super::message::{self, Message};
use super::pipes::Out;
use super::session::Session;
use super::tools::Tools;

/// So many requests are on their way at once; others wait. What answers the far side never does.
const AT_ONCE: usize = 64;

/// How often a client hears that its request still waits, and how short a wait is not told.
const TELL: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(1));

/// By how much the progress of a wait grows: what the far side tells later has to be more.
const STEP: f64 = 1e-6;

/// What all messages share.
pub(super) struct Bridge {
    pub(super) far: Far,
    pub(super) out: Out,
    pub(super) session: Session,
    pub(super) tools: Tools,
    /// Whether tools that change something are kept from the client.
    pub(super) reads_only: bool,
    pub(super) turns: Semaphore,
    /// Requests of the client on their way, by their ids: what ends each.
    flights: Mutex<HashMap<String, Arc<Notify>>>,
    /// What was told of waits, by the tokens of progress.
    told: Mutex<HashMap<String, f64>>,
    number: AtomicU64,
}

impl Bridge {
    pub(super) fn new(far: Far, out: Out, reads_only: bool) -> Self {
        Self {
            far,
            out,
            session: Session::new(),
            tools: Tools::default(),
            reads_only,
            turns: Semaphore::new(AT_ONCE),
            flights: Mutex::default(),
            told: Mutex::default(),
            number: AtomicU64::new(0),
        }
    }

    /// Returns a number for a request of the bridge's own.
    pub(super) fn number(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes that a request is on its way, and returns what ends it.
    pub(super) fn begin(&self, request: &Message) -> Arc<Notify> {
        Arc::clone(self.flights.lock().entry(request.id.clone()).or_default())
    }

    /// Notes that a request has come to its end.
    pub(super) fn end(&self, request: &Message) {
        self.flights.lock().remove(&request.id);
        if let Some(token) = &request.progress {
            self.told.lock().remove(token);
        }
    }

    /// Ends a request that the client has taken back.
    pub(super) fn cancel(&self, id: &str) {
        if let Some(flight) = self.flights.lock().get(id) {
            flight.notify_one();
        }
    }

    /// Passes a message of the far side on to the client.
    pub(super) async fn pass(&self, message: Message) {
        if !self.is_behind(&message) {
            self.out.put(message.line).await;
        }
    }

    /// Whether a message tells of less progress than the client was told of the wait before: progress only grows.
    fn is_behind(&self, message: &Message) -> bool {
        if message.method != "notifications/progress" || self.told.lock().is_empty() {
            return false;
        }
        let params = message.params();
        let told = self.told.lock().get(&params["progressToken"].to_string()).copied();
        told.is_some_and(|told| params["progress"].as_f64().is_some_and(|progress| progress <= told))
    }

    /// Waits before a request is sent again, and lets the client know why, if it wants to.
    pub(super) async fn pause(&self, request: &Message, pause: Duration, why: &str) {
        let end = Instant::now() + pause;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            if left >= TELL.1
                && let Some(token) = &request.progress
            {
                self.progress(token, &format!("{why}; trying again in {} s", left.as_secs().max(1))).await;
            }
            sleep(left.min(TELL.0)).await;
        }
    }

    async fn progress(&self, token: &str, why: &str) {
        let progress = {
            let mut told = self.told.lock();
            let progress = told.entry(token.to_owned()).or_insert(0.0);
            *progress += STEP;
            *progress
        };
        let token: Value = serde_json::from_str(token).unwrap_or_default();
        let params = json!({"progressToken": token, "progress": progress, "message": why});
        self.say("notifications/progress", Some(&params)).await;
    }

    /// Says something to the client by itself.
    pub(super) async fn say(&self, method: &str, params: Option<&Value>) {
        let mut notice = json!({"jsonrpc": "2.0", "method": method});
        if let Some(params) = params {
            notice["params"] = params.clone();
        }
        self.out.put(notice.to_string().into()).await;
    }

    /// Refuses a message.
    pub(super) async fn refuse(&self, id: &str, code: i64, why: &str) {
        self.out.put(message::error(id, code, why, None)).await;
    }
}
