//! A source file as its tokens: which modules it has, what it imports and names, how long its functions are. What only tests see is
//! left out.
//!
//! Tokens and no syntax tree, because a tree does not look into macros, and much of the code stands in `select!`, `json!` and the like.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// The child modules, by the inline modules around them and their names.
    pub(super) modules: Vec<Module>,
    /// What is imported: one for each branch of a `use`.
    pub(super) imports: Vec<Path>,
    /// What is named by a path in all other code.
    pub(super) paths: Vec<Path>,
    /// The functions that have a body.
    pub(super) functions: Vec<Function>,
    /// Those that only tests see.
    pub(super) of_tests: Vec<Function>,
}

/// A child module.
#[derive(Debug)]
pub(super) struct Module {
    /// Its name, behind those of the inline modules around it.
    pub(super) path: Vec<String>,
    /// Whether its body stands in the same file.
    pub(super) is_inline: bool,
}

/// A path, as it is written.
#[derive(Debug)]
pub(super) struct Path {
    /// The inline modules around it.
    pub(super) within: Vec<String>,
    /// Its words. An import of all of a module is the path of the module.
    pub(super) words: Vec<String>,
    /// The name that an import gives to what it imports; empty if it gives none.
    pub(super) name: String,
    /// The line.
    pub(super) line: usize,
}

/// A function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// How many lines it has, with its head and both braces.
    pub(super) lines: usize,
}

/// What an item can begin with, once attributes and visibility are off.
const ITEMS: [&str; 13] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "type",
    "use",
];

impl Code {
    /// Reads a file.
    pub(super) fn read(text: &str) -> Self {
        let tokens: TokenStream = text.parse().expect("a file that compiles has good tokens");
        let mut code = Self::default();
        code.scan(&tokens.into_iter().collect::<Vec<_>>(), &[]);
        code
    }

    fn scan(&mut self, tokens: &[TokenTree], within: &[String]) {
        let mut rest = tokens;
        while let Some(first) = rest.first() {
            rest = &rest[self.take(first, rest, within).max(1)..];
        }
    }

    /// Takes what `rest` begins with, and returns how many tokens that were.
    fn take(&mut self, first: &TokenTree, rest: &[TokenTree], within: &[String]) -> usize {
        if is_for_tests(rest) {
            let end = item(rest);
            let mut tests = Self::default();
            tests.scan(&rest[2..end], within);
            self.of_tests.extend(tests.functions.into_iter().chain(tests.of_tests));
            return end;
        }
        match (word(first).as_deref(), rest.get(1)) {
            (Some("use"), Some(next)) if !is(next, '<') => {
                let end = rest.iter().position(|token| is(token, ';')).unwrap_or(rest.len());
                self.import(&rest[1..end], &[], within);
                end
            }
            (Some("mod"), Some(TokenTree::Ident(name))) => {
                let path: Vec<String> = within.iter().cloned().chain([name.to_string()]).collect();
                let body = rest.get(2).and_then(braces);
                if let Some(body) = &body {
                    self.scan(body, &path);
                }
                self.modules.push(Module { path, is_inline: body.is_some() });
                3
            }
            (Some("fn"), Some(TokenTree::Ident(name))) => {
                self.functions.extend(lines(rest).map(|lines| Function { name: name.to_string(), lines }));
                2
            }
            // `pub(in crate::x)` says who may see it, and names nothing that is used.
            (Some("pub"), Some(TokenTree::Group(group))) if group.stream().to_string().starts_with("in ") => 2,
            (Some(_), _) => {
                let (words, taken) = path(rest);
                self.note(words, first, within);
                taken
            }
            // A path that begins with `::` is another crate's, and one behind `>` a type's.
            (None, _) if is_separator(rest) => 2 + path(&rest[2..]).1,
            (None, _) => {
                if let TokenTree::Group(group) = first {
                    self.scan(&inside(group), within);
                }
                1
            }
        }
    }

    fn note(&mut self, words: Vec<String>, first: &TokenTree, within: &[String]) {
        let line = first.span().start().line;
        self.paths.push(Path { within: within.to_vec(), words, name: String::new(), line });
    }

    /// Notes the branches of a `use`, each with the words that stand before it.
    fn import(&mut self, tree: &[TokenTree], before: &[String], within: &[String]) {
        let Some(first) = tree.first().filter(|_| !is_separator(tree)) else { return };
        let (own, taken) = path(tree);
        let mut words: Vec<String> = before.iter().cloned().chain(own).collect();
        let rest = if is_separator(&tree[taken..]) { &tree[taken + 2..] } else { &tree[taken..] };
        if let Some(group) = rest.first().and_then(braces) {
            for branch in group.split(|token| is(token, ',')) {
                self.import(branch, &words, within);
            }
            return;
        }
        if words.len() > 1 && words.last().is_some_and(|last| last == "self") {
            words.pop();
        }
        let renamed = rest.first().and_then(word).is_some_and(|word| word == "as");
        let name = match (rest.first(), rest.get(1)) {
            (Some(star), _) if is(star, '*') => String::new(),
            (_, Some(name)) if renamed => name.to_string(),
            _ => words.last().cloned().unwrap_or_default(),
        };
        let line = first.span().start().line;
        self.imports.push(Path { within: within.to_vec(), words, name, line });
    }
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn braces(token: &TokenTree) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(inside(group)),
        _ => None,
    }
}

/// Whether tokens begin with `::`.
fn is_separator(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Punct(one), TokenTree::Punct(other), ..] => {
            one.as_char() == ':' && one.spacing() == Spacing::Joint && other.as_char() == ':'
        }
        _ => false,
    }
}

/// Returns the words of the path that tokens begin with, and how many tokens it has.
fn path(tokens: &[TokenTree]) -> (Vec<String>, usize) {
    let (mut words, mut taken) = (Vec::new(), 0);
    while let Some(next) = tokens.get(taken).and_then(word) {
        words.push(next);
        taken += 1;
        if !is_separator(&tokens[taken..]) || tokens.get(taken + 2).and_then(word).is_none() {
            break;
        }
        taken += 2;
    }
    (words, taken)
}

/// Whether tokens begin with `#[cfg(test)]`, or with one that asks for more than that.
fn is_for_tests(tokens: &[TokenTree]) -> bool {
    let [hash, TokenTree::Group(attribute), ..] = tokens else { return false };
    let text = attribute.stream().to_string().replace(' ', "");
    is(hash, '#') && (text == "cfg(test)" || text.starts_with("cfg(all(test,"))
}

/// Returns how many tokens an item has, or a field or statement, with its attributes.
fn item(tokens: &[TokenTree]) -> usize {
    let mut at = 0;
    while tokens.get(at).is_some_and(|token| is(token, '#')) {
        at += 2;
    }
    if tokens.get(at).and_then(word).is_some_and(|word| word == "pub") {
        at += 1 + usize::from(matches!(tokens.get(at + 1), Some(TokenTree::Group(_))));
    }
    let is_item = tokens.get(at).and_then(word).is_some_and(|word| ITEMS.contains(&word.as_str()));
    let ends = |token: &TokenTree| is(token, ';') || braces(token).is_some() || (!is_item && is(token, ','));
    tokens[at..].iter().position(ends).map_or(tokens.len(), |end| at + end + 1)
}

/// Returns how many lines a function has; none if it has no body.
fn lines(tokens: &[TokenTree]) -> Option<usize> {
    let end = tokens.iter().find(|token| is(token, ';') || braces(token).is_some())?;
    braces(end).map(|_| end.span().end().line - tokens[0].span().start().line + 1)
}

#[test]
fn functions_are_found_whatever_stands_before_them() {
    let text = "
fn a() {
    fn b() {
        1
    }
}
impl X {
    pub(super) async fn c<T>(
        one: [u8; 2],
    ) -> T
    where
        T: Fn(u8) -> u8,
    {}
    pub(in crate::x) const unsafe fn d() {}
    fn declared(&self);
}
macro_rules! m { ($name:ident) => { fn e() {
} fn $name() {} }; }
type F = fn(u8) -> u8;
#[cfg(test)]
fn s() {}
#[cfg(test)]
mod tests { fn t() {} }
";
    let shown =
        |found: Vec<Function>| found.iter().map(|one| format!("{} {}", one.name, one.lines)).collect::<Vec<_>>();
    let code = Code::read(text);
    assert_eq!(shown(code.functions), ["a 5", "b 3", "c 6", "d 1", "e 2"]);
    assert_eq!(shown(code.of_tests), ["s 1", "t 1"]);
}

#[test]
fn imports_and_paths_are_found_in_groups_and_macros() {
    let text = "
use std::{fmt, io::{self as io, Read}};
pub(crate) use crate::a::{b::*, self, c as d};
pub use ::other::e;
mod child;
mod inline { use super::f; mod deeper; }
#[cfg(test)] mod tests;
#[cfg(test)] use crate::left_out;
struct S { #[cfg(test)] left_out: crate::left::Out<u8>, g: crate::g::G }
pub(in crate::left_out) fn f() -> impl Sized + use<> { select! { h = self::h::i() => <T as crate::j::K>::l::m(), _ => ::left::out() } }
";
    let code = Code::read(text);
    let shown = |path: &Path| format!("{}{}={}", path.within.concat(), path.words.join("::"), path.name);
    let imports: Vec<String> = code.imports.iter().map(shown).collect();
    assert_eq!(
        imports,
        [
            "std::fmt=fmt",
            "std::io=io",
            "std::io::Read=Read",
            "crate::a::b=",
            "crate::a=a",
            "crate::a::c=d",
            "inlinesuper::f=f",
        ]
    );
    let long = code.paths.iter().filter(|path| path.words.len() > 1);
    assert_eq!(
        long.map(|path| path.words.join("::")).collect::<Vec<_>>(),
        ["crate::g::G", "self::h::i", "crate::j::K"]
    );
    let modules: Vec<String> = code.modules.iter().map(|module| module.path.join("::")).collect();
    assert_eq!(modules, ["child", "inline::deeper", "inline"]);
}
