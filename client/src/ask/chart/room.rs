//! How much room there is for a chart.

use crate::output::{View, screen};

/// What a chart has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ask) struct Room {
    /// Columns of the terminal.
    pub(super) width: usize,
    /// Lines of it, less the one that the shell needs.
    pub(super) height: usize,
    /// Whether colours are seen. Else letters part the series.
    pub(super) is_coloured: bool,
}

impl Room {
    /// The least in which anything can be seen.
    const LEAST: (usize, usize) = (30, 8);

    /// Returns that of stdout; a file has that of a usual terminal.
    pub(in crate::ask) fn of_stdout() -> Self {
        let width = View::of_stdout().width.unwrap_or(80).max(Self::LEAST.0).min(200);
        let height = screen::lines().unwrap_or(24).saturating_sub(1).max(Self::LEAST.1).min(40);
        Self { width, height, is_coloured: screen::is_coloured() }
    }
}
