//! A record that came on several lines: somebody has put an end of line into a text, and it was not escaped on its way.

/// A byte order mark, which may stand before it.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Most of such a record. Mixpanel takes events of 1 MB at most.
const LONGEST: usize = 4 * 1024 * 1024;

/// Most lines of it: what has more is no record that was cut, but something else.
const MOST: usize = 1000;

/// Lines that may become one record.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The lines so far, with the ends of line between them.
    text: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// The number of the first.
    number: u64,
    depth: u32,
    is_string: bool,
    is_escape: bool,
}

impl Split {
    /// Returns whether lines are kept.
    pub(super) fn is_open(&self) -> bool {
        !self.ends.is_empty()
    }

    /// Begins with a line, if it is the beginning of a record.
    pub(super) fn begin(&mut self, line: &[u8], number: u64) -> bool {
        *self = Self { number, ..Self::default() };
        let begins = line.strip_prefix(MARK).unwrap_or(line).trim_ascii_start().starts_with(b"{");
        if !begins || !self.push(line) || self.is_closed() {
            *self = Self::default();
            return false;
        }
        true
    }

    /// Adds a line; false if that would be too much, and then nothing is added.
    pub(super) fn push(&mut self, line: &[u8]) -> bool {
        if self.text.len() + line.len() > LONGEST || self.ends.len() >= MOST {
            return false;
        }
        if self.is_open() {
            self.look(b'\n');
        }
        line.iter().for_each(|byte| self.look(*byte));
        self.ends.push(self.text.len());
        true
    }

    fn look(&mut self, byte: u8) {
        self.text.push(byte);
        match byte {
            _ if self.is_escape => self.is_escape = false,
            b'\\' if self.is_string => self.is_escape = true,
            b'"' => self.is_string = !self.is_string,
            b'{' | b'[' if !self.is_string => self.depth += 1,
            b'}' | b']' if !self.is_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Returns whether the record has come to its end.
    pub(super) fn is_closed(&self) -> bool {
        self.depth == 0 && !self.is_string
    }

    /// Returns the record.
    pub(super) fn record(&self) -> &[u8] {
        &self.text
    }

    /// Gives the lines back, each with its number.
    pub(super) fn take(&mut self) -> Vec<(u64, Vec<u8>)> {
        let Self { text, ends, number, .. } = std::mem::take(self);
        let mut begin = 0;
        let lines = ends.into_iter().map(|end| {
            let line = text[begin..end].to_vec();
            begin = end + 1;
            line
        });
        (number..).zip(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_until_the_record_ends_and_given_back_as_they_came() {
        let mut split = Split::default();
        assert!(split.begin(br#"{"event":"a \" { "#, 7) && !split.is_closed());
        assert!(split.push(b"") && split.push(br#"[ \\","properties":{"#) && !split.is_closed());
        assert!(split.push(b"}}") && split.is_closed());
        assert_eq!(split.record(), b"{\"event\":\"a \\\" { \n\n[ \\\\\",\"properties\":{\n}}");
        let lines = split.take();
        assert_eq!(
            lines.iter().map(|(number, line)| (*number, line.len())).collect::<Vec<_>>(),
            [(7, 17), (8, 0), (9, 20), (10, 2)]
        );
        assert!(!split.is_open() && split.take().is_empty());
    }

    #[test]
    fn what_is_no_beginning_is_not_kept_and_nothing_grows_without_end() {
        let mut split = Split::default();
        for line in [&b"terminated early"[..], b"[1,", b"{}", b"{\"a\":1}}", b"", b"\"{"] {
            assert!(!split.begin(line, 1) && !split.is_open(), "{line:?}");
        }
        assert!(split.begin(b"\xef\xbb\xbf{\"event\":\"", 1));
        assert!(!split.push(&vec![b'x'; LONGEST]));
        assert!((1..MOST).all(|_| split.push(b"x")) && !split.push(b"x"));
        assert_eq!(split.take().len(), MOST);
    }
}
