//! How many queries a project may run at once and in an hour, and how many it ever ran at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mp_proto::ids::Region;
use serde_json::{Value, json};

use super::reply::Reply;
use super::server::Received;

const HOUR: Duration = Duration::from_secs(3600);

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meter {
    /// The query and the engage plane.
    Query,
    /// The export plane.
    Export,
}

impl Meter {
    fn of(plane: &str) -> Option<Self> {
        match plane {
            "query" | "engage" => Some(Self::Query),
            "export" => Some(Self::Export),
            _ => None,
        }
    }
}

/// What one project may do. Whatever is above is answered with 429.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many requests at once.
    pub concurrent: usize,
    /// How many requests in any hour, if that is limited. Mixpanel allows 60.
    pub hourly: Option<usize>,
    /// How long an hour is: shorter than one where a test has no time.
    pub hour: Duration,
    /// The seconds in `Retry-After`, if it is there.
    pub retry_after: Option<u64>,
    /// Whether answers of the plane tell their limits in the headers `RateLimit-Policy` and `RateLimit`.
    pub tells: bool,
}

/// What each project did.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) query: Limits,
    pub(crate) export: Limits,
    counts: HashMap<(Meter, Region, u64), Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    running: Arc<AtomicUsize>,
    peak: usize,
    refused: usize,
    /// The most that ever came within an hour, without those that were refused.
    fullest: usize,
    /// When those of the last hour came.
    taken: VecDeque<Duration>,
}

/// The place of a request among those that run. Dropping it is leaving.
#[derive(Debug)]
pub(crate) struct Ticket {
    running: Option<Arc<AtomicUsize>>,
    pub(crate) refusal: Option<Refused>,
}

/// Why a request may not run.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    running: (usize, usize),
    hourly: (usize, Option<usize>),
    retry_after: Option<u64>,
    tells: bool,
}

impl Meters {
    /// Returns what the documentation says, without the limit of an hour.
    pub(crate) fn new() -> Self {
        let limits = |concurrent| Limits { concurrent, hourly: None, hour: HOUR, retry_after: Some(1), tells: false };
        Self { query: limits(5), export: limits(100), counts: HashMap::new() }
    }

    /// Lets a request in or notes why not; none where nothing is counted. It is counted before anybody looks at it, so that one that
    /// is held back counts as well.
    pub(crate) fn enter(&mut self, received: &Received, now: Duration) -> Option<Arc<Ticket>> {
        let mut words = received.path.trim_start_matches('/').split('/');
        let region = Region::parse(words.next()?).ok()?;
        let meter = Meter::of(words.next()?)?;
        let limits = if meter == Meter::Query { &self.query } else { &self.export };
        let counts = self.counts.entry((meter, region, project(received)?)).or_default();
        while counts.taken.front().is_some_and(|at| now.saturating_sub(*at) >= limits.hour) {
            counts.taken.pop_front();
        }
        let (running, taken) = (counts.running.load(Ordering::SeqCst), counts.taken.len());
        counts.peak = counts.peak.max(running + 1);
        if running >= limits.concurrent || limits.hourly.is_some_and(|most| taken >= most) {
            counts.refused += 1;
            let (running, hourly) = ((running, limits.concurrent), (taken, limits.hourly));
            let refusal = Some(Refused { running, hourly, retry_after: limits.retry_after, tells: limits.tells });
            return Some(Arc::new(Ticket { running: None, refusal }));
        }
        counts.taken.push_back(now);
        counts.fullest = counts.fullest.max(counts.taken.len());
        counts.running.fetch_add(1, Ordering::SeqCst);
        Some(Arc::new(Ticket { running: Some(Arc::clone(&counts.running)), refusal: None }))
    }

    /// Returns the most that ever came at once, with those that were refused.
    pub(crate) fn peak(&self, meter: Meter, region: Region, project: u64) -> usize {
        self.counts.get(&(meter, region, project)).map_or(0, |counts| counts.peak)
    }

    /// Returns how many were refused, and the most that were let in within an hour.
    pub(crate) fn hours(&self, meter: Meter, region: Region, project: u64) -> (usize, usize) {
        self.counts.get(&(meter, region, project)).map_or((0, 0), |counts| (counts.refused, counts.fullest))
    }

    pub(crate) fn running(&self, meter: Meter, region: Region, project: u64) -> usize {
        let counts = self.counts.get(&(meter, region, project));
        counts.map_or(0, |counts| counts.running.load(Ordering::SeqCst))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Refused {
    /// Returns it in Mixpanel's words.
    pub(crate) fn reply(&self, received: &Received) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&received.query).finish();
        let path = received.path.splitn(3, '/').nth(2).unwrap_or_default();
        let most = self.hourly.1.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
        let error = format!(
            "Query rate limit reached: {}/{} queries running concurrently and {}/{most} queries running in the last hour",
            self.running.0, self.running.1, self.hourly.0
        );
        let reply = Reply::json(429, &json!({"request": format!("/api/{path}?{query}"), "error": error}));
        let reply = if self.tells { self.told(reply) } else { reply };
        match self.retry_after {
            Some(seconds) => reply.header("Retry-After", seconds.to_string()),
            None => reply,
        }
    }
}

impl Refused {
    /// Adds the limits and what is left of them.
    fn told(&self, reply: Reply) -> Reply {
        let left = |(used, most): (usize, usize)| most.saturating_sub(used);
        let hourly = self.hourly.1.unwrap_or(60);
        let (hour, at_once) = (left((self.hourly.0, hourly)), left(self.running));
        let concurrent = self.running.1;
        reply
            .header("RateLimit-Policy", format!(r#""project";q={hourly};w=3600, "project-concurrency";q={concurrent}"#))
            .header("RateLimit", format!(r#""project";r={hour};t=3600, "project-concurrency";r={at_once}"#))
    }
}

/// Returns the project that a request is about: a parameter, or a member of its body.
fn project(received: &Received) -> Option<u64> {
    if let Some(text) = received.parameter("project_id") {
        return text.parse().ok();
    }
    match received.json().get("project_id")? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}
