//! Where in a TOML file somebody is, also while it is no TOML.

use std::ops::Range;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The table that it is in.
    pub table: Vec<String>,
    /// What belongs there.
    pub what: What,
    /// What is to be replaced.
    pub range: Range<usize>,
    /// The keys that the table has, with their values as far as they are texts.
    pub keys: Vec<(String, Option<String>)>,
}

/// What belongs at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The name of a table.
    Table,
    /// A key; whether a value follows.
    Key(bool),
    /// The value of a key; whether it has its quotes.
    Value(String, bool),
}

/// Returns where somebody is; none in a comment, or where nothing can be said.
pub fn cursor(text: &str, offset: usize) -> Option<Cursor> {
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
    let (before, line) = (&text[start..offset], &text[start..end]);
    if is_commented(before) {
        return None;
    }
    let (table, keys) = table(text, start);
    let typed = before.trim_start();
    if let Some(name) = typed.strip_prefix("[[").or_else(|| typed.strip_prefix('[')) {
        let from = offset - name.len();
        return (!name.contains(']')).then(|| Cursor {
            table: Vec::new(),
            what: What::Table,
            range: from..offset,
            keys: Vec::new(),
        });
    }
    match split(before) {
        None => {
            let is_word = typed.chars().all(|one| one.is_alphanumeric() || "_-.".contains(one));
            let has_value = line[before.len()..].trim_start().starts_with('=');
            let range = offset - typed.len()..offset;
            is_word.then_some(Cursor { table, what: What::Key(has_value), range, keys })
        }
        Some(equals) => {
            let key = path(&before[..equals]).pop()?;
            let value = before[equals + 1..].trim_start();
            let is_quoted = value.starts_with(['"', '\'']);
            let inner = if is_quoted { &value[1..] } else { value };
            if inner.contains(['"', '\'', '[', '{', ',']) {
                return None;
            }
            let range = offset - inner.len()..offset;
            Some(Cursor { table, what: What::Value(key, is_quoted), range, keys })
        }
    }
}

/// Returns the path of the key or table that is written at an offset, and where it is written.
pub(super) fn key_at(text: &str, offset: usize) -> Option<(Vec<String>, Range<usize>)> {
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
    let line = &text[start..end];
    let head = line.trim_start();
    let (written, mut full) = if head.starts_with('[') {
        (head.split(']').next()?.trim_start_matches('['), Vec::new())
    } else {
        (&line[..split(line)?], table(text, start).0)
    };
    let from = start + line.find(written)?;
    if offset < from || offset > from + written.len() {
        return None;
    }
    // Of a name with dots, what is before the next dot.
    let inside = offset - from;
    let stop = written[inside..].find('.').map_or(written.len(), |length| inside + length);
    full.extend(path(&written[..stop]));
    let begin = written[..stop].rfind('.').map_or(0, |dot| dot + 1);
    let word = written[begin..stop].trim();
    let at = from + begin + written[begin..stop].find(word)?;
    (!full.is_empty()).then(|| (full, at..at + word.len()))
}

/// Returns the table in which a line is, and the keys before and behind it.
fn table(text: &str, line: usize) -> (Vec<String>, Vec<(String, Option<String>)>) {
    let header = |line: &str| line.trim_start().starts_with('[').then(|| path(line.trim().trim_matches(['[', ']'])));
    let mut found = Vec::new();
    let mut keys = Vec::new();
    for before in text[..line].lines() {
        if let Some(name) = header(before) {
            (found, keys) = (name, Vec::new());
        } else {
            keys.extend(key_of(before));
        }
    }
    for behind in text[line..].lines().skip(1).take_while(|line| header(line).is_none()) {
        keys.extend(key_of(behind));
    }
    (found, keys)
}

fn key_of(line: &str) -> Option<(String, Option<String>)> {
    let equals = split(line)?;
    let value = line[equals + 1..].trim();
    let text = value.strip_prefix(['"', '\'']).and_then(|rest| rest.split(['"', '\'']).next()).map(str::to_owned);
    Some((path(&line[..equals]).pop()?, text))
}

/// Returns where the sign between key and value is.
fn split(line: &str) -> Option<usize> {
    let mut quote = None;
    for (at, one) in line.char_indices() {
        match (quote, one) {
            (None, '=') => return Some(at),
            (None, '#') => return None,
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), one) if open == one => quote = None,
            _ => {}
        }
    }
    None
}

/// Whether a line has gone over into a comment.
fn is_commented(line: &str) -> bool {
    let mut quote = None;
    for one in line.chars() {
        match (quote, one) {
            (None, '#') => return true,
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), one) if open == one => quote = None,
            _ => {}
        }
    }
    false
}

/// Returns the parts of a name with dots.
fn path(written: &str) -> Vec<String> {
    let (mut parts, mut part, mut quote) = (Vec::new(), String::new(), None);
    for one in written.trim().chars() {
        match (quote, one) {
            (None, '.') => parts.push(std::mem::take(&mut part).trim().to_owned()),
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), one) if open == one => quote = None,
            (_, one) => part.push(one),
        }
    }
    parts.push(part.trim().to_owned());
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}
