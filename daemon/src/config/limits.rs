//! `[settings.limits]`: what may be asked of Mixpanel at once, how long its answers about names are kept, and how large an answer may be
//! that is read as a whole.

use toml::de::{DeTable, DeValue};

/// The limits of all tools together. What Mixpanel allows stands in <https://docs.mixpanel.com/reference/rate-limits>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Queries of a project at once.
    pub query_concurrent: u64,
    /// Exports of a project at once.
    pub export_concurrent: u64,
    /// Requests of an hour which exports that wait for it leave to others.
    pub export_reserve: u64,
    /// Whether queries are counted in the ledger that other tools keep on disk, too, also where it is not there yet.
    pub ledger: bool,
    /// Seconds for which names of events, properties and the like are kept; 0 keeps none.
    pub discovery_s: u64,
    /// Bytes of an answer that is read as a whole. Exports flow, and have no limit.
    pub answer_bytes: u64,
    /// Values in it, counted as deep as they go: each takes some hundred bytes of memory, however short its text.
    pub answer_values: u64,
}

impl Default for Limits {
    fn default() -> Self {
        // Five minutes: short against how often names change, long against how often a tool asks.
        // 64 MiB and two million values are far above what a query can ask for, and far below what would fill the memory.
        Self {
            query_concurrent: 5,
            export_concurrent: 100,
            // A tenth: enough for a person who looks something up meanwhile.
            export_reserve: 6,
            ledger: false,
            discovery_s: 300,
            answer_bytes: 64 * 1024 * 1024,
            answer_values: 2_000_000,
        }
    }
}

/// Reads the table. What is wrong keeps its default; each problem comes with its place in the text.
pub(super) fn read(block: &DeTable<'_>) -> (Limits, Vec<(usize, String)>) {
    let (mut limits, mut problems) = (Limits::default(), Vec::new());
    for (key, value) in block.iter() {
        let (slot, least) = match key.get_ref().as_ref() {
            "query_concurrent" => (&mut limits.query_concurrent, 1),
            "export_concurrent" => (&mut limits.export_concurrent, 1),
            "export_reserve" => (&mut limits.export_reserve, 0),
            "ledger" => {
                match value.get_ref() {
                    DeValue::Boolean(is_kept) => limits.ledger = *is_kept,
                    _ => {
                        let found = super::value::kind(value);
                        problems.push((value.span().start, format!("ledger is {found}: expected true or false")));
                    }
                }
                continue;
            }
            "discovery_s" => (&mut limits.discovery_s, 0),
            "answer_bytes" => (&mut limits.answer_bytes, 1),
            "answer_values" => (&mut limits.answer_values, 1),
            // Of a later release.
            _ => continue,
        };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| *number >= least) {
            Some(number) => *slot = number,
            None => {
                let found = match value.get_ref() {
                    DeValue::Integer(number) => number.to_string(),
                    _ => super::value::kind(value).to_owned(),
                };
                let expected = if least == 0 { "an integer that is not negative" } else { "a positive integer" };
                problems
                    .push((value.span().start, format!("{} is {found}: expected {expected}", key.get_ref().as_ref())));
            }
        }
    }
    (limits, problems)
}
