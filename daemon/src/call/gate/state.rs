//! One gate: who may go through it now. Pure; the time is a value, on the clock that nobody sets.

use std::collections::VecDeque;
use std::time::Duration;

use super::line::Line;

/// How long the first one after a refusal goes alone, if nothing is heard of it.
const TRIAL: Duration = Duration::from_secs(10);

/// The hour that Mixpanel counts rolls.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

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
    /// When requests started, for an hour.
    starts: VecDeque<Duration>,
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

impl<W> Default for State<W> {
    fn default() -> Self {
        let (line, starts) = (Line::default(), VecDeque::new());
        Self { line, running: 0, door: Door::Open, refusals: 0, last: 0, unknowing: 0, starts }
    }
}

impl<W> State<W> {
    /// Lets the next one through, if one may go. Returns its number.
    pub(super) fn admit(&mut self, now: Duration, width: Width) -> Option<(u64, W)> {
        if self.running >= width.concurrent || self.chance(now, width).is_none_or(|at| at > now) {
            return None;
        }
        let next = self.line.pop()?;
        self.last += 1;
        self.running += 1;
        self.starts.push_back(now);
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
        let paced = earlier.filter(|_| width.is_paced).map_or(now, |start| *start + SECOND);
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
            self.refusals = 0;
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

    /// Notes that one is through, whatever came of it. One that was never sent does not count for the hour.
    pub(super) fn left(&mut self, number: u64, now: Duration, was_sent: bool) {
        self.running = self.running.saturating_sub(1);
        if self.is_tried_by(number) {
            // It brought no answer, so another goes first.
            self.door = Door::Closed(now);
        }
        if !was_sent {
            self.starts.pop_back();
        }
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
        while self.starts.front().is_some_and(|start| *start + HOUR <= now) {
            self.starts.pop_front();
        }
        self.starts.len()
    }

    /// Returns whether nothing would be lost with it.
    pub(super) fn is_unused(&mut self, now: Duration) -> bool {
        self.running == 0 && self.line.is_empty() && self.used(now) == 0 && self.closed_for(now).is_none()
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
        let mut state = State::default();
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
