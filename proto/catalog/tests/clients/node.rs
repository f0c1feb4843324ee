//! The client for Node: `methods.cjs`, a table of all methods, and `operations.d.cts`, their types.

use serde_json::{Map, Value, json};

use crate::methods::{Answer, Argument, Method, methods};
use crate::types::{Field, Object, Type, answers, definitions, inputs, object_of};
use crate::{MARK, check, wrapped};

/// What a question answers.
const ASKED: &str = "/** A result, beside the parameters that were sent and the same as a table. */
export interface Asked<Result> {
  params: Record<string, any>;
  result: Result;
  table: { columns: string[]; rows: Array<Record<string, any>> };
  edges?: { columns: string[]; rows: Array<Record<string, any>> };
  warnings?: Array<{ at: string; detail: string; code?: string }>;
  link?: string;
}

";

/// `from_date` → `fromDate`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        text + &letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    })
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

fn typed(of: &Type) -> String {
    match of {
        Type::Any => "any".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Int | Type::Number => "number".to_owned(),
        Type::Bool => "boolean".to_owned(),
        Type::Nothing => "null".to_owned(),
        Type::Words(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" | "),
        Type::List(of) => format!("Array<{}>", typed(of)),
        Type::Map(of) => format!("Record<string, {}>", typed(of)),
        Type::Named(name) => name.clone(),
        Type::OneOf(types) => types.iter().map(typed).collect::<Vec<_>>().join(" | "),
    }
}

fn key(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if is_plain { name.to_owned() } else { quoted(name) }
}

/// Returns the type of an object of an answer.
fn answered(object: &Object) -> String {
    let line = |field: &Field| {
        let null = if field.required || field.of == Type::Any { "" } else { " | null" };
        let maybe = if field.required { "" } else { "?" };
        format!("  {}{maybe}: {}{null};\n", key(&field.key), typed(&field.of))
    };
    format!("export interface {} {{\n{}}}\n\n", object.name, object.fields.iter().map(line).collect::<String>())
}

/// Returns the type of an object that is given.
fn given(name: &str, fields: &[Field]) -> String {
    let line = |field: &Field| {
        let maybe = if field.required { "" } else { "?" };
        let about = if field.about.is_empty() { String::new() } else { format!("  /** {} */\n", field.about) };
        format!("{about}  {}{maybe}: {};\n", key(&field.name), typed(&field.of))
    };
    format!("export interface {name} {{\n{}}}\n\n", fields.iter().map(line).collect::<String>())
}

fn field(argument: &Argument) -> Field {
    let (name, about) = (camel(&argument.name), argument.about.clone());
    Field { key: name.clone(), name, of: argument.of.clone(), required: argument.required, default: None, about }
}

/// Returns the named arguments of a method.
fn options(method: &Method) -> Vec<Field> {
    let file = Field {
        name: "filePath".to_owned(),
        key: "filePath".to_owned(),
        of: Type::Text,
        required: true,
        default: None,
        about: "Path of the file".to_owned(),
    };
    let refresh = || Field {
        name: "refresh".to_owned(),
        key: "refresh".to_owned(),
        of: Type::Bool,
        required: false,
        default: None,
        about: "Whether an answer that is kept does not count".to_owned(),
    };
    let link = Field {
        name: "link".to_owned(),
        about: "Whether the answer has a link to the same report".to_owned(),
        ..refresh()
    };
    let more = method
        .has_link
        .then_some(link)
        .into_iter()
        .chain(method.takes_file.then_some(file))
        .chain(method.is_kept.then(refresh));
    method.named.iter().map(field).chain(more).collect()
}

/// Returns the name of the type of the named arguments.
fn options_name(method: &Method) -> String {
    let name = camel(&format!("_{}", method.name));
    method.params.clone().unwrap_or_else(|| format!("{name}Options"))
}

fn declared(method: &Method) -> String {
    let mut parts: Vec<String> = Vec::new();
    let options = options(method);
    let must = options.iter().any(|field| field.required) || method.params.is_some();
    for one in &method.first {
        let maybe = if one.required || must { "" } else { "?" };
        let or = if !one.required && must { " | undefined" } else { "" };
        parts.push(format!("{}{maybe}: {}{or}", camel(&one.name), typed(&one.of)));
    }
    if !options.is_empty() {
        let maybe = if must { "" } else { "?" };
        let name = if method.params.is_some() { "params" } else { "options" };
        parts.push(format!("{name}{maybe}: {}", options_name(method)));
    }
    let answer = match &method.answer {
        Answer::Nothing => "Promise<void>".to_owned(),
        Answer::Params => "Promise<Record<string, any>>".to_owned(),
        Answer::Asked(name) => format!("Promise<Asked<{name}>>"),
        Answer::Lines => "AsyncIterable<Record<string, any>>".to_owned(),
        Answer::Bytes => "Promise<Buffer>".to_owned(),
        Answer::Value(of) => format!("Promise<{}>", typed(of)),
    };
    let about = wrapped(&format!("/** {} */", method.about), "   ", 140);
    format!("  {}\n  {}({}): {answer};\n", about.trim_start(), camel(&method.name), parts.join(", "))
}

fn declarations() -> String {
    let mut text = format!("// {MARK}\n\n");
    text.push_str(ASKED);
    text.extend(answers().values().map(answered));
    text.extend(inputs().iter().map(|(name, object)| given(name, &object.fields)));
    for (name, schema) in definitions().into_iter().filter(|(name, schema)| object_of(name, schema).is_none()) {
        text.push_str(&format!("export type {name} = {};\n\n", typed(&Type::of_schema(&schema))));
    }
    let methods = methods();
    for method in &methods {
        let fields = options(method);
        if !fields.is_empty() {
            text.push_str(&given(&options_name(method), &fields));
        }
    }
    text.push_str("/** Every operation of the catalog. */\nexport interface Operations {\n");
    text.extend(methods.iter().map(declared));
    text + "}\n"
}

/// Returns a method as a row: its operation, the arguments that come first, names that are others at the daemon, and what is special.
fn row(method: &Method) -> Value {
    let mut row = Map::new();
    row.insert("id".to_owned(), method.id.into());
    row.insert("first".to_owned(), method.first.iter().map(|one| Value::from(one.key.clone())).collect());
    let renamed = method.named.iter().map(|one| (camel(&one.name), &one.key)).filter(|(name, key)| name != *key);
    row.insert("names".to_owned(), Value::Object(renamed.map(|(name, key)| (name, key.clone().into())).collect()));
    let known: Vec<Value> = options(method).into_iter().map(|field| field.name.into()).collect();
    row.insert("known".to_owned(), known.into());
    if method.first.iter().any(|one| one.is_entry) {
        row.insert("entry".to_owned(), true.into());
    }
    if !method.fixed.is_empty() {
        row.insert("fixed".to_owned(), Value::Object(method.fixed.clone()));
    }
    if !method.call.is_empty() {
        row.insert("call".to_owned(), Value::Object(method.call.clone()));
    }
    let answer = match method.answer {
        Answer::Nothing => "nothing",
        Answer::Params => "params",
        Answer::Lines => "lines",
        Answer::Bytes => "bytes",
        Answer::Asked(_) | Answer::Value(_) => "value",
    };
    row.insert("answer".to_owned(), answer.into());
    if method.has_link {
        row.insert("link".to_owned(), json!(true));
    }
    if method.takes_file {
        row.insert("file".to_owned(), json!(true));
    }
    Value::Object(row)
}

fn table() -> String {
    let rows: String =
        methods().iter().map(|method| format!("  {}: {},\n", camel(&method.name), row(method))).collect();
    format!("// {MARK}\n\"use strict\";\n\nmodule.exports = {{\n{rows}}};\n")
}

#[test]
fn the_node_client_is_the_catalogs() {
    const FOLDER: &str = "packaging/clients/node";
    check(&[(format!("{FOLDER}/operations.d.cts"), declarations()), (format!("{FOLDER}/methods.cjs"), table())]);
}

#[test]
fn names_are_those_of_the_language() {
    assert_eq!((camel("from_date").as_str(), camel("_list_bookmarks_v2").as_str()), ("fromDate", "ListBookmarksV2"));
}
