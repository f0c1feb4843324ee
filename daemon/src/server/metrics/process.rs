//! What the system says of this process, under the names that all exporters have for it.

use std::fs;

use crate::meter::families as of;
use crate::meter::page::Page;

/// Ticks of the clock by which Linux tells processor times; its own programs take it for granted.
const TICKS: u64 = 100;

/// Returns the processor time in ticks by `/proc/self/stat`, whose second field may hold anything, blanks and brackets, too.
fn ticks(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // The first of them is the third.
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(field(14)? + field(15)?)
}

/// Returns a number of `/proc/self/status`: as it is, or in bytes where a size is told.
fn told(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let mut words = line.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    Some(if words.next() == Some("kB") { number * 1024 } else { number })
}

/// Adds what is known here. Where the system does not tell, a family has no rows.
pub(super) fn write(page: &mut Page, started: f64, most_files: u64) {
    page.single(&of::START_TIME, started);
    page.single(&of::MAX_FDS, most_files);
    // The descriptor that reads the directory is one of them.
    page.begin(&of::OPEN_FDS);
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        page.row(&[], files.count().saturating_sub(1));
    }
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (stat, status) = (read("/proc/self/stat"), read("/proc/self/status"));
    page.begin(&of::CPU);
    if let Some(ticks) = ticks(&stat) {
        page.row(&[], ticks as f64 / TICKS as f64);
    }
    for (family, name) in [(&of::RESIDENT, "VmRSS"), (&of::VIRTUAL, "VmSize"), (&of::THREADS, "Threads")] {
        page.begin(family);
        if let Some(number) = told(&status, name) {
            page.row(&[], number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_moves_no_field() {
        let rest = "S 1 2 3 0 -1 0 0 0 0 0 150 25 0 0 20 0 7 0 99 1234567 890 18446744073709551615";
        assert_eq!(ticks(&format!("42 (m) S 9 9) {rest}")), Some(175));
        assert_eq!([ticks(""), ticks("1 (x) S 1"), ticks("1 (x")], [None; 3]);
    }

    #[test]
    fn sizes_are_bytes_and_what_is_not_told_is_none() {
        let status = "Name:\tmpd\nVmSize:\t  2048 kB\nVmRSSx: 1\nThreads:\t7\n";
        assert_eq!(
            (told(status, "VmSize"), told(status, "Threads"), told(status, "VmRSS")),
            (Some(2_097_152), Some(7), None)
        );
    }
}
