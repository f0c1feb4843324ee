//! Bodies that callers write as JSON: what is certainly wrong with them is told before they are sent.

use serde_json::{Map, Value};

use super::{Fields, bookmark, entries};
use crate::operation::Bound;
use mp_proto::failure::Problem;

/// Checks the parameters of a report.
pub(crate) fn report(arguments: &Fields, _: &mut Bound) -> Result<(), Vec<Problem>> {
    if arguments.contains_key("no_validate") {
        return Ok(());
    }
    let kind = arguments.get("type").and_then(Value::as_str).unwrap_or_default();
    let of = |name: &'static str| {
        let params = arguments.get(name).and_then(Value::as_object);
        let wrong = params.map(|params| bookmark::wrong(kind, params)).unwrap_or_default();
        wrong.into_iter().map(move |what| Problem::new(name, format!("is no {kind} report: {what}")))
    };
    ended(of("params").chain(of("params_file")).collect())
}

/// Checks a cohort's definition: a raw one says which of its behaviors select.
pub(crate) fn cohort(arguments: &Fields, _: &mut Bound) -> Result<(), Vec<Problem>> {
    let Some(Value::Object(definition)) = arguments.get("definition") else { return Ok(()) };
    let mut problems = Vec::new();
    must(&mut problems, "definition", definition, "selector", Value::is_object, "an object");
    must(&mut problems, "definition", definition, "behaviors", Value::is_object, "an object");
    if let Some(selector) = definition.get("selector").filter(|selector| selector.is_object()) {
        selects(&mut problems, selector, definition.get("behaviors"));
    }
    ended(problems)
}

/// Each leaf that names a behavior names one that is there.
fn selects(problems: &mut Vec<Problem>, selector: &Value, behaviors: Option<&Value>) {
    let mut open = vec![selector];
    while let Some(node) = open.pop() {
        open.extend(node.get("children").into_iter().flat_map(entries));
        if node.get("property").and_then(Value::as_str) == Some("behaviors")
            && let Some(name) = node.get("value").and_then(Value::as_str)
            && behaviors.and_then(|behaviors| behaviors.get(name)).is_none()
        {
            problems.push(Problem::new(
                "definition",
                format!("selects behavior '{}', which is not among its behaviors", name.escape_debug()),
            ));
        }
    }
}

/// Checks the ruleset of a flag.
pub(crate) fn flag(arguments: &Fields, _: &mut Bound) -> Result<(), Vec<Problem>> {
    let Some(Value::Object(ruleset)) = arguments.get("ruleset") else { return Ok(()) };
    let mut problems = Vec::new();
    must(&mut problems, "ruleset", ruleset, "variants", Value::is_array, "a list");
    must(&mut problems, "ruleset", ruleset, "rollout", Value::is_array, "a list");
    let mut seen: Vec<&str> = Vec::new();
    for (index, variant) in ruleset.get("variants").into_iter().flat_map(entries).enumerate() {
        let key = variant.get("key").and_then(Value::as_str).unwrap_or_default();
        let mut wrong =
            |what: &str| problems.push(Problem::new("ruleset", format!("must have {what} in variants[{index}]")));
        if key.is_empty() {
            wrong("a text as 'key'");
        } else if seen.contains(&key) {
            wrong("a 'key' of its own");
        }
        if variant.get("split").is_some_and(|split| !split.as_f64().is_some_and(|split| (0.0..=1.0).contains(&split))) {
            wrong("a number from 0 to 1 as 'split'");
        }
        seen.push(key);
    }
    ended(problems)
}

/// Checks what an experiment is made of.
pub(crate) fn experiment(arguments: &Fields, _: &mut Bound) -> Result<(), Vec<Problem>> {
    let is_collection = |value: &Value| value.is_array() || value.is_object();
    let wrong = |name: &&str| arguments.get(*name).is_some_and(|value| !is_collection(value));
    let told = |name: &str| Problem::new(name, "must be a JSON list or object");
    ended(["variants", "metrics"].into_iter().filter(wrong).map(told).collect())
}

fn must(
    problems: &mut Vec<Problem>,
    argument: &str,
    of: &Map<String, Value>,
    name: &str,
    fits: fn(&Value) -> bool,
    expected: &str,
) {
    if of.get(name).is_some_and(|value| !value.is_null() && !fits(value)) {
        problems.push(Problem::new(argument, format!("must have {expected} as '{name}'")));
    }
}

fn ended(problems: Vec<Problem>) -> Result<(), Vec<Problem>> {
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use crate::binding::bind;
    use crate::nouns::find;
    use serde_json::{Value, json};

    fn wrong(id: &str, arguments: Value) -> Vec<String> {
        let problems = bind(find(id).expect("a row"), arguments.as_object().expect("an object")).err();
        problems.into_iter().flatten().map(|problem| format!("{} {}", problem.at, problem.detail)).collect()
    }

    #[test]
    fn a_report_is_checked_unless_that_is_left_to_mixpanel() {
        let told = wrong("reports.create", json!({"name": "x", "type": "insights", "params": {}, "dashboard_id": 1}));
        assert_eq!(told[0], "params is no insights report: B1_MISSING_SECTIONS: sections is missing");
        assert_eq!(told.len(), 2);
        assert_eq!(wrong("reports.link", json!({"params_file": {}, "type": "flows"})).len(), 2);
        assert_eq!(wrong("reports.link", json!({"params": {}, "no_validate": true})), [""; 0]);
    }

    #[test]
    fn a_cohort_selects_what_it_has() {
        let of = |definition: Value| wrong("cohorts.create", json!({"name": "x", "definition": definition}));
        let leaf = json!({"operator": "and", "children": [{"property": "behaviors", "value": "bhvr_0", "operator": ">=", "operand": 1}]});
        assert_eq!(of(json!({"selector": leaf, "behaviors": {"bhvr_0": {}}, "anything": 1})), [""; 0]);
        assert_eq!(of(json!({"filter": {}})), [""; 0]);
        assert_eq!(
            of(json!({"selector": leaf})),
            ["definition selects behavior 'bhvr_0', which is not among its behaviors"]
        );
        assert_eq!(of(json!({"selector": 1, "behaviors": []})).len(), 2);
    }

    #[test]
    fn a_flag_has_variants_with_keys() {
        let of = |ruleset: Value| wrong("flags.create", json!({"name": "x", "key": "x", "ruleset": ruleset}));
        assert_eq!(of(json!({"variants": [{"key": "a", "split": 0.5}, {"key": "b"}], "rollout": []})), [""; 0]);
        let told = of(json!({"variants": [{"key": "a"}, {"key": "a", "split": 2}, {}], "rollout": 1}));
        assert_eq!(told.len(), 4, "{told:?}");
        let experiment = wrong("experiments.update", json!({"experiment_id": "x", "variants": 1, "metrics": []}));
        assert_eq!(experiment, ["variants must be a JSON list or object"]);
    }
}
