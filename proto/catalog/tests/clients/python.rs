//! The Python client: `mixpanel_mpd/_types.py` and `mixpanel_mpd/_methods.py`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::methods::{Answer, Argument, Method, methods};
use crate::types::{Field, Object, Type, answers, definitions, inputs, object_of};
use crate::{MARK, check, wrapped};

/// Names that Python keeps for itself.
const KEYWORDS: &[&str] =
    &["from", "return", "in", "is", "class", "global", "import", "pass", "with", "def", "not", "or", "and"];

/// Names that a dict has: a field of that name is reached by `record["name"]` alone.
const OF_DICTS: &[&str] =
    &["clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];

/// How results unfold into rows: the field, the names of its levels, and that of the value.
const UNFOLDED: &[(&str, &str, &[&str], &str)] = &[
    ("SegmentationResult", "series", &["segment", "date"], "count"),
    ("EventCountsResult", "series", &["event", "date"], "count"),
    ("PropertyCountsResult", "series", &["value", "date"], "count"),
    ("NumericBucketResult", "series", &["bucket", "date"], "count"),
    ("NumericSumResult", "results", &["date"], "sum"),
    ("NumericAverageResult", "results", &["date"], "average"),
    ("FrequencyResult", "data", &["date"], "period"),
    ("FunnelResult", "steps", &[], "step"),
    ("RetentionResult", "cohorts", &[], "cohort"),
    ("ActivityFeedResult", "events", &[], "event"),
    ("FlowsResult", "steps", &[], "step"),
    ("SavedReportResult", "series", &["event", "date"], "count"),
    ("QueryResult", "series", &["event", "date"], "count"),
    ("SchemaGraphResult", "event_to_properties", &["event"], "property"),
];

/// The classes of `_ask.py` and `_filters.py` that make objects which are given.
const MADE: &[(&str, &str)] = &[
    ("AskAllOf", "CohortDefinition"),
    ("AskAnchor", "FlowStep"),
    ("AskAnyEvent", "SimpleBehavior"),
    ("AskAnyOf", "CohortDefinition"),
    ("AskCohortBreakdown", "CohortBreakdown"),
    ("AskCohortFilter", "Filter"),
    ("AskCohortMetric", "CohortMetric"),
    ("AskCustomEvent", "CustomEventRef"),
    ("AskCustomProperty", "CustomPropertyRef"),
    ("AskCustomProperty", "InlineCustomProperty"),
    ("AskCustomPropertyInput", "PropertyInput"),
    ("AskDid", "CohortCriteria"),
    ("AskDidNot", "CohortCriteria"),
    ("AskEventMetric", "Metric"),
    ("AskExclusion", "Exclusion"),
    ("AskFormula", "Formula"),
    ("AskFrequencyBreakdown", "FrequencyBreakdown"),
    ("AskFrequencyFilter", "FrequencyFilter"),
    ("AskFunnel", "FunnelBehavior"),
    ("AskFunnelMetric", "FunnelMetric"),
    ("AskFunnelStep", "FunnelStep"),
    ("AskHasProperty", "CohortCriteria"),
    ("AskHeldProperty", "HoldingConstant"),
    ("AskInCohort", "CohortCriteria"),
    ("AskListItem", "ListItemGroupMode"),
    ("AskListItemBreakdown", "GroupBy"),
    ("AskNotInCohort", "CohortCriteria"),
    ("AskPropertyBreakdown", "GroupBy"),
    ("AskPropertyFilter", "Filter"),
    ("AskRetention", "RetentionBehavior"),
    ("AskRetentionEvent", "RetentionEvent"),
    ("AskRetentionMetric", "RetentionMetric"),
    ("AskSavedBehavior", "BehaviorRef"),
    ("AskSavedMetric", "MetricRef"),
    ("AskTimeComparison", "TimeComparison"),
];

/// Returns what has a name, with the classes that make the same.
fn named(name: &str, quote: &str) -> String {
    let made = MADE.iter().filter(|(of, _)| *of == name).map(|(_, class)| *class);
    let names: Vec<String> = std::iter::once(name).chain(made).map(|one| format!("{quote}{one}{quote}")).collect();
    if names.len() == 1 { names.concat() } else { format!("Union[{}]", names.join(", ")) }
}

/// The lines that import the classes.
const IMPORTED: &str = "from ._ask import *\nfrom ._filters import *\n";

fn safe(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Returns a JSON value as Python writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

fn fixed(values: &Map<String, Value>) -> String {
    values.iter().map(|(key, value)| format!("{}: {}", quoted(key), literal(value))).collect::<Vec<_>>().join(", ")
}

/// Returns a type as an annotation.
fn annotation(of: &Type) -> String {
    match of {
        Type::Any => "Any".to_owned(),
        Type::Text => "str".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Nothing => "None".to_owned(),
        Type::Words(words) => {
            format!("Literal[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
        }
        Type::List(of) => format!("List[{}]", annotation(of)),
        Type::Map(of) => format!("Dict[str, {}]", annotation(of)),
        Type::Named(name) => named(name, ""),
        Type::OneOf(types) => format!("Union[{}]", types.iter().map(annotation).collect::<Vec<_>>().join(", ")),
    }
}

/// Returns the type of an argument: a list may be any sequence, and an object any mapping.
fn taken(of: &Type) -> String {
    match of {
        Type::List(of) => format!("Sequence[{}]", taken(of)),
        Type::Map(of) => format!("Mapping[str, {}]", taken(of)),
        Type::OneOf(types) => format!("Union[{}]", types.iter().map(taken).collect::<Vec<_>>().join(", ")),
        other => annotation(other),
    }
}

/// Returns a class of an answer.
fn record(object: &Object) -> String {
    let mut text = format!("\n\nclass {}(Record):\n    \"\"\"`{}` of an answer.\"\"\"\n\n", object.name, object.name);
    let nested: Vec<String> = object
        .fields
        .iter()
        .filter_map(|field| Some(format!("{}: {}", quoted(&field.key), quoted(innermost(&field.of)?))))
        .collect();
    if !nested.is_empty() {
        text.push_str(&format!("    _parts = {{{}}}\n", nested.join(", ")));
    }
    let renamed: Vec<String> = object
        .fields
        .iter()
        .filter(|field| field.name != field.key)
        .map(|field| format!("{}: {}", quoted(&field.name), quoted(&field.key)))
        .collect();
    if !renamed.is_empty() {
        text.push_str(&format!("    _keys = {{{}}}\n", renamed.join(", ")));
    }
    if let Some((_, field, levels, value)) = UNFOLDED.iter().find(|(name, ..)| *name == object.name) {
        let levels: String = levels.iter().map(|level| format!("{}, ", quoted(level))).collect();
        text.push_str(&format!("    _unfolds = ({}, ({levels}), {})\n", quoted(field), quoted(value)));
    }
    for field in object.fields.iter().filter(|field| !OF_DICTS.contains(&field.name.as_str())) {
        let of = annotation(&field.of);
        let of = if field.required || of == "Any" { of } else { format!("Optional[{of}]") };
        text.push_str(&format!("    {}: {of}\n", safe(&field.name)));
    }
    text
}

fn innermost(of: &Type) -> Option<&str> {
    match of {
        Type::Named(name) => Some(name),
        Type::List(of) | Type::Map(of) => innermost(of),
        _ => None,
    }
}

/// Returns the classes of an object that is given. Its keys that must be there have a class of their own, as Python 3.9 wants it.
fn typed_dict(name: &str, about: &str, fields: &[Field]) -> String {
    let (needed, others): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.required);
    let lines = |fields: &[&Field]| -> String {
        fields.iter().map(|field| format!("    {}: {}\n", safe(&field.name), taken(&field.of))).collect()
    };
    let mut text = String::new();
    let about = format!("    \"\"\"{about}\"\"\"\n\n");
    match (needed.is_empty(), others.is_empty()) {
        (false, true) => text.push_str(&format!("\n\nclass {name}(TypedDict):\n{about}{}", lines(&needed))),
        (true, _) => text.push_str(&format!("\n\nclass {name}(TypedDict, total=False):\n{about}{}", lines(&others))),
        (false, false) => {
            text.push_str(&format!("\n\nclass _{name}(TypedDict):\n{}", lines(&needed)));
            text.push_str(&format!("\n\nclass {name}(_{name}, total=False):\n{about}{}", lines(&others)));
        }
    }
    text.trim_end().to_owned() + "\n"
}

fn types() -> String {
    let mut text = format!(
        "\"\"\"What methods take and answer. {MARK}\"\"\"\n\n# ruff: noqa\n\nfrom __future__ import annotations\n\n"
    );
    text.push_str("from typing import Any, Dict, List, Literal, Mapping, Optional, Sequence, Union\n\n");
    text.push_str(&format!("from typing import TypedDict\n\n{IMPORTED}from ._records import Record\n"));
    let mut names: Vec<String> = Vec::new();
    for object in answers().values() {
        text.push_str(&record(object));
        names.push(object.name.clone());
    }
    for (name, object) in inputs() {
        text.push_str(&typed_dict(&name, &format!("`{name}` as it is given."), &object.fields));
        names.push(name);
    }
    for (name, schema) in definitions().into_iter().filter(|(name, schema)| object_of(name, schema).is_none()) {
        text.push_str(&format!("\n\n{name} = {}\n", at_run_time(&Type::of_schema(&schema))));
        names.push(name);
    }
    for (name, fields) in params() {
        text.push_str(&typed_dict(&name, &format!("`{name}`: arguments in one object."), &fields));
        names.push(name);
    }
    let listed: String = names.iter().map(|name| format!("    {},\n", quoted(name))).collect();
    text.push_str(&format!("\n\n__all__ = [\n{listed}]\n"));
    text
}

/// Returns a type as an expression, where names may be told of later.
fn at_run_time(of: &Type) -> String {
    match of {
        Type::Named(name) => named(name, "\""),
        Type::List(of) => format!("Sequence[{}]", at_run_time(of)),
        Type::Map(of) => format!("Mapping[str, {}]", at_run_time(of)),
        Type::OneOf(types) => format!("Union[{}]", types.iter().map(at_run_time).collect::<Vec<_>>().join(", ")),
        other => annotation(other),
    }
}

/// Returns the objects that gather arguments, by their names.
fn params() -> BTreeMap<String, Vec<Field>> {
    let mut found = BTreeMap::new();
    for method in methods() {
        let Some(class) = method.params.clone() else { continue };
        found.insert(class, method.named.iter().map(field).chain(file(&method)).collect());
    }
    found
}

fn field(argument: &Argument) -> Field {
    let (name, about) = (argument.name.clone(), argument.about.clone());
    Field { key: name.clone(), name, of: argument.of.clone(), required: argument.required, default: None, about }
}

/// The path of the file that an upload sends.
fn file(method: &Method) -> Option<Field> {
    let (name, about) = ("file_path".to_owned(), "Path of the file".to_owned());
    method.takes_file.then(|| Field { key: name.clone(), name, of: Type::Text, required: true, default: None, about })
}

/// Returns the arguments of a method, with what they are.
fn signature(method: &Method) -> String {
    let one = |argument: &Argument| {
        let (name, of) = (safe(&argument.name), taken(&argument.of));
        match argument.required {
            true => format!("{name}: {of}"),
            false if argument.takes_null => format!("{name}: Optional[{of}] = DEFAULT"),
            false if of == "Any" => format!("{name}: Any = None"),
            false => format!("{name}: Optional[{of}] = None"),
        }
    };
    let mut parts: Vec<String> = std::iter::once("self".to_owned()).chain(method.first.iter().map(one)).collect();
    match &method.params {
        Some(class) => parts.push(format!("params: {class}")),
        None => {
            let mut named: Vec<String> = method.named.iter().map(one).collect();
            if method.is_kept {
                named.push("refresh: bool = False".to_owned());
            }
            if method.has_link {
                named.push("link: bool = False".to_owned());
            }
            if !named.is_empty() {
                parts.push("*".to_owned());
                parts.extend(named);
            }
        }
    }
    parts.join(", ")
}

/// Returns the arguments as they are sent.
fn sent(method: &Method) -> String {
    let named: &[Argument] = if method.params.is_some() { &[] } else { &method.named };
    let mut parts: Vec<String> = method
        .first
        .iter()
        .chain(named)
        .map(|one| {
            let name = safe(&one.name);
            let value = match one.is_entry {
                true => format!("[{name}]"),
                false if one.takes_null => format!("or_null({name})"),
                false => name,
            };
            format!("{}: {value}", quoted(&one.key))
        })
        .collect();
    if !method.fixed.is_empty() {
        parts.push(fixed(&method.fixed));
    }
    if method.params.is_some() {
        let renamed: Vec<String> = method
            .named
            .iter()
            .filter(|one| one.name != one.key)
            .map(|one| format!("{}: {}", quoted(&one.name), quoted(&one.key)))
            .collect();
        parts.push(format!("**renamed(params, {{{}}})", renamed.join(", ")));
    }
    format!("{{{}}}", parts.join(", "))
}

fn answered(answer: &Answer, is_async: bool) -> (String, String) {
    let iterator = if is_async { "AsyncIterator" } else { "Iterator" };
    match answer {
        Answer::Nothing => ("None".to_owned(), "nothing".to_owned()),
        Answer::Params => ("Dict[str, Any]".to_owned(), "params".to_owned()),
        Answer::Lines => (format!("{iterator}[Dict[str, Any]]"), "lines".to_owned()),
        Answer::Bytes => ("bytes".to_owned(), "data".to_owned()),
        Answer::Asked(name) => (name.clone(), format!("asked({name})")),
        Answer::Value(of) => {
            let reader = innermost(of).map_or("value".to_owned(), |name| format!("of({name})"));
            (annotation(of), reader)
        }
    }
}

fn method(method: &Method, is_async: bool) -> String {
    let is_stream = method.answer == Answer::Lines;
    let (define, wait) = if is_async && !is_stream { ("async def", "await ") } else { ("def", "") };
    let (answer, reader) = answered(&method.answer, is_async);
    let call = if method.takes_file {
        "_upload"
    } else if is_stream {
        "_stream"
    } else {
        "_run"
    };
    let mut more = String::new();
    if method.is_kept && method.params.is_none() {
        more.push_str(", refresh=refresh");
    }
    if method.has_link {
        more.push_str(", call={\"link\": link}");
    }
    if !method.call.is_empty() {
        more.push_str(&format!(", call={{{}}}", fixed(&method.call)));
    }
    let keyword = if method.answer == Answer::Nothing { "" } else { "return " };
    let reader = if is_stream { String::new() } else { format!(", {reader}") };
    format!(
        "\n    {define} {}({}) -> {answer}:\n{}\n        {keyword}{wait}self.{call}({}, {}{reader}{more})\n",
        method.name,
        signature(method),
        docs(method),
        quoted(method.id),
        sent(method),
    )
}

fn docs(method: &Method) -> String {
    let mut text = method.about.replace('\\', "\\\\");
    let told: Vec<String> = method
        .arguments()
        .filter(|one| !one.about.is_empty())
        .map(|one| format!("`{}`: {}", safe(&one.name), one.about.replace('\\', "\\\\")))
        .collect();
    let mut lines = wrapped(&format!("\"\"\"{}", std::mem::take(&mut text)), "        ", 130);
    for line in &told {
        let one = wrapped(line, "          ", 130);
        lines.push_str(&format!("\n\n        * {}", one.trim_start()).replacen(
            "\n\n",
            if lines.contains("\n        * ") { "\n" } else { "\n\n" },
            1,
        ));
    }
    lines.push_str(if told.is_empty() { "\"\"\"" } else { "\n        \"\"\"" });
    lines
}

fn classes() -> String {
    let mut text = format!(
        "\"\"\"The operations as methods. {MARK}\"\"\"\n\n# ruff: noqa\n# mypy: disable-error-code=\"no-any-return\"\n\nfrom __future__ import annotations\n\n"
    );
    text.push_str(
        "from typing import Any, AsyncIterator, Dict, Iterator, List, Literal, Mapping, Optional, Sequence, Union\n\n",
    );
    text.push_str(
        "from ._calls import DEFAULT, AsyncCalls, Calls, asked, data, nothing, of, or_null, params as params_of, renamed, value\n",
    );
    text.push_str(IMPORTED);
    text.push_str("from ._types import *\n");
    for (name, calls, is_async) in [("Operations", "Calls", false), ("AsyncOperations", "AsyncCalls", true)] {
        text.push_str(&format!("\n\nclass {name}({calls}):\n    \"\"\"Every operation of the catalog.\"\"\"\n"));
        text.extend(methods().iter().map(|one| method(one, is_async)));
    }
    text.replace(", params, call=", ", params_of, call=")
}

#[test]
fn the_python_client_is_the_catalogs() {
    const FOLDER: &str = "packaging/clients/python/mixpanel_mpd";
    check(&[(format!("{FOLDER}/_types.py"), types()), (format!("{FOLDER}/_methods.py"), classes())]);
}
