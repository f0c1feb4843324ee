//! Lists, which may be given as one text: with commas between its entries, or as a JSON list. A comma that is a part of a name has a
//! backslash before it.

use serde_json::{Number, Value};

use crate::operation::{Kind, Param};

/// Returns the value of a list whose texts were typed one after the other. One text of a list may hold several entries. Where each entry
/// has its own text, and where there are several texts, each is an entry as a whole, unless it is a JSON list.
pub fn typed(param: &Param, texts: &[&str]) -> Value {
    match texts {
        [one] if !param.repeats || param.kind == Kind::Ints => (*one).into(),
        all if param.kind == Kind::Ints => all.iter().map(|text| Value::from(*text)).collect(),
        all => all.iter().flat_map(|text| of_json(text).unwrap_or_else(|| vec![unescaped(text).into()])).collect(),
    }
}

/// Returns an integer, which may be the text of one.
pub(super) fn integer(given: &Value) -> Option<Number> {
    match given {
        Value::Number(number) => number.as_i64().map(Number::from),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Number::from),
        _ => None,
    }
}

/// Returns integers. Strictly, none may be missing between two commas.
pub(super) fn integers(given: &Value, strict: bool) -> Option<Value> {
    let parts_of = |text: &str| -> Vec<String> {
        let parts = text.split(',').map(str::trim).filter(|part| strict || !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let all: Option<Vec<Number>> = match given {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Array(list)) => list.iter().map(integer).collect(),
            _ => parts_of(text).iter().map(|part| integer(&Value::from(part.as_str()))).collect(),
        },
        Value::Array(list) => {
            let of_one = |one: &Value| match one {
                Value::String(text) => parts_of(text).into_iter().map(Value::from).collect(),
                one => vec![one.clone()],
            };
            list.iter().flat_map(of_one).map(|one| integer(&one)).collect()
        }
        one => integer(one).map(|one| vec![one]),
    };
    all.map(|all| all.into_iter().map(Value::Number).collect())
}

/// Returns texts; those of one text as they stand between its commas, also the empty ones.
pub(super) fn texts(given: &Value) -> Option<Value> {
    match given {
        Value::String(text) => {
            Some(of_json(text).unwrap_or_else(|| split(text).into_iter().map(Value::from).collect()).into())
        }
        Value::Array(list) => list.iter().all(Value::is_string).then(|| given.clone()),
        _ => None,
    }
}

/// Returns texts without the empty ones.
pub(super) fn names(given: &Value) -> Option<Value> {
    match texts(given)? {
        Value::Array(all) => Some(all.into_iter().filter(|text| text != "").collect()),
        other => Some(other),
    }
}

/// Whether nothing is in a list, or nothing that is seen.
pub(super) fn is_empty(list: &Value) -> bool {
    let is_blank = |one: &Value| one.as_str().is_some_and(|text| text.trim().is_empty());
    list.as_array().is_some_and(|all| all.iter().all(is_blank))
}

/// Whether a list is empty on purpose: a comma without names is a slip.
pub(super) fn is_meant(given: &Value) -> bool {
    given.as_str() == Some("") || given.as_array().is_some_and(Vec::is_empty)
}

/// Returns the texts of a JSON list of texts.
fn of_json(text: &str) -> Option<Vec<Value>> {
    // Only what begins so can be one, and most texts do not.
    let is_list = text.trim_start().starts_with('[');
    let Value::Array(list) = is_list.then(|| serde_json::from_str(text).ok())?? else { return None };
    list.iter().all(Value::is_string).then_some(list)
}

/// Splits a text at its commas, but for those behind a backslash.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next_if_eq(&',').is_some() => parts.last_mut().map_or((), |part| part.push(',')),
            ',' => parts.push(String::new()),
            letter => parts.last_mut().map_or((), |part| part.push(letter)),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("\\,", ",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_may_have_commas() {
        for (given, expected) in [
            ("a, b", json!(["a", "b"])),
            ("a\\, b, c", json!(["a, b", "c"])),
            (r#"["a, b", "c"]"#, json!(["a, b", "c"])),
            ("[App] Opened, b", json!(["[App] Opened", "b"])),
            ("[1, 2]", json!(["[1", "2]"])),
            (r"C:\x", json!([r"C:\x"])),
            ("a,,", json!(["a", "", ""])),
        ] {
            assert_eq!(texts(&json!(given)), Some(expected), "{given}");
        }
        assert_eq!(texts(&json!(["a\\, b"])), Some(json!(["a\\, b"])), "a list has its names as they are");
        assert_eq!((texts(&json!([1])), texts(&json!(5))), (None, None));
        assert_eq!(names(&json!("a,, b,")), Some(json!(["a", "b"])));
    }

    #[test]
    fn texts_that_are_typed_one_by_one_are_names() {
        let list = Param::query("events", Kind::List, "Events");
        assert_eq!(typed(&list, &["a, b"]), json!("a, b"));
        assert_eq!(typed(&list, &["a, b", "c"]), json!(["a, b", "c"]));
        assert_eq!(typed(&list.repeats(), &["a, b"]), json!(["a, b"]));
        assert_eq!(typed(&list.repeats(), &[r#"["a, b", "c"]"#, r"d\, e"]), json!(["a, b", "c", "d, e"]));
        let ids = Param::query("ids", Kind::Ints, "Ids");
        assert_eq!(integers(&typed(&ids, &["1, 2", "3"]), true), Some(json!([1, 2, 3])));
        for given in [json!("[1, 2]"), json!("1,,2"), json!([1, "2"])] {
            assert_eq!(integers(&given, false), Some(json!([1, 2])), "{given}");
        }
        assert_eq!((integers(&json!("1,,2"), true), integers(&json!("1,"), true)), (None, None));
    }

    #[test]
    fn a_list_without_anything_in_it_is_empty() {
        for given in [json!(" , "), json!(""), json!([]), json!([" ", ""])] {
            assert!(texts(&given).is_some_and(|list| is_empty(&list)), "{given}");
        }
        assert!(!is_empty(&json!(["", "a"])));
        assert!(is_meant(&json!("")) && is_meant(&json!([])) && !is_meant(&json!(" , ")));
    }
}
