//! A path for each operation of the catalog, beside the one that runs any: what it takes and what it answers, by their types. Why they may
//! fail is told once for all.

use std::collections::BTreeMap;

use mp_catalog::{Kind, Operation, Shape, all, hoisted};
use mp_proto::routes::{OPERATION, OPERATION_UPLOAD, fill};
use serde_json::{Map, Value, json};

/// Where schemas stand.
const SCHEMAS: &str = "#/components/schemas/";

/// Adds them to the document.
pub(super) fn add(document: &mut Value) {
    let [run, upload] = [OPERATION, OPERATION_UPLOAD].map(|path| document["paths"][path]["post"].clone());
    let parameters = shared(document, "parameters", &run["parameters"], &["mp-context", "mp-client"]);
    let mut schemas = BTreeMap::new();
    for operation in all() {
        let takes_file = operation.params.iter().any(|param| param.kind == Kind::File);
        let (general, template) = if takes_file { (&upload, OPERATION_UPLOAD) } else { (&run, OPERATION) };
        let mut path = described(operation, takes_file, &mut schemas);
        path["responses"]["200"]["description"] = "Success".into();
        path["responses"]["200"]["headers"] = json!({"mp-note": {"$ref": "#/components/headers/mp-note"}});
        path["responses"]["4XX"] = json!({"$ref": "#/components/responses/OperationRefused"});
        path["responses"]["5XX"] = json!({"$ref": "#/components/responses/OperationFailed"});
        let arguments = path.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        path["parameters"] = parameters.iter().cloned().chain(arguments).collect();
        if takes_file {
            path["requestBody"] = general["requestBody"].clone();
        }
        document["paths"][fill(template, operation.id)] = json!({"post": path});
    }
    for (name, said) in [("OperationRefused", "It was refused"), ("OperationFailed", "It met a fault")] {
        document["components"]["responses"][name] = json!({
            "description": format!("{said}: as `POST {OPERATION}` has it, status by status"),
            "content": {"application/problem+json": {"schema": {"$ref": format!("{SCHEMAS}ProblemBody")}}},
        });
    }
    for (name, schema) in schemas {
        let known = &mut document["components"]["schemas"][&name];
        debug_assert!(known.is_null(), "two schemas are named {name}");
        *known = schema;
    }
}

/// Moves parameters to the components, and returns references to them.
fn shared(document: &mut Value, kind: &str, from: &Value, names: &[&str]) -> Vec<Value> {
    let given = from.as_array().into_iter().flatten();
    let mut references = Vec::new();
    for one in given.filter(|one| names.iter().any(|name| one["name"] == *name)) {
        let name = one["name"].as_str().unwrap_or_default();
        document["components"][kind][name] = one.clone();
        references.push(json!({"$ref": format!("#/components/{kind}/{name}")}));
    }
    references
}

fn described(operation: &Operation, takes_file: bool, schemas: &mut BTreeMap<String, Value>) -> Value {
    let name = type_name(operation.id);
    let taken = hoisted(Value::Object(operation.input_schema()), SCHEMAS, "Ask", schemas);
    let is_needed = taken.get("required").is_some();
    schemas.insert(format!("{name}Arguments"), taken);
    let arguments = json!({"$ref": format!("{SCHEMAS}{name}Arguments")});
    let mut path = Map::new();
    path.insert("tags".to_owned(), json!([operation.command[0]]));
    path.insert("summary".to_owned(), operation.summary.into());
    if !operation.detail.is_empty() {
        path.insert("description".to_owned(), operation.detail.into());
    }
    path.insert("operationId".to_owned(), operation.id.replace(['.', '-'], "_").into());
    if takes_file {
        let content = json!({"application/json": {"schema": arguments}});
        let beside = json!({"name": "arguments", "in": "query", "required": is_needed, "content": content});
        path.insert("parameters".to_owned(), json!([beside]));
    } else {
        path.insert("requestBody".to_owned(), call(operation, &arguments, is_needed));
    }
    path.insert("responses".to_owned(), json!({"200": {"content": content(operation, schemas)}}));
    Value::Object(path)
}

/// Returns the body of a call. Exports take more, for those who go on where they broke off: `OperationCall` has it.
fn call(operation: &Operation, arguments: &Value, is_needed: bool) -> Value {
    let mut properties = json!({"arguments": arguments});
    if operation.reply.kept {
        properties["refresh"] =
            json!({"type": "boolean", "description": "Whether an answer that is kept does not count"});
    }
    if operation.id.starts_with("ask.") {
        properties["dry_run"] = json!({"type": "boolean", "description": "Whether nothing is sent but what would be"});
        properties["link"] =
            json!({"type": "boolean", "description": "Whether the answer has a link to the same report"});
    }
    let mut body = json!({"type": "object", "properties": properties});
    if is_needed {
        body["required"] = json!(["arguments"]);
    }
    json!({"required": is_needed, "content": {"application/json": {"schema": body}}})
}

fn content(operation: &Operation, schemas: &mut BTreeMap<String, Value>) -> Value {
    match (operation.output_schema(SCHEMAS, schemas), operation.reply.shape) {
        (Some(schema), _) => json!({"application/json": {"schema": schema}}),
        (None, Shape::Lines) => json!({"application/jsonl": {}}),
        (None, _) => json!({"application/octet-stream": {}}),
    }
}

/// `annotations.tags.list` → `AnnotationsTagsList`.
fn type_name(id: &str) -> String {
    id.split(['.', '-'])
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<_>>()
        })
        .collect()
}
