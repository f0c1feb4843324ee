//! What a gate lets through, and when.

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
    assert_eq!(admitted(&mut state, second(1), narrow).len(), 0, "a limit that was lowered waits for those who run");
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
    assert_eq!(state.full_for(second(10), 3), Some(Duration::from_secs(3600)), "ten seconds after the first is over");
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
