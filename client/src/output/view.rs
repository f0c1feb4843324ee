//! Who looks at stdout, and how wide it is.

use super::screen;

/// Who gets a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A program, which wants every byte, and what it got before.
    Program,
    /// A person at a terminal: a line in the middle of a value would be one of its own, JSON is hard to read, and clocks are local.
    Person,
}

/// What a table has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    /// Who reads it.
    pub(crate) reader: Reader,
    /// How many columns of a terminal a line may have; none where nothing is in the way.
    pub(crate) width: Option<usize>,
}

impl View {
    /// Returns that of stdout. It is as wide as `COLUMNS` says, else as the terminal is.
    pub(crate) fn of_stdout() -> Self {
        let told =
            std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        Self { reader: Reader::of_stdout(), width: told.or_else(screen::columns) }
    }
}

impl Reader {
    /// Returns who reads stdout.
    pub(crate) fn of_stdout() -> Self {
        if screen::is_stdout_watched() { Self::Person } else { Self::Program }
    }
}
