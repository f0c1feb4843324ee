//! JSON as services really send it, made into JSON that every reader takes. The one place that does so. Pure.
//!
//! What people put into properties comes back as it went in: control characters that nobody escaped, bytes that are no UTF-8, emoji cut in
//! half, numbers that are none. One such value must not cost a line, a page or a whole answer. Nothing else is forgiven: what is no JSON
//! for another reason stays none.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is odd in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A byte order mark before the text.
    Mark,
    /// A control character in a string that is not escaped.
    Control,
    /// Bytes in a string that are no UTF-8.
    Bytes,
    /// An escape of a surrogate without its other half.
    Half,
    /// NaN or an infinity, as Python writes them.
    Number,
}

impl Oddity {
    const ALL: [Self; 5] = [Self::Mark, Self::Control, Self::Bytes, Self::Half, Self::Number];

    /// Returns what it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Mark => "a byte order mark",
            Self::Control => "a control character that is not escaped",
            Self::Bytes => "bytes that are no UTF-8",
            Self::Half => "half of a surrogate pair",
            Self::Number => "NaN or an infinity",
        }
    }

    const fn few(self) -> &'static str {
        match self {
            Self::Mark => "byte order mark",
            Self::Control => "raw control character",
            Self::Bytes => "not UTF-8",
            Self::Half => "half a surrogate pair",
            Self::Number => "NaN or infinity",
        }
    }
}

/// A value, or the name of one, that was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    /// What was odd of it, a bit for each of [`Oddity::ALL`].
    kinds: u8,
    /// Where it begins in the mended text.
    pub at: usize,
}

impl Odd {
    const fn of(what: Oddity, at: usize) -> Self {
        Self { kinds: 1 << what as u8, at }
    }

    const fn has(self, what: Oddity) -> bool {
        self.kinds & 1 << what as u8 != 0
    }

    /// Returns the first thing that is odd of it.
    pub fn what(self) -> Oddity {
        Oddity::ALL.into_iter().find(|what| self.has(*what)).unwrap_or(Oddity::Control)
    }
}

/// How much was mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// Values, and names of values.
    pub values: u64,
    /// The lines that they stand in, where the text is lines.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lines: u64,
    /// How many of the values had each oddity, in the order of [`Oddity::ALL`].
    kinds: [u64; 5],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Mended {
    /// Counts a value.
    pub fn add(&mut self, odd: Odd) {
        self.values += 1;
        for (count, what) in self.kinds.iter_mut().zip(Oddity::ALL) {
            *count += u64::from(odd.has(what));
        }
    }

    /// Counts what was counted elsewhere.
    pub fn join(&mut self, other: &Self) {
        self.values += other.values;
        self.lines += other.lines;
        for (count, more) in self.kinds.iter_mut().zip(other.kinds) {
            *count += more;
        }
    }

    /// Says it to people; none when nothing was mended.
    pub fn note(&self) -> Option<String> {
        if self.values == 0 {
            return None;
        }
        let kinds = self.kinds.iter().zip(Oddity::ALL).filter(|(count, _)| **count > 0);
        let kinds: Vec<String> = kinds.map(|(count, what)| format!("{}: {count}", what.few())).collect();
        let lines = match self.lines {
            0 => String::new(),
            lines => format!(" of {}", counted(lines, "line")),
        };
        let were = if self.values == 1 { "was" } else { "were" };
        Some(format!("{}{lines} {were} mended ({})", counted(self.values, "value"), kinds.join(", ")))
    }
}

/// Returns a number with its noun.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What stands before a text that an editor of Windows has written.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Stands for what cannot be read.
const UNREADABLE: &[u8] = "\u{fffd}".as_bytes();

/// Returns a text with all that is odd of it mended; none when nothing is. `found` is told of each value.
pub fn mend(text: &[u8], mut found: impl FnMut(Odd)) -> Option<String> {
    let mut mending = Mending { out: Vec::with_capacity(text.len() + 16), value: None, found: &mut found, count: 0 };
    let mut rest = text;
    while let Some(after) = rest.strip_prefix(MARK) {
        mending.tell(Odd::of(Oddity::Mark, 0));
        rest = after;
    }
    for chunk in rest.utf8_chunks() {
        mending.take(chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            mending.odd(Oddity::Bytes);
            mending.out.extend_from_slice(UNREADABLE);
        }
    }
    mending.settle();
    let Mending { out, count, .. } = mending;
    (count > 0).then(|| String::from_utf8(out).expect("only UTF-8 was taken"))
}

/// Reads a text, mended where it has to be.
///
/// # Errors
/// When it is no JSON for another reason.
pub fn read(text: &[u8]) -> Result<(Value, Mended), serde_json::Error> {
    let mut mended = Mended::default();
    let value = serde_json::from_slice(text).or_else(|error| match mend(text, |odd| mended.add(odd)) {
        Some(text) => serde_json::from_str(&text),
        None => Err(error),
    })?;
    Ok((value, mended))
}

struct Mending<'a> {
    out: Vec<u8>,
    /// The string that it is in.
    value: Option<Odd>,
    found: &'a mut dyn FnMut(Odd),
    count: u64,
}

impl Mending<'_> {
    fn tell(&mut self, odd: Odd) {
        self.count += 1;
        (self.found)(odd);
    }

    /// Notes that something is odd here.
    fn odd(&mut self, what: Oddity) {
        match &mut self.value {
            Some(value) => value.kinds |= 1 << what as u8,
            None => self.tell(Odd::of(what, self.out.len())),
        }
    }

    /// Ends a string.
    fn settle(&mut self) {
        if let Some(value) = self.value.take().filter(|value| value.kinds != 0) {
            self.tell(value);
        }
    }

    /// Takes UTF-8, up to the next bytes that are none.
    fn take(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let taken = if self.value.is_some() { self.inside(rest) } else { self.outside(rest) };
            rest = &rest[taken..];
        }
    }

    /// Takes something between strings, and returns how long it was.
    fn outside(&mut self, text: &[u8]) -> usize {
        const NUMBERS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
        let plain = text.iter().position(|byte| matches!(byte, b'"' | b'N' | b'I' | b'-')).unwrap_or(text.len());
        if plain > 0 {
            self.out.extend_from_slice(&text[..plain]);
            return plain;
        }
        if let Some(number) = NUMBERS.iter().find(|number| text.starts_with(number)) {
            self.odd(Oddity::Number);
            self.out.extend_from_slice(b"null");
            return number.len();
        }
        if text[0] == b'"' {
            self.value = Some(Odd { kinds: 0, at: self.out.len() });
        }
        self.out.push(text[0]);
        1
    }

    /// Takes something of a string, and returns how long it was.
    fn inside(&mut self, text: &[u8]) -> usize {
        let plain = text.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(text.len());
        self.out.extend_from_slice(&text[..plain]);
        match &text[plain..] {
            [] => plain,
            [b'"', ..] => {
                self.out.push(b'"');
                self.settle();
                plain + 1
            }
            [b'\\', b'u', ..] => plain + self.escape(&text[plain..]),
            // A backslash before what cannot be escaped is one of the text.
            [b'\\'] | [b'\\', 0..=0x1f, ..] => {
                self.odd(Oddity::Control);
                self.out.extend_from_slice(br"\\");
                plain + 1
            }
            [b'\\', next, ..] => {
                self.out.extend_from_slice(&[b'\\', *next]);
                plain + 2
            }
            [control, ..] => {
                self.odd(Oddity::Control);
                self.control(*control);
                plain + 1
            }
        }
    }

    fn control(&mut self, control: u8) {
        match control {
            b'\n' => self.out.extend_from_slice(br"\n"),
            b'\r' => self.out.extend_from_slice(br"\r"),
            b'\t' => self.out.extend_from_slice(br"\t"),
            other => self.out.extend_from_slice(format!("\\u{other:04x}").as_bytes()),
        }
    }

    /// Takes the escape of a code unit, with its other half if it has one, and returns how long it was.
    fn escape(&mut self, text: &[u8]) -> usize {
        let length = match halves(text) {
            Halves::None => 2,
            Halves::Pair => 12,
            Halves::Lone => {
                self.odd(Oddity::Half);
                self.out.extend_from_slice(UNREADABLE);
                return 6;
            }
        };
        self.out.extend_from_slice(&text[..length]);
        length
    }
}

/// What stands at an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halves {
    /// No surrogate.
    None,
    /// Both.
    Pair,
    /// One without the other.
    Lone,
}

fn halves(text: &[u8]) -> Halves {
    match unit(text) {
        Some(0xd800..=0xdbff) => match text.get(6..).and_then(unit) {
            Some(0xdc00..=0xdfff) => Halves::Pair,
            _ => Halves::Lone,
        },
        Some(0xdc00..=0xdfff) => Halves::Lone,
        _ => Halves::None,
    }
}

/// Returns the code unit whose escape a text begins with.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(br"\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Finds the escapes of surrogates: what begins so is one, or one of the few characters below them.
static LOWER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\ud"));
static UPPER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\uD"));

/// Returns whether a text may hold the escape of a surrogate. It is asked of everything, so it must cost next to nothing.
pub fn may_have_halves(text: &[u8]) -> bool {
    has_three(text, is_half)
}

/// Returns whether lines may hold the escape of a surrogate, or a return.
pub fn may_be_odd(lines: &[u8]) -> bool {
    has_three(lines, |a, b, c| is_half(a, b, c) | (a == b'\r'))
}

const fn is_half(a: u8, b: u8, c: u8) -> bool {
    (a == b'\\') & (b == b'u') & (c | 0x20 == b'd')
}

/// Returns whether three bytes after one another are what is looked for.
fn has_three(text: &[u8], is_found: impl Fn(u8, u8, u8) -> bool) -> bool {
    /// Without a way out in the middle, so many bytes are looked at by vector instructions.
    const BLOCK: usize = 4096;
    let length = text.len().saturating_sub(2);
    (0..length).step_by(BLOCK).any(|begin| {
        let end = length.min(begin + BLOCK);
        let threes = text[begin..end].iter().zip(&text[begin + 1..=end]).zip(&text[begin + 2..end + 2]);
        threes.fold(false, |found, ((a, b), c)| found | is_found(*a, *b, *c))
    })
}

/// Returns whether a text holds the escape of a surrogate without its other half. Readers that keep a string as it was written pass it on,
/// and those who read it next refuse it.
pub fn has_half(text: &[u8]) -> bool {
    // After an odd number of backslashes this one is only the last of a pair.
    let is_escape = |at: usize| text[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
    let has_first = |at: usize| at >= 6 && halves(&text[at - 6..]) == Halves::Pair && is_escape(at - 6);
    let is_lone = |at: usize| halves(&text[at..]) == Halves::Lone && is_escape(at) && !has_first(at);
    [&*LOWER, &*UPPER].iter().any(|finder| finder.find_iter(text).any(is_lone))
}
