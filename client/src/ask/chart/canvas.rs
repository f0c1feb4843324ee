//! Dots of Braille: two columns and four rows of them in a cell of a terminal.

/// What a dot is in its cell, by column and row.
const DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// The cell without a dot.
const BLANK: u32 = 0x2800;

/// Where dots are drawn.
pub(super) struct Canvas {
    width: usize,
    cells: Vec<Cell>,
}

/// A cell: its dots, who has drawn the last of them, and what stands there instead of them.
#[derive(Clone, Copy, Default)]
struct Cell {
    dots: u32,
    by: Option<usize>,
    mark: Option<char>,
}

impl Canvas {
    /// Returns an empty one of so many cells.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, cells: vec![Cell::default(); width * height] }
    }

    fn cell(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        let at = (x / 2 < self.width).then_some(y / 4 * self.width + x / 2)?;
        self.cells.get_mut(at)
    }

    /// Sets a dot.
    fn dot(&mut self, x: usize, y: usize, by: usize) {
        if let Some(cell) = self.cell(x, y) {
            cell.dots |= DOTS[x % 2][y % 4];
            cell.by = Some(by);
        }
    }

    /// Puts a sign into the cell of a dot.
    pub(super) fn mark(&mut self, (x, y): (usize, usize), by: usize, sign: char) {
        if let Some(cell) = self.cell(x, y) {
            (cell.by, cell.mark) = (Some(by), Some(sign));
        }
    }

    /// Draws a line between two dots, both included.
    pub(super) fn line(&mut self, from: (usize, usize), to: (usize, usize), by: usize) {
        let length = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        let between = |from: usize, to: usize, at: usize| {
            let part = at as f64 / length as f64;
            (from as f64 + (to as f64 - from as f64) * part).round() as usize
        };
        for at in 0..=length {
            self.dot(between(from.0, to.0, at), between(from.1, to.1, at), by);
        }
    }

    /// Returns the rows: each cell with who has drawn it.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<(Option<usize>, char)>> {
        self.cells.chunks(self.width).map(|row| row.iter().map(|cell| (cell.by, cell.sign())).collect())
    }
}

impl Cell {
    fn sign(&self) -> char {
        let dots = || char::from_u32(BLANK + self.dots).filter(|_| self.dots > 0);
        self.mark.or_else(dots).unwrap_or(' ')
    }
}
