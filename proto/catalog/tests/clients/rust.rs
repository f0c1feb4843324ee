//! The Rust API: methods of `Workspace` in `client/src/typed/generated`, a file for each noun, and the types of answers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::methods::{Answer, Argument, Method, methods};
use crate::types::{Object, Type, answers};
use crate::{MARK, check, wrapped};

const FOLDER: &str = "client/src/typed/generated";

/// Names that Rust keeps for itself.
const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "else", "enum", "extern", "fn", "for", "if", "impl", "in", "let", "loop",
    "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "type",
    "unsafe", "use", "where", "while", "async", "await", "dyn", "abstract", "box", "do", "final", "macro", "override",
    "priv", "try", "typeof", "unsized", "virtual", "yield", "gen",
];

/// Returns a name as Rust has them: `uploadStatus` → `upload_status`.
fn safe(name: &str) -> String {
    let snake = |letter: char| match letter.is_ascii_uppercase() {
        true => format!("_{}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    let name: String = name.chars().map(snake).collect();
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// `list_cohorts` → `ListCohorts`.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    name.split('_').map(word).collect()
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Returns the type of a field of an answer.
fn typed(of: &Type) -> String {
    match of {
        Type::Any | Type::Nothing | Type::OneOf(_) => "Value".to_owned(),
        Type::Text | Type::Words(_) => "String".to_owned(),
        Type::Int => "i64".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::List(of) => format!("Vec<{}>", typed(of)),
        Type::Map(of) if **of == Type::Any => "Map<String, Value>".to_owned(),
        Type::Map(of) => format!("BTreeMap<String, {}>", typed(of)),
        Type::Named(name) => name.clone(),
    }
}

/// Returns the word for the type of an argument.
fn taken(argument: &Argument) -> String {
    let one = match &argument.of {
        Type::Text | Type::Words(_) => "text",
        Type::Int => "int",
        Type::Number => "number",
        Type::Bool => "flag",
        Type::List(of) => match **of {
            Type::Text | Type::Words(_) => "texts",
            Type::Int => "ints",
            _ => "list",
        },
        _ => "json",
    };
    if argument.is_entry { format!("entry {one}") } else { one.to_owned() }
}

/// Returns the type of an object of an answer.
fn record(object: &Object) -> String {
    let mut text = format!("    /// `{}` of an answer.\n    {} {{\n", object.name, object.name);
    let boxed = |of: &Type| typed(of);
    for field in object.fields.iter().filter(|field| field.required) {
        let default = field.default.as_deref().unwrap_or("");
        text.push_str(&format!(
            "        must {}: {} = {} or {};\n",
            safe(&field.name),
            boxed(&field.of),
            quoted(&field.key),
            quoted(default)
        ));
    }
    for field in object.fields.iter().filter(|field| !field.required) {
        text.push_str(&format!("        may {}: {} = {};\n", safe(&field.name), boxed(&field.of), quoted(&field.key)));
    }
    text + "    }\n\n"
}

fn head(about: &str, uses: &str) -> String {
    format!("//! {about}\n//!\n//! {MARK}\n\n{uses}\n")
}

fn models() -> String {
    let uses = "use std::collections::BTreeMap;\n\nuse serde_json::{Map, Value};\n\nuse crate::typed::record::{Field, Record, deserialize, may, must, records};\n";
    let mut text = head("The objects of answers.", uses) + "records! {\n";
    text.extend(answers().values().map(record));
    text.trim_end().to_owned() + "\n}\n"
}

/// Returns the type that a call answers, and how it ends.
fn answered(method: &Method) -> (String, &'static str) {
    let upload = if method.takes_file { "upload" } else { "answer" };
    match &method.answer {
        Answer::Nothing => ("()".to_owned(), "nothing"),
        Answer::Params => ("Params".to_owned(), "answer"),
        Answer::Asked(name) => (format!("Asked<{name}>"), "answer"),
        Answer::Lines => ("Lines".to_owned(), "lines"),
        Answer::Bytes => ("ByteStream".to_owned(), "bytes"),
        Answer::Value(of) => (typed(of), upload),
    }
}

fn docs(text: &str, margin: &str) -> String {
    // What looks like a link in a summary is none.
    let text = text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
    wrapped(&text, &format!("{margin}/// "), 138) + "\n"
}

fn call(method: &Method) -> String {
    let (answer, end) = answered(method);
    let mut text = docs(&method.about, "    ");
    let told: Vec<&Argument> = method.first.iter().chain(method.named.iter().filter(|one| one.required)).collect();
    if !told.is_empty() {
        text.push_str("    ///\n");
    }
    for one in &told {
        text.push_str(&docs(&format!("* `{}`: {}{}.", safe(&one.name), one.about, words(&one.of)), "    "));
    }
    text.push_str(&format!(
        "    {} {}Call = {} -> {answer}, {end} {{\n",
        safe(&method.name),
        pascal(&method.name),
        quoted(method.id)
    ));
    for one in method.first.iter().filter(|one| one.required).chain(method.named.iter().filter(|one| one.required)) {
        text.push_str(&format!("        first {}: {} = {};\n", safe(&one.name), taken(one), quoted(&one.key)));
    }
    for (key, value) in &method.fixed {
        text.push_str(&format!("        fixed {} = {};\n", quoted(key), quoted(&value.to_string())));
    }
    for (key, value) in &method.call {
        text.push_str(&format!("        say {} = {};\n", quoted(key), quoted(&value.to_string())));
    }
    for one in method.arguments().filter(|one| !one.required) {
        text.push_str(&docs(&format!("{}{}.", one.about, words(&one.of)), "        "));
        text.push_str(&format!("        option {}: {} = {};\n", safe(&one.name), taken(one), quoted(&one.key)));
    }
    if method.is_kept {
        text.push_str("        kept refresh;\n");
    }
    if method.has_link {
        text.push_str("        link link;\n");
    }
    if method.takes_file {
        text.push_str("        upload file;\n");
    }
    text + "    }\n\n"
}

/// Returns the words that an argument may be, as the end of a sentence.
fn words(of: &Type) -> String {
    match of {
        Type::Words(words) => {
            format!(": {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

/// Returns the files of methods, by the first words of their operations.
fn nouns() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for method in methods() {
        let noun = method.id.split('.').next().unwrap_or_default().replace('-', "_");
        files.entry(noun).or_default().push_str(&call(&method));
    }
    files.into_iter().map(|(noun, calls)| (noun.clone(), file(&noun, &calls))).collect()
}

fn file(noun: &str, calls: &str) -> String {
    let has = |word: &str| calls.contains(word);
    let mut own: Vec<&str> = vec!["Answered", "Call", "calls"];
    own.extend(["list"].into_iter().filter(|_| has(": texts") || has(": ints") || has(": list") || has(": entry")));
    own.extend(["sent", "taken"].into_iter().filter(|_| has("first ") || has("option ")));
    let mut uses = "use mp_proto::failure::Failure;\n".to_owned();
    if ["-> Value, ", "<Value>", ", Value>"].into_iter().any(has) {
        uses.push_str(if has("Map<String, Value>") {
            "use serde_json::{Map, Value};\n"
        } else {
            "use serde_json::Value;\n"
        });
    }
    let streams: Vec<&str> = [("ByteStream", "-> ByteStream"), ("Lines", "-> Lines")]
        .into_iter()
        .filter(|(_, word)| has(word))
        .map(|(name, _)| name)
        .collect();
    let sdk: Vec<&str> = streams.into_iter().chain(["Workspace"]).collect();
    uses.push_str(&match sdk.as_slice() {
        [one] => format!("\nuse crate::sdk::{one};\n"),
        more => format!("\nuse crate::sdk::{{{}}};\n", more.join(", ")),
    });
    uses.push_str(&format!("use crate::typed::call::{{{}}};\n", own.join(", ")));
    let named: Vec<&str> = answers()
        .keys()
        .copied()
        .filter(|name| {
            [format!("-> {name}, "), format!("-> Vec<{name}>, "), format!("-> Asked<{name}>, ")]
                .iter()
                .any(|word| calls.contains(word.as_str()))
        })
        .collect();
    match named.as_slice() {
        [] => {}
        [one] => uses.push_str(&format!("use crate::typed::generated::models::{one};\n")),
        more => uses.push_str(&format!("use crate::typed::generated::models::{{{}}};\n", more.join(", "))),
    }
    uses.push_str(match (has("-> Asked<"), has("-> Params, ")) {
        (true, true) => "use crate::typed::record::{Asked, Params};\n",
        (true, false) => "use crate::typed::record::Asked;\n",
        (false, true) => "use crate::typed::record::Params;\n",
        (false, false) => "",
    });
    let about = format!("The operations of `{}`.", noun.replace('_', "-"));
    format!("{}calls! {{\n{}\n}}\n", head(&about, &uses), calls.trim_end())
}

/// Every default is JSON, for a call that lacks it must not fail.
#[test]
fn defaults_are_json() {
    for field in answers().values().flat_map(|object| &object.fields) {
        let is_json = field.default.as_deref().is_none_or(|text| serde_json::from_str::<Value>(text).is_ok());
        assert!(is_json, "{}", field.name);
    }
}

#[test]
fn the_rust_api_is_the_catalogs() {
    let nouns = nouns();
    let mut lists: String = head("The operations, and the objects of their answers.", "");
    let mut names: Vec<&str> = nouns.keys().map(String::as_str).chain(["models"]).collect();
    names.sort_unstable();
    lists.push_str(&names.iter().map(|name| format!("#[rustfmt::skip]\nmod {name};\n")).collect::<String>());
    lists.push('\n');
    lists.push_str(&names.iter().map(|name| format!("pub use {name}::*;\n")).collect::<String>());
    let mut files = vec![(format!("{FOLDER}/mod.rs"), lists), (format!("{FOLDER}/models.rs"), models())];
    files.extend(nouns.into_iter().map(|(noun, text)| (format!("{FOLDER}/{noun}.rs"), text)));
    check(&files);
}
