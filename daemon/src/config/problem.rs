//! What is wrong with a config file, and where exactly.

use std::path::Path;

use mp_proto::failure::{Failure, FailureKind, Problem};

use super::legacy::legacy_recovery;

/// A value and the line it stands on, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its line.
    pub line: usize,
}

/// The part of the file that a problem makes unusable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The text is not TOML.
    Syntax,
    /// The file is of a release before 0.4.
    Legacy,
    /// `accounts` or `targets` is not a table.
    Root,
    /// `[active]`.
    Active,
    /// One account, by its key.
    Account(String),
    /// One target, by its key.
    Target(String),
    /// The header of `[settings].custom_header`. Without it no request goes out: it may be what a proxy on the way lets it through by.
    Header,
    /// The rest of `[settings]`.
    Settings,
}

impl Scope {
    /// Returns whether nothing of the file can be used.
    pub fn is_blocking(&self) -> bool {
        matches!(self, Self::Syntax | Self::Legacy | Self::Root)
    }
}

/// One problem. It never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What it makes unusable.
    pub scope: Scope,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub detail: String,
}

impl ConfigProblem {
    /// Returns the problem as the socket API tells it.
    pub fn to_problem(&self, path: &Path) -> Problem {
        Problem::new(format!("{}:{}:{}", path.display(), self.line, self.column), self.detail.clone())
    }
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.detail)
    }
}

/// Finds the line and column of an offset.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // An editor does not show a byte order mark, so it does not count as a column.
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Returns line and column, both from 1. An offset inside a character counts as its start.
    pub(super) fn locate(&self, offset: usize) -> (usize, usize) {
        let offset = (0..=offset.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        (line, self.text.get(start..offset).map_or(1, |before| before.chars().count() + 1))
    }
}

/// Returns the failure that these problems of a config file are, if there are any. Legacy files get the way out.
pub fn unusable(path: &Path, problems: &[&ConfigProblem]) -> Option<Failure> {
    if problems.is_empty() {
        return None;
    }
    let errors: Vec<Problem> = problems.iter().map(|problem| problem.to_problem(path)).collect();
    if problems.iter().any(|problem| problem.scope == Scope::Legacy) {
        let detail = format!("{} was written by a release before 0.4 and cannot be read any more", path.display());
        let mut failure = Failure::new(FailureKind::ConfigLegacy, detail).errors(errors);
        failure.next = legacy_recovery(path);
        return Some(failure);
    }
    let detail = format!("{} cannot be used as it stands", path.display());
    Some(Failure::new(FailureKind::ConfigInvalid, detail).errors(errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "\u{feff}a = é\u{1f600}x\r\nb\n";
        let lines = Lines::new(text);
        let table = [
            (0, (1, 1)),
            (3, (1, 1)),
            (7, (1, 5)),
            (8, (1, 5)),
            (9, (1, 6)),
            (13, (1, 7)),
            (16, (2, 1)),
            (17, (2, 2)),
            (18, (3, 1)),
            (99, (3, 1)),
        ];
        for (offset, expected) in table {
            assert_eq!(lines.locate(offset), expected, "offset {offset}");
        }
        assert_eq!(Lines::new("").locate(0), (1, 1));
    }
}
