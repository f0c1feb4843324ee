//! The formats in which a value can be shown.

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
