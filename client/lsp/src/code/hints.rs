//! Who in a file is Mixpanel: libraries that are imported, and names that hold them. Other libraries have a `track`, too, and what is not
//! Mixpanel's for sure is not looked at.

use std::collections::HashSet;

use crate::scan::{Kind, Language, Tokens};

/// Names that usually hold Mixpanel in a file that imports it, if nothing else in the file says what they are.
const USUAL: [&str; 7] = ["mp", "mxp", "mix", "tracker", "client", "instance", "sdk"];

/// What may stand between `=` and the name of the library: what makes or fetches it.
const MAKERS: [&str; 12] = [
    "new",
    "await",
    "require",
    "import",
    "useRef",
    "Optional",
    "const",
    "try",
    "lateinit",
    "self",
    "this",
    "sharedInstance",
];

/// What is known in a file.
#[derive(Debug, Default)]
pub(crate) struct Hints<'t> {
    holders: HashSet<&'t str>,
    functions: HashSet<&'t str>,
    others: HashSet<&'t str>,
    imports: bool,
}

/// Whether a name is one of Mixpanel's own.
pub(crate) fn is_named(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.windows(8).any(|part| part.eq_ignore_ascii_case(b"mixpanel"))
}

/// Returns a name without what some languages put before it.
pub(crate) fn plain(name: &str) -> &str {
    name.trim_start_matches(['@', '$', '_', '#']).trim_end_matches(['_', '$'])
}

impl<'t> Hints<'t> {
    /// Reads a file.
    pub(crate) fn of(tokens: &Tokens<'t>) -> Self {
        let mut hints = Self::default();
        for at in 0..tokens.len() {
            match tokens.kind(at) {
                Some(Kind::Word) if is_named(tokens.written(at)) || tokens.written(at) == "MessageBuilder" => {
                    hints.word(tokens, at);
                }
                Some(Kind::Text { .. }) if is_named(tokens.written(at)) => hints.import(tokens, at),
                Some(Kind::Word) if USUAL.contains(&plain(tokens.written(at))) => {
                    let value = at + 2;
                    if tokens.is(at + 1, b'=') || tokens.are(at + 1, b":=") {
                        let end = value + 8;
                        let is_ours = (value..end.min(tokens.len()))
                            .take_while(|at| !tokens.begins_line(*at) || *at == value)
                            .any(|at| is_named(tokens.written(at)));
                        if !is_ours && !tokens.are(at + 1, b"==") {
                            hints.others.insert(plain(tokens.written(at)));
                        }
                    }
                }
                _ => {}
            }
        }
        hints
    }

    /// Whether calls on these names are Mixpanel's. The last name is that of the object that has the method.
    pub(crate) fn is_mixpanel(&self, names: &[&str]) -> bool {
        if names.iter().any(|name| is_named(name) || self.holders.contains(plain(name))) {
            return true;
        }
        let usual = |name: &&&str| USUAL.contains(&plain(name)) && !self.others.contains(plain(name));
        self.imports && names.last().filter(usual).is_some() && names.len() <= 2
    }

    /// Whether a function of this name, called alone, is Mixpanel's.
    pub(crate) fn is_function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }

    /// Reads what a name of the library stands in.
    fn word(&mut self, tokens: &Tokens<'t>, at: usize) {
        let is_import = (at.saturating_sub(4)..at).any(|before| {
            ["import", "from", "use", "using", "require", "include"].contains(&tokens.word(before).unwrap_or_default())
        });
        self.imports |= is_import;
        if is_import && tokens.word(at + 1) == Some("as") {
            self.hold(tokens, at + 2);
        }
        self.typed(tokens, at);
        self.assigned(tokens, at);
    }

    fn hold(&mut self, tokens: &Tokens<'t>, at: usize) {
        if let Some(name) = tokens.word(at).map(plain).filter(|name| name.len() > 1) {
            self.holders.insert(name);
        }
    }

    /// `mp: Mixpanel`, `MixpanelAPI mp`, `mp *mixpanel.ApiClient`
    fn typed(&mut self, tokens: &Tokens<'t>, at: usize) {
        let Some(before) = at.checked_sub(1) else { return };
        match tokens.language {
            Language::Go => {
                let is_type = tokens.is(at + 1, b'.') && tokens.word(at + 2).is_some() && !tokens.opens(at + 3, b'(');
                let name = if tokens.is(before, b'*') { before.checked_sub(1) } else { Some(before) };
                if let Some(name) = name.filter(|name| is_type && !tokens.begins_line(*name + 1)) {
                    self.hold(tokens, name);
                }
            }
            Language::Java | Language::CSharp | Language::Dart | Language::ObjectiveC => {
                let name = at + 1 + usize::from(tokens.is(at + 1, b'?') || tokens.is(at + 1, b'*'));
                let ends = matches!(tokens.kind(name + 1), Some(Kind::Sign(b'=' | b';' | b',') | Kind::Close(b'(')));
                if ends && !tokens.begins_line(name) {
                    self.hold(tokens, name);
                }
            }
            _ => {}
        }
        let colon = if tokens.opens(before, b'[') { before.checked_sub(2) } else { Some(before) };
        if let Some(colon) =
            colon.filter(|colon| tokens.is(*colon, b':') && !tokens.are(colon.saturating_sub(1), b"::"))
            && let Some(name) = colon.checked_sub(1)
        {
            let is_optional = tokens.is(name, b'?') && name > 0;
            self.hold(tokens, name - usize::from(is_optional));
        }
    }

    /// `mp = Mixpanel(…)`, `mp = require('mixpanel')`, `mp := mixpanel.NewApiClient(…)`
    fn assigned(&mut self, tokens: &Tokens<'t>, from: usize) {
        let first = from.saturating_sub(12);
        for at in (first..from).rev() {
            match tokens.kind(at) {
                Some(Kind::Sign(b'='))
                    if !tokens.are(at, b"==") && !tokens.are(at, b"=>") && !tokens.are(at.saturating_sub(1), b"==") =>
                {
                    let name = at - usize::from(at > 0) - usize::from(at > 1 && tokens.is(at - 1, b':'));
                    let typed = name.checked_sub(2).filter(|_| name > 1 && tokens.is(name - 1, b':'));
                    return self.hold(tokens, typed.unwrap_or(name));
                }
                Some(Kind::Word) if MAKERS.contains(&tokens.written(at)) || tokens.is(at + 1, b'.') => {}
                Some(Kind::Sign(b'.' | b'&' | b'*' | b'?' | b'!' | b':')) => {}
                Some(Kind::Open(b'(')) if at > 0 && MAKERS.contains(&tokens.written(at - 1)) => {}
                _ => return,
            }
        }
    }

    /// Reads what the name of a package stands in: `import mp, { track } from 'mixpanel-browser'`.
    fn import(&mut self, tokens: &Tokens<'t>, at: usize) {
        self.assigned(tokens, at);
        let word = |at: usize| tokens.word(at).unwrap_or_default();
        let before = at.checked_sub(1).unwrap_or(at);
        let is_require = ["import", "require", "require_relative", "from", "require_once"].contains(&word(before))
            || (tokens.opens(before, b'(') && ["require", "import"].contains(&word(before.saturating_sub(1))));
        // In Go, a line of an import.
        let is_go = tokens.language == Language::Go && (tokens.begins_line(at) || tokens.begins_line(before));
        self.imports |= is_require || is_go;
        if is_go && tokens.word(before).is_some() && tokens.begins_line(before) {
            self.hold(tokens, before);
        }
        if word(at + 1) == "as" {
            self.hold(tokens, at + 2);
        }
        if word(before) == "from" {
            self.imported(tokens, before, tokens.said(at).is_some_and(|name| name.starts_with("mixpanel")));
        }
    }

    /// Takes the names between `import` and `from`.
    fn imported(&mut self, tokens: &Tokens<'t>, from: usize, is_library: bool) {
        let mut at = from;
        while at > from.saturating_sub(40) && at > 0 {
            at -= 1;
            if tokens.word(at) == Some("import") {
                let name = at + 1 + if tokens.is(at + 1, b'*') { 2 } else { 0 };
                self.hold(tokens, name);
                return;
            }
            if is_library && tokens.word(at).is_some_and(|word| word != "as") && !tokens.is(at.saturating_sub(1), b'*')
            {
                self.functions.extend(tokens.word(at));
            }
        }
    }
}

/// Returns the names before a method, the nearest last, and where they begin: `mixpanel.people.set` has `mixpanel`, `people`.
pub(crate) fn receiver<'t>(tokens: &Tokens<'t>, method: usize) -> (Vec<&'t str>, usize) {
    let (mut names, mut at) = (Vec::new(), method);
    while names.len() < 8 {
        let Some(length) =
            (1..=3).rev().find(|length| at >= *length && super::names::separator(tokens, at - length) == Some(*length))
        else {
            break;
        };
        let Some(mut before) = at.checked_sub(length + 1) else { break };
        // `getInstance(…)`, `window['mixpanel']`
        while matches!(tokens.kind(before), Some(Kind::Close(b'(' | b'['))) {
            let open = tokens.partner(before).min(before);
            if tokens.opens(open, b'[')
                && open + 2 == before
                && let Some(range) = tokens.content(open + 1)
            {
                names.push(&tokens.text[range]);
            }
            match open.checked_sub(1) {
                Some(next) => before = next,
                None => break,
            }
        }
        while matches!(tokens.kind(before), Some(Kind::Sign(b'!' | b'?'))) && before > 0 {
            before -= 1;
        }
        let Some(name) = tokens.word(before) else { break };
        names.push(name);
        at = before;
    }
    names.reverse();
    (names, at)
}
