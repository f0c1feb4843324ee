//! Whether arguments are of the JSON that is declared: types, keys, words. What they mean is looked at where they are used.

use serde_json::{Map, Value};

use super::codes::{ASK_MISSING, ASK_TYPE, ASK_UNKNOWN, ASK_WORD};
use super::fault::{At, Code, Report, Said, shown};
use super::kind::{Choice, Field, Kind, Shape};
use super::near::near;
use super::object::{int, is_given};

/// Deepest nesting of arguments. What is built from them is a little deeper, and readers of JSON take 128.
const DEEPEST: usize = 100;

/// Tells whether arguments are nested no deeper than can be worked on, without going down itself.
pub(in crate::ask) fn is_shallow(arguments: &Map<String, Value>, report: &mut Report) -> bool {
    let mut open: Vec<(&Value, usize)> = arguments.values().map(|value| (value, 2)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > DEEPEST && (value.is_array() || value.is_object()) {
            report.add(At::Top, ASK_TYPE.saying(format!("arguments must not be nested more than {DEEPEST} deep")));
            return false;
        }
        match value {
            Value::Array(list) => open.extend(list.iter().map(|value| (value, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    true
}

/// Checks an object against its declaration.
pub(in crate::ask) fn object(map: &Map<String, Value>, shape: &'static Shape, at: At<'_>, report: &mut Report) {
    present(map, shape, at, report);
    for field in shape.fields().filter(|field| field.is_needed && !is_given(map, field.name)) {
        report.add(At::Key(&at, field.name), missing(field));
    }
}

/// Checks the keys that an object has.
pub(in crate::ask) fn present(map: &Map<String, Value>, shape: &'static Shape, at: At<'_>, report: &mut Report) {
    for (name, given) in map {
        if report.is_full() {
            return;
        }
        let at = At::Key(&at, name);
        match shape.field(name) {
            None => report.add(at, unknown(name, shape)),
            Some(_) if given.is_null() => {}
            Some(field) => value(given, field.kind, field.wrong, at, report),
        }
    }
}

fn missing(field: &Field) -> Said {
    field.absent.map_or_else(|| ASK_MISSING.with("x", field.name), Said::from)
}

fn unknown(name: &str, shape: &'static Shape) -> Said {
    let said = if shape.key.is_empty() {
        ASK_UNKNOWN.with("x", format_args!("{name:?}"))
    } else {
        ASK_UNKNOWN
            .saying(ASK_UNKNOWN.words.replace("argument {x}", "{x} beside {y}"))
            .with("x", format_args!("{name:?}"))
            .with("y", format_args!("{:?}", shape.key))
    };
    said.suggesting(near(name, shape.fields().map(|field| field.name)))
}

/// Checks one value against its kind.
fn value(value: &Value, kind: Kind, wrong: Option<Code>, at: At<'_>, report: &mut Report) {
    match kind {
        Kind::Choice(choice) => return self::choice(value, choice, wrong, at, report),
        Kind::Many(kind) if !value.is_array() => return self::value(value, *kind, wrong, at, report),
        Kind::List(kind) | Kind::Many(kind) => {
            if let Value::Array(list) = value {
                return members(list, *kind, wrong, at, report);
            }
        }
        Kind::Object(shape) => {
            if let Value::Object(map) = value {
                return object(map, shape, at, report);
            }
        }
        Kind::Map(shape) => {
            if let Value::Object(map) = value {
                for (name, given) in map {
                    self::value(given, Kind::Object(shape), None, At::Key(&at, name), report);
                }
                return;
            }
        }
        Kind::Word(words) => {
            if let Value::String(given) = value {
                if !words.contains(&given.as_str()) {
                    report.add(at, wrong.unwrap_or(ASK_WORD).word(given, words).with("field", at.name()));
                }
                return;
            }
        }
        _ => {}
    }
    if !fits(value, kind) {
        report.add(at, wrong.map_or_else(|| mistyped(value, kind, at), |code| wrong_type(code, value, kind, at)));
    }
}

fn members(list: &[Value], kind: Kind, wrong: Option<Code>, at: At<'_>, report: &mut Report) {
    for (index, member) in list.iter().enumerate() {
        if report.is_full() {
            return;
        }
        self::value(member, kind, wrong, At::Item(&at, index), report);
    }
}

/// Checks a value that is one of several kinds.
fn choice(value: &Value, choice: &'static Choice, wrong: Option<Code>, at: At<'_>, report: &mut Report) {
    let wrong = choice.wrong.or(wrong);
    if let Value::Object(map) = value {
        match choice.shape(|key| is_given(map, key)) {
            Some(shape) => return object(map, shape, at, report),
            None if choice.shapes.is_empty() => {}
            None => {
                let keys: Vec<&str> = choice.shapes.iter().map(|shape| shape.key).collect();
                let meant =
                    map.keys().take(keys.len()).flat_map(|name| near(name, keys.iter().copied())).take(3).collect();
                let said = wrong.unwrap_or(ASK_MISSING).saying(format!(
                    "{} needs one of the keys {}",
                    at.name(),
                    keys.join(", ")
                ));
                return report.add(at, said.suggesting(meant));
            }
        }
    }
    if let Some(kind) = choice.plain.iter().copied().find(|kind| is_near(value, *kind)) {
        return self::value(value, kind, wrong, at, report);
    }
    let kind = Kind::Choice(choice);
    report.add(at, wrong.map_or_else(|| mistyped(value, kind, at), |code| wrong_type(code, value, kind, at)));
}

/// Tells whether a value is of the JSON type of a kind, be its members right or not.
fn is_near(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::List(_) => value.is_array(),
        kind => fits(value, kind),
    }
}

/// Tells whether a value that has no parts of its own is of a kind.
fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text | Kind::Date => value.is_string(),
        Kind::Bool => value.is_boolean(),
        Kind::Int => int(value).is_some(),
        Kind::Number => value.is_number(),
        Kind::Moment => value.is_string() || int(value).is_some(),
        Kind::Plain => match value {
            Value::Array(list) => list.iter().all(|member| !member.is_array() && !member.is_object()),
            other => !other.is_object(),
        },
        Kind::Free => value.is_object(),
        Kind::Word(_) | Kind::List(_) | Kind::Many(_) | Kind::Object(_) | Kind::Map(_) => false,
        Kind::Choice(_) | Kind::Refused => false,
    }
}

/// Uses a code of the argument's own for a value of another type.
fn wrong_type(code: Code, value: &Value, kind: Kind, at: At<'_>) -> Said {
    let said = code.with("x", shown(value)).with("field", at.name());
    if let Kind::Word(words) = kind { said.with("list", words.join(", ")) } else { said }
}

fn mistyped(value: &Value, kind: Kind, at: At<'_>) -> Said {
    let said = ASK_TYPE.with("type", named(kind)).with("x", at.name());
    // A number in quotes is the commonest mistake: say what stands there.
    said.noting(format_args!(", not {}", shown(value)))
}

/// Returns what a kind is called in a sentence.
pub(in crate::ask) fn named(kind: Kind) -> String {
    match kind {
        Kind::Plain => "a text, a number, a boolean or a list of those".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Date => "a date as YYYY-MM-DD".to_owned(),
        Kind::Moment => "a date as YYYY-MM-DD or seconds since 1970".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::Int => "a whole number".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
        Kind::List(_) => "a list".to_owned(),
        Kind::Many(kind) => format!("{}, or a list of such", named(*kind)),
        Kind::Object(_) | Kind::Map(_) | Kind::Free => "an object".to_owned(),
        Kind::Choice(choice) => {
            let plain = choice.plain.iter().map(|kind| named(*kind));
            let keyed = choice.shapes.iter().filter(|shape| !shape.key.is_empty());
            let keyed = keyed.map(|shape| format!("an object with {:?}", shape.key));
            plain.chain(keyed).collect::<Vec<_>>().join(", ")
        }
        Kind::Refused => "left out".to_owned(),
    }
}
