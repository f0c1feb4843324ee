//! What goes back to the host: an answer as text and as structured content, or a failure that a model can mend.

use mp_catalog::Operation;
use mp_proto::failure::Failure;
use mp_proto::visible::{self, Spelling, Unveiled};
use rmcp::model::{CallToolResult, ContentBlock, Resource};
use serde_json::{Map, Value, json};

use super::answers::{Answers, Kept, PAGE, text};
use super::outputs::structured;
use super::secrets::hide;

/// What a tool has to say.
#[derive(Default)]
pub(super) struct Done {
    pub(super) value: Value,
    /// What is to be said beside it.
    pub(super) notes: Vec<String>,
    /// The operation that it is the answer of.
    pub(super) operation: Option<&'static Operation>,
    /// Whether it is returned whatever its size.
    pub(super) is_whole: bool,
}

impl From<Value> for Done {
    fn from(value: Value) -> Self {
        Self { value, ..Self::default() }
    }
}

/// Returns what a tool has to say as its result. What is too long is kept, and told by a digest.
pub(super) fn complete(done: Done, tool: &str, answers: &Answers) -> CallToolResult {
    let Done { mut value, notes, operation, is_whole } = done;
    hide(&mut value);
    let mut content = Vec::new();
    let shown = text(&value);
    let value = if shown.len() <= PAGE || is_whole {
        content.push(ContentBlock::text(plain(&shown)));
        value
    } else {
        let of = operation.map_or(tool, |operation| operation.id);
        let (kept, digest) = answers.keep(operation, of, &value);
        content.push(ContentBlock::text(plain(&text(&digest))));
        content.push(ContentBlock::resource_link(link(&kept)));
        digest
    };
    content.extend(notes.iter().map(|note| told(note)));
    let mut result = CallToolResult::success(content);
    result.structured_content = Some(seen(structured(value)));
    result
}

/// Returns a kept answer as a resource.
pub(super) fn link(kept: &Kept) -> Resource {
    let size = u64::try_from(kept.text().len()).unwrap_or(u64::MAX);
    Resource::new(kept.uri(), kept.id.clone())
        .with_title(format!("Answer of {}", kept.of))
        .with_description("?from= and ?count= choose rows of it")
        .with_mime_type("application/json")
        .with_size(size)
}

/// Returns a note. It is a block of its own: the first one stays JSON, for those who read it as such.
pub(super) fn told(note: &str) -> ContentBlock {
    ContentBlock::text(format!("note: {}", visible::line(note)))
}

/// Returns a failure as a result: the model is to read it, and to do better.
pub(super) fn failed(failure: &Failure) -> CallToolResult {
    let mut value = json!({"error": {"code": failure.kind.code(), "detail": failure.detail}});
    let mut add = |name: &str, part: Value| {
        if !part.is_null() && part.as_array().is_none_or(|list| !list.is_empty()) {
            value["error"][name] = part;
        }
    };
    add("errors", crate::output::json(&failure.errors));
    add("next", crate::output::json(&failure.next));
    add("retry_after_s", crate::output::json(&failure.retry_after_s));
    add("account", crate::output::json(&failure.account));
    hide(&mut value);
    CallToolResult::error(vec![ContentBlock::text(plain(&value.to_string()))])
}

/// Returns JSON in which nothing is unseen: what a model reads, and a person does not, is how a name gives orders.
pub(super) fn plain(json: &str) -> String {
    let (mut unveiled, mut shown) = (Unveiled::new(Spelling::Json), Vec::with_capacity(json.len()));
    unveiled.push(json.as_bytes(), &mut shown);
    unveiled.end(&mut shown);
    String::from_utf8_lossy(&shown).into_owned()
}

/// Returns a value in whose texts nothing is unseen: a host writes structured content anew, and escapes nothing then.
fn seen(value: Value) -> Value {
    match value {
        Value::String(text) => visible::lines(&text).into_owned().into(),
        Value::Array(values) => values.into_iter().map(seen).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (String, Value)| (visible::lines(&name).into_owned(), seen(value));
            fields.into_iter().map(field).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_text_and_structured_content() {
        let answers = Answers::default();
        let done = Done { notes: vec!["mended\u{202e}".to_owned()], ..Done::from(json!(["a\u{202e}b", "c"])) };
        let result = serde_json::to_value(complete(done, "t", &answers)).expect("plain data");
        assert_eq!(result["content"][0]["text"], "[\"a\\u202eb\",\n\"c\"]");
        assert_eq!(result["structuredContent"], json!({"result": ["a\\u{202e}b", "c"]}));
        assert_eq!(result["content"][1]["text"], "note: mended\\u{202e}");
    }

    #[test]
    fn a_long_one_is_a_digest_with_a_link() {
        let answers = Answers::default();
        let list: Value = (0..2000).map(|n| json!({"id": n, "token": "x", "password": "p"})).collect();
        let result = serde_json::to_value(complete(Done::from(list.clone()), "t", &answers)).expect("plain data");
        assert!(result.to_string().len() < 12_000, "{}", result.to_string().len());
        assert_eq!(
            (&result["content"][1]["type"], &result["content"][1]["uri"]),
            (&json!("resource_link"), &json!("mixpanel://answers/a1"))
        );
        assert_eq!(result["structuredContent"]["answer"]["rows"], 2000);
        assert!(
            !answers.get("a1").expect("it is kept").text().contains("\"p\""),
            "secrets are hidden before it is kept"
        );
        let whole = complete(Done { is_whole: true, ..Done::from(list) }, "t", &answers);
        assert_eq!(answers.list().len(), 1);
        assert_eq!(whole.content.len(), 1);
    }
}
