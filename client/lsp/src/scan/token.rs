//! The tokens of a text, and which bracket belongs to which.

use std::cell::OnceCell;

use super::language::{Inside, Language, Quote};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A string in which nothing is computed.
    Text {
        /// Which quote of the language it has.
        quote: u8,
        /// Bytes of what it begins with.
        open: u8,
        /// Bytes of what it ends with; 0 if it does not end.
        close: u8,
    },
    /// An opening bracket; [`COMPUTED`] for the beginning of a string in which something is computed.
    Open(u8),
    /// A closing one.
    Close(u8),
    /// Any other sign.
    Sign(u8),
}

/// The bracket around what is computed within a string, and stands for the string.
pub(crate) const COMPUTED: u8 = b'`';

/// A token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it begins.
    pub(crate) start: u32,
    /// Where it ends.
    pub(crate) end: u32,
}

/// The tokens of a text.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    /// The text.
    pub(crate) text: &'t str,
    /// Its language.
    pub(crate) language: Language,
    /// The tokens, in their order.
    pub(crate) all: Vec<Token>,
    /// How far the line of each token is indented, once somebody asks.
    indents: OnceCell<Vec<u16>>,
    /// For a bracket, where its partner is. One that is never closed has what ends it: a bracket further out, or the end.
    pub(crate) partner: Vec<u32>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, language: Language, all: Vec<Token>) -> Self {
        let partner = partners(&all);
        Self { text, language, all, indents: OnceCell::new(), partner }
    }

    /// Returns how many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns what a token is; none beyond the end.
    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.all.get(at).map(|token| token.kind)
    }

    /// Returns how a token is written; nothing beyond the end.
    pub(crate) fn written(&self, at: usize) -> &'t str {
        self.all.get(at).and_then(|token| self.text.get(token.start as usize..token.end as usize)).unwrap_or("")
    }

    /// Returns the word at a place.
    pub(crate) fn word(&self, at: usize) -> Option<&'t str> {
        (self.kind(at)? == Kind::Word).then(|| self.written(at))
    }

    /// Whether there is this sign.
    pub(crate) fn is(&self, at: usize, sign: u8) -> bool {
        self.kind(at) == Some(Kind::Sign(sign))
    }

    /// Whether there are these signs, without a space between them.
    pub(crate) fn are(&self, at: usize, signs: &[u8]) -> bool {
        signs.iter().enumerate().all(|(number, sign)| {
            let touches = number == 0
                || self.all.get(at + number).is_some_and(|token| token.start == self.all[at + number - 1].end);
            self.is(at + number, *sign) && touches
        })
    }

    /// Whether there is this opening bracket.
    pub(crate) fn opens(&self, at: usize, bracket: u8) -> bool {
        self.kind(at) == Some(Kind::Open(bracket))
    }

    /// Returns where the partner of a bracket is.
    pub(crate) fn partner(&self, at: usize) -> usize {
        self.partner.get(at).map_or(self.len(), |at| *at as usize)
    }

    /// Returns the place behind an item: behind the partner of an opening bracket, else behind the token.
    pub(crate) fn behind(&self, at: usize) -> usize {
        match self.kind(at) {
            Some(Kind::Open(_)) => self.partner(at).max(at) + 1,
            _ => at + 1,
        }
    }

    /// Returns where a token begins; the end of the text beyond the last.
    pub(crate) fn start(&self, at: usize) -> usize {
        self.all.get(at).map_or(self.text.len(), |token| token.start as usize)
    }

    /// Returns where a token ends.
    pub(crate) fn end(&self, at: usize) -> usize {
        self.all.get(at).map_or(self.text.len(), |token| token.end as usize)
    }

    /// Whether a line ends between a token and the one before it.
    pub(crate) fn begins_line(&self, at: usize) -> bool {
        at == 0 || self.text.as_bytes()[self.end(at - 1)..self.start(at)].contains(&b'\n')
    }

    /// Returns the content of a string, as a part of the text.
    pub(crate) fn content(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let token = self.all.get(at)?;
        let Kind::Text { open, close, .. } = token.kind else { return None };
        Some(token.start as usize + open as usize..token.end as usize - close as usize)
    }

    /// Returns what a string says.
    pub(crate) fn said(&self, at: usize) -> Option<String> {
        let range = self.content(at)?;
        let Kind::Text { quote, open, .. } = self.all[at].kind else { return None };
        let quote = &self.language.lexis().quotes[quote as usize];
        let head = &self.text[self.start(at)..self.start(at) + open as usize];
        let is_raw = self.language == Language::Python && head.contains(['r', 'R']);
        Some(decode(&self.text[range], quote, is_raw, self.language))
    }

    /// Returns how far the line of a token is indented.
    pub(crate) fn indent(&self, at: usize) -> usize {
        let indents = self.indents.get_or_init(|| indents(self.text, &self.all));
        indents.get(at).map_or(0, |indent| usize::from(*indent))
    }

    /// Whether a string has an end.
    pub(crate) fn is_whole(&self, at: usize) -> bool {
        !matches!(self.kind(at), Some(Kind::Text { close: 0, .. }))
    }
}

fn indents(text: &str, tokens: &[Token]) -> Vec<u16> {
    let (mut found, mut end, mut indent) = (Vec::with_capacity(tokens.len()), 0, 0);
    for token in tokens {
        let (before, start) = (end, token.start as usize);
        if let Some(line) = text.as_bytes()[before..start.max(before)].iter().rposition(|byte| *byte == b'\n') {
            indent = u16::try_from(start - (before + line + 1)).unwrap_or(u16::MAX);
        } else if found.is_empty() {
            indent = u16::try_from(start).unwrap_or(u16::MAX);
        }
        found.push(indent);
        end = token.end as usize;
    }
    found
}

/// Returns what a written text means.
fn decode(written: &str, quote: &Quote, is_raw: bool, language: Language) -> String {
    let mut text = written.to_owned();
    if quote.doubles {
        text = text.replace(&format!("{0}{0}", quote.open), quote.open);
    }
    if quote.inside == Inside::Brace {
        text = text.replace("{{", "{").replace("}}", "}");
    }
    if !quote.escapes || is_raw || !text.contains('\\') {
        return text;
    }
    // Between single quotes, Ruby and PHP know no other escapes than those two.
    let is_bare = matches!(language, Language::Ruby | Language::Php) && quote.open == "'";
    unescape(&text, is_bare)
}

fn unescape(text: &str, is_bare: bool) -> String {
    let (mut said, mut rest) = (String::with_capacity(text.len()), text.chars());
    while let Some(one) = rest.next() {
        if one != '\\' {
            said.push(one);
            continue;
        }
        let Some(next) = rest.next() else { break };
        match next {
            '\\' | '\'' | '"' | '`' => said.push(next),
            _ if is_bare => said.extend(['\\', next]),
            'n' => said.push('\n'),
            't' => said.push('\t'),
            'r' => said.push('\r'),
            '0' => said.push('\0'),
            '\n' => {}
            'x' => said.extend(code(&mut rest, 2)),
            'u' => said.extend(code(&mut rest, 4)),
            'U' => said.extend(code(&mut rest, 8)),
            other => said.push(other),
        }
    }
    said
}

/// Reads the number of a character: so many hexadecimal digits, or any between braces.
fn code(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let (written, taken) = match rest.as_str().strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        Some((inner, _)) => (inner.to_owned(), inner.chars().count() + 2),
        None => (rest.as_str().chars().take(digits).collect::<String>(), digits),
    };
    let one = u32::from_str_radix(&written, 16).ok().and_then(char::from_u32)?;
    rest.nth(taken - 1);
    Some(one)
}

/// Finds out which bracket belongs to which, also where some are missing: who is closed from further out ends there.
fn partners(tokens: &[Token]) -> Vec<u32> {
    let mut partner = vec![tokens.len() as u32; tokens.len()];
    let mut open: Vec<(u8, usize)> = Vec::new();
    // How many of a bracket are open, so that nobody looks for one in vain.
    let mut counts = [0usize; 256];
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open(bracket) => {
                open.push((bracket, at));
                counts[bracket as usize] += 1;
            }
            Kind::Close(bracket) if counts[bracket as usize] > 0 => {
                while let Some((other, from)) = open.pop() {
                    counts[other as usize] -= 1;
                    partner[from] = at as u32;
                    if other == bracket {
                        partner[at] = from as u32;
                        break;
                    }
                }
            }
            // One that closes nothing is its own partner, and so nobody jumps from it.
            Kind::Close(_) => partner[at] = at as u32,
            _ => {}
        }
    }
    partner
}
