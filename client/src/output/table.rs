//! Tables no wider than a terminal: the widest columns are shortened first.

use mp_proto::visible::line;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::escaped;

/// Between two columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 8;

/// Returns columns padded to their longest value, and shortened so that a line has no more than `width` columns of a terminal. Control
/// characters are escaped: they would count for the width, and an end of line would break its row. What else is unseen has the room that
/// a terminal needs to spell it out, and stays as it is for a pipe.
pub(crate) fn fitted(header: &[impl AsRef<str>], rows: &[Vec<String>], width: Option<usize>) -> String {
    let titles = header.iter().map(|name| escaped(name.as_ref())).collect();
    let rows = rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect());
    let rows: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
    let longest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| room(cell)).max();
    let mut widths: Vec<usize> = (0..header.len()).map(|column| longest(column).unwrap_or(0)).collect();
    if let Some(width) = width {
        narrow(&mut widths, width);
    }
    let joined = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| padded_to(&shortened(cell, *width), *width)).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(joined).collect()
}

/// Takes from the widest column until all fit, or none can give more.
fn narrow(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

/// Returns how many columns a cell takes on a terminal.
fn room(cell: &str) -> usize {
    line(cell).width()
}

fn padded_to(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat(width.saturating_sub(room(cell))))
}

/// Returns a text that takes no more than so many columns, with an ellipsis where something is missing.
fn shortened(cell: &str, width: usize) -> String {
    if room(cell) <= width {
        return cell.to_owned();
    }
    let cell = line(cell);
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let own = c.width().unwrap_or(0);
        let is_room = own <= left;
        left = left.saturating_sub(own);
        is_room
    };
    cell.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(width: Option<usize>) -> String {
        let rows =
            [["short", "a rather long text"], ["日本語の名前", "x\u{1b}"]].map(|row| row.map(str::to_owned).to_vec());
        fitted(&["NAME", "TEXT"], &rows, width)
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be_and_may_be() {
        let whole = "NAME          TEXT\nshort         a rather long text\n日本語の名前  x\\u{1b}\n";
        assert_eq!(table(None), whole);
        assert_eq!(table(Some(80)), whole);
        let narrow = "NAME       TEXT\nshort      a rather…\n日本語の…  x\\u{1b}\n";
        assert_eq!(table(Some(20)), narrow);
        let narrowest = "NAME      TEXT\nshort     a rathe…\n日本語…   x\\u{1b}\n";
        assert_eq!(table(Some(5)), narrowest);
    }
}
