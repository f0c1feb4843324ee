//! What is done, and what became of it.

use std::path::PathBuf;

use serde_json::{Value, json};

/// A part of an installation that a user has, and no package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// What shells need to complete `mp`.
    Completions,
    /// The manual pages.
    Man,
    /// The unit of a service manager that starts the daemon.
    Unit,
}

/// What became of a step, or would become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// It is there now.
    Added,
    /// One that an earlier `mp setup` had written is as this one would write it.
    Updated,
    /// It was there already.
    Unchanged,
    /// A package has brought it.
    Provided,
    /// It was edited since, or is of other origin: it stays as it is.
    Kept,
    /// It was taken away.
    Removed,
    /// There was none.
    Absent,
    /// It cannot be had here, or nobody wanted it.
    Skipped,
    /// It went wrong.
    Failed,
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Of which part.
    pub(crate) part: Part,
    /// What it is about, in a few words.
    pub(crate) what: String,
    /// The file, or the folder of several.
    pub(crate) path: Option<PathBuf>,
    /// What became of it.
    pub(crate) state: State,
    /// More about that; empty where there is nothing to say.
    pub(crate) detail: String,
    /// What its user has to do, as lines for a shell or its settings.
    pub(crate) next: Vec<String>,
}

impl Part {
    /// All of them, in the order in which they are done.
    pub(crate) const ALL: [Self; 3] = [Self::Completions, Self::Man, Self::Unit];

    /// Their words.
    pub(crate) const WORDS: [&'static str; 3] = ["completions", "man", "unit"];

    /// Returns its word.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

impl State {
    /// Returns its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Provided => "provided",
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Absent => "absent",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    /// Returns how people are told.
    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Unchanged => "already there",
            Self::Provided => "there, by a package",
            Self::Kept => "kept as it is",
            Self::Absent => "was not there",
            state => state.word(),
        }
    }

    /// Returns whether something was changed by it.
    pub(crate) const fn is_change(self) -> bool {
        matches!(self, Self::Added | Self::Updated | Self::Removed)
    }
}

impl Step {
    /// A step of which there is nothing more to say.
    pub(crate) fn new(part: Part, what: impl Into<String>, state: State) -> Self {
        Self { part, what: what.into(), path: None, state, detail: String::new(), next: Vec::new() }
    }

    /// The same at a path.
    pub(crate) fn at(self, path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    /// The same with more to say.
    pub(crate) fn because(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Returns it as a record for programs.
    pub(crate) fn record(&self, is_dry: bool) -> Value {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        json!({
            "part": self.part.word(),
            "what": self.what,
            "state": self.state.word(),
            "dry_run": is_dry,
            "path": self.path.as_ref().map(|path| path.display().to_string()),
            "detail": text(&self.detail),
            "next": self.next,
        })
    }

    /// Returns it as a row for people.
    pub(crate) fn row(&self) -> Vec<String> {
        let path = self.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        vec![self.what.clone(), self.state.told().to_owned(), path, self.detail.clone()]
    }
}
