//! Turns arguments into the parts of a request, or into a list of everything that is wrong with them. Both ends use it: the daemon does
//! not trust a client.

use mp_proto::failure::{Problem, Problems};
use mp_proto::json::{ascii_json, spaced};
use mp_proto::routes::encode_segment;
use serde_json::{Map, Number, Value};

use crate::operation::{Bound, Kind, Of, Operation, Param, Slot};

/// Binds arguments to an operation. A null counts as not given.
///
/// # Errors
/// With all problems at once.
pub fn bind(operation: &Operation, arguments: &Map<String, Value>) -> Result<Bound, Vec<Problem>> {
    bind_with(operation, arguments, |_, _| {})
}

/// Binds as [`bind`] does, with a check more: of what a row cannot know, such as what time it is.
///
/// # Errors
/// As [`bind`].
pub(crate) fn bind_with(
    operation: &Operation,
    arguments: &Map<String, Value>,
    check: impl Fn(&Map<String, Value>, &mut Problems),
) -> Result<Bound, Vec<Problem>> {
    let mut problems = Problems::default();
    for name in arguments.keys().filter(|name| !knows(operation, name)) {
        unknown(operation, name, &mut problems);
    }
    let call = &operation.call;
    let has_body = operation.params.iter().any(|param| matches!(param.slot, Slot::Body | Slot::Spread));
    let body = (has_body || !call.fixed_body.is_empty()).then(Map::new);
    let mut bound = Bound { path: call.path.to_owned(), query: Vec::new(), body, arguments: Map::new() };
    for (name, text) in call.fixed_body {
        // A test binds every row, so a text that is no JSON does not stay.
        put_at(bound.body.get_or_insert_default(), name, serde_json::from_str(text).unwrap_or_default());
    }
    for param in operation.params {
        // A file is the body of the call, and the path of the output is for the command line alone: neither is an argument.
        if matches!(param.kind, Kind::File | Kind::Output) && arguments.get(param.name).is_none_or(Value::is_null) {
            continue;
        }
        match checked(param, arguments.get(param.name)) {
            Ok(Some((value, sent))) => {
                put(param, &sent, &mut bound);
                bound.arguments.insert(param.name.to_owned(), value);
            }
            Ok(None) => {}
            Err(detail) => problems.add(param.name, detail),
        }
    }
    if let Some(check) = call.check {
        check(&bound.arguments, &mut problems);
    }
    check(&bound.arguments, &mut problems);
    bound.query.extend(call.fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    if problems.is_empty()
        && let Some(arrange) = call.arrange
    {
        let arguments = bound.arguments.clone();
        arrange(&arguments, &mut bound, &mut problems);
    }
    problems.check(Some(bound))
}

fn knows(operation: &Operation, name: &str) -> bool {
    operation.params.iter().any(|param| param.name == name)
}

fn unknown(operation: &Operation, name: &str, problems: &mut Problems) {
    let known: Vec<_> = operation.params.iter().map(|param| param.name).collect();
    let known = if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", known.join(", ")) };
    let shown: String = name.chars().take(80).collect();
    problems.add(shown.escape_debug().to_string(), format!("{} has no such argument; {known}", operation.id));
}

/// Puts a value where it belongs.
fn put(param: &Param, value: &Value, bound: &mut Bound) {
    match param.slot {
        Slot::Path => {
            bound.path =
                bound.path.replacen(&format!("{{{}}}", param.name), &encode_segment(&text(param.kind, value)), 1);
        }
        Slot::Query => {
            let one = |value: &Value| (param.wire.to_owned(), text(param.kind, value));
            match value {
                Value::Bool(false) if param.kind == Kind::Flag => {}
                Value::Array(values) if values.is_empty() && param.kind == Kind::List => {}
                Value::Array(values) if param.is_many() || param.wire.ends_with("[]") => {
                    bound.query.extend(values.iter().map(one));
                }
                value => bound.query.push(one(value)),
            }
        }
        Slot::Body => {
            if *value != Value::Bool(false) || param.kind == Kind::Toggle {
                put_at(bound.body.get_or_insert_default(), param.wire, value.clone());
            }
        }
        Slot::Spread => {
            let body = bound.body.get_or_insert_default();
            body.extend(value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        }
        Slot::Local => {}
    }
}

/// Puts a value into an object; a name with dots is that of a field inside of another.
fn put_at(body: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => drop(body.insert(name.to_owned(), value)),
        Some((outer, inner)) => {
            let outer = body.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(fields) = outer {
                put_at(fields, inner, value);
            }
        }
    }
}

/// Returns a value as it stands in a path or a query.
fn text(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Property, Value::String(given)) => expression(given),
        (_, Value::String(text)) => text.clone(),
        (Kind::Ints, Value::Array(all)) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        (_, value) => ascii_json(&spaced(value)),
    }
}

/// Returns the expression of a property: text that has an accessor already stays, anything else is a name.
fn expression(given: &str) -> String {
    if ["properties[\"", "user[\"", "event[\""].iter().any(|accessor| given.contains(accessor)) {
        return given.to_owned();
    }
    format!("properties[\"{}\"]", given.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns a value that was checked, or the default, and what is sent of it; none when there is neither and none is needed.
fn checked(param: &Param, given: Option<&Value>) -> Result<Option<(Value, Value)>, String> {
    let default = param.default.map(Value::from);
    let Some(given) = given.filter(|given| !given.is_null()).or(default.as_ref()) else {
        return if param.required { Err("must be given".to_owned()) } else { Ok(None) };
    };
    let value = match (param.is_many(), given) {
        (true, Value::Array(all)) if all.is_empty() => return Ok(None),
        (true, Value::Array(all)) => {
            all.iter().map(|one| single(param, one)).collect::<Result<_, _>>().map(Value::Array)
        }
        (true, one) => single(param, one).map(|one| Value::Array(vec![one])),
        (false, one) => single(param, one),
    }?;
    // Whoever reads the URL takes these for steps up and down, however they are encoded.
    if param.slot == Slot::Path && value.as_str().is_some_and(|text| ["", ".", ".."].contains(&text)) {
        return Err("must not be empty, . or ..".to_owned());
    }
    let sent = match param.through {
        Some(through) => through(value.clone())?,
        None => value.clone(),
    };
    Ok(Some((value, sent)))
}

fn single(param: &Param, given: &Value) -> Result<Value, String> {
    let (value, expected) = match param.kind {
        Kind::Str | Kind::Secret | Kind::Property => (given.as_str().map(Value::from), "a text"),
        Kind::Int => (integer(given).map(Value::Number), "an integer"),
        Kind::Ints => (integers(given), "integers, separated by commas"),
        Kind::Id => (id(given), "an id"),
        Kind::List if param.repeats => (several(given), "texts, separated by commas"),
        Kind::List => (texts(given), "texts, separated by commas"),
        Kind::Names => (texts(given).map(without_empty), "texts, separated by commas"),
        Kind::Flag | Kind::Toggle => (boolean(given), "true or false"),
        Kind::Date => (date(given), "a date such as 2025-01-31"),
        Kind::Json(of) => return json(of, given),
        Kind::JsonFile => return json(Of::Object, given),
        Kind::TextFile => (given.as_str().map(Value::from), "a text"),
        Kind::File => return Err("is the body of the call, not one of its arguments".to_owned()),
        Kind::Output => return Err("is for a command line only".to_owned()),
        Kind::OneOf(words) => {
            let known = given.as_str().filter(|word| words.contains(word));
            return known.map(Value::from).ok_or_else(|| format!("must be one of {}", words.join(", ")));
        }
        Kind::AnyCase(words) => {
            let lower = given.as_str().map(str::to_lowercase).filter(|word| words.contains(&word.as_str()));
            return lower.map(Value::from).ok_or_else(|| format!("must be one of {}", words.join(", ")));
        }
    };
    value.ok_or_else(|| format!("must be {expected}"))
}

fn integer(given: &Value) -> Option<Number> {
    match given {
        Value::Number(number) => number.as_i64().map(Number::from),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Number::from),
        _ => None,
    }
}

fn id(given: &Value) -> Option<Value> {
    match given {
        Value::String(text) => (!text.is_empty()).then(|| given.clone()),
        _ => integer(given).map(|number| number.to_string().into()),
    }
}

fn integers(given: &Value) -> Option<Value> {
    let all: Option<Vec<Number>> = match given {
        Value::String(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| integer(&Value::from(part))).collect()
        }
        Value::Array(list) => list.iter().map(integer).collect(),
        one => integer(one).map(|one| vec![one]),
    };
    all.filter(|all| !all.is_empty()).map(|all| all.into_iter().map(Value::Number).collect())
}

fn texts(given: &Value) -> Option<Value> {
    match given {
        Value::String(text) => Some(text.split(',').map(|part| Value::from(part.trim())).collect()),
        Value::Array(list) if !list.is_empty() => list.iter().all(Value::is_string).then(|| given.clone()),
        _ => None,
    }
}

/// Texts that may be given one by one: each of them stays as it is, and parts of one text that are empty do not count.
fn several(given: &Value) -> Option<Value> {
    match given {
        Value::String(text) => {
            Some(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect())
        }
        Value::Array(list) => list.iter().all(Value::is_string).then(|| given.clone()),
        _ => None,
    }
}

fn boolean(given: &Value) -> Option<Value> {
    match given {
        Value::Bool(_) => Some(given.clone()),
        Value::String(word) => word.parse().ok().map(Value::Bool),
        _ => None,
    }
}

/// A calendar date in the one spelling that Mixpanel takes.
fn date(given: &Value) -> Option<Value> {
    let text = given.as_str()?;
    let is_spelled_so = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_spelled_so && text.parse::<jiff::civil::Date>().is_ok()).then(|| given.clone())
}

fn without_empty(texts: Value) -> Value {
    match texts {
        Value::Array(all) => all.into_iter().filter(|text| text != "").collect(),
        other => other,
    }
}

/// Returns JSON that was given as a value or as its text. So where a JSON text is wanted, its text has quotes.
fn json(of: Of, given: &Value) -> Result<Value, String> {
    let read = match given {
        Value::String(text) => serde_json::from_str(text).map_err(|error| {
            format!("must be JSON, and is not in line {}, column {}: {}", error.line(), error.column(), why(&error))
        })?,
        other => other.clone(),
    };
    of.checked(&read)
}

/// Returns what a reader of JSON says, without the place that it adds.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Call, Effect, Reply, Scope, Weight};
    use mp_proto::plane::Plane;
    use serde_json::json;

    const ROW: Operation = Operation {
        id: "things.show",
        command: &["things", "show"],
        summary: "Show a thing",
        detail: "",
        effect: Effect::Read,
        weight: Weight::PLAIN,
        scope: Scope::Project,
        params: &[
            Param::path("name", Kind::Str, "Its name"),
            Param::query("ids", Kind::Ints, "Only these"),
            Param::query("limit", Kind::Int, "At most so many"),
            Param::query("on", Kind::Property, "By this").wire("by"),
            Param::query("events", Kind::List, "Of these"),
            Param::query("unit", Kind::OneOf(&["day", "week"]), "Per").default("day"),
            Param::query("from", Kind::Date, "From").wire("from_date"),
            Param::query("deep", Kind::Flag, "Deeper"),
            Param::query("tag", Kind::Str, "Tagged so").repeats(),
            Param::body("filter", Kind::Json(Of::Object), "Only these"),
            Param::local("link", Kind::Toggle, "With a link").default("true"),
        ],
        call: Call::get(Plane::App, "things/{name}/parts").fixed(&[("v", "2")]),
        reply: Reply::ONE,
        ..Operation::READ
    };

    fn bound(arguments: Value) -> Result<Bound, Vec<String>> {
        let arguments = arguments.as_object().expect("an object");
        let problems = |problems: Vec<Problem>| problems.into_iter().map(|one| one.at).collect();
        bind(&ROW, arguments).map_err(problems)
    }

    fn query(arguments: Value) -> String {
        let query = bound(arguments).expect("good").query;
        query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn values_find_their_places() {
        for ids in [json!("1, 2"), json!([1, 2]), json!(["1", 2])] {
            let all = bound(json!({"limit": "-5", "ids": ids, "name": "a/b ü"})).expect("good");
            assert_eq!(all.path, "things/a%2Fb%20%C3%BC/parts");
            assert_eq!((all.arguments["limit"].clone(), all.arguments["ids"].clone()), (json!(-5), json!([1, 2])));
        }
        assert_eq!(query(json!({"name": "x", "ids": [1, 2], "limit": "-5"})), "ids=1,2&limit=-5&unit=day&v=2");
        assert_eq!(query(json!({"name": "x", "events": "a, bé ,"})), r#"events=["a", "b\u00e9", ""]&unit=day&v=2"#);
        assert_eq!(
            query(json!({"name": "x", "deep": true, "from": "2024-02-29"})),
            "unit=day&from_date=2024-02-29&deep=true&v=2"
        );
        assert_eq!(query(json!({"name": "x", "deep": false, "tag": ["a", "b"]})), "unit=day&tag=a&tag=b&v=2");
        let body = bound(json!({"name": "x", "filter": "{\"a\": 1}"})).expect("good").body;
        assert_eq!(body, json!({"filter": {"a": 1}}).as_object().cloned());
    }

    #[test]
    fn a_bare_name_of_a_property_becomes_an_expression() {
        assert_eq!(expression("plan"), r#"properties["plan"]"#);
        assert_eq!(expression(r#"a"b\c"#), r#"properties["a\"b\\c"]"#);
        for kept in [r#"user["plan"]"#, r#"floor(properties["x"])"#] {
            assert_eq!(expression(kept), kept);
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let odd = json!({"x": 1, "ids": "1,b", "limit": 1.5, "unit": "hour", "from": "2025-02-29", "filter": "[1]"});
        assert_eq!(
            bound(odd),
            Err(["x", "name", "ids", "limit", "unit", "from", "filter"].map(str::to_owned).to_vec())
        );
        for odd in [json!(".."), json!("."), json!(""), json!(5)] {
            assert_eq!(bound(json!({"name": odd})), Err(vec!["name".to_owned()]), "{odd}");
        }
        for odd in [json!(""), json!([]), json!(","), json!({}), json!(true), json!([[1]])] {
            assert_eq!(bound(json!({"name": "x", "ids": odd})), Err(vec!["ids".to_owned()]), "{odd}");
        }
        for odd in ["2025-1-5", "20250105", "01/02/2025", "2025-01-05T00:00", "today", "+2025-01-5"] {
            assert_eq!(bound(json!({"name": "x", "from": odd})), Err(vec!["from".to_owned()]), "{odd}");
        }
    }
}
