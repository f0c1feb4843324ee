//! What is wrong with arguments: where, which code, in words. Problems are gathered, not thrown, so that all of them go into one answer.

use std::collections::HashSet;
use std::fmt;

use serde_json::Value;

use super::near::near;

/// Longest value of a caller that is shown in words, in characters.
const SHOWN: usize = 60;

/// No more problems are gathered: nobody reads on, and a list of a million wrong members must not become a million sentences.
const MOST: usize = 1000;

/// A problem or a warning of arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Path of the argument: `events[0].filters[1].value`; empty for the arguments as a whole.
    pub at: String,
    /// Its code, such as `V7_LAST_POSITIVE`.
    pub code: &'static str,
    /// What is wrong, in words.
    pub detail: String,
    /// What may have been meant.
    pub suggestions: Vec<String>,
}

/// How problems hide one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ask) enum Rank {
    /// A value that cannot be made at all; never hidden.
    Value,
    /// Stands alone: problems of arguments and body beside it say nothing, for what they speak of is not known.
    First,
    /// Arguments that do not go together.
    Arguments,
    /// A word that the body must not hold.
    Body,
    /// Told when nothing else is wrong.
    Last,
    /// Refuses nothing.
    Warning,
}

/// A code with its words. `{x}` and the like are filled in where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ask) struct Code {
    pub(in crate::ask) name: &'static str,
    pub(in crate::ask) rank: Rank,
    pub(in crate::ask) words: &'static str,
}

impl Code {
    /// Fills a place of the words.
    pub(in crate::ask) fn with(self, place: &str, value: impl fmt::Display) -> Said {
        Said::from(self).with(place, value)
    }

    /// Says that a word is none of a list, and which it may have been.
    pub(in crate::ask) fn word(self, given: &str, list: &[&str]) -> Said {
        let mut said = self.with("list", list.join(", ")).with("x", format_args!("{given:?}"));
        said.suggestions = near(given, list.iter().copied());
        said
    }

    /// Uses other words, for a case that the usual ones do not fit.
    pub(in crate::ask) fn saying(self, detail: impl Into<String>) -> Said {
        Said { code: self, detail: detail.into(), suggestions: Vec::new() }
    }
}

/// A code with its words filled in.
#[derive(Debug, Clone)]
pub(in crate::ask) struct Said {
    code: Code,
    detail: String,
    suggestions: Vec<String>,
}

impl Said {
    pub(in crate::ask) fn with(mut self, place: &str, value: impl fmt::Display) -> Self {
        let value = if ["list", "type"].contains(&place) { value.to_string() } else { cut(&value.to_string()) };
        self.detail = self.detail.replacen(&format!("{{{place}}}"), &value, 1);
        self
    }

    /// Adds to the end of the words.
    pub(in crate::ask) fn noting(mut self, words: fmt::Arguments<'_>) -> Self {
        self.detail = format!("{}{words}", self.detail);
        self
    }

    pub(in crate::ask) fn suggesting(mut self, words: Vec<String>) -> Self {
        self.suggestions = words;
        self
    }
}

impl From<Code> for Said {
    fn from(code: Code) -> Self {
        code.saying(code.words)
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns a value as words show it: short, and without what is in it.
pub(in crate::ask) fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        plain => cut(&plain.to_string()),
    }
}

/// Where in the arguments something is; written out only when something is wrong there.
#[derive(Debug, Clone, Copy)]
pub(in crate::ask) enum At<'a> {
    /// The arguments as a whole.
    Top,
    /// A member of an object.
    Key(&'a At<'a>, &'a str),
    /// A member of a list.
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    /// Returns the last name on the way, for words.
    pub(in crate::ask) fn name(&self) -> String {
        match self {
            Self::Top => "arguments".to_owned(),
            Self::Key(_, name) => cut(name),
            Self::Item(list, _) => format!("a member of {}", list.name()),
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_$".contains(c));
        match self {
            Self::Top => Ok(()),
            Self::Key(Self::Top, name) if is_plain(name) => f.write_str(&cut(name)),
            Self::Key(above, name) if is_plain(name) => write!(f, "{above}.{}", cut(name)),
            Self::Key(above, name) => write!(f, "{above}[{:?}]", cut(name)),
            Self::Item(above, index) => write!(f, "{above}[{index}]"),
        }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(in crate::ask) struct Report {
    faults: Vec<(Rank, Fault)>,
    seen: HashSet<(String, &'static str)>,
}

impl Report {
    /// Adds a problem, unless it is known.
    pub(in crate::ask) fn add(&mut self, at: impl fmt::Display, said: impl Into<Said>) {
        let said = said.into();
        self.add_as(said.code.rank, at, said);
    }

    /// Adds a problem that hides others in another way than its code usually does.
    pub(in crate::ask) fn add_as(&mut self, rank: Rank, at: impl fmt::Display, said: impl Into<Said>) {
        if self.is_full() {
            return;
        }
        let Said { code, detail, suggestions } = said.into();
        let at = at.to_string();
        if self.seen.insert((at.clone(), code.name)) {
            self.faults.push((rank, Fault { at, code: code.name, detail, suggestions }));
        } else if rank == Rank::First {
            let known = self.faults.iter_mut().filter(|(_, fault)| fault.code == code.name && fault.at == at);
            known.for_each(|(known, _)| *known = rank);
        }
    }

    /// Adds a problem in place of all others of the same argument, which is not to be there at all.
    pub(in crate::ask) fn replace(&mut self, at: At<'_>, said: impl Into<Said>) {
        let place = at.to_string();
        self.faults.retain(|(_, fault)| fault.at != place);
        self.add(place, said);
    }

    /// Tells whether no more problems are taken.
    pub(in crate::ask) fn is_full(&self) -> bool {
        self.faults.len() >= MOST
    }

    /// Returns what was built with the warnings, or all problems that are not hidden.
    pub(in crate::ask) fn finish<T>(self, built: T) -> Result<(T, Vec<Fault>), Vec<Fault>> {
        let has = |rank: Rank| self.faults.iter().any(|(found, _)| *found == rank);
        let is_alone = has(Rank::First);
        let hides_last = is_alone || has(Rank::Value) || has(Rank::Arguments) || has(Rank::Body);
        let is_refused = hides_last || has(Rank::Last);
        let is_kept = |rank: Rank| match rank {
            Rank::Value | Rank::First => true,
            Rank::Arguments | Rank::Body => !is_alone,
            Rank::Last => !hides_last,
            Rank::Warning => !is_refused,
        };
        let kept = self.faults.into_iter().filter(|(rank, _)| is_kept(*rank)).map(|(_, fault)| fault).collect();
        if is_refused { Err(kept) } else { Ok((built, kept)) }
    }
}
