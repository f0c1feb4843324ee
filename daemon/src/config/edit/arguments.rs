//! The arguments of a change, checked: all of their problems are told together.

use mp_proto::failure::Problems;
use mp_proto::ids::{IdError, WorkspaceId};

use super::error::EditError;

/// The problems of a change, collected.
#[derive(Default)]
pub(super) struct Arguments {
    /// Some of it is wrong whatever the file holds.
    pub(super) usage: bool,
    problems: Problems,
}

impl Arguments {
    /// Takes a value that would be stored.
    pub(super) fn value<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        self.problems.take(at, parsed.map_err(|error| format!("{at}: {error}")))
    }

    /// Takes a choice of few words.
    pub(super) fn choice<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        self.usage |= parsed.is_err();
        self.value(at, parsed)
    }

    /// Takes a workspace.
    pub(super) fn workspace(&mut self, workspace: Option<i64>) -> Option<WorkspaceId> {
        let given = workspace?;
        let id = WorkspaceId::new(given);
        self.problems
            .take("workspace", id.ok_or_else(|| format!("workspace: {given} is not {}", WorkspaceId::EXPECTED)))
    }

    /// Adds a problem that depends on what the file holds.
    pub(super) fn problem(&mut self, at: &str, detail: impl Into<String>) {
        self.problems.add(at, detail);
    }

    /// Adds a problem that no file could make right.
    pub(super) fn misuse(&mut self, at: &str, detail: impl Into<String>) {
        self.usage = true;
        self.problems.add(at, detail);
    }

    /// Ends the check.
    pub(super) fn done(self) -> Result<(), EditError> {
        let usage = self.usage;
        self.problems.check(Some(())).map_err(|problems| EditError::Arguments { usage, problems })
    }
}
