//! The recorded answers, read.

use std::path::Path;

use serde_json::{Value, json};

use super::{Paging, Read, aggregate, flow_mode, profiles, report};
use crate::ask::Family;

/// Cases whose recorded table is not to be copied, and why.
const DIFFERENT: [(&str, &str); 4] = [
    ("ask.funnel.answer-trends", "steps over time have a row for each day instead of 0"),
    ("ask.users.same-names", "two properties have two columns"),
    ("ask.users.error-in-200", "an error is none of our answers"),
    ("ask.users.parallel-lost-page", "a page that is lost fails the call"),
];

fn family(name: &str) -> Family {
    let all = [Family::Insights, Family::Funnel, Family::Retention, Family::Flow, Family::Users];
    all.into_iter().find(|family| family.as_str() == name).expect("a family")
}

/// Numbers are equal by size.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        other => other.clone(),
    }
}

fn read(case: &Value) -> Result<Read, String> {
    let (expected, answers) = (&case["expected"], case["server"].as_array().expect("a list"));
    let answer = |at: usize| answers[at]["json"].clone();
    let (arguments, params) = (&case["arguments"], &expected["params"]);
    match family(case["family"].as_str().expect("a text")) {
        Family::Users if params.get("action").is_some() => {
            let action = params["action"].as_str().expect("a text");
            aggregate(answer(0), action, params.get("segment_by_cohorts").is_some(), "<NOW>")
        }
        Family::Users => {
            let pages = expected["result"]["meta"]["pages_fetched"].as_u64().map_or(1, |pages| pages as usize);
            let results = (0..pages).flat_map(|at| answers[at]["json"]["results"].as_array().cloned().expect("a list"));
            let wanted = arguments.get("limit").map_or(1, |limit| limit.as_u64().unwrap_or(u64::MAX));
            let workers =
                (arguments["parallel"] == true && wanted != 1).then(|| arguments["workers"].as_u64().unwrap_or(5));
            let session = answers[0]["json"]["session_id"].as_str().map(str::to_owned);
            let results = results.take(usize::try_from(wanted).unwrap_or(usize::MAX)).collect();
            profiles(results, &Paging { session, pages, workers }, "<NOW>")
        }
        family => {
            let mode = arguments["mode"].as_str().unwrap_or_else(|| flow_mode(params));
            report(family, params, mode, answer(0))
        }
    }
}

#[test]
fn recorded_answers_are_read_as_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/ask.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON");
    let cases = file["cases"].as_array().expect("a list").iter();
    let (mut seen, mut wrong) = (0, Vec::new());
    for case in cases.filter(|case| case["expected"].get("result").is_some()) {
        let id = case["id"].as_str().expect("a text");
        if DIFFERENT.iter().any(|(known, _)| *known == id) {
            continue;
        }
        seen += 1;
        match read(case) {
            Err(why) => wrong.push(format!("{id}: {why}")),
            Ok(read) => {
                let found = [("result", read.result), ("table", read.table), ("edges", json!(read.edges))];
                for (name, value) in found {
                    let (found, expected) = (plain(&value), plain(&case["expected"][name]));
                    if found != expected {
                        wrong.push(format!("{id} {name}:\n  {found}\n  {expected}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 150, "{seen}");
}

#[test]
fn answers_to_something_else_are_refused() {
    let invalid = [
        (Family::Insights, json!([])),
        (Family::Insights, json!({"series": [1]})),
        (Family::Insights, json!({"status": "ok"})),
        (Family::Funnel, json!({})),
        (Family::Retention, json!({"series": []})),
        (Family::Retention, json!({"series": {"a": {}, "b": {}}})),
        (Family::Retention, json!({"series": {"a": 1}})),
        (Family::Flow, json!({"x": 1})),
        (Family::Flow, json!("steps")),
    ];
    for (family, answer) in invalid {
        assert!(report(family, &json!({}), "sankey", answer.clone()).is_err(), "{family:?} {answer}");
    }
}

#[test]
fn odd_answers_are_read_without_harm() {
    let odd = [
        json!({"series": {"a": {"": null, "b": []}, "": {}}, "headers": {}, "date_range": 1, "meta": null}),
        json!({"series": {"$overall": {"count": 1}, "a": {"count": {"x": {"all": {}}}}}}),
        json!({"series": {"a": {"$overall": 1, "b": {"2025T": {"counts": 7, "rates": {}}, "é": {"counts": [[1]]}}}}}),
        json!({"steps": [1, {"nodes": {}}, {"nodes": [2, {"edges": [3], "totalCount": "9999999999999999999"}]}], "flows": {"a": 1},
            "trees": [{"root": {"children": [1, {"step": 2}]}}]}),
        json!({"steps": {"a": 1}, "flows": [{"flowSteps": [null]}], "trees": 4}),
    ];
    for answer in odd {
        for family in [Family::Insights, Family::Funnel, Family::Retention, Family::Flow] {
            for mode in ["sankey", "paths", "tree"] {
                drop(report(family, &json!(null), mode, answer.clone()));
            }
        }
    }
}
