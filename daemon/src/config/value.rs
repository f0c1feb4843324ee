//! Values of the file that are not what they should be: what they are, in words, and what some of them still mean.

use mp_proto::ids::WorkspaceId;
use toml::Spanned;
use toml::de::{DeString, DeValue};

/// A key with its place in the text.
pub(super) type Key<'i> = Spanned<DeString<'i>>;

/// A value with its place in the text.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// Returns what a value is.
pub(super) fn kind(value: &Value<'_>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// Returns a workspace id from a float that is one.
pub(super) fn whole(number: f64) -> Option<WorkspaceId> {
    // 2^53: beyond it a float names several integers.
    let is_exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    is_exact.then(|| format!("{number:.0}")).and_then(|digits| WorkspaceId::parse(&digits).ok())
}
