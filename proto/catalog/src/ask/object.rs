//! Reading the arguments once they are checked. What does not fit its declaration is not there: its problem is known already.

use serde_json::{Map, Number, Value};

use super::fault::At;
use super::kind::{Choice, Preset, Shape};

/// An object of the arguments, with its declaration and its place.
#[derive(Clone, Copy)]
pub(in crate::ask) struct Object<'a, 'p> {
    map: &'a Map<String, Value>,
    pub(in crate::ask) shape: &'static Shape,
    pub(in crate::ask) at: At<'p>,
}

impl<'a, 'p> Object<'a, 'p> {
    pub(in crate::ask) fn new(map: &'a Map<String, Value>, shape: &'static Shape, at: At<'p>) -> Self {
        Self { map, shape, at }
    }

    /// Reads a value that is one of several kinds of objects.
    pub(in crate::ask) fn of(value: &'a Value, choice: &'static Choice, at: At<'p>) -> Option<Self> {
        let map = value.as_object()?;
        let shape = choice.shape(|key| is_given(map, key))?;
        Some(Self { map, shape, at })
    }

    /// Tells whether this is the kind of object that a shape declares.
    pub(in crate::ask) fn is(&self, shape: &'static Shape) -> bool {
        std::ptr::eq(self.shape, shape)
    }

    /// Returns where a member is.
    pub(in crate::ask) fn at<'b>(&'b self, key: &'b str) -> At<'b> {
        At::Key(&self.at, key)
    }

    /// Returns a member that is there and not null.
    pub(in crate::ask) fn get(&self, key: &str) -> Option<&'a Value> {
        debug_assert!(self.shape.field(key).is_some(), "{key} is not declared");
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(in crate::ask) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Tells whether a member is there, be it null.
    pub(in crate::ask) fn is_null(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(Value::is_null)
    }

    fn preset(&self, key: &str) -> Preset {
        self.shape.field(key).map_or(Preset::None, |field| field.preset)
    }

    /// Returns a text, or what it is when it is left out.
    pub(in crate::ask) fn text(&self, key: &str) -> Option<&'a str> {
        match (self.get(key), self.preset(key)) {
            (Some(value), _) => value.as_str(),
            (None, Preset::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns a whole number, or what it is when it is left out; one without end is as large as can be.
    pub(in crate::ask) fn int(&self, key: &str) -> Option<i128> {
        match (self.get(key), self.preset(key)) {
            (Some(value), _) => int(value),
            (None, Preset::Int(number)) => Some(number.into()),
            _ => None,
        }
    }

    pub(in crate::ask) fn number(&self, key: &str) -> Option<&'a Number> {
        self.get(key).and_then(Value::as_number)
    }

    pub(in crate::ask) fn bool(&self, key: &str) -> bool {
        match (self.get(key), self.preset(key)) {
            (Some(value), _) => value.as_bool().unwrap_or_default(),
            (None, Preset::Bool(is_set)) => is_set,
            _ => false,
        }
    }

    /// Returns the members of what is one thing or a list.
    pub(in crate::ask) fn many(&self, key: &str) -> &'a [Value] {
        self.get(key).map_or(&[], members)
    }

    /// Returns a value as it goes to the wire: as given, or as declared, or null.
    pub(in crate::ask) fn wire(&self, key: &str) -> Value {
        match (self.get(key), self.preset(key)) {
            (Some(value), _) => value.clone(),
            (None, Preset::Text(text)) => text.into(),
            (None, Preset::Int(number)) => number.into(),
            (None, Preset::Bool(is_set)) => is_set.into(),
            (None, Preset::None) => Value::Null,
        }
    }

    /// Tells whether a value is another one than when it is left out.
    pub(in crate::ask) fn differs(&self, key: &str) -> bool {
        match (self.get(key), self.preset(key)) {
            (None, _) => false,
            (Some(value), Preset::Text(text)) => value.as_str() != Some(text),
            (Some(value), Preset::Int(number)) => int(value) != Some(number.into()),
            (Some(value), Preset::Bool(is_set)) => value.as_bool() != Some(is_set),
            (Some(_), Preset::None) => true,
        }
    }
}

/// Tells whether a member is there and not null.
pub(in crate::ask) fn is_given(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_some_and(|value| !value.is_null())
}

/// Returns the members of a list, or the one thing that stands for a list of one.
pub(in crate::ask) fn members(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        one => std::slice::from_ref(one),
    }
}

/// Returns a whole number; one that is too long is as large as can be.
pub(in crate::ask) fn int(value: &Value) -> Option<i128> {
    let text = value.as_number()?.to_string();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if digits.len() < text.len() { i128::MIN } else { i128::MAX }))
}
