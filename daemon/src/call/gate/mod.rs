//! One budget for all tools: what Mixpanel allows a project to run at once and in an hour, and the queue in front of it.
//!
//! [`line`] is the queue and [`state`] decides who goes through; both are pure. Here is what waits and who is woken. The hour is
//! counted and shown, never kept: only Mixpanel knows what else uses it, and says so with a 429, which closes the gate for everybody.

mod line;
mod state;
#[cfg(test)]
mod tests;

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{ProjectId, Region};
use mp_proto::plane::Family;
use mp_proto::wire::BudgetStatus;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tracing::info;

use crate::call::request::Tool;
use crate::call::retry;
use crate::clock::Clock;
use crate::config::Limits;
use state::{State, Width};

/// How often one who waits looks again, whatever it waits for: timers stop while a laptop sleeps.
const LOOK: Duration = Duration::from_secs(1);

/// What Mixpanel allows a project in an hour, of either family.
const HOURLY: u64 = 60;

/// What is limited together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// The region of the project.
    pub(crate) region: Region,
    /// The project.
    pub(crate) project: ProjectId,
    /// Which limits apply.
    pub(crate) family: Family,
    /// What stands in for Mixpanel, where a caller's variables say so: its limits are its own.
    pub(crate) base: Option<String>,
}

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

#[derive(Debug, Default)]
struct Inner {
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
    is_used: bool,
}

impl Gates {
    /// Returns gates through which nobody has gone.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { clock, inner: Mutex::default() }))
    }

    /// Waits for the right to a request.
    ///
    /// # Errors
    /// When there will be none before `until`, saying when there may be one.
    pub(crate) async fn enter(&self, budget: &Budget, tool: Tool, until: Instant) -> Result<Permit, Failure> {
        self.wait(budget, tool, until, false).await
    }

    /// As [`Self::enter`], for a request whose last turn came to nothing: it is the next of its tool.
    ///
    /// # Errors
    /// As [`Self::enter`].
    pub(crate) async fn enter_again(&self, budget: &Budget, tool: Tool, until: Instant) -> Result<Permit, Failure> {
        self.wait(budget, tool, until, true).await
    }

    async fn wait(&self, budget: &Budget, tool: Tool, until: Instant, is_again: bool) -> Result<Permit, Failure> {
        let begun = Instant::now();
        let mut place = self.0.line_up(budget, tool, until, is_again)?;
        loop {
            self.0.pump(budget);
            let look = until.min(Instant::now() + self.0.pause(budget));
            match timeout_at(look, &mut place.turn).await {
                Ok(Ok(turn)) => {
                    return turn.map(|mut permit| {
                        permit.is_used = true;
                        permit
                    });
                }
                Ok(Err(_)) => return Err(Failure::new(FailureKind::Internal, "a place in a queue was lost")),
                Err(_) if Instant::now() >= until => return Err(self.0.given_up(budget, begun.elapsed())),
                Err(_) => {}
            }
        }
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
        hourly: HOURLY,
        closed_for_s: gate.closed_for(now).map(ceiling_s),
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    fn line_up<'a>(
        self: &'a Arc<Self>,
        budget: &'a Budget,
        tool: Tool,
        until: Instant,
        is_again: bool,
    ) -> Result<QueuePlace<'a>, Failure> {
        let (sender, turn) = oneshot::channel();
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        inner.gates.retain(|_, gate| !gate.is_unused(now));
        inner.tickets += 1;
        let ticket = inner.tickets;
        let gate = inner.gates.entry(budget.clone()).or_default();
        if let Some(closed) = gate.closed_for(now).filter(|closed| Instant::now() + *closed > until) {
            return Err(closed_too_long(budget, closed, self.clock.now(), gate.line.len()));
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
            let permit = Permit { shared: Arc::clone(self), budget: budget.clone(), number, is_used: false };
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
    fn close(&self, budget: &Budget, number: u64, told: Option<u64>) -> Duration {
        let (now, moment) = (self.clock.elapsed(), Instant::now());
        let mut inner = self.lock();
        let gate = inner.gates.entry(budget.clone()).or_default();
        let until = gate.refused(number, now, |refusals| match told {
            Some(seconds) => Duration::from_secs(seconds),
            None => retry::wait(refusals, None, retry::dice()),
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

    fn given_up(&self, budget: &Budget, waited: Duration) -> Failure {
        let now = self.clock.elapsed();
        let mut inner = self.lock();
        let Inner { limits, gates, .. } = &mut *inner;
        let gate = gates.entry(budget.clone()).or_default();
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

fn closed_too_long(budget: &Budget, closed: Duration, now: Timestamp, waiting: usize) -> Failure {
    // Shown to the second, and not before it is over.
    let until = (now + closed + Duration::from_millis(999)).as_second();
    let until = Timestamp::from_second(until).unwrap_or(now);
    let detail = format!("{} is refused by Mixpanel until {until}, and {waiting} more wait", told_of(budget));
    limited(detail, Some(closed))
}

fn told_of(budget: &Budget) -> String {
    let what = match budget.family {
        Family::Query => "a query",
        Family::Export => "an export",
    };
    format!("{what} of project {} ({})", budget.project, budget.region)
}

fn limited(detail: String, closed: Option<Duration>) -> Failure {
    let mut failure = Failure::new(FailureKind::RateLimited, detail);
    failure.retry_after_s = closed.map(ceiling_s);
    failure.next("mp daemon status", "see what uses the limits of the project")
}

fn ceiling_s(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Permit {
    /// Notes that Mixpanel has answered, and not with 429.
    pub(crate) fn was_answered(&self) {
        if let Some(gate) = self.shared.lock().gates.get_mut(&self.budget) {
            gate.answered(self.number);
        }
        self.shared.pump(&self.budget);
    }

    /// Closes the gate for everybody, because Mixpanel has answered 429: for as long as it told in seconds, else a little longer each
    /// time. Returns for how long.
    pub(crate) fn was_refused(self, told: Option<u64>) -> Duration {
        self.shared.close(&self.budget, self.number, told)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.shared.clock.elapsed();
        if let Some(gate) = self.shared.lock().gates.get_mut(&self.budget) {
            gate.left(self.number, now, self.is_used);
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
