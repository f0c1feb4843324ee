//! Whether there is another page of profiles: what Mixpanel announces is held against what comes. Pure.
//!
//! A page that is short is no end while more was announced, and pages that never end are not asked for for ever.

use std::collections::HashSet;

use super::page::PageOfLines;

/// Pages without any profile after one another, though more were announced, before it is given up.
const EMPTY: u32 = 3;

/// Pages beyond those that the announced number needs: some for short ones, and a tenth for those who are added meanwhile.
const MARGIN: u64 = 10;

/// Most pages where no number is announced: more profiles than any project has.
const MOST: u64 = 100_000;

/// How far it is.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Pages so far.
    pages: u64,
    /// Profiles on them.
    seen: u64,
    /// The number that was announced first, and the largest.
    announced: Option<(u64, u64)>,
    page_size: Option<u64>,
    /// Empty pages since the last that was not.
    empty: u32,
    /// The marks of all pages.
    marks: HashSet<u64>,
}

impl Course {
    /// Takes a page, and returns whether there is another one.
    ///
    /// # Errors
    /// When it cannot be the last and no other one can be had; the text is the end of a sentence about the request.
    pub(super) fn goes_on(&mut self, page: &PageOfLines) -> Result<bool, String> {
        self.pages += 1;
        self.seen += page.size;
        self.page_size = page.page_size.or(self.page_size);
        if let Some(total) = page.total {
            let (first, largest) = self.announced.unwrap_or((total, total));
            self.announced = Some((first, largest.max(total)));
        }
        self.empty = if page.size == 0 { self.empty + 1 } else { 0 };
        if page.size > 0 && !self.marks.insert(page.mark) {
            return Err(format!("was answered with the same page twice: page {} is one of those before", self.pages));
        }
        let missing = self.announced.and_then(|(_, most)| (most > self.seen).then_some(most));
        let is_short = page.size < self.page_size.unwrap_or(1).max(1);
        match (missing, is_short, page.session_id.is_some()) {
            (None, true, _) => Ok(false),
            (None, false, false) if self.announced.is_some() => Ok(false),
            (None, false, false) => {
                Err("was answered with a full page and no session to ask for the next one with".to_owned())
            }
            (Some(most), _, false) => {
                let seen = self.seen;
                Err(format!(
                    "was answered with {seen} of {most} profiles, and no session to ask for the next page with"
                ))
            }
            (Some(most), _, true) if self.empty >= EMPTY => {
                let seen = self.seen;
                Err(format!("was answered with {seen} of {most} profiles, and then with {EMPTY} pages without any"))
            }
            (_, _, true) => self.bounded(),
        }
    }

    fn bounded(&self) -> Result<bool, String> {
        let size = self.page_size.unwrap_or(1).max(1);
        let needed = self.announced.map(|(first, _)| first.div_ceil(size));
        let most = needed.map_or(MOST, |needed| needed + needed / 10 + MARGIN);
        if self.pages < most {
            return Ok(true);
        }
        let announced = match self.announced {
            Some((first, _)) => format!("{first} profiles were announced"),
            None => "the number of profiles was not announced".to_owned(),
        };
        Err(format!("has not come to its end after {} pages, though {announced}", self.pages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::wire::LinesTally;

    fn page(size: u64, total: Option<u64>, mark: u64) -> PageOfLines {
        PageOfLines {
            lines: Vec::new(),
            taken: size,
            size,
            session_id: Some("s".to_owned()),
            page_size: Some(3),
            total,
            tally: LinesTally::default(),
            mark,
        }
    }

    /// Takes pages of these sizes, and returns how many were wanted and how it ended.
    fn run(sizes: impl Iterator<Item = u64>, total: impl Fn(u64) -> Option<u64>) -> (u64, Option<String>) {
        let mut course = Course::default();
        for (number, size) in (0..).zip(sizes) {
            match course.goes_on(&page(size, total(number), number)) {
                Ok(true) => {}
                Ok(false) => return (number + 1, None),
                Err(why) => return (number + 1, Some(why)),
            }
        }
        panic!("it wants more than there are");
    }

    #[test]
    fn it_ends_with_a_short_page_when_all_that_was_announced_is_there() {
        for (sizes, total, pages) in [
            (vec![0], Some(0), 1),
            (vec![2], Some(2), 1),
            (vec![3, 0], Some(3), 2),
            (vec![3, 3, 1], Some(7), 3),
            (vec![3, 1, 3], Some(7), 3),
            (vec![3, 0, 0, 3, 1], Some(7), 5),
            (vec![3, 2], None, 2),
            (vec![3, 3, 1], Some(5), 3),
        ] {
            let ended = run(sizes.clone().into_iter().chain([0]), |_| total);
            // After a full page that was all, there is one that is empty.
            assert_eq!(ended.1, None, "{sizes:?}");
            assert!(ended.0 == pages || ended.0 == pages + 1, "{sizes:?}: {ended:?}");
        }
    }

    #[test]
    fn what_was_announced_and_does_not_come_is_an_error() {
        let (pages, why) = run([3, 3].into_iter().chain(std::iter::repeat(0)), |_| Some(9));
        assert_eq!(
            (pages, why.as_deref()),
            (5, Some("was answered with 6 of 9 profiles, and then with 3 pages without any"))
        );
        let (_, why) =
            run([3, 1].into_iter().chain(std::iter::repeat(0)), |number| Some(if number == 0 { 9 } else { 4 }));
        assert!(
            why.is_some_and(|why| why.starts_with("was answered with 4 of 9 profiles")),
            "a number that shrinks hides nothing"
        );
        let mut last = page(2, Some(9), 1);
        last.session_id = None;
        let why = Course::default().goes_on(&last).expect_err("more were announced");
        assert_eq!(why, "was answered with 2 of 9 profiles, and no session to ask for the next page with");
        (last.size, last.total) = (3, None);
        assert!(Course::default().goes_on(&last).is_err_and(|why| why.contains("no session")));
        last.total = Some(3);
        assert_eq!(Course::default().goes_on(&last), Ok(false));
    }

    #[test]
    fn pages_that_never_end_are_bounded() {
        let for_ever = || std::iter::repeat(3);
        for total in
            [|_| Some(9), |number: u64| Some((number + 2) * 3), |number: u64| Some(9_u64.saturating_sub(number))]
        {
            let (pages, why) = run(for_ever(), total);
            assert!(pages <= 13 && why.is_some_and(|why| why.contains("has not come to its end")), "{pages}");
        }
        assert_eq!(run(for_ever(), |_| None).0, MOST);
        let mut course = Course::default();
        assert_eq!(course.goes_on(&page(3, None, 7)), Ok(true));
        assert_eq!(course.goes_on(&page(3, None, 8)), Ok(true));
        let why = course.goes_on(&page(3, None, 7)).expect_err("it comes again");
        assert_eq!(why, "was answered with the same page twice: page 3 is one of those before");
    }
}
