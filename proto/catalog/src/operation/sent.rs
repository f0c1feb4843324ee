//! An argument as Mixpanel gets it: an object under Mixpanel's names, or everything that is wrong with it.

use serde_json::{Map, Value};

use super::model::{Model, Of};

/// What was found while an argument was read.
#[derive(Debug, Default)]
struct Findings {
    /// What is wrong and where, each as the end of a sentence.
    wrong: Vec<String>,
    /// Fields that are left out, since nothing is known of them.
    unknown: Vec<String>,
}

/// An argument that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// What Mixpanel gets.
    pub value: Value,
    /// Where the fields stood that were left out, since their object has no such field.
    pub left_out: Vec<String>,
}

impl Of {
    /// Returns a value that stands for itself, such as a list of objects, as Mixpanel gets it: under its names, without what is null.
    ///
    /// # Errors
    /// With all that is wrong and where in it, each as the end of a sentence.
    pub fn sent(self, value: &Value) -> Result<Sent, Vec<String>> {
        let mut findings = Findings::default();
        let value = self.read(value, "", &mut findings);
        if findings.wrong.is_empty() { Ok(Sent { value, left_out: findings.unknown }) } else { Err(findings.wrong) }
    }

    fn read(self, value: &Value, at: &str, findings: &mut Findings) -> Value {
        match (self, value) {
            (Self::One(model), Value::Object(object)) => model.read(object, at, findings),
            (Self::List(model), Value::Array(list)) => {
                let one = |(index, entry)| Self::One(model).read(entry, &format!("{at}[{index}]"), findings);
                list.iter().enumerate().map(one).collect()
            }
            (Self::Map(model), Value::Object(map)) => {
                let one = |(key, entry): (&String, &Value)| {
                    (key.clone(), Self::One(model).read(entry, &inside(at, key), findings))
                };
                Value::Object(map.iter().map(one).collect())
            }
            _ => {
                let read = self.plain(value);
                if read.is_none() {
                    findings.wrong.push(wrong(at, &self.expected()));
                }
                read.unwrap_or_default()
            }
        }
    }

    /// Returns a value without a model if it is what it must be.
    fn plain(self, value: &Value) -> Option<Value> {
        let all = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(fits));
        let each = |fits: fn(&Value) -> bool| value.as_object().is_some_and(|map| map.values().all(fits));
        let fits = match self {
            Self::Any => true,
            Self::Text | Self::Time => value.is_string(),
            Self::Int => is_integer(value),
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Values => value.is_array(),
            Self::Texts => all(Value::is_string),
            Self::Ints => all(is_integer),
            Self::Objects => all(Value::is_object),
            Self::TextsByName => each(Value::is_string),
            Self::ListsByName => each(|one| one.as_array().is_some_and(|list| list.iter().all(Value::is_string))),
            Self::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::One(_) | Self::List(_) | Self::Map(_) => false,
        };
        fits.then(|| value.clone())
    }

    fn expected(self) -> String {
        match self {
            Self::Any => "anything",
            Self::Text | Self::Time => "a text",
            Self::Int => "an integer",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Object | Self::One(_) | Self::Map(_) => "a JSON object",
            Self::Values | Self::List(_) => "a JSON list",
            Self::Texts => "a list of texts",
            Self::Ints => "a list of integers",
            Self::Objects => "a list of objects",
            Self::TextsByName => "a JSON object of texts",
            Self::ListsByName => "a JSON object of lists of texts",
            Self::Word(words) => return format!("one of {}", words.join(", ")),
        }
        .to_owned()
    }
}

impl Model {
    fn read(&self, given: &Map<String, Value>, at: &str, findings: &mut Findings) -> Value {
        let mut rest = given.clone();
        let mut sent = Map::new();
        for field in self.fields {
            let mut values: Vec<Value> =
                field.names(self.by_wire_names).into_iter().filter_map(|name| rest.shift_remove(name)).collect();
            let value = (!values.is_empty()).then(|| values.swap_remove(0)).filter(|value| !value.is_null());
            let at = inside(at, field.wire);
            match value {
                Some(value) => drop(sent.insert(field.wire.to_owned(), field.of.read(&value, &at, findings))),
                None if field.required => findings.wrong.push(format!("lacks '{at}'")),
                None => {}
            }
        }
        if self.closed {
            findings.unknown.extend(rest.keys().map(|name| inside(at, name).escape_debug().to_string()));
        } else {
            sent.extend(rest.into_iter().filter(|(_, value)| !value.is_null()));
        }
        Value::Object(sent)
    }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

fn inside(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn wrong(at: &str, expected: &str) -> String {
    if at.is_empty() {
        format!("must be {expected}")
    } else {
        format!("must have {expected} as '{}'", at.escape_debug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Field;
    use serde_json::json;

    const ENTRY: Model = Model::new(
        "Entry",
        &[Field::new("id", Of::Int).required(), Field::new("entity_type", Of::Text).wire("entityType")],
    )
    .closed();

    #[test]
    fn all_that_is_wrong_with_a_list_is_told() {
        let told = Of::List(&ENTRY).sent(&json!([{"entity_type": 1}, 5, {"id": "x"}, {"id": 1}]));
        let expected = [
            "lacks '[0].id'",
            "must have a text as '[0].entityType'",
            "must have a JSON object as '[1]'",
            "must have an integer as '[2].id'",
        ];
        assert_eq!(told, Err(expected.map(str::to_owned).to_vec()));
        assert_eq!(Of::List(&ENTRY).sent(&json!({})), Err(vec!["must be a JSON list".to_owned()]));
    }

    #[test]
    fn a_closed_object_sends_what_it_knows_and_tells_what_it_leaves_out() {
        let sent = Of::Map(&ENTRY).sent(&json!({"a": {"id": 1, "entity_type": "event", "entityType": null, "zz": 1}}));
        let expected = Sent { value: json!({"a": {"id": 1}}), left_out: vec!["a.zz".to_owned()] };
        assert_eq!(sent, Ok(expected), "Mixpanel's name comes first");
    }

    #[test]
    fn objects_of_texts_hold_texts() {
        assert!(Of::TextsByName.sent(&json!({"On": "u"})).is_ok());
        for odd in [json!({"On": null}), json!({"On": 1}), json!([])] {
            assert_eq!(Of::TextsByName.sent(&odd), Err(vec!["must be a JSON object of texts".to_owned()]));
        }
        assert!(Of::ListsByName.sent(&json!({"Sign Up": ["plan"]})).is_ok());
        assert!(Of::ListsByName.sent(&json!({"Sign Up": "plan"})).is_err());
    }
}
