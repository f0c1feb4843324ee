//! The arguments of a call, as parts of the tokens.

use crate::scan::{Kind, Language, Tokens};

/// An argument.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument<'t> {
    /// Its name, where it has one.
    pub(crate) name: Option<&'t str>,
    /// The first of its tokens.
    pub(crate) from: usize,
    /// The token behind it.
    pub(crate) to: usize,
}

/// Cuts what is between two tokens at the commas that belong to nothing inside. What is empty counts, for somebody may be typing.
pub(crate) fn pieces(tokens: &Tokens<'_>, from: usize, to: usize, separators: &[u8]) -> Vec<(usize, usize)> {
    let (mut found, mut start, mut at) = (Vec::new(), from, from);
    while at < to {
        if matches!(tokens.kind(at), Some(Kind::Sign(sign)) if separators.contains(&sign)) {
            found.push((start, at));
            start = at + 1;
        }
        at = types(tokens, at).unwrap_or_else(|| tokens.behind(at));
    }
    found.push((start, to.max(start)));
    found
}

/// Returns the place behind types between angle brackets, if they stand here: `<String, dynamic>`.
fn types(tokens: &Tokens<'_>, from: usize) -> Option<usize> {
    if !tokens.is(from, b'<') || matches!(tokens.language, Language::Python | Language::Ruby | Language::Php) {
        return None;
    }
    let (mut depth, mut at) = (0usize, from);
    while at < from + 16 {
        match tokens.kind(at)? {
            Kind::Sign(b'<') => depth += 1,
            Kind::Sign(b'>') if depth == 1 => {
                let is_made = matches!(tokens.kind(at + 1), Some(Kind::Open(_)));
                return is_made.then_some(at + 1);
            }
            Kind::Sign(b'>') => depth -= 1,
            Kind::Word | Kind::Sign(b',' | b'.' | b'?' | b'|') => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

/// Returns the arguments between two tokens.
pub(crate) fn arguments<'t>(tokens: &Tokens<'t>, from: usize, to: usize) -> Vec<Argument<'t>> {
    pieces(tokens, from, to, b",").into_iter().map(|(from, to)| argument(tokens, from, to)).collect()
}

fn argument<'t>(tokens: &Tokens<'t>, from: usize, to: usize) -> Argument<'t> {
    let unnamed = Argument { name: None, from, to };
    let Some(name) = tokens.word(from).filter(|_| from + 1 < to) else { return unnamed };
    let is_named = match tokens.language {
        Language::Python | Language::Kotlin => tokens.is(from + 1, b'=') && !tokens.are(from + 1, b"=="),
        Language::Swift | Language::Dart | Language::CSharp | Language::ObjectiveC => tokens.is(from + 1, b':'),
        Language::Php => tokens.is(from + 1, b':') && !tokens.are(from + 1, b"::"),
        _ => false,
    };
    if is_named { Argument { name: Some(name), from: from + 2, to } } else { unnamed }
}

/// Returns where the arguments of a method begin and end, if it is called; and whether its closing bracket is there.
pub(crate) fn call(tokens: &Tokens<'_>, method: usize) -> Option<(usize, usize)> {
    let mut at = method + 1;
    // `track<T>(…)`, `track?.(…)`, `track!(…)`
    if tokens.are(at, b"?.") {
        at += 2;
    }
    if tokens.opens(at, b'(') {
        return Some((at + 1, tokens.partner(at)));
    }
    (tokens.language == Language::Ruby).then(|| command(tokens, method)).flatten()
}

/// How many tokens the arguments of a call without brackets may have.
const LONGEST: usize = 512;

/// Returns where the arguments of a Ruby call without brackets begin and end: on the line of the method, and on those that it goes on to.
fn command(tokens: &Tokens<'_>, method: usize) -> Option<(usize, usize)> {
    let from = method + 1;
    let begins = match tokens.kind(from)? {
        Kind::Word => !["if", "unless", "and", "or", "do", "then", "end"].contains(&tokens.written(from)),
        Kind::Text { .. } | Kind::Number | Kind::Open(b'`' | b'[') => true,
        Kind::Sign(sign) => sign == b':' && tokens.kind(from + 1) == Some(Kind::Word),
        _ => false,
    };
    if !begins || tokens.begins_line(from) || tokens.end(method) == tokens.start(from) {
        return None;
    }
    let mut at = from;
    while at < tokens.len() && at < from + LONGEST {
        let goes_on = at > from && (tokens.is(at - 1, b',') || tokens.are(at.saturating_sub(2), b"=>"));
        let ends = matches!(tokens.kind(at), Some(Kind::Close(_) | Kind::Sign(b';')))
            || ["if", "unless", "do", "rescue", "end"].contains(&tokens.written(at))
                && tokens.word(at).is_some()
                && !tokens.is(at + 1, b':');
        if ends || (at > from && tokens.begins_line(at) && !goes_on) {
            break;
        }
        at = tokens.behind(at);
    }
    Some((from, at.min(tokens.len())))
}
