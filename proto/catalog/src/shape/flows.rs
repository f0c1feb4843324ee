//! Reports about flows: as steps, as paths, or as trees.

use serde_json::{Map, Value, json};

use super::{Fields, entries, object};

/// What an answer about flows has; one without any of them is about something else.
const KNOWN: [&str; 5] = ["steps", "flows", "trees", "computed_at", "metadata"];

/// Makes what callers get of the answer to a report about flows.
///
/// # Errors
/// When it is the answer to something else: what is missing, as the end of a sentence.
pub(super) fn report(answer: &Value, params: &Value, mode: &str) -> Result<Value, String> {
    if !KNOWN.iter().any(|name| answer.get(name).is_some()) {
        return Err("an answer without 'steps', 'flows' and 'trees'".to_owned());
    }
    let field = |name: &str, default: Value| answer.get(name).cloned().unwrap_or(default);
    let trees = if mode == "tree" { trees(&answer["trees"]) } else { Vec::new() };
    Ok(Value::Object(object([
        ("computed_at", field("computed_at", "".into())),
        ("steps", field("steps", json!([]))),
        ("flows", field("flows", json!([]))),
        ("breakdowns", field("breakdowns", json!([]))),
        ("overall_conversion_rate", field("overallConversionRate", 0.0.into())),
        ("params", params.clone()),
        ("meta", field("metadata", json!({}))),
        ("mode", mode.into()),
        ("trees", trees.into()),
    ])))
}

/// Returns the trees of an answer. Where a root has no event, it only holds together those that have one.
fn trees(given: &Value) -> Vec<Value> {
    let mut trees = Vec::new();
    for root in entries(given).map(|tree| &tree["root"]).filter(|root| root.is_object()) {
        let mut tree = node(root);
        if tree["event"] != "" {
            trees.push(tree);
        } else if let Value::Array(children) = tree["children"].take() {
            trees.extend(children);
        }
    }
    trees
}

/// Returns a node and all below it. A reader of JSON stops at a depth that recursion stands.
fn node(given: &Value) -> Value {
    let step = &given["step"];
    let either = |of: &Value, names: [&str; 2]| names.iter().find_map(|name| of.get(name)).cloned();
    let number = |of: &Value, names: [&str; 2]| whole(&either(of, names).unwrap_or_default());
    let times = |names: [&str; 2]| either(given, names).filter(Value::is_object).unwrap_or_else(|| json!({}));
    let text = |name: &str| Value::from(step[name].as_str().unwrap_or_default());
    Value::Object(object([
        ("event", text("event")),
        ("type", text("type")),
        ("step_number", number(step, ["stepNumber", "step_number"])),
        ("total_count", number(given, ["totalCount", "total_count"])),
        ("drop_off_count", number(given, ["dropOffTotalCount", "drop_off_total_count"])),
        ("converted_count", number(given, ["convertedTotalCount", "converted_total_count"])),
        ("anchor_type", either(step, ["anchorType", "anchor_type"]).unwrap_or_else(|| "NORMAL".into())),
        ("is_computed", either(step, ["isComputed", "is_computed"]).unwrap_or_else(|| false.into())),
        ("children", entries(&given["children"]).map(node).collect()),
        ("time_percentiles_from_start", times(["timePercentilesFromStart", "time_percentiles_from_start"])),
        ("time_percentiles_from_prev", times(["timePercentilesFromPrev", "time_percentiles_from_prev"])),
    ]))
}

/// Returns an integer, which Mixpanel may send as a text; 0 of anything else.
fn whole(value: &Value) -> Value {
    let of_text = || value.as_str()?.trim().parse::<i64>().ok().map(Value::from);
    if value.is_i64() || value.is_u64() { value.clone() } else { of_text().unwrap_or_else(|| 0.into()) }
}

/// The rows of the table of a report about flows.
pub(super) fn rows(report: &Value) -> Vec<Fields> {
    match report["mode"].as_str() {
        Some("tree") => {
            let mut rows = Vec::new();
            for (index, tree) in entries(&report["trees"]).enumerate() {
                branch(tree, index, &mut Vec::new(), &mut rows);
            }
            rows
        }
        Some("paths") => {
            let of_path = |(path, flow): (usize, &Value)| {
                let steps = entries(&flow["flowSteps"]).enumerate();
                steps.map(|(step, one)| path_row(path, step, one)).collect::<Vec<_>>()
            };
            entries(&report["flows"]).enumerate().flat_map(of_path).collect()
        }
        _ => {
            let of_step = |(step, nodes): (usize, &Value)| {
                entries(&nodes["nodes"]).map(|node| node_row(step, node)).collect::<Vec<_>>()
            };
            entries(&report["steps"]).enumerate().flat_map(of_step).collect()
        }
    }
}

fn branch<'a>(node: &'a Value, index: usize, above: &mut Vec<&'a str>, rows: &mut Vec<Fields>) {
    above.push(node["event"].as_str().unwrap_or_default());
    let mut row: Map<_, _> =
        object([("tree_index", index.into()), ("depth", (above.len() - 1).into()), ("path", above.join(" > ").into())]);
    for name in ["event", "type", "step_number", "total_count", "drop_off_count", "converted_count"] {
        row.insert(name.to_owned(), node[name].clone());
    }
    rows.push(row);
    for child in entries(&node["children"]) {
        branch(child, index, above, rows);
    }
    above.pop();
}

fn path_row(path: usize, step: usize, one: &Value) -> Fields {
    object([
        ("path_index", path.into()),
        ("step", step.into()),
        ("event", one["event"].clone()),
        ("type", one["type"].clone()),
        ("count", whole(&one["totalCount"])),
    ])
}

fn node_row(step: usize, node: &Value) -> Fields {
    object([
        ("step", (step + 1).into()),
        ("event", node["event"].clone()),
        ("type", node["type"].clone()),
        ("count", node["totalCount"].clone()),
        ("anchor_type", node["anchorType"].clone()),
        ("is_custom_event", node["isCustomEvent"].clone()),
        ("conversion_rate_change", node["conversionRateChange"].clone()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Value {
        let leaf = json!({"step": {"event": "Leave", "type": "DROPOFF"}, "total_count": "10"});
        json!({"step": {"event": "Sign Up", "type": "ANCHOR", "stepNumber": 1}, "totalCount": 100, "children": [leaf]})
    }

    #[test]
    fn a_root_that_only_holds_trees_together_is_none() {
        let answer = json!({"trees": [{"root": {"step": null, "children": [tree(), tree()]}}, {"root": tree()}, {}]});
        let report = report(&answer, &json!({}), "tree").expect("a report");
        let trees: Vec<&Value> = entries(&report["trees"]).collect();
        assert_eq!(trees.len(), 3);
        assert!(trees.iter().all(|tree| tree["event"] == "Sign Up" && tree["children"][0]["total_count"] == 10));
        let rows = rows(&report);
        assert_eq!((rows.len(), rows[1]["path"].as_str()), (6, Some("Sign Up > Leave")));
        assert_eq!((rows[5]["tree_index"].as_u64(), rows[5]["depth"].as_u64()), (Some(2), Some(1)));
    }

    #[test]
    fn paths_are_a_row_for_each_of_their_steps() {
        let step = json!({"event": "a", "type": "NORMAL", "totalCount": "7"});
        let report = report(&json!({"flows": [{"flowSteps": [step, step]}]}), &json!({}), "paths").expect("a report");
        let shown: Vec<String> = rows(&report).into_iter().map(|row| Value::Object(row).to_string()).collect();
        assert_eq!(shown[1], r#"{"path_index":0,"step":1,"event":"a","type":"NORMAL","count":7}"#);
    }

    #[test]
    fn an_answer_about_something_else_is_none() {
        assert!(report(&json!({"series": {}}), &json!({}), "tree").is_err_and(|what| what.contains("trees")));
        assert!(report(&json!([]), &json!({}), "sankey").is_err());
    }
}
