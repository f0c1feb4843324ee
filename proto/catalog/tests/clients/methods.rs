//! Methods: the rows of the catalog with the names of the Python library, as the three languages share them.

use std::collections::BTreeMap;

use mp_catalog::{Effect, Kind, Operation, Shape, all};
use serde_json::{Map, Value};

use crate::asks;
use crate::names::{NULLS, RENAMED, SIGNATURES};
use crate::types::{Type, arguments};

/// An argument of a method.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    /// Its name for callers.
    pub(crate) name: String,
    /// Its name at the daemon.
    pub(crate) key: String,
    pub(crate) of: Type,
    pub(crate) required: bool,
    /// Whether the daemon takes a list, of which this is the only entry.
    pub(crate) is_entry: bool,
    /// Whether null is something else than what it is when it is not given.
    pub(crate) takes_null: bool,
    pub(crate) about: String,
}

/// What a method answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Nothing,
    Value(Type),
    /// The body that would be sent.
    Params,
    /// A result of that name, beside the body that was sent and a table.
    Asked(String),
    Lines,
    Bytes,
}

/// A method.
pub(crate) struct Method {
    pub(crate) id: &'static str,
    pub(crate) name: String,
    /// What it does, and what a reader should know.
    pub(crate) about: String,
    /// The arguments without a name.
    pub(crate) first: Vec<Argument>,
    /// The arguments with a name.
    pub(crate) named: Vec<Argument>,
    /// The type that gathers the named ones.
    pub(crate) params: Option<String>,
    /// Arguments that are always the same.
    pub(crate) fixed: Map<String, Value>,
    /// What the call itself always says beside its arguments.
    pub(crate) call: Map<String, Value>,
    pub(crate) answer: Answer,
    pub(crate) is_kept: bool,
    pub(crate) takes_file: bool,
    /// Whether its answer may have a link to the same report.
    pub(crate) has_link: bool,
}

impl Method {
    /// Returns all its arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.first.iter().chain(&self.named)
    }
}

/// Returns the methods of all rows, in the order of the catalog.
pub(crate) fn methods() -> Vec<Method> {
    let of_row = |operation: &'static Operation| -> Vec<Method> {
        let own: Vec<Method> = SIGNATURES
            .iter()
            .filter(|(id, _)| *id == operation.id)
            .map(|(_, signature)| method(operation, signature))
            .collect();
        if own.is_empty() { vec![method(operation, &by_default(operation))] } else { own }
    };
    all().flat_map(of_row).collect()
}

/// Returns the signature of a row that has none: named after its id, and what must be given without a flag comes first.
fn by_default(operation: &Operation) -> String {
    let first = operation.params.iter().filter(|param| param.required && param.positional && param.kind != Kind::File);
    let first: String = first.map(|param| format!("{}, ", param.name)).collect();
    format!("{}({first}*)", operation.id.replace(['.', '-'], "_"))
}

fn method(operation: &'static Operation, signature: &str) -> Method {
    let (name, rest) = signature.trim_end_matches(')').split_once('(').expect("a signature has brackets");
    let (taken, fixed) = rest.split_once(';').unwrap_or((rest, ""));
    let mut open = open_arguments(operation);
    let (fixed, call) = fixed_of(operation, fixed, &mut open);
    let (mut first, mut named, mut params, mut is_first) = (Vec::new(), Vec::new(), None, true);
    for word in taken.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        if word == "*" {
            is_first = false;
        } else if let Some(class) = word.strip_prefix("params:") {
            (params, is_first) = (Some(class.to_owned()), false);
        } else {
            let list = if is_first { &mut first } else { &mut named };
            list.push(taken_by(operation, word, &mut open));
        }
    }
    named.extend(open);
    if params.is_some() {
        // What stands before an object that must be given must be given, too.
        first.iter_mut().for_each(|argument: &mut Argument| argument.required = true);
    }
    // What must be given stands before what may be.
    named.sort_by_key(|argument: &Argument| !argument.required);
    let takes_file = operation.params.iter().any(|param| param.kind == Kind::File);
    let answer = answer(operation, &call);
    let (about, is_kept) = (about(operation), operation.reply.kept);
    let has_link = call.is_empty() && asks::has_link(operation.id);
    Method {
        id: operation.id,
        name: name.to_owned(),
        about,
        first,
        named,
        params,
        fixed,
        call,
        answer,
        is_kept,
        takes_file,
        has_link,
    }
}

fn taken_by(operation: &Operation, word: &str, open: &mut Vec<Argument>) -> Argument {
    let (name, key) = word.split_once('=').unwrap_or((word, word));
    let (key, is_entry) = key.strip_suffix("[]").map_or((key, false), |key| (key, true));
    let at = open.iter().position(|one| one.key == key);
    let mut argument = open.remove(at.unwrap_or_else(|| panic!("{} takes no {key}", operation.id)));
    name.clone_into(&mut argument.name);
    if let (true, Type::List(of)) = (is_entry, argument.of.clone()) {
        (argument.is_entry, argument.of) = (true, *of);
    }
    argument
}

/// Returns what is always the same: arguments, and what the call says beside them.
fn fixed_of(operation: &Operation, text: &str, open: &mut Vec<Argument>) -> (Map<String, Value>, Map<String, Value>) {
    let (mut fixed, mut call) = (Map::new(), Map::new());
    for (key, value) in text.split(',').filter_map(|word| word.trim().split_once('=')) {
        let value: Value =
            serde_json::from_str(value).unwrap_or_else(|_| panic!("{}: {value} is no JSON", operation.id));
        let count = open.len();
        open.retain(|one| one.key != key);
        if open.len() < count {
            // Where the command line has a word for standard input, there is nothing to send.
            if operation.params.iter().any(|param| param.name == key && param.kind == Kind::OneOf(&["-"])) {
                continue;
            }
            fixed.insert(key.to_owned(), value);
        } else {
            call.insert(key.to_owned(), value);
        }
    }
    (fixed, call)
}

fn open_arguments(operation: &Operation) -> Vec<Argument> {
    let schema = arguments(operation, &mut BTreeMap::new());
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().expect("arguments have names").iter();
    properties
        .map(|(key, one)| {
            let param = operation.params.iter().find(|param| param.name == key);
            let name = RENAMED.iter().find(|(from, _)| from == key).map_or(key.as_str(), |(_, to)| to);
            Argument {
                name: name.to_owned(),
                key: key.clone(),
                of: param.map_or_else(|| Type::of_schema(one), |param| Type::of_param(param, one)),
                required: required.contains(&key.as_str()),
                is_entry: false,
                takes_null: NULLS.contains(&(operation.id, key.as_str())),
                about: told(one),
            }
        })
        .collect()
}

fn told(schema: &Value) -> String {
    let about = schema["description"].as_str().unwrap_or_default();
    match schema.get("default") {
        Some(default) => {
            format!("{about}; else {}", default.as_str().map_or_else(|| default.to_string(), str::to_owned))
        }
        None => about.to_owned(),
    }
}

fn about(operation: &Operation) -> String {
    let mut text = format!("{}.", operation.summary);
    if !operation.detail.is_empty() {
        text.push_str(&format!(" {}", operation.detail));
    }
    match (operation.effect, operation.destroys_if()) {
        (Effect::Destroy, _) => text.push_str(" It destroys."),
        (_, Some(how)) => text.push_str(&format!(" It may destroy: {how}.")),
        _ => {}
    }
    text
}

fn answer(operation: &Operation, call: &Map<String, Value>) -> Answer {
    if call.get("dry_run") == Some(&Value::Bool(true)) {
        return Answer::Params;
    }
    if let Some(model) = asks::result(operation.id) {
        return Answer::Asked(model.name.to_owned());
    }
    let object = operation.reply.object();
    let object = object.map_or(Type::Map(Box::new(Type::Any)), |(model, _)| Type::Named(model.name.to_owned()));
    match operation.reply.shape {
        Shape::One => Answer::Value(object),
        Shape::List => Answer::Value(Type::List(Box::new(object))),
        Shape::Words => Answer::Value(Type::List(Box::new(Type::Text))),
        Shape::Values => Answer::Value(Type::List(Box::new(Type::Any))),
        Shape::Any => Answer::Value(Type::Any),
        Shape::Empty => Answer::Nothing,
        Shape::Lines => Answer::Lines,
        Shape::Bytes => Answer::Bytes,
    }
}

#[test]
fn no_two_methods_have_one_name_and_all_arguments_are_reached() {
    let methods = methods();
    let mut names: Vec<&str> = methods.iter().map(|method| method.name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "a method stands twice");
    for method in &methods {
        let mut own: Vec<&str> = method.arguments().map(|argument| argument.name.as_str()).collect();
        own.sort_unstable();
        assert!(own.windows(2).all(|two| two[0] != two[1]), "{}: {own:?}", method.name);
        assert!(method.first.iter().skip_while(|one| one.required).all(|one| !one.required), "{}", method.name);
    }
}
