//! What is wrong with a text, and where: shown with the text and a caret under the column.

use mp_proto::visible;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a text that are shown around a mistake.
const WINDOW: usize = 64;

/// A mistake in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// Where it begins, in bytes.
    pub(crate) at: usize,
    /// What is there, and what was expected.
    pub(crate) what: String,
}

impl Mistake {
    /// Returns one.
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    /// Returns the column, from 1, in characters.
    pub(crate) fn column(&self, text: &str) -> usize {
        text.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }

    /// Returns the message with the text below it, or that part of it around the mistake, and a caret under the column.
    pub(crate) fn shown(&self, text: &str) -> String {
        let spelled = |part: &str| visible::line(&part.replace(char::is_whitespace, " ")).into_owned();
        let (before, behind) = text.split_at(self.at.min(text.len()));
        let (before, behind) = (spelled(before), spelled(behind));
        let room = WINDOW / 2 + (WINDOW / 2).saturating_sub(behind.width());
        let before = last_columns(&before, room);
        let behind = first_columns(&behind, WINDOW.saturating_sub(before.width()));
        let caret = " ".repeat(before.width());
        format!("column {}: {}\n  {before}{behind}\n  {caret}^", self.column(text), self.what)
    }
}

/// Returns the end of a text, of no more than so many columns.
fn last_columns(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = |c: &char| take(&mut left, *c);
    let end: Vec<char> = text.chars().rev().take_while(fits).collect();
    ['…'].into_iter().chain(end.into_iter().rev()).collect()
}

fn first_columns(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = |c: &char| take(&mut left, *c);
    text.chars().take_while(fits).chain(['…']).collect()
}

fn take(left: &mut usize, c: char) -> bool {
    let own = c.width().unwrap_or(0);
    let is_room = own <= *left;
    *left = left.saturating_sub(own);
    is_room
}
