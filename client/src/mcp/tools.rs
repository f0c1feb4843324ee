//! The list of tools: those that are always there, the questions, and the reads of the chosen groups, made from the catalog.

use std::sync::Arc;

use mp_catalog::{Effect, Operation, OperationCall, Shape, all};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::does::PERSIST;
use super::policy::{Policy, obstacle};
use super::rows::{FixedTool, TOOLS};
use super::{ask, outputs};

/// What a question asks better. They can be called all the same, but a list of tools is read in every conversation.
const COVERED: [&str; 4] =
    ["query.segmentation-numeric", "query.segmentation-sum", "query.segmentation-average", "query.retention"];

/// Returns the operations of some groups that are tools of their own: their reads. Questions are tools in any case.
pub(super) fn direct(groups: &[&str]) -> Vec<&'static Operation> {
    let is_fitting = |operation: &&Operation| {
        operation.effect == Effect::Read
            && operation.asks.is_none()
            && operation.reply.shape != Shape::Lines
            && obstacle(operation).is_none()
            && groups.contains(&operation.command[0])
    };
    all().filter(is_fitting).collect()
}

/// Returns the name of an operation as a tool: some hosts take nothing but letters, digits and underscores.
pub(super) fn tool_name(operation: &Operation) -> String {
    operation.id.replace(['.', '-'], "_")
}

/// Returns all tools, as the protocol lists them.
pub(super) fn list(direct: &[&'static Operation], policy: Policy) -> Vec<Tool> {
    let is_allowed = |tool: &&FixedTool| policy.refusal(tool.does.effect_of(&JsonObject::new())).is_none();
    let always = TOOLS.iter().filter(is_allowed).map(|tool| fixed(tool, policy));
    let questions = ask::QUESTIONS.iter().map(of_question);
    let reads = direct.iter().filter(|operation| !COVERED.contains(&operation.id));
    always.chain(questions).chain(reads.map(|operation| of_operation(operation))).collect()
}

fn fixed(tool: &FixedTool, policy: Policy) -> Tool {
    let mut properties: JsonObject = serde_json::from_str(tool.properties).expect("a test lists all tools");
    if policy.read_only {
        properties.shift_remove(PERSIST);
    }
    let schema = object(properties, tool.required);
    // What is left of a server that only reads changes nothing but its own conversation.
    let reads = tool.reads || policy.read_only;
    let mut hints = ToolAnnotations::new().read_only(reads).open_world(tool.asks);
    if !reads {
        let destroys = tool.does.effect_of(&JsonObject::new()) == Effect::Destroy;
        hints = hints.destructive(destroys).idempotent(tool.repeats);
    }
    let listed = Tool::new(tool.name, tool.about, Arc::new(schema)).with_title(tool.title).with_annotations(hints);
    match tool.output {
        Some(output) => listed.with_raw_output_schema(Arc::new(outputs::of_text(output))),
        None => listed,
    }
}

fn object(properties: JsonObject, required: &[&str]) -> JsonObject {
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

/// Returns the call of a tool that is an operation.
pub(super) fn called(arguments: JsonObject) -> OperationCall {
    OperationCall { arguments, ..OperationCall::default() }
}

fn reads() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).open_world(true)
}

fn of_question(question: &'static ask::Question) -> Tool {
    let schema = object(question.properties(), &[]);
    let listed =
        Tool::new(question.tool, question.about, Arc::new(schema)).with_title(question.title).with_annotations(reads());
    listed.with_raw_output_schema(Arc::new(outputs::of_text(r#"{"params": {"type": "object"}}"#)))
}

fn of_operation(operation: &'static Operation) -> Tool {
    let about = if operation.detail.is_empty() {
        operation.summary.to_owned()
    } else {
        format!("{}. {}", operation.summary, operation.detail)
    };
    let mut schema = operation.input_schema();
    schema.values_mut().for_each(simplify);
    // The daemon refuses what it does not know, and says what there is.
    schema.shift_remove("additionalProperties");
    let title = operation.command.join(" ").replace('-', " ");
    let listed =
        Tool::new(tool_name(operation), about, Arc::new(schema)).with_title(capital(&title)).with_annotations(reads());
    match outputs::of_operation(operation) {
        Some(output) => listed.with_raw_output_schema(Arc::new(output)),
        None => listed,
    }
}

/// Takes out of a schema what some hosts refuse, and what says nothing: formats but those of numbers, and objects without properties.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(simplify),
        Value::Object(fields) => {
            fields.values_mut().for_each(simplify);
            if fields.get("format").is_some_and(Value::is_string) {
                fields.shift_remove("format");
            }
            if fields.get("type").is_some_and(|kind| kind == "object") && !fields.contains_key("properties") {
                fields.insert("properties".to_owned(), json!({}));
            }
            if fields.get("type").is_some_and(|kind| kind == "array")
                && fields.get("items").is_none_or(|items| items.get("type").is_none())
            {
                fields.insert("items".to_owned(), json!({"type": "string"}));
            }
        }
        _ => {}
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
