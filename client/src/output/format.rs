//! The formats in which a value can be shown, and who decides which.

use std::sync::{Arc, OnceLock};

use mp_proto::failure::{Failure, FailureKind};

use super::view::Reader;

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Indented by two spaces, other scripts kept as they are.
    Json,
    /// One value a line.
    Jsonl,
    /// For people.
    Table,
    /// RFC 4180, with a line of names.
    Csv,
    /// One name or value a line, for shells.
    Plain,
}

impl Format {
    /// The words that `--format` takes.
    pub(crate) const WORDS: [&'static str; 5] = ["json", "jsonl", "table", "csv", "plain"];

    /// Returns the format that a word names. The command line has checked the word.
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "json" => Self::Json,
            "jsonl" => Self::Jsonl,
            "csv" => Self::Csv,
            "plain" => Self::Plain,
            _ => Self::Table,
        }
    }
}

/// What an answer is shown in when nobody says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usual {
    /// This, wherever it goes: it is what the command is for.
    Only(Format),
    /// The text for people, also in a pipe; at a terminal what its user prefers.
    Text,
    /// JSON; at a terminal what its user prefers, else lists are tables.
    Data,
}

impl Usual {
    /// Returns the format for an answer.
    pub(super) fn format(self, reader: Reader, preferred: Option<Format>, is_list: bool) -> Format {
        let preferred = preferred.filter(|_| reader == Reader::Person);
        match (self, preferred) {
            (Self::Only(format), _) | (_, Some(format)) => format,
            (Self::Text, None) => Format::Table,
            (Self::Data, None) if reader == Reader::Person && is_list => Format::Table,
            (Self::Data, None) => Format::Json,
        }
    }
}

/// The format that a person prefers at a terminal: `MP_FORMAT` says it, else `[settings.output]`, which the daemon tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Preference {
    by_variable: Option<Format>,
    told: Arc<OnceLock<Format>>,
}

/// The variable.
const VARIABLE: &str = "MP_FORMAT";

impl Preference {
    /// Returns what a variable says, which nobody asks where no person reads.
    ///
    /// # Errors
    /// When a person reads, and it names no format.
    pub(crate) fn new(variable: Option<&str>, reader: Reader) -> Result<Self, Failure> {
        let word = variable.filter(|word| !word.is_empty() && reader == Reader::Person);
        if let Some(word) = word.filter(|word| !Format::WORDS.contains(word)) {
            let detail = format!("{VARIABLE} is {word:?}: expected one of {}", Format::WORDS.join(", "));
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        Ok(Self { by_variable: word.map(Format::of), told: Arc::default() })
    }

    /// Takes what the daemon tells. A later release may know other words.
    pub(crate) fn learn(&self, word: &str) {
        if Format::WORDS.contains(&word) {
            let _ = self.told.set(Format::of(word));
        }
    }

    /// Returns what is known by now.
    pub(super) fn format(&self) -> Option<Format> {
        self.by_variable.or_else(|| self.told.get().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_gets_what_it_always_got() {
        for preferred in [None, Some(Format::Csv)] {
            assert_eq!(Usual::Data.format(Reader::Program, preferred, true), Format::Json);
            assert_eq!(Usual::Text.format(Reader::Program, preferred, false), Format::Table);
        }
    }

    #[test]
    fn a_terminal_shows_lists_as_tables_unless_its_user_prefers_something_else() {
        let shown = |usual: Usual, preferred, is_list| usual.format(Reader::Person, preferred, is_list);
        assert_eq!(shown(Usual::Data, None, true), Format::Table);
        assert_eq!(shown(Usual::Data, None, false), Format::Json);
        assert_eq!(shown(Usual::Data, Some(Format::Csv), true), Format::Csv);
        assert_eq!(shown(Usual::Text, Some(Format::Json), false), Format::Json);
        assert_eq!(shown(Usual::Only(Format::Jsonl), Some(Format::Csv), true), Format::Jsonl);
    }

    #[test]
    fn the_variable_wins_over_the_setting_and_is_checked_where_it_counts() {
        let preference = |word| Preference::new(Some(word), Reader::Person);
        let said = preference("csv").expect("a word");
        said.learn("json");
        assert_eq!(said.format(), Some(Format::Csv));
        let unsaid = preference("").expect("nothing");
        unsaid.learn("later");
        assert_eq!(unsaid.format(), None);
        unsaid.clone().learn("jsonl");
        assert_eq!(unsaid.format(), Some(Format::Jsonl));
        assert!(
            preference("tabel")
                .is_err_and(|failure| failure.detail.contains("MP_FORMAT is \"tabel\": expected one of json,"))
        );
        assert!(Preference::new(Some("tabel"), Reader::Program).is_ok());
    }
}
