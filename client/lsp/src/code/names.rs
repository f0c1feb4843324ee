//! Constants of a file: names that stand for a text wherever they are used.

use std::collections::HashMap;
use std::ops::Range;

use super::model::Named;
use crate::scan::{Kind, Language, Tokens};

/// The constants of a file.
#[derive(Debug, Default)]
pub(crate) struct Constants<'t> {
    /// By their names, each with what it is in.
    found: HashMap<&'t str, Vec<Constant<'t>>>,
}

#[derive(Debug)]
struct Constant<'t> {
    /// The class, enumeration or object that it is in.
    within: Option<&'t str>,
    /// What it says and where; none where that is not a text.
    value: Option<(String, Range<usize>)>,
}

impl Constant<'_> {
    fn is_same(&self, other: &Self) -> bool {
        let said = |constant: &Self| constant.value.as_ref().map(|(text, _)| text.clone());
        self.within == other.within && said(self) == said(other)
    }
}

/// How many values a name may have in a file.
const MOST: usize = 16;

/// How many holders before a line are looked at.
const FAR: usize = 256;

/// Where a member may be asked for its text.
const PLAIN_MEMBERS: [&str; 5] = ["value", "rawValue", "name", "key", "freeze"];

/// Words before the name of something that has members.
const HOLDERS: [&str; 8] = ["class", "enum", "object", "struct", "module", "namespace", "interface", "extension"];

impl<'t> Constants<'t> {
    /// Finds them.
    pub(crate) fn of(tokens: &Tokens<'t>) -> Self {
        let mut constants = Self::default();
        let holders = Holders::of(tokens);
        for at in 0..tokens.len() {
            if let Some(name) = tokens.word(at)
                && let Some(value) = assigned(tokens, at, &holders)
            {
                constants.add(name, Constant { within: holders.around(tokens, at), value });
            }
        }
        constants
    }

    /// Adds a constant. A name that gets a value again and again is none.
    fn add(&mut self, name: &'t str, constant: Constant<'t>) {
        let all = self.found.entry(name).or_default();
        let is_new = !all.iter().any(|other| other.is_same(&constant));
        match all.len() {
            _ if !is_new => {}
            MOST => all.iter_mut().for_each(|constant| constant.value = None),
            _ => all.push(constant),
        }
    }

    /// Returns what an expression says, if it is a text or a constant.
    pub(crate) fn resolve(&self, tokens: &Tokens<'t>, from: usize, to: usize) -> Option<Named> {
        if let Some(text) = literal(tokens, from, to) {
            return Some(text);
        }
        let words = path(tokens, from, to)?;
        let at = tokens.start(from)..tokens.end(to - 1);
        let mut words = words.as_slice();
        while let [rest @ .., last] = words
            && rest.len() > 1
            && PLAIN_MEMBERS.contains(last)
        {
            words = rest;
        }
        let (name, holder) = match words {
            [name] => (*name, None),
            [.., holder, name] => (*name, Some(*holder)),
            [] => return None,
        };
        let (text, written) = self.value(name, holder)?;
        Some(Named { text, at, written: Some(written), is_whole: true })
    }

    /// Returns the one value that a name has; none if it may have others.
    fn value(&self, name: &str, holder: Option<&str>) -> Option<(String, Range<usize>)> {
        let all = self.found.get(name)?;
        let holder = holder.filter(|holder| !["this", "self", "Self", "static", "cls"].contains(holder));
        let fitting = |constant: &&Constant<'_>| holder.is_none_or(|holder| constant.within == Some(holder));
        let mut fitting = all.iter().filter(fitting);
        let first = fitting.next()?.value.clone()?;
        fitting.all(|other| other.value.as_ref().is_some_and(|(text, _)| *text == first.0)).then_some(first)
    }
}

/// Returns a text that stands alone.
pub(crate) fn literal(tokens: &Tokens<'_>, from: usize, to: usize) -> Option<Named> {
    // `'x' as Event` and `'x' satisfies Event` say what a compiler should think.
    let is_cast = |at: usize| ["as", "satisfies"].contains(&tokens.word(at).unwrap_or_default());
    let is_whole = tokens.is_whole(from);
    // One without an end is being typed, and what follows on the next line is not meant.
    let is_alone = from + 1 == to || (from + 1 < to && (is_cast(from + 1) || !is_whole));
    let at = tokens.content(from).filter(|_| is_alone)?;
    Some(Named { text: tokens.said(from)?, at: at.clone(), written: Some(at), is_whole })
}

/// Returns the words of a name with dots.
pub(crate) fn path<'t>(tokens: &Tokens<'t>, from: usize, to: usize) -> Option<Vec<&'t str>> {
    let (mut words, mut at) = (vec![tokens.word(from)?], from + 1);
    while at < to {
        at += separator(tokens, at)?;
        words.push(tokens.word(at).filter(|_| at < to)?);
        at += 1;
    }
    (from < to).then_some(words)
}

/// Returns how many tokens the sign between an object and its member has.
pub(crate) fn separator(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let signs: [&[u8]; 8] = [b"?->", b"!!.", b"?.", b"!.", b"&.", b"->", b"::", b"."];
    signs.iter().find(|signs| tokens.are(at, signs)).map(|signs| signs.len())
}

/// Returns the value that a word gets, and whether that is a text; none if it gets nothing.
#[expect(clippy::option_option, reason = "a word that gets something else is not one that gets nothing")]
fn assigned(tokens: &Tokens<'_>, at: usize, holders: &Holders<'_>) -> Option<Option<(String, Range<usize>)>> {
    let is_member = at > 0 && (tokens.is(at - 1, b'.') || tokens.are(at.saturating_sub(2), b"->"));
    let mut next = at + 1;
    // A type may stand between: `x: string =`, `x string =`.
    let typed = match tokens.language {
        Language::Go if tokens.word(next).is_some() => Some(next + 1),
        _ if tokens.is(next, b':') && tokens.word(next + 1).is_some() => Some(next + 2),
        _ => None,
    };
    if let Some(behind) = typed.filter(|behind| tokens.is(*behind, b'=')) {
        next = behind;
    }
    let is_given = tokens.is(next, b'=') && !tokens.are(next, b"==") && !tokens.are(next, b"=>");
    let is_entry = tokens.is(next, b':') && !tokens.are(next, b"::") && holders.is_object(tokens, at);
    let value = if tokens.are(next, b":=") {
        next + 2
    } else if is_given || is_entry {
        next + 1
    } else {
        return None;
    };
    let is_frozen =
        tokens.content(value).is_some() && tokens.is(value + 1, b'.') && tokens.word(value + 2) == Some("freeze");
    let end = value + if is_frozen { 3 } else { 1 };
    if is_member || !ends(tokens, end) {
        return Some(None);
    }
    Some(tokens.content(value).and_then(|range| Some((tokens.said(value)?, range))))
}

/// Whether an expression has ended before a token.
fn ends(tokens: &Tokens<'_>, at: usize) -> bool {
    match tokens.kind(at) {
        None | Some(Kind::Close(_) | Kind::Sign(b';' | b',')) => true,
        Some(Kind::Word) if ["as", "satisfies"].contains(&tokens.written(at)) => true,
        Some(Kind::Sign(b'.' | b'+' | b'?' | b'|' | b'%' | b'&' | b'*' | b'-')) | Some(Kind::Open(_)) => false,
        _ => tokens.begins_line(at),
    }
}

/// What has members, by where they are.
struct Holders<'t> {
    /// For an opening brace, the name of what it opens.
    braces: HashMap<usize, &'t str>,
    /// The brace that each token is in; none at the top.
    around: Vec<u32>,
    /// In languages without braces: lines with the name of what they begin, and how far they are indented.
    indented: Vec<(usize, usize, &'t str)>,
}

const NOTHING: u32 = u32::MAX;

impl<'t> Holders<'t> {
    fn of(tokens: &Tokens<'t>) -> Self {
        let mut holders =
            Self { braces: HashMap::new(), around: Vec::with_capacity(tokens.len()), indented: Vec::new() };
        let mut open: Vec<(usize, usize)> = Vec::new();
        for at in 0..tokens.len() {
            while open.last().is_some_and(|(_, end)| *end <= at) {
                open.pop();
            }
            holders.around.push(open.last().map_or(NOTHING, |(from, _)| *from as u32));
            if tokens.opens(at, b'{') {
                open.push((at, tokens.partner(at)));
                if let Some(name) = name_of_brace(tokens, at) {
                    holders.braces.insert(at, name);
                }
            }
            let is_plain = matches!(tokens.language, Language::Python | Language::Ruby);
            if is_plain && tokens.begins_line(at) && HOLDERS.contains(&tokens.written(at)) {
                holders.indented.extend(tokens.word(at + 1).map(|name| (at, tokens.indent(at), name)));
            }
        }
        holders
    }

    /// Whether a token stands directly in an object that has a name.
    fn is_object(&self, tokens: &Tokens<'_>, at: usize) -> bool {
        let brace = self.around[at] as usize;
        let stands_first = at > 0 && (at - 1 == brace || tokens.is(at - 1, b','));
        stands_first && self.braces.contains_key(&brace)
    }

    fn around(&self, tokens: &Tokens<'_>, at: usize) -> Option<&'t str> {
        if let Some(name) = self.braces.get(&(self.around[at] as usize)) {
            return Some(name);
        }
        let own = tokens.indent(at);
        let before = &self.indented[..self.indented.partition_point(|(line, ..)| *line < at)];
        before.iter().rev().take(FAR).find(|(_, indent, _)| *indent < own).map(|(.., name)| *name)
    }
}

/// Returns the name of what a brace opens, if it has one: `enum X {`, `X = {`, `X: T = {`, `X = Object.freeze({`.
fn name_of_brace<'t>(tokens: &Tokens<'t>, brace: usize) -> Option<&'t str> {
    let first = brace.saturating_sub(12);
    let mut at = brace;
    while at > first {
        at -= 1;
        match tokens.kind(at)? {
            Kind::Close(_) | Kind::Sign(b';') if !tokens.is(at + 1, b'=') => {
                // `class X(y) {` has brackets before its brace.
                at = tokens.partner(at).min(at);
                if tokens.kind(at).is_none_or(|kind| !matches!(kind, Kind::Open(b'(' | b'[' | b'<'))) {
                    return None;
                }
            }
            Kind::Word if HOLDERS.contains(&tokens.written(at)) => return tokens.word(at + 1),
            Kind::Sign(b'=') if !tokens.are(at, b"=>") => {
                let before = at.checked_sub(1)?;
                let typed = before.checked_sub(2).filter(|name| tokens.is(name + 1, b':'));
                return tokens.word(typed.unwrap_or(before));
            }
            Kind::Open(b'(') if tokens.word(at.saturating_sub(1)) != Some("freeze") => return None,
            Kind::Open(b'{') | Kind::Sign(b'>' | b'!') => return None,
            _ => {}
        }
    }
    None
}
