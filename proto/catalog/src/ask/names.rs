//! Names of events and properties: what makes one none.

use std::fmt::Display;

use super::codes as c;
use super::fault::{Code, Report};

pub(in crate::ask) fn is_blank(name: &str) -> bool {
    name.trim().is_empty()
}

/// Tells whether a name holds a control character other than a tab or the end of a line.
pub(in crate::ask) fn has_control(name: &str) -> bool {
    name.chars().any(|c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'))
}

/// Tells whether a name consists of blanks and characters without width.
pub(in crate::ask) fn is_invisible(name: &str) -> bool {
    name.chars().all(|c| c.is_whitespace() || "\u{200b}\u{200c}\u{200d}\u{feff}\u{ad}\u{2060}".contains(c))
}

/// The codes of the three ways in which a name can be none.
#[derive(Clone, Copy)]
pub(in crate::ask) struct Codes {
    pub(in crate::ask) blank: Code,
    pub(in crate::ask) control: Code,
    pub(in crate::ask) invisible: Code,
}

/// A plain name of insights.
pub(in crate::ask) const PLAIN: Codes =
    Codes { blank: c::V17_EMPTY_EVENT, control: c::V22_CONTROL_CHAR_EVENT, invisible: c::V22_INVISIBLE_EVENT };
/// A name in an object of insights.
pub(in crate::ask) const EVENT: Codes = of(c::EV1_EMPTY_EVENT, c::V22_INVISIBLE_EVENT);
/// A name in a list or a group of events.
pub(in crate::ask) const LISTED: Codes = of(c::BH2_EMPTY_EVENT, c::V22_INVISIBLE_EVENT);
/// A step of a funnel.
pub(in crate::ask) const STEP: Codes = of(c::EV1_EMPTY_EVENT, c::F2_INVISIBLE_STEP_EVENT);
/// A plain step in a funnel that is a metric.
pub(in crate::ask) const METRIC_STEP: Codes = of(c::BH2_EMPTY_EVENT, c::F2_INVISIBLE_STEP_EVENT);
/// Events of retention.
pub(in crate::ask) const BORN: Codes = of(c::EV1_EMPTY_EVENT, c::R1_INVISIBLE_BORN_EVENT);
pub(in crate::ask) const RETURN: Codes = of(c::EV1_EMPTY_EVENT, c::R2_INVISIBLE_RETURN_EVENT);
/// Plain events in retention that is a metric.
pub(in crate::ask) const METRIC_BORN: Codes = of(c::BH2_EMPTY_EVENT, c::R1_INVISIBLE_BORN_EVENT);
pub(in crate::ask) const METRIC_RETURN: Codes = of(c::BH2_EMPTY_EVENT, c::R2_INVISIBLE_RETURN_EVENT);
/// An anchor of a flow.
pub(in crate::ask) const ANCHOR: Codes = of(c::EV1_EMPTY_EVENT, c::FL2_INVISIBLE_STEP_EVENT);

const fn of(blank: Code, invisible: Code) -> Codes {
    Codes { blank, control: c::EV2_CONTROL_CHAR_EVENT, invisible }
}

/// Reports what makes a name none.
pub(in crate::ask) fn check(name: &str, codes: Codes, at: impl Display, report: &mut Report) {
    if is_blank(name) {
        report.add(at, codes.blank);
    } else if has_control(name) {
        report.add(at, codes.control);
    } else if is_invisible(name) {
        report.add(at, codes.invisible);
    }
}
