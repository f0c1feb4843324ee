//! One gate: who may go through it now. Pure; the time is a value, on the clock that nobody sets.

use std::collections::VecDeque;
use std::time::Duration;

use super::line::Line;

/// How long the first one after a refusal goes alone, if nothing is heard of it.
const TRIAL: Duration = Duration::from_secs(10);

/// The hour that Mixpanel counts rolls.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// A slot is free again for those who wait for it when the hour is over and so much of it more: a 360th, which is 10 s. What is sent
/// then may be faster on its way than what it follows.
const MARGIN: u32 = 360;

/// So late somebody may come again who was told to: it looks at its clock every half minute.
const LATE: Duration = Duration::from_secs(60);

/// What Mixpanel allows a project in an hour, of either family, where it has not said otherwise.
const HOURLY: u64 = 60;

/// So many starts a second are allowed where starts are paced.
const STARTS: usize = 3;

/// The second in which they are counted, and what the way to Mixpanel may push together.
const SECOND: Duration = Duration::from_millis(1100);

/// What a gate lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    /// How many may run at once.
    pub(super) concurrent: usize,
    /// Whether starts are paced.
    pub(super) is_paced: bool,
}

/// A gate with those who wait before it.
#[derive(Debug)]
pub(super) struct State<W> {
    pub(super) line: Line<W>,
    running: usize,
    door: Door,
    /// Refusals since the last answer, as far as one can follow from the other.
    refusals: u32,
    /// The number of the last who was let through.
    last: u64,
    /// Whoever was let through up to this number did not know yet that Mixpanel refuses.
    unknowing: u64,
    /// When requests started, each with its number, for an hour.
    starts: VecDeque<(u64, Duration)>,
    /// How long an hour is.
    hour: Duration,
    /// What Mixpanel allows in it.
    hourly: u64,
    /// Refusals in a row that say the hour is full, though we have not filled it: others have.
    unexplained: u32,
    /// Until then somebody comes again who was told to.
    expected: Duration,
}

/// Whether the gate is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    /// Nobody until then; after that one goes first.
    Closed(Duration),
    /// The one with this number has gone first, and all others wait for how it fares.
    Tried(u64, Duration),
}

impl<W> State<W> {
    /// Returns a gate through which nobody has gone. An hour is shorter than one where tests have no time.
    pub(super) fn new(hour: Duration) -> Self {
        let (line, starts) = (Line::default(), VecDeque::new());
        let (door, hourly) = (Door::Open, HOURLY);
        Self {
            line,
            running: 0,
            door,
            refusals: 0,
            last: 0,
            unknowing: 0,
            starts,
            hour,
            hourly,
            unexplained: 0,
            expected: Duration::ZERO,
        }
    }

    /// Lets the next one through, if one may go. Returns its number.
    pub(super) fn admit(&mut self, now: Duration, width: Width) -> Option<(u64, W)> {
        if self.running >= width.concurrent || self.chance(now, width).is_none_or(|at| at > now) {
            return None;
        }
        let next = self.line.pop()?;
        self.last += 1;
        self.running += 1;
        self.starts.push_back((self.last, now));
        self.door = match self.door {
            Door::Closed(_) => Door::Tried(self.last, now),
            // The first one is not refused, so far.
            Door::Tried(..) | Door::Open => Door::Open,
        };
        Some((self.last, next))
    }

    /// Returns the moment from which on time does not keep anybody waiting; none while it depends on the one that has gone first.
    pub(super) fn chance(&self, now: Duration, width: Width) -> Option<Duration> {
        let opening = match self.door {
            Door::Open => now,
            Door::Closed(until) => until,
            // A query may be computed for minutes; a refusal comes at once.
            Door::Tried(_, since) => since + TRIAL,
        };
        let earlier = self.starts.len().checked_sub(STARTS).and_then(|at| self.starts.get(at));
        let paced = earlier.filter(|_| width.is_paced).map_or(now, |(_, start)| *start + SECOND);
        Some(opening.max(paced))
    }

    fn is_tried_by(&self, number: u64) -> bool {
        matches!(self.door, Door::Tried(first, _) if first == number)
    }

    /// Notes that Mixpanel has answered, and not that it refuses.
    pub(super) fn answered(&mut self, number: u64) {
        if self.is_tried_by(number) {
            self.door = Door::Open;
        }
        if number > self.unknowing {
            (self.refusals, self.unexplained) = (0, 0);
        }
    }

    /// Notes what Mixpanel says that it allows in an hour.
    pub(super) fn allows(&mut self, hourly: u64) {
        self.hourly = hourly;
    }

    /// Returns what Mixpanel allows in an hour.
    pub(super) fn hourly(&self) -> u64 {
        self.hourly
    }

    /// Notes that somebody was told to come again after this time.
    pub(super) fn expects(&mut self, now: Duration, after: Duration) {
        self.expected = self.expected.max(now + after + LATE);
    }

    /// Returns whether somebody who was told to has not come again.
    pub(super) fn is_expecting(&self, now: Duration) -> bool {
        self.expected > now
    }

    /// Returns after how long somebody who leaves so much of the hour to others may line up; none when that is now.
    pub(super) fn full_for(&mut self, now: Duration, reserve: u64) -> Option<Duration> {
        let free = usize::try_from(self.hourly.saturating_sub(reserve)).unwrap_or(usize::MAX).max(1);
        self.forget(now);
        if self.starts.len() + self.line.len() < free {
            return None;
        }
        // Where only those who wait fill it, it depends on how they fare.
        let earliest = self.starts.len().checked_sub(free).and_then(|at| self.starts.get(at));
        Some(earliest.map_or(self.margin(), |(_, start)| (*start + self.hour + self.margin()).saturating_sub(now)))
    }

    /// Returns for how long nobody needs to ask, after Mixpanel has said that the hour is full. Where our own requests do not explain
    /// that, others fill it, and it is tried after growing pauses.
    pub(super) fn hour_is_full(&mut self, now: Duration) -> Duration {
        self.forget(now);
        let full = usize::try_from(self.hourly).unwrap_or(usize::MAX);
        if let Some((_, start)) = self.starts.len().checked_sub(full).and_then(|at| self.starts.get(at)) {
            return (*start + self.hour + self.margin()).saturating_sub(now);
        }
        let each = self.hour / u32::try_from(self.hourly).unwrap_or(u32::MAX).max(1);
        let pause = each.saturating_mul(2_u32.saturating_pow(self.unexplained)).min(self.hour);
        self.unexplained += 1;
        pause
    }

    fn margin(&self) -> Duration {
        self.hour / MARGIN
    }

    /// Forgets starts that count no more.
    fn forget(&mut self, now: Duration) {
        let (hour, margin) = (self.hour, self.margin());
        while self.starts.front().is_some_and(|(_, start)| *start + hour + margin <= now) {
            self.starts.pop_front();
        }
    }

    /// Closes the gate, for Mixpanel has refused. `pause` tells for how long, by the number of refusals before this one. Returns until
    /// when it is closed now.
    pub(super) fn refused(&mut self, number: u64, now: Duration, pause: impl FnOnce(u32) -> Duration) -> Duration {
        // Five that were refused together are one refusal.
        if number > self.unknowing {
            self.unknowing = self.last;
            self.refusals += 1;
        }
        let until = now + pause(self.refusals.saturating_sub(1));
        let until = if let Door::Closed(known) = self.door { until.max(known) } else { until };
        self.door = Door::Closed(until);
        until
    }

    /// Notes that one is through, whatever came of it. One that Mixpanel does not count does not count for the hour.
    pub(super) fn left(&mut self, number: u64, now: Duration, counts: bool) {
        self.running = self.running.saturating_sub(1);
        if self.is_tried_by(number) {
            // It brought no answer, so another goes first.
            self.door = Door::Closed(now);
        }
        if !counts {
            self.uncount(number);
        }
    }

    /// Takes one out of the hour.
    pub(super) fn uncount(&mut self, number: u64) {
        self.starts.retain(|(known, _)| *known != number);
    }

    /// Returns how many are through and not back.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Returns for how long nobody goes through, as far as that is known.
    pub(super) fn closed_for(&self, now: Duration) -> Option<Duration> {
        match self.door {
            Door::Closed(until) if until > now => Some(until - now),
            Door::Closed(_) | Door::Open | Door::Tried(..) => None,
        }
    }

    /// Returns how many have started within the last hour.
    pub(super) fn used(&mut self, now: Duration) -> usize {
        self.forget(now);
        self.starts.iter().filter(|(_, start)| *start + self.hour > now).count()
    }

    /// Returns whether nothing would be lost with it.
    pub(super) fn is_unused(&mut self, now: Duration) -> bool {
        self.forget(now);
        let is_empty = self.running == 0 && self.line.is_empty() && self.starts.is_empty();
        is_empty && self.closed_for(now).is_none()
    }
}

#[cfg(test)]
mod tests;
