//! One budget for all tools: what Mixpanel allows a project to run at once and in an hour, and the queue in front of it.
//!
//! [`line`] is the queue and [`state`] decides who goes through; both are pure. Here is what waits and who is woken. The hour is
//! counted and shown, and kept by those who wait for it, as long exports do: for all others only Mixpanel knows what else uses it, and
//! says so with a 429, which closes the gate for everybody.

pub(crate) mod budget;
mod line;
mod state;
#[cfg(test)]
mod tests;

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Family;
use mp_proto::wire::BudgetStatus;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tracing::info;

use crate::call::quota::{Hit, Quota};
use crate::call::request::Tool;
use crate::call::retry;
use crate::clock::Clock;
use crate::config::Limits;
use budget::{Budget, Manner, Standing, ceiling_s, closed_too_long, hour_is_full, limited, told_of};
use state::{HOUR, State, Width};

/// How often one who waits looks again, whatever it waits for: timers stop while a laptop sleeps.
const LOOK: Duration = Duration::from_secs(1);

/// A closed gate that somebody who waits for the hour does not stand before: whoever sent it is told, and waits itself.
const BRIEF: Duration = Duration::from_secs(2);

/// Returns what may run of a family at once.
fn width(family: Family, limits: &Limits) -> Width {
    let (concurrent, is_paced) = match family {
        Family::Query => (limits.query_concurrent, false),
        Family::Export => (limits.export_concurrent, true),
    };
    Width { concurrent: usize::try_from(concurrent).unwrap_or(usize::MAX), is_paced }
}
/// The gates of all budgets.
#[derive(Debug, Clone)]
pub struct Gates(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// How long an hour is.
    hour: Duration,
    limits: Limits,
    gates: HashMap<Budget, State<Caller>>,
    tickets: u64,
}

/// One who waits.
#[derive(Debug)]
struct Caller {
    until: Instant,
    turn: oneshot::Sender<Result<Permit, Failure>>,
}

/// A place in a queue. Whoever drops it leaves; a permit that was on its way goes to the next.
struct QueuePlace<'a> {
    shared: &'a Arc<Shared>,
    budget: &'a Budget,
    tool: Tool,
    ticket: u64,
    turn: oneshot::Receiver<Result<Permit, Failure>>,
}

/// The right to one request. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Permit {
    shared: Arc<Shared>,
    budget: Budget,
    number: u64,
    /// Whether Mixpanel counts what was sent with it.
    counts: AtomicBool,
}

impl Gates {
    /// Returns gates through which nobody has gone.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let inner = Inner { hour: HOUR, limits: Limits::default(), gates: HashMap::new(), tickets: 0 };
        Self(Arc::new(Shared { clock, inner: Mutex::new(inner) }))
    }

    /// Makes the hour shorter, before anybody has gone through: a stand-in for Mixpanel may have one that tests can wait for.
    pub fn set_hour(&self, hour: Duration) {
        self.0.lock().hour = hour;
    }

    /// Waits for the right to a request, and tells from time to time what for.
    ///
    /// # Errors
    /// When there will be none in time, saying when there may be one.
    pub(crate) async fn enter(
        &self,
        budget: &Budget,
        manner: Manner,
        mut told: impl FnMut(&Standing),
    ) -> Result<Permit, Failure> {
        let (begun, until) = (Instant::now(), manner.until);
        let mut place = self.0.line_up(budget, manner)?;
        loop {
            self.0.pump(budget);
            let look = until.min(Instant::now() + self.0.pause(budget));
            match timeout_at(look, &mut place.turn).await {
                Ok(Ok(turn)) => {
                    return turn.inspect(|permit| permit.counts.store(true, Ordering::Relaxed));
                }
                Ok(Err(_)) => return Err(Failure::new(FailureKind::Internal, "a place in a queue was lost")),
                Err(_) if Instant::now() >= until => return Err(self.0.given_up(budget, begun.elapsed())),
                Err(_) => told(&self.0.standing(budget)),
            }
        }
    }

    /// Returns whether somebody waits for the hour elsewhere: what is known of the hour must not be forgotten meanwhile.
    pub(crate) fn is_expecting(&self) -> bool {
        let now = self.0.clock.elapsed();
        self.0.lock().gates.values().any(|gate| gate.is_expecting(now))
    }

    /// Sets what may run at once. It applies at once, also to those who wait.
    pub(crate) fn set_limits(&self, limits: &Limits) {
        let mut inner = self.0.lock();
        if inner.limits == *limits {
            return;
        }
        inner.limits = limits.clone();
        let budgets: Vec<_> = inner.gates.keys().cloned().collect();
        drop(inner);
        for budget in &budgets {
            self.0.pump(budget);
        }
    }

    /// Returns the budgets that were used within the last hour, or are now.
    pub(crate) fn status(&self) -> Vec<BudgetStatus> {
        let now = self.0.clock.elapsed();
        let mut inner = self.0.lock();
        let Inner { limits, gates, .. } = &mut *inner;
        gates.retain(|_, gate| !gate.is_unused(now));
        let of_mixpanel = gates.iter_mut().filter(|(budget, _)| budget.base.is_none());
        let mut rows: Vec<_> = of_mixpanel.map(|(budget, gate)| row(budget, gate, limits, now)).collect();
        rows.sort_by(|one, other| (&one.project, &one.family).cmp(&(&other.project, &other.family)));
        rows
    }
}

fn row(budget: &Budget, gate: &mut State<Caller>, limits: &Limits, now: Duration) -> BudgetStatus {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    BudgetStatus {
        region: budget.region,
        project: budget.project.clone(),
        family: budget.family,
        running: count(gate.running()),
        waiting: count(gate.line.len()),
        concurrent: count(width(budget.family, limits).concurrent),
        used: count(gate.used(now)),
        hourly: gate.hourly(),
        reserve: limits.export_reserve,
        closed_for_s: gate.closed_for(now).map(ceiling_s),
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    fn line_up<'a>(self: &'a Arc<Self>, budget: &'a Budget, manner: Manner) -> Result<QueuePlace<'a>, Failure> {
        let Manner { tool, until, is_again, is_paced } = manner;
        let (sender, turn) = oneshot::channel();
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        inner.gates.retain(|_, gate| !gate.is_unused(now));
        inner.tickets += 1;
        let (ticket, hour, reserve) = (inner.tickets, inner.hour, inner.limits.export_reserve);
        let gate = inner.gates.entry(budget.clone()).or_insert_with(|| State::new(hour));
        let patience = if is_paced { BRIEF } else { until.saturating_duration_since(Instant::now()) };
        if let Some(closed) = gate.closed_for(now).filter(|closed| *closed > patience) {
            if is_paced {
                gate.expects(now, closed);
            }
            return Err(closed_too_long(budget, closed, self.clock.now(), gate.line.len()));
        }
        if let Some(full) = if is_paced { gate.full_for(now, reserve) } else { None } {
            gate.expects(now, full);
            return Err(hour_is_full(budget, full, gate.hourly(), reserve));
        }
        let waiting = Caller { until, turn: sender };
        match is_again {
            true => gate.line.push_first(tool, ticket, waiting),
            false => gate.line.push(tool, ticket, waiting),
        }
        Ok(QueuePlace { shared: self, budget, tool, ticket, turn })
    }

    /// Lets through who may go now.
    fn pump(self: &Arc<Self>, budget: &Budget) {
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        let width = width(budget.family, &inner.limits);
        let Some(gate) = inner.gates.get_mut(budget) else { return };
        let admitted: Vec<_> = std::iter::from_fn(|| gate.admit(now, width)).collect();
        drop(inner);
        for (number, waiting) in admitted {
            let permit =
                Permit { shared: Arc::clone(self), budget: budget.clone(), number, counts: AtomicBool::new(false) };
            // One that has just left does not take its permit, which is dropped here and so goes to the next.
            let _ = waiting.turn.send(Ok(permit));
        }
    }

    /// Returns after how long the gate should be looked at again.
    fn pause(&self, budget: &Budget) -> Duration {
        let now = self.clock.elapsed();
        let inner = self.lock();
        let chance = inner.gates.get(budget).and_then(|gate| gate.chance(now, width(budget.family, &inner.limits)));
        // A moment that is over does not help: then it is others who keep it waiting, and they wake it.
        chance.map(|at| at.saturating_sub(now)).filter(|pause| !pause.is_zero()).map_or(LOOK, |pause| pause.min(LOOK))
    }

    /// Closes a gate, and tells those who cannot wait for so long.
    fn close(&self, budget: &Budget, number: u64, told: Option<u64>, quota: Quota) -> Duration {
        let (now, moment) = (self.clock.elapsed(), Instant::now());
        let mut inner = self.lock();
        let hour = inner.hour;
        let gate = inner.gates.entry(budget.clone()).or_insert_with(|| State::new(hour));
        gate.uncount(number);
        quota.hourly.iter().for_each(|hourly| gate.allows(*hourly));
        let full = (quota.hit == Some(Hit::Hour)).then(|| gate.hour_is_full(now));
        let until = gate.refused(number, now, |refusals| match (told.map(Duration::from_secs), full) {
            (told, Some(full)) => full.max(told.unwrap_or_default()),
            (Some(told), None) => told,
            (None, None) => retry::wait(refusals, None, retry::dice()),
        });
        let closed = until.saturating_sub(now);
        let hopeless = gate.line.take(|waiting| moment + closed > waiting.until);
        let left = gate.line.len();
        drop(inner);
        let (region, project, family) = (budget.region, &budget.project, budget.family.as_str());
        info!(%region, %project, family, for_s = closed.as_secs(), waiting = left, "mixpanel refused more requests");
        for waiting in hopeless {
            let _ = waiting.turn.send(Err(closed_too_long(budget, closed, self.clock.now(), left)));
        }
        closed
    }

    fn standing(&self, budget: &Budget) -> Standing {
        let now = self.clock.elapsed();
        let inner = self.lock();
        let width = width(budget.family, &inner.limits).concurrent;
        let gate = inner.gates.get(budget);
        let closed_for = gate.and_then(|gate| gate.closed_for(now));
        let what = told_of(budget);
        let detail = match (closed_for, gate) {
            (Some(closed), _) => format!("{what} waits for {} s: Mixpanel has refused more", ceiling_s(closed)),
            (None, Some(gate)) => {
                let (running, others) = (gate.running(), gate.line.len().saturating_sub(1));
                format!("{what} waits for its turn: {running} of {width} run, and {others} more wait")
            }
            (None, None) => format!("{what} waits for its turn"),
        };
        Standing { detail, closed_for }
    }

    fn given_up(&self, budget: &Budget, waited: Duration) -> Failure {
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        let Inner { limits, gates, hour, .. } = &mut *inner;
        let gate = gates.entry(budget.clone()).or_insert_with(|| State::new(*hour));
        // Whoever asks has not left the queue yet.
        let (running, waiting) = (gate.running(), gate.line.len().saturating_sub(1));
        let width = width(budget.family, limits).concurrent;
        let detail = format!(
            "{} had no turn within {:.0} s: {running} of {width} run, and {waiting} more wait",
            told_of(budget),
            waited.as_secs_f64()
        );
        limited(detail, gate.closed_for(now))
    }
}

impl Permit {
    /// Notes that Mixpanel has answered, and not with 429: what it says of its limits, and whether it counts the request.
    pub(crate) fn was_answered(&self, quota: Quota, counts: bool) {
        self.counts.store(counts, Ordering::Relaxed);
        if let Some(gate) = self.shared.lock().gates.get_mut(&self.budget) {
            gate.answered(self.number);
            quota.hourly.iter().for_each(|hourly| gate.allows(*hourly));
        }
        self.shared.pump(&self.budget);
    }

    /// Notes that Mixpanel does not count what was sent with it: it was refused as nobody's, or never arrived.
    pub(crate) fn does_not_count(&self) {
        self.counts.store(false, Ordering::Relaxed);
    }

    /// Closes the gate for everybody, because Mixpanel has answered 429: for as long as it told in seconds, else a little longer each
    /// time; and if the hour is full, until it is known or thought to have room. Returns for how long.
    pub(crate) fn was_refused(self, told: Option<u64>, quota: Quota) -> Duration {
        self.does_not_count();
        self.shared.close(&self.budget, self.number, told, quota)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.shared.clock.elapsed();
        if let Some(gate) = self.shared.lock().gates.get_mut(&self.budget) {
            gate.left(self.number, now, self.counts.load(Ordering::Relaxed));
        }
        self.shared.pump(&self.budget);
    }
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        // A permit that is in `turn` already goes back when that is dropped, after this.
        if let Some(gate) = self.shared.lock().gates.get_mut(self.budget) {
            gate.line.remove(self.tool, self.ticket);
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("inner", &*self.lock()).finish_non_exhaustive()
    }
}
