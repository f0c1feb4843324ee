//! Sums and rates of numbers as Mixpanel wrote them. Integers stay exact, however large.

use serde_json::Value;

/// A number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    pub(super) const ZERO: Self = Self::Int(0);

    /// Returns the number in a value; none when it is something else. Where nothing was counted Mixpanel may say null, which adds nothing.
    pub(super) fn of(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::ZERO);
        }
        let text = value.as_number()?.as_str();
        text.parse().map(Self::Int).or_else(|_| text.parse().map(Self::Float)).ok()
    }

    pub(super) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => {
                one.checked_add(other).map_or_else(|| Self::Float(one as f64 + other as f64), Self::Int)
            }
            _ => Self::Float(self.as_f64() + other.as_f64()),
        }
    }

    /// Returns this divided by a whole; 0 if the whole is 0.
    pub(super) fn part_of(self, whole: Self) -> Value {
        let whole = whole.as_f64();
        Value::from(if whole == 0.0 { 0.0 } else { self.as_f64() / whole })
    }

    pub(super) fn value(self) -> Value {
        match self {
            // The feature that keeps every digit takes any integer.
            Self::Int(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
            Self::Float(number) => Value::from(number),
        }
    }

    fn as_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}
