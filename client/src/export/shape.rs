//! What becomes of lines before they are written: the repeated ones go, and rows are made of them.

use mp_proto::failure::Failure;
use serde_json::{Value, json};

use super::rows::Rows;
use super::sieve::Sieve;

/// What becomes of lines.
#[derive(Debug, Default)]
pub(super) struct Shape {
    sieve: Option<Sieve>,
    rows: Option<Rows>,
    /// How many lines were left out.
    pub(super) repeated: u64,
}

impl Shape {
    /// Returns what leaves out repeated lines, makes rows, both or neither.
    pub(super) fn new(without_repeated: bool, rows: Option<Rows>) -> Self {
        // Rows are made of whole lines, so these are put together for them, too.
        let sieve = (without_repeated || rows.is_some()).then(|| Sieve::new(without_repeated));
        Self { sieve, rows, repeated: 0 }
    }

    /// Whether lines stay as they are.
    pub(super) fn is_plain(&self) -> bool {
        self.sieve.is_none()
    }

    /// Adds to what tells one export from another.
    pub(super) fn describe(&self, request: &mut Value) {
        if let Some(rows) = &self.rows {
            request["columns"] = rows.described();
        }
        if self.sieve.as_ref().is_some_and(Sieve::leaves_out) {
            request["dedupe"] = json!(true);
        }
    }

    /// Returns what stands before everything else.
    pub(super) fn head(&self) -> Vec<u8> {
        self.rows.as_ref().map_or_else(Vec::new, Rows::header)
    }

    /// Takes bytes, and returns what is written of them.
    ///
    /// # Errors
    /// When a line cannot be a row.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut lines = Vec::with_capacity(bytes.len());
        match &mut self.sieve {
            Some(sieve) => sieve.pass(bytes, &mut lines),
            None => lines.extend_from_slice(bytes),
        }
        self.rowed(lines)
    }

    /// Ends a part, and returns what is still to be written of it.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(super) fn end(&mut self) -> Result<Vec<u8>, Failure> {
        let mut lines = Vec::new();
        if let Some(sieve) = &mut self.sieve {
            self.repeated += sieve.end(&mut lines).repeated;
        }
        self.rowed(lines)
    }

    /// Forgets what came of a part that begins anew.
    pub(super) fn forget(&mut self) {
        if let Some(sieve) = &mut self.sieve {
            sieve.forget();
        }
    }

    fn rowed(&self, lines: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let Some(rows) = &self.rows else { return Ok(lines) };
        let mut out = Vec::with_capacity(lines.len());
        rows.add(&lines, &mut out)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_left_out_and_made_rows() {
        let line =
            |n: u8| format!("{{\"event\":\"a\",\"properties\":{{\"time\":5,\"$insert_id\":\"i\",\"n\":{n}}}}}\n");
        let text = format!("{}{}", line(1), line(2));
        let shaped = |without_repeated, columns: Option<&str>| {
            let rows = columns.map(|columns| Rows::new(Some(columns), true, false).expect("good names").0);
            let mut shape = Shape::new(without_repeated, rows);
            let mut out = shape.head();
            for piece in text.as_bytes().chunks(10) {
                out.extend(shape.take(piece).expect("lines"));
            }
            out.extend(shape.end().expect("lines"));
            let mut request = json!({});
            shape.describe(&mut request);
            (String::from_utf8(out).expect("text"), shape.repeated, request)
        };
        assert_eq!(shaped(false, None), (text.clone(), 0, json!({})));
        assert_eq!(shaped(true, None), (line(1), 1, json!({"dedupe": true})));
        assert_eq!(shaped(false, Some("n")).0, "n\n1\n2\n");
        assert_eq!(shaped(true, Some("event,n")).0, "event,n\na,1\n");
    }
}
