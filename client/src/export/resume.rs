//! What of an unfinished file can be kept for what is wanted now. Pure.

use mp_catalog::export::Days;

use super::journal::Done;
use super::part::Part;

/// What becomes of the parts that an unfinished file has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resume {
    /// So many parts at its beginning are of days before those that are wanted.
    pub(super) skipped: usize,
    /// So many parts after those are kept.
    pub(super) kept: usize,
    /// Days that are there, and are fetched again: they had not ended when they were fetched.
    pub(super) again: Option<Days>,
    /// Days that are there, and are not wanted.
    pub(super) outside: Vec<Days>,
}

impl Resume {
    /// Decides. The parts follow one another without a gap, so only some that follow one another can stay in the file, and the first of
    /// them has to begin with the first day that is wanted. Profiles have no days: what is there is good.
    pub(super) fn decide(done: &[Done], wanted: Option<Days>, is_final: impl Fn(&Done) -> bool) -> Self {
        let Some(wanted) = wanted else { return Self { kept: done.len(), ..Self::default() } };
        let begins = |part: &Done| part.days.is_some_and(|days| days.from == wanted.from);
        let skipped = done.iter().position(begins).unwrap_or(done.len());
        let (before, rest) = done.split_at(skipped);
        let is_inside = |part: &&Done| part.days.is_some_and(|days| days.to <= wanted.to);
        let (inside, after) = rest.split_at(rest.iter().take_while(is_inside).count());
        let kept = inside.iter().take_while(|part| is_final(part)).count();
        let outside = [before, after].into_iter().filter_map(span).collect();
        Self { skipped, kept, again: span(&inside[kept..]), outside }
    }

    /// Returns the parts that are kept.
    pub(super) fn parts(&self, done: &[Done]) -> Vec<Part> {
        done.iter().skip(self.skipped).take(self.kept).map(|part| part.days).collect()
    }

    /// Returns the days that are missing; none when there are none, and for profiles.
    pub(super) fn missing(&self, done: &[Done], wanted: Option<Days>) -> Option<Days> {
        let wanted = wanted?;
        let from = match self.parts(done).last().copied().flatten() {
            Some(last) => last.to.tomorrow().ok()?,
            None => wanted.from,
        };
        (from <= wanted.to).then_some(Days { from, ..wanted })
    }

    /// Whether nothing that is there is of any use, though there is something.
    pub(super) fn is_foreign(&self) -> bool {
        self.kept == 0 && self.again.is_none() && !self.outside.is_empty()
    }
}

/// Returns the days of parts that follow one another.
pub(super) fn span(parts: &[Done]) -> Option<Days> {
    Some(Days { from: parts.first()?.days?.from, to: parts.last()?.days?.to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn days(from: i8, to: i8) -> Days {
        Days { from: date(2025, 1, from), to: date(2025, 1, to) }
    }

    fn done(parts: &[(i8, i8)]) -> Vec<Done> {
        let part = |(from, to): &(i8, i8)| Done {
            days: Some(days(*from, *to)),
            asked: Timestamp::UNIX_EPOCH,
            end: 0,
            tail: String::new(),
        };
        parts.iter().map(part).collect()
    }

    #[test]
    fn the_longest_run_of_final_parts_that_fit_is_kept() {
        let parts = done(&[(3, 4), (5, 6), (7, 8)]);
        // Wanted, the first day that is not final; skipped, kept, again, outside.
        for (wanted, open, expected) in [
            ((3, 8), 9, (0, 3, None, vec![])),
            ((3, 20), 9, (0, 3, None, vec![])),
            ((3, 8), 8, (0, 2, Some((7, 8)), vec![])),
            ((3, 8), 5, (0, 1, Some((5, 8)), vec![])),
            ((3, 8), 3, (0, 0, Some((3, 8)), vec![])),
            ((3, 7), 9, (0, 2, None, vec![(7, 8)])),
            ((5, 8), 9, (1, 2, None, vec![(3, 4)])),
            ((5, 6), 9, (1, 1, None, vec![(3, 4), (7, 8)])),
            ((4, 8), 9, (3, 0, None, vec![(3, 8)])),
            ((1, 8), 9, (3, 0, None, vec![(3, 8)])),
            ((3, 3), 9, (0, 0, None, vec![(3, 8)])),
        ] {
            let is_final = |part: &Done| part.days.is_some_and(|days| days.to < date(2025, 1, open));
            let resume = Resume::decide(&parts, Some(days(wanted.0, wanted.1)), is_final);
            let (skipped, kept, again, outside) = expected;
            let again = again.map(|(from, to)| days(from, to));
            let outside = outside.into_iter().map(|(from, to)| days(from, to)).collect();
            assert_eq!(resume, Resume { skipped, kept, again, outside }, "{wanted:?} {open}");
            let next = days(if kept > 0 { [4, 6, 8][skipped + kept - 1] + 1 } else { wanted.0 }, wanted.1);
            assert_eq!(resume.missing(&parts, Some(days(wanted.0, wanted.1))), (next.from <= next.to).then_some(next));
            assert_eq!(resume.is_foreign(), matches!(wanted, (4, 8) | (1, 8) | (3, 3)), "{wanted:?}");
        }
        assert!(!Resume::decide(&[], Some(days(1, 2)), |_| true).is_foreign());
    }
}
