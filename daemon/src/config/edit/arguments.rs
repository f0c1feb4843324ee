//! The arguments of a change, checked: all of their problems are told together.

use mp_proto::failure::Problem;
use mp_proto::ids::{IdError, WorkspaceId};

use super::error::EditError;

/// The problems of a change, collected.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) usage: bool,
    pub(super) problems: Vec<Problem>,
}

impl Arguments {
    /// Takes a value that would be stored.
    pub(super) fn value<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        parsed.map_err(|error| self.problems.push(Problem::new(at, format!("{at}: {error}")))).ok()
    }

    /// Takes a choice of few words.
    pub(super) fn choice<T>(&mut self, at: &str, parsed: Result<T, IdError>) -> Option<T> {
        self.usage |= parsed.is_err();
        self.value(at, parsed)
    }

    /// Adds a problem that no file could make right.
    pub(super) fn misuse(&mut self, at: &str, detail: impl Into<String>) {
        self.usage = true;
        self.problems.push(Problem::new(at, detail));
    }

    pub(super) fn workspace(&mut self, workspace: Option<i64>) -> Option<WorkspaceId> {
        let given = workspace?;
        let id = WorkspaceId::new(given);
        if id.is_none() {
            let detail = format!("workspace: {given} is not a workspace id (a positive integer)");
            self.problems.push(Problem::new("workspace", detail));
        }
        id
    }

    pub(super) fn done(self) -> Result<(), EditError> {
        let Self { usage, problems } = self;
        if problems.is_empty() { Ok(()) } else { Err(EditError::Arguments { usage, problems }) }
    }
}
