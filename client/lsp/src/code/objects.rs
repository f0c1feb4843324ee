//! Objects of properties, in all the ways in which people write them.

use std::ops::Range;

use super::arguments::{arguments, pieces};
use super::model::{Entry, Named};
use super::names::Constants;
use super::values::{part, value};
use crate::scan::{Kind, Language, Tokens};

/// Functions that take pairs of a key and a value, or keys and values in turns.
const MAPS: [&str; 10] = [
    "mapOf",
    "mutableMapOf",
    "hashMapOf",
    "linkedMapOf",
    "sortedMapOf",
    "bundleOf",
    "of",
    "ofEntries",
    "from",
    "jsonObjectOf",
];

/// Methods that put one property into an object.
const PUTS: [&str; 14] = [
    "put",
    "add",
    "Add",
    "set",
    "putString",
    "putInt",
    "putBoolean",
    "putDouble",
    "putLong",
    "putOpt",
    "store",
    "putIfAbsent",
    "addProperty",
    "Set",
];

/// Deepest nesting of calls that are looked into.
const DEEPEST: usize = 6;

/// What is read of objects.
pub(crate) struct Reader<'a, 't> {
    /// The tokens.
    pub(crate) tokens: &'a Tokens<'t>,
    /// The constants of the file.
    pub(crate) constants: &'a Constants<'t>,
    /// The properties that were found.
    pub(crate) entries: Vec<Entry>,
    /// What is between the brackets of the objects.
    pub(crate) rooms: Vec<Range<usize>>,
}

impl<'a, 't> Reader<'a, 't> {
    /// Begins.
    pub(crate) fn new(tokens: &'a Tokens<'t>, constants: &'a Constants<'t>) -> Self {
        Self { tokens, constants, entries: Vec::new(), rooms: Vec::new() }
    }

    /// Reads an expression, and returns whether it is an object.
    pub(crate) fn read(&mut self, from: usize, to: usize) -> bool {
        self.read_at(from, to, 0)
    }

    fn read_at(&mut self, from: usize, to: usize, depth: usize) -> bool {
        let (mut at, mut is_object) = (from, false);
        while at < to && depth < DEEPEST {
            match self.tokens.kind(at) {
                Some(Kind::Open(b'{')) => {
                    self.braces(at, depth);
                    is_object = true;
                }
                Some(Kind::Open(b'[')) if self.is_list_of_keys(at, from) => {
                    self.room(at);
                    self.entries_between(at + 1, self.tokens.partner(at));
                    is_object = true;
                }
                Some(Kind::Open(b'(')) => is_object |= self.made(at, depth),
                // What is chosen is not known.
                Some(Kind::Sign(b'?')) if !self.tokens.is(at + 1, b'.') && !self.tokens.is(at + 1, b'?') => {
                    return is_object && at > from && self.keeps(at);
                }
                Some(Kind::Sign(b'.')) if self.tokens.are(at, b"...") => return is_object,
                _ => {}
            }
            at = self.tokens.behind(at);
        }
        is_object
    }

    /// Whether a question mark belongs to a type, such as `Map<String, Object?>{`.
    fn keeps(&self, at: usize) -> bool {
        self.tokens.is(at + 1, b'>')
    }

    /// Whether a square bracket holds properties: in Swift and PHP, and where Go does not say the type of keys.
    fn is_list_of_keys(&self, at: usize, from: usize) -> bool {
        match self.tokens.language {
            Language::Swift | Language::Php => at == from || self.tokens.is(at - 1, b'+'),
            _ => false,
        }
    }

    fn room(&mut self, open: usize) {
        let (start, end) = (self.tokens.end(open), self.tokens.start(self.tokens.partner(open)));
        self.rooms.push(start..end.max(start));
    }

    /// Reads what is between braces: an object, or code that puts into one.
    fn braces(&mut self, at: usize, depth: usize) {
        let (from, to) = (at + 1, self.tokens.partner(at));
        // In Kotlin a lambda, in Java `new HashMap<>() {{ put("a", 1); }}`.
        let is_code = matches!(self.tokens.language, Language::Kotlin | Language::Java);
        if is_code {
            return self.puts(from, to, depth);
        }
        self.room(at);
        self.entries_between(from, to);
    }

    /// Reads what a function with these arguments makes.
    fn made(&mut self, open: usize, depth: usize) -> bool {
        let Some(name) = open.checked_sub(1).and_then(|at| self.tokens.word(at)) else {
            return self.read_at(open + 1, self.tokens.partner(open), depth + 1);
        };
        let (from, to) = (open + 1, self.tokens.partner(open));
        if PUTS.contains(&name) && self.is_method(open - 1) {
            self.put(from, to);
            return true;
        }
        match (name, self.tokens.language) {
            ("dict", Language::Python) => {
                self.room(open);
                for argument in arguments(self.tokens, from, to) {
                    match argument.name {
                        Some(name) => self.push(bare(self.tokens, argument.from - 2, name), argument.from, argument.to),
                        None => drop(self.read_at(argument.from, argument.to, depth + 1)),
                    }
                }
                true
            }
            ("array", Language::Php) => {
                self.room(open);
                self.entries_between(from, to);
                true
            }
            (name, Language::Kotlin | Language::Java) if MAPS.contains(&name) => {
                self.room(open);
                self.pairs(from, to);
                true
            }
            ("freeze" | "assign" | "JSONObject" | "HashMap" | "Map" | "copyOf", _) => self.read_at(from, to, depth + 1),
            _ => false,
        }
    }

    fn is_method(&self, word: usize) -> bool {
        word > 0 && (self.tokens.is(word - 1, b'.') || self.tokens.are(word.saturating_sub(2), b"->"))
    }

    /// Reads all that is put within some code.
    pub(crate) fn puts(&mut self, from: usize, to: usize, depth: usize) {
        let mut at = from;
        while at < to {
            match self.tokens.kind(at) {
                Some(Kind::Word) if PUTS.contains(&self.tokens.written(at)) && self.tokens.opens(at + 1, b'(') => {
                    self.put(at + 2, self.tokens.partner(at + 1));
                    at += 1;
                }
                Some(Kind::Open(b'{')) if depth < DEEPEST => self.puts(at + 1, self.tokens.partner(at), depth + 1),
                _ => {}
            }
            at = self.tokens.behind(at);
        }
    }

    /// Reads the key and the value of what is put.
    pub(crate) fn put(&mut self, from: usize, to: usize) {
        let arguments = arguments(self.tokens, from, to);
        let Some(key) = arguments.first() else { return };
        let Some(name) = self.constants.resolve(self.tokens, key.from, key.to) else { return };
        match arguments.get(1) {
            Some(value) => self.push(name, value.from, value.to),
            None => self.push(name, to, to),
        }
    }

    /// Reads `"a" to 1, Pair("b", 2)`, or `"a", 1, "b", 2`.
    fn pairs(&mut self, from: usize, to: usize) {
        let all = pieces(self.tokens, from, to, b",");
        let mut rest = all.iter();
        while let Some((from, to)) = rest.next().copied() {
            let is_pair = self.tokens.opens(from + 1, b'(') && from + 1 < to;
            if is_pair || (self.tokens.opens(from + 3, b'(') && from + 3 < to && self.tokens.word(from).is_some()) {
                let open = if self.tokens.opens(from + 1, b'(') { from + 1 } else { from + 3 };
                self.put(open + 1, self.tokens.partner(open));
                continue;
            }
            match (from..to).find(|at| self.tokens.word(*at) == Some("to")) {
                Some(separator) => {
                    if let Some(name) = self.constants.resolve(self.tokens, from, separator) {
                        self.push(name, separator + 1, to);
                    }
                }
                None if self.tokens.language == Language::Java => {
                    let (value_from, value_to) = rest.next().copied().unwrap_or((to, to));
                    if let Some(name) = self.constants.resolve(self.tokens, from, to) {
                        self.push(name, value_from, value_to);
                    }
                }
                None => {}
            }
        }
    }

    /// Reads the entries of an object.
    pub(crate) fn entries_between(&mut self, from: usize, to: usize) {
        for (from, to) in pieces(self.tokens, from, to, b",;") {
            self.entry(from, to);
        }
    }

    fn entry(&mut self, from: usize, to: usize) {
        let tokens = self.tokens;
        // `@` before the texts of Objective-C.
        let from = from + usize::from(tokens.is(from, b'@'));
        if from >= to {
            return;
        }
        // `{"k", v}` and `["k"] = v` of C#, `[NAME]: v` of JavaScript.
        if matches!(tokens.kind(from), Some(Kind::Open(b'{' | b'['))) {
            return self.bracketed(from, to);
        }
        // `:key => value`
        if tokens.is(from, b':') && tokens.are(from + 2, b"=>") {
            if let Some(key) = tokens.word(from + 1) {
                self.push(bare(tokens, from + 1, key), from + 4, to);
            }
            return;
        }
        let Some((separator, length)) = self.separator(from, to) else {
            // `{name}` of JavaScript is `{name: name}`.
            if tokens.language == Language::JavaScript
                && from + 1 == to
                && let Some(key) = tokens.word(from)
            {
                self.push(bare(tokens, from, key), to, to);
            }
            return;
        };
        let key = self.key(from, separator, length);
        let (value_from, value_to) = (separator + length, to);
        // `mixpanel.Event{Properties: map[string]any{…}}`
        if tokens.language == Language::Go && tokens.word(from).is_some() && from + 1 == separator {
            if tokens.word(from) == Some("Properties") {
                self.read_at(value_from, value_to, 1);
            }
            return;
        }
        if let Some(name) = key {
            self.push(name, value_from, value_to);
        }
    }

    /// Returns where key and value part, and how many tokens that is.
    fn separator(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let tokens = self.tokens;
        let mut at = from;
        while at < to && at < from + 8 {
            if tokens.are(at, b"=>") {
                return Some((at, 2));
            }
            if tokens.are(at, b"::") {
                at += 2;
                continue;
            }
            let is_colon =
                tokens.is(at, b':') && tokens.language != Language::Php && tokens.language != Language::CSharp;
            let is_assigned = tokens.is(at, b'=') && tokens.language == Language::CSharp;
            if is_colon || is_assigned {
                return Some((at, 1));
            }
            at = tokens.behind(at);
        }
        None
    }

    fn key(&self, from: usize, to: usize, separator: usize) -> Option<Named> {
        let tokens = self.tokens;
        let is_bare = match tokens.language {
            Language::JavaScript | Language::CSharp => true,
            // `key: value`, but a constant before `=>`.
            Language::Ruby => separator == 1,
            _ => false,
        };
        match tokens.kind(from)? {
            Kind::Word if from + 1 == to && is_bare => Some(bare(tokens, from, tokens.written(from))),
            Kind::Number if from + 1 == to => Some(bare(tokens, from, tokens.written(from))),
            _ => self.constants.resolve(tokens, from, to),
        }
    }

    /// Reads an entry whose key stands in brackets.
    fn bracketed(&mut self, from: usize, to: usize) {
        let (inside, end) = (from + 1, self.tokens.partner(from));
        if self.tokens.opens(from, b'{') {
            return self.put(inside, end);
        }
        let is_value = self.tokens.is(end + 1, b':') || self.tokens.is(end + 1, b'=');
        if is_value && let Some(name) = self.constants.resolve(self.tokens, inside, end) {
            self.push(name, end + 2, to);
        }
    }

    pub(crate) fn push(&mut self, name: Named, from: usize, to: usize) {
        let to = to.max(from);
        let value = value(self.tokens, from, to);
        self.entries.push(Entry { name, value, value_at: part(self.tokens, from, to) });
    }
}

/// Returns a key that is a word without quotes.
pub(crate) fn bare(tokens: &Tokens<'_>, at: usize, key: &str) -> Named {
    Named { text: key.to_owned(), at: tokens.start(at)..tokens.end(at), written: None, is_whole: true }
}
