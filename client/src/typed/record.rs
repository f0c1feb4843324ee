//! Objects of answers as types. Fields that a type does not know are kept; one that is not as expected is kept there, too, unless the
//! object is nothing without it.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

/// An object of an answer.
pub trait Record: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When a field is missing that must be there, or is something else: which, as a sentence.
    fn read(object: Map<String, Value>) -> Result<Self, String>;
}

/// What may be the value of a field, or an answer as a whole.
pub trait Field: Sized {
    /// Reads it; a value that it is not comes back.
    ///
    /// # Errors
    /// With the value.
    fn of(value: Value) -> Result<Self, Value>;

    /// Returns what stands for a field that is missing or null; none where it must be there.
    fn absent() -> Option<Self> {
        None
    }
}

impl Field for Value {
    fn of(value: Value) -> Result<Self, Value> {
        Ok(value)
    }

    fn absent() -> Option<Self> {
        Some(Self::Null)
    }
}

impl Field for String {
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }
}

impl Field for i64 {
    fn of(value: Value) -> Result<Self, Value> {
        value.as_i64().ok_or(value)
    }
}

impl Field for f64 {
    fn of(value: Value) -> Result<Self, Value> {
        value.as_f64().ok_or(value)
    }
}

impl Field for bool {
    fn of(value: Value) -> Result<Self, Value> {
        value.as_bool().ok_or(value)
    }
}

impl Field for Map<String, Value> {
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Object(object) => Ok(object),
            other => Err(other),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn of(value: Value) -> Result<Self, Value> {
        if value.is_null() { Ok(None) } else { T::of(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Field> Field for Vec<T> {
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Array(list) => list.into_iter().map(T::of).collect(),
            other => Err(other),
        }
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Object(object) => object.into_iter().map(|(name, one)| Ok((name, T::of(one)?))).collect(),
            other => Err(other),
        }
    }
}

/// The body that a call would send, where it is not sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Params(pub Value);

impl Field for Params {
    fn of(mut value: Value) -> Result<Self, Value> {
        match value.get_mut("params").map(Value::take) {
            Some(params) => Ok(Self(params)),
            None => Err(value),
        }
    }
}

/// What a question answers: a result, beside the body that was sent; the same as a table is in `more`, as is what only some have.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Asked<T> {
    /// The body that was sent.
    pub params: Value,
    /// What is made of the answer.
    pub result: T,
    /// What else there is: `table`, `edges`, `warnings`, `link`.
    pub more: Map<String, Value>,
}

impl<T: Field> Field for Asked<T> {
    fn of(value: Value) -> Result<Self, Value> {
        let Value::Object(mut object) = value else { return Err(value) };
        let params = object.shift_remove("params").unwrap_or_default();
        let result = T::of(object.shift_remove("result").unwrap_or_default())?;
        Ok(Self { params, result, more: object })
    }
}

/// Takes a field that must be there out of an object. Of one that has a meaning where it is missing, that is read.
pub(super) fn must<T: Field>(object: &mut Map<String, Value>, name: &str, default: &str) -> Result<T, String> {
    let value = object.shift_remove(name).filter(|value| !value.is_null());
    let value = value.or_else(|| serde_json::from_str(default).ok());
    match value.map(T::of) {
        Some(Ok(value)) => Ok(value),
        None => T::absent().ok_or_else(|| format!("'{name}' is missing")),
        Some(Err(_)) => Err(format!("'{name}' is something else than expected")),
    }
}

/// Takes a field that may be missing out of an object. What is not as expected stays there.
pub(super) fn may<T: Field>(object: &mut Map<String, Value>, name: &str) -> Option<T> {
    match T::of(object.shift_remove(name).filter(|value| !value.is_null())?) {
        Ok(value) => Some(value),
        Err(value) => {
            object.insert(name.to_owned(), value);
            None
        }
    }
}

/// Reads an object where serde wants it.
pub(super) fn deserialize<'de, D: Deserializer<'de>, T: Record>(from: D) -> Result<T, D::Error> {
    T::read(serde::Deserialize::deserialize(from)?).map_err(D::Error::custom)
}

/// Makes the types of objects.
macro_rules! records {
    ($($(#[$about:meta])* $name:ident {
        $(must $needed:ident: $needs:ty = $must:literal or $default:literal;)*
        $(may $field:ident: $of:ty = $may:literal;)*
    })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(#[doc = concat!("`", $must, "`.")] pub $needed: $needs,)*
            $(#[doc = concat!("`", $may, "`.")] pub $field: Option<$of>,)*
            /// What else there is.
            pub more: Map<String, Value>,
        }

        impl Record for $name {
            fn read(mut object: Map<String, Value>) -> Result<Self, String> {
                Ok(Self {
                    $($needed: must(&mut object, $must, $default)?,)*
                    $($field: may(&mut object, $may),)*
                    more: object,
                })
            }
        }

        impl Field for $name {
            fn of(value: Value) -> Result<Self, Value> {
                match value {
                    Value::Object(object) => Self::read(object).map_err(Value::from),
                    other => Err(other),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                deserialize(from)
            }
        }
    )*};
}

pub(super) use records;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::typed::{Cohort, Dashboard};

    fn read<T: Field>(value: Value) -> Result<T, Value> {
        T::of(value)
    }

    #[test]
    fn an_object_keeps_what_its_type_does_not_know() {
        let answer = json!([{"id": 7, "name": "a", "verified": true, "new": [1], "created_by": {"id": 1, "age": 3}}]);
        let cohorts: Vec<Cohort> = read(answer).expect("cohorts");
        let cohort = &cohorts[0];
        assert_eq!((cohort.id, cohort.name.as_str(), cohort.verified), (7, "a", true));
        assert_eq!(cohort.more["new"], json!([1]));
        assert_eq!(cohort.created_by.as_ref().map(|one| one.more["age"].clone()), Some(json!(3)));
        assert_eq!(serde_json::from_str::<Cohort>(r#"{"id": 7, "name": "ü"}"#).expect("a cohort").name, "ü");
    }

    #[test]
    fn what_is_missing_has_its_meaning_and_what_is_odd_is_kept() {
        let board: Dashboard =
            read(json!({"id": 1, "title": "t", "is_private": null, "creator_id": "x"})).expect("one");
        assert!(!board.is_private, "null means what is meant where it is missing");
        assert_eq!((board.creator_id, &board.more["creator_id"]), (None, &json!("x")));
    }

    #[test]
    fn an_object_without_its_id_is_none() {
        for odd in [json!({"name": "a"}), json!({"id": "7", "name": "a"}), json!([]), json!(null)] {
            assert!(read::<Cohort>(odd.clone()).is_err(), "{odd}");
        }
        let told = read::<Cohort>(json!({"id": 7})).err().and_then(|why| why.as_str().map(str::to_owned));
        assert_eq!(told.as_deref(), Some("'name' is missing"));
        assert_eq!(read::<Params>(json!({"params": {"a": 1}})), Ok(Params(json!({"a": 1}))));
        assert!(read::<Params>(json!({})).is_err());
        let asked: Asked<Value> = read(json!({"params": 1, "result": {"a": 2}, "link": "u"})).expect("an answer");
        assert_eq!((asked.result["a"].clone(), asked.more["link"].clone()), (json!(2), json!("u")));
    }
}
