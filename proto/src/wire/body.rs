//! How a body is declared.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// A struct of the socket API: readable, writable, described.
macro_rules! body {
    ($($(#[$meta:meta])* struct $name:ident { $($fields:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            pub struct $name { $($fields)* }
        )+
    };
}

pub(super) use body;

/// Reads a whole number however it is written: `7.0` is one, too, for JSON Schema as for those who write it so.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    // Beyond that a float is not exact any more.
    let as_float =
        || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15).map(|float| float as i128);
    let value = number.as_i128().or_else(as_float).and_then(|value| T::try_from(value).ok());
    value.map(Some).ok_or_else(|| D::Error::custom("expected a whole number that is not too large"))
}

#[cfg(test)]
mod tests {
    use super::super::{SessionPatch, TokenRequest};

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
        let read = |text: &str| {
            let body = format!("{{\"min_valid_s\": {text}}}");
            serde_json::from_str::<TokenRequest>(&body).map(|body| body.min_valid_s).map_err(drop)
        };
        for (text, value) in [("7", 7), ("7.0", 7), ("0.0", 0), ("1e2", 100), ("18446744073709551615", u64::MAX)] {
            assert_eq!(read(text), Ok(Some(value)), "{text}");
        }
        assert_eq!(
            (read("null"), serde_json::from_str::<TokenRequest>("{}").expect("empty").min_valid_s),
            (Ok(None), None)
        );
        for bad in ["7.5", "-1", "1e30", "18446744073709551616", "\"7\"", "true"] {
            assert_eq!(read(bad), Err(()), "{bad}");
        }
        let patch: SessionPatch = serde_json::from_str("{\"workspace\": -5.0}").expect("a number");
        assert_eq!(patch.workspace, Some(-5), "its own rule is told with the others");
    }
}
