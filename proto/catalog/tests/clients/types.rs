//! Types, as the three languages share them.

use std::collections::BTreeMap;

use mp_catalog::{Kind, Model, Names, Of, Operation, Param, all, hoisted};
use serde_json::Value;

use crate::asks;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Any,
    Text,
    Int,
    Number,
    Bool,
    Nothing,
    Words(Vec<String>),
    List(Box<Type>),
    Map(Box<Type>),
    /// An object by its name: of an answer, or of an argument.
    Named(String),
    OneOf(Vec<Type>),
}

/// A field of an object.
pub(crate) struct Field {
    /// Its name for callers.
    pub(crate) name: String,
    /// Its name in JSON.
    pub(crate) key: String,
    pub(crate) of: Type,
    /// Whether it is there in any case, and never null: Mixpanel sends it, or the daemon adds what stands for it.
    pub(crate) required: bool,
    /// The JSON text of what stands for it where it is missing.
    pub(crate) default: Option<String>,
    pub(crate) about: String,
}

/// A kind of object.
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

impl Type {
    fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    fn map(of: Self) -> Self {
        Self::Map(Box::new(of))
    }

    /// Returns what a field of a model is; `named` makes the name of a model one of a type.
    fn of(of: Of, named: &dyn Fn(&Model) -> Self) -> Self {
        match of {
            Of::Any => Self::Any,
            Of::Text | Of::Time | Of::Word(_) => Self::Text,
            Of::Int => Self::Int,
            Of::Number => Self::Number,
            Of::Bool => Self::Bool,
            Of::Object => Self::map(Self::Any),
            Of::Values => Self::list(Self::Any),
            Of::Texts => Self::list(Self::Text),
            Of::Ints => Self::list(Self::Int),
            Of::Objects => Self::list(Self::map(Self::Any)),
            Of::TextsByName => Self::map(Self::Text),
            Of::ListsByName => Self::map(Self::list(Self::Text)),
            Of::One(model) => named(model),
            Of::List(model) => Self::list(named(model)),
            Of::Map(model) => Self::map(named(model)),
        }
    }

    /// Returns the type of an object of an answer.
    pub(crate) fn answered(of: Of) -> Self {
        Self::of(of, &|model| Self::Named(model.name.to_owned()))
    }

    /// Returns the type of an argument.
    pub(crate) fn taken(of: Of) -> Self {
        match of {
            Of::Word(words) => Self::words(words),
            _ => Self::of(of, &|model| Self::Named(taken_name(model))),
        }
    }

    fn words(words: &[&str]) -> Self {
        Self::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// Returns the type that a JSON Schema describes, as far as types go.
    pub(crate) fn of_schema(schema: &Value) -> Self {
        let list = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
        if let Some(name) = schema["$ref"].as_str().and_then(|to| to.strip_prefix("#/")) {
            return Self::Named(name.to_owned());
        }
        let parts: Vec<Value> = ["anyOf", "oneOf"].into_iter().flat_map(list).collect();
        if !parts.is_empty() {
            return Self::one_of(parts.iter().map(Self::of_schema));
        }
        let words: Vec<String> =
            list("enum").iter().chain(schema.get("const")).filter_map(Value::as_str).map(str::to_owned).collect();
        if !words.is_empty() {
            return Self::Words(words);
        }
        if schema["type"].is_array() {
            return Self::one_of(list("type").iter().map(|one| Self::simple(one.as_str(), schema)));
        }
        Self::simple(schema["type"].as_str(), schema)
    }

    /// Returns a type for any of some, each once. An argument that is null is one that is not given.
    fn one_of(types: impl Iterator<Item = Self>) -> Self {
        let mut own: Vec<Self> = Vec::new();
        for one in types.filter(|one| *one != Self::Nothing) {
            if !own.contains(&one) {
                own.push(one);
            }
        }
        if own.len() == 1 { own.remove(0) } else { Self::OneOf(own) }
    }

    fn simple(kind: Option<&str>, schema: &Value) -> Self {
        match kind {
            Some("string") => Self::Text,
            Some("integer") => Self::Int,
            Some("number") => Self::Number,
            Some("boolean") => Self::Bool,
            Some("null") => Self::Nothing,
            Some("array") => Self::list(schema.get("items").map_or(Self::Any, Self::of_schema)),
            Some("object") => {
                let values = schema.get("additionalProperties").filter(|values| values.is_object());
                Self::map(values.map_or(Self::Any, Self::of_schema))
            }
            _ => Self::Any,
        }
    }

    /// Returns the type of a parameter, by its schema and by the model that it may have.
    pub(crate) fn of_param(param: &Param, schema: &Value) -> Self {
        match param.kind {
            Kind::Json(of) if param.is_many() => Self::list(Self::taken(of)),
            Kind::Json(of) => Self::taken(of),
            _ => Self::of_schema(schema),
        }
    }
}

/// Returns the name of the type of an argument. Answers have objects of the same name, with all their fields.
fn taken_name(model: &Model) -> String {
    if answers().contains_key(model.name) { format!("{}Input", model.name) } else { model.name.to_owned() }
}

/// Returns the objects of all answers, by their names.
pub(crate) fn answers() -> BTreeMap<&'static str, Object> {
    let mut found = BTreeMap::new();
    for (model, names) in all().filter_map(|operation| operation.reply.object()) {
        add_answer(model, names, &mut found);
    }
    for model in all().filter_map(|operation| asks::result(operation.id)) {
        add_answer(model, Names::Callers, &mut found);
    }
    found
}

fn inner(of: Of) -> Option<&'static Model> {
    match of {
        Of::One(model) | Of::List(model) | Of::Map(model) => Some(model),
        _ => None,
    }
}

fn add_answer(model: &Model, names: Names, found: &mut BTreeMap<&'static str, Object>) {
    if found.contains_key(model.name) {
        return;
    }
    let field = |field: &mp_catalog::Field| Field {
        name: field.name.to_owned(),
        key: field.shown(names).to_owned(),
        of: Type::answered(field.of),
        required: field.required || field.default.is_some(),
        default: field.default.map(str::to_owned),
        about: String::new(),
    };
    let fields = model.fields.iter().map(field).collect();
    found.insert(model.name, Object { name: model.name.to_owned(), fields });
    for model in model.fields.iter().filter_map(|field| inner(field.of)) {
        add_answer(model, names, found);
    }
}

/// Returns the objects of all arguments, by their names: those of models, and those that the schemas of arguments define.
pub(crate) fn inputs() -> BTreeMap<String, Object> {
    let mut found = BTreeMap::new();
    for param in all().flat_map(|operation| operation.params) {
        if let Kind::Json(of) = param.kind
            && let Some(model) = inner(of)
        {
            add_input(model, &mut found);
        }
    }
    for (name, schema) in definitions() {
        if let Some(object) = object_of(&name, &schema) {
            found.insert(name, object);
        }
    }
    found
}

fn add_input(model: &Model, found: &mut BTreeMap<String, Object>) {
    let name = taken_name(model);
    if found.contains_key(&name) {
        return;
    }
    let field = |field: &mp_catalog::Field| Field {
        name: if model.by_wire_names { field.wire } else { field.name }.to_owned(),
        key: if model.by_wire_names { field.wire } else { field.name }.to_owned(),
        of: Type::taken(field.of),
        required: field.required,
        default: None,
        about: String::new(),
    };
    let fields = model.fields.iter().map(field).collect();
    found.insert(name.clone(), Object { name, fields });
    for model in model.fields.iter().filter_map(|field| inner(field.of)) {
        add_input(model, found);
    }
}

/// Returns what the schemas of arguments define, each by its name.
pub(crate) fn definitions() -> BTreeMap<String, Value> {
    let mut moved = BTreeMap::new();
    all().for_each(|operation| drop(arguments(operation, &mut moved)));
    moved
}

/// Returns the schema of the arguments of a row, and adds what it defines.
pub(crate) fn arguments(operation: &Operation, moved: &mut BTreeMap<String, Value>) -> Value {
    hoisted(Value::Object(operation.input_schema()), "#/", "Ask", moved)
}

/// Returns the object that a schema describes; none of one that describes something else.
pub(crate) fn object_of(name: &str, schema: &Value) -> Option<Object> {
    let properties = schema["properties"].as_object()?;
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let field = |(key, one): (&String, &Value)| Field {
        name: key.clone(),
        key: key.clone(),
        of: Type::of_schema(one),
        required: required.contains(&key.as_str()),
        default: None,
        about: one["description"].as_str().unwrap_or_default().to_owned(),
    };
    let fields = properties.iter().map(field).collect();
    Some(Object { name: name.to_owned(), fields })
}
