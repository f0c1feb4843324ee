//! Which fields Mixpanel's objects have: an answer shows all of them, and an argument is checked before it is sent.

use serde_json::{Map, Value};

use super::time::spelled;

/// What the value of a field is. Only arguments are held to it; an answer is shown as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// An integer.
    Int,
    /// A number, whole or not.
    Number,
    /// True or false.
    Bool,
    /// A time; an answer shows it with `+00:00`, however Mixpanel spells it.
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object.
    Object,
    /// A list.
    Values,
    /// A list of texts.
    Texts,
    /// A list of integers.
    Ints,
    /// A list of objects.
    Objects,
    /// An object whose values are texts.
    TextsByName,
    /// An object whose values are lists of texts.
    ListsByName,
    /// An object of a model.
    One(&'static Model),
    /// A list of such objects.
    List(&'static Model),
    /// An object whose values are such objects.
    Map(&'static Model),
}

/// A field of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name for callers.
    pub name: &'static str,
    /// Its name at Mixpanel.
    pub wire: &'static str,
    /// What its value is.
    pub of: Of,
    /// Whether every object must have it.
    pub required: bool,
    /// The JSON text of what an answer shows where it is missing; null when there is none.
    pub default: Option<&'static str>,
}

impl Field {
    /// Returns a field that may be missing.
    pub const fn new(name: &'static str, of: Of) -> Self {
        Self { name, wire: name, of, required: false, default: None }
    }

    /// Mixpanel has another name for it.
    pub const fn wire(mut self, name: &'static str) -> Self {
        self.wire = name;
        self
    }

    /// Every object must have it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// An answer without it means this JSON text.
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }

    /// Returns what an answer shows where the field is missing.
    pub fn default_value(&self) -> Value {
        self.default.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_default())
    }

    /// Returns its name as an answer shows it.
    pub const fn shown(&self, names: Names) -> &'static str {
        match names {
            Names::Callers => self.name,
            Names::Mixpanels => self.wire,
        }
    }

    /// Its names: an object may use either, unless the model says otherwise.
    pub(super) const fn names(&self, by_wire_names: bool) -> [&'static str; 2] {
        [self.wire, if by_wire_names { self.wire } else { self.name }]
    }
}

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// Its fields, in the order in which they are shown.
    pub fields: &'static [Field],
    /// The columns of a table of such objects, by [`Field::name`]; all when empty.
    pub columns: &'static [&'static str],
    /// Whether it has no other fields. An open one passes them on as they are.
    pub closed: bool,
    /// Whether an argument must use Mixpanel's names.
    pub by_wire_names: bool,
}

/// Whose names an answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those of [`Field::name`].
    Callers,
    /// Those of [`Field::wire`].
    Mixpanels,
}

impl Model {
    /// Returns an open model.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields, columns: &[], closed: false, by_wire_names: false }
    }

    /// A table shows these of its fields.
    pub const fn columns(mut self, columns: &'static [&'static str]) -> Self {
        self.columns = columns;
        self
    }

    /// It has no other fields.
    pub const fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// An argument must use Mixpanel's names.
    pub const fn by_wire_names(mut self) -> Self {
        self.by_wire_names = true;
        self
    }

    /// Returns a field's name as an answer shows it.
    pub fn shown_name(&self, name: &'static str, names: Names) -> &'static str {
        let field = self.fields.iter().find(|field| field.name == name);
        field.filter(|_| names == Names::Mixpanels).map_or(name, |field| field.wire)
    }

    /// Returns an object of an answer with all fields of the model, then all others.
    ///
    /// # Errors
    /// When one is missing that must be there: which, as the end of a sentence.
    pub fn shown(&self, mut object: Map<String, Value>, names: Names) -> Result<Map<String, Value>, String> {
        let mut shown = Map::new();
        for field in self.fields {
            let given = field.names(self.by_wire_names).into_iter().find_map(|name| object.shift_remove(name));
            let value = match given {
                Some(value) => field.of.shown(value, names)?,
                None if field.required => return Err(format!("an object without '{}'", field.wire)),
                None => field.default_value(),
            };
            shown.insert(field.shown(names).to_owned(), value);
        }
        if !self.closed {
            shown.extend(object);
        }
        Ok(shown)
    }

    /// Returns an object of the model as Mixpanel would send it, with all its fields.
    pub fn example(&self) -> Value {
        self.fields.iter().map(|field| (field.wire.to_owned(), field.of.example())).collect::<Map<_, _>>().into()
    }
}

impl Of {
    fn shown(self, value: Value, names: Names) -> Result<Value, String> {
        Ok(match (self, value) {
            (Self::Time, Value::String(text)) => Value::String(spelled(text)),
            (Self::One(model), Value::Object(object)) => Value::Object(model.shown(object, names)?),
            (Self::List(model), Value::Array(list)) => {
                let one = |entry| match entry {
                    Value::Object(object) => model.shown(object, names).map(Value::Object),
                    other => Ok(other),
                };
                list.into_iter().map(one).collect::<Result<_, String>>()?
            }
            (Self::Map(model), Value::Object(map)) => {
                let one = |(key, value)| match value {
                    Value::Object(object) => Ok((key, Value::Object(model.shown(object, names)?))),
                    other => Ok((key, other)),
                };
                Value::Object(map.into_iter().map(one).collect::<Result<_, String>>()?)
            }
            (_, value) => value,
        })
    }

    /// Returns a value that it may be, for a try; of a model, one with all its fields.
    pub fn example(self) -> Value {
        match self {
            Self::Any | Self::Object => serde_json::json!({"a": 1}),
            Self::Text => "a b/ü".into(),
            Self::Int => 7.into(),
            Self::Number => 0.5.into(),
            Self::Bool => true.into(),
            Self::Time => "2025-01-31T10:00:00Z".into(),
            Self::Word(words) => words[0].into(),
            Self::Values | Self::Ints => serde_json::json!([1, 2]),
            Self::Texts => serde_json::json!(["x", "y z"]),
            Self::Objects => serde_json::json!([{"a": 1}]),
            Self::TextsByName => serde_json::json!({"On": "u-1"}),
            Self::ListsByName => serde_json::json!({"Sign Up": ["plan"]}),
            Self::One(model) => model.example(),
            Self::List(model) => Value::Array(vec![model.example()]),
            Self::Map(model) => serde_json::json!({"A": model.example()}),
        }
    }
}
