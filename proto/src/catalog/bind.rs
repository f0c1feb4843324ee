//! Arguments to the parts of a request, or everything that is wrong with them. Both ends use it: the daemon does not trust a client.

use serde_json::{Map, Value};

use super::{Kind, Operation, Param, Place};
use crate::failure::Problem;
use crate::routes::encode_segment;

/// Arguments that were checked and put in their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The path below the scope, with its values encoded.
    pub path: String,
    /// The query parameters, in the order of the row.
    pub query: Vec<(String, String)>,
    /// The fields of the body, in the order of the row; none when the row has no body.
    pub body: Option<Map<String, Value>>,
}

/// Binds arguments to an operation. A null counts as not given.
///
/// # Errors
/// With all problems at once.
pub fn bind(operation: &Operation, arguments: &Map<String, Value>) -> Result<Bound, Vec<Problem>> {
    let mut problems: Vec<Problem> =
        arguments.keys().filter(|name| !knows(operation, name)).map(|name| unknown(operation, name)).collect();
    let mut bound = Bound { path: operation.call.path.to_owned(), query: Vec::new(), body: None };
    for param in operation.params {
        match value(param, arguments.get(param.name)) {
            Ok(Some(text)) => match param.place {
                Place::Path => {
                    bound.path = bound.path.replacen(&format!("{{{}}}", param.name), &encode_segment(&text), 1);
                }
                Place::Query => bound.query.push((param.wire.to_owned(), text)),
                Place::Body => {
                    bound.body.get_or_insert_default().insert(param.wire.to_owned(), Value::String(text));
                }
                Place::Local => {}
            },
            Ok(None) => {}
            Err(detail) => problems.push(Problem::new(param.name, detail)),
        }
    }
    if problems.is_empty() { Ok(bound) } else { Err(problems) }
}

fn knows(operation: &Operation, name: &str) -> bool {
    operation.params.iter().any(|param| param.name == name)
}

fn unknown(operation: &Operation, name: &str) -> Problem {
    let known: Vec<_> = operation.params.iter().map(|param| param.name).collect();
    let known = if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", known.join(", ")) };
    let shown: String = name.chars().take(80).collect();
    Problem::new(shown.escape_debug().to_string(), format!("{} has no such argument; {known}", operation.id))
}

/// Returns a value as text; none when it was not given and need not be.
fn value(param: &Param, given: Option<&Value>) -> Result<Option<String>, String> {
    let Some(given) = given.filter(|given| !given.is_null()) else {
        return if param.required { Err("must be given".to_owned()) } else { Ok(None) };
    };
    // Code reads these, and says more exactly what they must be.
    if param.place == Place::Local {
        return Ok(Some(given.to_string()));
    }
    let (text, expected) = match param.kind {
        Kind::Str => (given.as_str().map(str::to_owned), "a text"),
        Kind::Int => (integer(given), "an integer"),
        Kind::Ints => (integers(given), "integers, separated by commas"),
        _ => (given.as_str().map(str::to_owned), "a text"),
    };
    let text = text.ok_or_else(|| format!("must be {expected}"))?;
    // A URL would read these as steps, however they are encoded.
    if param.place == Place::Path && ["", ".", ".."].contains(&text.as_str()) {
        return Err("must not be empty, . or ..".to_owned());
    }
    Ok(Some(text))
}

fn integer(given: &Value) -> Option<String> {
    let number: i64 = match given {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Some(number.to_string())
}

fn integers(given: &Value) -> Option<String> {
    let all: Option<Vec<String>> = match given {
        Value::String(text) => text.split(',').map(|part| integer(&Value::from(part))).collect(),
        Value::Array(list) => list.iter().map(integer).collect(),
        one => integer(one).map(|one| vec![one]),
    };
    all.filter(|all| !all.is_empty()).map(|all| all.join(","))
}

#[cfg(test)]
mod tests {
    use super::super::{Call, Effect, Host, Reply, Scope, Shape};
    use super::*;
    use serde_json::json;

    const ROW: Operation = Operation {
        id: "things.show",
        command: &["things", "show"],
        summary: "Show a thing",
        effect: Effect::Read,
        scope: Scope::Project,
        params: &[
            Param::path("name", Kind::Str, "Its name"),
            Param::query("ids", Kind::Ints, "Only these"),
            Param::query("limit", Kind::Int, "At most so many"),
        ],
        call: Call::get(Host::App, "things/{name}/parts"),
        reply: Reply { shape: Shape::One, columns: &[], times: &[] },
    };

    fn bound(arguments: Value) -> Result<Bound, Vec<String>> {
        let arguments = arguments.as_object().expect("an object");
        let problems = |problems: Vec<Problem>| problems.into_iter().map(|one| one.at).collect();
        bind(&ROW, arguments).map_err(problems)
    }

    #[test]
    fn values_find_their_places() {
        let query = vec![("ids".to_owned(), "1,2".to_owned()), ("limit".to_owned(), "-5".to_owned())];
        for ids in [json!("1, 2"), json!([1, 2]), json!(["1", 2])] {
            let all = bound(json!({"limit": "-5", "ids": ids, "name": "a/b ü"}));
            assert_eq!(
                all,
                Ok(Bound { path: "things/a%2Fb%20%C3%BC/parts".to_owned(), query: query.clone(), body: None })
            );
        }
        assert_eq!(
            bound(json!({"name": "x", "ids": null})),
            Ok(Bound { path: "things/x/parts".to_owned(), query: vec![], body: None })
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        assert_eq!(
            bound(json!({"x": 1, "ids": "1,b", "limit": 1.5})),
            Err(vec!["x".into(), "name".into(), "ids".into(), "limit".into()])
        );
        for odd in [json!(".."), json!("."), json!(""), json!(5)] {
            assert_eq!(bound(json!({"name": odd})), Err(vec!["name".to_owned()]), "{odd}");
        }
        for odd in [json!(""), json!([]), json!("1,,2"), json!({}), json!(true), json!([[1]])] {
            assert_eq!(bound(json!({"name": "x", "ids": odd})), Err(vec!["ids".to_owned()]), "{odd}");
        }
    }
}
