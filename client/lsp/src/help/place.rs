//! What somebody is about to write at a place.

use std::ops::Range;

use crate::code::{Subject, Use, Value};

/// How far before the place an object is looked at.
const FAR: usize = 16 * 1024;

/// What belongs at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What.
    pub what: What,
    /// What is to be replaced.
    pub range: Range<usize>,
    /// What has been typed of it.
    pub typed: String,
    /// The quote around it; none where it still needs some.
    pub quote: Option<char>,
}

/// What belongs somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The name of an event.
    Event,
    /// The name of a property.
    Property {
        /// What has it.
        of: Of,
        /// Whether a value follows already.
        has_value: bool,
    },
    /// The value of a property.
    Value {
        /// What has the property.
        of: Of,
        /// The property.
        property: String,
    },
}

/// What has properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// This event.
    Event(String),
    /// Some event.
    AnyEvent,
    /// Users.
    User,
}

/// Returns what belongs at an offset.
pub fn place(text: &str, uses: &[Use], offset: usize) -> Option<Place> {
    // The innermost call is the last to begin.
    uses.iter().rev().find_map(|one| of_use(text, one, offset))
}

fn of_use(text: &str, one: &Use, offset: usize) -> Option<Place> {
    if one.subject == Subject::Group {
        return None;
    }
    if let Some(at) = one.event_at.as_ref().filter(|at| at.start <= offset && offset <= at.end) {
        return event(text, one, at, offset);
    }
    let of = match (one.subject, &one.event) {
        (Subject::User, _) => Of::User,
        (_, Some(event)) => Of::Event(event.text.clone()),
        _ => Of::AnyEvent,
    };
    for entry in &one.properties {
        let has_value = !entry.value_at.is_empty();
        if entry.name.at.start <= offset && offset <= entry.name.at.end {
            let what = What::Property { of, has_value };
            return Some(of_range(text, what, &entry.name.at, entry.name.is_whole, offset));
        }
        if let Value::Text(_, at) = &entry.value
            && at.start <= offset
            && offset <= at.end
        {
            let what = What::Value { of, property: entry.name.text.clone() };
            let is_whole = text[at.end..].starts_with(['"', '\'', '`']);
            return Some(of_range(text, what, at, is_whole, offset));
        }
    }
    let room = one.rooms.iter().find(|room| room.start <= offset && offset <= room.end)?;
    in_room(text, room.start, offset, of)
}

fn event(text: &str, one: &Use, at: &Range<usize>, offset: usize) -> Option<Place> {
    let written = one.event.as_ref().and_then(|event| Some((event.written.clone()?, event.is_whole)));
    if let Some((range, is_whole)) = written.filter(|(range, _)| range.start <= offset && offset <= range.end) {
        return Some(of_range(text, What::Event, &range, is_whole, offset));
    }
    // A name that is being typed without quotes, or nothing yet.
    let typed = &text[at.start..offset];
    let is_word = text[at.clone()].trim().chars().all(|one| one.is_alphanumeric() || one == '_');
    let start = offset - typed.trim_start().len();
    is_word.then(|| Place {
        what: What::Event,
        range: start..offset,
        typed: text[start..offset].to_owned(),
        quote: None,
    })
}

/// Makes the place of something that is written: all of it is replaced, but what has no end yet only as far as it was typed.
fn of_range(text: &str, what: What, range: &Range<usize>, is_whole: bool, offset: usize) -> Place {
    let range = range.start..if is_whole { range.end } else { offset };
    let before = text[..range.start].chars().next_back().filter(|one| ['"', '\'', '`'].contains(one));
    Place { what, typed: text[range.start..offset].to_owned(), range, quote: before }
}

/// Reads what has been typed of an entry in an object.
fn in_room(text: &str, start: usize, offset: usize, of: Of) -> Option<Place> {
    let from = crate::text::floor(text, start.max(offset.saturating_sub(FAR)));
    let (mut depth, mut quote, mut begin, mut separator) = (0usize, None, from, None);
    let mut rest = text[from..offset].char_indices().peekable();
    while let Some((at, one)) = rest.next() {
        let at = from + at;
        match (quote, one) {
            (Some(_), '\\') => drop(rest.next()),
            (Some((open, _)), one) if open == one => quote = None,
            // A string of one line has no end yet.
            (Some(_), '\n') => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some((one, at + 1)),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => depth = depth.saturating_sub(1),
            (None, ',' | ';') if depth == 0 => (begin, separator) = (at + 1, None),
            (None, ':') if depth == 0 && separator.is_none() && !text[begin..at].trim().is_empty() => {
                separator = Some(at + 1)
            }
            (None, '>') if depth == 0 && text[..at].ends_with('=') => separator = Some(at + 1),
            (None, 't')
                if depth == 0 && separator.is_none() && text[..at].ends_with(' ') && text[at..].starts_with("to ") =>
            {
                separator = Some(at + 2);
            }
            _ => {}
        }
    }
    if depth > 0 {
        return None;
    }
    let end = offset;
    let key = separator.map(|at| key(&text[begin..at]));
    let what = match key {
        Some(property) => What::Value { of, property },
        None => What::Property { of, has_value: false },
    };
    let (start, quote) = match quote {
        Some((open, start)) => (start, Some(open)),
        None => (offset - word(&text[separator.unwrap_or(begin)..offset])?, None),
    };
    Some(Place { what, range: start..end, typed: text[start..end].to_owned(), quote })
}

/// Returns how long the word is that has been typed behind blanks; none where there is something else.
fn word(typed: &str) -> Option<usize> {
    let typed = typed.trim_start();
    typed.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '$').then_some(typed.len())
}

/// Returns the name in what stands before a separator.
fn key(written: &str) -> String {
    let ends = |one: char| one.is_whitespace() || ":=>'\"`@[]".contains(one);
    let name = written.trim_matches(ends);
    name.strip_suffix(" to").unwrap_or(name).trim_matches(ends).to_owned()
}
