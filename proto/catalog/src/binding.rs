//! Turns arguments into the parts of a request, or into a list of everything that is wrong with them. Both ends use it: the daemon does
//! not trust a client.

mod list;
mod value;

use mp_proto::failure::{Problem, Problems};
use mp_proto::json::{ascii_json, spaced};
use mp_proto::routes::encode_segment;
use serde_json::{Map, Value};

use crate::operation::{Bound, Kind, Operation, Param, Slot};

pub use list::typed;

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
    if operation.asks.is_some() {
        // Whether they are good depends on the day: `ask::build` is told that.
        return Ok(Bound { path: operation.call.path.to_owned(), arguments: arguments.clone(), ..Bound::default() });
    }
    let mut problems = Problems::default();
    for name in arguments.keys().filter(|name| !knows(operation, name)) {
        unknown(operation, name, &mut problems);
    }
    let call = &operation.call;
    let has_body = operation.params.iter().any(|param| matches!(param.slot, Slot::Body | Slot::Spread));
    let body = (has_body || !call.fixed_body.is_empty()).then(Map::new);
    let mut bound = Bound { path: call.path.to_owned(), query: Vec::new(), body, ..Bound::default() };
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
            Ok(Some(checked)) => {
                put(param, &checked.sent, &mut bound);
                bound.arguments.insert(param.name.to_owned(), checked.value);
                bound.notes.extend(checked.notes);
            }
            Ok(None) => {}
            Err(wrong) => wrong.into_iter().for_each(|why| problems.add(param.name, why)),
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

/// What became of one argument.
struct Checked {
    /// Its value.
    value: Value,
    /// What is sent of it.
    sent: Value,
    /// What a caller should be told.
    notes: Vec<String>,
}

/// Returns a value that was checked, or the default; none when there is neither and none is needed.
fn checked(param: &Param, given: Option<&Value>) -> Result<Option<Checked>, Vec<String>> {
    let one = |why: &str| vec![why.to_owned()];
    let default = param.default.map(Value::from);
    let is_none = |given: &&Value| match given {
        Value::Null => true,
        Value::String(text) if matches!(param.kind, Kind::Json(_)) => {
            text.trim() == "null" || (param.empty_is_none && text.is_empty())
        }
        Value::String(text) => param.empty_is_none && text.is_empty(),
        _ => false,
    };
    let Some(given) = given.filter(|given| !is_none(given)).or(default.as_ref()) else {
        return if param.required { Err(one("must be given")) } else { Ok(None) };
    };
    let mut notes = Vec::new();
    let value = match (param.is_many(), given) {
        (true, Value::Array(all)) if all.is_empty() => return Err(one(value::NONE)),
        (true, Value::Array(all)) => each(param, all, &mut notes)?,
        (true, one) => each(param, std::slice::from_ref(one), &mut notes)?,
        (false, one) => value::single(param, one, &mut notes)?,
    };
    // Whoever reads the URL takes these for steps up and down, however they are encoded.
    if param.slot == Slot::Path && value.as_str().is_some_and(|text| ["", ".", ".."].contains(&text)) {
        return Err(one("must not be empty, . or .."));
    }
    let sent = match param.through {
        Some(through) => through(value.clone()).map_err(|why| vec![why])?,
        None => value.clone(),
    };
    Ok(Some(Checked { value, sent, notes }))
}

/// Checks each of several values, and tells what is wrong with any of them once.
fn each(param: &Param, all: &[Value], notes: &mut Vec<String>) -> Result<Value, Vec<String>> {
    let (mut values, mut wrong) = (Vec::new(), Vec::new());
    for one in all {
        match value::single(param, one, notes) {
            Ok(value) => values.push(value),
            Err(why) => wrong.extend(why),
        }
    }
    wrong.dedup();
    if wrong.is_empty() { Ok(Value::Array(values)) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Call, Effect, Of, Reply, Scope, Weight};
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
