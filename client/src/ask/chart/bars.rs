//! Bars that lie on their side, one below the other.

use unicode_width::UnicodeWidthStr;

use super::model::Bar;
use super::room::Room;
use crate::ask::figures::{grouped, rounded};
use crate::output::screen::Span;
use crate::output::{escaped, padded};

/// Eighths of a cell.
const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// Most bars that are drawn.
const MOST: usize = 50;

/// No bar is drawn in less.
const LEAST: usize = 10;

/// Returns bars. They all begin at zero; what is below it goes to the left.
pub(super) fn bars(all: &[Bar], room: &Room) -> Vec<Span> {
    let shown = &all[..all.len().min(MOST)];
    let numbers: Vec<String> = shown.iter().map(|bar| grouped(&rounded(bar.number))).collect();
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let labels: Vec<String> = shown.iter().map(|bar| escaped(&bar.label)).collect();
    let of_number = widest(&mut numbers.iter().map(|text| text.width()));
    let of_note = widest(&mut shown.iter().map(|bar| bar.note.width()));
    let of_note = if of_note == 0 { 0 } else { of_note + 2 };
    let of_label = widest(&mut labels.iter().map(|text| text.width()))
        .min(room.width / 3)
        .min(room.width.saturating_sub(of_number + LEAST + 3));
    let rest = |note: usize| room.width.saturating_sub(of_label + of_number + note + 3);
    // A narrow terminal shows the bars and not what is said of them.
    let of_note = if rest(of_note) < LEAST { 0 } else { of_note };
    let scale = Bars::of(shown, rest(of_note).max(LEAST));
    let mut spans = Vec::new();
    for ((bar, label), number) in shown.iter().zip(&labels).zip(&numbers) {
        spans.push(Span::plain(format!("{} ", padded(label, of_label))));
        spans.push(Span::coloured(0, scale.drawn(bar.number)));
        let note = if of_note > 0 { format!("  {}", bar.note) } else { String::new() };
        let line = format!(" {number:>of_number$}{note}");
        spans.push(Span::plain(format!("{}\n", line.trim_end())));
    }
    if all.len() > shown.len() {
        spans.push(Span::plain(format!("{} more are not drawn: -f csv has all\n", all.len() - shown.len())));
    }
    spans
}

/// How long bars are.
struct Bars {
    /// Cells left of zero, and right of it.
    left: usize,
    right: usize,
    /// Cells for one.
    each: f64,
}

impl Bars {
    fn of(all: &[Bar], width: usize) -> Self {
        let most = all.iter().map(|bar| bar.number).fold(0.0, f64::max);
        let least = all.iter().map(|bar| bar.number).fold(0.0, f64::min);
        // Half of each, for the difference may be too large to be a number.
        let half = most / 2.0 - least / 2.0;
        let each = if half > 0.0 { width as f64 / half / 2.0 } else { 0.0 };
        let left = ((-least * each).round().max(0.0) as usize).min(width);
        Self { left, right: width - left, each }
    }

    fn drawn(&self, number: f64) -> String {
        if number < 0.0 {
            let length = ((-number * self.each).round() as usize).min(self.left);
            return format!("{}{}{}", " ".repeat(self.left - length), "█".repeat(length), " ".repeat(self.right));
        }
        let eighths = (number * self.each * 8.0).round().max(0.0) as usize;
        // What is there is seen, be it ever so little.
        let eighths = if number > 0.0 { eighths.max(1) } else { eighths }.min(self.right * 8);
        let mut bar = "█".repeat(eighths / 8);
        if eighths % 8 > 0 {
            bar.push(EIGHTHS[eighths % 8]);
        }
        format!("{}{}", " ".repeat(self.left), padded(&bar, self.right))
    }
}
