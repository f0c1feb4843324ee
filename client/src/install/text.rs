//! The text of a settings file, and changes of it that leave every other byte as it is.

use std::ops::Range;

/// A byte order mark, which some editors write.
const MARK: &str = "\u{feff}";

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The byte where it begins.
    pub(super) at: usize,
    /// What it is.
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

/// A piece of a text that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// What goes.
    pub(super) out: Range<usize>,
    /// What comes.
    pub(super) with: String,
}

impl Splice {
    /// Puts something in.
    pub(super) fn put(at: usize, with: impl Into<String>) -> Self {
        Self { out: at..at, with: with.into() }
    }

    /// Takes something out.
    pub(super) fn cut(out: Range<usize>) -> Self {
        Self { out, with: String::new() }
    }
}

/// Carries out changes, which are in order and do not overlap.
pub(super) fn spliced(body: &str, splices: &[Splice]) -> String {
    let mut text = String::with_capacity(body.len() + splices.iter().map(|splice| splice.with.len()).sum::<usize>());
    let mut from = 0;
    for splice in splices {
        text.push_str(&body[from..splice.out.start]);
        text.push_str(&splice.with);
        from = splice.out.end;
    }
    text.push_str(&body[from..]);
    text
}

/// Splits a byte order mark off.
pub(super) fn without_mark(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(MARK) { MARK.len() } else { 0 })
}

/// Returns line and column of a byte, both from 1; columns are characters.
pub(super) fn place(body: &str, at: usize) -> (usize, usize) {
    let before = &body.as_bytes()[..at.min(body.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    (line, String::from_utf8_lossy(&before[start..]).chars().count() + 1)
}

/// Returns how the lines of a text end: as its first one does.
pub(super) fn line_end(body: &str) -> &'static str {
    if body.find('\n').is_some_and(|at| body[..at].ends_with('\r')) { "\r\n" } else { "\n" }
}

/// Returns where the line of a byte begins.
pub(super) fn line_start(body: &str, at: usize) -> usize {
    body[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Returns where the line of a byte ends, before its line end.
pub(super) fn line_stop(body: &str, at: usize) -> usize {
    let end = body[at..].find('\n').map_or(body.len(), |end| at + end);
    if end > at && body[..end].ends_with('\r') { end - 1 } else { end }
}

/// Returns where the next line begins.
pub(super) fn next_line(body: &str, at: usize) -> usize {
    body[at..].find('\n').map_or(body.len(), |end| at + end + 1)
}

/// Returns the blanks with which the line of a byte begins.
pub(super) fn indent(body: &str, at: usize) -> &str {
    let line = &body[line_start(body, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Returns whether nothing but blanks stands before a byte on its line.
pub(super) fn is_first(body: &str, at: usize) -> bool {
    body[line_start(body, at)..at].trim_matches([' ', '\t']).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_characters() {
        let body = "a\r\n\u{e9}x\n";
        assert_eq!([place(body, 0), place(body, 5), place(body, 99)], [(1, 1), (2, 2), (3, 1)]);
        assert_eq!((line_end(body), line_end("\n\r\n"), line_end("")), ("\r\n", "\n", "\n"));
        assert_eq!((line_start(body, 5), line_stop(body, 0), next_line(body, 0)), (3, 1, 3));
        assert_eq!((indent(" \tx", 2), is_first(" \tx", 2), is_first("x ", 1)), (" \t", true, false));
    }

    #[test]
    fn splices_replace_pieces() {
        let splices = [Splice::put(0, "<"), Splice::cut(1..2), Splice { out: 2..3, with: "C".to_owned() }];
        assert_eq!(spliced("abcd", &splices), "<aCd");
        assert_eq!(without_mark("\u{feff}x"), ("\u{feff}", "x"));
        assert_eq!(without_mark("x"), ("", "x"));
    }
}
