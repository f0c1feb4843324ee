//! The rows of an answer, as they came.

use serde_json::{Map, Value};

use crate::output::{Reader, cell};

/// The rows of an answer.
pub(super) struct Rows<'a> {
    pub(super) columns: Vec<&'a str>,
    pub(super) rows: Vec<&'a Map<String, Value>>,
}

impl<'a> Rows<'a> {
    /// Returns those of an answer.
    pub(super) fn of(answer: &'a Value) -> Self {
        let list = |name: &str| answer.pointer(name).and_then(Value::as_array).into_iter().flatten();
        Self {
            columns: list("/table/columns").filter_map(Value::as_str).collect(),
            rows: list("/table/rows").filter_map(Value::as_object).collect(),
        }
    }

    /// Returns whether there is a column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    /// Returns the rows with their members in the order of the columns.
    pub(super) fn tidy(&self) -> Value {
        let row = |row: &&Map<String, Value>| -> Value {
            let cells = self.columns.iter();
            cells
                .map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or_default()))
                .collect::<Map<_, _>>()
                .into()
        };
        self.rows.iter().map(row).collect()
    }

    /// Returns the last cell of each row, which is the number that was asked for.
    pub(super) fn words(&self) -> Vec<String> {
        let Some(last) = self.columns.last() else { return Vec::new() };
        self.rows.iter().map(|row| cell(last, row.get(*last), Reader::Program)).collect()
    }
}
