//! What is known of the far side's tools, from the lists that pass by: which only read, and which of their arguments a header repeats.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::message::Message;

/// Where a schema says that a header repeats the value.
const ANNOTATION: &str = "x-mcp-header";

/// What is known of a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Facts {
    is_read: bool,
    /// Names of headers, and where their values are among the arguments.
    headers: Vec<(HeaderName, Vec<String>)>,
}

/// What is known of the tools.
#[derive(Debug, Default)]
pub(super) struct Tools(Mutex<HashMap<String, Facts>>);

impl Tools {
    /// Returns whether a tool only reads; none while nobody has told.
    pub(super) fn is_read(&self, name: &str) -> Option<bool> {
        self.0.lock().get(name).map(|facts| facts.is_read)
    }

    /// Forgets all: it is another server now.
    pub(super) fn forget(&self) {
        self.0.lock().clear();
    }

    /// Learns from an answer to `tools/list`, and returns it as the client gets it: without tools that cannot be called, and if only
    /// reads are wanted, without all others.
    pub(super) fn learn(&self, answer: &Message, is_stateless: bool, reads_only: bool) -> Bytes {
        let mut whole = answer.whole();
        let Some(tools) = whole["result"]["tools"].as_array_mut() else { return answer.line.clone() };
        let before = tools.len();
        tools.retain(|tool| {
            let Some(name) = tool["name"].as_str() else { return true };
            let headers = headers(&tool["inputSchema"]);
            let is_read = tool["annotations"]["readOnlyHint"] == true;
            let is_kept = !(is_stateless && headers.is_none() || reads_only && !is_read);
            self.0.lock().insert(name.to_owned(), Facts { is_read, headers: headers.unwrap_or_default() });
            is_kept
        });
        if tools.len() == before { answer.line.clone() } else { whole.to_string().into() }
    }

    /// Returns the headers that repeat arguments of a call.
    pub(super) fn headers(&self, call: &Message) -> Vec<(HeaderName, HeaderValue)> {
        let known = self.0.lock().get(call.name.as_deref().unwrap_or_default()).cloned().unwrap_or_default();
        if known.headers.is_empty() {
            return Vec::new();
        }
        let params = call.params();
        let value = |(name, path): (HeaderName, Vec<String>)| {
            let value = path.iter().try_fold(&params["arguments"], |value, word| value.get(word))?;
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                _ => return None,
            };
            Some((name, encoded(&text)?))
        };
        known.headers.into_iter().filter_map(value).collect()
    }
}

/// Returns the headers that a schema names; none where it names one as it must not.
fn headers(schema: &Value) -> Option<Vec<(HeaderName, Vec<String>)>> {
    let mut found = Vec::new();
    let is_sound = schema.as_object().is_none_or(|schema| walk(schema, &mut Vec::new(), &mut found));
    let mut names: Vec<&HeaderName> = found.iter().map(|(name, _)| name).collect();
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    (is_sound && names.len() == found.len()).then_some(found)
}

/// Goes down the properties, which alone may be annotated. Returns whether all is as it must be.
fn walk(schema: &Map<String, Value>, path: &mut Vec<String>, found: &mut Vec<(HeaderName, Vec<String>)>) -> bool {
    if let Some(name) = schema.get(ANNOTATION) {
        let is_plain = matches!(schema.get("type").and_then(Value::as_str), Some("string" | "integer" | "boolean"));
        let name = name.as_str().filter(|name| is_plain && !name.is_empty() && !path.is_empty());
        let Some(Ok(name)) = name.map(|name| HeaderName::try_from(format!("mcp-param-{}", name.to_ascii_lowercase())))
        else {
            return false;
        };
        found.push((name, path.clone()));
    }
    let below = schema.get("properties").and_then(Value::as_object);
    for (word, schema) in below.into_iter().flatten() {
        path.push(word.clone());
        let is_sound = schema.as_object().is_none_or(|schema| walk(schema, path, found));
        path.pop();
        if !is_sound {
            return false;
        }
    }
    true
}

/// Returns a text as a header has it: as it is where it can be, else in base64.
pub(super) fn encoded(text: &str) -> Option<HeaderValue> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) && text.trim() == text;
    let is_marked = text.starts_with("=?base64?") && text.ends_with("?=");
    if is_plain && !is_marked {
        return HeaderValue::from_str(text).ok();
    }
    HeaderValue::try_from(format!("=?base64?{}?=", base64(text.as_bytes()))).ok()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(tools: &Value) -> Message {
        Message::read(json!({"id": 1, "result": {"tools": tools, "nextCursor": "c"}}).to_string().into())
            .expect("a message")
    }

    fn names(line: &Bytes) -> Vec<String> {
        let whole: Value = serde_json::from_slice(line).expect("JSON");
        whole["result"]["tools"].as_array().expect("a list").iter().map(|tool| tool["name"].to_string()).collect()
    }

    #[test]
    fn what_only_reads_is_what_says_so() {
        let tools = Tools::default();
        let answer = listed(&json!([
            {"name": "Get-Events", "annotations": {"readOnlyHint": true}},
            {"name": "Edit-Event", "annotations": {"readOnlyHint": false}}, {"name": "Run-Query"},
            {"name": "Odd", "annotations": {"readOnlyHint": "true"}}]));
        assert_eq!(tools.learn(&answer, false, false), answer.line, "byte by byte");
        assert_eq!(names(&tools.learn(&answer, false, true)), ["\"Get-Events\""]);
        let known = ["Get-Events", "Edit-Event", "Run-Query", "Odd", "New"].map(|name| tools.is_read(name));
        assert_eq!(known, [Some(true), Some(false), Some(false), Some(false), None]);
        let odd = Message::read("{\"id\":1,\"result\":{\"tools\":7}}".into()).expect("a message");
        assert_eq!(tools.learn(&odd, true, true), odd.line);
    }

    #[test]
    fn arguments_are_repeated_as_the_schema_says() {
        let tools = Tools::default();
        let schema = json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"}, "q": {"type": "string"},
            "deep": {"type": "object", "properties": {"n": {"type": "integer", "x-mcp-header": "N"}}}}});
        tools.learn(&listed(&json!([{"name": "sql", "inputSchema": schema}])), true, false);
        let sent = |arguments: &Value| {
            let call = json!({"id": 1, "method": "tools/call", "params": {"name": "sql", "arguments": arguments}});
            let call = Message::read(call.to_string().into()).expect("a message");
            let pair =
                |(name, value): &(HeaderName, HeaderValue)| format!("{name}: {}", value.to_str().expect("ASCII"));
            tools.headers(&call).iter().map(pair).collect::<Vec<_>>()
        };
        assert_eq!(
            sent(&json!({"region": "us-west1", "deep": {"n": -7}})),
            ["mcp-param-region: us-west1", "mcp-param-n: -7"]
        );
        assert_eq!(sent(&json!({"region": null, "deep": 3})), [""; 0]);
    }

    #[test]
    fn a_tool_that_annotates_as_it_must_not_is_left_out_where_that_counts() {
        let bad = |schema: Value| json!([{"name": "good"}, {"name": "bad", "inputSchema": schema}]);
        let property = |schema: Value| json!({"properties": {"a": schema}});
        for schema in [
            property(json!({"type": "number", "x-mcp-header": "A"})),
            property(json!({"type": "string", "x-mcp-header": ""})),
            property(json!({"type": "string", "x-mcp-header": "a b"})),
            property(json!({"type": "string", "x-mcp-header": "a\r\nEvil: 1"})),
            json!({"properties": {"a": {"type": "string", "x-mcp-header": "X"}, "b": {"type": "string", "x-mcp-header": "x"}}}),
            json!({"type": "string", "x-mcp-header": "A"}),
        ] {
            let (tools, answer) = (Tools::default(), listed(&bad(schema)));
            assert_eq!(names(&tools.learn(&answer, true, false)), ["\"good\""]);
            assert_eq!(tools.learn(&answer, false, false), answer.line, "no header is sent in sessions");
        }
    }

    #[test]
    fn values_are_encoded_where_a_header_cannot_have_them() {
        for (text, sent) in [
            ("us-west1", "us-west1"),
            ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
            (" padded ", "=?base64?IHBhZGRlZCA=?="),
            ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="),
            ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
        ] {
            assert_eq!(encoded(text).expect("a value"), sent, "{text}");
        }
    }
}
