//! Bodies that callers write as JSON. Mistakes that Mixpanel would certainly refuse are reported before anything is sent.

use serde_json::{Map, Value};

use super::{Fields, bookmark, entries};
use crate::operation::Bound;
use mp_proto::failure::Problems;

/// Checks the parameters of a report.
pub(crate) fn report(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    if arguments.contains_key("no_validate") {
        return;
    }
    let kind = arguments.get("type").and_then(Value::as_str).unwrap_or_default();
    for name in ["params", "params_file"] {
        if let Some(Value::Object(params)) = arguments.get(name) {
            bookmark::check(name, kind, params, problems);
        }
    }
}

/// Checks an id.
pub(crate) fn positive(id: Value) -> Result<Value, String> {
    if id.as_i64().is_some_and(|id| id > 0) { Ok(id) } else { Err("must be a positive integer".to_owned()) }
}

/// Checks several ids.
pub(crate) fn all_positive(ids: Value) -> Result<Value, String> {
    match ids {
        Value::Array(all) => all.into_iter().map(positive).collect(),
        one => positive(one),
    }
}

/// Checks a cohort's definition, where it is a raw one: with a selector over behaviors.
pub(crate) fn cohort(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    let Some(Value::Object(definition)) = arguments.get("definition") else { return };
    must(problems, "definition", definition, "selector", Value::is_object, "an object");
    must(problems, "definition", definition, "behaviors", Value::is_object, "an object");
    if let Some(selector) = definition.get("selector").filter(|selector| selector.is_object()) {
        selects(problems, selector, definition.get("behaviors"));
    }
}

/// Checks that each leaf of a selector that names a behavior names one of the definition.
fn selects(problems: &mut Problems, selector: &Value, behaviors: Option<&Value>) {
    let mut open = vec![selector];
    while let Some(node) = open.pop() {
        open.extend(node.get("children").into_iter().flat_map(entries));
        if node.get("property").and_then(Value::as_str) == Some("behaviors")
            && let Some(name) = node.get("value").and_then(Value::as_str)
            && behaviors.and_then(|behaviors| behaviors.get(name)).is_none()
        {
            let detail = format!("selects behavior '{}', which is not among its behaviors", name.escape_debug());
            problems.add("definition", detail);
        }
    }
}

/// Checks the ruleset of a flag.
pub(crate) fn flag(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    let Some(Value::Object(ruleset)) = arguments.get("ruleset") else { return };
    must(problems, "ruleset", ruleset, "variants", Value::is_array, "a list");
    must(problems, "ruleset", ruleset, "rollout", Value::is_array, "a list");
    let mut seen: Vec<&str> = Vec::new();
    for (index, variant) in ruleset.get("variants").into_iter().flat_map(entries).enumerate() {
        let key = variant.get("key").and_then(Value::as_str).unwrap_or_default();
        let mut wrong = |what: &str| problems.add("ruleset", format!("must have {what} in variants[{index}]"));
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
}

/// Checks what an experiment is made of.
pub(crate) fn experiment(arguments: &Fields, _: &mut Bound, problems: &mut Problems) {
    for name in ["variants", "metrics"] {
        if arguments.get(name).is_some_and(|value| !value.is_array() && !value.is_object()) {
            problems.add(name, "must be a JSON list or object");
        }
    }
}

/// Moves the fields of each entry's `definition` up into the entry.
pub(crate) fn flattened(entries: Value) -> Result<Value, String> {
    let flat = |entry: Value| match entry {
        Value::Object(mut fields) => {
            if let Some(Value::Object(definition)) = fields.shift_remove("definition") {
                fields.extend(definition);
            }
            Value::Object(fields)
        }
        other => other,
    };
    match entries {
        Value::Array(all) => Ok(all.into_iter().map(flat).collect()),
        other => Ok(other),
    }
}

fn must(
    problems: &mut Problems,
    argument: &str,
    of: &Map<String, Value>,
    name: &str,
    fits: fn(&Value) -> bool,
    expected: &str,
) {
    if of.get(name).is_some_and(|value| !value.is_null() && !fits(value)) {
        problems.add(argument, format!("must have {expected} as '{name}'"));
    }
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
