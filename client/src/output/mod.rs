//! What goes to stdout: one value in one of five formats, never wrapped and never interpreted.

mod cell;
mod filter;
mod format;
mod moment;
mod rows;
pub(crate) mod screen;
pub(crate) mod spinner;
pub(crate) mod stdout;
mod table;
mod text;
mod view;

use std::io::Write;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;
use serde_json::Value;

pub(crate) use cell::{cell, epoch, fields, title};
pub(crate) use format::{Format, Preference, Usual};
pub(crate) use moment::moment;
pub(crate) use table::{fitted, listed, padded};
pub(crate) use text::{escaped, json, pretty, printable};
pub(crate) use view::{Reader, View};

use filter::Filter;

/// How the caller wants to see values.
pub(crate) struct Output {
    asked: Option<Format>,
    filter: Option<Filter>,
    usual: Usual,
    preference: Preference,
}

/// An answer of Mixpanel, and what can be made of it.
pub(crate) struct Shown<'a> {
    /// The answer.
    pub(crate) value: &'a Value,
    /// Whether it is a list, or is shown as one.
    pub(crate) is_list: bool,
    /// Its rows, where a table of it is not made of its entries.
    pub(crate) rows: Option<Value>,
    /// The words that stand for its entries, where those are not their names.
    pub(crate) words: Option<Vec<String>>,
}

impl Output {
    /// Returns an output to stdout. A filter without a format means JSON, and neither means what is usual.
    ///
    /// # Errors
    /// When the filter is wrong, or comes with a format that it cannot apply to.
    pub(crate) fn new(
        asked: Option<Format>,
        filter: Option<&str>,
        usual: Usual,
        preference: Preference,
    ) -> Result<Self, Failure> {
        let filter = filter.map(Filter::compile).transpose()?;
        let asked = match (asked, &filter) {
            (None, Some(_)) => Some(Format::Json),
            (Some(Format::Table | Format::Csv | Format::Plain), Some(_)) => {
                let detail = "--jq works on JSON: use it with -f json or -f jsonl";
                return Err(Failure::new(FailureKind::InvalidArgument, detail));
            }
            (asked, _) => asked,
        };
        Ok(Self { asked, filter, usual, preference })
    }

    /// Returns an output of one format, whatever anybody prefers.
    pub(crate) fn only(format: Format) -> Self {
        Self { asked: Some(format), filter: None, usual: Usual::Only(format), preference: Preference::default() }
    }

    /// Returns how a value that is no list is shown.
    pub(crate) fn format(&self) -> Format {
        self.format_of(false)
    }

    fn format_of(&self, is_list: bool) -> Format {
        self.asked.unwrap_or_else(|| self.usual.format(Reader::of_stdout(), self.preference.format(), is_list))
    }

    /// Returns where what the daemon tells of its user's preference is to be taken.
    pub(crate) fn preference(&self) -> Preference {
        self.preference.clone()
    }

    /// Shows a value. `human` makes the text for people, and is asked only when that is wanted.
    ///
    /// # Errors
    /// When the filter fails on this value, or stdout cannot be written to.
    pub(crate) fn show(&mut self, value: &Value, human: impl FnOnce() -> String) -> Result<(), Failure> {
        self.show_as(self.format_of(value.is_array()), value, human)
    }

    fn show_as(&self, format: Format, value: &Value, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let reader = Reader::of_stdout();
        let text = match (&self.filter, format) {
            (Some(filter), format) => filter.run(value, format)?,
            (None, Format::Json) => pretty(value),
            (None, Format::Jsonl) => rows::lines(value),
            (None, Format::Csv) => rows::csv(value, reader)?,
            (None, Format::Plain) => rows::plain(value, reader),
            (None, Format::Table) => printable(&human()),
        };
        put(&text, spelling(format))
    }

    /// Returns how a terminal shows values: what is JSON stays JSON.
    pub(crate) fn spelling(&self) -> Spelling {
        spelling(self.format())
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

    /// Shows an answer of Mixpanel. As plain words an object is the one that stands for it, if it has one. `human` is told what a table
    /// has to fit.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub(crate) fn show_answer(
        &mut self,
        shown: &Shown<'_>,
        human: impl FnOnce(&View) -> String,
    ) -> Result<(), Failure> {
        let (reader, format) = (Reader::of_stdout(), self.format_of(shown.is_list));
        let value = match (format, &shown.rows) {
            (Format::Csv, Some(rows)) => rows,
            _ => shown.value,
        };
        match (format, &shown.words) {
            (Format::Plain, Some(words)) if self.filter.is_none() => {
                put(&rows::plain(&words.as_slice().into(), reader), Spelling::Plain)
            }
            (Format::Plain, None) if self.filter.is_none() && value.is_object() => {
                put(&rows::plain_answer(value, reader), Spelling::Plain)
            }
            _ => self.show_as(format, value, || human(&View::of_stdout())),
        }
    }

    /// Shows a drawing for people, in colours where those are seen.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn paint(&mut self, spans: &[screen::Span]) -> Result<(), Failure> {
        let mut out = screen::stdout(Spelling::Plain);
        let written = out.paint(spans, screen::is_coloured());
        stdout::is_read(written.and_then(|()| out.flush())).map(drop)
    }

    /// Shows a text for people whatever the format, as commands do that only say what they did.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        put(text, Spelling::Plain)
    }
}

const fn spelling(format: Format) -> Spelling {
    match format {
        Format::Json | Format::Jsonl => Spelling::Json,
        Format::Table | Format::Csv | Format::Plain => Spelling::Plain,
    }
}

/// Writes a text to stdout, with an end of line.
fn put(text: &str, spelling: Spelling) -> Result<(), Failure> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut out = screen::stdout(spelling);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes()));
    stdout::is_read(written.and_then(|()| out.flush())).map(drop)
}
