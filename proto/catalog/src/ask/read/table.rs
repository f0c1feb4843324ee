//! Tables: rows of values by the names of their columns.

use serde_json::{Map, Value, json};

/// A table that is being made.
pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Value>,
}

impl Table {
    /// Returns a table without rows.
    pub(super) fn new<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row: a value for each column, in their order. Where there are fewer, the rest is null.
    pub(super) fn push(&mut self, values: impl IntoIterator<Item = Value>) {
        let values = values.into_iter().chain(std::iter::repeat(Value::Null));
        let row: Map<String, Value> = self.columns.iter().cloned().zip(values).collect();
        self.rows.push(Value::Object(row));
    }

    /// Returns the table.
    pub(super) fn into_value(self) -> Value {
        json!({"columns": self.columns, "rows": self.rows})
    }
}
