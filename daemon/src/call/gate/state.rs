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
mod tests {
    use super::*;
    use crate::call::request::Tool;

    const FIVE: Width = Width { concurrent: 5, is_paced: false };
    const EXPORT: Width = Width { concurrent: 100, is_paced: true };

    fn second(seconds: u64) -> Duration {
        Duration::from_secs(10_000 + seconds)
    }

    /// Returns a gate before which so many wait.
    fn waiting(count: u64) -> State<u64> {
        let mut state = State::new(HOUR);
        for ticket in 1..=count {
            state.line.push(Tool(1), ticket, ticket);
        }
        state
    }

    fn admitted(state: &mut State<u64>, now: Duration, width: Width) -> Vec<u64> {
        std::iter::from_fn(|| state.admit(now, width)).map(|(number, _)| number).collect()
    }

    #[test]
    fn as_many_run_as_may() {
        let mut state = waiting(7);
        assert_eq!(admitted(&mut state, second(0), FIVE), [1, 2, 3, 4, 5]);
        state.left(3, second(1), true);
        assert_eq!((admitted(&mut state, second(1), FIVE), state.running(), state.line.len()), (vec![6], 5, 1));
        let narrow = Width { concurrent: 1, ..FIVE };
        state.left(1, second(1), true);
        assert_eq!(
            admitted(&mut state, second(1), narrow).len(),
            0,
            "a limit that was lowered waits for those who run"
        );
        assert_eq!(admitted(&mut state, second(1), FIVE), [7]);
    }

    #[test]
    fn starts_are_paced_where_they_are_counted_by_the_second() {
        let mut state = waiting(8);
        let at = |millis| second(0) + Duration::from_millis(millis);
        assert_eq!(admitted(&mut state, at(0), EXPORT), [1, 2, 3]);
        assert_eq!(state.chance(at(5), EXPORT), Some(at(1100)));
        assert_eq!(admitted(&mut state, at(1099), EXPORT), Vec::<u64>::new());
        assert_eq!(admitted(&mut state, at(1100), EXPORT), [4, 5, 6]);
        assert_eq!(admitted(&mut state, at(9999), EXPORT), [7, 8]);
    }

    #[test]
    fn after_a_refusal_one_goes_first_and_the_others_follow_its_answer() {
        let mut state = waiting(9);
        assert_eq!(admitted(&mut state, second(0), FIVE).len(), 5);
        assert_eq!(state.refused(1, second(1), |_| Duration::from_secs(7)), second(8));
        state.left(1, second(1), true);
        assert_eq!(state.closed_for(second(2)), Some(Duration::from_secs(6)));
        state.left(2, second(2), true);
        assert_eq!((admitted(&mut state, second(7), FIVE), state.chance(second(7), FIVE)), (vec![], Some(second(8))));
        assert_eq!(admitted(&mut state, second(8), FIVE), [6]);
        assert_eq!(state.chance(second(9), FIVE), Some(second(18)));
        state.answered(3);
        assert_eq!(admitted(&mut state, second(9), FIVE), Vec::<u64>::new(), "3 went before the gate was closed");
        state.answered(6);
        assert_eq!(admitted(&mut state, second(9), FIVE), [7]);
    }

    #[test]
    fn one_that_goes_first_and_is_not_heard_of_does_not_hold_up_the_others() {
        let mut state = waiting(9);
        assert_eq!(admitted(&mut state, second(0), FIVE).len(), 5);
        state.refused(1, second(1), |_| Duration::from_secs(7));
        (1..=5).for_each(|number| state.left(number, second(2), true));
        assert_eq!(admitted(&mut state, second(8), FIVE), [6]);
        assert_eq!(admitted(&mut state, second(17), FIVE), Vec::<u64>::new());
        assert_eq!(admitted(&mut state, second(18), FIVE), [7, 8, 9], "as many as there is room for");
        // A refusal counts, however late it comes.
        state.refused(6, second(20), |_| Duration::from_secs(7));
        assert_eq!(state.closed_for(second(20)), Some(Duration::from_secs(7)));
    }

    #[test]
    fn one_that_goes_first_and_is_refused_closes_it_again_and_one_that_vanishes_makes_room_for_another() {
        let mut state = waiting(9);
        let refuse = |state: &mut State<u64>, number, at| {
            let mut before = None;
            state.refused(number, at, |count| {
                before = Some(count);
                Duration::from_secs(1 << count)
            });
            state.left(number, at, true);
            before.expect("it was asked")
        };
        assert_eq!(admitted(&mut state, second(0), FIVE).len(), 5);
        assert_eq!((1..=5).map(|number| refuse(&mut state, number, second(0))).collect::<Vec<_>>(), [0; 5]);
        assert_eq!(admitted(&mut state, second(1), FIVE), [6]);
        assert_eq!(refuse(&mut state, 6, second(1)), 1);
        assert_eq!(admitted(&mut state, second(2), FIVE), Vec::<u64>::new());
        assert_eq!(admitted(&mut state, second(3), FIVE), [7]);
        state.left(7, second(4), false);
        assert_eq!(admitted(&mut state, second(4), FIVE), [8]);
        state.answered(8);
        state.left(8, second(4), true);
        assert_eq!(admitted(&mut state, second(4), FIVE), [9]);
        assert_eq!(refuse(&mut state, 9, second(4)), 0, "the last one was answered");
    }

    #[test]
    fn who_waits_for_the_hour_leaves_some_of_it_to_others() {
        let mut state = waiting(0);
        state.allows(10);
        for at in 0..7 {
            assert_eq!(state.full_for(second(at), 3), None);
            state.line.push(Tool(1), at, at);
            state.admit(second(at), FIVE);
            state.left(at + 1, second(at), true);
        }
        assert_eq!(
            state.full_for(second(10), 3),
            Some(Duration::from_secs(3600)),
            "ten seconds after the first is over"
        );
        assert_eq!(state.full_for(second(10), 2), None, "others have more");
        assert_eq!(state.full_for(second(10), 99), Some(Duration::from_secs(3606)), "one at a time in any case");
        state.uncount(7);
        assert_eq!(state.full_for(second(10), 3), None, "Mixpanel does not count what it refuses");
        state.line.push(Tool(1), 8, 8);
        assert_eq!(state.full_for(second(10), 3), Some(Duration::from_secs(10)), "somebody waits for the last one");
        assert_eq!(state.full_for(second(3610), 3), None, "the first is over");
    }

    #[test]
    fn an_hour_that_others_have_filled_is_tried_after_growing_pauses() {
        let mut state = waiting(1);
        let seconds = |state: &mut State<u64>, at| state.hour_is_full(second(at)).as_secs();
        assert_eq!([0, 1, 2].map(|at| seconds(&mut state, at)), [60, 120, 240]);
        state.answered(1);
        assert_eq!(seconds(&mut state, 3), 60);
        assert_eq!((0..20).map(|at| seconds(&mut state, at)).last(), Some(3600));
        state.allows(1);
        state.admit(second(0), FIVE);
        assert_eq!(seconds(&mut state, 10), 3600, "ours explains it");
    }

    #[test]
    fn the_hour_rolls_and_what_was_not_sent_does_not_count() {
        let mut state = waiting(3);
        state.admit(second(0), FIVE);
        state.admit(second(60), FIVE);
        state.admit(second(60), FIVE);
        state.left(3, second(60), false);
        assert_eq!((state.used(second(3599)), state.used(second(3600)), state.used(second(3660))), (2, 1, 0));
        assert!(!state.is_unused(second(9999)), "two still run");
        state.left(1, second(9999), true);
        state.left(2, second(9999), true);
        assert!(state.is_unused(second(9999)));
        state.refused(9, second(9999), |_| Duration::from_secs(60));
        assert!(!state.is_unused(second(10_000)) && state.is_unused(second(10_059)));
    }
}
