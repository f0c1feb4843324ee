//! One line of a body: what makes it an event, and what it is otherwise.

use std::borrow::Cow;

use mp_proto::mend::{Oddity, mend};
use mp_proto::visible::{Spelling, Unveiled};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest line. Mixpanel takes events of 1 MB at most; what is longer is no event.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// How an event begins, as Mixpanel writes it.
pub(super) const BEGINNING: &[u8] = br#"{"event""#;

/// What Mixpanel writes when it gives up in the middle.
const FOOTER: &str = "terminated early";

/// So much of a line is shown, in bytes.
const SHOWN: usize = 120;

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    /// It is something else: a damaged event, or Mixpanel's own words about what went wrong.
    #[error("line {number} of the answer is no event")]
    NoEvent {
        /// Its number, from 1.
        number: u64,
        /// Why it is none.
        why: String,
        /// The line.
        text: String,
        /// How it begins, with all spelled out that is unseen.
        shown: String,
    },
    /// The body ends in the middle of it.
    #[error("the answer ends in the middle of line {number}")]
    Half {
        /// Its number, from 1.
        number: u64,
        /// What there is of it.
        text: String,
    },
    /// It is longer than any event.
    #[error("line {number} of the answer has more than {LONGEST} bytes")]
    TooLong {
        /// Its number, from 1.
        number: u64,
    },
    /// It has values that would be mended, and that is not wanted.
    #[error("line {number} of the answer has {}", what.words())]
    Odd {
        /// Its number, from 1.
        number: u64,
        /// What is odd of it.
        what: Oddity,
        /// The odd value, with all spelled out that is unseen.
        shown: String,
    },
}

/// What an event must have at least.
#[derive(Deserialize)]
struct EventShape<'a> {
    #[serde(borrow, rename = "event")]
    _event: &'a RawValue,
    #[serde(borrow)]
    properties: &'a RawValue,
}

pub(super) fn is_event(line: &[u8]) -> bool {
    whole(line).is_ok()
}

/// Checks that a line is an event, or would be if it were mended.
pub(super) fn is_nearly_event(line: &[u8]) -> bool {
    is_event(line) || mend(line, |_| {}).is_some_and(|line| is_event(line.as_bytes()))
}

fn whole(line: &[u8]) -> Result<(), String> {
    // A list would be taken for the members in their order.
    if !is_object(line) {
        return Err(serde_json::from_slice::<&RawValue>(line)
            .err()
            .map_or("it is no object".to_owned(), |error| error.to_string()));
    }
    let shape = serde_json::from_slice::<EventShape<'_>>(line).map_err(|error| error.to_string())?;
    if shape.properties.get().starts_with('{') { Ok(()) } else { Err("its properties are no object".to_owned()) }
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// Returns whether a line is Mixpanel's own word that the answer is not whole. It is never left out, whatever is wanted of others.
pub(super) fn is_footer(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refusal<'a> {
        #[serde(borrow)]
        error: Option<&'a RawValue>,
        #[serde(borrow)]
        event: Option<&'a RawValue>,
    }
    if is_object(line)
        && let Ok(Refusal { error, event }) = serde_json::from_slice(line)
    {
        return event.is_none() && error.is_some_and(|error| error.get() != "null");
    }
    !is_object(line) && lossy(line).to_ascii_lowercase().contains(FOOTER)
}

/// Says that a line is no event.
pub(super) fn no_event(number: u64, line: &[u8]) -> LineError {
    let mended = mend(line, |_| {});
    let why = whole(mended.as_deref().map_or(line, str::as_bytes)).err().unwrap_or_default();
    // The line is named already.
    let why = why.replace(" at line 1 column ", " at column ");
    LineError::NoEvent { number, why, text: lossy(line), shown: shown(line) }
}

/// Returns a line as text. What does not fit into a message is cut off later, in characters; so much of it is enough.
pub(super) fn lossy(line: &[u8]) -> String {
    const ENOUGH: usize = 4 * 1024;
    String::from_utf8_lossy(&line[..line.len().min(ENOUGH)]).into_owned()
}

/// Returns the beginning of a line for people.
pub(crate) fn shown(line: &[u8]) -> String {
    let (mut unveiled, mut shown) = (Unveiled::new(Spelling::Plain), Vec::new());
    let mut begin = &line[..line.len().min(SHOWN)];
    if line.len() > SHOWN {
        // Not half of a character.
        begin = &begin[..begin.utf8_chunks().last().map_or(0, |last| begin.len() - last.invalid().len())];
    }
    unveiled.push(begin, &mut shown);
    unveiled.end(&mut shown);
    let mut shown = String::from_utf8_lossy(&shown).replace('\n', "\\n").replace('\t', "\\t");
    if line.len() > begin.len() {
        shown.push('…');
    }
    shown
}

/// Returns the text of a line. What is no text is returned as it is after mending, which replaces that.
pub(super) fn mended(line: &[u8], found: impl FnMut(mp_proto::mend::Odd)) -> Option<Cow<'_, str>> {
    match mend(line, found) {
        Some(text) => Some(Cow::Owned(text)),
        None => std::str::from_utf8(line).ok().map(Cow::Borrowed),
    }
}
