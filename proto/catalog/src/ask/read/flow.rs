//! Flows: as steps with ways between them, as paths, or as trees.

use serde_json::{Map, Value, json};

use super::answer::{Read, entries, taken, text};
use super::table::Table;

/// What an answer about flows has; one without any of them is about something else.
const KNOWN: [&str; 5] = ["steps", "flows", "trees", "computed_at", "metadata"];

/// The type of a node, and of a way, of those who leave.
const DROPOFF: &str = "DROPOFF";

/// Returns the mode that parameters mean: what is asked for, and how the answer is read.
pub fn mode(params: &Value) -> &'static str {
    match params["flows_merge_type"].as_str() {
        Some("tree") => return "tree",
        Some("list") => return "paths",
        Some("graph") => return "sankey",
        _ => {}
    }
    match params["chartType"].as_str() {
        Some("top-paths" | "paths") => "paths",
        Some("tree") => "tree",
        _ => "sankey",
    }
}

pub(super) fn read(mode: &str, mut answer: Map<String, Value>) -> Result<Read, String> {
    if mode != "tree" && !KNOWN.iter().any(|name| answer.contains_key(*name)) {
        return Err("an answer without 'steps', 'flows' and 'trees'".to_owned());
    }
    let trees = if mode == "tree" { trees(answer.get("trees").unwrap_or(&Value::Null)) } else { Vec::new() };
    let list = |answer: &mut Map<String, Value>, name: &str| taken(answer, name, || json!([]));
    let (steps, flows) = (list(&mut answer, "steps"), list(&mut answer, "flows"));
    let (table, edges, drop_off) = match mode {
        "tree" => (tree_rows(&trees), None, None),
        "paths" => (path_rows(&flows), None, None),
        _ => (node_rows(&steps), Some(edge_rows(&steps)), Some(drop_off(&steps))),
    };
    let fields = [
        ("computed_at", Some(taken(&mut answer, "computed_at", || "".into()))),
        ("steps", Some(steps)),
        ("flows", Some(flows)),
        ("breakdowns", Some(list(&mut answer, "breakdowns"))),
        ("overall_conversion_rate", Some(taken(&mut answer, "overallConversionRate", || 0.into()))),
        ("meta", Some(taken(&mut answer, "metadata", || json!({})))),
        ("mode", Some(mode.into())),
        ("trees", Some(Value::Array(trees))),
        ("drop_off", drop_off),
    ];
    let result = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Ok(Read { result: Value::Object(result), table, edges })
}

/// Returns a count, which Mixpanel sends as a text; 0 of anything that is no whole number.
fn count(value: &Value) -> Value {
    let of_text = |text: &str| text.trim().parse::<i64>().ok().map(Value::from);
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => value.clone(),
        Value::String(text) => of_text(text).unwrap_or_else(|| 0.into()),
        _ => 0.into(),
    }
}

/// Returns the nodes of steps, each with the number of its step.
fn nodes(steps: &Value) -> impl Iterator<Item = (usize, &Value)> {
    let steps = entries(steps).iter().enumerate();
    steps.flat_map(|(at, step)| entries(&step["nodes"]).iter().map(move |node| (at, node)))
}

fn node_rows(steps: &Value) -> Value {
    let mut table =
        Table::new(["step", "event", "type", "count", "anchor_type", "is_custom_event", "conversion_rate_change"]);
    for (step, node) in nodes(steps) {
        let change = Some(&node["conversionRateChange"]).filter(|change| change.is_number());
        table.push([
            step.into(),
            text(&node["event"]),
            text(&node["type"]),
            count(&node["totalCount"]),
            text(&node["anchorType"]),
            node["isCustomEvent"].as_bool().unwrap_or(false).into(),
            change.cloned().unwrap_or_else(|| 0.into()),
        ]);
    }
    table.into_value()
}

fn edge_rows(steps: &Value) -> Value {
    let mut table = Table::new(["source_step", "source_event", "target_step", "target_event", "count", "target_type"]);
    for (step, node) in nodes(steps) {
        for edge in entries(&node["edges"]) {
            let target = if edge["step"].is_null() { (step + 1).into() } else { count(&edge["step"]) };
            let ends = [step.into(), text(&node["event"]), target, text(&edge["event"])];
            table.push(ends.into_iter().chain([count(&edge["totalCount"]), text(&edge["type"])]));
        }
    }
    table.into_value()
}

/// Returns how many leave after each step.
fn drop_off(steps: &Value) -> Value {
    let sum = |values: &mut dyn Iterator<Item = &Value>| -> i64 {
        values.fold(0, |sum, value| sum.saturating_add(count(value).as_i64().unwrap_or(0)))
    };
    let of_step = |(at, step): (usize, &Value)| {
        let nodes = entries(&step["nodes"]);
        let total = sum(&mut nodes.iter().map(|node| &node["totalCount"]));
        let edges = nodes.iter().filter(|node| node["type"] != DROPOFF).flat_map(|node| entries(&node["edges"]));
        let lost = sum(&mut edges.filter(|edge| edge["type"] == DROPOFF).map(|edge| &edge["totalCount"]));
        let rate = if total == 0 { 0.0 } else { lost as f64 / total as f64 };
        (format!("step_{at}"), json!({"total": total, "dropoff": lost, "rate": rate}))
    };
    Value::Object(entries(steps).iter().enumerate().map(of_step).collect())
}

fn path_rows(flows: &Value) -> Value {
    let mut table = Table::new(["path_index", "step", "event", "type", "count"]);
    for (path, flow) in entries(flows).iter().enumerate() {
        for (step, node) in entries(&flow["flowSteps"]).iter().enumerate() {
            let place = [path.into(), step.into()];
            table.push(place.into_iter().chain([
                text(&node["event"]),
                text(&node["type"]),
                count(&node["totalCount"]),
            ]));
        }
    }
    table.into_value()
}

/// Returns the trees of an answer. Where a root has no event, it only holds together those that have one.
fn trees(given: &Value) -> Vec<Value> {
    let mut trees = Vec::new();
    for root in entries(given).iter().map(|tree| &tree["root"]).filter(|root| root.is_object()) {
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
    let either = |of: &Value, names: [&str; 2]| {
        let found = names.into_iter().map(|name| &of[name]).find(|value| !value.is_null());
        found.cloned().unwrap_or_default()
    };
    let times = |names: [&str; 2]| Some(either(given, names)).filter(Value::is_object).unwrap_or_else(|| json!({}));
    let anchor = Some(either(step, ["anchorType", "anchor_type"])).filter(Value::is_string);
    json!({
        "event": text(&step["event"]),
        "type": text(&step["type"]),
        "step_number": count(&either(step, ["stepNumber", "step_number"])),
        "total_count": count(&either(given, ["totalCount", "total_count"])),
        "drop_off_count": count(&either(given, ["dropOffTotalCount", "drop_off_total_count"])),
        "converted_count": count(&either(given, ["convertedTotalCount", "converted_total_count"])),
        "anchor_type": anchor.unwrap_or_else(|| "NORMAL".into()),
        "is_computed": either(step, ["isComputed", "is_computed"]).as_bool().unwrap_or(false),
        "children": entries(&given["children"]).iter().map(node).collect::<Vec<_>>(),
        "time_percentiles_from_start": times(["timePercentilesFromStart", "time_percentiles_from_start"]),
        "time_percentiles_from_prev": times(["timePercentilesFromPrev", "time_percentiles_from_prev"]),
    })
}

fn tree_rows(trees: &[Value]) -> Value {
    let own = ["event", "type", "step_number", "total_count", "drop_off_count", "converted_count"];
    let mut table = Table::new(["tree_index", "depth", "path"].into_iter().chain(own));
    for (index, tree) in trees.iter().enumerate() {
        branch(tree, index, &mut Vec::new(), &own, &mut table);
    }
    table.into_value()
}

fn branch<'a>(node: &'a Value, index: usize, path: &mut Vec<&'a str>, own: &[&str], table: &mut Table) {
    path.push(node["event"].as_str().unwrap_or_default());
    let place = [index.into(), (path.len() - 1).into(), path.join(" > ").into()];
    table.push(place.into_iter().chain(own.iter().map(|name| node[*name].clone())));
    for child in entries(&node["children"]) {
        branch(child, index, path, own, table);
    }
    path.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_tell_the_mode() {
        for (params, expected) in [
            (json!({"flows_merge_type": "list", "chartType": "sankey"}), "paths"),
            (json!({"flows_merge_type": "graph", "chartType": "top-paths"}), "sankey"),
            (json!({"chartType": "top-paths"}), "paths"),
            (json!({"chartType": "tree", "flows_merge_type": 7}), "tree"),
            (json!({}), "sankey"),
            (json!([]), "sankey"),
        ] {
            assert_eq!(mode(&params), expected, "{params}");
        }
    }
}
