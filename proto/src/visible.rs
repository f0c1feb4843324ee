//! Texts of strangers as people may see them. Names of events, projects and users are written by others, and a terminal obeys some
//! characters and hides others: what it would obey or hide is spelled out.

use std::borrow::Cow;

/// How a character is spelled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `\u{9b}`, for people.
    Plain,
    /// `\u009b`, which in a string of JSON means the same as the character.
    Json,
}

/// Returns whether a character changes the direction of what stands around it.
pub const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns whether a character takes no place, though it is there: two texts that differ in it look the same, and a text of nothing else
/// looks like none. Marks that are drawn onto the letter before them are not among these.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns whether a character is not what a reader sees of it.
pub fn is_unseen(c: char) -> bool {
    c.is_control() || is_bidi(c) || is_invisible(c)
}

/// Returns whether a character is a picture, or what pictures are put together of.
const fn is_picture(c: char) -> bool {
    matches!(
        c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{2199}' | '\u{21a9}' | '\u{21aa}'
            | '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}' | '\u{24c2}' | '\u{25aa}' | '\u{25ab}'
            | '\u{25b6}' | '\u{25c0}' | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
            | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}'
            | '\u{3299}' | '\u{1f000}'..='\u{1faff}'
    )
}

/// Joins two pictures into one.
const JOINER: char = '\u{200d}';

/// Asks for a picture in colour.
const COLOURED: char = '\u{fe0f}';

/// Draws a key around what stands before it.
const KEYCAP: char = '\u{20e3}';

/// Returns a text of one or more lines with all that is unseen spelled out, less ends of lines and tabs. A return before an end of line is
/// a part of that, and left out.
pub fn lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| matches!(c, '\n' | '\t') || !is_unseen(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = Vec::with_capacity(text.len() + 16);
    let mut veil = Unveiled::new(Spelling::Plain);
    veil.push(text.as_bytes(), &mut shown);
    veil.end(&mut shown);
    Cow::Owned(String::from_utf8_lossy(&shown).into_owned())
}

/// Returns a text as one line with all that is unseen spelled out: what stands in the middle of a line must not begin another one.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\t', '\r']) {
        return lines(text);
    }
    let one = text.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r");
    Cow::Owned(lines(&one).into_owned())
}

/// A text on its way to people, piece by piece, wherever it was cut. Bytes that are no UTF-8 are spelled `\x9b`: some terminals obey them.
#[derive(Debug)]
pub struct Unveiled {
    spelling: Spelling,
    /// The beginning of a character whose rest is still to come.
    cut: Vec<u8>,
    /// A character that is shown as it is if the next one is right.
    held: Option<char>,
    /// The last character that was shown as it is.
    last: Option<char>,
}

impl Unveiled {
    /// Returns one at the beginning of a text.
    pub const fn new(spelling: Spelling) -> Self {
        Self { spelling, cut: Vec::new(), held: None, last: None }
    }

    /// Adds what is shown of a piece to `shown`.
    pub fn push(&mut self, piece: &[u8], shown: &mut Vec<u8>) {
        let whole;
        let mut rest = if self.cut.is_empty() {
            piece
        } else {
            whole = [std::mem::take(&mut self.cut).as_slice(), piece].concat();
            whole.as_slice()
        };
        while !rest.is_empty() {
            let (text, bad, more) = match std::str::from_utf8(rest) {
                Ok(text) => (text, 0, false),
                Err(error) => {
                    let good = std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default();
                    (good, error.error_len().unwrap_or(0), error.error_len().is_none())
                }
            };
            text.chars().for_each(|c| self.take(c, shown));
            rest = &rest[text.len()..];
            if more {
                self.cut = rest.to_vec();
                return;
            }
            self.bytes(&rest[..bad], shown);
            rest = &rest[bad..];
        }
    }

    /// Adds what is left: nothing follows that could complete it.
    pub fn end(&mut self, shown: &mut Vec<u8>) {
        let cut = std::mem::take(&mut self.cut);
        self.bytes(&cut, shown);
        self.settle(shown);
        self.last = None;
    }

    /// Decides about a character that waits for the next one, though that is not there yet.
    pub fn settle(&mut self, shown: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            self.spell(held, shown);
        }
    }

    fn bytes(&mut self, bytes: &[u8], shown: &mut Vec<u8>) {
        for byte in bytes {
            self.settle(shown);
            self.last = None;
            let text = match self.spelling {
                Spelling::Plain => format!("\\x{byte:02x}"),
                // No JSON: what it means is told by nobody.
                Spelling::Json => "\\ufffd".to_owned(),
            };
            shown.extend_from_slice(text.as_bytes());
        }
    }

    fn take(&mut self, c: char, shown: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            let is_right = match held {
                '\r' => c == '\n',
                JOINER => is_picture(c),
                _ => c == KEYCAP,
            };
            match (is_right, held) {
                (true, '\r') => {}
                (true, held) => self.show(held, shown),
                (false, held) => self.spell(held, shown),
            }
        }
        match c {
            ' '..='~' | '\n' | '\t' => self.show(c, shown),
            '\r' => self.held = Some(c),
            JOINER if self.last.is_some_and(|last| is_picture(last) || last == COLOURED) => self.held = Some(c),
            COLOURED if self.last.is_some_and(is_picture) => self.show(c, shown),
            COLOURED if self.last.is_some_and(|last| matches!(last, '0'..='9' | '#' | '*')) => self.held = Some(c),
            c if is_unseen(c) => self.spell(c, shown),
            c => self.show(c, shown),
        }
    }

    fn show(&mut self, c: char, shown: &mut Vec<u8>) {
        self.last = Some(c);
        shown.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn spell(&mut self, c: char, shown: &mut Vec<u8>) {
        self.last = None;
        match self.spelling {
            Spelling::Plain if c.is_control() => shown.extend(c.escape_default().map(|c| c as u8)),
            Spelling::Plain => shown.extend(c.escape_unicode().map(|c| c as u8)),
            Spelling::Json => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    shown.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_or_hides_is_spelled_out() {
        let cases = [
            ("plain, ünïcödé, 日本語, e\u{301}", "plain, ünïcödé, 日本語, e\u{301}"),
            ("\u{1b}[2J\u{7}\u{7f}\u{9b}31m\u{8}", "\\u{1b}[2J\\u{7}\\u{7f}\\u{9b}31m\\u{8}"),
            ("\u{202e}evil\u{2066}\u{200f}\u{61c}", "\\u{202e}evil\\u{2066}\\u{200f}\\u{61c}"),
            (
                "a\u{200b}b\u{feff}c\u{ad}d\u{2060}\u{e0041}\u{2028}",
                "a\\u{200b}b\\u{feff}c\\u{ad}d\\u{2060}\\u{e0041}\\u{2028}",
            ),
            ("a\nb\tc\r\nd\re\r\r\n", "a\nb\tc\nd\\re\\r\n"),
            ("\r", "\\r"),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text), expected, "{text:?}");
        }
        assert_eq!(line("a\nb\tc\r\nd\u{1b}"), "a\\nb\\tc\\r\\nd\\u{1b}");
    }

    #[test]
    fn pictures_that_are_joined_stay_one_and_a_joiner_elsewhere_is_seen() {
        for whole in [
            "👩\u{200d}🚀",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}👨",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "🏳\u{fe0f}\u{200d}🌈",
            "🇩🇪",
        ] {
            assert_eq!(lines(whole), whole);
        }
        let cases = [
            ("a\u{200d}b", "a\\u{200d}b"),
            ("👩\u{200d}", "👩\\u{200d}"),
            ("👩\u{200d}x", "👩\\u{200d}x"),
            ("👩\u{200d}\u{200d}👩", "👩\\u{200d}\\u{200d}👩"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}\\u{fe0f}"),
            ("1\u{fe0f}2", "1\\u{fe0f}2"),
            ("a\u{fe0f}", "a\\u{fe0f}"),
            ("می\u{200c}خواهم", "می\\u{200c}خواهم"),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    fn pieces(text: &[u8], length: usize, spelling: Spelling) -> String {
        let (mut unveiled, mut shown) = (Unveiled::new(spelling), Vec::new());
        text.chunks(length).for_each(|piece| unveiled.push(piece, &mut shown));
        unveiled.end(&mut shown);
        String::from_utf8(shown).expect("UTF-8")
    }

    #[test]
    fn it_does_not_matter_where_a_text_is_cut() {
        let text = "a\u{9b}31m\u{202e}👩\u{200d}🚀 1\u{fe0f}\u{20e3}\r\n\u{e0041}é\r".as_bytes();
        for length in 1..text.len() {
            assert_eq!(
                pieces(text, length, Spelling::Plain),
                lines(std::str::from_utf8(text).expect("UTF-8")),
                "{length}"
            );
        }
        for length in 1..4 {
            assert_eq!(pieces(b"a\x9b31m\xf0\x9f", length, Spelling::Plain), "a\\x9b31m\\xf0\\x9f", "{length}");
        }
    }

    #[test]
    fn json_means_the_same() {
        let text = "{\"a\u{9b}\u{202e}\u{200b}\u{e0041}\": \"👩\u{200d}🚀\u{7f}\"}";
        let shown = pieces(text.as_bytes(), 3, Spelling::Json);
        assert_eq!(shown, "{\"a\\u009b\\u202e\\u200b\\udb40\\udc41\": \"👩\u{200d}🚀\\u007f\"}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(read(&shown), read(text));
    }

    proptest! {
        #[test]
        fn nothing_unseen_is_left(text in "\\PC{0,8}[\\x00-\\x1f\\x7f-\\x{a0}\\u{200b}-\\u{200f}\\u{202a}-\\u{202e}\\u{2060}-\\u{206f}\\u{fe0f}👩1❤]{0,12}") {
            let shown = line(&text);
            prop_assert!(shown.chars().all(|c| !is_unseen(c) || matches!(c, JOINER | COLOURED)), "{:?}", shown);
            // What is left of these stands between pictures or behind one.
            let is_loose = shown.contains("\u{200d}\u{200d}") || shown.starts_with([JOINER, COLOURED]);
            prop_assert!(!is_loose, "{:?}", shown);
        }
    }
}
