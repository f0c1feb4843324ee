//! Tables no wider than a terminal: the widest columns are shortened first.

use mp_proto::visible::line;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::escaped;
use super::view::{Reader, View};

/// Between two columns.
const GAP: usize = 2;

/// No column of texts is made narrower than this.
const NARROWEST: usize = 8;

/// A column, on its way to its width.
struct Column {
    width: usize,
    /// What its values need, and some of its title.
    inside: usize,
    /// What it must keep: all of an id, which is needed whole by the next command.
    least: usize,
}

/// Returns columns padded to their longest value, and shortened so that a line has no more than `width` columns of a terminal. Control
/// characters are escaped: they would count for the width, and an end of line would break its row. What else is unseen has the room that
/// a terminal needs to spell it out, and stays as it is for a pipe.
///
/// Numbers, times and ids are never cut. Where even the narrowest columns have no room beside each other, the last ones are named below.
pub(crate) fn fitted(header: &[impl AsRef<str>], rows: &[Vec<String>], width: Option<usize>) -> String {
    let titles = header.iter().map(|name| escaped(name.as_ref())).collect();
    let rows = rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect());
    let rows: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
    let mut columns: Vec<Column> = (0..header.len()).map(|at| column(&rows, at)).collect();
    let shown = width.map_or(header.len(), |width| narrow(&mut columns, width));
    let joined = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&columns[..shown])
            .map(|(cell, of)| padded_to(&shortened(cell, of.width), of.width))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let text: String = rows.iter().map(joined).collect();
    match (&rows[0][shown..], width) {
        ([], _) | (_, None) => text,
        (missing, Some(width)) => {
            let note = format!("not shown: {} (-f json has all)", missing.join(", "));
            text + &shortened(&note, width) + "\n"
        }
    }
}

/// Returns a column of rows, the first of which is the header.
fn column(rows: &[Vec<String>], at: usize) -> Column {
    let title = rows[0].get(at).map_or("", String::as_str);
    let cells = || rows[1..].iter().filter_map(|row| row.get(at));
    let longest = cells().map(|cell| room(cell)).max().unwrap_or(0);
    let width = longest.max(room(title));
    let least =
        if is_id(title) || cells().all(|cell| is_rigid(cell)) { longest.max(room(title).min(4)) } else { NARROWEST };
    let inside = longest.max(room(title).min(NARROWEST));
    Column { width, inside, least: least.min(width) }
}

fn is_id(title: &str) -> bool {
    title == "ID" || title.ends_with(" ID")
}

/// Returns whether a text says something else when its end is missing: a number, or a time.
fn is_rigid(cell: &str) -> bool {
    let is_part = |word: &str| {
        word.bytes().all(|c| c.is_ascii_digit() || b"+-.:%,TZ".contains(&c))
            || word.bytes().all(|c| c.is_ascii_uppercase())
    };
    cell.len() <= 40
        && (cell.is_empty() || cell.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
        && cell.split(' ').all(is_part)
}

/// Takes from the widest column that can give something until all fit. Returns how many of the first columns are left when none can.
fn narrow(columns: &mut [Column], width: usize) -> usize {
    let mut shown = columns.len();
    loop {
        let left = &mut columns[..shown];
        if left.iter().map(|column| column.width).sum::<usize>() + GAP * left.len().saturating_sub(1) <= width {
            return shown;
        }
        // A title says as much when its end is missing; a value does not.
        let widest = |of: fn(&Column) -> usize| {
            let all = left.iter().enumerate().filter(|(_, column)| column.width > of(column).max(column.least));
            all.max_by_key(|(_, column)| column.width).map(|(at, _)| at)
        };
        match widest(|column| column.inside).or_else(|| widest(|column| column.least)) {
            Some(widest) => left[widest].width -= 1,
            None if shown > 1 => shown -= 1,
            None => return shown,
        }
    }
}

/// Returns a list of people's things: for a person as [`fitted`], for a program in columns of fixed widths, as the Python tool prints them,
/// where a longer value pushes its row.
pub(crate) fn listed(header: &[&str], fixed: &[usize], rows: &[Vec<String>], view: &View) -> String {
    if view.reader == Reader::Person {
        return fitted(header, rows, view.width);
    }
    let joined = |row: Vec<String>| {
        let cell = |(at, cell): (usize, &String)| {
            format!("{:<width$}", escaped(cell), width = fixed.get(at).copied().unwrap_or(0))
        };
        let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
        format!("{}\n", cells.join(" ").trim_end())
    };
    let header = header.iter().map(|title| (*title).to_owned()).collect();
    std::iter::once(header).chain(rows.iter().cloned()).map(joined).collect()
}

/// Returns how many columns a cell takes on a terminal.
fn room(cell: &str) -> usize {
    line(cell).width()
}

/// Returns a text that takes exactly so many columns of a terminal: shortened, or with blanks behind it.
pub(crate) fn padded(text: &str, width: usize) -> String {
    padded_to(&shortened(text, width), width)
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
        assert_eq!(table(Some(18)), narrowest);
    }

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn ids_numbers_and_times_stay_whole() {
        let header = ["REPLAY ID", "NAME OF IT", "A VERY LONG COUNT", "CREATED"];
        let id = "0192f3c4-aaaa-7000-8000-0000000000a1";
        let rows = rows(&[&[id, "a rather long name", "1234", "2025-01-15 11:00:00 CET"], &[id, "", "", ""]]);
        let expected = "REPLAY ID                             NAME OF…  A V…  CREATED\n\
                        0192f3c4-aaaa-7000-8000-0000000000a1  a rathe…  1234  2025-01-15 11:00:00 CET\n\
                        0192f3c4-aaaa-7000-8000-0000000000a1\n";
        assert_eq!(fitted(&header, &rows, Some(77)), expected);
        let shown = fitted(&header, &rows, Some(52));
        assert!(shown.lines().all(|line| line.width() <= 52) && shown.contains("a rathe…  1234\n"), "{shown}");
        assert!(shown.ends_with("not shown: CREATED (-f json has all)\n"), "{shown}");
        // An id that has no room is whole nevertheless: half of it is none.
        assert!(fitted(&header, &rows, Some(20)).contains(id));
    }

    #[test]
    fn a_program_gets_lists_in_fixed_columns() {
        let rows = rows(&[&["web", "acme", "-"], &["a-name-that-is-too-long", "b", "\u{1b}"]]);
        let list = |reader| listed(&["NAME", "ACCOUNT", ""], &[5, 8], &rows, &View { reader, width: Some(27) });
        assert_eq!(
            list(Reader::Program),
            "NAME  ACCOUNT\nweb   acme     -\na-name-that-is-too-long b        \\u{1b}\n"
        );
        assert_eq!(list(Reader::Person), "NAME        ACCOUNT\nweb         acme     -\na-name-th…  b        \\u{1b}\n");
    }
}
