//! How heavy a call is: when its arguments make it worse than its row says, and why a row that looks as if it destroyed does not.

use serde_json::{Map, Value};

/// Whether checked arguments destroy. Pure.
pub type Destroys = fn(arguments: &Map<String, Value>) -> bool;

/// Why a row has the effect that it declares, and when a call of it is worse.
///
/// The rule: a field that gets another value is a change, and what can be undone by another operation is one, too. It destroys to delete,
/// to leave an object without the content that it is there for, and to make data disappear before it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Why, as a part of a sentence; where arguments decide it, how they destroy. Empty where nothing speaks against the declared effect.
    pub reason: &'static str,
    /// Whether checked arguments destroy, though the row as a whole does not.
    pub destroys: Option<Destroys>,
}

impl Weight {
    /// The effect is the declared one, and nothing in the row looks like another.
    pub const PLAIN: Self = Self { reason: "", destroys: None };

    /// The effect is the declared one, whatever the arguments, for this reason.
    pub const fn settled(reason: &'static str) -> Self {
        Self { reason, destroys: None }
    }

    /// Some arguments destroy, in this way.
    pub const fn destroys_if(destroys: Destroys, how: &'static str) -> Self {
        Self { reason: how, destroys: Some(destroys) }
    }
}
