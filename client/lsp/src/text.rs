//! The text of a document, and where in it something is: offsets in bytes inside, lines and columns at the edges.

use std::ops::Range;

/// How a client counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// In bytes.
    Utf8,
    /// In UTF-16 code units, as all clients can.
    #[default]
    Utf16,
    /// In characters.
    Utf32,
}

/// A line and a column, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, as the client counts.
    pub column: u32,
}

impl Encoding {
    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }

    fn unit(self, one: char) -> usize {
        match self {
            Self::Utf8 => one.len_utf8(),
            Self::Utf16 => one.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A text with its lines. A line ends with LF, CR LF or CR, as the protocol has it.
#[derive(Debug, Clone, Default)]
pub struct Text {
    text: String,
    /// Where lines begin; at least one.
    starts: Vec<u32>,
}

impl Text {
    /// Takes a text.
    pub fn new(text: String) -> Self {
        let starts = starts(&text);
        Self { text, starts }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns how many lines there are.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// Returns the line of an offset, from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// Returns where a line begins and ends, without its end of line. A line that is not there is empty, at the end.
    pub fn line(&self, line: usize) -> Range<usize> {
        let Some(start) = self.starts.get(line).map(|start| *start as usize) else {
            return self.text.len()..self.text.len();
        };
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| *next as usize);
        start..start + self.text[start..end].trim_end_matches(['\r', '\n']).len()
    }

    /// Returns the place of an offset; one within a character is that of the character.
    pub fn place(&self, offset: usize, encoding: Encoding) -> Place {
        let offset = floor(&self.text, offset);
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let column = encoding.length(&self.text[start..offset]);
        Place { line: line as u32, column: column as u32 }
    }

    /// Returns the offset of a place. What is beyond the end of a line is the end of the line, as the protocol has it.
    pub fn offset(&self, place: Place, encoding: Encoding) -> usize {
        let range = self.line(place.line as usize);
        let (mut at, mut column) = (range.start, 0);
        for one in self.text[range.clone()].chars() {
            column += encoding.unit(one);
            if column > place.column as usize {
                break;
            }
            at += one.len_utf8();
        }
        at
    }

    /// Puts a text in the place of a part; none for all of it.
    pub fn change(&mut self, part: Option<(Place, Place)>, with: &str, encoding: Encoding) {
        match part {
            None => with.clone_into(&mut self.text),
            Some((from, to)) => {
                let (from, to) = (self.offset(from, encoding), self.offset(to, encoding));
                self.text.replace_range(from.min(to)..from.max(to), with);
            }
        }
        self.starts = starts(&self.text);
    }
}

fn starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        // The CR of a CR LF ends nothing.
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

/// Returns the offset, or that of the character in which it is.
pub fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Place {
        Place { line, column }
    }

    #[test]
    fn columns_are_counted_as_the_client_counts() {
        let text = Text::new("a\u{1f600}b\r\né\rx\n".to_owned());
        for (encoding, column) in [(Encoding::Utf8, 5), (Encoding::Utf16, 3), (Encoding::Utf32, 2)] {
            assert_eq!(text.place(5, encoding), at(0, column));
            assert_eq!(text.offset(at(0, column), encoding), 5);
        }
        assert_eq!(text.lines(), 4);
        assert_eq!(text.place(10, Encoding::Utf16), at(1, 1));
        assert_eq!(text.place(11, Encoding::Utf16), at(2, 0));
        assert_eq!(text.offset(at(0, 99), Encoding::Utf16), 6, "the end of the line, before its CR LF");
        assert_eq!(text.offset(at(9, 9), Encoding::Utf16), 13);
        assert_eq!(text.offset(at(0, 2), Encoding::Utf16), 1, "within a pair of surrogates");
    }

    #[test]
    fn a_part_is_changed_wherever_it_is() {
        let mut text = Text::new("one\ntwo\n".to_owned());
        text.change(Some((at(0, 1), at(1, 1))), "\u{1f600}", Encoding::Utf16);
        assert_eq!((text.as_str(), text.lines()), ("o\u{1f600}wo\n", 2));
        text.change(Some((at(0, 3), at(0, 0))), "", Encoding::Utf16);
        assert_eq!(text.as_str(), "wo\n", "a range that is turned round");
        text.change(None, "new", Encoding::Utf16);
        assert_eq!((text.as_str(), text.lines()), ("new", 1));
    }

    proptest::proptest! {
        #[test]
        fn every_offset_has_a_place_and_the_way_back(text in "[a-z\r\n\u{e9}\u{1f600}]{0,40}") {
            let text = Text::new(text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (offset, one) in text.as_str().char_indices() {
                    let place = text.place(offset, encoding);
                    if one != '\n' && one != '\r' {
                        proptest::prop_assert_eq!(text.offset(place, encoding), offset);
                    }
                }
            }
        }
    }
}
