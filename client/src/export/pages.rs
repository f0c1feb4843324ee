//! Profiles come in pages, and the daemon marks where each ends: what is fetched up to there need not be fetched again.

use std::cell::{Cell, RefCell};

use bytes::Bytes;
use memchr::{memchr, memchr_iter};
use mp_catalog::{PageMark, PagesFrom};
use mp_proto::failure::{Failure, FailureKind};

use super::journal::Pages;

/// How a line begins that is no profile but a mark.
const MARK: u8 = mp_catalog::PAGE_MARK;

/// How far profiles are. All methods are called from one thread.
#[derive(Default)]
pub(super) struct Reading {
    last: RefCell<Option<PageMark>>,
    is_anew: Cell<bool>,
    /// Whether something of a page has come whose end has not.
    is_inside: Cell<bool>,
    /// How often they were begun anew in this run.
    restarts: Cell<u32>,
}

/// Sessions that end more often than this will not last the next time.
const RESTARTS: u32 = 5;

impl Reading {
    /// Goes on where an earlier run has ended, if there was one.
    pub(super) fn after(pages: Option<&Pages>) -> Self {
        let last = RefCell::new(pages.map(|pages| pages.last.clone()));
        Self { last, is_anew: Cell::new(pages.is_some_and(|pages| pages.is_anew)), ..Self::default() }
    }

    /// Returns what to ask for.
    pub(super) fn from(&self) -> PagesFrom {
        self.last.borrow().as_ref().map_or_else(PagesFrom::default, |last| PagesFrom {
            page: last.page + 1,
            session: last.session.clone(),
            profiles: last.profiles,
        })
    }

    /// Returns the number of the next page.
    pub(super) fn next(&self) -> u64 {
        self.from().page
    }

    /// Returns whether the last page is there: it has no session to ask for another one with.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_inside.get() && self.last.borrow().as_ref().is_some_and(|last| last.session.is_none())
    }

    /// Notes what comes.
    pub(super) fn note(&self, item: &Item) {
        self.is_inside.set(matches!(item, Item::Lines(_)));
        if let Item::Page(mark) = item {
            self.last.replace(Some(mark.clone()));
        }
    }

    /// Returns whether all that has come belongs to pages that are complete, if there are any.
    pub(super) fn is_between_pages(&self) -> bool {
        !self.is_inside.get() && self.last.borrow().is_some()
    }

    /// Returns whether what is known in the file is left out.
    pub(super) fn is_anew(&self) -> bool {
        self.is_anew.get()
    }

    /// Returns whether a failure says that the session of the pages has ended. Of one that has just begun, nothing says so.
    pub(super) fn has_ended(&self, failure: &Failure) -> bool {
        let is_refusal = matches!(
            failure.kind,
            FailureKind::UpstreamRefused | FailureKind::UpstreamNotFound | FailureKind::UpstreamInvalid
        );
        self.next() > 0
            && self.restarts.get() < RESTARTS
            && is_refusal
            && failure.detail.to_lowercase().contains("session")
    }

    /// Begins with the first page again, and says so.
    pub(super) fn begin_anew(&self) -> String {
        let pages = self.next();
        self.last.replace(None);
        self.is_anew.set(true);
        self.restarts.set(self.restarts.get() + 1);
        self.is_inside.set(false);
        format!(
            "Mixpanel has ended the session of these profiles after {pages} pages; beginning anew, without those that are there already"
        )
    }
}

/// What a stream of marked pages is made of.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    /// Lines, or pieces of them.
    Lines(Bytes),
    /// The end of a page.
    Page(PageMark),
}

/// Takes a stream as it comes, in pieces of any size.
pub(super) struct Marks {
    is_at_begin: bool,
    /// A mark whose end has not come yet.
    held: Option<Vec<u8>>,
}

impl Marks {
    /// Returns what takes a stream from its beginning.
    pub(super) fn new() -> Self {
        Self { is_at_begin: true, held: None }
    }

    /// Takes the next piece. A mark that makes no sense is none: the page before it is fetched again if it comes to that.
    pub(super) fn take(&mut self, mut piece: Bytes, out: &mut Vec<Item>) {
        while !piece.is_empty() {
            if let Some(mut held) = self.held.take() {
                let end = memchr(b'\n', &piece).map_or(piece.len(), |at| at + 1);
                held.extend_from_slice(&piece.split_to(end));
                match held.ends_with(b"\n") {
                    true => out.extend(serde_json::from_slice(held.trim_ascii()).ok().map(Item::Page)),
                    false => self.held = Some(held),
                }
                self.is_at_begin = true;
                continue;
            }
            let begin = memchr_iter(MARK, &piece).find(|at| match at.checked_sub(1) {
                None => self.is_at_begin,
                Some(before) => piece[before] == b'\n',
            });
            let lines = piece.split_to(begin.unwrap_or(piece.len()));
            if !lines.is_empty() {
                self.is_at_begin = lines.ends_with(b"\n");
                out.push(Item::Lines(lines));
            }
            if begin.is_some() {
                // Without the byte that makes it a mark.
                drop(piece.split_to(1));
                self.held = Some(Vec::new());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(page: u64) -> PageMark {
        PageMark { page, session: Some("s".to_owned()), profiles: 2, page_size: Some(2), total: Some(9) }
    }

    fn text(page: u64) -> String {
        format!("\u{1d}{}\n", serde_json::to_string(&mark(page)).expect("JSON"))
    }

    /// Returns what pieces of this size are made of, lines put together.
    fn taken(text: &str, size: usize) -> Vec<Item> {
        let (mut marks, mut out) = (Marks::new(), Vec::new());
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        (0..bytes.len()).step_by(size).for_each(|at| marks.take(bytes.slice(at..bytes.len().min(at + size)), &mut out));
        let mut whole: Vec<Item> = Vec::new();
        for item in out {
            match (whole.last_mut(), item) {
                (Some(Item::Lines(last)), Item::Lines(more)) => *last = [&last[..], &more[..]].concat().into(),
                (_, item) => whole.push(item),
            }
        }
        whole
    }

    #[test]
    fn marks_are_found_however_the_stream_is_cut() {
        // The byte of a mark may stand in a raw line.
        let lines = ["{\"a\":\"\u{1d}{}\"}\n{}\n", "{}\n"];
        let all = [lines[0], &text(0), &text(1), lines[1], &text(2)].concat();
        let line = |at: usize| Item::Lines(Bytes::from_static(lines[at].as_bytes()));
        let expected = [line(0), Item::Page(mark(0)), Item::Page(mark(1)), line(1), Item::Page(mark(2))];
        for size in [1, 2, 3, 7, 50, 1000] {
            assert_eq!(taken(&all, size), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn pages_go_on_after_the_last_one_and_begin_anew_when_their_session_ends() {
        let reading = Reading::default();
        assert_eq!(
            (reading.from(), reading.is_complete(), reading.is_between_pages()),
            (PagesFrom::default(), false, false)
        );
        reading.note(&Item::Lines(Bytes::from_static(b"{}\n")));
        reading.note(&Item::Page(mark(310)));
        let next = PagesFrom { page: 311, session: Some("s".to_owned()), profiles: 2 };
        assert_eq!((reading.from(), reading.is_between_pages()), (next.clone(), true));
        let again = Reading::after(Some(&Pages { last: mark(310), is_anew: false }));
        assert_eq!((again.from(), again.is_anew()), (next, false));
        let refused = |detail: &str| Failure::new(FailureKind::UpstreamRefused, detail);
        assert!(!again.has_ended(&refused("bad selector")));
        assert!(again.has_ended(&refused("session_id is invalid or has expired")));
        assert!(again.begin_anew().contains("after 311 pages"));
        assert_eq!((again.from(), again.is_anew()), (PagesFrom::default(), true));
        assert!(!again.has_ended(&refused("session_id is invalid")), "the first page needs none");
        again.note(&Item::Page(PageMark { session: None, ..mark(499) }));
        assert!(again.is_complete());
    }

    #[test]
    fn half_a_mark_is_none() {
        assert_eq!(taken(text(0).trim_end(), 5), []);
        assert_eq!(taken("\u{1d}nonsense\n{}\n", 5), [Item::Lines(Bytes::from_static(b"{}\n"))]);
    }
}
