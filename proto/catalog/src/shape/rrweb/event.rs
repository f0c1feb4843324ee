//! The parts of rrweb events that are read. Everything else in them is passed over.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The head of an event, and the rest of it, not read yet.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    #[serde(rename = "type")]
    pub(super) kind: u64,
    pub(super) timestamp: f64,
    #[serde(borrow, default)]
    pub(super) data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Snapshot<'a> {
    #[serde(borrow)]
    pub(super) node: &'a RawValue,
}

#[derive(Deserialize)]
pub(super) struct Meta {
    pub(super) href: String,
}

#[derive(Deserialize)]
pub(super) struct Custom {
    pub(super) tag: String,
}

#[derive(Deserialize)]
pub(super) struct Plugin {
    pub(super) plugin: String,
    pub(super) payload: Log,
}

#[derive(Deserialize)]
pub(super) struct Log {
    pub(super) level: String,
    #[serde(default)]
    pub(super) payload: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Source {
    pub(super) source: u64,
}

#[derive(Deserialize)]
pub(super) struct Touch {
    #[serde(rename = "type")]
    pub(super) kind: u64,
    pub(super) id: i64,
}

#[derive(Deserialize)]
pub(super) struct Scroll {
    pub(super) id: i64,
}

#[derive(Deserialize)]
pub(super) struct Input {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default, rename = "isChecked")]
    pub(super) is_checked: Option<bool>,
}

/// Reads a part of an event; none when it is not as it should be.
pub(super) fn parsed<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}
