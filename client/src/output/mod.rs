//! What goes to stdout: one value in one of five formats, never wrapped and never interpreted.

mod filter;
mod format;
mod rows;
pub(crate) mod screen;
pub(crate) mod spinner;
pub(crate) mod stdout;
mod table;
mod text;

use std::io::Write;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;
use serde_json::Value;

pub(crate) use format::Format;
pub(crate) use table::fitted;
pub(crate) use text::{compact, escaped, json, pretty, printable};

use filter::Filter;
use rows::Reader;

/// How the caller wants to see values.
pub(crate) struct Output {
    format: Format,
    filter: Option<Filter>,
}

impl Output {
    /// Returns an output to stdout. A filter without a format means JSON, and neither means `usual`.
    ///
    /// # Errors
    /// When the filter is wrong, or comes with a format that it cannot apply to.
    pub(crate) fn new(format: Option<Format>, filter: Option<&str>, usual: Format) -> Result<Self, Failure> {
        let filter = filter.map(Filter::compile).transpose()?;
        let format = match (format, &filter) {
            (None, None) => usual,
            (None, Some(_)) => Format::Json,
            (Some(Format::Table | Format::Csv | Format::Plain), Some(_)) => {
                let detail = "--jq works on JSON: use it with -f json or -f jsonl";
                return Err(Failure::new(FailureKind::InvalidArgument, detail));
            }
            (Some(format), _) => format,
        };
        Ok(Self { format, filter })
    }

    /// Returns how values are shown.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// Shows a value. `human` makes the text for people, and is asked only when that is wanted.
    ///
    /// # Errors
    /// When the filter fails on this value, or stdout cannot be written to.
    pub(crate) fn show(&mut self, value: &Value, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = match (&self.filter, self.format) {
            (Some(filter), format) => filter.run(value, format)?,
            (None, Format::Json) => pretty(value),
            (None, Format::Jsonl) => rows::lines(value),
            (None, Format::Csv) => rows::csv(value, reader())?,
            (None, Format::Plain) => rows::plain(value, reader()),
            (None, Format::Table) => printable(&human()),
        };
        put(&text, self.spelling())
    }

    /// Returns how a terminal shows values: what is JSON stays JSON.
    pub(crate) const fn spelling(&self) -> Spelling {
        match self.format {
            Format::Json | Format::Jsonl => Spelling::Json,
            Format::Table | Format::Csv | Format::Plain => Spelling::Plain,
        }
    }

    /// Returns a value as JSON in one line, or what the filter makes of it, each result in a line.
    ///
    /// # Errors
    /// When the filter fails on this value.
    pub(crate) fn one_line(&self, value: &Value) -> Result<String, Failure> {
        let text = match &self.filter {
            Some(filter) => filter.run(value, Format::Jsonl)?,
            None => rows::lines(value),
        };
        Ok(text.trim_end_matches('\n').to_owned())
    }

    /// Shows an answer of Mixpanel. As plain words an object is the one that stands for it, if it has one. `human` is told how wide a table
    /// may be, if it matters.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub(crate) fn show_answer(
        &mut self,
        value: &Value,
        human: impl FnOnce(Option<usize>) -> String,
    ) -> Result<(), Failure> {
        if self.filter.is_none() && self.format == Format::Plain && value.is_object() {
            return put(&rows::plain_answer(value, reader()), self.spelling());
        }
        self.show(value, || human(width()))
    }

    /// Shows a text for people whatever the format, as commands do that only say what they did.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        put(text, Spelling::Plain)
    }
}

/// Returns who reads stdout.
fn reader() -> Reader {
    if screen::is_stdout_watched() { Reader::Person } else { Reader::Program }
}

/// Writes a text to stdout, with an end of line.
fn put(text: &str, spelling: Spelling) -> Result<(), Failure> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut out = screen::stdout(spelling);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes()));
    stdout::is_read(written.and_then(|()| out.flush())).map(drop)
}

/// Returns how wide a table may be: as `COLUMNS` says, else as the terminal is. Where there is none, nothing is in the way.
fn width() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    told.or_else(screen::columns)
}
