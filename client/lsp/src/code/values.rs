//! What is known of values without running the code.

use std::ops::Range;

use super::model::Value;
use crate::scan::{COMPUTED, Kind, Language, Tokens};

/// Functions that make lists.
const LISTS: [&str; 8] = ["listOf", "mutableListOf", "arrayListOf", "setOf", "asList", "List", "array", "arrayOf"];

/// Returns the part of the text in which some tokens stand.
pub(crate) fn part(tokens: &Tokens<'_>, from: usize, to: usize) -> Range<usize> {
    if from < to {
        return tokens.start(from)..tokens.end(to - 1);
    }
    // Nothing has been typed yet: it would stand behind what is before.
    let at = from.checked_sub(1).map_or(0, |before| tokens.end(before));
    at..at
}

/// Returns what is known of the value that some tokens are.
pub(crate) fn value(tokens: &Tokens<'_>, from: usize, to: usize) -> Value {
    let is_sign = tokens.is(from, b'-') || (tokens.language == Language::ObjectiveC && tokens.is(from, b'@'));
    let from = from + usize::from(is_sign);
    if from >= to {
        return Value::Computed;
    }
    let is_one = tokens.behind(from) == to;
    match tokens.kind(from) {
        Some(Kind::Text { .. }) if is_one => text(tokens, from),
        Some(Kind::Number) if is_one => Value::Number,
        Some(Kind::Word) if is_one => word(tokens.written(from)),
        Some(Kind::Open(bracket)) if is_one => group(tokens, from, bracket),
        Some(Kind::Word) if tokens.opens(from + 1, b'(') && tokens.behind(from + 1) == to => made(tokens.written(from)),
        _ => Value::Computed,
    }
}

fn text(tokens: &Tokens<'_>, at: usize) -> Value {
    let is_character = matches!(tokens.language, Language::Java | Language::Kotlin | Language::Go | Language::CSharp)
        && tokens.written(at).starts_with('\'');
    match (tokens.said(at), tokens.content(at)) {
        (Some(said), Some(content)) if !is_character => Value::Text(said, content),
        _ => Value::Computed,
    }
}

fn word(word: &str) -> Value {
    match word {
        "true" | "false" | "True" | "False" | "TRUE" | "FALSE" | "YES" | "NO" => Value::Boolean,
        "null" | "nil" | "None" | "undefined" | "NULL" => Value::Nothing,
        _ => Value::Computed,
    }
}

fn group(tokens: &Tokens<'_>, at: usize, bracket: u8) -> Value {
    let is_regex = tokens.written(at) == "/";
    match (bracket, tokens.language) {
        (COMPUTED, _) if !is_regex => Value::SomeText,
        // A list or a dictionary.
        (b'[', Language::Swift | Language::Php) => Value::Computed,
        (b'[', _) => Value::List,
        (b'{', Language::JavaScript | Language::Ruby) => Value::Object,
        _ => Value::Computed,
    }
}

fn made(function: &str) -> Value {
    match function {
        name if LISTS.contains(&name) => Value::List,
        "mapOf" | "mutableMapOf" | "dict" => Value::Object,
        _ => Value::Computed,
    }
}
