//! Variables: where the one that a call uses got its value, and what was put into it since.

use super::objects::{Reader, bare};
use crate::scan::{Kind, Language, Tokens};

/// How many tokens before a call are looked at: a variable whose beginning is further away is not known.
const FAR: usize = 2000;

/// Where a variable gets its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration {
    /// The first token of the value.
    pub(crate) from: usize,
    /// The token behind it.
    pub(crate) to: usize,
}

/// Finds where a variable that is used at a token has got its value; none if that cannot be told, as for a parameter.
pub(crate) fn declaration(tokens: &Tokens<'_>, used: usize, name: &str) -> Option<Declaration> {
    let is_indented = matches!(tokens.language, Language::Python | Language::Ruby);
    let (mut at, mut ceiling) = (used, usize::MAX);
    let last = used.saturating_sub(FAR);
    while at > last {
        at -= 1;
        match tokens.kind(at)? {
            Kind::Close(_) => at = tokens.partner(at).min(at),
            Kind::Open(_) if is_parameter(tokens, at, name) => return None,
            Kind::Sign(b'>')
                if is_arrow(tokens, at - usize::from(at > 0)) && has(tokens, at.saturating_sub(2), name) =>
            {
                return None;
            }
            Kind::Word if is_indented && tokens.written(at) == "def" => {
                let own = tokens.indent(at);
                if own < ceiling && own < tokens.indent(used) {
                    ceiling = own;
                    if header_has(tokens, at, name) {
                        return None;
                    }
                }
            }
            Kind::Word if tokens.written(at) == name && (ceiling == usize::MAX || tokens.indent(at) <= ceiling) => {
                if let Some(from) = value_of(tokens, at) {
                    return Some(Declaration { from, to: end_of_value(tokens, from) });
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether signs are an arrow before the body of a function.
fn is_arrow(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.are(at, b"=>") || tokens.are(at, b"->")
}

/// Whether what ends at a token is a name, or brackets with it.
fn has(tokens: &Tokens<'_>, at: usize, name: &str) -> bool {
    match tokens.kind(at) {
        Some(Kind::Word) => tokens.written(at) == name,
        Some(Kind::Close(b'(')) => (tokens.partner(at).min(at)..at).any(|at| tokens.word(at) == Some(name)),
        _ => false,
    }
}

/// Whether a brace opens the body of a function with such a parameter.
fn is_parameter(tokens: &Tokens<'_>, brace: usize, name: &str) -> bool {
    // A result type may stand between: `func f(x int) error {`.
    let first = brace.saturating_sub(8);
    let bracket = (first..brace).rev().find(|at| {
        !matches!(tokens.kind(*at), Some(Kind::Word | Kind::Sign(b':' | b'?' | b'-' | b'>' | b'=' | b'*' | b'.')))
    });
    tokens.opens(brace, b'{')
        && bracket.is_some_and(|at| tokens.kind(at) == Some(Kind::Close(b'(')) && has(tokens, at, name))
}

fn header_has(tokens: &Tokens<'_>, def: usize, name: &str) -> bool {
    (def + 1..def + 4)
        .find(|at| tokens.opens(*at, b'('))
        .is_some_and(|open| (open..tokens.partner(open)).any(|at| tokens.word(at) == Some(name)))
}

/// Returns where the value begins that a word gets; none if it gets none.
fn value_of(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    if at > 0 && (tokens.is(at - 1, b'.') || tokens.are(at.saturating_sub(2), b"->")) {
        return None;
    }
    let is_assigned = |at: usize| tokens.is(at, b'=') && !tokens.are(at, b"==") && !tokens.are(at, b"=>");
    if tokens.are(at + 1, b":=") {
        return Some(at + 3);
    }
    if is_assigned(at + 1) {
        return Some(at + 2);
    }
    // `props: Record<string, unknown> = …`, `var props map[string]any = …`
    let is_typed =
        tokens.is(at + 1, b':') || (tokens.language == Language::Go && at > 0 && tokens.word(at - 1) == Some("var"));
    let (mut next, mut angles) = (at + 2, 0usize);
    while is_typed && next < at + 24 && !tokens.begins_line(next) {
        match tokens.kind(next)? {
            Kind::Sign(b'=') if is_assigned(next) => return Some(next + 1),
            Kind::Sign(b',') if angles == 0 => return None,
            Kind::Sign(b';') | Kind::Close(_) => return None,
            Kind::Sign(b'<') => angles += 1,
            Kind::Sign(b'>') => angles = angles.saturating_sub(1),
            _ => {}
        }
        next = tokens.behind(next);
    }
    None
}

/// Returns the token behind a value.
pub(crate) fn end_of_value(tokens: &Tokens<'_>, from: usize) -> usize {
    let mut at = from;
    while at < tokens.len() {
        if matches!(tokens.kind(at), Some(Kind::Close(_) | Kind::Sign(b';' | b','))) {
            break;
        }
        let goes_on = tokens.is(at, b'.')
            || tokens.are(at, b"?.")
            || tokens.are(at, b"->")
            || matches!(
                tokens.kind(at.saturating_sub(1)),
                Some(Kind::Sign(b'=' | b'+' | b'?' | b':' | b'.' | b'|' | b'&'))
            );
        if at > from && tokens.begins_line(at) && !goes_on {
            break;
        }
        at = tokens.behind(at);
    }
    at.min(tokens.len())
}

/// Reads what is put into a variable between two tokens.
pub(crate) fn fills(reader: &mut Reader<'_, '_>, name: &str, from: usize, to: usize) {
    let tokens = reader.tokens;
    for at in from..to {
        let is_it = tokens.word(at) == Some(name) && !(at > 0 && tokens.is(at - 1, b'.'));
        if !is_it {
            continue;
        }
        if tokens.opens(at + 1, b'[') {
            fill(reader, at + 2, tokens.partner(at + 1));
        } else if tokens.language == Language::JavaScript
            && tokens.is(at + 1, b'.')
            && tokens.is(at + 3, b'=')
            && !tokens.are(at + 3, b"==")
        {
            if let Some(key) = tokens.word(at + 2) {
                let name = bare(tokens, at + 2, key);
                reader.push(name, at + 4, end_of_value(tokens, at + 4));
            }
        } else if super::names::separator(tokens, at + 1).is_some() {
            chain(reader, at + 1, end_of_value(tokens, at + 1).min(to));
        }
    }
}

/// Reads `["key"] = value`, of which the brackets are given by what is in them.
fn fill(reader: &mut Reader<'_, '_>, from: usize, to: usize) {
    let tokens = reader.tokens;
    if tokens.is(from, b':') && from + 2 == to && tokens.is(to + 1, b'=') {
        if let Some(key) = tokens.word(from + 1) {
            let name = bare(tokens, from + 1, key);
            reader.push(name, to + 2, end_of_value(tokens, to + 2));
        }
        return;
    }
    let is_assigned = tokens.is(to + 1, b'=') && !tokens.are(to + 1, b"==");
    if is_assigned && let Some(name) = reader.constants.resolve(tokens, from, to) {
        reader.push(name, to + 2, end_of_value(tokens, to + 2));
    }
}

/// Reads calls that put: `.put("a", 1).put("b", 2)`, `.update({…})`, `.apply { put("a", 1) }`.
fn chain(reader: &mut Reader<'_, '_>, from: usize, to: usize) {
    let tokens = reader.tokens;
    let mut at = from;
    while at < to {
        match tokens.word(at) {
            Some("put" | "add" | "Add" | "putString" | "putInt" | "putBoolean" | "putDouble" | "putLong" | "Set")
                if tokens.opens(at + 1, b'(') =>
            {
                reader.put(at + 2, tokens.partner(at + 1));
            }
            Some("update" | "merge!" | "putAll" | "addAll") if tokens.opens(at + 1, b'(') => {
                reader.read(at + 2, tokens.partner(at + 1));
            }
            Some("apply" | "also" | "with") if tokens.opens(at + 1, b'{') => {
                reader.puts(at + 2, tokens.partner(at + 1), 0);
            }
            _ => {}
        }
        at = tokens.behind(at);
    }
}
