//! The words of an expression, each with its place.

use jiff::civil::Date;
use mp_proto::visible::is_unseen;
use unicode_width::UnicodeWidthChar;

use super::mistake::Mistake;

/// A word, a value or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word without quotes: a name, or a word of the language.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// A number, as JSON has it.
    Number(String),
    /// A day.
    Date(Date),
    /// A sign of [`SIGNS`].
    Sign(&'static str),
    /// Nothing follows.
    End,
}

/// A token in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) token: Token,
    /// Its first byte.
    pub(super) at: usize,
    /// The byte behind its last.
    pub(super) end: usize,
}

/// The signs, the longer ones first.
const SIGNS: [&str; 10] = ["==", "!=", ">=", "<=", "=", ">", "<", "(", ")", ","];

/// What people write for something that there is, or for something that there is not.
const OTHERS: [(&str, &str); 14] = [
    ("&&", "write `and`"),
    ("&", "write `and`"),
    ("||", "write `or`"),
    ("|", "write `or`"),
    ("<>", "write `!=`"),
    ("=~", "there are no patterns; there are contains, starts with and ends with"),
    ("!", "write `!=`, `not contains`, `not in`, `is not set`"),
    ("\u{201c}", "texts stand in straight quotes: \"…\" or '…'"),
    ("\u{201d}", "texts stand in straight quotes: \"…\" or '…'"),
    ("\u{201e}", "texts stand in straight quotes: \"…\" or '…'"),
    ("\u{2018}", "texts stand in straight quotes: \"…\" or '…'"),
    ("\u{2019}", "texts stand in straight quotes: \"…\" or '…'"),
    ("[", "lists stand in parentheses: in (\"x\", \"y\")"),
    ("]", "lists stand in parentheses: in (\"x\", \"y\")"),
];

/// Returns the tokens of a text; the last one is [`Token::End`].
///
/// # Errors
/// When something in it is none.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Mistake> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let rest = rest.trim_start();
        at = text.len() - rest.len();
        let (token, length) = token(rest, at)?;
        let is_end = token == Token::End;
        tokens.push(Placed { token, at, end: at + length });
        if is_end {
            return Ok(tokens);
        }
        at += length;
    }
}

/// Returns the first token of a text that begins with one, and how long it is.
fn token(rest: &str, at: usize) -> Result<(Token, usize), Mistake> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    if first == '"' || first == '\'' {
        return quoted(rest, first, at);
    }
    if is_number(rest) {
        return number(rest, at);
    }
    if begins_word(first) {
        let length = word_length(rest);
        return Ok((Token::Word(rest[..length].to_owned()), length));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    let length = sign.map_or(0, |sign| sign.len());
    if let Some((other, advice)) = OTHERS.iter().find(|(other, _)| rest.starts_with(other) && other.len() > length) {
        return Err(Mistake::new(at, format!("{other} is no sign of this language: {advice}")));
    }
    match sign {
        Some(sign) => Ok((Token::Sign(if *sign == "==" { "=" } else { sign }), sign.len())),
        None => Err(Mistake::new(at, format!("{first:?} has no meaning here; a name with it stands in quotes"))),
    }
}

/// Whether a name may begin with a character and stand without quotes.
pub(super) fn begins_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

/// Whether a name may have a character and stand without quotes.
pub(super) fn continues_word(c: char) -> bool {
    begins_word(c) || c.is_numeric() || matches!(c, '.' | '-') || (c.width() == Some(0) && !is_unseen(c))
}

fn word_length(rest: &str) -> usize {
    rest.find(|c: char| !continues_word(c)).unwrap_or(rest.len())
}

/// Whether a text begins with a number, or a day.
fn is_number(rest: &str) -> bool {
    let unsigned = rest.strip_prefix('-').unwrap_or(rest);
    unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|c: char| c.is_ascii_digit())
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<(Token, usize), Mistake> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((place, c)) = letters.next() {
        if c == quote {
            return Ok((Token::Quoted(text), place + 1));
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        match letters.next() {
            Some((_, c @ ('"' | '\'' | '\\'))) => text.push(c),
            Some((_, 'n')) => text.push('\n'),
            Some((_, 't')) => text.push('\t'),
            Some((_, 'r')) => text.push('\r'),
            Some(_) => {
                let what =
                    "what follows a backslash must be a quote, a backslash, n, r or t; a backslash itself is \\\\";
                return Err(Mistake::new(at + place, what));
            }
            None => break,
        }
    }
    Err(Mistake::new(at, format!("the text that begins here has no closing {quote}")))
}

/// Reads a number or a day.
fn number(rest: &str, at: usize) -> Result<(Token, usize), Mistake> {
    let length = rest.find(|c: char| !(c.is_alphanumeric() || "._-+:".contains(c))).unwrap_or(rest.len());
    let typed = &rest[..length];
    if is_day(typed) {
        return match typed.parse::<Date>() {
            Ok(date) if typed.len() == 10 => Ok((Token::Date(date), length)),
            _ if typed.len() > 10 => Err(Mistake::new(at, format!("{typed} is no day: write {}", &typed[..10]))),
            _ => Err(Mistake::new(at, format!("there is no {typed}"))),
        };
    }
    match as_json(typed) {
        Some(number) => Ok((Token::Number(number), length)),
        None => {
            let what = format!("{typed} is neither a number nor a day such as 2025-01-31; a text stands in quotes");
            Err(Mistake::new(at, what))
        }
    }
}

/// Whether a text begins as a day does: `2025-01-31`.
fn is_day(typed: &str) -> bool {
    let fits = |(c, form): (u8, u8)| if form == b'-' { c == b'-' } else { c.is_ascii_digit() };
    typed.len() >= 10 && typed.bytes().zip(*b"dddd-dd-dd").all(fits)
}

/// Returns a number as JSON has it: without underscores, with a digit on both sides of the point, without leading zeros.
pub(super) fn as_json(typed: &str) -> Option<String> {
    let (sign, unsigned) = typed.strip_prefix('-').map_or(("", typed), |rest| ("-", rest));
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, part) = mantissa.split_once('.').map_or((mantissa, None), |(whole, part)| (whole, Some(part)));
    let is_digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    let whole = whole.replace('_', "");
    let is_good = is_digits(&whole)
        && part.is_none_or(|part| !part.is_empty() && is_digits(part))
        && (part.is_some() || !whole.is_empty())
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty() && is_digits(digits)
        });
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.map_or_else(String::new, |part| format!(".{part}"));
    let exponent = exponent.map_or_else(String::new, |exponent| format!("e{exponent}"));
    is_good.then(|| format!("{sign}{whole}{part}{exponent}"))
}
