//! Days that are written in arguments.

use std::fmt::Display;

use jiff::civil::Date;

use super::fault::{Code, Rank, Report};

/// Returns a day that is written as `YYYY-MM-DD`, or what is wrong with it: that it is not written so, or that there is no such day.
pub(in crate::ask) fn day(text: &str, form: Code, none: Code) -> Result<Date, Code> {
    if !is_written(text) {
        return Err(form);
    }
    let read = |from: usize, to: usize| text[from..to].parse().unwrap_or_default();
    let year = text[..4].parse().unwrap_or_default();
    // The calendar of the servers begins with year 1.
    Date::new(year, read(5, 7), read(8, 10)).ok().filter(|_| year > 0).ok_or(none)
}

/// Tells whether a text has the form of a day.
pub(in crate::ask) fn is_written(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(i, byte)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// The codes of the ways in which days can be wrong.
#[derive(Clone, Copy)]
pub(in crate::ask) struct Codes {
    pub(in crate::ask) form: Code,
    pub(in crate::ask) none: Code,
    pub(in crate::ask) order: Code,
}

/// Reads one day and reports what is wrong with it.
pub(in crate::ask) fn one(text: &str, codes: Codes, at: impl Display, report: &mut Report) -> Option<Date> {
    match day(text, codes.form, codes.none) {
        Ok(day) => Some(day),
        Err(code) => {
            report.add_as(Rank::Value, at, code.with("x", format_args!("{text:?}")));
            None
        }
    }
}

/// Reads a range of days, whose second one is not before the first one.
pub(in crate::ask) fn range(from: (&str, &dyn Display), to: (&str, &dyn Display), codes: Codes, report: &mut Report) {
    let days = (one(from.0, codes, from.1, report), one(to.0, codes, to.1, report));
    if let (Some(first), Some(last)) = days
        && first > last
    {
        report.add(from.1, codes.order.with("x", first).with("y", last));
    }
}
