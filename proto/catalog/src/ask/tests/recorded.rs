//! The recorded cases of the Python library (`tests/conformance/ask.json`), as far as they need no server: bodies and refusals.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::ToSpan;
use serde_json::{Map, Value};

use super::{TODAY, ask};
use crate::ask::Family;

/// Where ours answers otherwise than recorded, and why. Each of these is marked in the recording as not to be copied.
const DIFFERENCES: &[(&str, &str)] = &[
    (
        "ask.insights.last-30-with-dates",
        "last beside dates is refused, be it the default written out: one of them is not meant",
    ),
    ("ask.insights.mode-unknown", "an unknown mode is refused, not taken for a line"),
    ("ask.insights.blank-group", "a blank breakdown is refused, not sent"),
    ("ask.insights.percentile-ignored", "a percentile is sent only with the math of that name"),
    ("ask.funnel.order-unknown", "an unknown order is refused, not sent"),
    ("ask.funnel.mode-unknown", "an unknown mode is refused, not taken for steps"),
    ("ask.flow.segments-unchecked", "the buckets of segments are checked as those of group_by"),
];

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/ask.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut file: Value = serde_json::from_str(&text).expect("a file of cases");
    assert_eq!(file["format"], "ask-1");
    match file["cases"].take() {
        Value::Array(cases) => cases,
        other => panic!("cases: {other}"),
    }
}

/// Fills in the days that are relative to today.
fn filled(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("{{TODAY").and_then(|rest| rest.strip_suffix("}}")) {
            Some(ago) => {
                let days: i64 = ago.trim_start_matches('-').parse().unwrap_or_default();
                TODAY.checked_sub(days.days()).expect("a day").to_string().into()
            }
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(filled).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), filled(value))).collect::<Map<_, _>>().into(),
        other => other.clone(),
    }
}

/// Compares bodies: numbers by size, texts that hold JSON by their value.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::String(one), Value::String(other)) => {
            let read = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_string());
            one == other || read(one).zip(read(other)).is_some_and(|(one, other)| is_equal(&one, &other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| is_equal(one, other)))
        }
        (one, other) => one == other,
    }
}

/// Returns how the answer to a case differs from the recorded one.
fn difference(case: &Value) -> Option<String> {
    let family = case["family"].as_str().expect("a family");
    let family = Family::ALL.into_iter().find(|known| known.as_str() == family).expect("a known family");
    let answer = ask(family, &filled(&case["arguments"]));
    let expected = &case["expected"];
    if let Some(errors) = expected["errors"].as_array() {
        let ours: BTreeSet<&str> = match &answer {
            Ok(built) => return Some(format!("it was accepted: {}", built.params)),
            Err(faults) => faults.iter().map(|fault| fault.code).collect(),
        };
        let is_error = |error: &&Value| error["severity"].as_str().is_none_or(|severity| severity == "error");
        let theirs: BTreeSet<&str> =
            errors.iter().filter(is_error).filter_map(|error| error["code"].as_str()).collect();
        let stage = expected["stage"].as_str().expect("a stage");
        let is_of_body = |code: &str| {
            code.starts_with("UP")
                || code.strip_prefix('B').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let may_be = |code: &&str| stage == "value" || (stage == "arguments" && is_of_body(code));
        let missing: Vec<_> = theirs.difference(&ours).collect();
        let more: Vec<_> = ours.difference(&theirs).copied().filter(|code| !may_be(code)).collect();
        return (!missing.is_empty() || !more.is_empty()).then(|| format!("missing {missing:?}, more {more:?}"));
    }
    let expected = filled(&expected["params"]);
    match answer {
        // A failure of the server is recorded without the body that it refused.
        Ok(_) if expected.is_null() => None,
        Ok(built) if is_equal(&built.params, &expected) => None,
        Ok(built) => Some(format!("ours:   {}\ntheirs: {expected}", built.params)),
        Err(faults) => Some(format!("it was refused: {faults:?}")),
    }
}

#[test]
fn bodies_and_refusals_are_those_recorded() {
    let cases = cases();
    assert_eq!(cases.len(), 249);
    let found: BTreeMap<&str, String> =
        cases.iter().filter_map(|case| Some((case["id"].as_str()?, difference(case)?))).collect();
    let known: BTreeMap<&str, &str> = DIFFERENCES.iter().copied().collect();
    let odd: Vec<String> = found
        .iter()
        .filter(|(id, _)| !known.contains_key(**id))
        .map(|(id, difference)| format!("{id}: {difference}"))
        .collect();
    assert!(odd.is_empty(), "{} differ:\n{}", odd.len(), odd.join("\n"));
    let gone: Vec<&&str> = known.keys().filter(|id| !found.contains_key(**id)).collect();
    assert!(gone.is_empty(), "these do not differ any more: {gone:?}");
}

#[test]
fn only_what_is_marked_in_the_recording_may_differ() {
    let cases = cases();
    for (id, _) in DIFFERENCES {
        let case = cases.iter().find(|case| case["id"] == *id).unwrap_or_else(|| panic!("there is no {id}"));
        assert!(case["quirk"].is_string(), "{id}");
    }
}

/// Returns the codes that recorded refusals have.
pub(super) fn codes() -> BTreeSet<String> {
    let code = |error: &Value| Some(error["code"].as_str()?.to_owned());
    let errors = |case: &Value| case["expected"]["errors"].as_array().cloned().unwrap_or_default();
    cases().iter().flat_map(errors).filter_map(|error| code(&error)).collect()
}

/// Returns the families and arguments of all cases.
pub(super) fn arguments() -> Vec<(Family, Value)> {
    let of = |case: &Value| {
        let family = Family::ALL.into_iter().find(|known| case["family"] == known.as_str())?;
        Some((family, filled(&case["arguments"])))
    };
    cases().iter().filter_map(of).collect()
}
